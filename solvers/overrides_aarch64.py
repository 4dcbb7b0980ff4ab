"""AArch64 semantics of our own: what SLEIGH leaves opaque, or gets wrong in 32-bit forms.

A call leaves the link register as it was: its value belongs to the calling convention. A store-exclusive always
succeeds. Rounding is to nearest even. Decoded from the word (Arm ARM, C4.1 "A64 instruction set encoding").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transpile.solvers import conversions as f
from transpile.solvers import overrides_aarch64_simd as simd
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.aarch64_vectors import vector, write_scalar
from transpile.solvers.lanes import (
    arithmetic,
    max_signed,
    max_unsigned,
    min_signed,
    min_unsigned,
)
from transpile.solvers.overrides_aarch64_simd import to_integer
from transpile.solvers.pcode import CONSTANT, REGISTER, UNIQUE, Instruction, Isa, RawOp, Varnode
from transpile.solvers.terms import Term

Rows = list[RawOp] | None
Compute = Callable[..., Term]

_LINK: Varnode = (REGISTER, 0x40F0, 8)
_TRAPS = frozenset(("brk", "udf", "hlt"))
_WRONG = frozenset(("ldpsw", "sqabs", "sqneg", "fmla", "fmls"))
"""Where SLEIGH reads the wrong place, does not saturate, or rounds twice (by element); the rest is decoded here."""
_BARRIERS = frozenset(("DataMemoryBarrier", "DataSynchronizationBarrier"))
_SILENT = frozenset(("LOAcquire", "LORelease", "InstructionSynchronizationBarrier", "Hint_Prefetch", "Yield"))
_OLD: Varnode = (UNIQUE, 0xF0000000, 8)
_ADDRESS: Varnode = (UNIQUE, 0xF0000010, 8)
_NEW: Varnode = (UNIQUE, 0xF0000020, 8)
_ATOMIC = RawOp(l.MARK, (), (), "atomic")


def x(number: int, size: int = 8) -> Varnode:
    """A general register; 31 is zero."""
    return (CONSTANT, 0, size) if number == 31 else (REGISTER, 0x4000 + 8 * number, size)


def _base(number: int) -> Varnode:
    return (REGISTER, 8, 8) if number == 31 else x(number)


def write(number: int, function: Compute, *ins: Varnode) -> list[RawOp]:
    """Zero-extend the result into a general register."""
    if number == 31:
        return []
    return [RawOp(l.COMPUTE, (x(number),), ins, lambda *a: t.zext(function(*a), 64))]


def decode(code: bytes) -> Rows:
    """The operations of one instruction, or None where SLEIGH's are used."""
    word = int.from_bytes(code, "little")
    for mask, value, handler in _GROUPS:
        if word & mask == value:
            return handler(word)
    return simd.decode(word)


# Memory with order


def _same(a: Term) -> Term:
    return a


def _ordered(word: int) -> Rows:
    """ldar, stlr, exclusives and compare-and-swap: size 001000 o2 L o1 Rs o0 Rt2 Rn Rt."""
    size, kind = 1 << (word >> 30), word >> 21 & 7
    load, base, value = word >> 22 & 1, _base(word >> 5 & 31), x(word & 31, size)
    old = (*_OLD[:2], size)
    if kind & 1 and word >> 23 & 1:
        return _compare_and_swap(word, size)
    if kind & 1:
        return None
    if load:
        return [RawOp(l.LOAD, (old,), (base,)), *write(word & 31, _same, old)]
    store = RawOp(l.STORE, (), (base, value))
    if word >> 23 & 1:
        return [store]
    return [_ATOMIC, store, *write(word >> 16 & 31, _same, (CONSTANT, 0, 4))]


def _compare_and_swap(word: int, size: int) -> Rows:
    expected, new = word >> 16 & 31, x(word & 31, size)
    old, address = (*_OLD[:2], size), _base(word >> 5 & 31)
    different = (UNIQUE, 0xF0000030, 1)
    return [
        _ATOMIC,
        RawOp(l.COPY, (_ADDRESS,), (address,)),
        RawOp(l.LOAD, (old,), (_ADDRESS,)),
        RawOp(l.opcode("INT_NOTEQUAL"), (different,), (old, x(expected, size))),
        RawOp(l.CBRANCH, (), ((CONSTANT, 2, 4), different)),
        RawOp(l.STORE, (), (_ADDRESS, new)),
        *write(expected, _same, old),
    ]


_ATOMICS: tuple[Compute, ...] = (
    t.add,
    lambda old, b: t.band(old, t.bnot(b)),
    t.bxor,
    t.bor,
    max_signed,
    min_signed,
    max_unsigned,
    min_unsigned,
)


def _atomic(word: int) -> Rows:
    size, kind = 1 << (word >> 30), word >> 12 & 15
    old, new, source = (*_OLD[:2], size), (*_NEW[:2], size), x(word >> 16 & 31, size)
    fetch = [RawOp(l.COPY, (_ADDRESS,), (_base(word >> 5 & 31),)), RawOp(l.LOAD, (old,), (_ADDRESS,))]
    if kind == 12:
        return [*fetch, *write(word & 31, _same, old)]
    if kind > 8:
        return None
    function: Compute = _ATOMICS[kind] if kind < 8 else lambda _, b: b
    return [
        _ATOMIC,
        *fetch,
        RawOp(l.COMPUTE, (new,), (old, source), function),
        RawOp(l.STORE, (), (_ADDRESS, new)),
        *write(word & 31, _same, old),
    ]


