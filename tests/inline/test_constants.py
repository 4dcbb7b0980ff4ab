"""Constants have the value that a compiler prints."""

from __future__ import annotations

import pytest

from transpile.inline.constants import constant

MACROS = {"N": "( ( uint64_t ) 0xBFD25E8CD0364141ULL )", "C": "( ~ N + 1 )", "LOOP": "LOOP + 1", "BIT": "1 << 3"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("1 << 4", 16),
        ("-1", -1),
        ("~7", -8),
        ("010", 8),
        ("0x7fffffff", 0x7FFFFFFF),
        ("2147483648", 2147483648),
        ("0xffffffffffffffff", -1),
        ("(uint64_t)1 << 63", -(1 << 63)),
        ("7 / 2 * 2", 6),
        ("BIT", 8),
        ("C", 0x402DA1732FC9BEBF),
        ("0xffffffff", None),
        ("~0u", None),
        ("1 << 31", None),
        ("1 << 40", None),
        ("1 / 0", None),
        ("LOOP", None),
        ("x", None),
        ("sizeof(int)", None),
        ("f(1)", None),
        ("1.5", None),
        ("(" * 500, None),
        ("", None),
    ],
)
def test_values(text: str, value: int | None) -> None:
    assert constant(text, MACROS) == value
