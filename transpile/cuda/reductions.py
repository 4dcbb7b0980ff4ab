"""Reductions: each thread combines its iterations, each block its threads, and a second kernel the blocks.

The order depends on the sizes alone, so results repeat. Operators for which a value may take part twice start from the
variable's value everywhere; the others from their neutral element, and the host combines the value itself at the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.c.tree import Variable
from transpile.c.types import Bool, Float, Integer, is_integer
from transpile.cuda.blockwide import IDEMPOTENT, combined, name
from transpile.cuda.capture import Parameter, declared
from transpile.cuda.context import BlockOperation, Context, controlled, refuse
from transpile.cuda.kernel_text import add, launched
from transpile.cuda.plan import Grid, Operator, Reduction
from transpile.cuda.resolve import Nest, variable_called


@dataclass(frozen=True, slots=True)
class _Sum:
    """A variable, those that say where it was reached, and the arrays of blocks' results for each of them."""

    variable: Variable
    operator: Operator
    at: tuple[Variable, ...]
    buffers: tuple[str, ...]
    operation: BlockOperation

    @property
    def all(self) -> list[tuple[Variable, str]]:
        return list(zip((self.variable, *self.at), self.buffers, strict=True))

    @property
    def neutral(self) -> str:
        return "" if self.operator in IDEMPOTENT else "1" if self.operator == "*" else "0"

    def combine(self, thread: str, threads: str) -> str:
        """The statement that combines the threads of a block."""
        names = [variable.name for variable, _ in self.all]
        call = f"{name(self.operation)}({', '.join([*names, thread, threads])});"
        return call if self.at else f"{names[0]} = {call}"


@dataclass(frozen=True, slots=True)
class Reduced:
    """The reductions of a nest whose blocks have ``block`` threads on each side."""

    sums: tuple[_Sum, ...]
    block: tuple[int, ...]
    names: tuple[str, str, str]
    """What the kernels call a thread, a block, and the number of blocks."""

    def __bool__(self) -> bool:
        return bool(self.sums)

    @property
    def variables(self) -> frozenset[Variable]:
        return frozenset(variable for found in self.sums for variable, _ in found.all)

    @property
    def starting(self) -> frozenset[Variable]:
        """The variables whose values the kernel needs."""
        return frozenset(variable for found in self.sums if not found.neutral for variable, _ in found.all)

    @property
    def before(self) -> list[str]:
        return [
            f"{declared(found.variable.name, found.variable.type)} = {found.neutral};"
            for found in self.sums
            if found.neutral
        ]

    @property
    def after(self) -> list[str]:
        if not self.sums:
            return []
        thread, block = _place("thread"), _place("block")
        lines = [f"const unsigned {self.names[0]} = {thread[len(self.block)]};"] if len(self.block) > 1 else []
        here = self.names[0] if len(self.block) > 1 else "threadIdx.x"
        lines += [found.combine(here, _threads(self.block)) for found in self.sums]
        at = block[len(self.block)]
        stores = [f"{buffer}[{at}] = {variable.name};" for found in self.sums for variable, buffer in found.all]
        return [*lines, *controlled(f"if ({here} == 0)", stores)]

    @property
    def parameters(self) -> list[Parameter]:
        return [
            Parameter(declared(f"*__restrict__ {buffer}", variable.type), buffer)
            for found in self.sums
            for variable, buffer in found.all
        ]

    def allocate(self, count: str) -> list[str]:
        lines = []
        for variable, buffer in self._all:
            lines.append(f"{declared(f'*{buffer}', variable.type)};")
            lines.append(f"CHECK(cudaMalloc(&{buffer}, {count} * sizeof *{buffer}));")
        return lines

    @property
    def _all(self) -> list[tuple[Variable, str]]:
        return [pair for found in self.sums for pair in found.all]

    def finish(self, context: Context, nest: Nest, base: str, count: str) -> list[str]:
        """The second kernel, and what the host does with its results."""
        taken = [Parameter(f"unsigned {self.names[2]}", count)]
        taken += [
            Parameter(declared(variable.name, variable.type), variable.name)
            for variable, _ in self._all
            if variable in self.starting
        ]
        taken += self.parameters
        threads = str(math.prod(self.block))
        kernel = add(
            context, nest, f"{base.removesuffix('_kernel')}_blocks_kernel", taken, self._second(), "1", threads
        )
        lines = launched(kernel, "1", threads, taken)
        for found in self.sums:
            lines += _fetched(context, found)
        return [*lines, *(f"CHECK(cudaFree({buffer}));" for _, buffer in self._all)]

    def _second(self) -> list[str]:
        _, block, count = self.names
        step: list[str] = []
        for found in self.sums:
            step += _next(found, self.names[1])
        stores = [f"{buffer}[0] = {variable.name};" for variable, buffer in self._all]
        return [
            *self.before,
            *controlled(f"for (unsigned {block} = threadIdx.x; {block} < {count}; {block} += blockDim.x)", step),
            *(found.combine("threadIdx.x", "blockDim.x") for found in self.sums),
            *controlled("if (threadIdx.x == 0)", stores),
        ]


