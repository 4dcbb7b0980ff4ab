"""STRING, UNSTRING and INSPECT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from transpile.cobol.parse.blocks import OVERFLOW, handler, pointer, side
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import operand, reference
from transpile.cobol.statements import (
    Bound,
    Conversion,
    Inspect,
    Replacement,
    StringPart,
    StringTogether,
    Tally,
    Unstring,
    UnstringTarget,
)
from transpile.cobol.tree import Expression, Reference, Statement

_PLACES: Mapping[str, Literal["ALL", "LEADING", "TRAILING"]] = {
    "ALL": "ALL",
    "LEADING": "LEADING",
    "TRAILING": "TRAILING",
}


def string(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    parts: list[StringPart] = []
    while p.text != "INTO":
        parts.append(_part(p))
    p.at += 1
    target = reference(p)
    at = pointer(p)
    on_overflow = handler(p, OVERFLOW)
    p.accept("END-STRING")
    return StringTogether(tuple(parts), target, at, on_overflow, span=p.span(start))


def _part(p: Cursor) -> StringPart:
    start = p.at
    values = [operand(p)]
    while p.is_operand():
        values.append(operand(p))
    delimiter: Expression | None = None
    if p.accept("DELIMITED"):
        p.accept("BY")
        delimiter = None if p.accept("SIZE") else operand(p)
    elif p.text != "INTO":
        p.fail(f"'DELIMITED' or 'INTO' is expected in STRING, not {p.shown()}")
    return StringPart(tuple(values), delimiter, span=p.span(start))


def unstring(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    source = operand(p)
    delimiters: list[tuple[Expression, bool]] = []
    if p.accept("DELIMITED"):
        p.accept("BY")
        delimiters.append(_delimiter(p))
        while p.accept("OR"):
            delimiters.append(_delimiter(p))
    p.expect("INTO", "in UNSTRING")
    targets = [_target(p)]
    while p.is_name():
        targets.append(_target(p))
    at = pointer(p)
    tallying: Reference | None = None
    if p.accept("TALLYING"):
        p.accept("IN")
        tallying = reference(p)
    on_overflow = handler(p, OVERFLOW)
    p.accept("END-UNSTRING")
    return Unstring(source, tuple(delimiters), tuple(targets), at, tallying, on_overflow, span=p.span(start))


def _delimiter(p: Cursor) -> tuple[Expression, bool]:
    every = p.accept("ALL")
    return operand(p), every


def _target(p: Cursor) -> UnstringTarget:
    start = p.at
    target = reference(p)
    delimiter = count = None
    while p.text in ("DELIMITER", "COUNT"):
        word = p.text
        p.at += 1
        p.accept("IN")
        if word == "DELIMITER":
            delimiter = reference(p)
        else:
            count = reference(p)
    return UnstringTarget(target, delimiter, count, span=p.span(start))


def inspect(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    target = operand(p)
    tallying = _tallies(p) if p.accept("TALLYING") else ()
    replacing = _replacements(p) if p.accept("REPLACING") else ()
    converting = _conversion(p) if p.accept("CONVERTING") else None
    if not (tallying or replacing or converting):
        p.fail(f"'TALLYING', 'REPLACING' or 'CONVERTING' is expected in INSPECT, not {p.shown()}")
    return Inspect(target, tallying, replacing, converting, span=p.span(start))


def _tallies(p: Cursor) -> tuple[Tally, ...]:
    found: list[Tally] = []
    while p.is_name() or not found:
        counter = reference(p)
        p.expect("FOR", "after the counter")
        if p.text not in ("CHARACTERS", "ALL", "LEADING", "TRAILING"):
            p.fail(f"'ALL', 'LEADING' or 'CHARACTERS' is expected after FOR, not {p.shown()}")
        while p.text in ("CHARACTERS", "ALL", "LEADING", "TRAILING"):
            found += _tally(p, counter)
    return tuple(found)


def _tally(p: Cursor, counter: Reference) -> list[Tally]:
    start = p.at
    span = p.span(start)
    if p.accept("CHARACTERS"):
        return [Tally(counter, "CHARACTERS", None, _bounds(p), span=span)]
    word = p.text
    p.at += 1
    found: list[Tally] = []
    while not found or (p.is_operand() and not _counter_follows(p) and p.text != "ALL"):
        value = operand(p)
        found.append(Tally(counter, _PLACES[word], value, _bounds(p), span=span))
    return found


def _counter_follows(p: Cursor) -> bool:
    """The name here is a counter: FOR stands behind it."""
    at = p.at
    depth = 0
    while p.texts[at] not in (".", ""):
        depth += {"(": 1, ")": -1}.get(p.texts[at], 0)
        at += 1
        if depth == 0 and p.texts[at] not in ("OF", "IN", "(") and p.texts[at - 1] not in ("OF", "IN"):
            return p.texts[at] == "FOR"
    return False


def _replacements(p: Cursor) -> tuple[Replacement, ...]:
    found: list[Replacement] = []
    while word := p.accept_any({"CHARACTERS", "ALL", "LEADING", "FIRST", "TRAILING"}):
        span = p.span(p.at - 1)
        if word == "CHARACTERS":
            p.expect("BY", "after CHARACTERS")
            found.append(Replacement("CHARACTERS", None, operand(p), _bounds(p), span=span))
            continue
        first = True
        while first or (p.is_operand() and p.text != "ALL"):
            first = False
            value = operand(p)
            p.expect("BY", "in INSPECT REPLACING")
            by = operand(p)
            found.append(Replacement("FIRST" if word == "FIRST" else _PLACES[word], value, by, _bounds(p), span=span))
    if not found:
        p.fail(f"'ALL', 'LEADING', 'FIRST' or 'CHARACTERS' is expected after REPLACING, not {p.shown()}")
    return tuple(found)


def _conversion(p: Cursor) -> Conversion:
    start = p.at
    value = operand(p)
    p.expect("TO", "in INSPECT CONVERTING")
    return Conversion(value, operand(p), _bounds(p), span=p.span(start))


def _bounds(p: Cursor) -> tuple[Bound, ...]:
    found: list[Bound] = []
    while where := side(p):
        at = p.at - 1
        p.accept("INITIAL")
        found.append(Bound(where, operand(p), span=p.span(at)))
    return tuple(found)
