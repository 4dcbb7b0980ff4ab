"""Which iterations of a loop nest the threads of a launch do: proved to be all of them, each once, and no others.

A kernel begins with definitions that compute the counters of the loops from the coordinates of the thread, and with
guards; what follows is the body. Let ``number`` be the number of a thread along an axis. It is proved in integers, with
C's wrap-around where there is any, that

- a counter is its first value plus ``number`` steps, so that different threads do different iterations,
- control comes to the body if, and only if, the loops' own conditions hold for these counters,
- there are enough threads for every iteration, and a launch wherever there is an iteration.

A kernel may also go on in steps of the whole grid (a grid-stride loop): then thread ``number`` does the iterations
``number + k * size`` for all k, and each iteration belongs to one such thread by division with remainder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import z3

from transpile.c.tree import Assign, Declare, Expression, For, If, Name, Statement, Variable
from transpile.c.types import Integer, is_integer
from transpile.errors import Span
from transpile.loops.counted import Counted
from transpile.solvers.integers import Int, Integers, NoInteger, Truth, value_range
from transpile.solvers.launches.bounds import FAR, dependencies, ends, few, first, inside, irregular
from transpile.solvers.launches.grids import (
    MOST_THREADS,
    MOST_THREADS_Z,
    Grid,
    built_in,
    coordinates_in,
    own,
    returns,
    unwrapped,
)

RLIMIT = 4_000_000


@dataclass(frozen=True, slots=True)
class Open:
    """What could not be shown, and where in the kernel."""

    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Located:
    """The statements that each thread does for its iteration, and the counters, as the kernel's variables, by loop."""

    body: tuple[Statement, ...]
    counters: tuple[Declare, ...]
    assumptions: tuple[str, ...] = ()


@dataclass(slots=True)
class Launched:
    """A kernel's launch: the values of its parameters are in ``device``, those of the C code in ``host``.

    The launch happens where ``path`` holds. ``coordinates`` names the variables ``threadIdx`` and so on by what they
    are: ``(thread, "x")`` and the like.
    """

    host: Integers
    device: Integers
    grid: Grid
    path: Truth


def locate(kernel: Sequence[Statement], loops: Sequence[Counted], launched: Launched) -> Located | Open:
    """The iterations of ``loops``, outermost first, in the threads of a launch."""
    try:
        return _Search(loops, launched).run(kernel)
    except NoInteger as found:
        return Open(str(found), found.span)
    except _Unproved as found:
        return found.open


class _Unproved(Exception):
    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.open = Open(reason, span)


@dataclass(slots=True)
class _Placed:
    """A loop whose counter the kernel has defined, along ``axis``, and the number of the iteration."""

    loop: Counted
    declaration: Declare
    number: Int
    axis: str


@dataclass(frozen=True, slots=True)
class _Guard:
    """``truth`` holds where control goes on; ``axis`` if it ends the grid-stride loop along that axis."""

    truth: Truth
    axis: str
    span: Span


