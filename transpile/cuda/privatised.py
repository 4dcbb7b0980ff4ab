"""Arrays that each block adds to in shared memory first: few threads then wait for the same element of the whole grid.

What a block added is added to the array at its end, atomically. The array has a known number of elements, and the nest
does nothing with it but add and subtract.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transpile.c.tree import Assign, Call, Expression, Index, Name, Statement, Variable
from transpile.c.types import UNSIGNED, CType, Pointer, size
from transpile.c.walking import free, substitute, walk
from transpile.cuda.atomics import with_atomics
from transpile.cuda.capture import declared
from transpile.cuda.context import Context, controlled, refuse
from transpile.cuda.plan import Grid
from transpile.cuda.resolve import Nest, variable_called
from transpile.cuda.shapes import block_of
from transpile.cuda.threads import body_lines

MOST_BYTES: Final = 48 << 10
"""Of shared memory that a block may have without being asked."""
_COUNT = re.compile(r"(?:\(size_t\))?(\d+)")


@dataclass(frozen=True, slots=True)
class _Copy:
    """``array`` and the variable that stands for it in a block."""

    array: Variable
    shared: Variable
    element: CType
    count: int


@dataclass(frozen=True, slots=True)
class Privatised:
    """``body`` adds to the copies; ``before`` and ``after`` are lines for all threads of a block."""

    body: Statement
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def privatised(context: Context, nest: Nest, grid: Grid, body: Statement) -> Privatised:
    """``body``, whose updates are atomic already, with the copies that the plan asks for."""
    if not grid.per_block:
        return Privatised(body)
    if len(grid.axes) > 1 or grid.tiles or grid.strip:
        raise refuse(nest, "'per-block' is for one loop, without tiles and strips")
    copies = [_copy(context, nest, grid, name, body) for name in grid.per_block]
    if sum(copy.count * (size(copy.element) or 0) for copy in copies) > MOST_BYTES:
        raise refuse(nest, f"a block has {MOST_BYTES} bytes of shared memory, which is too little for 'per-block'")
    threads = block_of(grid)[0]
    values: dict[Variable, Expression] = {
        copy.array: Name(copy.shared, type=copy.array.type, span=nest.span) for copy in copies
    }
    storage = [f"__shared__ {declared(f'{copy.shared.name}[{copy.count}]', copy.element)};" for copy in copies]
    places = [_place(context, copy, threads) for copy in copies]
    empty = [
        line
        for copy, at in zip(copies, places, strict=True)
        for line in _each(copy, at, threads, [f"{copy.shared.name}[{at.name}] = 0;"])
    ]
    added = [
        line
        for copy, at in zip(copies, places, strict=True)
        for line in _each(copy, at, threads, _added(nest, copy, at))
    ]
    return Privatised(
        substitute(body, values),
        (*storage, *empty, "__syncthreads();"),
        ("__syncthreads();", *added),
    )


def _copy(context: Context, nest: Nest, grid: Grid, name: str, body: Statement) -> _Copy:
    array = variable_called(nest, name)
    known = context.array(array)
    count = _COUNT.fullmatch(known.extent.text) if known is not None else None
    if name not in grid.atomic or count is None or not isinstance(array.type, Pointer):
        raise refuse(nest, f"'per-block {name}' needs 'atomic {name}', and a number as the extent of this parameter")
    calls = [node for node in walk(body) if isinstance(node, Call) and node.name.startswith("atomic")]
    others = [call for call in calls if call.name not in ("atomicAdd", "atomicSub")]
    if others and (call := next((call for call in others if array in free(call)), None)):
        raise refuse(nest, f"'per-block' is for additions, which the update on line {call.span.line} is not")
    shared = Variable(-1, context.local(f"{name}_of_block"), array.type, "automatic", array.type)
    return _Copy(array, shared, array.type.to, int(count[1]))


def _place(context: Context, copy: _Copy, threads: int) -> Variable:
    """Which element a thread is at: its own, if there are as many threads."""
    name = "threadIdx.x" if copy.count <= threads else context.local("at")
    return Variable(-1, name, UNSIGNED, "automatic", UNSIGNED)


def _each(copy: _Copy, at: Variable, threads: int, lines: Sequence[str]) -> Sequence[str]:
    """``lines`` for each element, by the threads of a block in turns."""
    if copy.count <= threads:
        return controlled(f"if ({at.name} < {copy.count})", lines) if copy.count < threads else lines
    return controlled(
        f"for (unsigned {at.name} = threadIdx.x; {at.name} < {copy.count}; {at.name} += blockDim.x)", lines
    )


def _added(nest: Nest, copy: _Copy, at: Variable) -> list[str]:
    """An element of the copy added to that of the array, unless there is nothing to add."""
    place = Name(at, type=UNSIGNED, span=nest.span)
    target, value = (
        Index(Name(one, type=copy.array.type, span=nest.span), place, type=copy.element, span=nest.span)
        for one in (copy.array, copy.shared)
    )
    update = Assign(target, "+", value, copy.element, span=nest.span)
    lines = body_lines(with_atomics(nest, update, [copy.array]))
    return controlled(f"if ({copy.shared.name}[{at.name}] != 0)", lines)
