"""Nests as kernels: each nest becomes one, or several, and lines of the host that launch them."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.c.tree import Name, Statement, Variable
from transpile.c.walking import free, targets
from transpile.cuda.atomics import with_atomics
from transpile.cuda.capture import check, continues, inner_counters, parameters, without_continue, written_arrays
from transpile.cuda.context import Context, indented, refuse, without_pragmas
from transpile.cuda.counting import counts
from transpile.cuda.finals import final_value
from transpile.cuda.kernel_text import add, launched
from transpile.cuda.plan import Grid, Scan, Wavefront
from transpile.cuda.privatised import privatised
from transpile.cuda.reductions import Reduced, reduced
from transpile.cuda.resolve import Nest, variable_called
from transpile.cuda.results import Results, private_declarations, results
from transpile.cuda.scans import scan
from transpile.cuda.shapes import Shape, block_of, shape
from transpile.cuda.strips import strip_lines
from transpile.cuda.threads import Threads, body_lines, covered, threads
from transpile.cuda.tiles import tile_lines, tiled
from transpile.cuda.wavefronts import wavefront

_MOST_BLOCKS = 1024


def launch(context: Context, nest: Nest, base: str) -> list[str]:
    """Adds the kernels of ``nest``, the first of them called ``base``; gives the lines of the host."""
    match nest.how:
        case Grid() as grid:
            return _grid(context, nest, grid, base)
        case Scan() as how:
            return scan(context, nest, how, base)
        case Wavefront() as how:
            return wavefront(context, nest, how, base)
    return _single(context, nest, base)


def _single(context: Context, nest: Nest, base: str) -> list[str]:
    body = without_pragmas(nest.body)
    outside = set(free(body))
    set_here = [t.variable for t in targets(body) if isinstance(t, Name) and t.variable in outside]
    own = results(context, nest, list(dict.fromkeys(set_here)))
    check(context, nest, body, own.variables)
    taken = [*parameters(context, nest, [body], own.variables, written_arrays(context, body)), *own.parameters]
    lines = [*own.before, *body_lines(body), *own.after]
    name = add(context, nest, base, taken, lines, "1", "1")
    return own.around(launched(name, "1", "1", taken))


def _grid(context: Context, nest: Nest, grid: Grid, base: str) -> list[str]:
    block = block_of(grid)
    most = grid.stride or _MOST_BLOCKS * bool(grid.reductions or grid.per_block)
    numbers = counts([loop.loop for loop in nest.loops], nest.span)
    names = [context.local(f"{loop.loop.counter.name}64") for loop in nest.loops]
    shared = bool(grid.tiles) or grid.strip is not None
    if shared and (grid.reductions or grid.lastprivate or (grid.strip and (grid.private or grid.tiles))):
        raise refuse(nest, "tiles and strips cannot be combined with each other, 'reduce' or 'lastprivate'")
    parts = threads(nest.loops, numbers, block, bool(most), names, wide=shared)
    for part in parts:
        if part.at is part.counter:
            context.assume_room(part.loop.loop)
    atomic = [variable_called(nest, name) for name in grid.atomic]
    copied = privatised(context, nest, grid, with_atomics(nest, without_pragmas(nest.body), atomic))
    body = copied.body
    last = results(context, nest, [variable_called(nest, name) for name in grid.lastprivate])
    sums = reduced(context, nest, grid, block)
    private = {variable_called(nest, name) for name in grid.private} | inner_counters(body) | last.variables
    if shared_array := next((v for v in private if context.array(v)), None):
        raise refuse(nest, f"'{shared_array.name}' is an array of the device, so no thread has it for itself")
    counters = {part.counter for part in parts}
    check(context, nest, body, private | counters | sums.variables)
    before = private_declarations(nest, _ordered(private))
    if grid.strip:
        lines = strip_lines(context, nest, grid.strip, parts, block, body)
    elif grid.tiles:
        found = tiled(context, nest, grid.tiles, parts, body)
        lines = tile_lines(context, found, parts, block, [*before, *body_lines(found.body)])
    else:
        inner = [*before, *body_lines(_continued(nest, body, parts, last))]
        lines = covered(parts, [*inner, *last.at_end(parts)], may_return=not (sums or copied.before))
        lines = [*copied.before, *sums.before, *lines, *sums.after, *copied.after]
    own = private | counters | (sums.variables - sums.starting)
    whole = without_pragmas(nest.statement)
    taken = [*parameters(context, nest, [whole], own, written_arrays(context, whole)), *last.parameters]
    taken += sums.parameters
    form = shape(parts, numbers, block, most, (context.local("grid"), context.local("block")))
    name = add(context, nest, base, taken, lines, ", ".join(form.grid), "x".join(map(str, block)))
    body_of_host = _launches(context, nest, form, name, sums, base, launched(name, *form.names, taken))
    before, after = final_value(context, nest, numbers[0])
    lines = [*last.around(body_of_host), *after]
    return [*before, f"if ({form.entered}) {{", *indented(lines), "}"]


def _launches(
    context: Context, nest: Nest, form: Shape, name: str, sums: Reduced, base: str, first: Sequence[str]
) -> list[str]:
    if not sums:
        return [*form.lines, *first]
    grid, _ = form.names
    if len(form.block) > 1:
        count = " * ".join(f"{grid}.{axis}" for axis in "xyz"[: len(form.block)])
        return [*form.lines, *sums.allocate(count), *first, *sums.finish(context, nest, base, count)]
    count = context.local("block_count")
    return [
        f"const unsigned {count} = {grid};",
        *sums.allocate(count),
        *(line.replace(f"<<<{grid},", f"<<<{count},") for line in first),
        *sums.finish(context, nest, base, count),
    ]


def _ordered(variables: set[Variable]) -> list[Variable]:
    return sorted(variables, key=lambda variable: variable.number)


def _continued(nest: Nest, body: Statement, parts: Sequence[Threads], last: Results) -> Statement:
    """``continue`` in a thread that has one iteration only ends it."""
    if not continues(body):
        return body
    if last.variables:
        raise refuse(nest, "'continue' and 'lastprivate' cannot be combined")
    if any(part.strided for part in parts):
        return body
    return without_continue(body)
