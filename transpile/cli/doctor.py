"""`transpile doctor`: which tools are here, what each is for, and how to get what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import click

TOOL_ERROR = 2


@dataclass(frozen=True, slots=True)
class Tool:
    """A program on the PATH. ``needed``: translation itself does not work without it."""

    command: str
    purpose: str
    debian: str
    needed: bool = False


TOOLS = (
    Tool("riscv64-linux-gnu-as", "assembles every RISC-V block for its check", "binutils-riscv64-linux-gnu", True),
    Tool("aarch64-linux-gnu-as", "assembles every AArch64 block for its check", "binutils-aarch64-linux-gnu", True),
    Tool("as", "assembles x86-64 source that keystone does not know", "binutils", True),
    Tool("riscv64-linux-gnu-gcc", "links RISC-V programs (run)", "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross"),
    Tool("aarch64-linux-gnu-gcc", "links AArch64 programs (run)", "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"),
    Tool("qemu-riscv64", "runs RISC-V programs (run)", "qemu-user"),
    Tool("qemu-aarch64", "runs AArch64 programs (run)", "qemu-user"),
    Tool("gcc", "native run to compare with (run)", "gcc libc6-dev"),
    Tool("cpp", "preprocesses .S files", "cpp"),
    Tool("csmith", "random programs (make bench-csmith)", "csmith libcsmith-dev"),
)

PACKAGES = {
    "pypcode": "semantics of the three instruction sets (SLEIGH p-code)",
    "z3-solver": "proofs",
    "unicorn": "emulation: tests, replay of counterexamples",
    "keystone-engine": "assembles x86-64, second opinion on AArch64",
    "capstone": "second opinion: reads back what was assembled",
    "click": "the command line",
    "rich": "the progress line",
}


def examine() -> int:
    """Print the tables; exit code 2 when something that translation needs is missing."""
    absent = [tool for tool in TOOLS if not shutil.which(tool.command)]
    for line in tool_lines():
        click.echo(line)
    click.echo()
    missing_packages = [name for name in PACKAGES if package_version(name) is None]
    for name, purpose in PACKAGES.items():
        click.echo(row(package_version(name) or "missing", name, purpose))
    if absent:
        packages = dict.fromkeys(name for tool in absent for name in tool.debian.split())
        click.echo(f"\nOn Debian or Ubuntu:  sudo apt-get install {' '.join(packages)}")
    if missing_packages:
        click.echo(f"\npip install {' '.join(missing_packages)}")
    return TOOL_ERROR if missing_packages or any(tool.needed for tool in absent) else 0


def tool_lines() -> Iterator[str]:
    for tool in TOOLS:
        found = shutil.which(tool.command)
        state = "found" if found else "missing" if tool.needed else "absent"
        yield row(state, tool.command, tool.purpose)


def row(state: str, name: str, purpose: str) -> str:
    color = {"missing": "red", "absent": "yellow"}.get(state, "green")
    return f"{click.style(f'{state:<9}', fg=color)} {name:<22} {purpose}"


def package_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
