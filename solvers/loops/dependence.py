"""Whether two accesses can touch the same element in different iterations of a loop.

First the loops are run at a few small sizes: a collision found there is a fact, with its witness. If there is none, Z3
is asked to prove that there never is one; linearised subscripts are compared dimension by dimension once it is proved
that they stay within their dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal, TypeAlias

from transpile.loops.concrete import Sizes, Touch, parameters, small_sizes, touches, truth, varies_with_data
from transpile.loops.dimensions import divided, split, strides
from transpile.loops.facts import Access, Compare, Facts, LoopFacts, Operation, Region, symbols
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.loops.scalars import related
from transpile.solvers.loops.encode import Copy, Encoder, always, impossible

Widths: TypeAlias = tuple[Polynomial, ...]
Touched: TypeAlias = dict[tuple[object, ...], list[Touch]]
MOST_STRIDES = 4
DependenceKind: TypeAlias = Literal["flow", "anti", "output"]


@dataclass(frozen=True, slots=True)
class Witness:
    """At these sizes, ``earlier`` and ``later`` iterations (counters, outermost first) touch the same ``element``."""

    sizes: tuple[tuple[str, int], ...]
    earlier: tuple[int, ...]
    later: tuple[int, ...]
    element: tuple[int, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class Dependence:
    """``source`` comes first. ``distance`` is how much the counter grows between them, if that is always the same."""

    kind: DependenceKind
    source: Access
    target: Access
    distance: int | None
    witness: Witness


@dataclass(frozen=True, slots=True)
class Doubt:
    """Neither a collision nor a proof that there is none."""

    one: Access
    two: Access
    reason: str


@dataclass(slots=True)
class Runs:
    """The accesses of a function at small sizes, and how their subscripts split; each computed once."""

    facts: Facts
    assumed: tuple[Polynomial, ...] = ()
    sizes: list[Sizes] = field(default_factory=list)
    seen: dict[tuple[int, int], list[Touch]] = field(default_factory=dict)
    splits: dict[tuple[Region, int], list[Widths]] = field(default_factory=dict)
    proved: dict[tuple[int, int, Widths], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sizes = [s for s in small_sizes(self.facts) if all(_holds(self.facts, s, a) for a in self.assumed)]

    def of(self, access: Access) -> Iterator[tuple[Sizes, list[Touch]]]:
        for index, sizes in enumerate(self.sizes):
            key = (index, access.position)
            if key not in self.seen:
                self.seen[key] = list(touches(self.facts, access, sizes))
            yield sizes, self.seen[key]

    def widths(self, access: Access, index: int) -> list[Widths]:
        """The ways in which the subscripts of an array may split, the finest first."""
        key = access.region, index
        if key not in self.splits:
            same = [
                a.subscripts[index] for a in self.facts.accesses if a.region == key[0] and len(a.subscripts) > index
            ]
            found = strides(same, self.facts.terms)[:MOST_STRIDES]
            self.splits[key] = [c for size in range(len(found), 0, -1) for c in combinations(found, size)]
        return self.splits[key]

    def within(self, access: Access, index: int, widths: Widths) -> bool:
        """Proves that every part but the first is at least 0 and less than its dimension."""
        key = access.position, index, widths
        if key not in self.proved:
            goals = _goals(split(access.subscripts[index], widths), widths)
            self.proved[key] = goals is not None and always(self.facts, access.where, goals, self.assumed)
        return self.proved[key]


def _goals(parts: Widths, widths: Widths) -> list[Compare] | None:
    goals: list[Compare] = []
    for wide, narrow, part in zip(widths, (*widths[1:], number(1)), parts[1:], strict=True):
        length, rest = divided(wide, narrow)
        if rest.terms:
            return None
        goals += [Compare(part, ">="), Compare(length - part - number(1), ">=")]
    return goals


def _holds(facts: Facts, sizes: Sizes, value: Polynomial) -> bool:
    return truth(Compare(value, ">="), sizes, facts.terms, {}) is not False


def collide(runs: Runs, loop: LoopFacts, one: Access, two: Access) -> list[Dependence] | Doubt:
    """How ``one`` and ``two`` depend on each other across iterations of ``loop``: one dependence of each kind that was
    found, or nothing if it is proved that there is none."""
    found = _run(runs, loop, one, two)
    if found:
        return found
    if _apart(runs, loop, one, two):
        return []
    return Doubt(one, two, _why(runs.facts, one, two))


def _why(facts: Facts, one: Access, two: Access) -> str:
    for access in (one, two):
        if any(varies_with_data(subscript, facts.terms) for subscript in access.subscripts):
            return f"which element {access} is depends on data"
    return f"it could not be proved that {one} and {two} are different elements"


def _run(runs: Runs, loop: LoopFacts, one: Access, two: Access) -> list[Dependence]:
    """Collisions at small sizes; the distance is kept only when Z3 proves that there is no other."""
    best: dict[DependenceKind, Dependence] = {}
    distances: set[int] = set()
    for (sizes, first), (_, second) in zip(runs.of(one), runs.of(two), strict=True):
        for source, target in _pairs(loop, first, second):
            depth = source.access.loops.index(loop.number)
            distances.add((target.counters[depth] - source.counters[depth]) // loop.step)
            kind = _kind(source.access, target.access)
            sure = source.certain and target.certain
            if kind not in best or (sure and not best[kind].witness.certain):
                best[kind] = _dependence(runs.facts, sizes, kind, source, target)
    distance = distances.pop() if len(distances) == 1 else None
    if distance is None or not _apart(runs, loop, one, two, distance * loop.step):
        return list(best.values())
    return [replace(found, distance=distance) for found in best.values()]


def _pairs(loop: LoopFacts, first: list[Touch], second: list[Touch]) -> Iterator[tuple[Touch, Touch]]:
    """Touches of one element in different iterations of ``loop``, the earlier one first."""
    if not first or not second:
        return
    depth = first[0].access.loops.index(loop.number)
    held: Touched = {}
    for touch in second:
        held.setdefault((touch.counters[:depth], touch.element), []).append(touch)
    for touch in first:
        for other in held.get((touch.counters[:depth], touch.element), ())[:8]:
            ahead = (other.counters[depth] - touch.counters[depth]) * loop.step
            if ahead:
                yield (touch, other) if ahead > 0 else (other, touch)


def _kind(source: Access, target: Access) -> DependenceKind:
    if source.writes and target.reads:
        return "flow"
    return "anti" if source.reads else "output"


def _dependence(facts: Facts, sizes: Sizes, kind: DependenceKind, source: Touch, target: Touch) -> Dependence:
    used = _used(facts, source.access, target.access)
    shown = tuple((name, value) for name, value in sizes.values.items() if name in used)
    certain = source.certain and target.certain
    witness = Witness(shown, source.counters, target.counters, source.element, certain)
    return Dependence(kind, source.access, target.access, None, witness)


def _used(facts: Facts, *accesses: Access) -> frozenset[str]:
    """The parameters that decide where ``accesses`` go."""
    found: set[str] = set()
    for access in accesses:
        for subscript in access.subscripts:
            found |= subscript.symbols
        for condition in access.conditions:
            found |= symbols(condition)
        for loop in (facts.loops[number_] for number_ in access.loops):
            found |= loop.first.symbols if loop.first is not None else frozenset()
            for bound in loop.bounds:
                found |= symbols(bound)
    return _within(facts, found).intersection(parameters(facts))


def _within(facts: Facts, names: set[str]) -> frozenset[str]:
    """``names`` with the symbols that their terms are made of."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            term = facts.terms[name]
            waiting += [s for a in term.arguments for s in a.symbols] if isinstance(term, Operation) else []
    return frozenset(found)


