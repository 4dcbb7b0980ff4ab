"""Terms stay small whatever is written: candidates come from models, and one must not take the machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.solvers import terms as t
from transpile.solvers.terms import Program, Term

MASK = (1 << 64) - 1
STEPS: dict[str, tuple[Callable[[Term, Term], Term], Callable[[int, int], int]]] = {
    "squares": (lambda x, y: t.mul(x, x), lambda x, y: x * x),
    "squares of sums": (lambda x, y: t.mul(t.add(x, y), t.add(x, y)), lambda x, y: (x + y) ** 2),
    "sums of squares": (lambda x, y: t.add(t.mul(x, x), y), lambda x, y: x * x + y),
    "products": (lambda x, y: t.mul(x, y), lambda x, y: x * y),
}


@pytest.mark.parametrize(("step", "meaning"), STEPS.values(), ids=STEPS)
def test_repeated_products_stay_small(step: Callable[[Term, Term], Term], meaning: Callable[[int, int], int]) -> None:
    term, value = t.var("x", 64), 3
    for _ in range(250):
        term = step(term, t.var("y", 64))
        value = meaning(value, 5) & MASK
        assert len(term.args) <= 64
    assert Program([term]).run({"x": 3, "y": 5}) == [value]
