"""Lines of assembler text, cut at ``;`` into statements, with comments set aside.

Knows strings, character constants, ``#`` and ``/* */`` comments, and (in text that begins with one) cpp line markers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from transpile.errors import SourceError, Span

MAX_LINE = 1 << 20


class Raw(NamedTuple):
    """One statement before it is understood; a line that holds only a comment has an empty ``text``."""

    text: str
    file: str
    line: int
    column: int
    line_text: str
    comment: str

    @property
    def span(self) -> Span:
        return Span(self.file, self.line, self.column, max(len(self.text), 1), self.line_text)


LABEL = re.compile(r'\s*+("(?:[^"\\]|\\.)++"|[\w.$\x80-\U0010ffff]++)[ \t]*+:(?!:)\s*+')
"""A label with the blanks around it."""
_SPECIAL = re.compile(r""""(?:[^"\\]|\\.)*+"?|'(?:\\.|[^\\\n])'?|/\*|//|[#;]""")
_MARKER = re.compile(r'#\s*(?:line\s+)?(\d+) "((?:[^"\\]|\\.)*)"')
Report = Callable[[SourceError], None]


def raw_statements(
    lines: Sequence[str], file: str, linemarkers: bool, report: Report, start: int = 0, one: bool = False
) -> Iterator[Raw]:
    """The statements from ``lines[start]`` on; ``one``: of that line (and of a block comment it opens) only."""
    number, in_comment, opened = start, False, Span(file, start + 1)
    for index in range(start, len(lines)):
        line = lines[index]
        number += 1
        if linemarkers and not in_comment and line[:1] == "#" and (marker := _MARKER.match(line)):
            number, file = int(marker[1][:9]) - 1, marker[2] or file
            continue
        was_open = in_comment
        pieces, comment, in_comment = split_line(line, in_comment)
        comment = comment.replace("\0", "\\0")
        if in_comment and not was_open:
            opened = Span(file, number, max(line.rfind("/*"), 0) + 1, 2, line)
        for column, text in pieces:
            if "\0" in text:
                span = Span(file, number, column + text.index("\0"), 1, line)
                report(SourceError(span, "NUL byte in assembly text", "is this an object file? give assembly text"))
                return
            if '"' in text and _unterminated(text):
                span = Span(file, number, column + text.rindex('"'), 1, line)
                report(SourceError(span, "string is not terminated", "add the closing '\"' on the same line"))
                continue
            yield Raw(text, file, number, column, line, comment if column == pieces[-1][0] else "")
        if one and not in_comment:
            return
    if in_comment:
        report(SourceError(opened, "comment is not closed", "add '*/'"))


def split_line(line: str, in_comment: bool) -> tuple[list[tuple[int, str]], str, bool]:
    """(column, text) of each statement, the comment, and whether a block comment is still open at the end."""
    comments: list[str] = []
    code: list[str] = []
    pieces: list[tuple[int, str]] = []
    position, start, opening = 0, 0, 0
    stripped = line.lstrip()
    if not in_comment and stripped[:1] == "/" and stripped[:2] != "/*":
        return [(1, "")], stripped, False
    while True:
        if in_comment:
            end = line.find("*/", position + opening)
            comments.append(line[position : end + 2 if end >= 0 else len(line)].strip())
            if end < 0:
                break
            code.append(" ")
            position, in_comment = end + 2, False
        match = _SPECIAL.search(line, position)
        code.append(line[position : match.start() if match else len(line)])
        if match is None:
            break
        token, position = match[0], match.end()
        if token == "#":
            comments.append(line[match.start() :].rstrip())
            break
        if token == ";":
            _push(pieces, line, start, "".join(code))
            code, start = [], position
        elif token == "/*":
            in_comment, position, opening = True, match.start(), 2
        else:
            code.append(token)
    _push(pieces, line, start, "".join(code))
    return pieces or [(1, "")], " ".join(filter(None, comments)), in_comment


def _push(pieces: list[tuple[int, str]], line: str, start: int, code: str) -> None:
    text = code.strip()
    if text:
        found = line.find(text[:1], start)
        pieces.append((found + 1, text))


def _unterminated(text: str) -> bool:
    return any(t[0] == '"' and (len(t) < 2 or not t.endswith('"') or _open_end(t)) for t in _SPECIAL.findall(text))


def _open_end(token: str) -> bool:
    """The closing quote of ``token`` is escaped."""
    body = token[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1
