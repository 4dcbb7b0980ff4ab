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
_AREA_B = 4


def without_entries(code: Code, comments: list[Comment], fixed: bool) -> Code:
    """``code`` with blanks for its comment entries, which ``comments`` gets."""
    for division in _DIVISION.finditer(code.text):
        begin = -1
        for found in _LINE.finditer(code.text, division.end()):
            word = found[2].upper()
            if not _heads(found, word, fixed):
                continue
            if begin >= 0:
                code = _blanked(code, begin, found.start(), comments)
                begin = -1
            if word in _ENTRIES and found[3]:
                begin = found.start()
            elif word in ("ENVIRONMENT", "DATA", "PROCEDURE"):
                break
        if begin >= 0:
            code = _blanked(code, begin, len(code.text), comments)
    return code


def _heads(found: re.Match[str], word: str, fixed: bool) -> bool:
    """A paragraph or division begins in this line."""
    if fixed and len(found[1]) >= _AREA_B:
        return False
    return bool(found[3]) and (word in _ENTRIES or word in _OTHERS)


def _blanked(code: Code, start: int, end: int, comments: list[Comment]) -> Code:
    for line in re.finditer(r"[^\n]+", code.text[start:end]):
        if line[0].strip():
            indent = len(line[0]) - len(line[0].lstrip())
            span = code.place(start + line.start() + indent)
            comments.append(Comment(span.file, span.line, span.column, line[0].strip()))
    return code.blanked(start, end)
