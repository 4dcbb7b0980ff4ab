"""What g++ says about a rewritten text, as errors in the original."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from transpile.emulators.cuda.rewrite import Rewritten
from transpile.errors import SourceError, SourceErrors, Span

_MOST = 20
_ROW = re.compile(r"^(?P<file>[^:\s]+):(?P<line>\d+):(?:(?P<column>\d+):)? +(?P<rest>.*)$")
_UNLINKED = re.compile(r"(?:undefined reference to|multiple definition of) .*$")


def compile_errors(said: str, source_name: str, rewritten: Rewritten) -> SourceErrors:
    """At least one error. One in a header is placed where the text asked for it."""
    found = list(_errors(said, source_name, rewritten))[:_MOST]
    if not found:
        rows = said.strip().splitlines() or ["the compiler said nothing"]
        found = [_error(rewritten, source_name, 1, 1, rows[-1])]
    return SourceErrors(found)


def _errors(said: str, source_name: str, rewritten: Rewritten) -> Iterator[SourceError]:
    asked_at = (1, 1)
    for row in said.splitlines():
        unlinked = _UNLINKED.search(row)
        match = _ROW.match(row.removeprefix("/usr/bin/ld: "))
        here = match is not None and Path(match["file"]).name == source_name
        if match and here:
            asked_at = int(match["line"]), int(match["column"] or 1)
        if unlinked:
            yield _error(rewritten, source_name, *(asked_at if here else (1, 1)), unlinked[0])
        elif match and (message := _message(match["rest"])):
            yield _error(rewritten, source_name, *asked_at, message)


def _message(rest: str) -> str:
    for word in ("error: ", "fatal error: ", "internal compiler error: "):
        if rest.startswith(word):
            return rest.removeprefix(word)
    return ""


def _error(rewritten: Rewritten, source_name: str, line: int, column: int, message: str) -> SourceError:
    lines = rewritten.original.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    return SourceError(Span(source_name, line, rewritten.column(line, column), 1, text), message)
