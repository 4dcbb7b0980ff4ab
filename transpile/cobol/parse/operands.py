"""Literals and figurative constants: their values, and how they are written."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import NoReturn

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.tokens import NUMBER, TEXT
from transpile.cobol.tree import Expression, Figurative, Number, Text
from transpile.cobol.words import FIGURATIVE


def number(p: Cursor) -> Number:
    """A numeric literal, with its sign if it has one."""
    start = p.at
    sign = ""
    if p.text in ("+", "-"):
        sign = p.text
        p.at += 1
    if p.kind != NUMBER:
        p.fail(f"a number is expected here, not {p.shown()}")
    text = sign + p.text
    p.at += 1
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        p.fail(f"'{text}' is no number", at=start)
    return Number(value, text, span=p.span(start))


def integer(p: Cursor, what: str) -> int:
    """A whole number, or the name of a constant that is one."""
    if p.text in p.known.constants:
        p.at += 1
        return p.known.constants[p.texts[p.at - 1]]
    if p.kind != NUMBER or not p.text.isdecimal():
        p.fail(f"{what} is expected here, not {p.shown()}")
    p.at += 1
    return int(p.texts[p.at - 1][:30])


def is_literal(p: Cursor) -> bool:
    return p.kind in (NUMBER, TEXT) or p.text in FIGURATIVE or p.text in ("ALL", "+", "-")


def literal(p: Cursor) -> Expression:
    """A number, a text, a figurative constant, or ALL with one of the two."""
    start = p.at
    if p.kind == TEXT:
        return text(p)
    if p.text in FIGURATIVE:
        p.at += 1
        return Figurative(FIGURATIVE[p.texts[start]], span=p.span(start))
    if p.accept("ALL"):
        if p.text in FIGURATIVE:
            return literal(p)
        if p.kind != TEXT:
            p.fail(f"a literal is expected after ALL, not {p.shown()}")
        return Text(text(p).value, all=True, span=p.span(start))
    return number(p)


def text(p: Cursor) -> Text:
    """An alphanumeric literal, or several with ``&`` between them."""
    start = p.at
    value = text_value(p)
    while p.accept("&"):
        if p.kind == TEXT:
            value += text_value(p)
        elif p.text in FIGURATIVE:
            value += _FILL.get(FIGURATIVE[p.text], b"")
            p.at += 1
        else:
            p.fail(f"a literal is expected after '&', not {p.shown()}")
    return Text(value, span=p.span(start))


_FILL = {"ZERO": b"0", "SPACE": b" ", "QUOTE": b'"', "HIGH-VALUE": b"\xff", "LOW-VALUE": b"\0", "NULL": b"\0"}


def text_value(p: Cursor) -> bytes:
    word = p.text
    prefix = word[: word.index(word[-1])].upper()
    mark = word[-1]
    inner = word[len(prefix) + 1 : -1].replace(mark * 2, mark)
    match prefix:
        case "":
            value = inner.encode("latin-1")
        case "Z":
            value = inner.encode("latin-1") + b"\0"
        case "X":
            value = _hexadecimal(p, inner)
        case _:
            p.refuse(f"literals of the form {prefix}{mark}…{mark}")
    p.at += 1
    return value


def _hexadecimal(p: Cursor, digits: str) -> bytes:
    try:
        return bytes.fromhex(digits) if " " not in digits else _odd(p, digits)
    except ValueError:
        return _odd(p, digits)


def _odd(p: Cursor, digits: str) -> NoReturn:
    p.fail(f"'{digits}' is not a whole number of hexadecimal bytes")
