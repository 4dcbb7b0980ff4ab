"""Micro-operations against Unicorn, form by form."""

from __future__ import annotations

import random

import forms
import pytest
from micro_interpreter import State
from x86_machine import DATA, Emulator, Machine, state

from transpile.asm.assembler import assemble
from transpile.asm.source import parse
from transpile.native.micro import Micro
from transpile.x86.decode import decode
from transpile.x86.insn import Insn
from transpile.x86.micro import ENTRY, UNDEFINED, Fresh, translate
from transpile.x86.micro.packed import BINARY, SHIFTS, UNARY

ROUNDS = 12
GROUPS = {
    "integer": forms.integer(),
    "scalar": forms.scalar(),
    "packed": forms.packed(list(BINARY), list(UNARY), list(SHIFTS)),
}


def interpreted(micros: list[Micro], before: Machine) -> State:
    memory = {DATA + i: byte for i, byte in enumerate(before.memory)}
    after = State(dict(before.registers), before.flags, memory)
    after.run(micros)
    return after


def differences(form: str, micros: list[Micro], fresh: Fresh, before: Machine, after: Machine) -> list[str]:
    """What the micro-operations leave differently from the machine."""
    got = interpreted(micros, before)
    found = [
        f"{name}: {got.registers[name]:#x} against {value:#x}"
        for name, value in after.registers.items()
        if got.registers[name] != value
    ]
    for flag, source in fresh.sources.items():
        if source != UNDEFINED and got.made[source][flag] != (flag in after.flags):
            found.append(f"flag {flag}: {got.made[source][flag]} ({'entry' if source == ENTRY else source})")
    memory = bytes(got.memory[DATA + i] for i in range(len(after.memory)))
    if memory != after.memory:
        found.append("memory")
    return found


def insn(text: str) -> Insn:
    return decode(parse(f"\t{text}\n", "form.s").statements[0])


def check(form: str, code: bytes, emulator: Emulator, rng: random.Random, rounds: int) -> str:
    """Empty if the form agrees on ``rounds`` states on which the machine does not fault."""
    ran = 0
    for _ in range(20 * rounds):
        before = state(rng)
        after = emulator.run(code, before)
        if after is None:
            continue
        fresh = Fresh()
        if form.startswith(("divq", "idivq")):
            # Only with a known upper half.
            signed = form.startswith("i")
            before.registers["rdx"] = -(before.registers["rax"] >> 63) & (1 << 64) - 1 if signed else 0
            fresh.sign, fresh.zero = (8, set()) if signed else (0, {"rdx"})
            after = emulator.run(code, before)
            if after is None:
                continue
        try:
            found = differences(form, translate(insn(form), fresh), fresh, before, after)
        except KeyError:  # a bit string outside the memory that is looked at
            continue
        if found:
            return f"{form}: {'; '.join(found)} from {before}"
        ran += 1
        if ran == rounds:
            return ""
    return f"{form}: only {ran} states without a fault"


@pytest.mark.parametrize("group", GROUPS)
def test_micro_operations_do_what_the_instruction_does(group: str) -> None:
    listed = GROUPS[group]
    codes = assemble("x86-att", [form.replace("away", ".+64") for form in listed])
    emulator = Emulator()
    rng = random.Random(group)
    wrong = [check(form, code, emulator, rng, ROUNDS) for form, code in zip(listed, codes, strict=True)]
    assert [message for message in wrong if message] == []
