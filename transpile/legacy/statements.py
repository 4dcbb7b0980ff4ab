"""What programs do: functions of statements without jumps, and programs of functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from transpile.errors import Span
from transpile.legacy.expressions import Expression, Local, Place, Rounding, Target
from transpile.legacy.fields import Record
from transpile.legacy.files import File


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``span`` is where it comes from, ``remarks`` are the comments before it."""

    PARTS: ClassVar[tuple[str, ...]] = ()
    """The fields that hold statements or expressions, in the order in which they count."""
    span: Span | None = field(default=None, compare=False, repr=False)
    remarks: tuple[str, ...] = field(default=(), compare=False, repr=False)


Body: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    PARTS = ("target", "value")
    target: Target
    value: Expression


@dataclass(frozen=True, slots=True)
class Store(Statement):
    """Results stored where they fit: each ``(place, value, rounding)`` that does not, or has a size error, leaves its
    place as it was. All values are computed before the first is stored; ``wrong`` is done if any did not fit, ``right``
    if all did. ``wrong`` is also done, whatever is stored, if a base and its exponent in ``powers`` are both zero."""

    PARTS = ("results", "wrong", "right", "powers")
    results: tuple[tuple[Place, Expression, Rounding], ...]
    wrong: Body = ()
    right: Body = ()
    powers: tuple[tuple[Expression, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class If(Statement):
    PARTS = ("condition", "then", "otherwise")
    condition: Expression
    then: Body
    otherwise: Body = ()


@dataclass(frozen=True, slots=True)
class While(Statement):
    """``after``: the condition is looked at after the body. Without condition it ends by ``Break`` or ``Return``."""

    PARTS = ("condition", "body")
    condition: Expression | None
    body: Body
    after: bool = False


@dataclass(frozen=True, slots=True)
class Repeat(Statement):
    """``body`` so many times; negative counts are none."""

    PARTS = ("times", "body")
    times: Expression
    body: Body


@dataclass(frozen=True, slots=True)
class Break(Statement):
    """Leaves the innermost loop."""


@dataclass(frozen=True, slots=True)
class Continue(Statement):
    """Goes on with the next round of the innermost loop."""


@dataclass(frozen=True, slots=True)
class Return(Statement):
    pass


@dataclass(frozen=True, slots=True)
class SetLocal(Statement):
    PARTS = ("local", "value")
    local: Local
    value: Expression


@dataclass(frozen=True, slots=True)
class Dispatch(Statement):
    """Does the one of ``parts`` whose name ``state``, a text, has. With a loop around it: what remains of jumps into
    the middle of loops. ``Break`` and ``Continue`` in it are those of that loop."""

    PARTS = ("state", "parts")
    state: Local
    parts: tuple[tuple[str, Body], ...]


@dataclass(frozen=True, slots=True)
class Perform(Statement):
    """Calls a function of the program, or of the one that is so many programs ``further`` out."""

    function: tuple[str, ...]
    further: int = 0


@dataclass(frozen=True, slots=True)
class Stop(Statement):
    """Ends the run, with a status for whoever started it."""

    PARTS = ("status",)
    status: Expression | None = None


@dataclass(frozen=True, slots=True)
class Leave(Statement):
    """Ends the program and goes back to its caller; ``called``: only if it has one, else this does nothing."""

    called: bool = False


@dataclass(frozen=True, slots=True)
class Operation(Statement):
    """Something that the rules of the old language do in one go: ``inspect``, ``string``, ``unstring``, ``display``,
    ``open``, ``read``, ``sort``, ``call`` … ``outcomes`` are what may come of it, and what is done then.
    docs/legacy-form.md has a table of all of them."""

    PARTS = ("inputs", "targets", "outcomes")
    name: str
    inputs: tuple[Expression, ...] = ()
    targets: tuple[Target, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[tuple[str, Body], ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """``name`` in words; ``origin`` is the paragraph, section or range of them that it was. ``paragraphs``: the
    numbers, from 0 in the order of the text, of the one where it begins and the one at whose end it returns; None where
    it is only a part of a paragraph. ``inside`` are those whose statements are here, and not in a function that is
    called."""

    name: tuple[str, ...]
    origin: str
    body: Body
    remarks: tuple[str, ...] = ()
    span: Span | None = None
    paragraphs: tuple[int, int] | None = field(default=None, compare=False)
    inside: frozenset[int] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Program:
    """``parameters`` are records that the caller has; ``entry`` is the function that runs it. ``rules`` name the
    dialect that decides about digits of quotients, truncation, and invalid contents of fields. ``orders`` are collating
    sequences, each with the place of every character; ``classes`` are sets of characters that ``Consists`` names.
    ``initially``: at every call all records are as at the start."""

    name: tuple[str, ...]
    origin: str
    records: tuple[Record, ...]
    functions: tuple[Function, ...]
    entry: tuple[str, ...]
    rules: str
    parameters: tuple[Record, ...] = ()
    programs: tuple[Program, ...] = ()
    files: tuple[File, ...] = ()
    orders: tuple[tuple[str, tuple[int, ...]], ...] = ()
    classes: tuple[tuple[str, frozenset[str]], ...] = ()
    decimal_comma: bool = False
    currency: str = "$"
    initially: bool = False
    remarks: tuple[str, ...] = ()
