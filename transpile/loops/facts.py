"""What is known of a function's loops before anything is proved: symbols, regions of memory, accesses and loops.

A symbol stands for an integer: a parameter as it was at the call, the counter of a loop (``i@3``), or a term that is no
polynomial. Conditions are formulas over polynomials; a condition that depends on data is ``Data``, which may be true or
not. An access tells where in the order of the text it is, and under which loops and branches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.c.tree import Expression, Variable
from transpile.c.types import CType
from transpile.errors import Span
from transpile.loops.counted import Counted, Irregular
from transpile.loops.polynomial import Polynomial, Symbol

# Symbols


@dataclass(frozen=True, slots=True)
class Region:
    """An array, or the scalar ``variable`` itself; members of structures are regions of their own (``path`` ``.x``).

    A path ``*`` leads through a pointer that is itself in memory: ``rows[i][j]`` is the region ``rows`` ``*``. ``*?``
    is where a pointer leads that has been changed: one place within an iteration, perhaps another one in the next.
    """

    variable: Variable
    path: str = ""

    def __str__(self) -> str:
        return self.variable.name + self.path.replace("*?", "").replace("*", "[]")

    @property
    def name(self) -> str:
        return self.variable.name + self.path


@dataclass(frozen=True, slots=True)
class Parameter:
    """The value of an integer parameter or global at the call."""

    variable: Variable
    type: CType


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter of the loop numbered ``loop``."""

    loop: int
    type: CType


@dataclass(frozen=True, slots=True)
class Operation:
    """``operator`` (``/ % min max & | ^ << >> ~ abs``) applied to polynomials, or an element of memory: ``read``."""

    operator: str
    arguments: tuple[Polynomial, ...]
    type: CType
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which nothing is known; it may differ between the iterations of ``loops``."""

    loops: frozenset[int]
    type: CType
    why: str


Term: TypeAlias = Parameter | Counter | Operation | Unknown
Terms: TypeAlias = Mapping[Symbol, Term]

_NUMBER = re.compile(r"[@#?]\d+")


def shown(value: Polynomial | Symbol) -> str:
    """``value`` as a C programmer writes it."""
    return _NUMBER.sub("", str(value)).replace("*", " * ")


# Conditions


@dataclass(frozen=True, slots=True)
class Compare:
    """``value`` is at least 0, equal to 0, or different from 0."""

    value: Polynomial
    relation: Literal[">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """A condition that depends on data, as text."""

    text: str


Condition: TypeAlias = Compare | Every | Some | Data
TRUE = Every(())
FALSE = Some(())


def negated(condition: Condition) -> Condition:
    match condition:
        case Compare(value, ">="):
            return Compare(-value - Polynomial({(): 1}), ">=")
        case Compare(value, relation):
            return Compare(value, "!=" if relation == "==" else "==")
        case Every(parts):
            return Some(tuple(map(negated, parts)))
        case Some(parts):
            return Every(tuple(map(negated, parts)))
        case Data(text):
            return Data(f"!({text})")


def symbols(condition: Condition) -> frozenset[Symbol]:
    """The symbols that ``condition`` names."""
    match condition:
        case Compare(value):
            return value.symbols
        case Every(parts) | Some(parts):
            return frozenset(symbol for part in parts for symbol in symbols(part))
    return frozenset()


# Where things happen


@dataclass(frozen=True, slots=True)
class InLoop:
    loop: int


@dataclass(frozen=True, slots=True)
class InBranch:
    """One arm of a branch; ``number`` is the same for its arms."""

    number: int
    arm: int
    condition: Condition


Frame: TypeAlias = InLoop | InBranch


@dataclass(frozen=True, slots=True)
class Update:
    """The write is ``old operator something``, and nothing else of the old value is used.

    ``operator`` is one of ``+ * & | ^ && || min max``; ``arg`` for what is kept beside a minimum or maximum.
    """

    operator: str
    leader: str = ""
    """For ``arg``: the variable whose minimum or maximum decides."""


Kind: TypeAlias = Literal["read", "write", "update", "declare"]


@dataclass(frozen=True, slots=True)
class Access:
    """``subscripts`` is empty for scalars; ``where`` are the loops and branches around it, outermost first."""

    region: Region
    subscripts: tuple[Polynomial, ...]
    kind: Kind
    where: tuple[Frame, ...] = field(repr=False)
    position: int
    span: Span = field(repr=False)
    type: CType = field(repr=False)
    update: Update | None = None
    value: Expression | None = field(default=None, repr=False, compare=False)

    @property
    def loops(self) -> tuple[int, ...]:
        return tuple(frame.loop for frame in self.where if isinstance(frame, InLoop))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(frame.condition for frame in self.where if isinstance(frame, InBranch))

    @property
    def reads(self) -> bool:
        return self.kind in ("read", "update")

    @property
    def writes(self) -> bool:
        return self.kind in ("write", "update")

    def __str__(self) -> str:
        return str(self.region) + "".join(f"[{shown(subscript)}]" for subscript in self.subscripts)


@dataclass(frozen=True, slots=True)
class LoopFacts:
    """One loop, as often as the function comes to it: loops of called functions once per call.

    ``first`` and ``bounds`` are about the counter ``symbol``; ``bounds`` hold in every iteration. Irregular loops have
    neither. ``start`` and ``end`` are positions. ``implied`` for a ``memcpy`` and the like.
    """

    number: int
    shape: Counted | Irregular | None
    where: tuple[Frame, ...]
    start: int
    end: int
    span: Span
    symbol: Symbol = ""
    first: Polynomial | None = None
    step: int = 0
    bounds: tuple[Condition, ...] = ()
    calls: tuple[str, ...] = ()
    followers: Mapping[Variable, Polynomial] = field(default_factory=dict)
    """Variables that grow by a constant in each iteration: their values, or offsets, at its start."""

    @property
    def implied(self) -> bool:
        return self.shape is None


@dataclass(frozen=True, slots=True)
class Obligation:
    """C computes ``value`` in ``type``, which agrees with the integers only while it is in its range."""

    value: Polynomial
    type: CType
    where: tuple[Frame, ...]
    span: Span
    testing: int = 0
    """The loop in whose condition this is: its bounds say nothing about it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something whose effects are not known: a call, an access through a pointer to anywhere, a volatile object."""

    what: str
    where: tuple[Frame, ...]
    span: Span
    regions: tuple[Region, ...] = ()
    """What a called function is given."""
    everywhere: bool = False
    """It may change what happens in every loop of the function."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All of a function. ``loops`` are in the order of the text, outer before inner."""

    accesses: tuple[Access, ...]
    loops: Mapping[int, LoopFacts]
    terms: Terms
    obligations: tuple[Obligation, ...]
    effects: tuple[Effect, ...]
    loaded_pointers: tuple[Region, ...]
    """Regions reached through pointers that are in memory: that different pointers lead apart is an assumption."""
