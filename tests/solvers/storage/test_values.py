"""Terms of constants against Python's own decimal arithmetic."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from transpile.python.rules import cobol_rules as rules
from transpile.solvers.storage.values import (
    Number,
    absolute,
    add,
    choose,
    compared,
    constant,
    exact_quotient,
    fits,
    known,
    known_text,
    low_digits,
    multiply,
    resized,
    subtract,
    text,
    texts_related,
    units_at,
)

EXACT = decimal.Context(prec=400)
MODES = [
    "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO",
    "TOWARD-GREATER",
    "TOWARD-LESSER",
]
RELATIONS = ["=", "<", ">", "<=", ">=", "<>"]
decimals = st.builds(lambda units, scale: Decimal(units).scaleb(-scale), st.integers(-99999, 99999), st.integers(0, 5))


def symbolic(value):
    """``value`` in terms that are not simplified: unknowns with what they are."""
    made = constant(value)
    return Number(z3.Int("unknown") - z3.Int("unknown") + made.units, made.scale)


def truth(condition):
    found = z3.simplify(condition)
    return z3.is_true(found)


@given(decimals, decimals, st.integers(0, 6))
def test_sums_and_products_are_exact(left, right, scale):
    for mine, theirs in (
        (add, EXACT.add),
        (subtract, EXACT.subtract),
        (multiply, EXACT.multiply),
    ):
        found = units_at(mine(constant(left), constant(right)), scale)
        assert known(found) == rules.unscaled(theirs(left, right), scale)


@given(decimals, decimals, st.integers(0, 4), st.sampled_from(MODES))
def test_quotients_are_rounded_as_asked(left, right, scale, mode):
    if not right:
        return
    exact = rules.rounded(rules.quotient(left, right), scale, mode)
    assert known(units_at(exact_quotient(constant(left), constant(right)), scale, mode)) == rules.unscaled(exact, scale)


@given(decimals, st.integers(-1, 6), st.sampled_from(MODES))
def test_numbers_are_rounded_as_asked(value, scale, mode):
    exact = rules.unscaled(rules.rounded(value, scale, mode), scale)
    assert known(units_at(constant(value), scale, mode)) == exact
    assert known(units_at(symbolic(value), scale, mode)) == exact


@given(decimals, decimals, decimals, st.sampled_from(RELATIONS))
def test_comparisons(left, right, divisor, relation):
    python = {"=": "__eq__", "<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__", "<>": "__ne__"}[relation]
    assert truth(compared(relation, constant(left), constant(right))) is getattr(left, python)(right)
    if divisor:
        quotient = exact_quotient(constant(left), constant(divisor))
        sign = 1 if divisor > 0 else -1
        expected = getattr(left * sign, python)(EXACT.multiply(right, divisor) * sign)
        assert truth(compared(relation, quotient, constant(right))) is expected


@given(st.integers(-(10**9), 10**9), st.integers(1, 8))
def test_low_digits_are_those_of_the_rules(units, digits):
    assert known(low_digits(constant(units).units, digits)) == rules.fit_int(units, digits)


@given(st.integers(-300, 300), st.integers(-300, 300), st.booleans())
def test_digits_of_a_choice_of_constants(yes, no, taken):
    """They are cut only where there are more."""
    condition = z3.Bool("condition")
    for made, expected in (
        (low_digits(z3.If(condition, z3.IntVal(yes), z3.IntVal(no)), 2), rules.fit_int(yes if taken else no, 2)),
        (absolute(z3.If(condition, z3.IntVal(yes), z3.IntVal(no))), abs(yes if taken else no)),
    ):
        assert known(z3.substitute(made, (condition, z3.BoolVal(taken)))) == expected
    for signed in (True, False):
        found = fits(z3.If(condition, z3.IntVal(yes), z3.IntVal(no)) + 1, 2, signed)
        value = (yes if taken else no) + 1
        fit = abs(value) < 100 and (signed or value >= 0)
        assert truth(z3.substitute(found, (condition, z3.BoolVal(taken)))) is fit


@given(st.text(st.characters(max_codepoint=255), max_size=5), st.text("AB ", max_size=5), st.sampled_from(RELATIONS))
def test_texts_are_compared_with_spaces_behind_the_shorter(left, right, relation):
    order = rules.compare(left, right)
    expected = {"=": order == 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0, "<>": order != 0}
    assert truth(texts_related(relation, text(left), text(right))) is expected[relation]


def test_texts_are_cut_and_filled():
    assert known_text(resized(text("ABC"), 2)) == b"AB"
    assert known_text(resized(text("ABC"), 5)) == b"ABC  "


@pytest.mark.parametrize("condition", [True, False])
def test_a_choice_is_one_of_two(condition):
    chosen = choose(z3.BoolVal(condition), constant(Decimal("1.5")), constant(7))
    assert known(units_at(chosen, 1)) == (15 if condition else 70)
