"""Executables of GnuCOBOL, run bounded: each run has its own folder with the files it is given."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from transpile.emulators.cuda.bounded import USUAL, Limits, run_bounded
from transpile.errors import ToolError


@dataclass(frozen=True, slots=True)
class Run:
    """``files``: all that lay in the program's folder when it ended. ``exit_code`` is negative for a signal."""

    stdout: bytes
    messages: str
    exit_code: int
    timed_out: bool
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.exit_code == 0 and not self.timed_out


@dataclass(frozen=True, slots=True)
class Program:
    """``path`` is an executable that ``cobc -x`` built."""

    path: Path

    def run(
        self,
        stdin: bytes = b"",
        files: Mapping[str, bytes] | None = None,
        *,
        arguments: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        limits: Limits = USUAL,
    ) -> Run:
        """Run it once. ``files`` are written to its folder before; assignments to plain names find them there."""
        with tempfile.TemporaryDirectory(prefix="transpile-") as name:
            folder = Path(name)
            for file, content in (files or {}).items():
                if Path(file).name != file:
                    raise ToolError(f"'{file}' is not the name of a file")
                (folder / file).write_bytes(content)
            ended = run_bounded(
                [str(self.path.absolute()), *arguments],
                limits,
                stdin=stdin,
                environment=environment,
                cwd=folder,
                data_bytes=limits.memory_bytes,
            )
            left = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
            messages = ended.stderr.decode(errors="replace")
            return Run(ended.stdout, messages, ended.exit_code, ended.timed_out, left)
