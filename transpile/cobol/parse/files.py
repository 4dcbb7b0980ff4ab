"""Statements for files: OPEN, CLOSE, READ, WRITE, REWRITE, DELETE, START, SORT, MERGE, RELEASE and RETURN."""

from __future__ import annotations

from typing import Literal

from transpile.cobol.parse.blocks import (
    AT_END,
    END_OF_PAGE,
    INVALID_KEY,
    Event,
    clause,
    handler,
    label,
    labels,
    procedures,
    references,
    side,
    value_clause,
)
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import operand, reference, relation_word
from transpile.cobol.parse.others import unsupported
from transpile.cobol.statements import (
    Advancing,
    Close,
    Delete,
    Handler,
    Label,
    Open,
    OpenMode,
    Read,
    Release,
    Return,
    Rewrite,
    Sort,
    SortKey,
    Start,
    Write,
)
from transpile.cobol.tree import Reference, Relation, Statement

_MODES: dict[str, OpenMode] = {"INPUT": "INPUT", "OUTPUT": "OUTPUT", "I-O": "I-O", "EXTEND": "EXTEND"}
_FILE = "the name of a file"


def open_(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    files: list[tuple[OpenMode, Label]] = []
    while mode := _MODES.get(p.text):
        p.at += 1
        _sharing(p)
        files.append((mode, label(p, _FILE)))
        _rewind(p)
        while p.is_name():
            files.append((mode, label(p, _FILE)))
            _rewind(p)
    if not files:
        p.fail(f"'INPUT', 'OUTPUT', 'I-O' or 'EXTEND' is expected after OPEN, not {p.shown()}")
    return Open(tuple(files), span=p.span(start))


def _sharing(p: Cursor) -> None:
    if p.accept("EXCLUSIVE"):
        return
    if p.accept("SHARING"):
        p.skip("WITH", "ALL", "NO", "OTHER", "READ", "ONLY")


def _rewind(p: Cursor) -> None:
    if (p.text == "WITH" and p.next in ("NO", "LOCK")) or (p.text == "NO" and p.next == "REWIND"):
        p.skip("WITH", "NO", "REWIND", "LOCK")
    p.accept("REVERSED")


def close(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    files = [(label(p, _FILE), _closing(p))]
    while p.is_name():
        files.append((label(p, _FILE), _closing(p)))
    return Close(tuple(files), span=p.span(start))


def _closing(p: Cursor) -> str:
    how = p.accept_any({"REEL", "UNIT"})
    p.skip("FOR", "WITH")
    if p.accept("REMOVAL"):
        return "REMOVAL"
    if p.accept("LOCK"):
        return "LOCK"
    if p.accept_all("NO", "REWIND"):
        return how or "NO REWIND"
    return how


def read(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    file = label(p, _FILE)
    direction: Literal["", "NEXT", "PREVIOUS"] = ""
    if p.accept("NEXT"):
        direction = "NEXT"
    elif p.accept("PREVIOUS"):
        direction = "PREVIOUS"
    p.accept("RECORD")
    into = clause(p, "INTO")
    _locking(p)
    key: Reference | None = None
    if p.accept("KEY"):
        p.accept("IS")
        key = reference(p)
    on_end, on_invalid_key = _handlers(p, AT_END, INVALID_KEY)
    p.accept("END-READ")
    return Read(file, direction, into, key, on_end, on_invalid_key, span=p.span(start))


def _locking(p: Cursor) -> None:
    if p.text in ("LOCK", "KEPT") or (p.text in ("WITH", "IGNORING") and p.next in ("NO", "LOCK", "KEPT", "IGNORE")):
        p.skip("WITH", "NO", "LOCK", "KEPT", "IGNORE", "IGNORING")


def _handlers(p: Cursor, first: Event, second: Event) -> tuple[Handler | None, Handler | None]:
    """Two kinds of conditional phrases, in any order."""
    one = handler(p, first)
    two = handler(p, second)
    if one is None:
        one = handler(p, first)
    return one, two


def write(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    record = reference(p)
    value = value_clause(p, "FROM")
    advancing = _advancing(p)
    _locking(p)
    on_end_of_page, on_invalid_key = _handlers(p, END_OF_PAGE, INVALID_KEY)
    p.accept("END-WRITE")
    return Write(record, value, advancing, on_invalid_key, on_end_of_page, span=p.span(start))


def _advancing(p: Cursor) -> Advancing | None:
    start = p.at
    where = side(p)
    if where is None:
        return None
    p.accept("ADVANCING")
    span = p.span(start)
    if p.accept("PAGE"):
        return Advancing(where, None, span=span)
    if p.text in p.known.mnemonics:
        p.at += 1
        return Advancing(where, None, p.texts[p.at - 1], span=span)
    lines = operand(p)
    p.accept_any({"LINE", "LINES"})
    return Advancing(where, lines, span=span)


def rewrite(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    record = reference(p)
    p.accept("RECORD")
    value = value_clause(p, "FROM")
    _locking(p)
    on_invalid_key = handler(p, INVALID_KEY)
    p.accept("END-REWRITE")
    return Rewrite(record, value, on_invalid_key, span=p.span(start))


def delete(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    if p.text == "FILE":
        return unsupported(p, start)
    file = label(p, _FILE)
    p.accept("RECORD")
    on_invalid_key = handler(p, INVALID_KEY)
    p.accept("END-DELETE")
    return Delete(file, on_invalid_key, span=p.span(start))


def start(p: Cursor) -> Statement:
    at = p.at
    p.at += 1
    file = label(p, _FILE)
    relation: Relation = "="
    key: Reference | None = None
    if p.text in ("FIRST", "LAST"):
        return unsupported(p, at)
    if p.accept("KEY"):
        relation = relation_word(p) or "="
        key = reference(p)
        if p.text == "LENGTH" or (p.text == "WITH" and p.next in ("LENGTH", "SIZE")):
            return unsupported(p, at)
    on_invalid_key = handler(p, INVALID_KEY)
    p.accept("END-START")
    return Start(file, relation, key, on_invalid_key, span=p.span(at))


def sort(p: Cursor) -> Statement:
    start = p.at
    verb: Literal["SORT", "MERGE"] = "SORT" if p.text == "SORT" else "MERGE"
    p.at += 1
    subject = reference(p)
    keys: list[SortKey] = []
    while key := _key(p):
        keys.append(key)
    duplicates = _duplicates(p)
    collating = _collating(p)
    using: tuple[Label, ...] = ()
    giving: tuple[Label, ...] = ()
    source = target = None
    if p.accept("USING"):
        using = labels(p, _FILE)
    elif p.accept_all("INPUT", "PROCEDURE"):
        p.accept("IS")
        source = procedures(p)
    if p.accept("GIVING"):
        giving = labels(p, _FILE)
    elif p.accept_all("OUTPUT", "PROCEDURE"):
        p.accept("IS")
        target = procedures(p)
    return Sort(verb, subject, tuple(keys), using, giving, source, target, duplicates, collating, span=p.span(start))


def _key(p: Cursor) -> SortKey | None:
    start = p.at
    p.accept("ON")
    order = p.accept_any({"ASCENDING", "DESCENDING"})
    if not order:
        p.at = start
        return None
    p.skip("KEY", "IS", "ARE")
    return SortKey(order == "ASCENDING", references(p) if p.is_name() else (), span=p.span(start))


def _duplicates(p: Cursor) -> bool:
    if p.text != "DUPLICATES" and p.next != "DUPLICATES":
        return False
    p.skip("WITH", "DUPLICATES", "IN", "ORDER")
    return True


def _collating(p: Cursor) -> str:
    if p.text not in ("COLLATING", "SEQUENCE"):
        return ""
    p.skip("COLLATING", "SEQUENCE", "IS")
    return p.name("the name of an alphabet")


def release(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    record = reference(p)
    return Release(record, value_clause(p, "FROM"), span=p.span(start))


def return_(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    file = label(p, _FILE)
    p.accept("RECORD")
    into = clause(p, "INTO")
    on_end = handler(p, AT_END)
    p.accept("END-RETURN")
    return Return(file, into, on_end, span=p.span(start))
