"""Stencils: each block reads its part of an array, and the halo around it, into shared memory once.

The array's elements must lie at fixed distances from the thread's own place, in a grid of one or two loops that count
up by one. What no iteration would read is not read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.c.printing import text
from transpile.c.tree import Binary, Constant, Expression, Index, Name, Node, Statement, Variable
from transpile.c.types import INT, LONG_LONG, UNSIGNED, Array
from transpile.c.walking import bare, substitute, transform, walk
from transpile.cuda.capture import continues, declared
from transpile.cuda.context import Context, controlled, refuse
from transpile.cuda.counting import Values, bounding
from transpile.cuda.plan import HaloTile
from transpile.cuda.resolve import Nest, variable_called
from transpile.cuda.threads import Threads
from transpile.loops.polynomial import Polynomial, number
from transpile.loops.polynomial import variable as symbol

Offset = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """An array in shared memory. ``offsets`` are those at which it is read, outer loop first; ``sample`` is the access
    at the first of them."""

    shared: Variable
    halo: int
    offsets: tuple[Offset, ...]
    sample: Index


@dataclass(frozen=True, slots=True)
class Tiled:
    """The body of a nest with its tiles."""

    body: Statement
    tiles: tuple[Tile, ...]


def tiled(context: Context, nest: Nest, wanted: Sequence[HaloTile], parts: Sequence[Threads], body: Statement) -> Tiled:
    """``body`` with the arrays of the plan replaced by their tiles."""
    around = {part.counter for part in parts}
    for part in parts:
        loop = part.loop.loop
        odd = part.loop.before or loop.step != 1 or loop.stepping or any(bound.scale != 1 for bound in loop.bounds)
        if odd or around.intersection(bounding(loop)):
            raise refuse(nest, "tiles need loops that count up by one, and do not depend on each other")
    if len(parts) > 2 or continues(body):
        raise refuse(nest, "tiles need one or two loops, and no 'continue'")
    tiles = []
    for one in wanted:
        tile, body = _tile(context, nest, one, parts, body)
        tiles.append(tile)
    return Tiled(body, tuple(tiles))


def _tile(
    context: Context, nest: Nest, wanted: HaloTile, parts: Sequence[Threads], body: Statement
) -> tuple[Tile, Statement]:
    array = variable_called(nest, wanted.array)
    name = context.local(f"{array.name}_tile")
    found: dict[Offset, Index] = {}
    shared = Variable(-1, name, array.type, "automatic", array.type)

    def change(node: Node) -> Node:
        if not isinstance(node, Index) or _root(node) != array or _is_row(node):
            return node
        offset = _offset(nest, node, parts, wanted.halo)
        found.setdefault(offset, node)
        element: Expression = Name(shared, type=node.type, span=node.span)
        for part, by in zip(parts, offset, strict=True):
            element = Index(element, _own(part, wanted.halo + by, node), type=node.type, span=node.span)
        return element

    changed = transform(body, change)
    if not found or any(isinstance(node, Name) and node.variable == array for node in walk(changed)):
        raise refuse(nest, f"'{array.name}' is not used as an array of one element for each thread")
    nearest = sorted(found, key=lambda offset: sum(map(abs, offset)))
    return Tile(shared, wanted.halo, tuple(nearest), found[nearest[0]]), changed


def _root(node: Expression) -> Variable | None:
    inner = bare(node)
    while isinstance(inner, Index):
        inner = bare(inner.base)
    return inner.variable if isinstance(inner, Name) else None


def _is_row(node: Index) -> bool:
    return isinstance(node.type, Array)


def _offset(nest: Nest, node: Index, parts: Sequence[Threads], halo: int) -> Offset:
    """How far from the thread's own element ``node`` is."""
    values = Values()
    counters = [symbol(part.counter.name) for part in parts]
    subscripts = [node.subscript]
    inner = bare(node.base)
    while isinstance(inner, Index):
        subscripts.insert(0, inner.subscript)
        inner = bare(inner.base)
    places = [values.polynomial(subscript) for subscript in subscripts]
    if len(places) == len(parts):
        offset = [(place - counter).constant for place, counter in zip(places, counters, strict=True)]
        known = tuple(by for by in offset if by is not None)
    else:
        known = _flat(places[-1], parts, halo) if len(places) == 1 else ()
    if len(known) != len(parts) or any(abs(by) > halo for by in known):
        raise refuse(
            nest,
            f"'{text(node)}' on line {node.span.line} is not within {halo} of the thread's own element",
        )
    return known


def _flat(place: Polynomial, parts: Sequence[Threads], halo: int) -> Offset:
    """The offset in rows of a flat array."""
    if len(parts) != 2:
        return ()
    outer, inner = (symbol(part.counter.name) for part in parts)
    width = place.coefficient(parts[0].counter.name)
    if width is None:
        return ()
    rest = place - width * outer - inner
    for by in sorted(range(-halo, halo + 1), key=abs):
        along = (rest - width * number(by)).constant
        if along is not None and abs(along) <= halo:
            return by, along
    return ()


def _own(part: Threads, by: int, node: Node) -> Expression:
    """The thread's own place in a tile, moved."""
    index = Variable(-1, f"threadIdx.{part.axis}", UNSIGNED, "automatic", UNSIGNED)
    here = Name(index, type=UNSIGNED, span=node.span)
    return _moved(here, by)


