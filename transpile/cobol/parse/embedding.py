"""``EXEC … END-EXEC``: what stands there, what WHENEVER makes of the statements behind it, and the block of CICS."""

from __future__ import annotations

import re
import textwrap
from decimal import Decimal

from transpile.cobol.communication import BLOCK, BLOCK_NAMES, RESPONSES
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.programs import Item, Program
from transpile.cobol.statements import Execute, GoTo, If, Label, Perform, Stop, Unsupported
from transpile.cobol.tokens import EXEC
from transpile.cobol.tree import Comparison, Condition, Expression, Number, Reference, Relation, Statement, Text
from transpile.cobol.walking import walk
from transpile.errors import Span

_EXEC = re.compile(r"\S+\s+(\S+)(.*?)\S+\Z", re.DOTALL)
_WHENEVER = re.compile(
    r"WHENEVER\s+(NOT\s+FOUND|SQLERROR|SQLWARNING)\s+"
    r"(?:CONTINUE|STOP|(?:GO\s*TO|(?:DO\s+)?PERFORM)\s+:?(?P<label>[\w-]+)(?:\s+(?:OF|IN)\s+(?P<section>[\w-]+))?)",
    re.IGNORECASE,
)


def execute(p: Cursor) -> Execute:
    """The statement alone; WHENEVER counts from here on."""
    start = p.at
    assert p.kind == EXEC
    found = _EXEC.fullmatch(p.text)
    assert found is not None
    first, _, rest = found[2].partition("\n")
    lines = [first.strip(), *(line.rstrip() for line in textwrap.dedent(rest.expandtabs()).split("\n"))]
    end = p.tokens.code.place(p.offsets[start] + len(p.text) - 1).line
    made = Execute(found[1].upper(), "\n".join(lines).strip("\n"), end, span=p.span(start))
    p.at += 1
    if made.language == "SQL" and (said := _WHENEVER.fullmatch(made.text)):
        p.known.whenever[" ".join(said[1].upper().split())] = made
    return made


def executed(p: Cursor) -> tuple[Statement, ...]:
    """A statement, and what is done behind it as the last WHENEVER of each kind says."""
    made = execute(p)
    if made.language == "SQL" and made.text.upper().startswith("WHENEVER") and not _WHENEVER.fullmatch(made.text):
        return (Unsupported("EXEC SQL WHENEVER", made.text, span=made.span),)
    if made.language != "SQL" or made.declares:
        return (made,)
    found: list[Statement] = [made]
    for kind in _TESTS:
        if (whenever := p.known.whenever.get(kind)) is not None and (done := _done(whenever, made.span)):
            found.append(If(_test(kind, made.span), done, span=made.span))
    return tuple(found)


_TESTS: dict[str, tuple[str, Relation, Decimal | bytes]] = {
    "NOT FOUND": ("SQLCODE", "=", Decimal(100)),
    "SQLERROR": ("SQLCODE", "<", Decimal(0)),
    "SQLWARNING": ("SQLWARN0", "=", b"W"),
}


def _test(kind: str, span: Span) -> Condition:
    name, relation, value = _TESTS[kind]
    literal = Text(value, span=span) if isinstance(value, bytes) else Number(value, str(value), span=span)
    return Comparison(relation, Reference(name, span=span), literal, span=span)


def _done(whenever: Execute, span: Span) -> tuple[Statement, ...]:
    found = _WHENEVER.fullmatch(whenever.text)
    assert found is not None
    words = whenever.text.upper().split()
    if "CONTINUE" in words:
        return ()
    if words[-1] == "STOP" and found["label"] is None:
        return (Stop(span=span),)
    label = Label(found["label"].upper(), (found["section"] or "").upper(), span=whenever.span)
    return (Perform(label, span=span) if "PERFORM" in words else GoTo((label,), span=span),)


def response(p: Cursor) -> Expression:
    """``DFHRESP(NOTFND)``: a number."""
    start = p.at
    p.at += 1
    p.expect("(")
    code = RESPONSES.get(p.text)
    if code is None:
        p.fail(f"{p.shown()} is no response of CICS that is known here", "write its number instead of DFHRESP")
    p.at += 1
    p.expect(")")
    return Number(Decimal(code), str(code), span=p.span(start))


def block_of(program: Program) -> frozenset[str]:
    """The names of the interface block of CICS that ``program`` uses, and does not declare."""
    nodes = list(walk(program.procedure)) if program.procedure is not None else []
    spoken = [each for each in nodes if isinstance(each, Execute) and each.language == "CICS"]
    if not spoken:
        return frozenset()
    named = {each.name for each in nodes if isinstance(each, Reference)}
    named |= {word.upper() for each in spoken for word in re.findall(r"[\w-]+", each.text)}
    declared = {each.name for each in walk(program.data) if isinstance(each, Item)}
    return frozenset() if BLOCK in declared else frozenset((named & BLOCK_NAMES) - declared)
