"""RISC-V F and D: single-precision values are NaN-boxed, comparisons and conversions are exact at the edges.

Rounding is to nearest even unless the instruction says truncate (unprivileged ISA manual, chapters "F" and "D").
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import conversions as f
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.pcode import CONSTANT, RawOp
from transpile.solvers.riscv_fields import (
    Compute,
    Rows,
    compute,
    fr,
    funct3,
    immediate,
    opaque,
    rd,
    rs1,
    rs2,
    temporary,
    x,
)
from transpile.solvers.terms import Term


def unbox(value: Term, bits: int) -> Term:
    """A register read as a float: a 32-bit one that is not boxed counts as the canonical NaN."""
    if bits == 64:
        return value
    boxed = t.eq(t.extract(value, 32, 32), t.const(0xFFFFFFFF, 32))
    return t.ite(boxed, t.extract(value, 0, 32), f.canonical_nan(32))


def box(value: Term) -> Term:
    return value if value.width == 64 else t.concat(t.const(0xFFFFFFFF, 32), value)


def _float_load(word: int) -> Rows:
    size = {2: 4, 3: 8}.get(funct3(word), 0)
    if not size:
        return opaque("vector or half-precision load")
    value, where = temporary(0, size), temporary(1)
    distance = (CONSTANT, immediate(word), 8)
    return [
        RawOp(_ADD, (where,), (x(rs1(word)), distance)),
        RawOp(l.LOAD, (value,), (where,)),
        *compute(fr(rd(word)), box, value),
    ]


def _float_store(word: int) -> Rows:
    size = {2: 4, 3: 8}.get(funct3(word), 0)
    if not size:
        return opaque("vector or half-precision store")
    offset = (word >> 25) << 5 | rd(word)
    where = temporary(1)
    distance = (CONSTANT, offset - ((word >> 31) << 12), 8)
    return [
        RawOp(_ADD, (where,), (x(rs1(word)), distance)),
        RawOp(l.STORE, (), (where, fr(rs2(word), size))),
    ]


_ADD = l.opcode("INT_ADD")
_OPERATIONS = {0: "fadd", 1: "fsub", 2: "fmul", 3: "fdiv", 0xB: "fsqrt"}
_COMPARISONS: dict[int, Compute] = {0: t.float_le, 1: t.float_lt, 2: t.float_eq}
_TO_INTEGER = {0: (32, True), 1: (32, False), 2: (64, True), 3: (64, False)}


def _float(word: int) -> Rows:
    bits = {0: 32, 1: 64}.get(word >> 25 & 3, 0)
    kind, mode = word >> 27, funct3(word)
    if not bits:
        return opaque("half or quad precision")
    if kind in _OPERATIONS:
        return _float_operation(word, bits, _OPERATIONS[kind])
    if kind in (0x04, 0x05):
        function = _sign_injection(mode) if kind == 4 else (f.number_min, f.number_max)[mode & 1]
        return _from_floats(word, bits, function, 2)
    if kind == 0x14 and mode in _COMPARISONS:
        test = _COMPARISONS[mode]
        ins = (fr(rs1(word)), fr(rs2(word)))
        return compute(x(rd(word)), lambda a, b: t.zext(test(unbox(a, bits), unbox(b, bits)), 64), *ins)
    if kind == 0x08:
        return _float_to_float(word, bits)
    if kind == 0x18:
        return _float_to_integer(word, bits)
    if kind == 0x1A:
        return _integer_to_float(word, bits)
    if kind == 0x1C and mode == 0:
        return compute(x(rd(word)), lambda a: t.sext(t.extract(a, 0, bits), 64), fr(rs1(word)))
    if kind == 0x1E and mode == 0:
        return compute(fr(rd(word)), lambda a: box(t.extract(a, 0, bits)), x(rs1(word)))
    return opaque("floating-point instruction")


def _nearest(mode: int) -> bool:
    return mode in (0, 7)


def _from_floats(word: int, bits: int, function: Compute, count: int) -> list[RawOp]:
    ins = (fr(rs1(word)), fr(rs2(word)))[:count]
    return compute(fr(rd(word)), lambda *args: box(function(*[unbox(a, bits) for a in args])), *ins)


def _float_operation(word: int, bits: int, name: str) -> Rows:
    if not _nearest(funct3(word)):
        return opaque("rounding mode")
    return _from_floats(word, bits, lambda *args: t.apply(f"{name}{bits}", bits, *args), 1 if name == "fsqrt" else 2)


def _sign_injection(mode: int) -> Compute:
    def operate(a: Term, b: Term) -> Term:
        sign = f.sign(b)
        if mode == 1:
            sign = t.bnot(sign)
        elif mode == 2:
            sign = t.bxor(sign, f.sign(a))
        if a is b and mode:
            return t.float_neg(a) if mode == 1 else t.float_abs(a)
        return t.concat(sign, t.extract(a, 0, a.width - 1))

    return operate


def _float_to_float(word: int, bits: int) -> Rows:
    source = {0: 32, 1: 64}.get(rs2(word), 0)
    if not source or not _nearest(funct3(word)):
        return opaque("conversion between floats")

    def operate(a: Term) -> Term:
        value = unbox(a, source)
        return box(value if source == bits else t.apply(f"f{source}to{bits}", bits, value))

    return compute(fr(rd(word)), operate, fr(rs1(word)))


def _float_to_integer(word: int, bits: int) -> Rows:
    mode = funct3(word)
    if mode not in (0, 1, 7) or rs2(word) not in _TO_INTEGER:
        return opaque("rounding mode")
    width, signed = _TO_INTEGER[rs2(word)]
    rounding = "" if mode == 1 else "r"
    nan = (1 << width - signed) - 1

    def operate(a: Term) -> Term:
        return t.sext(f.saturated(unbox(a, bits), width, signed, rounding, nan), 64)

    return compute(x(rd(word)), operate, fr(rs1(word)))


def _integer_to_float(word: int, bits: int) -> Rows:
    if rs2(word) not in _TO_INTEGER or not _nearest(funct3(word)):
        return opaque("rounding mode")
    width, signed = _TO_INTEGER[rs2(word)]
    name = f"u64tof{bits}" if (width, signed) == (64, False) else f"i64tof{bits}"

    def operate(a: Term) -> Term:
        value = t.extract(a, 0, width)
        value = t.sext(value, 64) if signed else t.zext(value, 64)
        return box(t.apply(name, bits, value))

    return compute(fr(rd(word)), operate, x(rs1(word)))


def _fused(word: int) -> Rows:
    bits = {0: 32, 1: 64}.get(word >> 25 & 3, 0)
    if not bits or not _nearest(funct3(word)):
        return opaque("rounding mode")
    kind = word >> 2 & 3

    def operate(*registers: Term) -> Term:
        a, b, c = (unbox(r, bits) for r in registers)
        a = t.float_neg(a) if kind >= 2 else a
        c = t.float_neg(c) if kind in (1, 3) else c
        return box(t.apply(f"fma{bits}", bits, a, b, c))

    return compute(fr(rd(word)), operate, fr(rs1(word)), fr(rs2(word)), fr(word >> 27))


FLOAT: dict[int, Callable[[int], Rows]] = {
    0x07: _float_load,
    0x27: _float_store,
    0x43: _fused,
    0x47: _fused,
    0x4B: _fused,
    0x4F: _fused,
    0x53: _float,
}
"""Major opcode -> rows."""