def _moved(place: Expression, by: int) -> Expression:
    if by == 0:
        return place
    step = Constant(abs(by), str(abs(by)), type=INT, span=place.span)
    return Binary("+" if by > 0 else "-", place, step, type=place.type, span=place.span)


def tile_lines(
    context: Context, found: Tiled, parts: Sequence[Threads], block: Sequence[int], inner: Sequence[str]
) -> list[str]:
    """The kernel's body around that of a thread, ``inner``."""
    sides = [block["xyz".index(part.axis)] for part in parts]
    bases = [context.local(f"first_{part.counter.name}") for part in parts]
    guard = " && ".join(text(part.guard(), macros=True) for part in parts)
    lines = [line for tile in found.tiles for line in _fill(context, tile, parts, sides, bases)]
    lines.append("__syncthreads();")
    for part, base in zip(parts, bases, strict=True):
        lines.append(f"const long long {part.at.name} = {base} + threadIdx.{part.axis};")
    counters = [line for part in parts for line in part.definition]
    lines += controlled(f"if ({guard})", [*counters, *inner])
    if any(part.strided for part in parts):
        lines.append("__syncthreads();")
    for part, base in reversed(list(zip(parts, bases, strict=True))):
        lines = uniform(part, base, lines)
    return [*(_storage(tile, sides) for tile in found.tiles), *lines]


def _storage(tile: Tile, sides: Sequence[int]) -> str:
    lengths = "".join(f"[{side + 2 * tile.halo}]" for side in sides)
    return f"__shared__ {declared(f'{tile.shared.name}{lengths}', tile.sample.type)};"


def uniform(part: Threads, base: str, lines: Sequence[str]) -> list[str]:
    """``lines`` for each of the places ``base`` at which the threads of a block begin: the same for all of them."""
    first = part.value(f"(long long)blockIdx.{part.axis} * blockDim.{part.axis}")
    if not part.strided:
        return [f"const long long {base} = {first};", *lines]
    variable = dataclasses.replace(part.at, name=base)
    guard = text(part.guard(Name(variable, type=LONG_LONG, span=part.loop.loop.span)), macros=True)
    advance = f"{base} += (long long)gridDim.{part.axis} * blockDim.{part.axis}"
    return controlled(f"for (long long {base} = {first}; {guard}; {advance})", lines)


def _fill(
    context: Context, tile: Tile, parts: Sequence[Threads], sides: Sequence[int], bases: Sequence[str]
) -> list[str]:
    """The threads of a block read the tile's elements, one after another."""
    lengths = [side + 2 * tile.halo for side in sides]
    at, names = context.local("at"), [context.local(f"{part.counter.name}_at") for part in parts]
    places = [f"{at} / {lengths[1]}", f"{at} % {lengths[1]}"] if len(parts) == 2 else [at]
    wide = [
        f"const long long {name} = {base} + {place} - {tile.halo};"
        for name, base, place in zip(names, bases, places, strict=True)
    ]
    values: dict[Variable, Expression] = {}
    for part, name, by in zip(parts, names, tile.offsets[0], strict=True):
        variable = dataclasses.replace(part.at, name=name)
        values[part.counter] = _moved(Name(variable, type=LONG_LONG, span=part.loop.loop.span), -by)
    element = text(substitute(tile.sample, values), macros=True)
    target = tile.shared.name + "".join(f"[{place}]" for place in places)
    store = controlled(f"if ({_needed(tile, parts, names)})", [f"{target} = {element};"])
    two = len(parts) == 2
    thread = "threadIdx.y * blockDim.x + threadIdx.x" if two else "threadIdx.x"
    step = "blockDim.x * blockDim.y" if two else "blockDim.x"
    total = lengths[0] * (lengths[1] if two else 1)
    return controlled(f"for (unsigned {at} = {thread}; {at} < {total}; {at} += {step})", [*wide, *store])


def _needed(tile: Tile, parts: Sequence[Threads], names: Sequence[str]) -> str:
    """Whether an iteration reads the element."""
    within = []
    reach = []
    for place, (part, name) in enumerate(zip(parts, names, strict=True)):
        along = [offset[place] for offset in tile.offsets]
        reach.append(_between(part, name, min(along), max(along)))
        within.append(_between(part, name, 0, 0))
    needed = " && ".join(reach)
    diagonal = any(sum(by != 0 for by in offset) > 1 for offset in tile.offsets)
    return needed if len(parts) == 1 or diagonal else f"{needed} && (({within[0]}) || ({within[1]}))"


def _between(part: Threads, name: str, low: int, high: int) -> str:
    """Whether ``name`` is one of the loop's values, or as far from one as ``low`` to ``high``."""
    values = Values()
    loop = part.loop.loop
    conditions = [f"{name} >= {_signed(values, values.polynomial(loop.start) + number(low))}"]
    for bound in loop.bounds:
        left = values.polynomial(bound.left) - symbol(loop.counter.name)
        end = values.polynomial(bound.right) - left + number(high + (bound.comparison == "<="))
        conditions.append(f"{name} < {_signed(values, end)}")
    return " && ".join(conditions)


def _signed(values: Values, value: Polynomial) -> str:
    shown = values.text(value)
    return f"(long long)({shown})" if values.unsigned(value) else shown
