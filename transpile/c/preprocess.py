"""The C preprocessor of the host compiler, and which line of its output comes from where.

Comments are gone from the output and macros are expanded in it, but each line knows its file and line. ``#pragma``
lines stay as they are. The preprocessor is held to TIME_LIMIT seconds, MAX_OUTPUT bytes and MAX_MEMORY bytes of memory.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from transpile import tools
from transpile.c.source import SourceFile
from transpile.errors import SourceError, SourceErrors, Span, ToolError

TIME_LIMIT = 10
MAX_OUTPUT = 32 << 20
MAX_MEMORY = 2 << 30
MAX_ERRORS = 20
MAX_MESSAGES = 1 << 16
ITSELF = "program.c"
_MARKER = re.compile(r'#(?:line)? (\d+) "((?:\\.|[^"\\])*)"([ \d]*)')
_MESSAGE = re.compile(r"(.+?):(\d+):(?:(\d+):)? (?:fatal )?error: (.*)$")
_INCLUDED = re.compile(r'#\s*(?:include|import|include_next)\s+(<[^>]*>|"[^"]*")')
_MISSING = re.compile(r"'?([^']+?)'?(?:: No such file or directory| file not found)$")


@dataclass(frozen=True, slots=True)
class Options:
    """What compilers are told by ``-I``, ``-D``, ``-U``, ``-std=``, ``-isystem`` and ``-include``."""

    include: tuple[str, ...] = ()
    define: tuple[str, ...] = ()
    undefine: tuple[str, ...] = ()
    standard: str = ""
    system: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        standard = (f"-std={self.standard}",) if self.standard else ()
        return (
            *standard,
            *(f"-I{folder}" for folder in self.include),
            *(f"-D{name}" for name in self.define),
            *(f"-U{name}" for name in self.undefine),
            *(word for folder in self.system for word in ("-isystem", folder)),
            *(word for header in self.before for word in ("-include", header)),
        )


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line of the output that is not blank, and where it comes from. ``reading`` counts how often its file has been
    included by then."""

    text: str
    file: str
    line: int
    system: bool
    reading: int = 0


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """``system_headers`` are those that the user's files include, as they name them: ``<math.h>``."""

    lines: tuple[OutputLine, ...]
    system_headers: tuple[str, ...]

    def text(self, source: SourceFile) -> str:
        """All lines as one text that compiles by itself, with markers; ``source`` itself is called ITSELF in it. What
        lies in the folder of ``source`` is named from there, so that the text is the same wherever that is."""
        folder = os.path.dirname(source.path)
        rows: list[str] = []
        expected = ("", 0)
        for line in self.lines:
            if (line.file, line.line) != expected:
                name = _within(line.file, folder, source)
                rows.append(f'# {line.line} "{name}"{" 3" * line.system}')
            rows.append(line.text)
            expected = line.file, line.line + 1
        return "\n".join([*rows, ""])


def _within(file: str, folder: str, source: SourceFile) -> str:
    """``file`` for a marker."""
    if file == source.file:
        return ITSELF
    name = os.path.relpath(file, folder or ".") if source.path and file.startswith(f"{folder}{os.sep}") else file
    return re.sub(r'([\\"])', r"\\\1", name)


def compiler() -> list[str]:
    """The command that preprocesses: what ``tools`` knows as the host's compiler, else any other one."""
    tool = tools.find("cc")
    if tool.path() is None and tool.variable not in os.environ:
        for other in ("cc", "clang"):
            if found := shutil.which(other):
                return [found]
    return tools.command("cc")


def preprocess(source: SourceFile, options: Options, cplusplus: bool = False) -> Preprocessed:
    """``source`` with its directives done. Raises SourceErrors for what the preprocessor finds wrong."""
    language = "c++" if cplusplus else "c"
    command = [*compiler(), "-E", "-dI", "-x", language, *options.arguments, source.path or "-"]
    status, output, messages = _run(command, "" if source.path else source.text, source)
    if status:
        raise _failure(source, messages)
    reader = _Reader(source)
    return Preprocessed(tuple(reader.lines(output)), tuple(reader.headers))


