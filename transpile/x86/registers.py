"""x86-64 registers by name, and the families of registers that are not translated."""

from __future__ import annotations

from transpile.x86.insn import RegOp

LEGACY = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi")
GENERAL = (*LEGACY, *(f"r{n}" for n in range(8, 16)))
VECTOR = tuple(f"xmm{n}" for n in range(16))
SEGMENTS = frozenset({"cs", "ds", "es", "fs", "gs", "ss"})
SUFFIXES = {1: "b", 2: "w", 4: "l", 8: "q"}
"""AT&T operand-size suffixes."""


def _spellings() -> dict[RegOp, str]:
    names: dict[RegOp, str] = {}
    for full in LEGACY:
        short = full[1:]
        names[RegOp(full, 8)] = full
        names[RegOp(full, 4)] = "e" + short
        names[RegOp(full, 2)] = short
        names[RegOp(full, 1)] = short.removesuffix("x") + "l"
        if short.endswith("x"):
            names[RegOp(full, 1, high=True)] = short[0] + "h"
    for full in GENERAL[8:]:
        for size, suffix in ((8, ""), (4, "d"), (2, "w"), (1, "b")):
            names[RegOp(full, size)] = full + suffix
    names.update({RegOp(name, 16): name for name in VECTOR})
    return names


SPELLINGS: dict[RegOp, str] = _spellings()
"""``RegOp("rax", 4)`` -> ``eax``."""
REGISTERS: dict[str, RegOp] = {name: operand for operand, name in SPELLINGS.items()}
ADDRESS: dict[str, tuple[str, int]] = {
    **{name: (op.name, op.size) for name, op in REGISTERS.items() if op.size in (4, 8)},
    "rip": ("rip", 8),
}
"""Registers that may stand in an address: spelling -> (full name, address size)."""

_FAMILIES = (
    ("ymm", "AVX", "compile with -mno-avx"),
    ("zmm", "AVX-512", "compile with -mno-avx"),
    ("xmm", "AVX-512", "compile with -mno-avx512f"),
    ("mm", "MMX", "use SSE2 intrinsics instead of MMX"),
    ("st", "x87", "compile with -mlong-double-64, or avoid long double"),
    ("cr", "control", "privileged code is not translated"),
    ("dr", "debug", "privileged code is not translated"),
    ("tr", "test", "privileged code is not translated"),
    ("bnd", "MPX", "compile without -fcheck-pointer-bounds"),
    ("k", "AVX-512 mask", "compile with -mno-avx512f"),
)


def refused_family(name: str) -> tuple[str, str] | None:
    """(family, hint) of a register that exists but is not translated."""
    if name in SEGMENTS:
        return "segment", "code that loads segment registers is not translated"
    if name in ("eip", "eiz", "riz", "rflags", "eflags"):
        return "special", "address memory through general registers or %rip"
    for prefix, family, hint in _FAMILIES:
        rest = name.removeprefix(prefix)
        if rest != name and (rest == "" or rest.strip("()").isdigit()) and len(rest) < 4:
            return family, hint
    return None
