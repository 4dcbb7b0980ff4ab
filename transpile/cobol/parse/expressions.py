"""Expressions and conditions (ISO 1989:2002, 8.8): one recursive descent for both.

A bracket may hold either, so ``logical`` gives whichever stands there. Abbreviated relations are written out: the
subject and the relation of the last comparison go on until the condition ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.embedding import response
from transpile.cobol.parse.operands import literal, number
from transpile.cobol.tokens import NUMBER, TEXT, WORD
from transpile.cobol.tree import (
    AddressOf,
    Always,
    And,
    Binary,
    ClassTest,
    Comparison,
    Condition,
    Expression,
    Figurative,
    FunctionCall,
    LengthOf,
    NamedCondition,
    Not,
    Or,
    Reference,
    Relation,
    SignTest,
    Slice,
    Unary,
)
from transpile.cobol.words import FIGURATIVE, REGISTERS, RESERVED

Operator: TypeAlias = Literal["+", "-", "*", "/", "**"]
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_OPERATORS: Mapping[str, Operator] = {"+": "+", "-": "-", "*": "*", "/": "/", "**": "**"}
_OPPOSITE: Mapping[Relation, Relation] = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SYMBOLS: Mapping[str, Relation] = {
    "=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "<>": "<>",
    "EQUAL": "=", "EQUALS": "=", "GREATER": ">", "LESS": "<",
}  # fmt: skip
_CLASSES = frozenset({"NUMERIC", "ALPHABETIC", "ALPHABETIC-LOWER", "ALPHABETIC-UPPER"})
_SIGNS: Mapping[str, Literal["POSITIVE", "NEGATIVE", "ZERO"]] = {
    "POSITIVE": "POSITIVE", "NEGATIVE": "NEGATIVE", "ZERO": "ZERO", "ZEROS": "ZERO", "ZEROES": "ZERO",
}  # fmt: skip
MAX_OPERATORS = 150
"""That follow each other without a bracket."""
MAX_CONDITIONS = 1000
"""That AND or OR join without a bracket."""
_LEVEL = 5
"""Python frames that one bracket takes up."""


def condition(p: Cursor) -> Condition:
    """A whole condition."""
    outer, p.abbreviated = p.abbreviated, None
    start = p.at
    found = _as_condition(p, logical(p), start)
    p.abbreviated = outer
    return found


def subject(p: Cursor) -> Expression | Condition:
    """What EVALUATE chooses by: an expression, or a condition."""
    outer, p.abbreviated = p.abbreviated, None
    found = logical(p)
    p.abbreviated = outer
    if isinstance(found, Reference) and found.name in p.known.conditions:
        return NamedCondition(found, span=found.span)
    return found


def partial(p: Cursor, left: Expression) -> Condition | None:
    """``> 5`` in a WHEN: a relation without its subject; None if there is no relation here."""
    operator = relation_word(p)
    if not operator:
        return None
    return Comparison(operator, left, expression(p), span=left.span)


def expression(p: Cursor) -> Expression:
    """Arithmetic."""
    start = p.at
    found = _arithmetic(p, 1)
    if isinstance(found, Condition):
        p.fail("a value is expected here, not a condition", at=start)
    return found


def operand(p: Cursor) -> Expression:
    """An identifier, literal, function or figurative constant: no arithmetic."""
    text = p.text
    kind = p.kind
    if kind == WORD:
        if text in FIGURATIVE or text == "ALL":
            return literal(p)
        if text == "FUNCTION" or text in p.known.functions:
            return _function(p)
        if text == "LENGTH":
            return _length(p)
        if text == "ADDRESS":
            return _address(p)
        if text == "DFHRESP" and p.next == "(":
            return response(p)
        return reference(p)
    if kind in (NUMBER, TEXT) or (text in ("+", "-") and p.kinds[p.at + 1] == NUMBER):
        return literal(p)
    p.fail(f"a name or a literal is expected here, not {p.shown()}")


def reference(p: Cursor) -> Reference:
    """An identifier with its qualifiers, subscripts and reference modification."""
    start = p.at
    name = p.texts[start]
    if p.kinds[start] != WORD or (name in RESERVED and name not in REGISTERS):
        p.name("a name")
    p.at += 1
    qualifiers: tuple[str, ...] = ()
    while p.texts[p.at] in ("OF", "IN"):
        p.at += 1
        qualifiers += (p.name("the name of a group or file"),)
    if p.texts[p.at] != "(":
        return Reference(name, qualifiers, span=p.span(start))
    subscripts, part = _brackets(p)
    if part is None and p.text == "(":
        more, part = _brackets(p)
        if part is None or more:
            p.fail("a reference modification (start:length) is expected in the second brackets", at=p.at - 1)
    return Reference(name, qualifiers, subscripts, part, span=p.span(start))


def _brackets(p: Cursor) -> tuple[tuple[Expression, ...], Slice | None]:
    """Subscripts, or a reference modification."""
    start = p.at
    p.expect("(")
    p.enter(_LEVEL)
    values: list[Expression] = []
    while p.text not in (")", ":"):
        p.skip(",")
        values.append(_subscript(p))
    if p.accept(":"):
        length = None if p.text == ")" else expression(p)
        if len(values) != 1:
            p.fail("one position is expected before ':'", at=start)
        p.expect(")", "after a reference modification")
        p.depth -= _LEVEL
        return (), Slice(values[0], length, span=p.span(start))
    p.expect(")", "after subscripts")
    p.depth -= _LEVEL
    if not values:
        p.fail("there is nothing in the brackets", at=start)
    return tuple(values), None


def _subscript(p: Cursor) -> Expression:
    if p.text == "ALL" and p.kinds[p.at + 1] != TEXT and p.next not in FIGURATIVE:
        p.at += 1
        return Figurative("ALL", span=p.span(p.at - 1))
    return expression(p)


def _function(p: Cursor) -> Expression:
    start = p.at
    p.accept("FUNCTION")
    if p.kind != WORD:
        p.fail(f"the name of a function is expected here, not {p.shown()}")
    name = p.text
    p.at += 1
    arguments: tuple[Expression, ...] = ()
    part: Slice | None = None
    option = ""
    if p.text == "(":
        if p.next == ")":
            p.at += 2
        elif name == "TRIM":
            arguments, option = _trim(p)
        else:
            arguments, part = _brackets(p)
    if part is None and p.text == "(":
        _, part = _brackets(p)
    return FunctionCall(name, arguments, part, option, span=p.span(start))


def _trim(p: Cursor) -> tuple[tuple[Expression, ...], str]:
    p.expect("(")
    p.enter(_LEVEL)
    value = expression(p)
    option = p.accept_any({"LEADING", "TRAILING"})
    p.expect(")", "after the argument of TRIM")
    p.depth -= _LEVEL
    return (value,), option


def _length(p: Cursor) -> Expression:
    start = p.at
    p.expect("LENGTH")
    p.accept("OF")
    p.enter(2)
    inner = operand(p)
    p.depth -= 2
    return LengthOf(inner, span=p.span(start))


def _address(p: Cursor) -> Expression:
    start = p.at
    p.expect("ADDRESS")
    p.accept("OF")
    return AddressOf(reference(p), span=p.span(start))


def _arithmetic(p: Cursor, minimum: int) -> Expression | Condition:
    """Operators from the level ``minimum`` on. Powers go from right to left, as in GnuCOBOL; a sign at a number is
    the number's, never an operator."""
    start = p.at
    left = _primary(p)
    count = 0
    while (level := _PRECEDENCE.get(p.texts[p.at], 0)) >= minimum:
        if p.is_signed():
            break
        operator = p.texts[p.at]
        count += 1
        if count > MAX_OPERATORS:
            p.fail(f"more than {MAX_OPERATORS} operators follow each other", "compute parts of it before, in fields")
        p.at += 1
        p.enter(1)
        right = _arithmetic(p, level if operator == "**" else level + 1)
        p.depth -= 1
        if isinstance(left, Condition) or isinstance(right, Condition):
            p.fail("a condition stands in arithmetic", at=start)
        left = Binary(_OPERATORS[operator], left, right, span=left.span)
    return left


