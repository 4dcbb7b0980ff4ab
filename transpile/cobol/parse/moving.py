"""Statements that move and show data: ACCEPT, DISPLAY, INITIALIZE, MOVE and SET."""

from __future__ import annotations

from transpile.cobol.parse.blocks import receiver, references
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import expression, operand, reference
from transpile.cobol.parse.others import unsupported
from transpile.cobol.statements import Accept, Corresponding, Display, Initialize, Move, Set
from transpile.cobol.tokens import WORD
from transpile.cobol.tree import AddressOf, Always, Expression, Reference, Statement

_PLACES = frozenset({"LINE", "COLUMN", "COL", "POSITION", "POS", "WITH", "MODE"})
_EVENTS = frozenset({"EXCEPTION", "ESCAPE"})
_ENDS = frozenset({"END", "EOP", "END-OF-PAGE"})
_TERMINAL = frozenset({"CONSOLE", "SYSIN", "SYSIPT", "STDIN", "TERMINAL"})
_DISPLAYS = {"CONSOLE": "", "SYSOUT": "", "STDOUT": "", "TERMINAL": "", "SYSERR": "SYSERR", "STDERR": "SYSERR"}
_LONG = {"DATE": "YYYYMMDD", "DAY": "YYYYDDD"}
_CATEGORIES = frozenset(
    {
        "ALPHABETIC",
        "ALPHANUMERIC",
        "ALPHANUMERIC-EDITED",
        "NATIONAL",
        "NATIONAL-EDITED",
        "NUMERIC",
        "NUMERIC-EDITED",
    }
)


def accept(p: Cursor) -> Statement | tuple[Statement, ...]:
    start = p.at
    p.at += 1
    if not p.is_name():
        return unsupported(p, start)
    target = reference(p)
    source = ""
    if p.accept("FROM"):
        source = p.text
        if p.kind != WORD:
            return unsupported(p, start)
        p.at += 1
        if source in _LONG and p.accept(_LONG[source]):
            source = f"{source} {_LONG[source]}"
        if source == "ENVIRONMENT" or p.is_operand():
            return unsupported(p, start)
        source = "" if source in _TERMINAL else source
    if _on_screen(p):
        return unsupported(p, start)
    p.accept("END-ACCEPT")
    return Accept(target, source, span=p.span(start))


def _on_screen(p: Cursor) -> bool:
    """A phrase of ACCEPT or DISPLAY on a screen, or of what goes wrong there, follows."""
    text = p.text
    if text == "NOT":
        return p.next in _EVENTS or (p.next == "ON" and p.peek(2) in _EVENTS)
    if text == "AT":
        return p.next not in _ENDS
    return text in _PLACES or text in _EVENTS or (text == "ON" and p.next in _EVENTS)


def display(p: Cursor) -> Statement | tuple[Statement, ...]:
    start = p.at
    p.at += 1
    if not p.is_operand():
        p.fail(f"DISPLAY shows something; {p.shown()} is no name or literal")
    values: list[Expression] = []
    while p.is_operand():
        values.append(operand(p))
    upon, advancing = "", True
    while p.text in ("UPON", "WITH", "NO"):
        if p.accept("UPON"):
            upon = _DISPLAYS.get(p.text, p.text)
            p.at += 1
            continue
        p.accept("WITH")
        if not p.accept("NO"):
            return unsupported(p, start)
        p.accept("ADVANCING")
        advancing = False
    if _on_screen(p):
        return unsupported(p, start)
    p.accept("END-DISPLAY")
    return Display(tuple(values), upon, advancing, span=p.span(start))


def move(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    if p.accept_any({"CORRESPONDING", "CORR"}):
        source = reference(p)
        p.expect("TO", "in MOVE CORRESPONDING")
        return Corresponding("MOVE", source, receiver(p), span=p.span(start))
    value = operand(p)
    p.expect("TO", "after the value of MOVE")
    targets = [reference(p)]
    while p.is_operand():
        targets.append(reference(p))
    return Move(value, tuple(targets), span=p.span(start))


def initialize(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    targets = references(p)
    fillers = p.accept_all("WITH", "FILLER") or p.accept("FILLER")
    to_value = False
    if (p.text == "ALL" and p.next == "TO") or (p.text in _CATEGORIES and p.next == "TO"):
        if not p.accept("ALL"):
            p.fail("INITIALIZE … TO VALUE is supported for ALL categories", "write ALL TO VALUE")
        p.accept("TO")
        p.expect("VALUE")
        to_value = True
    p.accept("THEN")
    replacing: list[tuple[str, Expression]] = []
    if p.accept("REPLACING"):
        while category := p.accept_any(_CATEGORIES):
            p.accept("DATA")
            p.expect("BY", f"after {category}")
            replacing.append((category, operand(p)))
        if not replacing:
            p.fail(f"a category of data is expected after REPLACING, not {p.shown()}")
    p.accept("THEN")
    if (p.text == "TO" and p.next == "DEFAULT") or p.text == "DEFAULT":
        p.skip("TO", "DEFAULT")
    return Initialize(targets, tuple(replacing), to_value, fillers, span=p.span(start))


def set_(p: Cursor) -> Statement | tuple[Statement, ...]:
    start = p.at
    p.at += 1
    if p.text in ("ENVIRONMENT", "ATTRIBUTE", "LAST") or not (p.is_name() or p.text in ("ADDRESS", "LINAGE-COUNTER")):
        return unsupported(p, start)
    found: list[Statement] = []
    while p.is_name() or p.text == "ADDRESS":
        if p.next == "ATTRIBUTE":
            return unsupported(p, start)
        set_phrase = _set_phrase(p, p.at if found else start)
        if set_phrase is None:
            return unsupported(p, start)
        found.append(set_phrase)
    return tuple(found)


def _set_phrase(p: Cursor, start: int) -> Statement | None:
    targets: list[Reference | AddressOf] = []
    while p.is_name() or p.text == "ADDRESS":
        at = p.at
        if p.accept("ADDRESS"):
            p.expect("OF", "after ADDRESS")
            targets.append(AddressOf(reference(p), span=p.span(at)))
        else:
            targets.append(reference(p))
    span = p.span(start)
    if p.text in ("UP", "DOWN"):
        up = p.text == "UP"
        p.at += 1
        p.expect("BY", "after UP or DOWN")
        return Set(tuple(targets), "UP" if up else "DOWN", expression(p), span=span)
    p.expect("TO", "after what SET sets")
    if p.text in ("ENTRY", "EXTERNAL", "THREAD"):
        return None
    if p.text in ("TRUE", "FALSE", "ON", "OFF"):
        p.at += 1
        return Set(tuple(targets), "TO", Always(p.texts[p.at - 1] in ("TRUE", "ON"), span=p.span(p.at - 1)), span=span)
    return Set(tuple(targets), "TO", expression(p), span=span)
