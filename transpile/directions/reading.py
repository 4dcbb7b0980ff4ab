"""Assembly as text: any bytes, and ``.S`` files through the C preprocessor."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from transpile import tools
from transpile.errors import ToolError


def decode(raw: bytes) -> str:
    """Any bytes: what is not UTF-8 comes back out as it went in."""
    return raw.decode("utf-8", "surrogateescape")


def preprocess(path: str, include: Sequence[Path], cwd: str | os.PathLike[str] | None = None) -> str:
    """The text of a ``.S`` file; its line markers stay."""
    folders = [word for folder in include for word in ("-I", str(folder))]
    command = [*tools.command("cpp"), "-x", "assembler-with-cpp", *folders, path]
    return decode(tools.call(command, cwd=cwd))


def read_file(path: Path) -> bytes:
    """What is in a file that somebody named; raises ToolError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolError(f"cannot read {path}: {error.strerror or error}") from error
