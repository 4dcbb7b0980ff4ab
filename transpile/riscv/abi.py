"""How the x86-64 System V register map lines up with the RISC-V psABI, so that both sides call each other freely."""

from __future__ import annotations

from transpile.native.relation import Place
from transpile.riscv import registers

INTEGER_HOMES = {
    "rdi": "a0",
    "rsi": "a1",
    "rdx": "a2",
    "rcx": "a3",
    "r8": "a4",
    "r9": "a5",
    "rbx": "s1",
    "rbp": "s0",
    "r12": "s2",
    "r13": "s3",
    "r14": "s4",
    "r15": "s5",
    "rax": "t0",
    "r10": "t1",
    "r11": "t2",
}

VECTOR_HOMES = {f"xmm{n}.lo": f"fa{n}" for n in range(8)} | {f"xmm{n}.lo": f"ft{n - 8}" for n in range(8, 16)}

HOMES: dict[str, Place] = {name: Place(register) for name, register in (INTEGER_HOMES | VECTOR_HOMES).items()}
"""Default places; the high halves of vector registers get theirs per function."""

NATIVE = {"ret0": "a0", "ret1": "a1", "fret0": "fa0", "fret1": "fa1"}
"""Where the psABI returns results: the registers that ``Native`` values name."""

SOURCE_ARGUMENTS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")
SOURCE_CALLEE_SAVED = ("rbx", "rbp", "r12", "r13", "r14", "r15")

FLAG_PLACES = ("a6", "a7")
"""Scratch registers that hold flag operands across an edge when no home holds them."""

CLOBBERED = frozenset((*registers.CALLER_SAVED, *registers.VECTOR_CALLER_SAVED, "ra"))
"""What a call may change."""
