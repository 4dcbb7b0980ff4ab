"""What a micro-operation is said to read and write, against what it does when interpreted."""

from __future__ import annotations

import random

import pytest
from micro_interpreter import State
from test_micro import GROUPS, insn
from x86_machine import DATA, SIZE, state

from transpile.native.effects import FLAG_DEFINES, FLAG_DESTROYS, defs, flag_uses, kills_whole, uses
from transpile.native.micro import CONDITIONS, FLAG_KINDS, Code, Cond, Micro, Reg
from transpile.x86.micro import Fresh, translate

CONTROL = (Code.BRANCH, Code.JUMP)


def bits(low: int, high: int) -> int:
    return (1 << 8 * high) - (1 << 8 * low)


def disturbed(registers: dict[str, int], read: dict[str, int], rng: random.Random) -> dict[str, int]:
    """Other values wherever nothing is read."""
    return {
        name: value & read.get(name, 0) | rng.getrandbits(128 if name.startswith("xmm") else 64) & ~read.get(name, 0)
        for name, value in registers.items()
    }


def check(micro: Micro, at: State, rng: random.Random) -> None:
    read: dict[str, int] = {}
    for name, low, high in uses(micro):
        read[name] = read.get(name, 0) | bits(low, high)
    other = State(disturbed(at.registers, read, rng), "", dict(at.memory), {}, 0, dict(at.temps), dict(at.made))
    other.made[-1] = at.made[-1]
    before, before_other = dict(at.registers), dict(other.registers)
    at.step(micro)
    other.step(micro)
    written = defs(micro)
    for name in before:
        mask = bits(*written[1:]) if written is not None and written[0] == name else 0
        assert (before[name] ^ at.registers[name]) & ~mask == 0, micro
        assert (before_other[name] ^ other.registers[name]) & ~mask == 0, micro
        assert (at.registers[name] ^ other.registers[name]) & mask == 0, micro
    assert at.temps == other.temps and at.memory == other.memory, micro


@pytest.mark.parametrize("group", GROUPS)
def test_nothing_else_is_read_or_written(group: str) -> None:
    rng = random.Random(group)
    for form in GROUPS[group]:
        if form.startswith(("div", "idiv")):
            continue
        before = state(rng)
        at = State(dict(before.registers), before.flags, dict.fromkeys(range(DATA, DATA + SIZE), 5))
        try:
            for micro in translate(insn(form), Fresh()):
                if micro.code not in CONTROL:
                    check(micro, at, rng)
        except KeyError:  # a bit string outside the memory
            continue


def test_every_flag_kind_and_condition_has_a_row() -> None:
    assert set(FLAG_DEFINES) == set(FLAG_KINDS)
    assert all(not set(FLAG_DEFINES[kind]) & set(flags) for kind, flags in FLAG_DESTROYS.items())
    for cc in CONDITIONS:
        assert flag_uses(Micro(Code.BRANCH, cond=Cond(cc, 3))) == flag_uses(
            Micro(Code.BRANCH, cond=Cond(cc, 3).negated)
        )


def test_writes_of_parts() -> None:
    assert defs(Micro(Code.COPY, 4, Reg("rax", 4))) == ("rax", 0, 8)
    assert defs(Micro(Code.COPY, 1, Reg("rax", 1, 1))) == ("rax", 1, 2)
    assert defs(Micro(Code.COPY, 4, Reg("xmm0", 4))) == ("xmm0", 0, 4)
    assert kills_whole(("rax", 0, 8)) and kills_whole(("xmm0", 0, 16)) and not kills_whole(("xmm0", 0, 8))
