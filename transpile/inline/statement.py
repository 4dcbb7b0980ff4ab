"""An ``asm`` statement as it stands in a source file, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from transpile.errors import Span

Kind: TypeAlias = Literal["statement", "top level", "register", "microsoft", "unreadable"]


@dataclass(frozen=True, slots=True)
class Operand:
    """``constraint`` as written, without quotes; ``name`` of ``[name]``, or empty."""

    constraint: str
    expression: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro whose body holds a statement: its name and parameters, and the offsets of its whole definition."""

    name: str
    parameters: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """``start`` and ``end`` are offsets into the text, from the keyword to behind the closing bracket.

    ``kind``: a ``statement`` in a function or a macro; assembly at ``top level``; a ``register`` variable that is bound
    to a name; an ``asm`` block as ``microsoft`` writes it; or ``unreadable``, for the reason in ``problem``.
    ``template`` has its string literals joined and decoded; a problem with them is in ``problem`` too. ``guards`` are
    the conditions of the ``#if`` branches around it, outermost first.
    """

    file: str
    line: int
    column: int
    start: int
    end: int
    text: str
    line_text: str
    kind: Kind = "statement"
    keyword: str = ""
    qualifiers: tuple[str, ...] = ()
    template: str = ""
    outputs: tuple[Operand, ...] = ()
    inputs: tuple[Operand, ...] = ()
    clobbers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    extended: bool = False
    macro: Macro | None = None
    guards: tuple[Guard, ...] = ()
    problem: str = ""

    @property
    def operands(self) -> tuple[Operand, ...]:
        """Outputs, then inputs, as the template numbers them."""
        return self.outputs + self.inputs

    @property
    def span(self) -> Span:
        return Span(self.file, self.line, self.column, max(len(self.keyword), 1), self.line_text)

    @property
    def volatile(self) -> bool:
        return any("volatile" in word for word in self.qualifiers)


@dataclass(frozen=True, slots=True)
class Guard:
    """One ``#if`` around a place: the conditions of the branches before this one, which do not hold, this one's own
    (empty for ``#else``), and whether a later branch serves whoever does not come here."""

    denied: tuple[str, ...]
    condition: str
    otherwise: bool = False
