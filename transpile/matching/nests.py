"""Whether a launch does what a loop nest of C does: the same iterations, and in each the same operations."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import z3

from transpile.c.constants import integer_of
from transpile.c.printing import text
from transpile.c.tree import (
    AddressOf,
    Block,
    Call,
    Cast,
    Declare,
    Expression,
    For,
    Index,
    Member,
    Name,
    Node,
    Statement,
    Variable,
)
from transpile.c.types import UNSIGNED, Array, Float, Pointer, Struct, is_arithmetic, is_integer
from transpile.c.unit import Function
from transpile.c.walking import bare, declared, free, targets, variables, walk
from transpile.errors import SourceErrors, Span
from transpile.kernels.unit import CudaUnit, launch_bounds
from transpile.loops.counted import Counted, Nest, counted, nest
from transpile.matching.atomics import NoUpdate, rewritten
from transpile.matching.bodies import Names, flat, match_statements, same_type
from transpile.matching.forms import ending
from transpile.matching.functions import Shared, computing
from transpile.matching.launched import LaunchedNest
from transpile.matching.numbers import converted, evaluate, follows, moderate, sides_of
from transpile.matching.updates import assumption
from transpile.matching.values import owned, points
from transpile.solvers.integers import Int, Integers, NoInteger
from transpile.solvers.launches.grids import AXES, Dimension, own
from transpile.solvers.launches.threads import Launched, Open, locate

ASSUMED_SIZE = "no loop runs 2^62 times, and no array has that many bytes"
LIBRARY = "functions of the C library give on the device what they give on the host: {}"
ROUNDING = "floating point is compiled as written: nvcc with --fmad=false, and no fast math on either side"
STOPS = (
    "where a variable, or a bound of a launched loop, is 2^31 or more the program may end with a message that the "
    "device cannot do it"
)


@dataclass(frozen=True, slots=True)
class Same:
    """Each thread does one iteration of the ``loops``, and does it as C does. Values are combined into the variables
    ``combined``, by these operators, in another order."""

    loops: tuple[Counted, ...]
    assumptions: tuple[str, ...]
    combined: tuple[tuple[Variable, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unproved:
    """What could not be shown: where in the CUDA text, and perhaps where in the C text."""

    reason: str
    theirs: Span
    ours: Span | None = None


Outcome: TypeAlias = Same | Unproved
_NONE: Mapping[Variable, Variable] = {}


def prove(
    found: LaunchedNest,
    cuda: CudaUnit,
    shared: Shared,
    private: Collection[Variable],
    part: Function | None = None,
    own: Mapping[Variable, Variable] = _NONE,
) -> Outcome:
    """Whether the launch does what the loop does.

    ``shared`` knows what the device has in common with the C side. ``private`` are variables of the C function of which
    each iteration may have its own. ``part`` of the kernel is looked at, whose variables in ``own`` are the C side's.
    """
    try:
        kernel = part or cuda.kernel(found.launch.kernel)
    except KeyError:
        return Unproved("there is no such kernel", found.launch.span, found.loop.span)
    except SourceErrors as error:
        return Unproved(str(error), found.launch.span, found.loop.span)
    try:
        return _Nest(found, cuda, kernel, shared, private, own).run()
    except (NoInteger, SourceErrors) as error:
        return Unproved(str(error), found.launch.span, found.loop.span)
    except NoUpdate as error:
        return Unproved(str(error), error.span, found.loop.span)
    except _Stop as stop:
        return stop.outcome


class _Stop(Exception):
    def __init__(self, reason: str, theirs: Span, ours: Span | None = None) -> None:
        super().__init__(reason)
        self.outcome = Unproved(reason, theirs, ours)


class _Nest:
    def __init__(
        self,
        found: LaunchedNest,
        cuda: CudaUnit,
        kernel: Function,
        shared: Shared,
        private: Collection[Variable],
        own: Mapping[Variable, Variable],
    ) -> None:
        self.found = found
        self.cuda = cuda
        self.kernel = kernel
        self.shared = shared
        self.private = set(private)
        self.own = own
        self.helpers = {one.name: one for one in map(owned, computing(cuda.unit).values())}

    def run(self) -> Outcome:
        self._launchable()
        if all(side == 1 for side in self._constant_sides()):
            return self._alone()
        shape = nest(self.found.loop) if isinstance(self.found.loop, For) else None
        if not isinstance(shape, Nest):
            span = shape.span if shape else self.found.loop.span
            reason = f"the loop is not counted: {shape.reason}" if shape else "this is no loop over a range"
            return Unproved(reason, self.found.launch.span, span)
        loops = shape.loops
        self._steady(loops)
        names = {one.variable.name for one in _declarations(self.kernel.body)}
        grid = [loop for loop in loops if loop.counter.name in names]
        while grid and tuple(grid) != tuple(loops[: len(grid)]):
            grid.pop()
        outcomes = [self._with(loops[:depth]) for depth in range(len(grid), 0, -1)]
        same = [outcome for outcome in outcomes if isinstance(outcome, Same)]
        return (same or outcomes or [Unproved("its kernel computes no counter of the loop", self.found.launch.span)])[0]

    def _launchable(self) -> None:
        """The kernel gets numbers and buffers, and the device takes blocks of this size."""
        span = self.found.launch.span
        if len(self.kernel.parameters) != len(self.found.arguments):
            raise _Stop("the kernel has other parameters", span)
        for parameter, argument in zip(self.kernel.type.parameters, self.found.arguments, strict=True):
            plain = isinstance(parameter, Struct) and not points(parameter) and same_type(parameter, argument.type)
            if not (isinstance(parameter, Pointer) or is_arithmetic(parameter) or plain):
                raise _Stop(f"'{text(argument)}' is neither a number nor a buffer", span)
        if len(self.found.configuration) != 2:
            raise _Stop("a launch with shared memory of its own size, or in a stream", span)
        bounds = launch_bounds(self.kernel)
        threads = math.prod(side or 0 for side in self._constant_sides()[3:])
        if bounds and not (bounds[0].strip().isdigit() and int(bounds[0]) >= threads):
            raise _Stop("the kernel is not compiled for blocks of this size", self.kernel.span)

    def _constant_sides(self) -> list[int | None]:
        return [integer_of(side) for position in (0, 1) for side in self._sides(position)]

    def _alone(self) -> Outcome:
        """One thread does all of the statement; the launch happens wherever the statement does anything."""
        self._steady(())
        self._launched(self._parameters())
        if self.found.entered and not self._entered_if_needed():
            return Unproved("the kernel may not be launched where there are iterations", self.found.launch.span)
        names = self._parameters()
        body = self._private(list(flat([self.kernel.body])), names)
        mismatch = match_statements([self.found.loop], body, names)
        if mismatch is not None:
            return Unproved(mismatch.message, mismatch.theirs, mismatch.ours)
        return Same((), tuple(self._assumptions(self.found.loop)))

    def _entered_if_needed(self) -> bool:
        first = counted(self.found.loop) if isinstance(self.found.loop, For) else None
        if not isinstance(first, Counted) or first.stepping:
            return False
        host = Integers(functions=self.helpers)
        entered = z3.And(*(host.truth(condition) for condition in self.found.entered))
        start = host.value(first.start)
        host.variables[first.counter] = start
        inside = [host.truth(bound.condition) for bound in first.bounds]
        return follows(entered, [*host.facts, *moderate(host), *inside])

    def _steady(self, loops: Sequence[Counted]) -> None:
        """What the launch was given is what the nest reads: it changes none of it."""
        inner = {loop.counter for loop in loops} | set(declared(self.found.loop))
        changed = set(_written(self.found.loop)) - inner
        outside = changed - self.private
        if outside:
            name = min(variable.name for variable in outside)
            raise _Stop(f"'{name}' is changed by the loop", self.found.launch.span, self.found.loop.span)
        for value in (*self.found.arguments, *self.found.configuration, *self.found.entered):
            for variable in variables(value):
                if variable in changed | inner:
                    raise _Stop(f"'{variable.name}' changes in the loop", self.found.launch.span, self.found.loop.span)

    def _with(self, loops: Sequence[Counted]) -> Outcome:
        names = self._parameters()
        located = locate(self.kernel.body.statements, loops, self._launched(names))
        if isinstance(located, Open):
            return Unproved(located.reason, located.span, loops[0].span)
        for loop, counter in zip(loops, located.counters, strict=True):
            names.pair(counter.variable, loop.counter, counter.span)
        body = self._private(list(located.body), names)
        ours = loops[-1].node.body if self._goes_on(located.body) else ending(loops[-1].node.body)
        both = rewritten(self.found.loop, ours, self.kernel.body, body, names.meaning)
        names.functions.update(both.functions)
        mismatch = match_statements([both.ours], both.theirs, names)
        if mismatch is not None:
            return Unproved(mismatch.message, mismatch.theirs, mismatch.ours)
        reordered = [one for array, how in both.combined for one in assumption(array.name, how, atomically=True)]
        combined = tuple((array, how.operator) for array, how in both.combined)
        return Same(tuple(loops), (*self._assumptions(ours), *reordered), combined)

    def _goes_on(self, body: Sequence[Statement]) -> bool:
        """Whether the thread has more iterations to do after ``body``."""
        inside = {id(node) for loop in walk(self.kernel.body) if isinstance(loop, For) for node in walk(loop)}
        return any(id(statement) in inside for statement in body)

    def _parameters(self) -> Names:
        names = Names(functions=self.shared.functions([self.kernel.body]))
        for constant, meant in self.shared.constants().items():
            names.pair(constant, meant, self.kernel.span)
        for parameter, argument in zip(self.kernel.parameters, self.found.arguments, strict=True):
            names.meaning[parameter] = bare(argument) if isinstance(parameter.type, Pointer) else argument
        for theirs, ours in self.own.items():
            names.pair(theirs, ours, self.kernel.span)
        return names

    def _private(self, body: list[Statement], names: Names) -> list[Statement]:
        """``body`` without the declarations of variables that the C function declares outside of the loop."""
        outside = {variable.name: variable for variable in free(self.found.loop) if variable in self.private}
        while (
            body and isinstance(first := body[0], Declare) and first.initial is None and first.variable.name in outside
        ):
            meant = outside[first.variable.name]
            if meant.type != first.variable.type or not own(first.variable):
                break
            names.pair(first.variable, meant, first.span)
            body.pop(0)
        return body

    def _assumptions(self, body: Statement) -> Iterator[str]:
        yield ASSUMED_SIZE
        yield STOPS
        defined = {function.name: function for function in self.shared.ours.functions}
        waiting: list[Node] = [body]
        called: set[str] = set()
        rounds = False
        while waiting:
            for node in walk(waiting.pop()):
                if isinstance(node, Expression) and isinstance(node.type, Float):
                    rounds = True
                    if node.type.bits > 64:
                        raise _Stop("the device computes this with fewer bits", self.found.launch.span, node.span)
                if isinstance(node, Call) and node.name not in called:
                    called.add(node.name)
                    waiting += [defined[node.name].body] if node.name in defined else []
        if rounds:
            yield ROUNDING
        if library := sorted(called - defined.keys()):
            yield LIBRARY.format(", ".join(library))

    # The launch in numbers

    def _launched(self, names: Names) -> Launched:
        host, device = Integers(functions=self.helpers), Integers()
        path = z3.And(*(host.truth(condition) for condition in self.found.entered))
        with host.under(path):
            grid = self._grid(host)
            for parameter, argument in zip(self.kernel.parameters, self.found.arguments, strict=True):
                evaluate(host, argument)
                if is_integer(parameter.type):
                    device.variables[parameter] = host.value(converted(names.meaning[parameter], parameter.type))
        self._require_defined(host)
        self._require_no_stop(host, path)
        host.defined.clear()
        host.facts += moderate(host)
        return Launched(host, device, grid, path)

    def _require_defined(self, host: Integers) -> None:
        """The host's own arithmetic before the launch does not overflow, unless that of C does."""
        known = [*self._computed_by_c(host), *host.facts, *moderate(host)]
        for one in host.defined:
            if not follows(one.condition, known):
                raise _Stop(f"'{text(one.expression)}' may overflow", one.expression.span)

    def _computed_by_c(self, host: Integers) -> list[z3.BoolRef]:
        """C itself comes to the loops' first iterations, and what it computes on the way is defined."""
        shape = nest(self.found.loop) if isinstance(self.found.loop, For) else None
        if not isinstance(shape, Nest):
            return []
        c = Integers(dict(host.variables))
        entered: list[z3.BoolRef] = []
        for loop in shape.loops:
            with c.under(z3.And(*entered)):
                c.variables[loop.counter] = c.value(loop.start)
                for bound in loop.bounds:
                    with c.under(z3.And(*entered)):
                        entered.append(c.truth(bound.condition))
        return [*c.facts, *(one.condition for one in c.defined)]

    def _require_no_stop(self, host: Integers, path: z3.BoolRef) -> None:
        """Functions of the host end the program only where ``STOPS`` allows it."""
        bounds = self._bounds(host)
        facts = [fact for fact in host.facts if not any(fact.eq(z3.Not(stop)) for stop in host.stops)]
        small = [z3.And(value < 2**31, value >= -(2**31)) for value in (*host.variables.values(), *bounds)]
        for stop in host.stops:
            if not follows(z3.Not(stop), [*facts, *small, path]):
                raise _Stop("the program may end here instead", self.found.launch.span)

    def _bounds(self, host: Integers) -> list[Int]:
        """What the counters of the launched loops are compared with, where no loop has changed it."""
        shape = nest(self.found.loop) if isinstance(self.found.loop, For) else None
        counters = {loop.counter for loop in shape.loops} if isinstance(shape, Nest) else set()
        bounds = [bound.right for loop in shape.loops for bound in loop.bounds] if isinstance(shape, Nest) else []
        return [host.value(bound) for bound in bounds if not counters.intersection(variables(bound))]

    def _grid(self, host: Integers) -> dict[str, Dimension]:
        blocks, threads = self._sides(0), self._sides(1)
        grid: dict[str, Dimension] = {}
        for axis, count, side in zip(AXES, blocks, threads, strict=True):
            block = integer_of(side)
            if block is None or not 0 < block <= 1024:
                raise _Stop("blocks whose size is not a constant", self.found.launch.span)
            grid[axis] = Dimension(
                block, host.value(Cast(span=count.span, type=UNSIGNED, operand=count, implicit=True))
            )
        return grid

    def _sides(self, position: int) -> list[Expression]:
        """The three sides of a ``dim3``."""
        return sides_of(self.found.configuration[position])


def _declarations(body: Block) -> Iterator[Declare]:
    return (node for node in walk(body) if isinstance(node, Declare))


def _written(statement: Statement) -> Iterator[Variable]:
    """Variables that are assigned to, whole or in part, and structures that pointers lead into."""
    for target in targets(statement):
        if isinstance(target, Name):
            yield target.variable
    parts = [*targets(statement), *(node.operand for node in walk(statement) if isinstance(node, AddressOf))]
    for part in parts:
        while isinstance(part, Member) or (isinstance(part, Index) and isinstance(part.base.type, Array)):
            part = part.base
        if isinstance(part, Name) and isinstance(part.type, Struct):
            yield part.variable
