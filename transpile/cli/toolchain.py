"""The target's compiler and emulator, by name: how a translation becomes a program that runs here."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile.errors import ToolError
from transpile.options import Target


@dataclass(frozen=True, slots=True)
class Toolchain:
    """``gcc`` assembles and links; ``emulator`` runs the result, empty for this machine itself."""

    gcc: str
    emulator: str = ""

    def link(self, inputs: Sequence[str], program: Path, flags: Sequence[str]) -> None:
        done = run_tool([self.gcc, *inputs, *flags, "-lm", "-o", str(program)])
        if done.returncode:
            raise ToolError(f"{self.gcc} could not link:\n{done.stderr.decode(errors='replace').rstrip()}")

    def command(self, program: Path, arguments: Sequence[str]) -> list[str]:
        return [*([self.emulator] if self.emulator else []), str(program), *arguments]


TOOLCHAINS: Mapping[Target, Toolchain] = {
    "riscv": Toolchain("riscv64-linux-gnu-gcc", "qemu-riscv64"),
    "aarch64": Toolchain("aarch64-linux-gnu-gcc", "qemu-aarch64"),
}


def native_toolchain() -> Toolchain | None:
    """What builds and runs the source itself; None where this machine is not an x86-64."""
    if platform.machine() not in ("x86_64", "AMD64") or not shutil.which("gcc"):
        return None
    return Toolchain("gcc")


def run_tool(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a tool to its end; a missing one is told with the way to get it."""
    if not shutil.which(command[0]):
        raise ToolError(f"{command[0]} is not installed", "transpile doctor shows how to install it")
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
