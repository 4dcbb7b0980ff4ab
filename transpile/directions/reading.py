"""Assembly as text: any bytes, and ``.S`` files through the C preprocessor."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from transpile import tools
from transpile.errors import SourceError, SourceErrors, Span, ToolError, TranspileError

MOST = 20
"""Messages of the preprocessor that are told."""
_MESSAGE = re.compile(r"^(.+?):(\d+):(?:(\d+):)? (?:fatal )?error: (.*)$", re.MULTILINE)


def decode(raw: bytes) -> str:
    """Any bytes: what is not UTF-8 comes back out as it went in."""
    return raw.decode("utf-8", "surrogateescape")


def preprocess(path: str, include: Sequence[Path], cwd: str | os.PathLike[str] | None = None) -> str:
    """The text of a ``.S`` file; its line markers stay. Raises SourceErrors for what the preprocessor finds wrong."""
    folders = [word for folder in include for word in ("-I", str(folder))]
    command = [*tools.command("cpp"), "-x", "assembler-with-cpp", *folders, path]
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, env=environment)
    if done.returncode:
        raise _refused(decode(done.stderr), Path(cwd or "."), done.returncode)
    return decode(done.stdout)


def _refused(said: str, folder: Path, status: int) -> TranspileError:
    errors = []
    for file, line, column, message in _MESSAGE.findall(said)[:MOST]:
        errors.append(SourceError(Span(file, int(line), int(column or 1), 1, _line(folder / file, int(line))), message))
    return SourceErrors(errors) if errors else ToolError(f"cpp failed with exit status {status}", said[:300].strip())


def _line(path: Path, number: int) -> str:
    with suppress(OSError):
        return next(iter(decode(path.read_bytes()).splitlines()[number - 1 : number]), "")
    return ""


def read_file(path: Path) -> bytes:
    """What is in a file that somebody named; raises ToolError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolError(f"cannot read {path}: {error.strerror or error}") from error
