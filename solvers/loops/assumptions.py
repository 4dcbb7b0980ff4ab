"""What the verdicts rest on and what the text of a function does not say, as data to be reported and checked.

Arithmetic that must not wrap around is proved not to, where that is possible; what is left is an assumption, or a fault
when it does wrap at ordinary sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

from transpile.c.tree import Variable
from transpile.c.types import Array, CType, Integer, Pointer, Reference, Struct, limits
from transpile.errors import Span
from transpile.loops.concrete import Open, iterations, small_sizes
from transpile.loops.facts import Access, Compare, Facts, InLoop, Obligation, Parameter, Region, Terms, shown
from transpile.loops.polynomial import Polynomial
from transpile.solvers.loops.encode import always


@dataclass(frozen=True, slots=True)
class Distinct:
    """The arrays do not overlap. To be checked before the loops run: pointers and extents are known there."""

    one: Region
    two: Region

    def __str__(self) -> str:
        return f"'{self.one}' and '{self.two}' do not overlap"


@dataclass(frozen=True, slots=True)
class ByType:
    """The arrays are apart because C lets no object be used as both types."""

    one: Region
    two: Region

    def __str__(self) -> str:
        return f"'{self.one}' and '{self.two}' do not overlap, as their types differ"


@dataclass(frozen=True, slots=True)
class Rows:
    """Different pointers in memory lead to different arrays."""

    region: Region

    def __str__(self) -> str:
        return f"the pointers in '{self.region.name.removesuffix('*')}' lead to arrays that do not overlap"


@dataclass(frozen=True, slots=True)
class NoWrap:
    """``value`` is at least 0, though it is computed without sign. ``checkable``: it holds parameters only."""

    value: Polynomial
    checkable: bool
    span: Span = field(compare=False)

    def __str__(self) -> str:
        return f"{shown(self.value)} does not wrap around: it is at least 0"


@dataclass(frozen=True, slots=True)
class Fits:
    """``value`` is in the range of ``type``."""

    value: Polynomial
    type: CType
    span: Span = field(compare=False)

    def __str__(self) -> str:
        name = self.type.name if isinstance(self.type, Integer) else "bool"
        return f"{shown(self.value)} fits into '{name}'"


Assumption: TypeAlias = Distinct | ByType | Rows | NoWrap | Fits


@dataclass(frozen=True, slots=True)
class Wraps:
    """Arithmetic that does wrap around: what follows from it is not known."""

    obligation: Obligation

    @property
    def reason(self) -> str:
        return f"{shown(self.obligation.value)} wraps around"

    def touches(self, loops: Iterable[int]) -> bool:
        """Whether it may change what happens in ``loops``."""
        own = {frame.loop for frame in self.obligation.where if isinstance(frame, InLoop)} | {self.obligation.testing}
        return not own - {0} or not own.isdisjoint(loops)


def ranges(facts: Facts) -> Iterator[tuple[Obligation, NoWrap | Fits | Wraps]]:
    """For each obligation what has to be assumed, if anything has."""
    assumed: list[Polynomial] = []
    for obligation in facts.obligations:
        low, high = limits(obligation.type) or (0, 0)
        constant = obligation.value.constant
        if constant is not None:
            if not low <= constant <= high:
                yield obligation, Wraps(obligation)
            continue
        yield obligation, Fits(obligation.value, obligation.type, obligation.span)
        if low == 0 and not _at_least_zero(facts, obligation, assumed):
            if _wraps(facts, obligation):
                yield obligation, Wraps(obligation)
                continue
            checkable = is_invariant(obligation.value, facts.terms)
            if checkable:
                assumed.append(obligation.value)
            yield obligation, NoWrap(obligation.value, checkable, obligation.span)


def _at_least_zero(facts: Facts, obligation: Obligation, assumed: list[Polynomial]) -> bool:
    goal = Compare(obligation.value, ">=")
    return always(facts, obligation.where, [goal], assumed, obligation.testing)


def is_invariant(value: Polynomial, terms: Terms) -> bool:
    """Whether ``value`` can be computed before the function's loops run."""
    return all(isinstance(terms[symbol], Parameter) for symbol in value.symbols)


def _wraps(facts: Facts, obligation: Obligation) -> bool:
    where = Access(Region(_NOWHERE), (), "read", obligation.where, 0, obligation.span, obligation.type)
    for sizes in small_sizes(facts):
        for index, found in enumerate(iterations(facts, where, sizes)):
            if index > 2_000:
                break
            try:
                if found.certain and sizes.value(obligation.value, facts.terms, found.counters) < 0:
                    return True
            except Open:
                break
    return False


_NOWHERE = Variable(-1, "", Integer(32, True, "int"), "automatic", Integer(32, True, "int"))


def said_once(assumptions: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """Without those that read the same: of loops that are alike."""
    return tuple({str(assumption): assumption for assumption in assumptions}.values())


def aliasing(accesses: Iterable[Access], facts: Facts) -> Iterator[Distinct | ByType | Rows]:
    """What must not overlap so that ``accesses`` through different names are apart."""
    types: dict[Region, dict[CType, None]] = {}
    written: set[Region] = set()
    for access in accesses:
        if access.subscripts or _shared(access.region.variable):
            types.setdefault(access.region, {})[access.type] = None
            if access.writes:
                written.add(access.region)
    for region in types:
        if region in facts.loaded_pointers and region in written:
            yield Rows(region)
    for one, two in combinations(types, 2):
        if one.variable == two.variable and "*" not in one.path + two.path:
            continue
        if (one in written or two in written) and _may_overlap(one, two):
            apart = all(_types_apart(a, b) for a in types[one] for b in types[two])
            yield ByType(one, two) if apart else Distinct(one, two)


def _shared(variable: Variable) -> bool:
    """Whether others may have the address of the variable itself."""
    return variable.storage in ("global", "static") or isinstance(variable.declared, Reference)


def _may_overlap(one: Region, two: Region) -> bool:
    if "*" in one.path or "*" in two.path:
        return True
    if any(_own(region) or _restricted(region.variable) for region in (one, two)):
        return False
    return any(isinstance(r.variable.type, Pointer) or isinstance(r.variable.declared, Reference) for r in (one, two))


def _own(region: Region) -> bool:
    """Memory that belongs to the function: local arrays, and what a local pointer was given fresh."""
    return region.variable.storage == "automatic" and "*" not in region.path


def _restricted(variable: Variable) -> bool:
    return isinstance(variable.type, Pointer) and variable.type.restrict


def _types_apart(one: CType, two: CType) -> bool:
    """C11 6.5, paragraph 7."""
    one, two = _scalar_type(one), _scalar_type(two)
    if isinstance(one, Struct) or isinstance(two, Struct):
        return False
    if any(isinstance(type, Integer) and type.bits == 8 for type in (one, two)):
        return False
    if isinstance(one, Integer) and isinstance(two, Integer):
        return one.name.removeprefix("unsigned ") != two.name.removeprefix("unsigned ")
    return one != two


def _scalar_type(type: CType) -> CType:
    while isinstance(type, Array):
        type = type.of
    return type
