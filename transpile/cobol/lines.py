"""Lines to code: fixed and free format, comments, continuation, debugging lines and compiler directives.

In fixed format columns 1 to 6 and those after 72 are no text, and column 7 says what a line is. Comments are kept with
their places. Conditional compilation (``>>IF``) is done here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from transpile.cobol.code import Builder, Code, SourceFile
from transpile.cobol.directives import Conditional, is_directive, source_format
from transpile.cobol.options import Format
from transpile.cobol.problems import Problems
from transpile.errors import SourceError

MAX_LINE = 16384
"""Longest line that continuation makes."""
WIDTH = 72 - 7
"""Columns of text in a fixed line."""
_LISTING = re.compile(r"\s*(?:EJECT|SKIP[123]|TITLE\s+(?:'[^']*'|\"[^\"]*\"))\s*\.?\s*$", re.IGNORECASE)
_PROCESS = re.compile(r"\s*(?:CBL|PROCESS)\s", re.IGNORECASE)
_LITERAL_OR_COMMENT = re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)|\*>")
_DEBUGGING = re.compile(r"\bDEBUGGING\s+MODE\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    """``text`` is without the mark and the blanks around it; ``inline`` when code stands before it."""

    file: str
    line: int
    column: int
    text: str
    inline: bool = False


@dataclass(slots=True)
class Reader:
    """Reads one file. ``format`` is what holds at the current line."""

    file: SourceFile
    format: Format
    problems: Problems
    conditional: Conditional
    debugging: bool = False
    comments: list[Comment] = field(default_factory=list)
    out: Builder = field(default_factory=Builder)
    _line: str = ""
    """The logical line so far, for what a continuation goes on with."""
    _gap: int = 0
    """The number of blanks between its end and column 73."""
    _columns: list[int] | None = None
    """Of a line with tabs: the real column of each column."""

    def read(self) -> Code:
        for number, line in enumerate(self.file.lines, 1):
            if is_directive(line, self.format) and self._directive(number, line):
                continue
            if self.conditional.skipping:
                continue
            if self.format == "free":
                self._free(number, line)
            else:
                self._fixed(number, line)
        self.out.plain("\n")
        self.conditional.finish(self.problems)
        return self.out.code()

    def _directive(self, number: int, line: str) -> bool:
        span = self.file.span(number, len(line) - len(line.lstrip()) + 1, len(line.strip()))
        if (new := source_format(line)) and not self.conditional.skipping:
            self.format = new
            return True
        try:
            return self.conditional.directive(line, span)
        except SourceError as error:
            self.problems.add(error)
            return True

    def _free(self, number: int, line: str) -> None:
        text = line.rstrip()
        stripped = text.lstrip()
        if not stripped:
            return
        column = len(text) - len(stripped) + 1
        if stripped[:1] == "*" and (stripped[:2] == "*>" or column == 1):
            self._comment(number, column, stripped, False)
        elif stripped[:4].upper() == ">>D ":
            if self.debugging:
                self._code(number, column + 4, stripped[4:])
        elif not _LISTING.match(text):
            self._code(number, 1, text)

    def _fixed(self, number: int, line: str) -> None:
        self._columns = None
        if "\t" in line:
            self._columns = _columns(line)
            line = line.expandtabs(8)
        indicator = line[6:7]
        text = line[7:72]
        if indicator == " " or indicator == "":
            stripped = text.rstrip()
            if stripped and not self._is_listing(stripped):
                self._code(number, 8, stripped)
        elif indicator in "*/":
            self._comment(number, 7, line[6:72].rstrip(), False)
        elif indicator == "-":
            self._continue(number, text)
        elif indicator in "Dd":
            if self.debugging and text.strip():
                self._code(number, 8, text.rstrip())
        else:
            self._odd(number, line.rstrip())

    def _odd(self, number: int, line: str) -> None:
        if line.lstrip().startswith("*>"):
            self._comment(number, len(line) - len(line.lstrip()) + 1, line.strip(), False)
            return
        what = f"column 7 holds '{line[6]}', which is no indicator"
        hint = "fixed format has its text in columns 8 to 72; for free format give --format free"
        self._report(number, 7, what, hint)

    def _is_listing(self, text: str) -> bool:
        return _LISTING.match(text) is not None or (self.out.size == 0 and _PROCESS.match(text) is not None)

    def _code(self, number: int, column: int, text: str) -> None:
        """A line of its own."""
        self._line = text
        text = self._uncommented(number, column, "", text)
        if not text:
            self._line = ""
            return
        if self.out.size:
            self.out.plain("\n")
        self._line, self._gap = text, WIDTH - len(text)
        self._emit(number, column, text)

    def _continue(self, number: int, text: str) -> None:
        """A line that goes on with a word or literal of the one before."""
        rest = text.strip()
        column = 8 + len(text) - len(text.lstrip())
        if not rest:
            return
        if not self._line:
            self._report(number, 7, "there is no line that this one continues")
            return
        if len(self._line) > MAX_LINE:
            self._report(number, 7, f"the line is continued to more than {MAX_LINE} characters")
            self._line = ""
            return
        if quote := _open_literal(self._line, rest, self._gap == 0):
            if rest[0] != quote:
                hint = "a continued literal goes on behind a quotation mark"
                self._report(number, column, "the literal of the line before does not go on here", hint)
                return
            self.out.plain(" " * self._gap)
            self._line += " " * self._gap
            rest, column = rest[1:], column + 1
        rest = self._uncommented(number, column, self._line, rest)
        self._line += rest
        self._gap = WIDTH - (column - 8) - len(rest)
        self._emit(number, column, rest)

    def _report(self, number: int, column: int, message: str, hint: str = "") -> None:
        self.problems.report(self.file.span(number, self._column(column)), message, hint)

    def _emit(self, number: int, column: int, text: str) -> None:
        if self._columns is None:
            self.out.add(text, self.file, number, column)
            return
        for at, character in enumerate(text):
            self.out.add(character, self.file, number, self._column(column + at), still=True)

    def _column(self, column: int) -> int:
        if self._columns is None:
            return column
        return self._columns[min(column, len(self._columns)) - 1] if self._columns else 1

    def _uncommented(self, number: int, column: int, before: str, text: str) -> str:
        """``text`` without the ``*>`` comment at its end; ``before`` is what it continues."""
        if "*>" not in text:
            return text
        for found in _LITERAL_OR_COMMENT.finditer(before + text):
            if found[0] == "*>" and (at := found.start() - len(before)) >= 0:
                self._comment(number, column + at, text[at:], True)
                return text[:at].rstrip()
        return text

    def _comment(self, number: int, column: int, text: str, inline: bool) -> None:
        text = self.file.shown(text.lstrip("*/").removeprefix(">").strip())
        inline = inline and bool(self._line)
        self.comments.append(Comment(self.file.name, number, self._column(column), text, inline))


def _columns(line: str) -> list[int]:
    """For each column of the line without tabs, the column of the line as it is."""
    columns: list[int] = []
    for at, character in enumerate(line, 1):
        columns += [at] * (8 - len(columns) % 8 if character == "\t" else 1)
    return columns


def _open_literal(line: str, rest: str, full: bool) -> str:
    """The quotation mark of the literal that is open at the end of ``line``, or empty.

    One that closes in column 72 is open if a quotation mark follows: that is how a doubled one is broken."""
    last = ""
    for found in _LITERAL_OR_COMMENT.finditer(line):
        last = found[0]
        if last != "*>" and (len(last) == 1 or last[-1] != last[0]):
            return last[0]
    closes = bool(last) and line.endswith(last) and full and rest[0] == last[0]
    return last[0] if closes else ""


def wants_debugging(file: SourceFile) -> bool:
    """The program says WITH DEBUGGING MODE, so that its debugging lines are code."""
    if not any(line[6:7] in "Dd" for line in file.lines if len(line) > 7):
        return False
    return _DEBUGGING.search("\n".join(line[7:72] for line in file.lines if line[6:7] not in "*/")) is not None
