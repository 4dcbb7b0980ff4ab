"""FD and SD entries."""

from __future__ import annotations

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import operand, reference
from transpile.cobol.parse.operands import integer, literal
from transpile.cobol.programs import FileDescription, Linage
from transpile.cobol.tokens import NUMBER, WORD
from transpile.cobol.tree import Reference


class _Header:
    """An entry while its clauses are read."""

    def __init__(self) -> None:
        self.sizes: tuple[int | None, int | None] = (None, None)
        self.varying = self.external = self.globally = False
        self.depending: Reference | None = None
        self.linage: Linage | None = None
        self.report = ""


def file_header(p: Cursor) -> FileDescription:
    """The entry without its records."""
    start = p.at
    sort = p.text == "SD"
    p.at += 1
    name = p.name("the name of a file")
    header = _Header()
    while p.text != "." and not p.ended and p.kind != NUMBER:
        _clause(p, header)
    p.period("the file description")
    return FileDescription(
        name,
        sort,
        (),
        header.sizes,
        header.varying,
        header.depending,
        header.linage,
        header.external,
        header.globally,
        header.report,
        span=p.span(start),
    )


def _clause(p: Cursor, header: _Header) -> None:
    start = p.at
    word = p.text
    p.at += 1
    match word:
        case "IS" if p.text in ("EXTERNAL", "GLOBAL"):
            pass
        case "EXTERNAL":
            header.external = True
            if p.accept("AS"):
                literal(p)
        case "GLOBAL":
            header.globally = True
        case "BLOCK":
            _sizes(p)
        case "RECORD" if p.text in ("IS", "CONTAINS", "VARYING") or p.kind == NUMBER:
            _record(p, header)
        case "LABEL":
            p.skip("RECORD", "RECORDS", "IS", "ARE")
            if not p.accept_any({"STANDARD", "OMITTED"}):
                reference(p)
        case "DATA" | "RECORD" | "RECORDS":
            p.skip("RECORD", "RECORDS", "IS", "ARE")
            while p.is_name():
                p.at += 1
        case "VALUE":
            _value_of(p)
        case "LINAGE":
            header.linage = _linage(p, start)
        case "CODE-SET":
            p.accept("IS")
            p.name("the name of an alphabet")
        case "RECORDING":
            p.skip("MODE", "IS")
            p.at += 1
        case "REPORT" | "REPORTS":
            p.skip("IS", "ARE")
            header.report = p.name("the name of a report")
            while p.is_name():
                p.at += 1
        case _:
            p.at = start
            p.fail(f"{p.shown()} is no clause of a file description")


def _sizes(p: Cursor) -> tuple[int, int]:
    p.skip("CONTAINS")
    low = integer(p, "a number")
    high = integer(p, "a number") if p.accept("TO") else low
    p.skip("CHARACTERS", "RECORDS", "CHARACTER")
    return low, high


def _record(p: Cursor, header: _Header) -> None:
    p.skip("IS")
    if not p.accept("VARYING"):
        header.sizes = _sizes(p)
        header.varying = header.sizes[0] != header.sizes[1]
        return
    header.varying = True
    p.skip("IN", "SIZE", "FROM")
    low = high = None
    if p.kind == NUMBER:
        low = integer(p, "a number")
    if p.accept("TO"):
        high = integer(p, "a number")
    header.sizes = low, high
    p.skip("CHARACTERS", "CHARACTER")
    if p.accept("DEPENDING"):
        p.accept("ON")
        header.depending = reference(p)


def _value_of(p: Cursor) -> None:
    """VALUE OF names a file to a system of old; it says nothing here."""
    p.accept("OF")
    while p.kind == WORD and p.next not in (".",) and (p.is_name() or p.text == "FILE-ID"):
        p.at += 1
        p.accept("IS")
        operand(p)


def _linage(p: Cursor, start: int) -> Linage:
    p.accept("IS")
    lines = operand(p)
    p.accept("LINES")
    footing = top = bottom = None
    while p.text in ("WITH", "FOOTING", "LINES", "AT", "TOP", "BOTTOM"):
        p.skip("WITH", "LINES", "AT")
        word = p.text
        p.at += 1
        match word:
            case "FOOTING":
                p.accept("AT")
                footing = operand(p)
            case "TOP":
                top = operand(p)
            case "BOTTOM":
                bottom = operand(p)
            case _:
                p.at -= 1
                p.fail(f"'FOOTING', 'TOP' or 'BOTTOM' is expected in LINAGE, not {p.shown()}")
    return Linage(lines, footing, top, bottom, span=p.span(start))
