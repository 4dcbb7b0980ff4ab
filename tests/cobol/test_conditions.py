"""Expressions and conditions: what is printed in full, or abbreviated, reads as the same tree."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.cobol.statements import Compute, If
from transpile.cobol.tree import (
    And,
    Binary,
    ClassTest,
    Comparison,
    Condition,
    Expression,
    NamedCondition,
    Not,
    Number,
    Or,
    Reference,
    SignTest,
    Statement,
    Unary,
)
from transpile.cobol.walking import walk
from transpile.errors import Span

AT = Span("", 1)
HEAD = """IDENTIFICATION DIVISION.
PROGRAM-ID. T1.
DATA DIVISION.
WORKING-STORAGE SECTION.
01 A PIC 9. 88 BIG VALUE 5.
01 B PIC 9.
PROCEDURE DIVISION.
"""


def show(node: Expression | Condition) -> str:
    """The text of a tree, with brackets around all that has parts."""
    match node:
        case Reference(name):
            return name
        case Number(_, text):
            return text
        case Unary(operator, operand):
            return f"({operator} {show(operand)})"
        case Binary(operator, left, right):
            return f"({show(left)} {operator} {show(right)})"
        case Comparison(operator, left, right):
            return f"({show(left)} {operator} {show(right)})"
        case ClassTest(operand, name):
            return f"({show(operand)} IS {name})"
        case SignTest(operand, sign):
            return f"({show(operand)} IS {sign})"
        case NamedCondition(reference):
            return show(reference)
        case Not(operand):
            return f"(NOT {show(operand)})"
        case And(operands):
            return "(" + " AND ".join(map(show, operands)) + ")"
        case Or(operands):
            return "(" + " OR ".join(map(show, operands)) + ")"
        case _:
            raise AssertionError(node)


def first(code: str) -> Statement:
    (program,) = parse_text(HEAD + code, "t.cob", Options("free")).programs
    return next(node for node in walk(program) if isinstance(node, If | Compute))


def condition(text: str) -> Condition:
    found = first(f"IF {text} CONTINUE.")
    assert isinstance(found, If)
    return found.condition


LEAVES: st.SearchStrategy[Expression] = st.one_of(
    st.sampled_from([Reference("A", span=AT), Reference("B", span=AT)]),
    st.integers(0, 999).map(lambda value: Number(Decimal(value), str(value), span=AT)),
)
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda o, a: Unary(o, a, span=AT), st.sampled_from("+-"), inner),
        st.builds(lambda o, a, b: Binary(o, a, b, span=AT), st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
    ),
    max_leaves=6,
)
RELATIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        lambda o, a, b: Comparison(o, a, b, span=AT),
        st.sampled_from(["=", "<", ">", "<=", ">=", "<>"]),
        EXPRESSIONS,
        EXPRESSIONS,
    ),
    st.builds(lambda a: ClassTest(a, "NUMERIC", span=AT), EXPRESSIONS),
    st.builds(lambda a, s: SignTest(a, s, span=AT), EXPRESSIONS, st.sampled_from(["POSITIVE", "NEGATIVE", "ZERO"])),
    st.just(NamedCondition(Reference("BIG", span=AT), span=AT)),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    RELATIONS,
    lambda inner: st.one_of(
        st.builds(lambda a: Not(a, span=AT), inner),
        st.builds(lambda a: And(tuple(a), span=AT), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda a: Or(tuple(a), span=AT), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_expressions_read_as_they_are_printed(value: Expression) -> None:
    found = first(f"COMPUTE A = {show(value)}.")
    assert isinstance(found, Compute)
    assert found.value == value


@settings(max_examples=150, deadline=None)
@given(CONDITIONS)
def test_conditions_read_as_they_are_printed(value: Condition) -> None:
    assert condition(show(value)) == value


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("A = 1 OR 2", "A = 1 OR A = 2"),
        ("A = 1 OR BIG OR 2", "A = 1 OR BIG OR A = 2"),
        ("A NOT = 1 AND 2", "A <> 1 AND A <> 2"),
        ("NOT A = 1 AND 2", "(NOT (A = 1)) AND A = 2"),
        ("A = 1 OR NOT 2", "A = 1 OR (NOT (A = 2))"),
        ("A > 1 AND NOT > B", "A > 1 AND A <= B"),
        ("A > 1 AND < B OR 5", "(A > 1 AND A < B) OR A < 5"),
        ("A = (1 OR B)", "A = 1 OR A = B"),
        ("A = 1 OR (2 AND B)", "A = 1 OR (A = 2 AND A = B)"),
        ("A IS GREATER THAN OR EQUAL TO B", "A >= B"),
        ("A NOT LESS B", "A >= B"),
        ("A IS NOT NUMERIC", "NOT (A IS NUMERIC)"),
        ("A + B * 2 ** B > 1", "(A + (B * (2 ** B))) > 1"),
        ("A - 1 - B = 0", "((A - 1) - B) = 0"),
        ("2 ** A ** B = 0", "(2 ** (A ** B)) = 0"),
        ("- A ** 2 = 0", "((- A) ** 2) = 0"),
    ],
)
def test_what_is_short_is_written_out(short: str, full: str) -> None:
    assert condition(short) == condition(full)


def test_signs_belong_to_numbers(statement: Callable[..., Statement]) -> None:
    found = statement("COMPUTE A = FUNCTION MAX(3 -2)")
    assert isinstance(found, Compute)
    assert [node.text for node in walk(found) if isinstance(node, Number)] == ["3", "-2"]
