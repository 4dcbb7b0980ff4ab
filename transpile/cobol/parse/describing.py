"""Data description entries: the clauses of one item."""

from __future__ import annotations

import re
from collections.abc import Mapping

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.environment import sign as sign_clause
from transpile.cobol.parse.expressions import expression, reference
from transpile.cobol.parse.operands import integer, is_literal, literal
from transpile.cobol.programs import ConditionName, Item, Occurs, Sign, Usage
from transpile.cobol.statements import SortKey
from transpile.cobol.tokens import NUMBER, PICTURE, WORD
from transpile.cobol.tree import Expression, Range, Reference

USAGES: Mapping[str, Usage] = {
    "DISPLAY": "DISPLAY",
    "BINARY": "BINARY",
    "COMP": "BINARY",
    "COMPUTATIONAL": "BINARY",
    "COMP-4": "BINARY",
    "COMPUTATIONAL-4": "BINARY",
    "COMP-1": "COMP-1",
    "COMPUTATIONAL-1": "COMP-1",
    "FLOAT-SHORT": "COMP-1",
    "FLOAT": "COMP-1",
    "COMP-2": "COMP-2",
    "COMPUTATIONAL-2": "COMP-2",
    "FLOAT-LONG": "COMP-2",
    "DOUBLE": "COMP-2",
    "COMP-3": "COMP-3",
    "COMPUTATIONAL-3": "COMP-3",
    "PACKED-DECIMAL": "COMP-3",
    "COMP-5": "COMP-5",
    "COMPUTATIONAL-5": "COMP-5",
    "COMP-6": "COMP-6",
    "COMPUTATIONAL-6": "COMP-6",
    "COMP-X": "COMP-X",
    "COMPUTATIONAL-X": "COMP-X",
    "INDEX": "INDEX",
    "POINTER": "POINTER",
    "BINARY-CHAR": "BINARY-CHAR",
    "BINARY-SHORT": "BINARY-SHORT",
    "BINARY-LONG": "BINARY-LONG",
    "BINARY-INT": "BINARY-LONG",
    "BINARY-DOUBLE": "BINARY-DOUBLE",
    "BINARY-LONG-LONG": "BINARY-DOUBLE",
    "NATIONAL": "NATIONAL",
}
_REFUSED_WORDS = """
ANY BASED COMP-0 COMP-N COMPUTATIONAL-0 COMPUTATIONAL-N DYNAMIC FLOAT-BINARY-32 FLOAT-BINARY-64 FLOAT-BINARY-128
FLOAT-DECIMAL-16 FLOAT-DECIMAL-34 FLOAT-EXTENDED FUNCTION-POINTER GROUP-USAGE HANDLE LIKE OBJECT PROCEDURE-POINTER
PROGRAM-POINTER PROPERTY TYPE TYPEDEF VALIDATE VOLATILE
"""
_REFUSED = frozenset(_REFUSED_WORDS.split())
"""Clauses and usages that are known by name and not translated."""
_CONSTANT = re.compile(r"\(([A-Za-z][\w-]*)\)")


class Draft:
    """An item while its clauses are read."""

    def __init__(self, p: Cursor, level: int, at: int) -> None:
        self.level, self.at, self.span = level, at, p.span(at)
        self.name = ""
        self.seen: set[str] = set()
        """The clauses so far."""
        self.picture = ""
        self.usage: Usage | None = None
        self.unsigned = False
        self.sign: Sign | None = None
        self.occurs: Occurs | None = None
        self.redefines = ""
        self.renames: tuple[Reference, Reference | None] | None = None
        self.value: Expression | None = None
        self.constant = level == 78
        self.justified = self.synchronized = self.blank_when_zero = False
        self.external = self.globally = False

    def item(self, children: tuple[Item, ...], conditions: tuple[ConditionName, ...]) -> Item:
        return Item(
            self.level,
            self.name,
            self.picture,
            self.usage,
            self.unsigned,
            self.sign,
            self.occurs,
            self.redefines,
            self.renames,
            self.value,
            self.constant,
            self.justified,
            self.synchronized,
            self.blank_when_zero,
            self.external,
            self.globally,
            conditions,
            children,
            span=self.span,
        )


def describe(p: Cursor, level: int, at: int) -> Draft:
    """The entry whose level number stands at ``at``, up to its period."""
    draft = Draft(p, level, at)
    if not p.accept("FILLER") and p.is_name() and not (level == 1 and p.text in USAGES):
        draft.name = p.name("the name of an item")
    if level == 66:
        p.expect("RENAMES", "at level 66")
        first = reference(p)
        last = reference(p) if p.accept_any({"THRU", "THROUGH"}) else None
        draft.renames = (first, last)
        return draft
    if p.text == "CONSTANT":
        _constant(p, draft)
        return draft
    while p.text != "." and not p.ended:
        if p.kind == NUMBER and p.starts_line(p.at):
            break
        _clause(p, draft)
    return draft


def _constant(p: Cursor, draft: Draft) -> None:
    """``01 name CONSTANT AS value``."""
    p.at += 1
    draft.constant = True
    if p.accept("IS"):
        p.accept("GLOBAL")
    p.accept("AS")
    if p.text == "FROM":
        p.refuse("CONSTANT FROM")
    draft.value = expression(p)


