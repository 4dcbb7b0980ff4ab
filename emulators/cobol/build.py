"""Compile COBOL with GnuCOBOL: executables with ``cobc -x``, modules with ``cobc -m``.

What is built lies in a folder of the caller's, under a name made from all that went in, and is built once. The text may
be hostile: the compiler runs with limits. Without cobc everything here raises ``ToolError`` with how to install it.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from transpile import tools
from transpile.emulators.cobol.modules import Module
from transpile.emulators.cobol.programs import Program
from transpile.emulators.cuda.bounded import Ended, Limits, run_bounded
from transpile.errors import SourceError, SourceErrors, Span, ToolError

_LIMITS = Limits(cpu_s=60, wall_s=180.0, output_bytes=256 << 20)
_MEMORY_BYTES = 4 << 30
_NO_FILES: Mapping[str, bytes] = MappingProxyType({})
_DIAGNOSTIC = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+): (?P<severity>error|warning|note): (?P<message>.*)$", re.M)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What decides how cobc understands a text: ``std`` is a configuration of its own (``default``, ``ibm`` …)."""

    std: str = "default"
    free_format: bool = False
    options: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        return (f"-std={self.std}", *(("-free",) if self.free_format else ()), *self.options)


USUAL_DIALECT = Dialect()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate names: which GnuCOBOL, and how it was told to understand the text."""

    version: str
    dialect: Dialect

    def __str__(self) -> str:
        return " ".join((self.version, *self.dialect.flags))


def facts(dialect: Dialect = USUAL_DIALECT) -> Facts:
    return Facts(_version(tuple(tools.command("cobc"))), dialect)


def build_program(
    text: bytes,
    folder: Path,
    *,
    dialect: Dialect = USUAL_DIALECT,
    copybooks: Mapping[str, bytes] | None = None,
    others: Mapping[str, bytes] | None = None,
    name: str = "program.cob",
) -> Program:
    """The executable of ``text``, and of the ``others`` that it calls, by the names of their files. Raises
    ``SourceErrors``, at the lines of ``name``, where GnuCOBOL refuses it."""
    return Program(_built(("-x",), "program", text, folder, dialect, copybooks or {}, name, others or {}))


def build_module(
    text: bytes,
    entry: str,
    folder: Path,
    *,
    dialect: Dialect = USUAL_DIALECT,
    copybooks: Mapping[str, bytes] | None = None,
    name: str = "module.cob",
) -> Module:
    """``text`` to be called: ``entry`` is its PROGRAM-ID. Nothing runs before the module's first call."""
    return Module(_built(("-m", "-O"), f"{entry}.so", text, folder, dialect, copybooks or {}, name), entry)


def _built(
    kind: tuple[str, ...],
    product: str,
    text: bytes,
    folder: Path,
    dialect: Dialect,
    copybooks: Mapping[str, bytes],
    name: str,
    others: Mapping[str, bytes] = _NO_FILES,
) -> Path:
    command = [*tools.command("cobc"), *kind, *dialect.flags]
    parts = [_version(tuple(command[:1])), *command, product, name, *others]
    digest = hashlib.sha256("\0".join(parts).encode() + b"\0" + text)
    for copybook, content in sorted({**copybooks, **others}.items()):
        digest.update(b"\0" + copybook.encode() + b"\0" + content)
    home = folder / digest.hexdigest()[:24]
    if not home.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            command += ["-o", str(made / product), name, *others]
            _compile(command, Path(scratch), {name: text, **copybooks, **others}, name)
            made.replace(home)
    return home / product


def _compile(command: Sequence[str], scratch: Path, files: Mapping[str, bytes], name: str) -> None:
    for file, content in files.items():
        if Path(file).name != file:
            raise ToolError(f"'{file}' is not the name of a file")
        (scratch / file).write_bytes(content)
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    done = run_bounded(command, _LIMITS, environment=environment, cwd=scratch, data_bytes=_MEMORY_BYTES)
    if done.timed_out or done.exit_code < 0:
        raise ToolError("cobc was stopped: it took too much time or memory")
    if done.exit_code:
        raise _refusal(done, files[name], name)


def _refusal(done: Ended, text: bytes, name: str) -> SourceErrors | ToolError:
    said = done.stderr.decode(errors="replace")
    lines = text.decode("latin-1").splitlines()
    errors = []
    for match in _DIAGNOSTIC.finditer(said):
        if match["severity"] == "error":
            line = int(match["line"])
            content = lines[line - 1] if match["file"] == name and line <= len(lines) else ""
            errors.append(SourceError(Span(match["file"], line, line_text=content), f"GnuCOBOL: {match['message']}"))
    if errors:
        return SourceErrors(errors)
    return ToolError("cobc failed", hint="\n".join(said.strip().splitlines()[:8]))


@functools.cache
def _version(command: tuple[str, ...]) -> str:
    """The first line of ``cobc --version``: ``cobc (GnuCOBOL) 3.1.2.0``."""
    done = subprocess.run([*command, "--version"], capture_output=True, check=False, text=True)
    return done.stdout.partition("\n")[0].strip()
