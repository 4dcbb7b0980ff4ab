"""``.S`` files through the C preprocessor of the host compiler."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from transpile.errors import SourceError, SourceErrors, Span, ToolError

COMPILERS = ("gcc", "clang", "cc", "x86_64-linux-gnu-gcc")
TIME_LIMIT = 60
_MESSAGE = re.compile(r"(.+?):(\d+):(?:(\d+):)? (?:fatal )?error: (.*)$")


def preprocess(path: str | Path, include: Sequence[str] = (), define: Sequence[str] = (), compiler: str = "") -> str:
    """The text of ``path`` with its ``#include`` and ``#define`` lines done, and line markers that ``parse`` reads.

    ``include`` are directories, ``define`` are ``NAME`` or ``NAME=value``. Raises SourceErrors with what the
    preprocessor found wrong, ToolError without a preprocessor.
    """
    found = shutil.which(compiler) if compiler else next(filter(None, map(shutil.which, COMPILERS)), None)
    if not found:
        raise ToolError(
            "no C preprocessor found for '.S' files", "install gcc or clang, or give a preprocessed .s file"
        )
    options = [*(f"-I{folder}" for folder in include), *(f"-D{name}" for name in define)]
    target = ["--target=x86_64-linux-gnu"] if "clang" in Path(found).name else []
    command = [found, *target, "-E", "-x", "assembler-with-cpp", *options, str(Path(path).absolute())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise ToolError(f"'{found}' took longer than {TIME_LIMIT} seconds on {path}") from None
    if done.returncode:
        raise _failure(str(path), done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8", "surrogateescape")


def _failure(path: str, stderr: str) -> SourceErrors | ToolError:
    errors: list[SourceError] = []
    lines = stderr.splitlines()
    for number, line in enumerate(lines):
        if match := _MESSAGE.match(line):
            excerpt = re.match(r"\s*\d+ \| (.*)", lines[number + 1]) if number + 1 < len(lines) else None
            span = Span(match[1], int(match[2]), int(match[3] or 1), 1, excerpt[1] if excerpt else "")
            errors.append(SourceError(span, match[4]))
    return SourceErrors(errors) if errors else ToolError(f"the C preprocessor failed on {path}", stderr.strip()[:500])
