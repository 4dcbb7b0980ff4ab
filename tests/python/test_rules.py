"""The rules by hand: what a reader of COBOL expects, and what is GnuCOBOL's own. Needs no compiler."""

from __future__ import annotations

import ast
import decimal
import doctest
import math
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.python.rules import cobol_rules as rules
from transpile.python.rules.cobol_rules import Rounding, Sign, SizeError

D = Decimal
SIGNS: list[Sign] = ["trailing", "leading", "trailing separate", "leading separate"]


def test_the_examples_in_the_module_are_right() -> None:
    assert doctest.testmod(rules).failed == 0


def test_the_module_stands_alone() -> None:
    tree = ast.parse(Path(rules.__file__).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {str(module).partition(".")[0] for module in modules} <= sys.stdlib_module_names


def test_importing_it_leaves_decimal_arithmetic_alone() -> None:
    with decimal.localcontext(decimal.DefaultContext):
        assert rules.divide(2, 3) == D("0." + "6" * 38)
        assert rules.fit_decimal(D("12345678901234567890123456789012.345"), 38, 3) == D(
            "12345678901234567890123456789012.345"
        )
        assert decimal.getcontext().prec == 28


@pytest.mark.parametrize(
    ("mode", "up", "down", "half"),
    [
        ("TRUNCATION", "1.2", "-1.2", "1.2"),
        ("NEAREST-AWAY-FROM-ZERO", "1.3", "-1.3", "1.3"),
        ("NEAREST-EVEN", "1.3", "-1.3", "1.2"),
        ("NEAREST-TOWARD-ZERO", "1.3", "-1.3", "1.2"),
        ("AWAY-FROM-ZERO", "1.3", "-1.3", "1.3"),
        ("TOWARD-GREATER", "1.3", "-1.2", "1.3"),
        ("TOWARD-LESSER", "1.2", "-1.3", "1.2"),
    ],
)
def test_the_ways_of_rounding(mode: Rounding, up: str, down: str, half: str) -> None:
    got = [rules.rounded(D(value), 1, mode) for value in ("1.26", "-1.26", "1.25")]
    assert got == [D(up), D(down), D(half)]


def test_rounding_differs_from_pythons() -> None:
    assert rules.rounded(D("0.125"), 2) == D("0.13")
    assert round(0.125, 2) == 0.12


@given(st.integers(-(10**9), 10**9), st.integers(1, 9), st.booleans())
def test_a_field_keeps_its_low_digits(value: int, digits: int, signed: bool) -> None:
    kept = rules.fit_int(value, digits, signed)
    assert abs(kept) == abs(value) % 10**digits
    assert kept == 0 or signed is False or (kept < 0) == (value < 0)


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(1, 9), st.integers(0, 4))
def test_checked_is_fit_where_nothing_is_lost(value: Decimal, whole: int, scale: int) -> None:
    try:
        kept = rules.checked_decimal(value, whole + scale, scale)
    except SizeError:
        assert abs(value) >= 10**whole
    else:
        assert kept == rules.fit_decimal(value, whole + scale, scale)
        assert abs(kept - value) < D(1).scaleb(-scale)


@pytest.mark.parametrize(
    ("value", "size", "signed", "kept"),
    [(200, 1, True, -56), (-1, 1, False, 1), (300, 1, False, 44), (2**31, 4, True, -(2**31)), (-7, 8, True, -7)],
)
def test_native_fields_keep_low_bits(value: int, size: int, signed: bool, kept: int) -> None:
    assert rules.fit_native(value, size, signed) == kept


def test_dividing_by_zero_is_a_size_error() -> None:
    with pytest.raises(SizeError):
        rules.divide(D("1.5"), 0)


def test_powers() -> None:
    assert rules.power(D("1.5"), 3) == D("3.375")
    assert rules.power(2, -2) == D("0.25")
    assert rules.power(0, 0) == 1
    assert rules.zero_to_the_zero(D("0.00"), 0) and not rules.zero_to_the_zero(0, 1)
    assert not rules.zero_to_the_zero(D("0.1"), 0)
    assert rules.power(2, D("0.5")) == D(2).sqrt(decimal.Context(prec=96))
    with pytest.raises(SizeError):
        rules.power(-2, D("0.5"))


def test_what_is_not_exact_is_an_error() -> None:
    with decimal.localcontext(rules.EXACT), pytest.raises(decimal.Inexact):
        _ = D(1) / D(3)


def test_a_decimal_goes_to_the_float_below_it() -> None:
    assert rules.double_of(D("0.1")) == math.nextafter(0.1, 0)
    assert rules.double_of(D("-0.5")) == -0.5
    assert rules.decimal_of(0.5) == D("0.5")
    assert rules.decimal_of(math.inf) == 0


@given(st.integers(-(10**9) + 1, 10**9 - 1), st.sampled_from(SIGNS))
def test_display_bytes_go_both_ways(value: int, sign: Sign) -> None:
    data = rules.encode_display(value, 9, sign)
    assert rules.decode_display(data, sign) == value
    assert rules.is_numeric_display(data, sign)


@given(st.integers(-(10**9) + 1, 10**9 - 1), st.sampled_from([9, 10]))
def test_packed_bytes_go_both_ways(value: int, digits: int) -> None:
    data = rules.encode_packed(value, digits)
    assert len(data) == digits // 2 + 1
    assert rules.decode_packed(data, digits) == value
    assert rules.is_numeric_packed(data)


@given(st.integers(-(2**31), 2**31 - 1), st.booleans())
def test_binary_bytes_go_both_ways(value: int, native: bool) -> None:
    assert rules.decode_binary(rules.encode_binary(value, 4, native=native), native=native) == value