def _apart(runs: Runs, loop: LoopFacts, one: Access, two: Access, beside: int = 0) -> bool:
    """Proves that ``one`` and ``two`` never meet in different iterations (but those ``beside`` each other)."""
    outside = frozenset(one.loops[: one.loops.index(loop.number)])
    here, there = Copy("'", outside), Copy('"', outside)
    encoder = Encoder(runs.facts)
    formulas = [*encoder.domain(one.where, here), *encoder.domain(two.where, there)]
    for a, b in same_element(runs, one, two):
        formulas.append(encoder.value(a, here) == encoder.value(b, there))
    x, y = encoder.value(variable(loop.symbol), here), encoder.value(variable(loop.symbol), there)
    formulas += [x != y, x - y != beside, y - x != beside]
    return impossible(encoder, formulas, runs.assumed)


def same_element(runs: Runs, one: Access, two: Access) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Pairs that are equal whenever ``one`` and ``two`` touch the same element."""
    for index in range(min(len(one.subscripts), len(two.subscripts))):
        yield from _dimensions(runs, one, two, index)


def _dimensions(runs: Runs, one: Access, two: Access, index: int) -> list[tuple[Polynomial, Polynomial]]:
    """Pairs that are equal exactly when the subscripts number ``index`` of ``one`` and ``two`` are."""
    for widths in runs.widths(one, index):
        if runs.within(one, index, widths) and runs.within(two, index, widths):
            return list(zip(split(one.subscripts[index], widths), split(two.subscripts[index], widths), strict=True))
    return [(one.subscripts[index], two.subscripts[index])]


def alike(one: Access, two: Access) -> bool:
    """Whether they may be the same memory, by the variable they go through."""
    return bool(one.subscripts) == bool(two.subscripts) and related(one.region, two.region)