# Scalar floating point


def _float_bits(word: int) -> int:
    return {0: 32, 1: 64}.get(word >> 22 & 3, 0)


def _low(number: int, bits: int) -> Varnode:
    return vector(number, 0, bits // 8)


def _with_integer(word: int) -> Rows:
    """Conversions between floating point and integers."""
    bits, width = _float_bits(word), 64 if word >> 31 else 32
    mode, kind, n, to = word >> 19 & 3, word >> 16 & 7, word >> 5 & 31, word & 31
    if not bits:
        return None
    if kind in (0, 1):
        return write(to, to_integer(kind == 0, "npmz"[mode], width), _low(n, bits))
    if kind in (2, 3) and mode == 0:
        extend = t.sext if kind == 2 else t.zext
        name = f"u64tof{bits}" if kind == 3 and width == 64 else f"i64tof{bits}"
        return write_scalar(to, lambda a: t.apply(name, bits, extend(a, 64)), x(n, width // 8))
    return None


_ROUNDINGS = {8: "frint", 9: "fceil", 10: "ffloor", 11: "ftrunc", 14: "frint", 15: "frint"}


def _one_source(word: int) -> Rows:
    bits, name = _float_bits(word), _ROUNDINGS.get(word >> 15 & 63)
    if not bits or name is None:
        return None
    return write_scalar(word & 31, arithmetic(name), _low(word >> 5 & 31, bits))


_SELECTIONS: dict[int, Compute] = {4: f.nan_max, 5: f.nan_min, 6: f.quiet_max, 7: f.quiet_min}


def _two_sources(word: int) -> Rows:
    bits, function = _float_bits(word), _SELECTIONS.get(word >> 12 & 15)
    if not bits or function is None:
        return None
    return write_scalar(word & 31, function, _low(word >> 5 & 31, bits), _low(word >> 16 & 31, bits))


def _three_sources(word: int) -> Rows:
    bits, negated, minus = _float_bits(word), word >> 21 & 1, word >> 15 & 1
    if not bits:
        return None

    def operate(n: Term, m: Term, a: Term) -> Term:
        left = t.float_neg(n) if negated ^ minus else n
        return t.apply(f"fma{bits}", bits, left, m, t.float_neg(a) if negated else a)

    numbers = (word >> 5 & 31, word >> 16 & 31, word >> 10 & 31)
    return write_scalar(word & 31, operate, *(_low(number, bits) for number in numbers))


# The flags as a register


_FLAG_BITS = (("NG", 31), ("ZR", 30), ("CY", 29), ("OV", 28))
_FLAGS: tuple[Varnode, ...] = tuple((REGISTER, 0x100 + i, 1) for i in range(4))


def _read_flags(word: int) -> Rows:
    def operate(*flags: Term) -> Term:
        value = flags[0]
        for flag in flags[1:]:
            value = t.concat(value, flag)
        return t.concat(value, t.const(0, 28))

    return write(word & 31, operate, *_FLAGS)


def _write_flags(word: int) -> Rows:
    def operate(a: Term) -> tuple[Term, ...]:
        return tuple(t.extract(a, bit, 1) for _, bit in _FLAG_BITS)

    return [RawOp(l.COMPUTE, _FLAGS, (x(word & 31),), operate)]


_GROUPS: tuple[tuple[int, int, Callable[[int], Rows]], ...] = (
    (0x3F000000, 0x08000000, _ordered),
    (0x3F200C00, 0x38200000, _atomic),
    (0x7F20FC00, 0x1E200000, _with_integer),
    (0xFF207C00, 0x1E204000, _one_source),
    (0xFF200C00, 0x1E200800, _two_sources),
    (0xFF000000, 0x1F000000, _three_sources),
    (0xFFFFFFE0, 0xD53B4200, _read_flags),
    (0xFFFFFFE0, 0xD51B4200, _write_flags),
)


# What SLEIGH gives needs mending


def override(isa: Isa, instruction: Instruction) -> Rows:
    """The operations to use instead of SLEIGH's."""
    mnemonic = instruction.mnemonic
    if mnemonic in _TRAPS:
        return [RawOp(l.TRAP)]
    if mnemonic in _WRONG:
        return [RawOp(l.OPAQUE, (), (), mnemonic)]
    ops = [_mended(op, instruction) for op in instruction.ops if not _silent(op)]
    if mnemonic in ("bl", "blr"):
        ops = [op for op in ops if op.outs != (_LINK,)]
    if mnemonic.startswith(("ldrs", "ldurs", "ldtrs")):
        # SLEIGH extends ldursb and ldursh with zeros, and their 32-bit forms and those of ldrs* to 64 bits.
        ops = [replace(op, code=l.opcode("INT_SEXT")) if op.code == l.opcode("INT_ZEXT") else op for op in ops]
        if instruction.body.startswith("w"):
            number = instruction.word & 31
            ops += write(number, _same, x(number, 4))
    return ops


def _silent(op: RawOp) -> bool:
    return op.code == l.CALLOTHER and op.extra in _SILENT


def _mended(op: RawOp, instruction: Instruction) -> RawOp:
    if op.code == l.CALLOTHER and op.extra in _BARRIERS:
        kind = "load" if "LD" in instruction.body else "store" if "ST" in instruction.body else "full"
        return RawOp(l.MARK, (), (), f"fence:{kind}")
    return op
