"""Other ways to run a nest on the device than the one that the rules take.

They differ in which loops become axes and along which one, in the shape of blocks, and in what becomes of loops that
are not parallel. Shared memory is left out: what uses it is tested, and would replace what is proved. All keep to what
the analysis allows: a loop that carries a dependence never becomes an axis, and one that the rules run on the device
never moves to the host without a loop of it in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import islice, permutations, product

from transpile.cuda.plan import Grid, Host, How, Scan, Single, Step, Wavefront
from transpile.loops.facts import InLoop
from transpile.offload.cost import Model
from transpile.offload.rules import device_form, in_function, loop_name
from transpile.solvers.loops.analysis import Loop

SHAPES: dict[int, tuple[tuple[int, ...], ...]] = {
    1: ((256,), (64,), (128,), (512,)),
    2: ((16, 16), (32, 8), (64, 4), (8, 32)),
    3: ((8, 8, 4), (32, 4, 2), (64, 2, 2)),
}
STRIDES = (256, 1024)
BELOW = 6
"""Ways of each loop within one that stays on the host, that are combined."""
MOST = 400


def variants(loop: Loop, model: Model) -> list[tuple[Step, ...]]:
    """Ways to run the nest of ``loop``, the cheapest first; empty if nothing of it runs on the device."""
    found = dict.fromkeys(islice(_ways(loop, model), MOST))
    return sorted((way for way in found if _parallel(way)), key=model.total)


def preferred(ways: Sequence[tuple[Step, ...]], model: Model, usual: Sequence[Step] = ()) -> list[tuple[Step, ...]]:
    """``ways`` the best one first: among those that cost at most a tenth more than the cheapest, ``usual`` comes first,
    then the plainest."""
    costs = {way: model.total(way) for way in ways}
    least = min(costs.values(), default=0.0)
    return sorted(ways, key=lambda way: (costs[way] > 1.1 * least, way != tuple(usual), *_plain(way), costs[way]))


def _plain(way: Sequence[Step]) -> tuple[int, int]:
    """How far a way is from blocks of the usual shape."""
    shapes = [SHAPES[len(step.how.block)].index(step.how.block) for step in way if isinstance(step.how, Grid)]
    return len(way), sum(shapes)


def _parallel(way: Sequence[Step]) -> bool:
    return any(isinstance(step.how, Grid | Scan | Wavefront) for step in way)


def _ways(loop: Loop, model: Model) -> Iterator[tuple[Step, ...]]:
    if not in_function(loop):
        return
    name = loop_name(loop.span)
    for how in dict.fromkeys(forms(loop)):
        yield (Step(name, how, loop.span),)
    inner = [one for one in loop.loops if in_function(one)]
    below = [_best(one, model) for one in inner]
    for chosen in product(*below):
        steps = tuple(step for way in chosen for step in way)
        if _parallel(steps):
            yield steps
    if loop.node is not None:
        if any(isinstance(frame, InLoop) for frame in loop.facts.where):
            yield (Step(name, Single(), loop.span),)
        yield (Step(name, Host(), loop.span),)


def _best(loop: Loop, model: Model) -> list[tuple[Step, ...]]:
    """The cheapest ways of an inner loop, with the best of those that have no kernel among them."""
    found = list(dict.fromkeys(islice(_ways(loop, model), MOST)))
    best = nsmallest(BELOW, filter(_parallel, found), key=model.total)
    return best or found


def forms(loop: Loop) -> Iterator[How]:
    """How ``loop`` itself may run on the device."""
    if loop.node is None:
        return
    for depth in (3, 2, 1):
        how = device_form(loop, depth)
        if isinstance(how, Scan | Wavefront):
            yield how
        if isinstance(how, Grid) and len(how.axes) == depth:
            yield from _grids(how)


def _grids(grid: Grid) -> Iterator[Grid]:
    names = [name for _, name in grid.axes]
    axes = [axis for axis, _ in grid.axes]
    for order in permutations(names):
        for shape in SHAPES[len(names)]:
            yield replace(grid, axes=tuple(zip(axes, order, strict=True)), block=shape)
    if grid.reductions:
        yield from (replace(grid, stride=stride) for stride in STRIDES)
