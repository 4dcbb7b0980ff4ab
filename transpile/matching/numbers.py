"""Launches in numbers: the sides of grids and blocks, and what follows from what is known of integers."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from transpile.c.tree import Call, Cast, Constant, Expression
from transpile.c.types import UNSIGNED, CType, is_integer
from transpile.c.walking import bare, children
from transpile.solvers.integers import Integers


def sides_of(configuration: Expression) -> list[Expression]:
    """The three sides of a grid, or of a block."""
    given = bare(configuration)
    sides = list(given.arguments) if isinstance(given, Call) and given.name == "__dim3" else [given]
    one = Constant(span=given.span, type=UNSIGNED, value=1, text="1")
    return [*sides, *[one] * (3 - len(sides))]


def evaluate(numbers: Integers, expression: Expression) -> None:
    """Every integer computation within ``expression``, so that ``numbers`` knows when it is defined."""
    if is_integer(expression.type):
        numbers.value(expression)
        return
    for below in children(expression):
        if isinstance(below, Expression):
            evaluate(numbers, below)


def follows(claim: z3.BoolRef, known: Sequence[z3.BoolRef]) -> bool:
    solver = z3.Solver()
    solver.set(rlimit=4_000_000)
    solver.add(*known, z3.Not(claim))
    return bool(solver.check() == z3.unsat)


def converted(expression: Expression, type: CType) -> Cast:
    return Cast(span=expression.span, type=type, operand=expression, implicit=True)


def moderate(host: Integers) -> list[z3.BoolRef]:
    """No variable of the C side is 2^62 or more."""
    return [z3.And(value < 2**62, value > -(2**62)) for value in host.variables.values()]
