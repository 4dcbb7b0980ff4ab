"""What statements are made of: statements within them, their conditional phrases, labels and receivers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.embedding import executed
from transpile.cobol.parse.expressions import operand, reference
from transpile.cobol.statements import Handler, Label, Receiver, RoundingMode
from transpile.cobol.tokens import EXEC, NUMBER
from transpile.cobol.tree import Expression, Reference, Statement

Event: TypeAlias = tuple[tuple[str, ...], ...]
"""The words that name what happens, in their spellings."""
SIZE_ERROR: Event = (("SIZE", "ERROR"),)
AT_END: Event = (("END",),)
INVALID_KEY: Event = (("INVALID", "KEY"), ("INVALID",))
OVERFLOW: Event = (("OVERFLOW",),)
EXCEPTION: Event = (("OVERFLOW",), ("EXCEPTION",))
END_OF_PAGE: Event = (("END-OF-PAGE",), ("EOP",))
_FRAMES = 4
"""Python frames that one statement within another takes up."""
_ROUNDING: dict[str, RoundingMode] = {
    "TRUNCATION": "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO": "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN": "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO": "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO": "AWAY-FROM-ZERO",
    "TOWARD-GREATER": "TOWARD-GREATER",
    "TOWARD-LESSER": "TOWARD-LESSER",
    "PROHIBITED": "PROHIBITED",
}


def statements(p: Cursor) -> tuple[Statement, ...]:
    """Statements up to a word that begins none."""
    found: list[Statement] = []
    p.enter(_FRAMES)
    while True:
        verb = p.verbs.get(p.texts[p.at]) or (executed if p.kinds[p.at] == EXEC else None)
        if verb is None:
            break
        result = verb(p)
        if isinstance(result, tuple):
            found += result
        else:
            found.append(result)
    p.depth -= _FRAMES
    return tuple(found)


def block(p: Cursor, where: str) -> tuple[Statement, ...]:
    """At least one statement."""
    found = statements(p)
    if not found:
        p.fail(f"a statement is expected {where}, not {p.shown()}", "CONTINUE does nothing")
    return found


def handler(p: Cursor, event: Event) -> Handler | None:
    """``ON … statements NOT ON … statements``, either or both."""
    start = p.at
    yes = no = None
    while True:
        if yes is None and _happens(p, event):
            yes = block(p, f"after {event[0][0]}")
        elif no is None and _happens(p, event, negated=True):
            no = block(p, f"after NOT {event[0][0]}")
        else:
            break
    return None if yes is None and no is None else Handler(yes, no, span=p.span(start))


def _happens(p: Cursor, event: Event, negated: bool = False) -> bool:
    start = p.at
    if not negated or p.accept("NOT"):
        p.skip("ON", "AT")
        if any(p.accept_all(*words) for words in event):
            return True
    p.at = start
    return False


def label(p: Cursor, what: str) -> Label:
    """The name of a paragraph, section or file, perhaps with its section."""
    start = p.at
    name = label_name(p, what)
    section = ""
    if p.text in ("OF", "IN"):
        p.at += 1
        section = label_name(p, "the name of a section")
    return Label(name, section, span=p.span(start))


def label_name(p: Cursor, what: str) -> str:
    if p.kind == NUMBER and p.text.isdecimal():
        p.at += 1
        return p.texts[p.at - 1]
    return p.name(what)


def labels(p: Cursor, what: str) -> tuple[Label, ...]:
    """One label or more."""
    found = [label(p, what)]
    while is_label(p):
        found.append(label(p, what))
    return tuple(found)


def is_label(p: Cursor) -> bool:
    return p.is_name() or (p.kind == NUMBER and p.text.isdecimal())


def operands(p: Cursor) -> tuple[Expression, ...]:
    """One operand or more."""
    found = [operand(p)]
    while p.is_operand():
        found.append(operand(p))
    return tuple(found)


def references(p: Cursor) -> tuple[Reference, ...]:
    found = [reference(p)]
    while p.is_name():
        found.append(reference(p))
    return tuple(found)


def receivers(p: Cursor) -> tuple[Receiver, ...]:
    found = [receiver(p)]
    while p.is_operand() and p.text != "FUNCTION":
        found.append(receiver(p))
    return tuple(found)


def receiver(p: Cursor) -> Receiver:
    target = reference(p)
    return Receiver(target, rounding(p), span=target.span)


def rounding(p: Cursor) -> RoundingMode:
    if not p.accept("ROUNDED"):
        return "TRUNCATION"
    if p.text != "MODE":
        return "NEAREST-AWAY-FROM-ZERO"
    p.at += 1
    p.accept("IS")
    mode = _ROUNDING.get(p.text)
    if mode is None:
        p.fail(f"{p.shown()} is no way to round", "ways: " + ", ".join(_ROUNDING))
    p.at += 1
    return mode


def clause(p: Cursor, word: str) -> Reference | None:
    """``word name``, if it is there."""
    return reference(p) if p.accept(word) else None


def value_clause(p: Cursor, word: str) -> Expression | None:
    return operand(p) if p.accept(word) else None


def pointer(p: Cursor) -> Reference | None:
    """``WITH POINTER name``."""
    if p.text == "WITH" and p.next == "POINTER":
        p.at += 1
    return clause(p, "POINTER")


def procedures(p: Cursor) -> tuple[Label, Label | None]:
    """``first THRU last``."""
    first = label(p, "the name of a procedure")
    last = label(p, "the name of a procedure") if p.accept_any({"THRU", "THROUGH"}) else None
    return first, last


Side: TypeAlias = Literal["BEFORE", "AFTER"]


def side(p: Cursor) -> Side | None:
    match p.accept_any({"BEFORE", "AFTER"}):
        case "BEFORE":
            return "BEFORE"
        case "AFTER":
            return "AFTER"
        case _:
            return None
