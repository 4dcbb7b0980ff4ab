"""What counters that are declared outside of their loops hold behind them."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.c.printing import text
from transpile.c.tree import Assign, Assignment, Evaluate, For, Name, Node, Variable
from transpile.c.walking import children
from transpile.cuda.capture import inner_counters
from transpile.cuda.context import Context, refuse
from transpile.cuda.counting import Count
from transpile.cuda.resolve import Nest


def final_value(context: Context, nest: Nest, count: Count) -> tuple[list[str], list[str]]:
    """Lines before the test whether the loop runs at all, and behind its kernels, that set its counter as it would."""
    outer, *inner = nest.loops
    used = {v for v in _used(context.function.body, nest) if v.storage != "global"}
    for variable in [*(loop.loop.counter for loop in inner), *inner_counters(nest.body)]:
        if variable in used:
            raise refuse(nest, f"'{variable.name}' is used after the loop that it counts", "give each loop its own")
    counter = outer.loop.counter
    if outer.loop.declared or counter not in used:
        return [], []
    if outer.loop.stepping:
        raise refuse(nest, f"'{counter.name}' is used after the loop that it counts", "give each loop its own")
    start = text(outer.loop.start, macros=True)
    step = outer.loop.step
    by = count.threads if abs(step) == 1 else f"{abs(step)} * ({count.threads})"
    first = [] if start == counter.name else [f"{counter.name} = {start};"]
    return first, [f"{counter.name} {'+' if step > 0 else '-'}= {by};"]


def _used(node: Node, nest: Nest) -> Iterator[Variable]:
    """The variables named outside of ``nest``, but for counters where their loops set them first."""
    waiting: list[tuple[Node, frozenset[Variable]]] = [(node, frozenset())]
    while waiting:
        found, counting = waiting.pop()
        if found is nest.statement:
            continue
        if isinstance(found, For):
            counting |= _set_first(found)
        if isinstance(found, Name) and found.variable not in counting:
            yield found.variable
        waiting.extend((child, counting) for child in children(found))


def _set_first(loop: For) -> frozenset[Variable]:
    found = set()
    for statement in loop.initial:
        match statement:
            case Assign(Name(variable), "") | Evaluate(Assignment(Name(variable), "")):
                found.add(variable)
    return frozenset(found)
