"""Expressions of the GNU assembler."""

from __future__ import annotations

import pytest

from transpile.asm.expressions import Expression, ExpressionError, Term, evaluate, parse_expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2*3", 7), ("(1+2)*3", 9), ("-7/2", -3), ("-7%2", -1), ("1<<4|1", 17), ("2|1+1", 4), ("2*3&5", 4),
        ("0x1F", 31), ("0b101", 5), ("017", 15), ("'a", 97), ("'\\n'", 10), ("~0", -1), ("!5", 0), ("- -3", 3),
        ("1==1", -1), ("3<2", 0), ("1&&2", 1), ("0||0", 0), ("x*2", 10), ("a-a+x", 5), ("5!4", 5 | ~4), ("0L", 0),
        ("0ffh", 255),
    ],
)  # fmt: skip
def test_values(text: str, value: int) -> None:
    assert evaluate(text, {"x": 5}) == value


def test_symbols() -> None:
    assert parse_expression(".L4-.L5+2") == Expression(2, (Term(".L4"),), (Term(".L5"),))
    assert parse_expression("foo@GOTPCREL-4") == Expression(-4, (Term("foo", "gotpcrel"),))
    assert parse_expression('"a b"+1').plus == (Term('"a b"'),)


@pytest.mark.parametrize(
    "text", ["", "1+", "(1", "1)", "1 2", "sym*2", "~sym", "1/0", "09", "1<<300", "#", "@", "(" * 1000]
)
def test_faults(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)