def _next(found: _Sum, block: str) -> list[str]:
    """One block's results combined into a thread's."""
    value, buffer = found.variable.name, f"{found.buffers[0]}[{block}]"
    if not found.at:
        return combined(found.operator, value, buffer).splitlines()
    sign = "<" if found.operator == "min" else ">"
    ties = ""
    for variable, array in reversed(found.all[1:]):
        other = f"{array}[{block}]"
        before = ">" if found.operation.last else "<"
        ties = f"{other} {before} {variable.name}" + (f" || ({other} == {variable.name} && ({ties}))" if ties else "")
    moves = [f"{variable.name} = {array}[{block}];" for variable, array in found.all]
    return controlled(f"if ({buffer} {sign} {value} || ({buffer} == {value} && ({ties})))", moves)


def _fetched(context: Context, found: _Sum) -> list[str]:
    lines = []
    for variable, buffer in found.all:
        target = variable.name
        if found.neutral:
            target = context.local(f"{variable.name}_of_all")
            lines.append(f"{declared(target, variable.type)};")
        lines.append(f"CHECK(cudaMemcpy(&{target}, {buffer}, sizeof {target}, cudaMemcpyDeviceToHost));")
        if found.neutral:
            lines += combined(found.operator, variable.name, target).splitlines()
    return lines


def _place(what: str) -> dict[int, str]:
    """The number of a thread in its block, or of a block in its grid, for one to three axes."""
    index, side = (f"{what}Idx", "blockDim" if what == "thread" else "gridDim")
    two = f"{index}.y * {side}.x + {index}.x"
    return {1: f"{index}.x", 2: two, 3: f"({index}.z * {side}.y + {index}.y) * {side}.x + {index}.x"}


def _threads(block: Sequence[int]) -> str:
    return " * ".join(f"blockDim.{axis}" for axis in "xyz"[: len(block)])


def reduced(context: Context, nest: Nest, grid: Grid, block: tuple[int, ...]) -> Reduced:
    """The reductions that the plan asks for."""
    threads = math.prod(block)
    if grid.reductions and threads & (threads - 1):
        raise refuse(nest, f"a block of {threads} threads cannot be halved down to 1", "take a power of two")
    sums = tuple(_sum(context, nest, reduction, threads) for reduction in grid.reductions)
    names = [variable for found in sums for variable, _ in found.all]
    if len(set(names)) < len(names):
        raise refuse(nest, "a variable is reduced twice")
    thread, one, count = map(context.local, ("thread", "block", "count"))
    return Reduced(sums, block, (thread, one, count))


def _sum(context: Context, nest: Nest, reduction: Reduction, threads: int) -> _Sum:
    variable = variable_called(nest, reduction.variable)
    at = tuple(variable_called(nest, where) for where in reduction.at)
    if not isinstance(variable.type, Bool | Integer | Float) or variable.volatile:
        raise refuse(nest, f"'{variable.name}' is not a number that could be reduced")
    if reduction.operator in ("&", "|", "^") and not is_integer(variable.type):
        raise refuse(nest, f"'{variable.name}' has no bits")
    if not all(is_integer(where.type) for where in at):
        raise refuse(nest, "the place of a minimum or maximum is said by integers")
    operation = BlockOperation("combine", reduction.operator, variable.type, tuple(w.type for w in at), reduction.last)
    context.use(operation, threads)
    buffers = tuple(context.local(f"{v.name}_of_block") for v in (variable, *at))
    return _Sum(variable, reduction.operator, at, buffers, operation)
