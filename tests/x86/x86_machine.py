"""One x86-64 instruction on Unicorn: the arbiter of what micro-operations must do."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field

from unicorn import UC_ARCH_X86, UC_MODE_64, Uc, UcError
from unicorn.x86_const import (
    UC_X86_REG_EFLAGS,
    UC_X86_REG_R8,
    UC_X86_REG_R9,
    UC_X86_REG_R10,
    UC_X86_REG_R11,
    UC_X86_REG_R12,
    UC_X86_REG_R13,
    UC_X86_REG_R14,
    UC_X86_REG_R15,
    UC_X86_REG_RAX,
    UC_X86_REG_RBP,
    UC_X86_REG_RBX,
    UC_X86_REG_RCX,
    UC_X86_REG_RDI,
    UC_X86_REG_RDX,
    UC_X86_REG_RIP,
    UC_X86_REG_RSI,
    UC_X86_REG_RSP,
    UC_X86_REG_XMM0,
)

CODE = 0x10000
DATA = 0x200000
SIZE = 0x200
POINTERS = {"rbx": 0x100, "rsi": 0x80, "rdi": 0x140, "rbp": 0xC0, "rsp": 0x180}
"""Registers that hold addresses in the data area, and where in it."""

REGISTERS = {
    "rax": UC_X86_REG_RAX,
    "rbx": UC_X86_REG_RBX,
    "rcx": UC_X86_REG_RCX,
    "rdx": UC_X86_REG_RDX,
    "rsi": UC_X86_REG_RSI,
    "rdi": UC_X86_REG_RDI,
    "rbp": UC_X86_REG_RBP,
    "rsp": UC_X86_REG_RSP,
    "r8": UC_X86_REG_R8,
    "r9": UC_X86_REG_R9,
    "r10": UC_X86_REG_R10,
    "r11": UC_X86_REG_R11,
    "r12": UC_X86_REG_R12,
    "r13": UC_X86_REG_R13,
    "r14": UC_X86_REG_R14,
    "r15": UC_X86_REG_R15,
    **{f"xmm{i}": UC_X86_REG_XMM0 + i for i in range(4)},
}
FLAG_BITS = {"c": 0, "p": 2, "z": 6, "s": 7, "o": 11}


@dataclass(slots=True)
class Machine:
    """Registers, flags (letters that are set) and the bytes from DATA."""

    registers: dict[str, int]
    flags: str
    memory: bytes = field(repr=False, default=b"")


INTERESTING = (0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000)
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 1e10, -1e10, 3e9, 1e19, 1e-310, 1e300, 1e39, float("inf"))


def integer(rng: random.Random, bits: int = 64) -> int:
    kind = rng.randrange(5)
    if kind == 0:
        return rng.choice(INTERESTING)
    if kind == 1:
        return -rng.choice(INTERESTING) & ((1 << bits) - 1)
    if kind == 2:
        return rng.getrandbits(rng.randrange(1, bits))
    return rng.getrandbits(bits)


def single(rng: random.Random) -> int:
    if rng.randrange(4) == 0:
        return rng.choice((0x7FC00001, 0xFFC12345, 0x7F800001, 0x80000001, 0x7F800000, 0xFF800000, 0, 0x80000000))
    value = rng.choice(FLOATS) if rng.randrange(2) else rng.uniform(-100, 100)
    try:
        return int.from_bytes(struct.pack("<f", value), "little")
    except OverflowError:
        return 0x7F7FFFFF


def double(rng: random.Random) -> int:
    if rng.randrange(5) == 0:
        return rng.choice((0x7FF8 << 48 | 1, 0xFFF8 << 48 | 5 << 40, 0x7FF0 << 48 | 1, 0xFFF0 << 48, 1, 1 << 63))
    value = rng.choice(FLOATS) if rng.randrange(2) else rng.uniform(-1e6, 1e6)
    return int.from_bytes(struct.pack("<d", value), "little")


def vector(rng: random.Random) -> int:
    kind = rng.randrange(3)
    if kind == 0:
        return sum(single(rng) << (32 * i) for i in range(4))
    if kind == 1:
        return double(rng) | double(rng) << 64
    return integer(rng) | integer(rng) << 64


def state(rng: random.Random) -> Machine:
    registers = {
        name: vector(rng) if name.startswith("xmm") else DATA + POINTERS[name] if name in POINTERS else integer(rng)
        for name in REGISTERS
    }
    registers["r9"] = rng.randrange(8)
    # Halves of one word often equal, so that comparisons see equality.
    if rng.randrange(3) == 0:
        registers["rcx"] = registers["rax"]
        registers["xmm1"] = registers["xmm0"]
    flags = "".join(flag for flag in FLAG_BITS if rng.randrange(2))
    memory = b"".join(vector(rng).to_bytes(16, "little") for _ in range(SIZE // 16))
    return Machine(registers, flags, memory)


class Emulator:
    """Runs machine code from a given state."""

    def __init__(self) -> None:
        self.uc = Uc(UC_ARCH_X86, UC_MODE_64)
        self.uc.mem_map(CODE, 0x1000)
        self.uc.mem_map(DATA, 0x1000)

    def run(self, code: bytes, before: Machine, count: int = 1) -> Machine | None:
        """The state after ``count`` instructions, or None when the machine faults."""
        uc = self.uc
        uc.mem_write(CODE, code)
        uc.ctl_remove_cache(CODE, CODE + 0x1000)  # what it translated from the bytes before stays otherwise
        uc.mem_write(DATA, before.memory)
        for name, number in REGISTERS.items():
            uc.reg_write(number, before.registers[name])
        uc.reg_write(UC_X86_REG_EFLAGS, 0x202 | sum(1 << FLAG_BITS[f] for f in before.flags))
        try:
            uc.emu_start(CODE, CODE + len(code), count=count)
        except UcError:
            return None
        if uc.reg_read(UC_X86_REG_RIP) == CODE:
            return None
        eflags = uc.reg_read(UC_X86_REG_EFLAGS)
        return Machine(
            {name: uc.reg_read(number) for name, number in REGISTERS.items()},
            "".join(flag for flag, bit in FLAG_BITS.items() if eflags >> bit & 1),
            bytes(uc.mem_read(DATA, SIZE)),
        )
