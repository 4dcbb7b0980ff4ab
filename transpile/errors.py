"""Everything that can go wrong, as one tree, and how it is shown to the user.

    TranspileError
    ├── UsageError              the command line or the API was used wrongly
    ├── SourceError             the user's input, at a place in a file
    │   └── UnsupportedError    well-formed, but outside what is translated; names the instruction
    ├── SourceErrors            several of those, as one exception
    └── ToolError               a missing tool, or a fault of this program

The exit code of all of them is 2; 1 says that blocks do not meet what was required.

Messages never carry control characters or undecodable bytes of the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 160
"""Longest excerpt of a source line in a message."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file: ``line`` and ``column`` count from 1; ``line_text`` is the whole line."""

    file: str
    line: int
    column: int = 1
    length: int = 1
    line_text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message to the user; ``severity`` is ``error``, ``warning`` or ``note``. ``passing``: another attempt may be
    without it, so that its result is not for ever."""

    severity: str
    message: str
    span: Span | None = None
    hint: str = ""
    passing: bool = False

    def render(self, colour: bool = False) -> str:
        """``file:line:column: error: message``, the source line, a caret, and the hint."""
        where = f"{printable(str(self.span))}: " if self.span else ""
        lines = [f"{where}{_paint(self.severity, self.severity, colour)}: {printable(self.message)}"]
        if self.span and self.span.line_text.strip():
            lines += _excerpt(self.span, colour)
        if self.hint:
            first, *more = self.hint.splitlines()
            lines.append(f"  {_paint('help', 'note', colour)}: {printable(first)}")
            lines += [f"    {printable(line)}" for line in more]
        return "\n".join(lines)


class TranspileError(Exception):
    """Root of all errors that this program raises on purpose."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders whole."""
        return type(self), (self.message, self.hint)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return [Diagnostic("error", self.message, None, self.hint)]

    def render(self, colour: bool = False) -> str:
        return "\n".join(d.render(colour) for d in self.diagnostics)


class UsageError(TranspileError):
    """The caller asked for something that makes no sense."""


class SourceError(TranspileError):
    """The input is wrong at ``span``."""

    def __init__(self, span: Span, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.span = span

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.span, self.message, self.hint)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return [Diagnostic("error", self.message, self.span, self.hint)]

    def __str__(self) -> str:
        return printable(f"{self.span}: {self.message}")


class UnsupportedError(SourceError):
    """The input is fine, but ``mnemonic`` is outside what is translated."""

    def __init__(self, span: Span, message: str, hint: str = "", mnemonic: str = "") -> None:
        super().__init__(span, message, hint)
        self.mnemonic = mnemonic

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.span, self.message, self.hint, self.mnemonic)


class SourceErrors(TranspileError):
    """All that is wrong with a file, in the order of the file."""

    def __init__(self, errors: Sequence[SourceError]) -> None:
        super().__init__("; ".join(map(str, errors[:3])) + (f"; and {len(errors) - 3} more" if len(errors) > 3 else ""))
        self.errors = tuple(errors)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.errors,)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return [d for error in self.errors for d in error.diagnostics]


class ToolError(TranspileError):
    """A tool is missing or failed, or this program is wrong."""


def printable(text: str) -> str:
    """``text`` without control characters (tabs stay) and without bytes that no terminal can show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c) & 0xFF:02x}" for c in text)


def _excerpt(span: Span, colour: bool) -> list[str]:
    start = 0 if span.column <= WIDTH // 2 else span.column - WIDTH // 2
    shown = span.line_text[start : start + WIDTH]
    before = shown[: max(span.column - 1 - start, 0)]
    length = max(1, min(span.length, len(shown) - len(before)))
    pad = "".join("\t" if c == "\t" else " " * len(printable(c)) for c in before)
    marks = _paint("^" + "~" * (length - 1), "caret", colour)
    return [f"    {printable(shown)}", f"    {pad}{marks}"]


_COLOURS = {"error": "1;31", "warning": "1;35", "note": "1;36", "caret": "1;32"}


def _paint(text: str, role: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if colour and role in _COLOURS else text
