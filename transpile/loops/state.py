"""What is known at one point of a function while its text is gone through: scalars, loops and branches around.

``State`` collects accesses, obligations and effects, in the order of the text. Values are polynomials, addresses of
known regions, or None when nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from transpile.c.tree import Assignment, Call, CallThrough, Expression, Increment, Variable
from transpile.c.types import CType, Integer, limits
from transpile.c.unit import Unit
from transpile.errors import Span
from transpile.loops.facts import (
    Access,
    Condition,
    Effect,
    Frame,
    InBranch,
    InLoop,
    Kind,
    LoopFacts,
    Obligation,
    Operation,
    Parameter,
    Region,
    Term,
    Unknown,
    Update,
    shown,
)
from transpile.loops.polynomial import Polynomial, Symbol, variable


@dataclass(frozen=True, slots=True)
class Address:
    """Element ``offset`` of the last dimension of ``region``, below ``subscripts``; ``element`` is its type.

    ``single`` for the address of a variable that is no array: it has no other elements. ``since`` is where a changed
    pointer was lost sight of: in the loops around that place, it may lead elsewhere in each iteration.
    """

    region: Region
    subscripts: tuple[Polynomial, ...]
    offset: Polynomial
    element: CType
    single: bool = False
    since: tuple[Frame, ...] = ()


Value: TypeAlias = Polynomial | Address | None


@dataclass(frozen=True, slots=True)
class Rules:
    """How expressions are evaluated, assignments made and functions called; each may need the others."""

    evaluate: Callable[[State, Expression], Value]
    assign: Callable[[State, Assignment | Increment], Value]
    call: Callable[[State, Call | CallThrough], Value]


@dataclass(frozen=True, slots=True)
class Written:
    """What a function writes: ``cells`` are scalars and pointers themselves, ``regions`` is memory. ``addressed``
    variables are those whose address is taken: their values are never known."""

    cells: frozenset[Region]
    regions: frozenset[Region]
    addressed: frozenset[Variable]


@dataclass(slots=True)
class State:
    """``results`` are the values that the called function, in whose text this is, has returned so far."""

    unit: Unit
    rules: Rules
    written: Written
    values: dict[Variable, Value] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    accesses: list[Access] = field(default_factory=list)
    loops: dict[int, LoopFacts] = field(default_factory=dict)
    terms: dict[Symbol, Term] = field(default_factory=dict)
    obligations: dict[Obligation, None] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    loaded: dict[Region, None] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    results: list[Value] = field(default_factory=list)
    position: int = 0
    numbers: int = 0

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def access(
        self,
        region: Region,
        subscripts: tuple[Polynomial, ...],
        kind: Kind,
        span: Span,
        type: CType,
        update: Update | None = None,
        value: Expression | None = None,
    ) -> None:
        self.position += 1
        self.accesses.append(Access(region, subscripts, kind, self.frames, self.position, span, type, update, value))

    def effect(self, what: str, span: Span, regions: tuple[Region, ...] = (), everywhere: bool = False) -> None:
        self.effects.append(Effect(what, self.frames, span, regions, everywhere))

    def follow(self, at: Address, span: Span) -> None:
        """Something is accessed at ``at``."""
        if any(isinstance(frame, InLoop) for frame in at.since):
            lost = Effect(f"an access through '{at.region}', which changes in the loop", at.since, span)
            if all((lost.what, lost.where) != (known.what, known.where) for known in self.effects):
                self.effects.append(lost)

    @property
    def around(self) -> frozenset[int]:
        """The loops around this point."""
        return frozenset(frame.loop for frame in self.frames if isinstance(frame, InLoop))

    def unknown(self, name: str, type: CType, why: str) -> Polynomial:
        """A value of which nothing is known, another one in every iteration."""
        symbol = f"{name}?{self.number()}"
        self.terms[symbol] = Unknown(self.around, type, why)
        return variable(symbol)

    def parameter(self, of: Variable) -> Polynomial:
        symbol = of.name
        while (known := self.terms.get(symbol)) and not (isinstance(known, Parameter) and known.variable == of):
            symbol += "'"
        self.terms[symbol] = Parameter(of, of.type)
        return variable(symbol)

    def operation(self, operator: str, arguments: tuple[Polynomial, ...], type: CType) -> Polynomial:
        symbol = _spelled(operator, arguments)
        self.terms[symbol] = Operation(operator, arguments, type)
        return variable(symbol)

    def element(self, region: Region, subscripts: tuple[Polynomial, ...], type: CType) -> Polynomial:
        """An integer in memory: always the same one where nothing writes to its region."""
        name = str(region) + "".join(f"[{shown(subscript)}]" for subscript in subscripts)
        written = self.written.regions if subscripts else self.written.cells
        if any(other.variable == region.variable for other in written):
            return self.unknown(name, type, f"'{region}' is written to")
        symbol = f"{region}#{region.variable.number}" + "".join(f"[{subscript}]" for subscript in subscripts)
        self.terms[symbol] = Operation("read", subscripts, type, region)
        return variable(symbol)

    def use(self, value: Value, type: CType, span: Span) -> None:
        """``value`` has been computed in ``type`` and is now compared, divided, widened or a subscript."""
        if not isinstance(value, Polynomial) or not isinstance(type, Integer) or (type.signed and type.bits >= 32):
            return
        self.oblige(value, type, span)

    def oblige(self, value: Polynomial, type: Integer, span: Span) -> None:
        if _certainly_fits(value, type, self.terms):
            return
        self.obligations[Obligation(value, type, self.frames, span)] = None

    @contextmanager
    def branch(self, number: int, arm: int, condition: Condition) -> Iterator[None]:
        """What stands under a condition. Values that are assigned there hold there."""
        before = self.frames
        self.frames = (*before, InBranch(number, arm, condition))
        self.position += 1
        yield
        self.position += 1
        self.frames = before


def _spelled(operator: str, arguments: tuple[Polynomial, ...]) -> Symbol:
    texts = [str(a) for a in arguments]
    if operator.isalpha():
        return f"{operator}({', '.join(texts)})"
    if len(texts) == 1:
        return f"{operator}({texts[0]})"
    return (
        "("
        + f" {operator} ".join(t if len(a.terms) == 1 else f"({t})" for t, a in zip(texts, arguments, strict=True))
        + ")"
    )


def _certainly_fits(value: Polynomial, type: CType, terms: dict[Symbol, Term]) -> bool:
    """A constant, or one symbol of a type within ``type``."""
    bounds = limits(type)
    assert bounds is not None
    if value.constant is not None:
        return bounds[0] <= value.constant <= bounds[1]
    match list(value.terms.items()):
        case [((symbol,), 1)]:
            own = limits(terms[symbol].type)
            return own is not None and bounds[0] <= own[0] and own[1] <= bounds[1]
    return False
