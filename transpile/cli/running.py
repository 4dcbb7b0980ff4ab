"""`transpile run`: translate, link, run under qemu-user, and hold the result against the native run."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile import tools
from transpile.cli.files import STANDARD, read_source
from transpile.cli.screen import Screen
from transpile.cli.translating import MET, NOT_MET, Outputs, translate_files
from transpile.emulators import qemu
from transpile.emulators.qemu import Completed
from transpile.errors import UsageError
from transpile.options import Options, Target


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: the sources that make it, its arguments, what to link it with."""

    files: Sequence[str]
    arguments: Sequence[str]
    libraries: Sequence[str]
    timeout_s: int
    include: Sequence[Path]

    @property
    def flags(self) -> list[str]:
        return [*(f"-l{library}" for library in self.libraries), "-lm"]


def run_program(program: Program, to: Target, options: Options, screen: Screen) -> int:
    """Exit code 0: the translated program did what the native one does, as far as this machine can tell."""
    if STANDARD in program.files:
        raise UsageError("run needs files; stdin is the program's")
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        work = Path(folder)
        code = translate_files(program.files, to, options, Outputs(f"{work}/", None, None), screen, program.include)
        if code != MET:
            return code
        stdin = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
        translated = run_translated(program, to, options.march, stdin, work)
        sys.stdout.buffer.write(translated.stdout)
        sys.stdout.buffer.flush()
        sys.stderr.buffer.write(translated.stderr)
        sys.stderr.buffer.flush()
        if platform.machine() != "x86_64" or tools.find("cc").path() is None:
            screen.note(f"{describe(translated)}; not compared: no native x86-64 compiler here")
            return MET
        return compare(translated, run_native(program, stdin, work), screen)


def run_translated(program: Program, to: Target, march: str, stdin: bytes, work: Path) -> Completed:
    outputs = [str(work / f"{Path(path).stem}.s") for path in program.files]
    binary = work / "translated"
    flags = [f"-march={march}"] if march else []
    inputs = [*flags, "-static", *outputs, str(qemu.runtime_archive(to)), *program.flags]
    tools.call([*tools.command("cc", to), *inputs, "-o", str(binary)])
    return qemu.run(binary, to, program.arguments, stdin, program.timeout_s)


def run_native(program: Program, stdin: bytes, work: Path) -> Completed:
    sources = [native_source(path, work, program.include) for path in program.files]
    binary = work / "native"
    tools.call([*tools.command("cc"), *sources, *program.flags, "-o", str(binary)])
    return qemu.run(binary, "", program.arguments, stdin, program.timeout_s)


def native_source(path: str, work: Path, include: Sequence[Path]) -> str:
    """The source as the native compiler takes it: ``.S`` preprocessed as for the translation."""
    copy = work / f"{Path(path).stem}.native.s"
    copy.write_text(read_source(path, include), "utf-8", "surrogateescape")
    return str(copy)


def compare(translated: Completed, native: Completed, screen: Screen) -> int:
    """What a program writes to stderr is not compared: qemu itself speaks there."""
    if describe(translated) != describe(native):
        screen.message(f"error: {describe(translated)}, but the native run: {describe(native)}")
        return NOT_MET
    if translated.stdout != native.stdout:
        line = first_difference(translated.stdout, native.stdout)
        screen.message(f"error: the output differs from the native run's, first in line {line}")
        return NOT_MET
    screen.note(f"{describe(translated)}; output and exit status are those of the native run")
    return MET


def first_difference(left: bytes, right: bytes) -> int:
    """The number of the first line that differs, from 1."""
    same = 0
    for mine, yours in zip(left.splitlines(), right.splitlines(), strict=False):
        if mine != yours:
            break
        same += 1
    return same + 1


def describe(completed: Completed) -> str:
    if completed.timed_out:
        return "stopped at the time limit"
    if completed.exit_code < 0:
        return f"ended by signal {-completed.exit_code}"
    return f"exit status {completed.exit_code}"
