"""The environment division: SPECIAL-NAMES and FILE-CONTROL."""

from __future__ import annotations

from dataclasses import dataclass, field

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import reference
from transpile.cobol.parse.operands import integer, is_literal, literal, text_value
from transpile.cobol.parse.procedure import is_header
from transpile.cobol.parse.selecting import select
from transpile.cobol.programs import (
    Alphabet,
    CharacterClass,
    EnvironmentDivision,
    FileControl,
    Sign,
    SpecialNames,
)
from transpile.cobol.tokens import NUMBER, TEXT, WORD
from transpile.cobol.tree import Range
from transpile.cobol.words import INTRINSIC, RESERVED
from transpile.errors import SourceError, Span

_PARAGRAPHS = frozenset(
    {"SOURCE-COMPUTER", "OBJECT-COMPUTER", "SPECIAL-NAMES", "REPOSITORY", "FILE-CONTROL", "I-O-CONTROL"}
)
_CONTROLS = frozenset({"SAME", "RERUN", "MULTIPLE", "APPLY"})
_ALPHABETS = frozenset({"STANDARD-1", "STANDARD-2", "NATIVE", "ASCII", "EBCDIC"})
"""Words that name a collating sequence."""


@dataclass(slots=True)
class _Names:
    """SPECIAL-NAMES while it is read."""

    decimal_comma: bool = False
    currency: str = "$"
    mnemonics: list[tuple[str, str]] = field(default_factory=list)
    switches: list[tuple[str, str, bool]] = field(default_factory=list)
    alphabets: list[Alphabet] = field(default_factory=list)
    classes: list[CharacterClass] = field(default_factory=list)
    symbolic: list[tuple[str, int]] = field(default_factory=list)
    sign: Sign | None = None

    def done(self, span: Span) -> SpecialNames:
        return SpecialNames(
            self.decimal_comma,
            self.currency,
            tuple(self.mnemonics),
            tuple(self.switches),
            tuple(self.alphabets),
            tuple(self.classes),
            tuple(self.symbolic),
            self.sign,
            span=span,
        )


@dataclass(slots=True)
class _Environment:
    names: _Names = field(default_factory=_Names)
    names_at: int | None = None
    files: list[FileControl] = field(default_factory=list)
    collating: str = ""
    debugging: bool = False
    same: list[tuple[str, ...]] = field(default_factory=list)


def environment_division(p: Cursor) -> EnvironmentDivision:
    """From ENVIRONMENT DIVISION on, if it is there."""
    start = p.at
    found = _Environment()
    if p.text == "ENVIRONMENT" and p.next == "DIVISION":
        p.at += 2
        p.period("the division header")
        while not (p.ended or is_header(p)):
            try:
                _paragraph(p, found)
            except SourceError as error:
                p.problems.add(error)
                p.skip_sentence()
    p.known.conditions |= {name for name, _, _ in found.names.switches}
    p.known.mnemonics |= {name for name, _ in found.names.mnemonics}
    p.known.classes |= {known.name for known in found.names.classes}
    return EnvironmentDivision(
        found.names.done(p.span(start if found.names_at is None else found.names_at)),
        tuple(found.files),
        found.collating,
        found.debugging,
        tuple(found.same),
        span=p.span(start),
    )


def _paragraph(p: Cursor, found: _Environment) -> None:
    word = p.text
    if word in ("CONFIGURATION", "INPUT-OUTPUT") and p.next == "SECTION":
        p.at += 2
        p.period("the section header")
        return
    if word == "SELECT":
        found.files.append(select(p))
        return
    if word not in _PARAGRAPHS:
        p.fail(f"{p.shown()} is no paragraph of the environment division")
    start = p.at
    p.at += 1
    p.period(f"the header {word}")
    match word:
        case "SOURCE-COMPUTER" | "OBJECT-COMPUTER":
            _computer(p, found)
        case "SPECIAL-NAMES":
            found.names_at = start
            while not _at_paragraph(p):
                _special_name(p, found.names)
        case "REPOSITORY":
            _repository(p)
        case "I-O-CONTROL":
            while not _at_paragraph(p):
                _control(p, found)


def _at_paragraph(p: Cursor) -> bool:
    """A header, or the end, follows; periods before it are skipped."""
    p.skip(".")
    text = p.text
    section = p.next == "SECTION" and text in ("CONFIGURATION", "INPUT-OUTPUT")
    return p.ended or is_header(p) or section or (text in _PARAGRAPHS and p.next == ".") or text == "SELECT"


def _computer(p: Cursor, found: _Environment) -> None:
    while p.text != "." and not _at_paragraph(p):
        if p.text == "DEBUGGING":
            found.debugging = True
        if p.text == "SEQUENCE":
            p.at += 1
            p.accept("IS")
            found.collating = p.name("the name of an alphabet")
            continue
        p.at += 1
    p.skip(".")


def _repository(p: Cursor) -> None:
    while p.text != "." and not _at_paragraph(p):
        if p.accept_all("FUNCTION", "ALL", "INTRINSIC"):
            p.known.functions |= INTRINSIC
        elif p.accept("FUNCTION"):
            while p.kind == WORD and p.text not in ("INTRINSIC", "FUNCTION", "AS"):
                p.known.functions.add(p.text)
                p.at += 1
            p.accept("INTRINSIC")
        else:
            p.at += 1
    p.skip(".")


