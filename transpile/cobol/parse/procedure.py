"""The procedure division: sections, paragraphs and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from transpile.cobol.parse import arithmetic, files, flow, moving, strings
from transpile.cobol.parse.blocks import label_name, statements
from transpile.cobol.parse.cursor import Cursor, Verb
from transpile.cobol.parse.expressions import reference
from transpile.cobol.parse.others import UNSUPPORTED, unsupported
from transpile.cobol.statements import (
    Argument,
    OpenMode,
    Paragraph,
    ProcedureDivision,
    Section,
    Sentence,
    Use,
)
from transpile.cobol.tokens import NUMBER, WORD
from transpile.cobol.tree import Reference
from transpile.cobol.words import RESERVED
from transpile.errors import SourceError

VERBS: Mapping[str, Verb] = {
    **dict.fromkeys(UNSUPPORTED, unsupported),
    "ACCEPT": moving.accept,
    "ADD": arithmetic.add,
    "ALTER": flow.alter,
    "CALL": flow.call,
    "CANCEL": flow.cancel,
    "CLOSE": files.close,
    "COMPUTE": arithmetic.compute,
    "CONTINUE": flow.continue_,
    "DELETE": files.delete,
    "DISPLAY": moving.display,
    "DIVIDE": arithmetic.divide,
    "EVALUATE": flow.evaluate,
    "EXIT": flow.exit_,
    "GO": flow.go,
    "GOBACK": flow.goback,
    "IF": flow.if_,
    "INITIALISE": moving.initialize,
    "INITIALIZE": moving.initialize,
    "INSPECT": strings.inspect,
    "MERGE": files.sort,
    "MOVE": moving.move,
    "MULTIPLY": arithmetic.multiply,
    "NEXT": flow.next_sentence,
    "OPEN": files.open_,
    "PERFORM": flow.perform,
    "READ": files.read,
    "RELEASE": files.release,
    "RETURN": files.return_,
    "REWRITE": files.rewrite,
    "SEARCH": flow.search,
    "SET": moving.set_,
    "SORT": files.sort,
    "START": files.start,
    "STOP": flow.stop,
    "STRING": strings.string,
    "SUBTRACT": arithmetic.subtract,
    "UNSTRING": strings.unstring,
    "WRITE": files.write,
}
_MODES: Mapping[str, OpenMode] = {"INPUT": "INPUT", "OUTPUT": "OUTPUT", "I-O": "I-O", "EXTEND": "EXTEND"}
_OPENERS = {
    "END-IF": "IF",
    "END-PERFORM": "PERFORM",
    "END-EVALUATE": "EVALUATE",
    "ELSE": "IF",
    "WHEN": "EVALUATE or SEARCH",
}


def procedure_division(p: Cursor) -> ProcedureDivision:
    """From the words PROCEDURE DIVISION up to the end of the program."""
    start = p.at
    p.at += 2
    using = _using(p) if p.accept("USING") else ()
    returning: Reference | None = reference(p) if p.accept_any({"RETURNING", "GIVING"}) else None
    if p.text == "CHAINING":
        p.refuse("PROCEDURE DIVISION CHAINING")
    p.period("the division header")
    declaratives: tuple[Section, ...] = ()
    if p.text == "DECLARATIVES":
        p.at += 1
        p.period("DECLARATIVES")
        declaratives = _sections(p)
        if not p.accept_all("END", "DECLARATIVES"):
            p.fail(f"'END DECLARATIVES' is expected here, not {p.shown()}")
        p.period("END DECLARATIVES")
    return ProcedureDivision(using, declaratives, _sections(p), returning, span=p.span(start))


def _using(p: Cursor) -> tuple[Argument, ...]:
    by: Literal["REFERENCE", "VALUE"] = "REFERENCE"
    found: list[Argument] = []
    while True:
        p.accept("BY")
        if word := p.accept_any({"REFERENCE", "VALUE"}):
            by = "VALUE" if word == "VALUE" else "REFERENCE"
        p.accept("OPTIONAL")
        if not p.is_name():
            break
        found.append(Argument(reference(p), by, span=p.span(p.at - 1)))
    if not found:
        p.fail(f"the name of a parameter is expected after USING, not {p.shown()}")
    return tuple(found)


def _ends(p: Cursor) -> bool:
    """The division ends here."""
    text = p.text
    return p.ended or (text == "END" and p.next in ("PROGRAM", "DECLARATIVES")) or is_header(p)


def is_header(p: Cursor) -> bool:
    header = p.next == "DIVISION" and p.text in ("IDENTIFICATION", "ID", "ENVIRONMENT", "DATA", "PROCEDURE")
    return header or p.text == "PROGRAM-ID"


def _sections(p: Cursor) -> tuple[Section, ...]:
    found: list[Section] = []
    while not _ends(p):
        found.append(_section(p))
    return tuple(found)


def _section(p: Cursor) -> Section:
    start = p.at
    name = ""
    use: Use | None = None
    if p.next == "SECTION" and _is_label(p):
        name = label_name(p, "the name of a section")
        p.at += 1
        if p.kind == NUMBER:
            p.at += 1
        p.period("the section header")
        if p.text == "USE":
            use = _use(p)
    paragraphs: list[Paragraph] = []
    while not _ends(p) and not (p.next == "SECTION" and _is_label(p)):
        paragraphs.append(_paragraph(p))
    return Section(name, tuple(paragraphs), use, span=p.span(start))


def _is_label(p: Cursor) -> bool:
    return p.kind == NUMBER or (p.kind == WORD and p.text not in RESERVED)


def _paragraph(p: Cursor) -> Paragraph:
    start = p.at
    name = ""
    if p.next == "." and _is_label(p):
        name = label_name(p, "the name of a paragraph")
        p.period("the name of the paragraph")
    sentences: list[Sentence] = []
    while not _ends(p) and not (p.next in (".", "SECTION") and _is_label(p)):
        if sentence := _sentence(p):
            sentences.append(sentence)
    return Paragraph(name, tuple(sentences), span=p.span(start))


def _sentence(p: Cursor) -> Sentence | None:
    start = p.at
    depth = p.depth
    try:
        found = statements(p)
        if p.text != ".":
            _no_period(p, bool(found))
        p.skip(".")
        return Sentence(found, span=p.span(start)) if found else None
    except SourceError as error:
        p.problems.add(error)
        p.depth, p.abbreviated = depth, None
        p.skip_sentence()
        return None


def _no_period(p: Cursor, found: bool) -> None:
    """Something that begins no statement stands where a sentence may end."""
    if _ends(p):
        p.period("the sentence")
        return
    text = p.text
    if text in _OPENERS:
        p.fail(f"{p.shown()} without {_OPENERS[text]}", "the statement that it belongs to has ended before")
    if text.startswith("END-"):
        p.fail(f"{p.shown()} without {text[4:]}", "the statement that it belongs to has ended before")
    if found and p.starts_line(p.at) and _is_label(p) and p.next in (".", "SECTION"):
        p.period("the sentence")
        return
    if text in ("+", "-", "*", "/"):
        p.fail(f"a statement is expected here, not {p.shown()}", "an operator has blanks on both sides")
    hint = "" if p.kind != WORD or text in RESERVED else "is this the name of a paragraph? then a period follows it"
    p.fail(f"a statement is expected here, not {p.shown()}", hint)


def _use(p: Cursor) -> Use:
    start = p.at
    p.at += 1
    files: list[str] = []
    modes: list[OpenMode] = []
    globally = p.accept("GLOBAL")
    p.skip("AFTER", "STANDARD")
    if p.accept_any({"ERROR", "EXCEPTION"}):
        p.skip("PROCEDURE", "ON")
        while p.text != "." and not p.ended:
            if mode := _MODES.get(p.text):
                modes.append(mode)
                p.at += 1
            else:
                files.append(p.name("the name of a file"))
        p.period("USE")
        return Use(tuple(files), tuple(modes), globally=globally, span=p.span(start))
    end = p.at
    while p.texts[end] not in (".", ""):
        end += 1
    p.at = end
    p.period("USE")
    return Use(text=p.source(start, end), span=p.span(start))
