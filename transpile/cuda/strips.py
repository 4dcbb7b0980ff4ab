"""Products: a loop of the threads runs in strips, and what a block reads of an array in one is kept in shared memory.

This is for elements that depend on the strip's loop and on one loop of the grid, as those of both factors of a matrix
product do. Every thread computes what it did, in the same order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.c.printing import show, text
from transpile.c.tree import Block, Cast, Constant, Declare, Expression, For, Index, Name, Node, Statement, Variable
from transpile.c.types import LONG_LONG, Array
from transpile.c.walking import bare, declared, substitute, transform, variables
from transpile.cuda.capture import continues, written_arrays
from transpile.cuda.capture import declared as declaration
from transpile.cuda.context import Context, controlled, refuse
from transpile.cuda.counting import bounding
from transpile.cuda.plan import StripTile
from transpile.cuda.resolve import GridLoop, Nest
from transpile.cuda.threads import Threads, body_lines
from transpile.cuda.tiles import uniform
from transpile.loops.counted import Irregular, counted


@dataclass(frozen=True, slots=True)
class _Piece:
    """An array's part in shared memory: the access that it stands for, and the loop of the grid that it depends on."""

    access: Index
    shared: str
    part: Threads


def strip_lines(
    context: Context, nest: Nest, strip: StripTile, parts: Sequence[Threads], block: Sequence[int], body: Statement
) -> list[str]:
    """The kernel's body."""
    if len(parts) != 2 or tuple(block) != (strip.size, strip.size) or any(part.loop.before for part in parts):
        raise refuse(nest, "strips need two loops in blocks whose sides are as long as a strip")
    if any({p.counter for p in parts}.intersection(bounding(p.loop.loop)) or p.loop.loop.step != 1 for p in parts):
        raise refuse(nest, "strips need loops that count up by one, and do not depend on each other")
    before, loop, after = _split(nest, strip, body)
    inner = _inner(context, nest, loop, parts, body)
    pieces, changed = _pieces(context, nest, inner, parts)
    guard = " && ".join(text(part.guard(), macros=True) for part in parts)
    inside = context.local("inside")
    base = context.local(f"first_{inner.counter.name}")
    firsts = [context.local(f"first_{part.counter.name}") for part in parts]
    lines = [line for part, first in zip(parts, firsts, strict=True) for line in _here(part, first)]
    lines += [f"const bool {inside} = {guard};", *_before(nest, before, inside)]
    lines += _strips(inner, pieces, changed, strip.size, inside, base)
    lines += controlled(f"if ({inside})", [line for s in after for line in _shown(s)]) if after else []
    for part, first in reversed(list(zip(parts, firsts, strict=True))):
        lines = uniform(part, first, lines)
    return [*(f"__shared__ {_storage(piece, strip.size)};" for piece in pieces), *lines]


def _here(part: Threads, first: str) -> list[str]:
    return [f"const long long {part.at.name} = {first} + threadIdx.{part.axis};", *part.definition]


def _storage(piece: _Piece, size: int) -> str:
    return declaration(f"{piece.shared}[{size}][{size}]", piece.access.type)


def _shown(statement: Statement) -> list[str]:
    return show(statement, macros=True).splitlines()


def _split(nest: Nest, strip: StripTile, body: Statement) -> tuple[list[Statement], For, list[Statement]]:
    statements = list(body.statements) if isinstance(body, Block) else [body]
    for place, statement in enumerate(statements):
        if isinstance(statement, For) and statement.span.line == strip.loop.line:
            return statements[:place], statement, statements[place + 1 :]
    raise refuse(nest, f"there is no loop on line {strip.loop.line} right inside those of the grid")


def _inner(context: Context, nest: Nest, loop: For, parts: Sequence[Threads], body: Statement) -> Threads:
    """The loop that is cut into strips."""
    found = counted(loop)
    if isinstance(found, Irregular):
        raise refuse(nest, f"the loop on line {loop.span.line} is not counted: {found.reason}")
    own = {part.counter for part in parts} | set(declared(body)) - {found.counter}
    if found.step != 1 or found.stepping or own.intersection(bounding(found)):
        raise refuse(nest, f"the loop on line {loop.span.line} is not the same for all threads")
    if continues(body) or continues(loop.body):
        raise refuse(nest, "strips and 'continue' cannot be combined")
    at = Variable(-1, context.local(f"{found.counter.name}64"), LONG_LONG, "automatic", LONG_LONG)
    return Threads(GridLoop(found, "x", ()), at, True)


