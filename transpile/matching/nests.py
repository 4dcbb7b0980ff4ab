"""Whether a launch does what a loop nest of C does: the same iterations, and in each the same operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import z3

from transpile.c.constants import integer_of
from transpile.c.printing import text
from transpile.c.tree import Block, Call, Cast, Constant, Declare, Expression, Name, Statement, Variable
from transpile.c.types import UNSIGNED, CType, Pointer, is_integer
from transpile.c.unit import Function
from transpile.c.walking import bare, declared, free, targets, variables, walk
from transpile.errors import Span
from transpile.kernels.unit import CudaUnit
from transpile.loops.counted import Counted, Nest, nest
from transpile.matching.bodies import Names, match_statements
from transpile.matching.hosts import LaunchedNest
from transpile.solvers.integers import Integers, NoInteger
from transpile.solvers.launches.threads import AXES, Dimension, Launched, Open, locate

ASSUMED_SIZE = "no loop runs 2^62 times, and no array has that many bytes"
LIBRARY = "functions of the C library give on the device what they give on the host: {}"


@dataclass(frozen=True, slots=True)
class Same:
    """Each thread does one iteration of the ``loops``, and does it as C does."""

    loops: tuple[Counted, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unproved:
    """What could not be shown: where in the CUDA text, and perhaps where in the C text."""

    reason: str
    theirs: Span
    ours: Span | None = None


Outcome: TypeAlias = Same | Unproved


def prove(found: LaunchedNest, cuda: CudaUnit, functions: Mapping[str, str], private: Sequence[Variable]) -> Outcome:
    """Whether the launch does what the loop does.

    ``functions`` are those of the CUDA text that are the same as the C functions they are mapped to, library functions
    included. ``private`` are variables of the C function of which each iteration may have its own.
    """
    kernel = cuda.kernel(found.launch.kernel)
    shape = nest(found.loop)
    if not isinstance(shape, Nest):
        return Unproved(f"the loop is not counted: {shape.reason}", found.launch.span, shape.span)
    try:
        return _Nest(found, cuda, kernel, functions, private).run(shape.loops)
    except NoInteger as error:
        return Unproved(str(error), found.launch.span)
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
        functions: Mapping[str, str],
        private: Sequence[Variable],
    ) -> None:
        self.found = found
        self.cuda = cuda
        self.kernel = kernel
        self.functions = functions
        self.private = set(private)
        self.helpers = {function.name: function for function in cuda.host_functions if function.static}

    def run(self, loops: Sequence[Counted]) -> Outcome:
        self._steady(loops)
        names = {one.variable.name for one in _declarations(self.kernel.body)}
        grid = [loop for loop in loops if loop.counter.name in names]
        while grid and tuple(grid) != tuple(loops[: len(grid)]):
            grid.pop()
        outcomes = [self._with(loops[:depth]) for depth in range(len(grid), 0, -1)]
        same = [outcome for outcome in outcomes if isinstance(outcome, Same)]
        return (same or outcomes or [Unproved("its kernel computes no counter of the loop", self.found.launch.span)])[0]

    def _steady(self, loops: Sequence[Counted]) -> None:
        """What the launch was given is what the nest reads: it changes none of it."""
        own = {loop.counter for loop in loops} | set(declared(self.found.loop))
        changed = {target.variable for target in targets(self.found.loop) if isinstance(target, Name)} - own
        outside = changed - self.private
        if outside:
            name = min(variable.name for variable in outside)
            raise _Stop(f"'{name}' is changed by the loop", self.found.launch.span, self.found.loop.span)
        for value in (*self.found.arguments, *self.found.configuration, *self.found.entered):
            for variable in variables(value):
                if variable in changed | own:
                    raise _Stop(f"'{variable.name}' changes in the loop", self.found.launch.span, self.found.loop.span)

    def _with(self, loops: Sequence[Counted]) -> Outcome:
        names = self._parameters()
        located = locate(self.kernel.body.statements, loops, self._launched(names))
        if isinstance(located, Open):
            return Unproved(located.reason, located.span, loops[0].span)
        for loop, counter in zip(loops, located.counters, strict=True):
            names.pair(counter.variable, loop.counter, counter.span)
        body = self._private(list(located.body), names)
        mismatch = match_statements([loops[-1].node.body], body, names)
        if mismatch is not None:
            return Unproved(mismatch.message, mismatch.theirs, mismatch.ours)
        return Same(tuple(loops), (ASSUMED_SIZE, *self._library(loops[-1].node.body)))

    def _parameters(self) -> Names:
        names = Names(functions=dict(self.functions))
        for parameter, argument in zip(self.kernel.parameters, self.found.arguments, strict=True):
            names.meaning[parameter] = bare(argument) if isinstance(parameter.type, Pointer) else argument
        return names

    def _private(self, body: list[Statement], names: Names) -> list[Statement]:
        """``body`` without the declarations of variables that the C function declares outside of the loop."""
        outside = {variable.name: variable for variable in free(self.found.loop) if variable in self.private}
        while (
            body and isinstance(first := body[0], Declare) and first.initial is None and first.variable.name in outside
        ):
            meant = outside[first.variable.name]
            if meant.type != first.variable.type:
                break
            names.pair(first.variable, meant, first.span)
            body.pop(0)
        return body

    def _library(self, body: Statement) -> Iterator[str]:
        defined = {function.name for function in self.cuda.unit.functions}
        called = sorted({node.name for node in walk(body) if isinstance(node, Call) and node.name not in defined})
        if called:
            yield LIBRARY.format(", ".join(called))

    # The launch in numbers

    def _launched(self, names: Names) -> Launched:
        host, device = Integers(functions=self.helpers), Integers()
        path = z3.And(*(host.truth(condition) for condition in self.found.entered))
        with host.under(path):
            grid = self._grid(host)
        self._require_defined(host)
        for parameter in self.kernel.parameters:
            if is_integer(parameter.type):
                device.variables[parameter] = host.value(_converted(names.meaning[parameter], parameter.type))
        host.defined.clear()
        host.facts += _moderate(host)
        return Launched(host, device, grid, path)

    def _require_defined(self, host: Integers) -> None:
        """The host's own arithmetic before the launch does not overflow."""
        solver = z3.Solver()
        solver.set(rlimit=4_000_000)
        solver.add(*host.facts, *_moderate(host))
        evaluated = set(self._evaluated())
        for one in host.defined:
            if one.expression not in evaluated and solver.check(z3.Not(one.condition)) != z3.unsat:
                raise _Stop(f"'{text(one.expression)}' may overflow", one.expression.span)

    def _evaluated(self) -> Iterator[Expression]:
        """What C itself computes on the way into the loop, so that it is defined."""
        outermost = nest(self.found.loop)
        if isinstance(outermost, Nest):
            first = outermost.loops[0]
            parts = [first.start, *(side for bound in first.bounds[:1] for side in (bound.left, bound.right))]
            yield from (node for part in parts for node in walk(part) if isinstance(node, Expression))

    def _grid(self, host: Integers) -> dict[str, Dimension]:
        blocks, threads = self._sides(0), self._sides(1)
        if len(self.found.configuration) > 2:
            raise _Stop("a launch with shared memory of its own size, or in a stream", self.found.launch.span)
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
        given = bare(self.found.configuration[position])
        sides = list(given.arguments) if isinstance(given, Call) and given.name == "__dim3" else [given]
        one = Constant(span=given.span, type=UNSIGNED, value=1, text="1")
        return [*sides, *[one] * (3 - len(sides))]


def _converted(expression: Expression, type: CType) -> Cast:
    return Cast(span=expression.span, type=type, operand=expression, implicit=True)


def _moderate(host: Integers) -> list[z3.BoolRef]:
    """``ASSUMED_SIZE`` of the variables of the C side."""
    return [z3.And(value < 2**62, value > -(2**62)) for value in host.variables.values()]


def _declarations(body: Block) -> Iterator[Declare]:
    return (node for node in walk(body) if isinstance(node, Declare))
