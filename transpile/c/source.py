"""The user's files as text: what may be read, and the places in it.

Lines are split as C splits them, at ``\\n`` and ``\\r\\n`` only. Bytes that are not UTF-8 survive as surrogates.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from transpile.errors import SourceError, Span, UsageError

MAX_SOURCE = 4 << 20
CPLUSPLUS = {".cpp", ".cc", ".cxx", ".c++", ".C", ".hpp", ".hh", ".hxx"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """``file`` is the name for messages; ``path`` is empty for text that comes from elsewhere."""

    file: str
    text: str
    lines: tuple[str, ...]
    path: str = ""

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def span(self, line: int, column: int = 1, length: int = 1) -> Span:
        return Span(self.file, line, column, length, self.line(line))


def read_source(path: str | Path) -> SourceFile:
    """The file at ``path``; UsageError when it cannot be read, SourceError when it cannot be C."""
    name = str(path)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise UsageError(f"cannot read '{name}': it is {kind}")
        if status.st_size > MAX_SOURCE:
            raise _too_large(name, status.st_size)
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read '{name}': {error.strerror}") from None
    except ValueError:
        raise UsageError(f"cannot read '{name}': no file can be called so") from None
    return source_text(content.decode("utf-8", "surrogateescape"), name, name)


def source_text(text: str, file: str, path: str = "") -> SourceFile:
    """``text`` as if a file called ``file`` held it."""
    if len(text) > MAX_SOURCE:
        raise _too_large(file, len(text))
    source = SourceFile(file, text, tuple(line.removesuffix("\r") for line in text.split("\n")), path)
    zero = text.find("\0")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        raise SourceError(source.span(line, zero - text.rfind("\n", 0, zero)), "NUL byte in the program")
    return source


def _too_large(file: str, size: int) -> SourceError:
    return SourceError(Span(file, 1), f"the file has {size} bytes; at most {MAX_SOURCE} are read")