@dataclass(slots=True)
class _Search:
    loops: Sequence[Counted]
    launched: Launched
    guards: list[_Guard] = field(default_factory=list)
    ranges: list[Truth] = field(default_factory=list)
    numbers: dict[str, Int] = field(default_factory=dict)
    """By axis: the numbers of threads, or of iterations in a grid-stride loop, that belong to no loop yet."""
    strided: set[str] = field(default_factory=set)
    placed: list[_Placed] = field(default_factory=list)
    left: list[Truth] = field(default_factory=list)
    """What is known of this thread because C leaves its loops."""

    def run(self, kernel: Sequence[Statement]) -> Located | Open:
        for loop in self.loops:
            if loop.stepping or any(bound.comparison == "!=" for bound in loop.bounds):
                return Open("a loop of this form is not followed", loop.span)
        self._coordinates(kernel)
        self._require_possible(kernel)
        self._require_regular()
        for loop in self.loops:
            self.launched.host.facts.append(self._reached(loop, few))
        self._require_blocks(kernel)
        body = self._descend(kernel)
        self._cover(kernel[0].span if kernel else self.loops[0].span)
        declarations = (next(one.declaration for one in self.placed if one.loop is loop) for loop in self.loops)
        return Located(tuple(body), tuple(declarations))

    # The thread's coordinates

    def _coordinates(self, kernel: Sequence[Statement]) -> None:
        device = self.launched.device
        for axis, dimension in self.launched.grid.items():
            thread, block = z3.Int(f"threadIdx.{axis}"), z3.Int(f"blockIdx.{axis}")
            self.ranges += [thread >= 0, thread < dimension.block, block >= 0, block < dimension.blocks]
            number = self.numbers[axis] = z3.Int(f"number.{axis}")
            self.ranges.append(number == block * dimension.block + thread)
            values = {
                "threadIdx": thread,
                "blockIdx": block,
                "blockDim": z3.IntVal(dimension.block),
                "gridDim": dimension.blocks,
            }
            for node in coordinates_in(kernel):
                if node.name == axis and isinstance(node.base, Name) and built_in(node.base.variable, values):
                    device.opaque[node] = values[node.base.variable.name]

    def _require_possible(self, kernel: Sequence[Statement]) -> None:
        """What is known does not contradict itself: from a contradiction everything would follow."""
        solver = z3.Solver()
        solver.set(rlimit=RLIMIT)
        solver.add(*self.launched.host.facts, *self.launched.device.facts, *self.ranges, self.launched.path)
        if solver.check() != z3.sat:
            raise _Unproved("it is not clear that this is ever launched", kernel[0].span)

    def _require_blocks(self, kernel: Sequence[Statement]) -> None:
        """A launch that the device refuses ends the program: none of a block, and blocks are not too large."""
        grid = self.launched.grid
        threads = math.prod(dimension.block for dimension in grid.values())
        if threads > MOST_THREADS or any(grid[axis].block > MOST_THREADS_Z for axis in grid if axis == "z"):
            raise _Unproved("no device has blocks of so many threads", kernel[0].span)
        for axis, dimension in grid.items():
            if not self._true(dimension.blocks >= 1, self.launched.path):
                raise _Unproved(f"a launch without blocks along {axis} fails", kernel[0].span)

    # From the top of the kernel to the body

    def _descend(self, statements: Sequence[Statement]) -> Sequence[Statement]:
        rest = list(unwrapped(statements))
        for position, statement in enumerate(rest):
            if self._at_body():
                return rest[position:]
            last = position + 1 == len(rest)
            match statement:
                case Declare(variable=variable, initial=Expression() as value) if is_integer(variable.type):
                    self._define(statement, value)
                case If(condition=condition, then=then, otherwise=None) if returns(then) and not self.strided:
                    self._guard(condition, False)
                case If(condition=condition, then=then, otherwise=None) if last:
                    self._guard(condition, True)
                    return self._descend([then])
                case For() if last:
                    self._stride(statement)
                    return self._descend([statement.body])
                case _:
                    raise _Unproved("this is not part of how threads find their iterations", statement.span)
        if self._at_body():
            return []
        raise _Unproved("the counters of the loops are not all computed", self.loops[-1].span)

    def _define(self, declaration: Declare, value: Expression) -> None:
        device, variable = self.launched.device, declaration.variable
        if not own(variable):
            raise _Unproved(f"'{variable.name}' is not the thread's own", declaration.span)
        device.variables[variable] = device.value(value)
        self._defined(declaration.span)
        loop = self._awaited(variable.name)
        if loop is None:
            return
        self.left.append(self._reached(loop, ends))
        if loop.counter.type != variable.type:
            raise _Unproved(f"'{variable.name}' has another type", declaration.span)
        found = device.variables[variable]
        start = first(loop, self.launched.host)
        for axis, number in self.numbers.items():
            if self._holds(found == start + loop.step * number):
                self._place(loop, declaration, axis)
                return
        raise _Unproved(f"'{variable.name}' is not a step further for each thread", declaration.span)

    def _stride(self, loop: For) -> None:
        """``for (at = first; guard; at += size of the grid)``."""
        match loop.initial, loop.condition, loop.step:
            case (
                (Declare(variable=one, initial=Expression() as first) as declaration,),
                Expression() as condition,
                Assign(target=Name(variable=other), operator="+" | "-" as sign, value=by),
            ) if one == other and own(one):
                pass
            case _:
                raise _Unproved("this is not a grid-stride loop", loop.span)
        device, variable = self.launched.device, declaration.variable
        start, by_value = device.value(first), device.value(by)
        self._defined(loop.span)
        moved_by = by_value if sign == "+" else -by_value
        for axis, dimension in self.launched.grid.items():
            size = dimension.blocks * dimension.block
            for step in dict.fromkeys((1, *(one.step for one in self.loops))):
                unused = axis in self.numbers and axis not in self.strided
                if unused and self._holds(moved_by == step * size) and self._even(start, axis, step):
                    self._through(declaration, axis, step, start)
                    self._came_from(variable, condition, step * size, z3.Int(f"iteration.{axis}") < size)
                    self._guard(condition, True, axis)
                    self._never_wraps(variable.type, device.variables[variable] + step * size, loop.span)
                    return
        raise _Unproved("this loop does not go on by the size of the grid", loop.span)

    def _came_from(self, variable: Variable, condition: Expression, moved: Int, first: Truth) -> None:
        """The thread passed the guard before it came here, but in its first iteration; and nothing has wrapped yet."""
        device, (low, high) = self.launched.device, value_range(variable.type)
        here = device.variables[variable]
        device.variables[variable] = here - moved
        passed = device.truth(condition)
        device.variables[variable] = here
        device.defined.clear()
        self.left += [here >= low, here <= high, z3.Or(first, passed)]

    def _through(self, declaration: Declare, axis: str, step: int, start: Int) -> None:
        """The variable of a grid-stride loop, in an iteration of any number."""
        number, base = z3.Int(f"iteration.{axis}"), z3.Int(f"first.{axis}")
        self.ranges += [number >= 0, start == base + step * self.numbers[axis]]
        self.numbers[axis] = number
        self.strided.add(axis)
        self.launched.device.variables[declaration.variable] = base + step * number
        loop = self._awaited(declaration.variable.name)
        if loop is not None:
            self.left.append(self._reached(loop, ends))
            same = step == loop.step and loop.counter.type == declaration.variable.type
            if not (same and self._holds(base == first(loop, self.launched.host))):
                raise _Unproved(f"'{declaration.variable.name}' does not start where the loop does", declaration.span)
            self._place(loop, declaration, axis)

    def _even(self, start: Int, axis: str, step: int) -> bool:
        """Whether the first value is a step further for each thread along ``axis``, and the same along the others."""
        other = z3.Int("other.thread"), z3.Int("other.block")
        dimension = self.launched.grid[axis]
        own = z3.Int(f"threadIdx.{axis}"), z3.Int(f"blockIdx.{axis}")
        swap = [*zip(own, other, strict=True), (self.numbers[axis], z3.Int("other.number"))]
        elsewhere = z3.substitute(start, *swap)
        given = [z3.substitute(fact, *swap) for fact in (*self.launched.device.facts, *self.ranges)]
        moved = (other[1] - own[1]) * dimension.block + other[0] - own[0]
        return self._holds(elsewhere == start + step * moved, *given)

    def _guard(self, condition: Expression, holds: bool, axis: str = "") -> None:
        truth = self.launched.device.truth(condition)
        self._defined(condition.span)
        self.guards.append(_Guard(truth if holds else z3.Not(truth), axis, condition.span))

    def _place(self, loop: Counted, declaration: Declare, axis: str) -> None:
        self.launched.host.variables[loop.counter] = self.launched.device.variables[declaration.variable]
        number = self.numbers.pop(axis)
        self.placed.append(_Placed(loop, declaration, number, axis))

    def _awaited(self, name: str) -> Counted | None:
        """The loop over ``name``, once everything that its bounds depend on is known."""
        known = {one.loop.counter for one in self.placed}
        for position, loop in enumerate(self.loops):
            if loop.counter.name == name and loop.counter not in known:
                outer = {one.counter for one in self.loops[:position]}
                return loop if outer & dependencies(loop) <= known else None
        return None

    def _at_body(self) -> bool:
        """Whether all counters are there, and the guards passed so far are all that the loops ask for."""
        return len(self.placed) == len(self.loops) and all(
            self._holds(inside(one.loop, self.launched.host)) for one in self.placed
        )

    # The loops' own conditions

    def _require_regular(self) -> None:
        found = irregular(self.loops, self.launched.host, self._holds)
        if found is not None:
            raise _Unproved(found[0], found[1].span)

    def _reached(self, loop: Counted, known: Callable[[Counted, Integers], Truth]) -> Truth:
        """What is ``known`` of ``loop`` where C comes to it: with the outer counters that are placed, or else in their
        first iterations."""
        host, saved, entered = self.launched.host, dict(self.launched.host.variables), list[Truth]()
        for outer in self.loops[: self.loops.index(loop)]:
            if all(one.loop is not outer for one in self.placed):
                host.variables[outer.counter] = first(outer, host)
            entered.append(inside(outer, host))
        found = z3.Implies(z3.And(*entered), known(loop, host))
        host.variables = saved
        return found

    def _cover(self, span: Span) -> None:
        """Every iteration has its thread, and comes to the body there."""
        host, every = self.launched.host, list[Truth]()
        up_to: list[list[Truth]] = [[]]
        for loop in self.loops:
            placed = next(one for one in self.placed if one.loop is loop)
            low, high = value_range(loop.counter.type)
            at = z3.Int(f"{loop.counter.name}.value")
            every += [
                placed.number >= 0,
                placed.number <= FAR,
                at == host.value(loop.start) + loop.step * placed.number,
                at >= low,
                at <= high,
            ]
            host.variables[loop.counter] = at
            every.append(inside(loop, host))
            up_to.append(list(every))
            if placed.axis not in self.strided:
                self._enough(placed, every, span)
        if not self._true(self.launched.path, *every):
            raise _Unproved("the kernel may not be launched where there are iterations", span)
        for guard in self.guards:
            if not self._true(guard.truth, *self.ranges, self.launched.path, *up_to[self._depth(guard)]):
                raise _Unproved("this keeps threads from iterations of theirs", guard.span)
        for axis in self.numbers:
            dimension = self.launched.grid[axis]
            if axis in self.strided or not self._true(dimension.blocks * dimension.block == 1, *every):
                raise _Unproved(f"threads along {axis} may do the same", span)

    def _depth(self, guard: _Guard) -> int:
        """How many loops, from the outermost, must have an iteration for ``guard`` to let it pass."""
        ended = [
            at
            for at, loop in enumerate(self.loops, 1)
            for one in self.placed
            if one.loop is loop and one.axis == guard.axis
        ]
        return ended[0] if ended else len(self.loops)

    def _enough(self, placed: _Placed, every: Sequence[Truth], span: Span) -> None:
        dimension = self.launched.grid[placed.axis]
        threads = dimension.blocks * dimension.block
        if not self._true(placed.number < threads, *every, self.launched.path):
            raise _Unproved(f"there may be too few threads for the loop over '{placed.loop.counter.name}'", span)

    # Proofs

    def _defined(self, span: Span) -> None:
        """What the kernel has computed so far is defined, for every thread that comes here."""
        device = self.launched.device
        for one in device.defined:
            if not self._holds(one.condition):
                raise _Unproved("this may overflow", one.expression.span)
        device.defined.clear()

    def _never_wraps(self, type: object, value: Int, span: Span) -> None:
        assert isinstance(type, Integer)
        low, high = value_range(type)
        if not self._holds(z3.And(value >= low, value <= high)):
            raise _Unproved("this may overflow", span)

    def _holds(self, claim: Truth, *given: Truth) -> bool:
        """Whether ``claim`` is true of every thread that has passed the guards so far."""
        passed = (guard.truth for guard in self.guards)
        return self._true(claim, *self.ranges, *self.left, *passed, self.launched.path, *given)

    def _true(self, claim: Truth, *given: Truth) -> bool:
        solver = z3.Solver()
        solver.set(rlimit=RLIMIT)
        solver.add(*self.launched.host.facts, *self.launched.device.facts, *given, z3.Not(claim))
        return bool(solver.check() == z3.unsat)
