"""Statements and their phrases, as trees."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from transpile.cobol.statements import Add, Handler, If, Move, Perform, Receiver
from transpile.cobol.tree import Comparison, Number, Or, Reference, Statement
from transpile.errors import Span

Parse: TypeAlias = Callable[[str], Statement]
AT = Span("", 1)


def ref(name: str) -> Reference:
    return Reference(name, span=AT)


def number(text: str) -> Number:
    return Number(Decimal(text), text, span=AT)


def test_move(statement: Parse) -> None:
    assert statement("MOVE 1 TO A, B") == Move(number("1"), (ref("A"), ref("B")), span=AT)


def test_add_with_size_error(statement: Parse) -> None:
    on_size_error = Handler((Move(number("0"), (ref("B"),), span=AT),), span=AT)
    assert statement("ADD A TO B ROUNDED ON SIZE ERROR MOVE 0 TO B END-ADD") == Add(
        (ref("A"),), (Receiver(ref("B"), "NEAREST-AWAY-FROM-ZERO", span=AT),), on_size_error=on_size_error, span=AT
    )


def test_abbreviated_condition_is_written_out(statement: Parse) -> None:
    found = statement("IF A = 1 OR 2 NEXT SENTENCE")
    assert isinstance(found, If)
    assert found.condition == Or(
        (Comparison("=", ref("A"), number("1"), span=AT), Comparison("=", ref("A"), number("2"), span=AT)), span=AT
    )


def test_perform_inline(statement: Parse) -> None:
    found = statement("PERFORM VARYING I FROM 1 BY 1 UNTIL I > 5 ADD 1 TO A END-PERFORM")
    assert isinstance(found, Perform)
    assert found.first is None and len(found.body) == 1 and found.varying[0].counter == ref("I")
