"""Comment entries: the free text of AUTHOR, DATE-WRITTEN and the like in the identification division.

They may hold anything, so they leave the code before words are read; they are comments from then on.
"""

from __future__ import annotations

import re

from transpile.cobol.code import Code
from transpile.cobol.lines import Comment

_DIVISION = re.compile(r"^[ \t]*(?:IDENTIFICATION|ID)\s+DIVISION\b", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"^([ \t]*)([A-Z-]+)(\s+DIVISION|\s+SECTION|\s*\.|)", re.IGNORECASE | re.MULTILINE)
_ENTRIES = frozenset(
    {"AUTHOR", "INSTALLATION", "DATE-WRITTEN", "DATE-COMPILED", "DATE-MODIFIED", "SECURITY", "REMARKS"}
)
_OTHERS = frozenset({"PROGRAM-ID", "ENVIRONMENT", "DATA", "PROCEDURE", "IDENTIFICATION", "ID", "CONFIGURATION"})
_IDENTIFICATION = frozenset({"IDENTIFICATION", "ID"})
_AREA_B = 4
"""Blanks before what does not stand in area A."""


def without_entries(code: Code, comments: list[Comment], fixed: bool) -> Code:
    """``code`` with blanks for its comment entries, which ``comments`` gets."""
    gaps: list[tuple[int, int]] = []
    identifying, begin = False, -1
    for found in _LINE.finditer(code.text) if _DIVISION.search(code.text) else ():
        word = found[2].upper()
        division = word in _IDENTIFICATION and found[3].strip().upper() == "DIVISION"
        if not (identifying or division) or not _heads(found, word, fixed):
            continue
        if begin >= 0:
            gaps.append((begin, found.start()))
        begin = found.start() if word in _ENTRIES and not division else -1
        identifying = word not in ("ENVIRONMENT", "DATA", "PROCEDURE")
    if begin >= 0:
        gaps.append((begin, len(code.text)))
    return _blanked(code, gaps, comments) if gaps else code


def _heads(found: re.Match[str], word: str, fixed: bool) -> bool:
    """A paragraph or division begins in this line."""
    if fixed and len(found[1]) >= _AREA_B:
        return False
    return bool(found[3]) and (word in _ENTRIES or word in _OTHERS)


def _blanked(code: Code, gaps: list[tuple[int, int]], comments: list[Comment]) -> Code:
    for start, end in gaps:
        for line in re.finditer(r"[^\n]+", code.text[start:end]):
            if line[0].strip():
                indent = len(line[0]) - len(line[0].lstrip())
                span = code.place(start + line.start() + indent)
                comments.append(Comment(span.file, span.line, span.column, line[0].strip()))
    return code.blanked(gaps)
