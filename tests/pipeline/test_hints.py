"""``pause`` and ``rep; nop`` in a spin loop stay hints, which the usual assembler takes and the proof knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import transpile
from transpile.options import Options, Target
from transpile.solvers.encode_target import encode_target
from transpile.tools import command

SPIN = """\t.globl spin
spin:
\tmovl (%rdi), %eax
\ttestl %eax, %eax
\tje .L2
\tpause
\trep; nop
\tincq %rsi
\tjmp spin
.L2:
\tmovq %rsi, %rax
\tret
"""
HINTS: dict[Target, tuple[str, str]] = {
    "riscv": (".insn i 15, 0, zero, zero, 16", "100000f"),
    "aarch64": ("yield", "d503203f"),
}


@pytest.mark.parametrize("to", HINTS)
def test_a_pause_is_the_hint_of_the_target(to: Target, tmp_path: Path) -> None:
    text, code = HINTS[to]
    made = transpile.translate(SPIN, to, options=Options(lm="none", store=None))
    assert made.verdicts["refuted"] == made.verdicts["undecided"] == 0
    lines = [" ".join(line.split()) for line in made.text.split("\n")]
    assert lines.count(text) == 2
    done = subprocess.run([*command("as", to), "-o", f"{tmp_path}/a.o", "-"], input=made.text, text=True)
    assert done.returncode == 0
    shown = subprocess.run(
        [command("as", to)[0].removesuffix("as") + "objdump", "-d", f"{tmp_path}/a.o"], capture_output=True, text=True
    )
    assert shown.stdout.count(code) == 2
    assert not encode_target(to, [text])[0].program.ops
