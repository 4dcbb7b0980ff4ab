"""Statements that are known by name and not translated."""

from __future__ import annotations

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.statements import Unsupported
from transpile.cobol.tree import Statement

_VERBS = """
ALLOCATE CHAIN COMMIT DESTROY DISABLE ENABLE ENTRY EXHIBIT FREE GENERATE INITIATE INQUIRE INVOKE JSON MODIFY PURGE
RAISE READY RECEIVE RESET RESUME ROLLBACK SEND SUPPRESS TERMINATE TRANSFORM UNLOCK VALIDATE XML
"""
UNSUPPORTED = frozenset(_VERBS.split())
"""A verb that is no reserved word begins a statement where a statement must stand."""


def unsupported(p: Cursor, start: int | None = None) -> Statement:
    """All words of the statement at ``start``: up to its END-… if the sentence has one, or to the next statement."""
    start = p.at if start is None else start
    verb = p.texts[start]
    p.at = start + 1
    terminator = f"END-{verb}"
    end = start
    while p.texts[end := end + 1] not in (".", "", terminator, verb):
        pass
    if p.texts[end] == terminator:
        p.at = end + 1
    else:
        if verb in ("JSON", "XML", "READY", "RESET"):
            p.at += 1
        while not (p.ended or p.text in (".", "ELSE", "WHEN") or p.text in p.verbs or p.text.startswith("END-")):
            p.at += 1
    return Unsupported(verb, p.source(start, p.at), span=p.span(start))