@pytest.mark.parametrize(
    ("data", "sign", "value"),
    [(b"    ", "none", -16 % 2**64), (b" 12", "none", 12), (b"1 2", "none", -58 % 2**64), (b"12A", "trailing", 120)],
)
def test_contents_that_are_no_digits(data: bytes, sign: Sign, value: int) -> None:
    assert rules.decode_display(data, sign) == value


@pytest.mark.parametrize(
    ("value", "picture", "text"),
    [
        (0, "ZZZ9", "   0"),
        (0, "ZZZZ", "    "),
        (1234, "Z,ZZ9", "1,234"),
        (12, "Z,ZZ9", "   12"),
        (D("-12.5"), "ZZ9.99-", " 12.50-"),
        (D("12.5"), "ZZ9.99-", " 12.50 "),
        (D("-12.5"), "+++9.99", " -12.50"),
        (D("1234.5"), "$$,$$9.99", "$1,234.50"),
        (D("-3.5"), "**9.99CR", "**3.50CR"),
        (0, "**.**", "**.**"),
        (31122024, "99/99/9999", "31/12/2024"),
        (123456, "ZZ9", "456"),
        (-5, "9(3)DB", "005DB"),
        (D("0.05"), "ZZ.ZZ", "  .05"),
        (D("-0.05"), "--.--", " -.05"),
        (45, "ZZ/ZZ,999", "  /   045"),
        (-5, "--/999", " -/005"),
        (12345, "ZZ9PP", "123"),
        (D("0.0012"), "PP99", "12"),
        (D("0.05"), "Z.Z,Z", " .005"),
        (1000, "$ZZ9", "$000"),
        (D("0.4"), "ZZ+", "  +"),
        (-5, "+$$9", "+ $5"),
        (345, "+$99", "+\x0045"),
        (345, "$$$+", "$3$5"),
    ],
)
def test_editing(value: int | Decimal, picture: str, text: str) -> None:
    assert rules.edit(value, picture) == text


def test_editing_of_more_digits_than_an_item_may_have() -> None:
    assert rules.edit(5, "Z(99)9") == "5".rjust(100)


def test_editing_with_commas_blanks_and_another_currency() -> None:
    assert rules.edit(D("1234.5"), "Z.ZZ9,99", comma=True) == "1.234,50"
    assert rules.edit(D("1.25"), "9,9.9", comma=True) == "1,205"
    assert rules.edit(0, "9(3)", blank_when_zero=True) == "   "
    assert rules.edit(7, "££9", currency="£") == " £7"
    assert rules.edit(7, "%%9", currency="%") == " %7"


@given(st.decimals(-99999, 99999, places=2))
def test_editing_and_back(value: Decimal) -> None:
    assert rules.number_of_edited(rules.edit(value, "ZZ,ZZ9.99-"), "ZZ,ZZ9.99-") == value


@pytest.mark.parametrize(
    ("text", "digits", "scale", "number"),
    [("12", 4, 0, 12), (" 12.5 ", 4, 1, 125), ("-3", 4, 2, -300), ("1,234", 4, 0, 1234), ("AB", 4, 0, 0)],
)
def test_numbers_of_text(text: str, digits: int, scale: int, number: int) -> None:
    assert rules.number_of_text(text, digits, scale) == number


def test_text_moves() -> None:
    assert rules.fit_right("ABC", 5) == "  ABC"
    assert rules.fit_right("ABC", 2) == "BC"
    assert rules.fill("AB", 5) == "ABABA"
    assert rules.digits_text(D("-12.34"), 6, 2) == "001234"
    assert rules.edit_text("ABCD", "XXBXX") == "AB CD"


def test_comparing() -> None:
    assert rules.compare("AB", "AB  ") == 0
    assert rules.compare("AB", "ABA") == -1
    assert rules.compare("B", "A", order=[255 - code for code in range(256)]) == -1
    assert rules.compare_all("AAAA", "A") == 0
    assert rules.compare_floats(1.0, 1.00000001) == 0
    assert rules.compare_floats(1.0, 1.001) == -1


def test_displaying() -> None:
    assert rules.show(D("-1.50"), 5, 2, signed=True, trailing=True) == "001.50-"
    assert rules.show(D("0.5"), 2, 2) == ".50"
    assert rules.show_native(-1, 4) == "-0000000001"
    assert [rules.show_float(value) for value in (0.1, 1e20, math.nan)] == ["0.1", "1E+20", "NaN"]


def test_inspecting() -> None:
    inspection = rules.Inspection("MISSISSIPPI")
    assert inspection.tally("ALL", "SS") == 2
    assert inspection.tally("ALL", "S") == 0, "they are taken"
    assert inspection.tally("CHARACTERS", region=inspection.region(("BEFORE", "PP"))) == 4
    inspection = rules.Inspection("0012300")
    inspection.replace("LEADING", "0", " ")
    inspection.replace("TRAILING", "0", "*")
    assert inspection.replaced() == "  123**"
    assert rules.convert("HELLO", "LO", "01") == "HE001"


def test_stringing_and_unstringing() -> None:
    assert rules.string("......", [("ABCD", None), ("EFGH", None)]) == ("ABCDEF", 7, True)
    assert rules.string("...", [("A", None)], pointer=4) == ("...", 4, True)
    unstring = rules.Unstring("2024-01--31", [("-", False)])
    pieces = [unstring.next() for _ in range(4)]
    assert [piece.text for piece in pieces if piece] == ["2024", "01", "", "31"]
    assert (unstring.next(), unstring.count, unstring.overflow) == (None, 4, False)
    assert rules.Unstring("ABC", pointer=5).overflow
