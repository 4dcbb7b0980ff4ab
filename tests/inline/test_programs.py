"""Ported programs do on the targets what the originals do here, and every statement of them is proved."""

from __future__ import annotations

import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from transpile.inline import Ported, Reason, port
from transpile.options import TARGETS
from transpile.tools import command

PROGRAMS = sorted(path for path in (Path(__file__).parent / "programs").iterdir() if path.suffix in (".c", ".cpp"))
needs_tools = pytest.mark.skipif(
    platform.machine() != "x86_64"
    or any(shutil.which(f"{isa}-linux-gnu-gcc") is None for isa in ("riscv64", "aarch64"))
    or shutil.which("qemu-riscv64") is None,
    reason="needs x86-64, cross compilers and qemu",
)


@cache
def ported(path: Path) -> Ported:
    return port(path.read_text(), path.name)


def compiler(path: Path, target: str = "") -> list[str]:
    """The compiler for a program's language; the test is skipped without it."""
    first, *rest = command("cc", target) if target else command("cc")
    if path.suffix == ".c":
        return [first, *rest]
    name = first.replace("gcc", "g++") if "gcc" in first else "g++"
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return [name, *rest]


@cache
def native(path: Path, folder: Path) -> bytes:
    return built([*compiler(path), "-O2", "-Wall", "-Werror", str(path)], folder / "native", [])


def built(words: list[str], program: Path, runner: list[str]) -> bytes:
    done = subprocess.run([*words, "-o", str(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ran = subprocess.run([*runner, str(program)], capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_statement_is_proved(path: Path) -> None:
    for statement, target, result in ported(path).statements:
        if isinstance(result, Reason):
            assert result.kind == "portable", (statement.line, target, result)
            continue
        assert result.verdict.word == "proved", (statement.line, target, result.verdict)


@needs_tools
@pytest.mark.parametrize("level", ["-O0", "-O2"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_ported_program_does_the_same(path: Path, target: str, level: str, tmp_path: Path) -> None:
    source = tmp_path / path.name
    source.write_text(ported(path).text)
    words = [*compiler(path, target), level, "-Wall", "-Werror", "-Wno-uninitialized", "-static", str(source)]
    assert built(words, tmp_path / "program", command("qemu", target)) == native(path, tmp_path)


@needs_tools
@pytest.mark.skipif(shutil.which("clang") is None, reason="needs clang")
@pytest.mark.parametrize("language", ["c", "c++"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("path", [path for path in PROGRAMS if path.suffix == ".c"], ids=lambda path: path.stem)
def test_clang_takes_the_constraints(path: Path, target: str, language: str, tmp_path: Path) -> None:
    triple = f"{ {'riscv': 'riscv64'}.get(target, target) }-linux-gnu"
    source = tmp_path / path.name
    source.write_text(ported(path).text)
    options = [f"--target={triple}", "-isystem", f"/usr/{triple}/include", "-O2", "-x", language, "-w", "-c"]
    done = subprocess.run(["clang", *options, str(source), "-o", str(tmp_path / "x.o")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_tools
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_ported_source_is_the_same_program_on_x86(path: Path, tmp_path: Path) -> None:
    source = tmp_path / path.name
    source.write_text(ported(path).text)
    words = [*compiler(path), "-O2", "-Wall", "-Werror", str(source)]
    assert built(words, tmp_path / "program", []) == native(path, tmp_path)
