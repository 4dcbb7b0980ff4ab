"""`transpile run`: translate, link, run under qemu-user, and hold the result against the native run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile.cli.files import STANDARD, read_source
from transpile.cli.screen import Screen
from transpile.cli.toolchain import TOOLCHAINS, Toolchain, native_toolchain
from transpile.cli.translating import MET, NOT_MET, Outputs, translate_files
from transpile.errors import ToolError, UsageError
from transpile.options import Options, Target
from transpile.runtime import link_arguments


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: the sources that make it, its arguments, what to link it with."""

    files: Sequence[str]
    arguments: Sequence[str]
    libraries: Sequence[str]
    timeout_s: int
    include: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What can be compared of a run. ``status`` is negative after a signal, None after the time limit."""

    stdout: bytes
    status: int | None


def run_program(program: Program, to: Target, options: Options, screen: Screen) -> int:
    """Exit code 0: the translated program did what the native one does, as far as this machine can tell."""
    if STANDARD in program.files:
        raise UsageError("run needs files; stdin is the program's")
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        work = Path(folder)
        code = translate_files(program.files, to, options, Outputs(f"{work}/", None, None), screen, program.include)
        if code != MET:
            return code
        outputs = [str(work / f"{Path(path).stem}.s") for path in program.files]
        flags = ["-static", *link_arguments(to)]
        stdin = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
        translated = build_and_run(TOOLCHAINS[to], outputs, flags, program, stdin, work / "translated")
        sys.stdout.buffer.write(translated.stdout)
        sys.stdout.buffer.flush()
        native = native_toolchain()
        if native is None:
            screen.note(f"{describe(translated)}; not compared: no native x86-64 compiler here")
            return MET
        sources = [native_source(path, work, program.include) for path in program.files]
        return compare(translated, build_and_run(native, sources, [], program, stdin, work / "native"), screen)


def native_source(path: str, work: Path, include: Sequence[Path]) -> str:
    """The source as the native compiler takes it: ``.S`` preprocessed as for the translation."""
    copy = work / f"{Path(path).stem}.native.s"
    copy.write_text(read_source(path, include), "utf-8", "surrogateescape")
    return str(copy)


def build_and_run(
    toolchain: Toolchain, inputs: Sequence[str], flags: Sequence[str], program: Program, stdin: bytes, path: Path
) -> Outcome:
    toolchain.link(inputs, path, [*flags, *(f"-l{library}" for library in program.libraries)])
    command = toolchain.command(path, program.arguments)
    try:
        # The program's own stderr is not compared and goes where ours goes.
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, timeout=program.timeout_s, check=False)
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is not installed", "transpile doctor shows how to install it") from error
    except subprocess.TimeoutExpired as expired:
        return Outcome(expired.stdout or b"", None)
    return Outcome(done.stdout, done.returncode)


def compare(translated: Outcome, native: Outcome, screen: Screen) -> int:
    if translated == native:
        screen.note(f"{describe(translated)}; output and status are those of the native run")
        return MET
    if translated.status != native.status:
        screen.message(f"error: {describe(translated)}, but the native run: {describe(native)}")
    if translated.stdout != native.stdout:
        line = first_difference(translated.stdout, native.stdout)
        screen.message(f"error: the output differs from the native run's, first in line {line}")
    return NOT_MET


def first_difference(left: bytes, right: bytes) -> int:
    """The number of the first line that differs, from 1."""
    lines = zip(left.splitlines(), right.splitlines(), strict=False)
    same = 0
    for mine, yours in lines:
        if mine != yours:
            break
        same += 1
    return same + 1


def describe(outcome: Outcome) -> str:
    if outcome.status is None:
        return "stopped at the time limit"
    if outcome.status < 0:
        return f"ended by signal {-outcome.status}"
    return f"exit status {outcome.status}"