def _clause(p: Cursor, draft: Draft) -> None:
    word = "PICTURE" if p.kind == PICTURE else "USAGE" if p.text in USAGES else p.text
    if word in draft.seen:
        p.fail(f"{word} is given twice")
    if word != "IS":
        draft.seen.add(word)
    if p.kind == PICTURE:
        draft.picture = _picture(p)
        return
    if p.text in USAGES:
        _usage(p, draft)
        return
    start = p.at
    p.at += 1
    match word:
        case "REDEFINES":
            draft.redefines = p.name("the name of an item")
        case "USAGE":
            p.accept("IS")
            _usage(p, draft)
        case "VALUE" | "VALUES":
            p.skip("IS", "ARE")
            draft.value = expression(p) if draft.constant else _value(p)
        case "OCCURS":
            draft.occurs = _occurs(p, start)
        case "SIGN":
            p.accept("IS")
            draft.sign = sign_clause(p)
        case "LEADING" | "TRAILING":
            p.at -= 1
            draft.sign = sign_clause(p)
        case "JUSTIFIED" | "JUST":
            p.accept("RIGHT")
            draft.justified = True
        case "SYNCHRONIZED" | "SYNC" | "SYNCHRONISED":
            p.skip("LEFT", "RIGHT")
            draft.synchronized = True
        case "BLANK":
            p.accept("WHEN")
            if not p.accept_any({"ZERO", "ZEROS", "ZEROES"}):
                p.fail(f"'ZERO' is expected after BLANK WHEN, not {p.shown()}")
            draft.blank_when_zero = True
        case "IS" if p.text in ("EXTERNAL", "GLOBAL"):
            pass
        case "EXTERNAL":
            draft.external = True
            if p.accept("AS"):
                literal(p)
        case "GLOBAL":
            draft.globally = True
        case _:
            _no_clause(p, start)


def _no_clause(p: Cursor, start: int) -> None:
    p.at = start
    word = p.text
    if word in _REFUSED:
        p.refuse(f"{word} in a data description")
    hint = "is the period before it missing?" if p.starts_line(start) else ""
    if word in ("PIC", "PICTURE"):
        p.fail("PICTURE needs a character string")
    p.fail(f"{p.shown()} is no clause of a data description", hint)


def _picture(p: Cursor) -> str:
    """The character string; names of constants in it are their values."""
    text = p.text.upper()
    p.at += 1

    def known(found: re.Match[str]) -> str:
        value = p.known.constants.get(found[1])
        return found[0] if value is None else f"({value})"

    return _CONSTANT.sub(known, text) if "(" in text else text


def _usage(p: Cursor, draft: Draft) -> None:
    word = p.text
    usage = USAGES.get(word)
    if usage is None:
        if word in _REFUSED:
            p.refuse(f"USAGE {word}")
        p.fail(f"{p.shown()} is no usage")
    p.at += 1
    draft.usage = usage
    if signed := p.accept_any({"SIGNED", "UNSIGNED"}):
        draft.unsigned = signed == "UNSIGNED"


def _value(p: Cursor) -> Expression:
    """A literal, or the name of a constant."""
    if is_literal(p):
        return literal(p)
    return expression(p)


def _occurs(p: Cursor, start: int) -> Occurs:
    low: int | None = None
    if p.text == "DYNAMIC" or p.text == "UNBOUNDED":
        p.refuse(f"OCCURS {p.text}")
    at = p.at
    high = integer(p, "a number of occurrences")
    if p.accept("TO"):
        if p.text == "UNBOUNDED":
            p.refuse("OCCURS … UNBOUNDED")
        low, high = high, integer(p, "a number of occurrences")
    if high < max(1, low or 0):
        p.fail("a table has at least one element, and no fewer than it has at least", at=at)
    p.accept("TIMES")
    depending: Reference | None = None
    keys: list[SortKey] = []
    indexes: list[str] = []
    while True:
        at = p.at
        if p.accept("DEPENDING"):
            p.accept("ON")
            depending = reference(p)
        elif order := p.accept_any({"ASCENDING", "DESCENDING"}):
            p.skip("KEY", "IS", "ARE")
            keys.append(_key(p, order == "ASCENDING", at))
        elif p.accept("INDEXED"):
            p.accept("BY")
            indexes.append(p.name("the name of an index"))
            while p.is_name():
                indexes.append(p.name("the name of an index"))
        else:
            break
    if depending is not None and low is None:
        low = 1
    return Occurs(high, low, depending, tuple(keys), tuple(indexes), span=p.span(start))


def _key(p: Cursor, ascending: bool, at: int) -> SortKey:
    fields = [reference(p)]
    while p.is_name():
        fields.append(reference(p))
    return SortKey(ascending, tuple(fields), span=p.span(at))


def condition_name(p: Cursor, start: int) -> ConditionName:
    """Level 88, behind its level number."""
    name = p.name("the name of a condition")
    if not p.accept_any({"VALUE", "VALUES"}):
        p.fail(f"'VALUE' is expected at level 88, not {p.shown()}")
    p.skip("IS", "ARE")
    values: list[Range] = []
    while p.text not in (".", "WHEN", "FALSE") and not p.ended and not (values and _entry(p) and p.starts_line(p.at)):
        at = p.at
        low = _value(p)
        high = _value(p) if p.accept_any({"THRU", "THROUGH"}) else None
        values.append(Range(low, high, span=p.span(at)))
    when_false: Expression | None = None
    if p.text in ("WHEN", "FALSE"):
        p.skip("WHEN", "SET", "TO", "FALSE", "IS")
        when_false = _value(p)
    return ConditionName(name, tuple(values), when_false, span=p.span(start))


def _entry(p: Cursor) -> bool:
    """A level number with its name, and not one more value."""
    return p.kind == NUMBER and len(p.text) <= 2 and p.kinds[p.at + 1] == WORD and p.next not in ("THRU", "THROUGH")
