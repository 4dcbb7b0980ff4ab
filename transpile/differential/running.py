"""Both programs, run bounded with the same inputs: GnuCOBOL's executable, and the emitted Python in a process that
imports it once and forks for each run."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from transpile.emulators.cobol.programs import Program, Run
from transpile.emulators.cuda.bounded import Limits, run_bounded
from transpile.errors import ToolError
from transpile.python.emitter import Module

CLOCK = "2026/07/01 12:34:56.25"
_RUNNER = Path(__file__).with_name("runner.py")
_SECONDS = time.mktime((2026, 7, 1, 12, 34, 56, 0, 0, -1)) + 0.25


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run is given. ``about`` says where it comes from, in words."""

    stdin: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    about: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PythonRun:
    """``reached``: by the name of a method that ran, the lines of the module in it that did. ``odd``: it read a number
    from bytes that are none."""

    run: Run
    reached: Mapping[str, frozenset[int]]
    odd: bool


def run_cobol(program: Program, inputs: Inputs, limits: Limits) -> Run:
    return program.run(inputs.stdin, inputs.files, environment={"COB_CURRENT_DATE": CLOCK}, limits=limits)


class PythonProgram:
    """An emitted module in a folder of its own. Use it as a context."""

    def __init__(self, module: Module) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="transpile-")
        self.path = Path(self._folder.name).resolve() / module.name
        for name, text in module.files.items():
            (self.path.parent / name).write_text(text)

    def __enter__(self) -> PythonProgram:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def run_all(self, given: Sequence[Inputs], limits: Limits) -> Iterator[PythonRun]:
        """A run for each of ``given``, in their order."""
        done = 0
        while done < len(given):
            for made in self._run_some(given[done:], limits):
                done += 1
                yield made

    def _run_some(self, given: Sequence[Inputs], limits: Limits) -> list[PythonRun]:
        """Those up to the first that runs out of time, and it."""
        with tempfile.TemporaryDirectory(prefix="transpile-") as name:
            runs = Path(name)
            for number, inputs in enumerate(given):
                data = runs / str(number) / "data"
                data.mkdir(parents=True)
                (data.parent / "stdin").write_bytes(inputs.stdin)
                for file, content in inputs.files.items():
                    (data / file).write_bytes(content)
            wall_s = limits.wall_s
            whole = Limits(limits.cpu_s, wall_s * len(given) + 10, limits.memory_bytes, limits.output_bytes)
            command = [sys.executable, "-I", "-B", str(_RUNNER), str(self.path), name, str(wall_s), str(_SECONDS)]
            ended = run_bounded(command, whole, cwd=runs, data_bytes=limits.memory_bytes)
            if ended.exit_code or ended.timed_out:
                said = ended.stderr.decode(errors="replace").strip().splitlines()[-3:]
                raise ToolError("the emitted Python cannot be run", hint="\n".join(said))
            folders = [runs / str(number) for number in range(len(given))]
            return [_left(folder) for folder in folders if (folder / "ended.json").exists()]


def _left(folder: Path) -> PythonRun:
    ended = json.loads((folder / "ended.json").read_text())
    said = [path.read_bytes() if path.exists() else b"" for path in (folder / "stdout", folder / "stderr")]
    files = {path.name: path.read_bytes() for path in sorted((folder / "data").iterdir()) if path.is_file()}
    run = Run(said[0], said[1].decode(errors="replace"), ended["exit_code"], ended["timed_out"], files)
    return PythonRun(
        run, {name: frozenset(lines) for name, lines in ended["reached"].items()}, bool(ended["no_numbers"])
    )
