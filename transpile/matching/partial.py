"""Kernels that combine values: each thread those of its iterations, then each block those of its threads.

Such a kernel is a loop nest between the declarations of accumulators and what the threads of a block do with them. The
nest is for ``nests`` to prove; here is what the rest does, with every thread's contributions as a collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.c.constants import fitted, integer_of, value_of
from transpile.c.tree import Block, Declare, Expression, For, If, Member, Name, Return, Statement, Variable
from transpile.c.types import Bool, Float, Integer, Pointer, is_integer
from transpile.c.unit import Function
from transpile.c.walking import declared, targets, walk
from transpile.errors import Span
from transpile.kernels.unit import CudaUnit
from transpile.matching.bodies import exact, flat
from transpile.solvers.launches.blocks import Threads
from transpile.solvers.launches.grids import AXES, built_in, own
from transpile.solvers.launches.joined import Operation
from transpile.solvers.launches.shared import Effect, Symbol, Value


class Differs(Exception):
    """The kernel, or the host around it, does not do what a reduction does; ``span`` is where."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.span = span


@dataclass(frozen=True, slots=True)
class Parts:
    """A kernel taken apart: ``before`` are declarations, ``nest`` is the loop nest. ``accumulators`` are the variables
    outside of the nest that it changes."""

    kernel: Function
    before: tuple[Statement, ...]
    nest: Statement
    accumulators: tuple[Variable, ...]

    @property
    def body(self) -> list[Statement]:
        return list(flat([self.kernel.body]))

    def only_nest(self, dropped: Sequence[Variable]) -> Function:
        """The kernel with nothing but its nest, and without the parameters ``dropped``."""
        kept = tuple(one for one in self.kernel.parameters if one not in dropped)
        body = Block((*self.before, self.nest), span=self.kernel.body.span)
        type = replace(self.kernel.type, parameters=tuple(one.type for one in kept))
        return replace(self.kernel, variable=replace(self.kernel.variable, type=type), parameters=kept, body=body)

    def initial(self, accumulator: Variable) -> Expression | None:
        """What the accumulator is declared with; None for a parameter."""
        for statement in self.body:
            if isinstance(statement, Declare) and statement.variable == accumulator:
                return statement.initial
        return None


def taken_apart(kernel: Function) -> Parts:
    """Raises ``Differs`` where the kernel has another form."""
    for node in walk(kernel.body):
        if isinstance(node, Return):
            raise Differs("threads that end before others wait for them", node.span)
    top = list(flat([kernel.body]))
    at = next((at for at, statement in enumerate(top) if isinstance(statement, For | If)), None)
    if at is None:
        raise Differs("the kernel has no loop", kernel.span)
    nest, inside = top[at], set(declared(top[at]))
    changed = {t.variable: None for t in targets(nest) if isinstance(t, Name) and t.variable not in inside}
    accumulators = tuple(changed)
    outside = {one.variable for one in top[:at] if isinstance(one, Declare)} | set(kernel.parameters)
    for accumulator in accumulators:
        if accumulator not in outside or isinstance(accumulator.type, Pointer) or accumulator.volatile:
            raise Differs(f"'{accumulator.name}' is not the thread's own", nest.span)
        if accumulator not in kernel.parameters and not own(accumulator):
            raise Differs(f"'{accumulator.name}' is not the thread's own", nest.span)
    before = tuple(
        one
        for one in top[:at]
        if not (isinstance(one, Declare) and (one.variable in changed or "shared" in one.variable.attributes))
    )
    return Parts(kernel, before, nest, accumulators)


@dataclass(frozen=True, slots=True)
class Result:
    """What a block puts into ``array[0]``, or ``array[number of the block]``: all its threads' contributions to
    ``accumulator``, each once. It does so atomically, or one thread stores it."""

    array: Variable
    accumulator: Variable
    each: bool
    atomic: bool


def results(
    parts: Parts, block: Mapping[str, int], operations: Mapping[Variable, Operation], cuda: CudaUnit
) -> tuple[Result, ...]:
    """What every block of ``block`` threads leaves in global memory. Raises ``Differs`` and ``NotFollowed``."""
    kernel = parts.kernel
    functions = {one.name: one for one in cuda.device_functions}
    numbers = [one for one in kernel.parameters if is_integer(one.type) and one not in operations]
    given: dict[Variable, Value] = {one: Symbol(Name(one, type=one.type, span=kernel.span)) for one in numbers}
    effects = Threads(block, functions, operations, parts.nest).run(parts.body, given)
    arrays = dict.fromkeys(effect.array for effect in effects)
    count = block["x"] * block["y"] * block["z"]
    return tuple(_result(array, [one for one in effects if one.array == array], operations, count) for array in arrays)


def _result(array: Variable, effects: Sequence[Effect], operations: Mapping[Variable, Operation], count: int) -> Result:
    first, *others = effects
    places = {_place(effect) for effect in effects}
    if len(places) > 1 or (others and not all(effect.atomic for effect in effects)):
        raise Differs(f"several threads write to '{array.name}'", first.span)
    whole = first.value
    for effect in others:
        if effect.value.operation != whole.operation:
            raise Differs("values of different sums are combined", effect.span)
        whole = whole.join(effect.value)
    for accumulator, operation in operations.items():
        wanted = [(accumulator, thread) for thread in range(count)]
        if operation == whole.operation and whole.holds(wanted):
            return Result(array, accumulator, places == {"block"}, first.atomic)
    raise Differs("not every thread's value is combined once", first.span)


def _place(effect: Effect) -> str:
    """``first`` or ``block``."""
    if effect.subscript == 0:
        return "first"
    match exact(effect.subscript) if isinstance(effect.subscript, Expression) else None:
        case Member(base=Name(variable=variable), name="x") if built_in(variable, ("blockIdx",)):
            return "block"
    raise Differs(f"it is not clear which element of '{effect.array.name}' this is", effect.span)


def block_of(sides: Sequence[Expression], span: Span) -> dict[str, int]:
    """The sizes of a block, which must be constants."""
    numbers = [integer_of(side) for side in sides]
    if not all(number is not None and 0 < number <= 1024 for number in numbers):
        raise Differs("blocks whose size is not a constant", span)
    return {axis: number or 0 for axis, number in zip(AXES, numbers, strict=True)}


def is_neutral(expression: Expression, operation: Operation) -> bool:
    """Whether it is the constant that changes nothing."""
    if operation.neutral is None or not isinstance(operation.type, Bool | Integer | Float):
        return False
    return value_of(expression) == fitted(operation.neutral, operation.type)