def _run(command: Sequence[str], text: str, source: SourceFile) -> tuple[int, str, str]:
    limits = f"ulimit -t {TIME_LIMIT} -f 4096 2>/dev/null; ulimit -v {MAX_MEMORY >> 10} 2>/dev/null; "
    shell = ["/bin/sh", "-c", limits + 'exec "$@"', "sh", *command]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(text.encode("utf-8", "surrogateescape"))
        given.seek(0)
        environment = {**os.environ, "LC_ALL": "C"}
        try:
            process = subprocess.Popen(
                shell, stdin=given, stdout=subprocess.PIPE, stderr=said, env=environment, start_new_session=True
            )
        except (OSError, ValueError) as error:
            raise ToolError(f"cannot run '{command[0]}': {error}") from None
        try:
            assert process.stdout is not None
            output = _bounded(process.stdout, source)
            process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        said.seek(0)
        return process.returncode, output, said.read(MAX_MESSAGES).decode("utf-8", "replace")


def _bounded(pipe: IO[bytes], source: SourceFile) -> str:
    """All that comes through ``pipe``, within the bounds of time and size."""
    deadline = time.monotonic() + TIME_LIMIT
    parts: list[bytes] = []
    held = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise _endless(source, f"takes longer than {TIME_LIMIT} seconds")
        part = os.read(pipe.fileno(), 1 << 20)
        if not part:
            return b"".join(parts).decode("utf-8", "surrogateescape")
        parts.append(part)
        held += len(part)
        if held > MAX_OUTPUT:
            raise _endless(source, f"gives more than {MAX_OUTPUT >> 20} megabytes")


def _endless(source: SourceFile, why: str) -> SourceError:
    hint = "look for macros that grow without bound, for files that include themselves and for devices"
    return SourceError(source.span(1), f"preprocessing this {why}", hint)


def _failure(source: SourceFile, messages: str) -> SourceErrors | SourceError:
    errors = list(dict.fromkeys(match.groups() for match in map(_MESSAGE.match, messages.splitlines()) if match))
    if not errors:
        return _endless(source, "failed")
    return SourceErrors([_error(source, *groups) for groups in errors[:MAX_ERRORS]])


def _error(source: SourceFile, file: str, line: str, column: str | None, message: str) -> SourceError:
    number, place, length = int(line), int(column or 1), 1
    if file in (source.path, "<stdin>"):
        file = source.file
    text = source.line(number) if file == source.file else _line_of(file, number)
    hint = ""
    if missing := _MISSING.match(message):
        name = missing[1]
        message = f"header '{name}' is not found"
        hint = "name the folder that holds it with -I"
        if name in text:
            place, length = text.index(name) + 1, len(name)
    return SourceError(Span(file, number, place, length, text), message, hint)


def _line_of(file: str, number: int) -> str:
    try:
        with open(file, errors="replace") as lines:
            return next((line.rstrip("\n")[:1000] for count, line in enumerate(lines, 1) if count == number), "")
    except OSError:
        return ""


class _Reader:
    """The output, read from its beginning. ``headers`` are the system's that the lines so far include."""

    def __init__(self, source: SourceFile) -> None:
        self.headers: dict[str, None] = {}
        self._source = source
        self._system = {source.file: False}

    def lines(self, output: str) -> Iterator[OutputLine]:
        file, line = self._source.file, 1
        readings: Counter[str] = Counter()
        asked = ""
        for text in output.split("\n"):
            if text.startswith("#") and (marker := _MARKER.match(text)):
                name = re.sub(r"\\(.)", r"\1", marker[2])
                name = self._source.file if name in (self._source.path, "<stdin>") else name
                flags = marker[3].split()
                self._system.setdefault(name, "3" in flags or name.startswith("<"))
                readings[name] += "1" in flags
                if "1" in flags or name != file:
                    self._include(asked, self._system[name] if "1" in flags else None)
                    asked = ""
                file, line = name, int(marker[1])
            elif text.startswith("#") and (included := _INCLUDED.match(text)):
                self._include(asked, None)
                asked = "" if self._system[file] else included[1]
                line += 1
            else:
                if text.strip():
                    yield OutputLine(text, file, line, self._system[file], readings[file])
                line += 1
        self._include(asked, None)

    def _include(self, header: str, system: bool | None) -> None:
        """``header`` has been asked for; ``system`` says whose it is, unless nothing of it came that had not come
        before."""
        name = f"{os.sep}{header[1:-1]}"
        known = [whose for file, whose in self._system.items() if f"{os.sep}{file}".endswith(name)]
        if header and (all(known) if system is None else system):
            self.headers[header] = None
