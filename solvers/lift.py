"""The program of machine code, made once per distinct byte string."""

from __future__ import annotations

from functools import cache

import pypcode

from transpile.solvers import overrides_aarch64, overrides_riscv, overrides_x86
from transpile.solvers.pcode import REGISTER, Decode, Isa, Override, Program, compile_program, instructions

_LANGUAGES = {"x86": "x86:LE:64:default", "riscv": "RISCV:LE:64:default", "aarch64": "AARCH64:LE:64:v8A"}
_FLAG_OFFSETS = {"x86": range(0x200, 0x216), "riscv": range(0), "aarch64": range(0x100, 0x10D)}
_VECTORS = {"x86": (0x1200, 0x40, 16, "xmm"), "riscv": None, "aarch64": (0x5000, 0x20, 32, "v")}
_ZERO = {"x86": (), "riscv": ("zero",), "aarch64": ("xzr",)}
_UNITS = {"x86": 0, "riscv": 4, "aarch64": 4}
_OWN: dict[str, tuple[Decode, Override]] = {
    "x86": (overrides_x86.decode, overrides_x86.override),
    "riscv": (overrides_riscv.decode, overrides_riscv.override),
    "aarch64": (overrides_aarch64.decode, overrides_aarch64.override),
}
_RENAMED = {"fs_offset": "fs", "gs_offset": "gs"}


@cache
def isa(name: str) -> Isa:
    """The ISA ``x86``, ``riscv`` or ``aarch64``, made on first use."""
    context = pypcode.Context(_LANGUAGES[name])
    registers = {n: (REGISTER, v.offset, v.size) for n, v in context.registers.items()}
    names = {v[1]: n.lower() for n, v in registers.items() if v[2] == 8 and v[1] % 8 == 0}
    names = {offset: _RENAMED.get(n, n) for offset, n in names.items()}
    if vectors := _VECTORS[name]:
        first, stride, count, prefix = vectors
        for i in range(count):
            for half, suffix in enumerate((".lo", ".hi")):
                names[first + i * stride + 8 * half] = f"{prefix}{i}{suffix}"
            for rest in range(16, stride, 8):
                names[first + i * stride + rest] = f"{prefix}{i}.up{rest}"
    flags = {
        v[1]: "$" + n if n[:3] in ("tmp", "shi") else n
        for n, v in registers.items()
        if v[2] == 1 and v[1] in _FLAG_OFFSETS[name]
    }
    zero = frozenset(registers[n][1] for n in _ZERO[name])
    return Isa(name, context, names, flags, zero, _UNITS[name], *_OWN[name], registers)


def lift(name: str, code: bytes) -> Program:
    """The program of ``code``; raises Unliftable."""
    machine = isa(name)
    program = machine.programs.get(code)
    if program is None:
        program = compile_program(machine, instructions(machine, code))
        machine.programs[code] = program
    return program
