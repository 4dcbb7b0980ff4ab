"""Compile a CUDA text with NVIDIA's compiler, where there is one: its errors in the user's lines, and what each kernel
takes of a multiprocessor.

The compiler is ``$CUDACXX``, ``nvcc`` on the path, in ``$CUDA_HOME`` or ``$CUDA_PATH``, or what
``pip install nvidia-cuda-nvcc nvidia-cuda-runtime`` brought. Multiplications and additions are not fused, so that
results can be compared to the bit.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from transpile.emulators.cuda.bounded import Limits, run_bounded
from transpile.errors import Span
from transpile.trials.outcome import Failure

_LIMITS = Limits(cpu_s=60, wall_s=120.0, output_bytes=256 << 20)
_MEMORY_BYTES = 8 << 30
_SOURCE = "program.cu"
_ERROR = re.compile(r"^program\.cu\((?P<line>\d+)\): (?:catastrophic )?error(?: #[\w-]+)?: (?P<message>.*)$")
_OF_PTXAS = re.compile(r"^(?:ptxas|nvlink) (?:error|fatal)\s*: (?P<message>.*)$")
_ENTRY = re.compile(r"Compiling entry function '(?P<name>[^']+)'")
_STACK = re.compile(r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores, (?P<loads>\d+) bytes spill")
_USED = re.compile(r"Used (?P<registers>\d+) registers")
_SHARED = re.compile(r"(?P<shared>\d+) bytes smem")
_MANGLED = re.compile(r"_Z(\d+)(\w+)")


@dataclass(frozen=True, slots=True)
class Resources:
    """What a kernel needs: registers of each thread, the others in bytes; ``shared`` of each block, without what a
    launch asks for. ``kernel`` stays as the compiler spells it when it is in a namespace."""

    kernel: str
    registers: int
    shared: int
    stack: int
    spilled: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text compiles for ``architecture``."""

    architecture: str
    kernels: tuple[Resources, ...]

    word = "compiled"


@dataclass(frozen=True, slots=True)
class Refused:
    """The compiler's errors."""

    failures: tuple[Failure, ...]

    word = "refused"


@dataclass(frozen=True, slots=True)
class NotCompiled:
    """Nobody asked the compiler, or it did not answer."""

    reason: str

    word = "not compiled"


Compilation: TypeAlias = Compiled | Refused | NotCompiled


def find_nvcc() -> Path | None:
    """The compiler, if there is one."""
    for named in (os.environ.get("CUDACXX"), "nvcc"):
        if named and (found := shutil.which(named)):
            return Path(found)
    homes = [Path(home) for name in ("CUDA_HOME", "CUDA_PATH") if (home := os.environ.get(name))]
    places = [home / "bin" / "nvcc" for home in homes] + list(_installed_by_pip())
    return next((place for place in places if os.access(place, os.X_OK)), None)


def _installed_by_pip() -> Iterator[Path]:
    found = importlib.util.find_spec("nvidia")
    for folder in (found.submodule_search_locations or ()) if found else ():
        yield from sorted(Path(folder).glob("cu*/bin/nvcc"), reverse=True)


def compiled(
    cuda_text: str, cuda_file: str = _SOURCE, architecture: str = "sm_80", nvcc: Path | None = None
) -> Compilation:
    """What ``nvcc``, or the one that is found, says of ``cuda_text``, which messages call ``cuda_file``."""
    compiler = nvcc or find_nvcc()
    if compiler is None:
        return NotCompiled("no nvcc")
    with tempfile.TemporaryDirectory(prefix="transpile-") as scratch:
        folder = Path(scratch)
        (folder / _SOURCE).write_text(cuda_text)
        options = ["-cubin", f"-arch={architecture}", "--fmad=false", "--resource-usage", "-o", "program.cubin"]
        done = run_bounded(
            [str(compiler), *options, _SOURCE],
            _LIMITS,
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            cwd=folder,
            data_bytes=_MEMORY_BYTES,
        )
    said = (done.stdout + done.stderr).decode(errors="replace")
    if done.timed_out or done.exit_code < 0:
        return NotCompiled("nvcc was stopped: it took too much time or memory")
    if done.exit_code == 0:
        return Compiled(architecture, tuple(_resources(said)))
    failures = tuple(_failures(said, cuda_text, cuda_file))
    if failures:
        return Refused(failures)
    return NotCompiled(f"nvcc failed: {said.strip().splitlines()[-1] if said.strip() else 'it said nothing'}")


def _failures(said: str, cuda_text: str, cuda_file: str) -> Iterator[Failure]:
    rows, lines = said.splitlines(), cuda_text.split("\n")
    for number, row in enumerate(rows):
        if match := _ERROR.match(row):
            line = int(match["line"])
            text = lines[line - 1] if line <= len(lines) else ""
            yield Failure(
                "compile", match["message"], Span(cuda_file, line, _column(rows[number + 1 :], text), 1, text)
            )
        elif match := _OF_PTXAS.match(row):
            yield Failure("compile", match["message"])


def _column(below: list[str], text: str) -> int:
    """Where the caret below a message points; the compiler indents the line it shows by two."""
    for row in below[:3]:
        if row.strip() == "^":
            return max(row.index("^") - 1, 1)
    return len(text) - len(text.lstrip()) + 1


def _resources(said: str) -> Iterator[Resources]:
    """One for each entry function, from what ptxas says behind its name."""
    parts = re.split(r"(?=ptxas info\s*: Compiling entry function)", said)
    for part in parts:
        entry, used = _ENTRY.search(part), _USED.search(part)
        if entry is None or used is None:
            continue
        stack, shared = _STACK.search(part), _SHARED.search(part)
        yield Resources(
            _plain(entry["name"]),
            int(used["registers"]),
            int(shared["shared"]) if shared else 0,
            int(stack["stack"]) if stack else 0,
            int(stack["stores"]) + int(stack["loads"]) if stack else 0,
        )


def _plain(mangled: str) -> str:
    """``kernel`` of ``_Z6kernelif``."""
    match = _MANGLED.fullmatch(mangled)
    return match[2][: int(match[1])] if match else mangled