def _pieces(context: Context, nest: Nest, inner: Threads, parts: Sequence[Threads]) -> tuple[list[_Piece], Statement]:
    """The accesses that are kept in shared memory, and the body of the loop that uses them there."""
    written = written_arrays(context, nest.statement)
    loop = inner.loop.loop
    local = set(declared(nest.body)) - {loop.counter}
    base = context.local(f"first_{loop.counter.name}")
    found: list[_Piece] = []

    def change(node: Node) -> Node:
        part = _depends(node, inner, parts, local)
        if part is None or not isinstance(node, Index) or (root := _root(node)) is None:
            return node
        if root in written or context.array(root) is None:
            return node
        piece = next((piece for piece in found if piece.access == node), None)
        if piece is None:
            used = [known.shared for known in found]
            name = context.local(f"{root.name}_tile")
            name = name if name not in used else f"{name}_{len(used) + 1}"
            piece = _Piece(node, name, part)
            found.append(piece)
        depth = f"{inner.at.name} - {base}"
        place = f"[threadIdx.y][{depth}]" if part.axis == "y" else f"[{depth}][threadIdx.x]"
        shared = Variable(-1, f"{piece.shared}{place}", node.type, "automatic", node.type)
        return Name(shared, type=node.type, span=node.span)

    changed = transform(loop.node.body, change)
    if not found:
        raise refuse(nest, f"the loop on line {loop.span.line} reads nothing that the threads of a block share")
    return found, changed


def _depends(node: Node, inner: Threads, parts: Sequence[Threads], local: set[Variable]) -> Threads | None:
    """The loop of the grid that an element depends on beside the strip's, if it is one alone."""
    if not isinstance(node, Index) or isinstance(node.type, Array):
        return None
    used = set(variables(node))
    of = [part for part in parts if part.counter in used]
    return of[0] if inner.counter in used and len(of) == 1 and not used & local else None


def _root(node: Index) -> Variable | None:
    inner: Expression = node
    while isinstance(inner, Index):
        inner = bare(inner.base)
    return inner.variable if isinstance(inner, Name) else None


def _before(nest: Nest, statements: Sequence[Statement], inside: str) -> list[str]:
    """What comes before the strips: declarations for all threads, values where there is an iteration."""
    lines: list[str] = []
    values: list[str] = []
    for statement in statements:
        initial = bare(statement.initial) if isinstance(statement, Declare) and statement.initial else None
        if isinstance(statement, Declare) and (initial is None or isinstance(initial, Constant)):
            lines += _shown(statement)
        elif isinstance(statement, Declare):
            raise refuse(nest, f"'{statement.variable.name}' on line {statement.span.line} must begin as a number")
        else:
            values += _shown(statement)
    return [*lines, *(controlled(f"if ({inside})", values) if values else [])]


def _strips(
    inner: Threads, pieces: Sequence[_Piece], changed: Statement, size: int, inside: str, base: str
) -> list[str]:
    start = text(inner.loop.loop.start, macros=True)
    at = inner.at.name
    fill = [line for piece in pieces for line in _fill(inner, piece, base)]
    guard = text(inner.guard(), macros=True)
    step = controlled(
        f"for (long long {at} = {base}; {guard} && {at} < {base} + {size}; {at}++)",
        [*(inner.definition if inner.counter in variables(changed) else []), *body_lines(changed)],
    )
    first = dataclasses.replace(inner.at, name=base)
    more = text(inner.guard(Name(first, type=LONG_LONG, span=inner.loop.loop.span)), macros=True)
    lines = [*fill, "__syncthreads();", *controlled(f"if ({inside})", step), "__syncthreads();"]
    return controlled(f"for (long long {base} = {start}; {more}; {base} += {size})", lines)


def _fill(inner: Threads, piece: _Piece, base: str) -> list[str]:
    """Each thread reads one element of an array's part."""
    along = "x" if piece.part.axis == "y" else "y"
    at = inner.at
    here = Variable(-1, f"{base} + threadIdx.{along}", LONG_LONG, "automatic", LONG_LONG)
    place = Name(here, type=LONG_LONG, span=inner.loop.loop.span)
    bracketed = Name(dataclasses.replace(here, name=f"({here.name})"), type=at.type, span=place.span)
    plain = all(bound.plain for bound in inner.loop.loop.bounds)
    limit = text(inner.guard(place if plain else bracketed), macros=True)
    guards = f"{text(piece.part.guard(), macros=True)} && {limit}"
    counter = Cast(bracketed, type=inner.counter.type, span=place.span)
    element = text(substitute(piece.access, {inner.counter: counter}), macros=True)
    return controlled(f"if ({guards})", [f"{piece.shared}[threadIdx.y][threadIdx.x] = {element};"])