def _primary(p: Cursor) -> Expression | Condition:
    text = p.texts[p.at]
    if text == "(":
        p.at += 1
        p.enter(_LEVEL)
        outer = p.abbreviated
        found = logical(p)
        p.expect(")", "to close the bracket")
        p.abbreviated = outer
        p.depth -= _LEVEL
        return found
    if text in ("+", "-"):
        start = p.at
        if p.is_signed():
            return number(p)
        p.at += 1
        p.enter(1)
        inner = _primary(p)
        p.depth -= 1
        if isinstance(inner, Condition):
            p.fail("a condition stands in arithmetic", at=start)
        return Unary("-" if text == "-" else "+", inner, span=p.span(start))
    if text in ("TRUE", "FALSE"):
        p.at += 1
        return Always(text == "TRUE", span=p.span(p.at - 1))
    return operand(p)


def logical(p: Cursor) -> Expression | Condition:
    """A condition, or an expression if there is no relation."""
    start = p.at
    first = _conjunction(p)
    if p.texts[p.at] != "OR":
        return first
    operands = [_as_condition(p, first, start)]
    while p.accept("OR"):
        at = p.at
        _join(p, operands, _as_condition(p, _conjunction(p), at))
    return Or(tuple(operands), span=operands[0].span)


def _conjunction(p: Cursor) -> Expression | Condition:
    start = p.at
    first = _negation(p)
    if p.texts[p.at] != "AND":
        return first
    operands = [_as_condition(p, first, start)]
    while p.accept("AND"):
        at = p.at
        _join(p, operands, _as_condition(p, _negation(p), at))
    return And(tuple(operands), span=operands[0].span)


