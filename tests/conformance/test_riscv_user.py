"""What Unicorn cannot judge on RISC-V, judged by qemu-riscv64: Zba, Zbb, Zbs, and NaN boxing of single precision."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from transpile.conformance import read_forms, steps_of
from transpile.emulators import concrete_floats
from transpile.solvers import terms as t
from transpile.solvers.machine import Machine

HERE = Path(__file__).parent
STATES = 40
INPUTS = ("a1", "a2", "fa1", "fa2", "fa3")
TOOLS = ("riscv64-linux-gnu-as", "riscv64-linux-gnu-ld", "qemu-riscv64")
LOOP = """
    la s0, states
    li s2, {count}
1:  ld a1, 0(s0); ld a2, 8(s0); fld fa1, 16(s0); fld fa2, 24(s0); fld fa3, 32(s0)
    li a0, 0; fmv.d.x fa0, zero
    {form}
    sd a0, 0(s1); fsd fa0, 8(s1)
    addi s0, s0, 40; addi s1, s1, 16; addi s2, s2, -1
    bnez s2, 1b
"""


def _forms() -> list[str]:
    plain = [f for f in read_forms(HERE / "forms_riscv.txt") if f[0] == "f" and "(" not in f and "fence" not in f]
    return [*read_forms(HERE / "forms_riscv_zb.txt"), *plain]


def _states() -> list[tuple[int, ...]]:
    draw = random.Random(7)
    special = [0, 0x3F800000, 0x7FC00000, 0x7F800001, 0xFF800000, 0x4F000000, 0xCF000001, 0x80000000, 0x5F000000]

    def integer() -> int:
        return draw.choice((draw.getrandbits(64), draw.getrandbits(32), draw.getrandbits(8), (1 << 64) - 1, 1 << 63, 0))

    def number() -> int:
        low = draw.choice((*special, draw.getrandbits(32)))
        high = draw.choice((0xFFFFFFFF, 0xFFFFFFFF, 0x7FF80000, 0x41E00000, 0x3FF00000, draw.getrandbits(32)))
        return high << 32 | low

    return [(integer(), integer(), number(), number(), number()) for _ in range(STATES)]


def _run(directory: Path, forms: Sequence[str], states: Sequence[tuple[int, ...]]) -> list[tuple[int, int]]:
    size = 16 * len(forms) * len(states)
    body = "".join(LOOP.format(count=len(states), form=form) for form in forms)
    data = "\n".join(f".dword {value:#x}" for state in states for value in state)
    text = (
        f".globl _start\n_start: la s1, results\n{body}\n li a0, 1; la a1, results; li a2, {size}; li a7, 64; ecall\n"
    )
    text += f" li a0, 0; li a7, 93; ecall\n.data\n.balign 8\nstates: {data}\n.bss\n.balign 8\nresults: .space {size}\n"
    source, built, program = (directory / name for name in ("t.s", "t.o", "t"))
    source.write_text(text)
    subprocess.run([TOOLS[0], "-march=rv64gc_zba_zbb_zbs", str(source), "-o", str(built)], check=True)
    subprocess.run([TOOLS[1], "--no-relax", str(built), "-o", str(program)], check=True)
    done = subprocess.run([TOOLS[2], "-cpu", "rv64,zba=true,zbb=true,zbs=true", str(program)], capture_output=True)
    assert len(done.stdout) == size, done.stderr
    return list(struct.iter_unpack("<QQ", done.stdout))


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs binutils and qemu for RISC-V")
def test_machine_agrees_with_qemu(tmp_path: Path) -> None:
    forms, states = _forms(), _states()
    results = _run(tmp_path, forms, states)
    wrong = []
    for number, form in enumerate(forms):
        machine = Machine("riscv")
        machine.set("a0", t.const(0, 64))
        machine.set("fa0", t.const(0, 64))
        machine.run(steps_of("riscv", form))
        assert machine.unsupported is None, form
        program = t.Program([machine.get("a0"), machine.get("fa0")])
        for state, real in zip(states, results[number * STATES : (number + 1) * STATES], strict=True):
            environment = {f"riscv:{name}": value for name, value in zip(INPUTS, state, strict=True)}
            claimed = program.run({**environment, "riscv:zero": 0}, apply=concrete_floats.compute)
            if form.startswith("ctzw") and not state[0] & 0xFFFFFFFF:
                continue  # QEMU before 8.0 counts on into the upper half
            if tuple(claimed) != real:
                wrong.append(f"{form}: {[hex(v) for v in real]} machine {[hex(v) for v in claimed]} at {environment}")
                break
    assert not wrong, "\n".join(wrong)
