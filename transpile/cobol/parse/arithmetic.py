"""ADD, SUBTRACT, MULTIPLY, DIVIDE and COMPUTE (ISO 1989:2002, 14.8)."""

from __future__ import annotations

from typing import Literal

from transpile.cobol.parse.blocks import SIZE_ERROR, handler, operands, receiver, receivers
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import expression, operand, reference
from transpile.cobol.statements import Add, Compute, Corresponding, Divide, Multiply, Receiver, Subtract
from transpile.cobol.tree import Expression, Reference, Statement


def add(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    if p.accept_any({"CORRESPONDING", "CORR"}):
        return _corresponding(p, "ADD", "TO", start)
    addends = operands(p)
    to: tuple[Expression, ...] = ()
    giving = False
    targets: tuple[Receiver, ...] = ()
    if p.accept("TO"):
        at = p.at
        values, targets = _values_or_receivers(p)
        if p.accept("GIVING"):
            giving, to, targets = True, values, receivers(p)
        elif not targets:
            p.fail("the sum goes to a data item", at=at)
    else:
        p.expect("GIVING", "or 'TO'")
        giving, targets = True, receivers(p)
    on_size_error = handler(p, SIZE_ERROR)
    p.accept("END-ADD")
    return Add(addends, targets, to, giving, on_size_error, span=p.span(start))


def _values_or_receivers(p: Cursor) -> tuple[tuple[Expression, ...], tuple[Receiver, ...]]:
    """What stands after TO or FROM: values before GIVING, and receivers otherwise."""
    start = p.at
    values = operands(p)
    if p.text == "GIVING":
        return values, ()
    p.at = start
    return (), receivers(p)


def _corresponding(p: Cursor, verb: Literal["ADD", "SUBTRACT"], word: str, start: int) -> Statement:
    source = reference(p)
    p.expect(word)
    target = receiver(p)
    on_size_error = handler(p, SIZE_ERROR)
    p.accept(f"END-{verb}")
    return Corresponding(verb, source, target, on_size_error, span=p.span(start))


def subtract(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    if p.accept_any({"CORRESPONDING", "CORR"}):
        return _corresponding(p, "SUBTRACT", "FROM", start)
    subtrahends = operands(p)
    p.expect("FROM", "after what is subtracted")
    at = p.at
    values, targets = _values_or_receivers(p)
    minuend: Expression | None = None
    if p.accept("GIVING"):
        if len(values) != 1:
            p.fail("SUBTRACT … GIVING subtracts from one value", at=at)
        minuend, targets = values[0], receivers(p)
    on_size_error = handler(p, SIZE_ERROR)
    p.accept("END-SUBTRACT")
    return Subtract(subtrahends, targets, minuend, on_size_error, span=p.span(start))


def multiply(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    left = operand(p)
    p.expect("BY", "after the multiplicand")
    right, targets = _second(p, "MULTIPLY")
    on_size_error = handler(p, SIZE_ERROR)
    p.accept("END-MULTIPLY")
    return Multiply(left, right, targets, on_size_error, span=p.span(start))


def _second(p: Cursor, verb: str) -> tuple[Expression | None, tuple[Receiver, ...]]:
    """The second operand with what GIVING names, or the receivers that are the second operand."""
    at = p.at
    values, targets = _values_or_receivers(p)
    if not p.accept("GIVING"):
        return None, targets
    if len(values) != 1:
        p.fail(f"{verb} … GIVING takes two operands", at=at)
    return values[0], receivers(p)


def divide(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    first = operand(p)
    dividend: Expression | None
    if p.accept("INTO"):
        divisor = first
        dividend, targets = _second(p, "DIVIDE")
    else:
        p.expect("BY", "or 'INTO'")
        dividend, divisor = first, operand(p)
        p.expect("GIVING", "after DIVIDE … BY")
        targets = receivers(p)
    remainder: Reference | None = reference(p) if p.accept("REMAINDER") else None
    on_size_error = handler(p, SIZE_ERROR)
    p.accept("END-DIVIDE")
    return Divide(dividend, divisor, targets, remainder, on_size_error, span=p.span(start))


def compute(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    targets = receivers(p)
    if not p.accept("="):
        if p.text != "EQUAL":
            p.fail(f"'=' is expected after the results of COMPUTE, not {p.shown()}")
        p.at += 1
        p.accept("TO")
    value = expression(p)
    on_size_error = handler(p, SIZE_ERROR)
    p.accept("END-COMPUTE")
    return Compute(targets, value, on_size_error, span=p.span(start))
