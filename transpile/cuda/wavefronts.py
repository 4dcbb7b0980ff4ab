"""Two loops in fronts: the host goes from front to front, and a thread for each iteration of the outer loop does the
one of the inner loop that is on the front, if there is one.
"""

from __future__ import annotations

from transpile.c.printing import show, text
from transpile.c.tree import Binary, Expression, Name
from transpile.c.types import INT
from transpile.cuda.capture import (
    Parameter,
    check,
    inner_counters,
    parameters,
    without_continue,
    written_arrays,
)
from transpile.cuda.context import INDENT, Context, controlled, indented, refuse, without_pragmas
from transpile.cuda.counting import counts, fronts
from transpile.cuda.finals import final_value
from transpile.cuda.kernel_text import add, launched
from transpile.cuda.plan import Wavefront
from transpile.cuda.resolve import Nest, variable_called
from transpile.cuda.results import private_declarations
from transpile.cuda.shapes import shape
from transpile.cuda.threads import Threads, body_lines, threads, widened


def wavefront(context: Context, nest: Nest, how: Wavefront, base: str) -> list[str]:
    """Adds the kernel of one front; gives the lines of the host."""
    loops = nest.loops[0].loop, nest.loops[1].loop
    numbers = counts(loops, nest.span)
    names = [context.local(f"{loop.counter.name}64") for loop in loops]
    outer, inner = threads(nest.loops, numbers, (how.block,), False, names, wide=True)
    front, last = context.local("front"), context.local("last_front")
    body = without_pragmas(nest.body)
    private = {variable_called(nest, name) for name in how.private} | inner_counters(body)
    if shared := next((variable for variable in private if context.array(variable)), None):
        raise refuse(nest, f"'{shared.name}' is an array of the device, so no thread has it for itself")
    own = private | {outer.counter, inner.counter}
    check(context, nest, body, own)
    lines = [
        *_placed(outer, outer.first, outer.outside()),
        *(line for declaration in inner.loop.before for line in show(declaration, macros=True).splitlines()),
        *_placed(inner, _on_front(how, outer, inner, front), f"{_before(inner)} || {inner.outside()}"),
        *private_declarations(nest, sorted(private, key=lambda variable: variable.number)),
        *body_lines(without_continue(body)),
    ]
    whole = without_pragmas(nest.statement)
    taken = [
        *parameters(context, nest, [whole], own, written_arrays(context, whole)),
        Parameter(f"long long {front}", front),
    ]
    form = shape([outer], numbers[:1], (how.block,), 0, ("", ""))
    name = add(context, nest, base, taken, lines, form.grid[0], str(how.block))
    before, after = final_value(context, nest, numbers[0])
    weights = dict(how.weights)
    low, high = fronts(loops, (weights[loops[0].counter.name], weights[loops[1].counter.name]), nest.span)
    context.assumptions.setdefault(f"'{how}' in the loops on line {nest.statement.span.line} fits into 64 bits")
    head = f"for (long long {front} = {low}; {front} <= {last}; {front}++)"
    inside = [
        f"/* One launch for all iterations with the same {how}. */",
        f"const long long {last} = {high};",
        *controlled(head, launched(name, *form.names, taken)),
        *after,
    ]
    entered = dict.fromkeys(count.entered or f"{count.threads} > 0" for count in numbers)
    return [*before, f"if ({' && '.join(entered)}) {{", *indented(inside), "}"]


def _placed(part: Threads, value: str, outside: str) -> list[str]:
    """The iteration of a loop that a thread does, if it exists."""
    return [
        f"const {part.type} {part.at.name} = {value};",
        f"if ({outside})",
        f"{INDENT}return;",
        *part.definition,
    ]


def _on_front(how: Wavefront, outer: Threads, inner: Threads, front: str) -> str:
    """The counter of the inner loop on the front, of 64 bits."""
    weights = dict(how.weights)
    by, direction = weights[outer.counter.name], weights[inner.counter.name]
    rest = outer.at.name if abs(by) == 1 else f"{abs(by)} * {outer.at.name}"
    if direction > 0:
        return f"{front} {'-' if by > 0 else '+'} {rest}"
    return f"{rest} - {front}" if by > 0 else f"-{front} - {rest}"


def _before(part: Threads) -> str:
    """Whether the loop has not come to its first value."""
    loop = part.loop.loop
    at: Expression = Name(part.at, type=part.at.type, span=loop.span)
    sign = "<" if loop.step > 0 else ">"
    return text(Binary(sign, at, widened(loop.start), type=INT, span=loop.span), macros=True)
