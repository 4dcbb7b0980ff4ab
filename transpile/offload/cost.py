"""What a plan costs, roughly, in nanoseconds on a large GPU: a model that orders plans before anything runs.

A launch takes 4 us. A kernel then takes the longer of two times: that of its memory traffic, where the threads of a
warp share what lies together (sectors of 32 bytes) and what was read before comes from a cache five times as fast; and
that of one thread's accesses in a row, 15 ns each, since few threads cannot hide them. Blocks below 128 threads keep
fewer loads under way. A loop in one thread of the device takes 150 ns for each access. A loop on the host takes 1 ns,
and what other steps have on the device is moved for it at 20 GB/s, again in every turn of the loops around. Sizes are
those of ``footprint``. The model knows no arithmetic, no registers and no occupancy beyond the above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import prod

from transpile.c.tree import Variable
from transpile.cuda.plan import Axis, Grid, HaloTile, Host, How, LoopName, Scan, Single, Step, Wavefront
from transpile.loops.facts import InLoop
from transpile.offload.footprint import IRREGULAR, Sizes, Touch, touches
from transpile.solvers.loops.analysis import Analysis, Loop

LAUNCH = 4_000.0
BYTES_PER_NS = 2_000.0
CACHED = 5.0
"""How much faster than memory a cache is."""
SHARED = 20.0
"""How much faster shared memory is."""
ACCESS, SINGLE, ON_HOST, ATOMIC = 15.0, 150.0, 1.0, 1.0
MOVED_PER_NS = 20.0
SECTOR, WARP, FULL_BLOCK = 32, 32, 128
TILE = 1_000.0
"""Filling shared memory before the work begins."""


@dataclass(frozen=True, slots=True)
class Work:
    """A loop as a unit of work: its accesses, how often it is come to, and what shapes it."""

    loop: Loop
    touched: tuple[Touch, ...]
    times: int

    @property
    def arrays(self) -> frozenset[Variable]:
        return frozenset(touch.region.variable for touch in self.touched)


class Model:
    """The costs of plans for one function."""

    def __init__(self, analysis: Analysis) -> None:
        self.sizes = Sizes(analysis.facts)
        self.works: Mapping[LoopName, Work] = {
            LoopName(loop.span.line, loop.span.column): self._work(analysis, loop)
            for loop in analysis.walk()
            if len(loop.calls) == 1
        }

    def _work(self, analysis: Analysis, loop: Loop) -> Work:
        around = [frame.loop for frame in loop.facts.where if isinstance(frame, InLoop)]
        times = prod(self.sizes.turns[number] for number in around)
        return Work(loop, tuple(touches(analysis.facts, iter(loop.accesses))), times)

    def total(self, steps: Sequence[Step]) -> float:
        """The cost of a plan with ``steps``; of loops that it does not know, nothing."""
        known = [(self.works[step.loop], step.how) for step in steps if step.loop in self.works]
        device = frozenset(v for work, how in known if not isinstance(how, Host) for v in work.arrays)
        return sum(work.times * self.of(work, how, device) for work, how in known)

    def of(self, work: Work, how: How, device: Set[Variable]) -> float:
        """One run of a step; ``device`` are the arrays that are there for some step."""
        match how:
            case Grid():
                return self._grid(work, how)
            case Scan():
                return 3 * LAUNCH + 3 * self._traffic(work, {"x": work.loop.facts.number}, (how.block,), how)
            case Wavefront():
                return self._fronts(work, how)
            case Single():
                return LAUNCH + SINGLE * self._accesses(work, ())
            case Host():
                moved = sum(t.size * self._elements(t) for t in _largest(work, device))
                return ON_HOST * self._accesses(work, ()) + 2 * moved / MOVED_PER_NS

    def _grid(self, work: Work, grid: Grid) -> float:
        numbers = self._axes(work.loop, grid)
        block = grid.block or (FULL_BLOCK,)
        threads = prod(self.sizes.turns[number] for number in numbers.values())
        held = min(threads, grid.stride * prod(block)) if grid.stride else threads
        traffic = self._traffic(work, numbers, block, grid) * max(1.0, FULL_BLOCK / prod(block))
        row = ACCESS * self._accesses(work, tuple(numbers.values())) * threads / max(held, 1)
        launches = 2 if grid.reductions else 1
        atomics = sum(self._contention(t, numbers) for t in work.touched if t.region.variable.name in grid.atomic)
        return launches * LAUNCH + max(traffic, row) + atomics + (TILE if grid.tiles else 0.0)

    def _fronts(self, work: Work, how: Wavefront) -> float:
        """A launch for each front; a thread does one iteration of the inner loop."""
        outer, *inner = [one.facts.number for one in work.loop.walk()][:2]
        fronts = self.sizes.turns[outer] + sum(self.sizes.turns[number] for number in inner)
        traffic = self._traffic(work, {"x": outer}, (how.block,), how)
        row = ACCESS * fronts * self._accesses(work, (outer, *inner))
        return fronts * LAUNCH + max(traffic, row)

    def _axes(self, loop: Loop, grid: Grid) -> dict[Axis, int]:
        numbers = {(one.span.line, one.span.column): one.facts.number for one in loop.walk()}
        lines = {one.span.line: one.facts.number for one in reversed(list(loop.walk()))}
        found = {axis: numbers.get((n.line, n.column), lines.get(n.line)) for axis, n in grid.axes}
        return {axis: number for axis, number in found.items() if number is not None}

    def _runs(self, touch: Touch, without: Sequence[int], outside: int) -> int:
        """How often a touch reaches memory in one run of the step; what does not change stays in a register."""
        below = touch.access.loops[touch.access.loops.index(outside) :] if outside in touch.access.loops else ()
        return prod(self.sizes.turns[n] for n in below if n not in without and n in touch.strides)

    def _accesses(self, work: Work, without: Sequence[int]) -> int:
        return sum(t.weight * self._runs(t, without, work.loop.facts.number) for t in work.touched)

    def _elements(self, touch: Touch) -> int:
        return prod(self.sizes.turns[number] for number in touch.strides)

    def _traffic(self, work: Work, axes: Mapping[Axis, int], block: Sequence[int], how: How) -> float:
        """Nanoseconds that the memory takes for all threads."""
        total = 0.0
        near: dict[tuple[object, ...], int] = {}
        own = set(axes.values())
        for touch in work.touched:
            key = (touch.region, tuple(sorted(touch.strides.items())))
            first = key not in near
            near.setdefault(key, 1)
            within = self._runs(touch, tuple(own), work.loop.facts.number)
            runs = prod(self.sizes.turns[number] for number in own) * within
            inner = [n for n in touch.strides if n not in own]
            each = _bytes(touch, axes, block, inner)
            fresh = min(runs, self._elements(touch)) if first else 0
            again = runs - fresh
            speed = _reuse(how, work.loop, touch)
            total += touch.weight * each * (fresh + again / speed)
        return total / BYTES_PER_NS

    def _contention(self, touch: Touch, axes: Mapping[Axis, int]) -> float:
        """Atomic updates of one place wait for each other; places that data names are taken to be many."""
        runs = prod(self.sizes.turns[number] for number in axes.values())
        return ATOMIC * (runs / WARP if any(n in touch.strides for n in axes.values()) else runs)


def _bytes(touch: Touch, axes: Mapping[Axis, int], block: Sequence[int], inner: Sequence[int]) -> float:
    """Bytes that the memory moves for one thread's access."""
    lanes = min(WARP, block[0])
    stride = abs(touch.strides.get(axes.get("x", -1), 0))
    if stride == 0:
        each = touch.size / lanes
    elif stride * touch.size < SECTOR and stride != IRREGULAR:
        each = max(touch.size * stride, SECTOR / lanes)
    else:
        each = float(SECTOR)
        if any(abs(touch.strides[number]) == 1 for number in inner):
            each = 2.0 * touch.size
    return max(each, touch.size / WARP)


def _reuse(how: How, loop: Loop, touch: Touch) -> float:
    """How much faster than memory what was read before is."""
    if isinstance(how, Grid) and any(_tiled(tile, touch) for tile in how.tiles):
        return SHARED
    if isinstance(how, Grid) and how.strip is not None and not touch.access.writes:
        strip = how.strip
        inside = [one.facts.number for one in loop.walk() if one.span.line == strip.loop.line]
        if any(number in touch.strides for number in inside):
            return SHARED
    return CACHED


def _tiled(tile: HaloTile, touch: Touch) -> bool:
    return tile.array == touch.region.variable.name and not touch.access.writes


def _largest(work: Work, device: Set[Variable]) -> Iterator[Touch]:
    """One touch of each array that is on the device."""
    seen: set[Variable] = set()
    for touch in work.touched:
        if touch.region.variable in device and touch.region.variable not in seen:
            seen.add(touch.region.variable)
            yield touch
