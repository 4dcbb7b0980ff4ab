"""Source text without columns and comments, each character of which knows where it comes from.

``Code.text`` is what the words of the program are read from: one line for each line of the source, continued lines
joined, comments gone. ``Code.place`` gives the file, line and column of any character of it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from transpile.errors import Span


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was read: ``lines`` hold one character for each byte. ``utf8`` says how to show them."""

    name: str
    lines: tuple[str, ...]
    utf8: bool = False

    def span(self, line: int, column: int, length: int = 1) -> Span:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if self.utf8 and not text.isascii():
            raw = text.encode("latin-1")
            column = len(raw[: column - 1].decode("utf-8", "replace")) + 1
            text = raw.decode("utf-8", "replace")
        return Span(self.name, line, column, length, text)

    def shown(self, text: str) -> str:
        """Part of a line as people read it."""
        return text.encode("latin-1").decode("utf-8", "replace") if self.utf8 and not text.isascii() else text


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the text from ``start`` on: they stand at ``line`` and ``column`` of ``file``, one after the other,
    or all of them there (``still``) when a replacement put them in place of a word."""

    start: int
    file: SourceFile
    line: int
    column: int
    still: bool = False


@dataclass(slots=True)
class Code:
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def piece_at(self, offset: int) -> int:
        """The index of the piece that the character at ``offset`` belongs to."""
        if len(self._starts) != len(self.pieces):
            self._starts = [piece.start for piece in self.pieces]
        return max(bisect_right(self._starts, offset) - 1, 0)

    def place(self, offset: int, length: int = 1) -> Span:
        if not self.pieces:
            return Span("<nothing>", 1)
        piece = self.pieces[self.piece_at(offset)]
        column = piece.column if piece.still else piece.column + offset - piece.start
        return piece.file.span(piece.line, column, max(length, 1))

    def blanked(self, gaps: list[tuple[int, int]]) -> Code:
        """The same code with blanks for all but the line ends from the first offset of each gap to the second."""
        parts: list[str] = []
        at = 0
        for start, end in gaps:
            parts += [self.text[at:start], *("\n" if c == "\n" else " " for c in self.text[start:end])]
            at = end
        return Code("".join((*parts, self.text[at:])), self.pieces)


class Builder:
    """Code that is put together from parts."""

    __slots__ = ("_parts", "_size", "pieces")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0
        self.pieces: list[Piece] = []

    @property
    def size(self) -> int:
        return self._size

    def add(self, text: str, file: SourceFile, line: int, column: int, still: bool = False) -> None:
        self.pieces.append(Piece(self._size, file, line, column, still))
        self._parts.append(text)
        self._size += len(text)

    def plain(self, text: str) -> None:
        """Text that belongs to what stands before it: blanks and line ends."""
        self._parts.append(text)
        self._size += len(text)

    def take(self, code: Code, start: int, end: int) -> None:
        """Part of other code, with its places."""
        if start >= end:
            return
        at = code.piece_at(start)
        base = self._size - start
        while at < len(code.pieces) and code.pieces[at].start < end:
            piece = code.pieces[at]
            begin = max(piece.start, start)
            column = piece.column if piece.still else piece.column + begin - piece.start
            self.pieces.append(Piece(base + begin, piece.file, piece.line, column, piece.still))
            at += 1
        self._parts.append(code.text[start:end])
        self._size += end - start

    def put(self, text: str, code: Code, at: int) -> None:
        """``text`` in place of what stands at the offset ``at`` of other code."""
        if not code.pieces:
            self.plain(text)
            return
        piece = code.pieces[code.piece_at(at)]
        column = piece.column if piece.still else piece.column + at - piece.start
        self.add(text, piece.file, piece.line, column, still=True)

    def code(self) -> Code:
        return Code("".join(self._parts), self.pieces)
