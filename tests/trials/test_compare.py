"""Outputs are compared to the bit, or as closely as another order of summation allows, and no closer."""

from __future__ import annotations

import functools
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.c.parse import parse_text
from transpile.trials.compare import EXACT, Close, Comparison, Difference, compare
from transpile.trials.facts import Facts, Shape
from transpile.trials.inputs import Input, Overlap, Recipe, make
from transpile.trials.subject import Subject, subject
from transpile.trials.values import NORMAL, SMALL, Distribution

SUM = "float f(int n, float *x) { float s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }"
DIVIDED = "float f(int n, float *x) { float s = 0; for (int i = 0; i < n; i++) s += x[i] / 3; return s; }"
STRUCTS = "struct s { char c; double d; }; void f(int n, struct s *p) { p[n - 1].d = 0; }"


@functools.cache
def the_input(
    text: str, n: int, distribution: Distribution = SMALL, overlap: Overlap | None = None
) -> tuple[Subject, Input]:
    unit = parse_text(text)
    names = [v.name for v in unit.functions[-1].parameters[1:]]
    tried = subject(unit, "f", Facts(tuple(Shape(name, "n") for name in names)))
    return tried, make(tried, Recipe({"n": n}, distribution, 0, 1, overlap), 1000)


def floats(*values: float) -> bytes:
    return struct.pack(f"={len(values)}f", *values)


def told_apart(
    expected: bytes, got: bytes, how: Comparison, text: str = SUM, distribution: Distribution = SMALL
) -> Difference | None:
    return compare(*the_input(text, len(expected) // 4 - 1, distribution), expected, got, how)


def test_the_first_difference_is_named() -> None:
    found = told_apart(floats(1, 2, 3, 4), floats(1, 2, 5, 6), EXACT)
    assert found == Difference("x[1]", "3f", "5f", 2)
    assert str(found) == "x[1] is 5f, not 3f (and 1 more)"
    assert str(told_apart(floats(1, 2), floats(0, 2), EXACT)) == "the result is 0f, not 1f"


@pytest.mark.parametrize("how", [EXACT, Close(1e-5)])
def test_nans_are_equal_to_each_other_only(how: Comparison) -> None:
    other = struct.pack("=I", 0xFFC01234)
    assert told_apart(floats(math.nan, 1), other + floats(1), how) is None
    assert told_apart(floats(math.nan, 1), floats(1, 1), how) is not None
    assert told_apart(floats(1, 1), floats(math.nan, 1), how) is not None


@pytest.mark.parametrize("how", [EXACT, Close(1e-5)])
def test_infinities_are_close_to_nothing(how: Comparison) -> None:
    assert told_apart(floats(math.inf, 1), floats(math.inf, 1), how) is None
    assert told_apart(floats(math.inf, 1), floats(-math.inf, 1), how) is not None
    assert told_apart(floats(math.inf, 1), floats(3e38, 1), how) is not None
    assert told_apart(floats(3e38, 1), floats(math.inf, 1), how) is not None


def test_the_sign_of_zero_counts_in_bits_only() -> None:
    assert told_apart(floats(0.0, 1), floats(-0.0, 1), EXACT) is not None
    assert told_apart(floats(0.0, 1), floats(-0.0, 1), Close(1e-5)) is None


def test_close_is_relative_to_the_largest_and_to_the_arguments() -> None:
    tried, given_ = the_input(SUM, 2, NORMAL)
    expected, near, far = floats(0.1, 1000.3, 1), floats(0.1, 1000.305, 1), floats(0.1, 1000.32, 1)
    assert compare(tried, given_, expected, near, Close(1e-5)) is None
    assert compare(tried, given_, expected, far, Close(1e-5)) is not None


def test_sums_of_whole_numbers_must_be_equal() -> None:
    assert told_apart(floats(4000, 1), floats(4001, 1), Close(1e-2)) is not None
    assert told_apart(floats(4000, 1), floats(4001, 1), Close(1e-2), distribution=NORMAL) is None
    assert told_apart(floats(4000, 1), floats(4001, 1), Close(1e-2), DIVIDED) is None
    assert told_apart(floats(4000.3, 1), floats(4001, 1), Close(1e-2)) is None


def test_padding_does_not_count() -> None:
    element = struct.pack("=b7xd", 1, 2.0)
    padded = element[:1] + b"\xff" * 7 + element[8:]
    tried, given_ = the_input(STRUCTS, 2)
    assert compare(tried, given_, element * 2, element + padded, EXACT) is None
    found = compare(tried, given_, element * 2, element + struct.pack("=b7xd", 1, 3.0), EXACT)
    assert found is not None and str(found) == "p[1].d is 3.0, not 2.0"


def test_elements_of_overlapping_arrays_are_counted_from_the_first() -> None:
    text = "void f(int n, int *a, int *b) { for (int i = 0; i < n; i++) a[i] = b[i]; }"
    tried, given_ = the_input(text, 2, SMALL, Overlap("a", "b", -1))
    found = compare(tried, given_, struct.pack("=3i", 1, 2, 3), struct.pack("=3i", 9, 2, 3), EXACT)
    assert found is not None and found.where == "a[-1]"


def test_output_that_is_missing_differs() -> None:
    assert told_apart(floats(1, 2), floats(1), EXACT) is not None


VALUES = st.lists(st.floats(width=32), min_size=2, max_size=5)


@settings(max_examples=50, deadline=None)
@given(VALUES)
def test_everything_equals_itself(values: list[float]) -> None:
    held = floats(*values)
    assert told_apart(held, held, EXACT) is None and told_apart(held, held, Close(1e-6)) is None


@settings(max_examples=50, deadline=None)
@given(VALUES, st.integers(0, 4), st.integers(0, 31))
def test_every_flipped_bit_is_seen_unless_it_makes_another_nan(values: list[float], place: int, bit: int) -> None:
    place %= len(values)
    held = floats(*values)
    number = int.from_bytes(held, "little") ^ 1 << (32 * place + bit)
    flipped = number.to_bytes(len(held), "little")
    both = [struct.unpack_from("=f", content, 4 * place)[0] for content in (held, flipped)]
    assert (told_apart(held, flipped, EXACT) is None) == all(map(math.isnan, both))
