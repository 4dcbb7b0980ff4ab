"""Whole programs: compiled for x86-64 here, translated, linked, and run against the native program."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import transpile
from transpile import tools
from transpile.emulators import qemu
from transpile.options import TARGETS, Options, Target

PROGRAMS = Path(__file__).with_name("programs")

needs_tools = pytest.mark.skipif(
    platform.machine() != "x86_64"
    or any(tools.find(key, isa).path() is None for key in ("cc", "qemu") for isa in TARGETS),
    reason="needs an x86-64 machine with gcc, cross compilers and qemu",
)


@dataclass(frozen=True, slots=True)
class Build:
    """One way to compile one of the programs."""

    program: str
    flags: str
    compiler: str = "gcc"

    def __str__(self) -> str:
        return f"{self.program} {self.compiler} {self.flags}"


ALL = ("stack", "variadic", "callbacks", "switches", "integers", "floats", "strings", "atomics")
BUILDS = [Build(program, flags) for program in ALL for flags in ("-O0", "-O2")] + [
    Build("stack", "-O2 -fstack-protector-all -fcf-protection"),
    Build("variadic", "-Os -fno-omit-frame-pointer"),
    Build("callbacks", "-O1 -fstack-protector-all -fcf-protection"),
    Build("switches", "-O2 -fno-pic -no-pie"),
    Build("switches", "-O2 -fPIC"),
    Build("integers", "-O3"),
    Build("floats", "-O3 -fno-pic -no-pie"),
    Build("stack", "-O1 -masm=intel"),
    Build("atomics", "-O2 -fPIC -ftls-model=initial-exec"),
    *(Build(program, "-O2", "clang") for program in ALL),
]


@needs_tools
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("build", BUILDS, ids=str)
def test_the_translation_behaves_like_the_native_program(build: Build, target: Target, tmp_path: Path) -> None:
    source = tmp_path / f"{build.program}.s"
    if shutil.which(build.compiler) is None:
        pytest.skip(f"{build.compiler} is not installed")
    flags = [*build.flags.split(), "-w", "-ffp-contract=off"]
    tools.call([build.compiler, *flags, "-S", str(PROGRAMS / f"{build.program}.c"), "-o", str(source)])
    native = tmp_path / "native"
    tools.call([build.compiler, *flags, str(source), "-o", str(native), "-lm", "-pthread"])
    expected = qemu.run(native, cwd=tmp_path)
    assert expected.exit_code >= 0
    translation = transpile.translate(source.read_text(), target, file=source.name, options=Options(jobs=1))
    assert [(block.label, block.first_line, block.reason) for _, block in translation.failing("tested")] == []
    translated = tmp_path / "translated.s"
    translated.write_text(translation.text)
    actual = qemu.run(qemu.link([translated], target, tmp_path / "program", ["-pthread"]), target, cwd=tmp_path)
    assert actual == expected
