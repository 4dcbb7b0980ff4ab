"""What stands where in the results: the loop of a step, the text of a kernel, the weakest of several verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transpile.c.tree import Declare, Statement
from transpile.c.types import Float, Pointer
from transpile.c.unit import Function
from transpile.c.walking import walk
from transpile.core.verdict import Undecided
from transpile.cuda.emit import Emitted, KernelInfo
from transpile.cuda.plan import Grid, Plan, Scan, Step
from transpile.offload.ladder import Checked as Rungs
from transpile.trials.compare import EXACT, Close, Comparison

_CLOSE = {32: 1e-4, 64: 1e-9}
"""How far sums in another order may be from C's, relative to the largest value, by the bits of a type."""


def step_loop(function: Function, step: Step) -> Statement:
    """The statement that ``step`` names."""
    line, column = step.loop.line, step.loop.column
    return next(
        node
        for node in walk(function.body)
        if isinstance(node, Statement) and node.span.line == line and column in (0, node.span.column)
    )


def weakest(found: Sequence[Rungs]) -> Rungs:
    order = ("refuted", "undecided", "tested", "proved")
    unknown = Rungs(Undecided("it was not checked"), ())
    return min(found, key=lambda one: order.index(one.verdict.word), default=unknown)


def kernel_lines(emitted: Emitted, kernels: Sequence[KernelInfo]) -> Iterator[str]:
    lines = emitted.text.splitlines()
    for kernel in kernels:
        for line in lines[kernel.line - 1 :]:
            yield line
            if line == "}":
                break


def comparison(function: Function, plan: Plan) -> Comparison:
    """To the bit, unless the plan sums floating values in another order."""
    regrouped = any(isinstance(step.how, Scan) or _regroups(step.how) for step in plan.steps)
    types = [p.type.to if isinstance(p.type, Pointer) else p.type for p in function.parameters]
    types += [node.variable.type for node in walk(function.body) if isinstance(node, Declare)]
    bits = [type.bits for type in types if isinstance(type, Float)]
    products = any(_multiplies(step.how) for step in plan.steps)
    return Close(max(_CLOSE.get(b, 1e-9) for b in bits), products) if regrouped and bits else EXACT


def _multiplies(how: object) -> bool:
    if isinstance(how, Scan):
        return how.operator == "*"
    return isinstance(how, Grid) and any(one.operator == "*" for one in how.reductions)


def _regroups(how: object) -> bool:
    return isinstance(how, Grid) and bool(how.atomic or any(r.operator in ("+", "*") for r in how.reductions))
