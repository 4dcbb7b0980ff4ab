"""Comparisons as a programmer writes them."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from transpile.python.relations import extreme

VALUES = [Decimal(text) for text in ("-1.5", "0", "0.00", "2.50", "2.5", "7")]


@pytest.mark.parametrize(("sign", "kept"), list(product(("<", "<=", ">", ">="), ("a", "b"))))
def test_an_if_around_an_assignment_is_min_or_max(sign: str, kept: str) -> None:
    """Of equal numbers it keeps the decimals of the same one."""
    test, assigned = f"if a {sign} b:", f"{kept} = {'b' if kept == 'a' else 'a'}"
    line = extreme(test, assigned)
    assert line is not None
    for a, b in product(VALUES, VALUES):
        one, other = {"a": a, "b": b}, {"a": a, "b": b}
        exec(f"{test}\n    {assigned}", one)
        exec(line, other)
        assert str(one[kept]) == str(other[kept])


@pytest.mark.parametrize(
    ("test", "assigned"),
    [
        ("if a > b:", "a = c"),
        ("if a > b:", "c = b"),
        ("if a > b and c:", "a = b"),
        ("if a == b:", "a = b"),
        ("if a < b < c:", "a = b"),
        ("while a > b:", "a = b"),
        ("if a > b:", "a = b + 1"),
    ],
)
def test_another_if_is_none(test: str, assigned: str) -> None:
    assert extreme(test, assigned) is None