def _control(p: Cursor, found: _Environment) -> None:
    """A clause of I-O-CONTROL; only shared record areas mean something on disks."""
    start = p.at
    if not p.accept_any(_CONTROLS):
        p.fail(f"{p.shown()} is no clause of I-O-CONTROL")
    if p.texts[start] == "SAME":
        shared = p.accept("RECORD")
        p.skip("SORT", "SORT-MERGE", "AREA", "FOR")
        names: list[str] = []
        while p.is_name():
            names.append(p.name("the name of a file"))
        if shared:
            found.same.append(tuple(names))
        return
    while p.text not in (".", *_CONTROLS) and not p.ended:
        p.at += 1


def _special_name(p: Cursor, names: _Names) -> None:
    match p.text:
        case "ALPHABET":
            p.at += 1
            names.alphabets.append(_alphabet(p))
        case "CLASS":
            p.at += 1
            start = p.at
            name = p.name("the name of a class")
            p.skip("FOR", "ALPHANUMERIC", "NATIONAL", "IS", "ARE")
            names.classes.append(CharacterClass(name, _ranges(p), span=p.span(start)))
        case "SYMBOLIC":
            p.at += 1
            p.accept("CHARACTERS")
            p.accept("CHARACTER")
            _symbolic(p, names)
        case "CURRENCY":
            p.skip("CURRENCY", "SIGN", "IS")
            names.currency = _currency(p)
        case "DECIMAL-POINT":
            p.at += 1
            p.accept("IS")
            p.expect("COMMA", "after DECIMAL-POINT IS")
            names.decimal_comma = True
        case "CURSOR" | "CRT":
            p.skip("CURSOR", "CRT", "STATUS", "IS")
            reference(p)
        case "NUMERIC":
            p.skip("NUMERIC", "SIGN", "IS")
            names.sign = sign(p)
        case "SCREEN" | "LOCALE" | "ORDER" | "EVENT":
            p.refuse(f"{p.shown()} in SPECIAL-NAMES")
        case _:
            _device(p, names)


def sign(p: Cursor) -> Sign:
    """``LEADING`` or ``TRAILING``, perhaps ``SEPARATE CHARACTER``."""
    start = p.at
    where = p.accept_any({"LEADING", "TRAILING"})
    if not where:
        p.fail(f"'LEADING' or 'TRAILING' is expected in SIGN, not {p.shown()}")
    separate = p.accept("SEPARATE")
    if separate:
        p.accept("CHARACTER")
    return Sign(where == "LEADING", separate, span=p.span(start))


def _currency(p: Cursor) -> str:
    if p.kind != TEXT:
        p.fail(f"a literal is expected after CURRENCY SIGN IS, not {p.shown()}")
    text = text_value(p).decode("latin-1")
    if p.text == "WITH" or p.text == "PICTURE":
        p.refuse("CURRENCY SIGN … WITH PICTURE SYMBOL")
    return text


def _device(p: Cursor, names: _Names) -> None:
    """``SYSIN IS mnemonic``, or a switch with its conditions."""
    if p.kind != WORD:
        p.fail(f"the name of a device or switch is expected here, not {p.shown()}")
    device = p.text
    p.at += 1
    if p.text in ("ON", "OFF"):
        _switch(p, names, device)
        return
    p.accept("IS")
    if p.kind != WORD or p.text in RESERVED:
        p.fail(f"a mnemonic name is expected here, not {p.shown()}")
    names.mnemonics.append((p.text, device))
    p.at += 1
    _switch(p, names, device)


def _switch(p: Cursor, names: _Names, device: str) -> None:
    while word := p.accept_any({"ON", "OFF"}):
        p.skip("STATUS", "IS")
        names.switches.append((p.name("the name of a condition"), device, word == "ON"))


def _alphabet(p: Cursor) -> Alphabet:
    start = p.at
    name = p.name("the name of an alphabet")
    p.skip("FOR", "ALPHANUMERIC", "IS")
    if kind := p.accept_any(_ALPHABETS):
        return Alphabet(name, kind, span=p.span(start))
    if not is_literal(p):
        p.fail(f"{p.shown()} is no alphabet", "known: NATIVE, STANDARD-1, STANDARD-2, ASCII, EBCDIC, or literals")
    order: list[tuple[Range, ...]] = []
    while is_literal(p):
        group = [_range(p)]
        while p.accept("ALSO"):
            group.append(_range(p))
        order.append(tuple(group))
    return Alphabet(name, "", tuple(order), span=p.span(start))


def _ranges(p: Cursor) -> tuple[Range, ...]:
    found = [_range(p)]
    while is_literal(p):
        found.append(_range(p))
    return tuple(found)


def _range(p: Cursor) -> Range:
    start = p.at
    low = literal(p)
    high = literal(p) if p.accept_any({"THRU", "THROUGH"}) else None
    return Range(low, high, span=p.span(start))


def _symbolic(p: Cursor, names: _Names) -> None:
    """``A B ARE 1 2``, as often as they come."""
    while p.is_name():
        at = p.at
        symbols: list[str] = []
        while p.is_name():
            symbols.append(p.name("the name of a character"))
        p.skip("IS", "ARE")
        positions: list[int] = []
        while p.kind == NUMBER:
            positions.append(integer(p, "a position"))
        if len(symbols) != len(positions):
            p.fail(f"{len(symbols)} symbolic characters have {len(positions)} positions", at=at)
        names.symbolic += zip(symbols, positions, strict=True)
        if p.accept("IN"):
            p.name("the name of an alphabet")