def _join(p: Cursor, operands: list[Condition], operand: Condition) -> None:
    if len(operands) == MAX_CONDITIONS:
        p.fail(f"more than {MAX_CONDITIONS} conditions are joined", "test parts of them in statements of their own")
    operands.append(operand)


def _negation(p: Cursor) -> Expression | Condition:
    start = p.at
    if p.texts[start] == "NOT" and not (p.abbreviated and p.next in _SYMBOLS):
        p.at += 1
        at = p.at
        p.enter(1)
        inner = _as_condition(p, _negation(p), at)
        p.depth -= 1
        return Not(inner, span=p.span(start))
    return _relation(p)


def _relation(p: Cursor) -> Expression | Condition:
    if p.abbreviated and (p.text in _SYMBOLS or (p.text in ("NOT", "IS") and (p.next in _SYMBOLS or p.next == "NOT"))):
        left: Expression | Condition = p.abbreviated[0]
    else:
        left = _arithmetic(p, 1)
    if isinstance(left, Condition):
        return left
    if operator := relation_word(p):
        p.abbreviated = (left, operator)
        start = p.at
        right = _arithmetic(p, 1)
        p.abbreviated = (left, operator)
        if isinstance(right, Condition):
            if not _goes_on(right, left):
                p.fail("a value is expected here, not a condition", at=start)
            return right
        return Comparison(operator, left, right, span=left.span)
    return _tested(p, left)


def _goes_on(found: Condition, left: Expression) -> bool:
    """The brackets of ``A = (1 OR 2)`` held nothing but objects that are compared with ``left``."""
    match found:
        case And(operands) | Or(operands):
            return all(_goes_on(operand, left) for operand in operands)
        case Not(operand):
            return _goes_on(operand, left)
        case Comparison():
            return found.left is left
        case _:
            return False


def relation_word(p: Cursor) -> Relation | None:
    """A relational operator in symbols or words, with NOT; None if there is none."""
    start = p.at
    p.skip("IS", "ARE")
    negated = p.accept("NOT")
    found = _SYMBOLS.get(p.texts[p.at])
    if found is None or p.kind == TEXT:
        p.at = start
        return None
    p.at += 1
    p.skip("THAN", "TO")
    if found in ("<", ">") and p.texts[p.at] == "OR" and p.next in ("EQUAL", "=", "EQUALS"):
        p.at += 2
        found = ">=" if found == ">" else "<="
    p.skip("THAN", "TO")
    return _OPPOSITE[found] if negated else found


def _tested(p: Cursor, left: Expression) -> Expression | Condition:
    """Class and sign conditions; ``left`` itself when there is no test."""
    start = p.at
    p.skip("IS", "ARE")
    negated = p.accept("NOT")
    text = p.texts[p.at]
    found: Condition
    if text in _CLASSES or text in p.known.classes:
        found = ClassTest(left, text, span=left.span)
    elif text in _SIGNS:
        found = SignTest(left, _SIGNS[text], span=left.span)
    else:
        if p.at > start and p.texts[start] != "NOT":
            p.fail(f"a relation, a class or a sign is expected here, not {p.shown()}")
        p.at = start
        return left
    p.at += 1
    return Not(found, span=left.span) if negated else found


def _as_condition(p: Cursor, found: Expression | Condition, at: int) -> Condition:
    """``found`` where a condition must stand: a condition name, or the object of an abbreviated relation."""
    if isinstance(found, Condition):
        return found
    if isinstance(found, Reference) and (found.name in p.known.conditions or p.abbreviated is None):
        return NamedCondition(found, span=found.span)
    if p.abbreviated is None:
        p.fail("a condition is expected here", "compare it with something", at=at)
    return Comparison(p.abbreviated[1], p.abbreviated[0], found, span=found.span)
