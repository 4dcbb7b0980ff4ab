"""What is known of the iterations of counted loops in C: they are the first ones, without a gap, and there is an end.

No loop runs 2^62 times; that is assumed, and no launch has 2^48 threads. So nobody needs to look further than FAR.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import z3

from transpile.c.tree import Assign, Evaluate, Increment, Variable
from transpile.c.types import Integer
from transpile.c.walking import variables
from transpile.loops.counted import Counted
from transpile.solvers.integers import Int, Integers, Truth, value_range

FAR: Final = 2**62 + 2**48


def first(loop: Counted, host: Integers) -> Int:
    return host.value(loop.start)


def inside(loop: Counted, host: Integers) -> Truth:
    """Whether the loop goes on, for the value that its counter has."""
    return z3.And(*(host.truth(bound.condition) for bound in loop.bounds))


def irregular(loops: Sequence[Counted], host: Integers, holds: Callable[..., bool]) -> tuple[str, Counted] | None:
    """What keeps a loop from going on exactly while its condition holds for first + k * step: conditions must not come
    back, and an unsigned counter not wrap around. ``holds`` says whether something follows from given facts."""
    saved = dict(host.variables)
    given: list[Truth] = []
    try:
        for loop in loops:
            number, low, high = z3.Int("number"), *value_range(loop.counter.type)
            at = z3.Int(f"{loop.counter.name}.at")
            start = first(loop, host)
            host.variables[loop.counter] = at
            here = inside(loop, host)
            host.variables[loop.counter] = at - loop.step
            before = inside(loop, host)
            facts = [at == start + loop.step * number, at >= low, at <= high, number <= FAR, *given]
            if not holds(z3.Implies(here, before), number >= 1, *facts):
                return "the condition of the loop could hold again after it failed", loop
            signed = isinstance(loop.counter.type, Integer) and loop.counter.type.signed
            fits = z3.And(at + loop.step >= low, at + loop.step <= high)
            if not signed and not holds(z3.Implies(here, fits), number >= 0, *facts):
                return f"'{loop.counter.name}' could wrap around", loop
            host.variables[loop.counter] = at
            given += [here, at >= low, at <= high]
    finally:
        host.variables = saved
    return None


def ends(loop: Counted, host: Integers) -> Truth:
    """What is true where C comes to ``loop``: its condition fails before a step of its counter overflows.

    That would be undefined, and counted loops are not left otherwise. Only of an ``int`` that steps as one.
    """
    counter = loop.counter.type
    if not (isinstance(counter, Integer) and counter.signed and counter.bits == 32 and _steps_as(counter, loop)):
        return z3.BoolVal(True)
    low, high = value_range(counter)
    last, steps = z3.FreshInt(f"{loop.counter.name}.last"), z3.FreshInt("steps")
    host.facts += [
        last == first(loop, host) + loop.step * steps,
        steps >= 0,
        last >= low,
        last <= high,
        z3.Or(last + loop.step < low, last + loop.step > high),
    ]
    return z3.Not(_inside_at(last, loop, host))


def few(loop: Counted, host: Integers) -> Truth:
    """The assumption that ``loop``, which is regular, does not run 2^62 times; true where C comes to it."""
    low, high = value_range(loop.counter.type)
    at = first(loop, host) + loop.step * 2**62
    return z3.Implies(z3.And(at >= low, at <= high), z3.Not(_inside_at(at, loop, host)))


def _inside_at(value: Int, loop: Counted, host: Integers) -> Truth:
    saved = dict(host.variables)
    host.variables[loop.counter] = value
    try:
        return inside(loop, host)
    finally:
        host.variables = saved


def _steps_as(type: Integer, loop: Counted) -> bool:
    """Whether the step is computed in ``type``: what is computed in a wider one and converted does not overflow."""
    match loop.node.step:
        case Assign(operator="+" | "-", computed=computed):
            return computed == type
        case Evaluate(expression=Increment()):
            return True
    return False


def dependencies(loop: Counted) -> set[Variable]:
    """Variables that the first value and the bounds of ``loop`` depend on."""
    sides = [side for bound in loop.bounds for side in (bound.left, bound.right)]
    return {variable for side in (loop.start, *sides) for variable in variables(side)}
