"""The programs that transpile runs: what each is for, where it comes from, and how to name another one.

Every tool is looked up when it is needed; a missing one is a ``ToolError`` that says how to install it. An environment
variable beside each row replaces the program, and may hold arguments:
``TRANSPILE_RISCV_CC="zig cc -target riscv64-linux-musl"``.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transpile.errors import ToolError


@dataclass(frozen=True, slots=True)
class Tool:
    """``key`` is how the code asks for it, ``program`` what is looked up on the path. ``isa`` is empty for tools of the
    host. ``needed_for`` completes "needed to …"."""

    key: str
    isa: str
    program: str
    needed_for: str
    package: str
    variable: str

    @property
    def command(self) -> tuple[str, ...]:
        """The command to run, as the environment or the table names it; it may not exist."""
        return tuple(shlex.split(os.environ.get(self.variable, ""))) or (self.program,)

    @property
    def install(self) -> str:
        return f"apt-get install {self.package}"

    def path(self) -> str | None:
        """Where the program is, or None."""
        return shutil.which(self.command[0])


TOOLS: tuple[Tool, ...] = (
    Tool("as", "riscv", "riscv64-linux-gnu-as", "assemble RISC-V", "binutils-riscv64-linux-gnu", "TRANSPILE_RISCV_AS"),
    Tool("cc", "riscv", "riscv64-linux-gnu-gcc", "link RISC-V programs", "gcc-riscv64-linux-gnu", "TRANSPILE_RISCV_CC"),
    Tool("objcopy", "riscv", "riscv64-linux-gnu-objcopy", "read assembled RISC-V code", "binutils-riscv64-linux-gnu",
         "TRANSPILE_RISCV_OBJCOPY"),
    Tool("ld", "riscv", "riscv64-linux-gnu-ld", "link RISC-V blocks to test them", "binutils-riscv64-linux-gnu",
         "TRANSPILE_RISCV_LD"),
    Tool("ar", "riscv", "riscv64-linux-gnu-ar", "keep the compiled RISC-V runtime", "binutils-riscv64-linux-gnu",
         "TRANSPILE_RISCV_AR"),
    Tool("qemu", "riscv", "qemu-riscv64", "run RISC-V programs", "qemu-user", "TRANSPILE_RISCV_QEMU"),
    Tool("as", "aarch64", "aarch64-linux-gnu-as", "assemble AArch64", "binutils-aarch64-linux-gnu",
         "TRANSPILE_AARCH64_AS"),
    Tool("cc", "aarch64", "aarch64-linux-gnu-gcc", "link AArch64 programs", "gcc-aarch64-linux-gnu",
         "TRANSPILE_AARCH64_CC"),
    Tool("objcopy", "aarch64", "aarch64-linux-gnu-objcopy", "read assembled AArch64 code",
         "binutils-aarch64-linux-gnu", "TRANSPILE_AARCH64_OBJCOPY"),
    Tool("ld", "aarch64", "aarch64-linux-gnu-ld", "link AArch64 blocks to test them", "binutils-aarch64-linux-gnu",
         "TRANSPILE_AARCH64_LD"),
    Tool("ar", "aarch64", "aarch64-linux-gnu-ar", "keep the compiled AArch64 runtime", "binutils-aarch64-linux-gnu",
         "TRANSPILE_AARCH64_AR"),
    Tool("qemu", "aarch64", "qemu-aarch64", "run AArch64 programs", "qemu-user", "TRANSPILE_AARCH64_QEMU"),
    Tool("as", "", "as", "assemble x86-64", "binutils", "TRANSPILE_AS"),
    Tool("ar", "", "ar", "keep compiled x86-64 code", "binutils", "TRANSPILE_AR"),
    Tool("cc", "", "gcc", "compile C for this machine, and the instruction counter", "gcc", "TRANSPILE_CC"),
    Tool("c++", "", "g++", "run CUDA programs on the CPU", "g++", "TRANSPILE_CXX"),
    Tool("addr2line", "", "addr2line", "name lines of emulated CUDA programs", "binutils", "TRANSPILE_ADDR2LINE"),
    Tool("cpp", "", "cpp", "preprocess .S files", "cpp", "TRANSPILE_CPP"),
    Tool("cobc", "", "cobc", "run COBOL programs", "gnucobol3", "TRANSPILE_COBC"),
    Tool("bwrap", "", "bwrap", "confine the code of strangers", "bubblewrap", "TRANSPILE_BWRAP"),
)  # fmt: skip


def find(key: str, isa: str = "") -> Tool:
    """The row for ``key``; ``isa`` is ``"riscv"``, ``"aarch64"`` or empty for the host."""
    for tool in TOOLS:
        if tool.key == key and tool.isa == isa:
            return tool
    raise KeyError(f"{key} {isa}".strip())


def command(key: str, isa: str = "") -> list[str]:
    """The command to run a tool with, or ``ToolError`` when it is not installed."""
    tool = find(key, isa)
    path = tool.path()
    if path is None:
        raise ToolError(
            f"'{tool.command[0]}' is not installed; it is needed to {tool.needed_for}",
            hint=f"run '{tool.install}', or set {tool.variable} to another program",
        )
    return [path, *tool.command[1:]]


def missing() -> Iterator[Tool]:
    """The rows whose program is not installed."""
    return (tool for tool in TOOLS if tool.path() is None)


def call(arguments: Sequence[str], *, cwd: str | os.PathLike[str] | None = None, stdin: bytes = b"") -> bytes:
    """Run a tool that must succeed and return its standard output; else ``ToolError`` with the first lines it said."""
    done = subprocess.run(list(arguments), input=stdin, capture_output=True, cwd=cwd, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[:8]
        name = os.path.basename(arguments[0])
        raise ToolError(f"{name} failed with exit status {done.returncode}", hint="\n".join(said))
    return done.stdout
