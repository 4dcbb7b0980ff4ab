"""Nests of two loops that carry their dependences forward along a line: all iterations with the same ``2 * i + j``, a
front, may run at the same time, one front after another.

The weights are looked for with runs at small sizes, and proved with Z3 for all sizes: of any two iterations that touch
the same element, the one that comes first is on an earlier front. Whoever runs the fronts gives every iteration the
declarations that stand between the loops, so these are not allowed to see what the nest writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, permutations

import z3

from transpile.c.tree import Block, Declare, Empty, For
from transpile.c.types import Array
from transpile.loops.counted import Counted
from transpile.loops.facts import Access, Facts, LoopFacts
from transpile.loops.polynomial import number, variable
from transpile.loops.scalars import scalar_uses
from transpile.solvers.loops.dependence import Runs, Touched, alike, same_element
from transpile.solvers.loops.encode import Copy, Encoder, impossible

MOST_WEIGHT = 4
"""Larger weights mean more fronts with fewer iterations each."""


@dataclass(frozen=True, slots=True)
class Front:
    """Iterations with equal ``weight * outer + direction * inner`` are independent. The sign of ``weight`` is that of
    the outer loop's step, ``direction`` is the step of the inner loop, 1 or -1."""

    outer: str
    inner: str
    weight: int
    direction: int

    @property
    def weights(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """The counters and what they are multiplied with, a positive one first if there is one."""
        found = (self.outer, self.weight), (self.inner, self.direction)
        return found if self.weight > 0 or self.direction < 0 else (found[1], found[0])

    def __str__(self) -> str:
        """As C: ``2 * i + j``, ``j - i``."""
        (one, first), (two, second) = self.weights
        return f"{_times(first, one)} {'-' if second < 0 else '+'} {_times(abs(second), two)}"


def _times(by: int, name: str) -> str:
    factor = "" if abs(by) == 1 else f"{abs(by)} * "
    return f"{'-' * (by < 0)}{factor}{name}"


def front(runs: Runs, outer: LoopFacts, inner: LoopFacts) -> Front | None:
    """The front with the smallest weight that is proved, if there is any."""
    if not _nested(outer, inner) or not _scalars_allow(runs.facts, outer, inner):
        return None
    pairs = _pairs(runs.facts, outer, inner)
    if pairs is None:
        return None
    for weight in range(1, MOST_WEIGHT + 1):
        found = _Question(runs, outer, inner, weight if outer.step > 0 else -weight)
        if not any(found.met(*pair) for pair in pairs) and all(found.forward(*pair) for pair in pairs):
            return found.front
    return None


def between(outer: For, inner: For) -> tuple[Declare, ...] | None:
    """The declarations in ``outer`` before ``inner``; None if there is anything else beside it."""
    body = outer.body
    statements = body.statements if isinstance(body, Block) else (body,)
    rest = [one for one in statements if not isinstance(one, Empty)]
    found = tuple(one for one in rest if isinstance(one, Declare))
    return found if [*found, inner] == rest and rest[-1] is inner else None


def _nested(outer: LoopFacts, inner: LoopFacts) -> bool:
    """Whether both are counted, with steps that a front can follow, and nothing but declarations between them."""
    if not isinstance(outer.shape, Counted) or not isinstance(inner.shape, Counted):
        return False
    if outer.shape.stepping or inner.shape.stepping or outer.calls != inner.calls or abs(inner.step) != 1:
        return False
    declared = between(outer.shape.node, inner.shape.node)
    return declared is not None and not any(isinstance(one.variable.type, Array) for one in declared)


def _scalars_allow(facts: Facts, outer: LoopFacts, inner: LoopFacts) -> bool:
    """Whether each iteration may have the scalars for itself."""
    uses = [*scalar_uses(facts, inner), *scalar_uses(facts, outer)]
    return all(use.role == "private" and not use.live_out for use in uses)


def _pairs(facts: Facts, outer: LoopFacts, inner: LoopFacts) -> list[tuple[Access, Access]] | None:
    """The accesses that may conflict; None if one of them stands between the loops."""
    accesses = list(_accesses(facts, outer, inner))
    found = [
        (one, two)
        for one, two in combinations_with_replacement(accesses, 2)
        if (one.writes or two.writes) and alike(one, two)
    ]
    inside = all(inner.number in access.loops for pair in found for access in pair)
    return found if inside else None


def _accesses(facts: Facts, outer: LoopFacts, inner: LoopFacts) -> Iterator[Access]:
    """One of each kind; arrays that each iteration declares for itself are left out."""
    inside = [a for a in facts.accesses if a.subscripts and outer.number in a.loops]
    own = {a.region.variable for a in inside if a.kind == "declare" and inner.number in a.loops}
    seen: dict[tuple[object, ...], Access] = {}
    for access in inside:
        if access.region.variable not in own and access.kind != "declare":
            seen.setdefault((access.region, access.subscripts, access.writes, access.where), access)
    return iter(seen.values())


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether one weight is enough."""

    runs: Runs
    outer: LoopFacts
    inner: LoopFacts
    weight: int

    @property
    def front(self) -> Front:
        names = [loop.shape.counter.name for loop in (self.outer, self.inner) if isinstance(loop.shape, Counted)]
        return Front(names[0], names[1], self.weight, self.inner.step)

    def met(self, one: Access, two: Access) -> bool:
        """Whether at a small size two iterations touch one element against the order of the fronts."""
        at = one.loops.index(self.outer.number)
        for (_, first), (_, second) in zip(self.runs.of(one), self.runs.of(two), strict=True):
            held: Touched = {}
            for touch in second:
                held.setdefault((touch.counters[:at], touch.element), []).append(touch)
            for touch in first:
                for other in held.get((touch.counters[:at], touch.element), ()):
                    if self._against(touch.counters[at : at + 2], other.counters[at : at + 2]):
                        return True
        return False

    def _against(self, one: Sequence[int], two: Sequence[int]) -> bool:
        """Whether two different iterations are not in the order of their fronts."""
        steps = self.outer.step, self.inner.step
        ordered = sorted((one, two), key=lambda at: [value * step for value, step in zip(at, steps, strict=True)])
        early, late = (self.weight * i + self.inner.step * j for i, j in ordered)
        return tuple(one) != tuple(two) and early >= late

    def forward(self, one: Access, two: Access) -> bool:
        """Proves that whichever comes first is on the earlier front."""
        return all(self._earlier(source, target) for source, target in dict.fromkeys(permutations((one, two))))

    def _earlier(self, source: Access, target: Access) -> bool:
        outside = frozenset(source.loops[: source.loops.index(self.outer.number)])
        here, there = Copy("'", outside), Copy('"', outside)
        encoder = Encoder(self.runs.facts)
        formulas = [*encoder.domain(source.where, here), *encoder.domain(target.where, there)]
        for a, b in same_element(self.runs, source, target):
            formulas.append(encoder.value(a, here) == encoder.value(b, there))
        i, j = variable(self.outer.symbol), variable(self.inner.symbol)
        line = i * number(self.weight) + j * number(self.inner.step)
        ahead = [
            (encoder.value(at, there) - encoder.value(at, here)) * (1 if loop.step > 0 else -1)
            for at, loop in ((i, self.outer), (j, self.inner))
        ]
        formulas.append(z3.Or(ahead[0] > 0, z3.And(ahead[0] == 0, ahead[1] > 0)))
        formulas.append(encoder.value(line, here) >= encoder.value(line, there))
        return impossible(encoder, formulas, self.runs.assumed)
