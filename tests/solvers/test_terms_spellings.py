"""Two spellings of one value are the same object: one row per rewrite family."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.solvers import terms as t
from transpile.solvers.terms import Term


def k(value: int, width: int = 64) -> Term:
    return t.const(value, width)


def low(term: Term, width: int) -> Term:
    return t.extract(term, 0, width)


def shl(term: Term, count: int) -> Term:
    return t.shl(term, k(count, term.width))


def shr(term: Term, count: int) -> Term:
    return t.lshr(term, k(count, term.width))


def sar(term: Term, count: int) -> Term:
    return t.ashr(term, k(count, term.width))


X, Y = (t.var(name, 64) for name in "xy")
C, D = (t.var(name, 1) for name in "cd")
ZERO = k(0)
A = B = X
"""Set to the low halves of X and Y for each test."""


def sign(term: Term) -> Term:
    return t.extract(term, term.width - 1, 1)


def flags(a: Term, b: Term) -> dict[str, Term]:
    """x86 flags of ``a - b``."""
    result = t.sub(a, b)
    return {
        "zf": t.eq(result, k(0, a.width)),
        "cf": t.ult(a, b),
        "sf": sign(result),
        "of": t.sborrow(a, b),
    }


def less_equal_signed(a: Term, b: Term) -> Term:
    f = flags(a, b)
    return t.bor(f["zf"], t.ne(f["of"], f["sf"]))


def load(address: Term, nbytes: int) -> Term:
    return t.load(0, address, nbytes)


def bswap(term: Term) -> Term:
    n = term.width // 8
    return t.concat(*[t.extract(term, 8 * i, 8) for i in range(n)])


def fcvt_l_d(x: Term) -> Term:
    """RISC-V's conversion: the nearest representable number, and the largest one for NaN."""
    largest = k((1 << 63) - 1)
    saturated = t.ite(t.float_is_nan(x), largest, t.ite(sign(x), k(1 << 63), largest))
    return t.ite(t.float_in_range(x, 64, 64), t.apply("ftoi64_64", 64, x), saturated)


SPELLINGS: dict[str, Callable[[], tuple[Term, Term]]] = {
    # Linear arithmetic
    "x + 8 - 8": lambda: (t.sub(t.add(X, k(8)), k(8)), X),
    "x + y - x": lambda: (t.sub(t.add(X, Y), X), Y),
    "address order": lambda: (
        t.add(t.add(k(16), shl(Y, 2)), X),
        t.add(t.add(t.mul(Y, k(4)), t.add(X, k(8))), k(8)),
    ),
    "negation": lambda: (t.neg(t.sub(X, Y)), t.sub(Y, X)),
    "not plus one": lambda: (t.add(t.bnot(X), k(1)), t.neg(X)),
    "not of a sum": lambda: (t.bnot(t.add(X, Y)), t.sub(t.sub(k(-1), X), Y)),
    "factor out": lambda: (t.mul(t.add(X, Y), k(3)), t.add(t.mul(X, k(3)), t.mul(k(3), Y))),
    "product of sums": lambda: (t.mul(t.add(X, k(2)), Y), t.add(t.mul(Y, X), t.add(Y, Y))),
    "disjoint or is addition": lambda: (t.bor(shl(X, 2), k(1)), t.add(t.mul(X, k(4)), k(1))),
    "shift of a sign extension": lambda: (shl(t.sext(A, 64), 32), shl(X, 32)),
    "shift of a shift": lambda: (shl(shl(X, 3), 2), t.mul(X, k(32))),
    "multiple by shift and subtraction": lambda: (
        t.sub(t.sext(A, 64), shl(t.sext(A, 64), 5)),
        t.mul(t.sext(A, 64), k(-31)),
    ),
    "multiple of a slice by shift": lambda: (
        t.sub(shl(t.extract(X, 32, 32), 3), t.extract(X, 32, 32)),
        t.sub(t.concat(t.extract(X, 32, 29), k(0, 3)), t.extract(X, 32, 32)),
    ),
    "two words added in one register": lambda: (
        t.sub(t.add(X, Y), shl(t.zext(t.ult(t.add(A, B), B), 64), 32)),
        t.concat(t.add(t.extract(X, 32, 32), t.extract(Y, 32, 32)), t.add(A, B)),
    ),
    "two words subtracted in one register": lambda: (
        t.add(t.sub(X, Y), shl(t.zext(t.ult(A, B), 64), 32)),
        t.concat(t.sub(t.extract(X, 32, 32), t.extract(Y, 32, 32)), t.sub(A, B)),
    ),
    "a constant added to two words": lambda: (
        t.sub(t.add(X, k(0x500000007)), shl(t.zext(t.ult(t.add(A, k(7, 32)), A), 64), 32)),
        t.concat(t.add(t.extract(X, 32, 32), k(5, 32)), t.add(A, k(7, 32))),
    ),
    "muludq in the upper half": lambda: (
        t.extract(t.mul(t.zext(shl(t.add(X, Y), 32), 128), t.zext(t.zext(A, 64), 128)), 64, 64),
        t.extract(t.mul(t.zext(t.add(A, B), 128), t.zext(A, 128)), 32, 64),
    ),
    # Slices
    "slli 32, srli 32": lambda: (shr(shl(X, 32), 32), t.zext(A, 64)),
    "slli 56, srai 56": lambda: (sar(shl(X, 56), 56), t.sext(low(X, 8), 64)),
    "slli 32, srli 30": lambda: (shr(shl(X, 32), 30), t.mul(t.zext(A, 64), k(4))),
    "and 255": lambda: (t.band(X, k(255)), t.zext(low(X, 8), 64)),
    "and a field": lambda: (t.band(X, k(0xFF00)), shl(t.zext(t.extract(X, 8, 8), 64), 8)),
    "clear the low bits": lambda: (t.band(X, k(-16)), shl(shr(X, 4), 4)),
    "and with two fields": lambda: (
        t.band(X, k(0xFF00FF)),
        t.bor(t.band(X, k(0xFF)), t.band(X, k(0xFF0000))),
    ),
    "ubfx": lambda: (t.band(shr(X, 5), k(0x7F)), t.zext(t.extract(X, 5, 7), 64)),
    "sbfx": lambda: (sar(shl(X, 52), 57), t.sext(t.extract(X, 5, 7), 64)),
    "bfi": lambda: (
        t.bor(t.band(X, t.bnot(k(0xFF00))), shl(t.band(Y, k(0xFF)), 8)),
        t.concat(t.extract(X, 16, 48), low(Y, 8), low(X, 8)),
    ),
    "sraiw": lambda: (
        t.sext(sar(A, 3), 64),
        t.sext(t.extract(sar(shl(X, 32), 35), 0, 32), 64),
    ),
    "sext.w of a sum": lambda: (t.sext(low(t.add(X, Y), 32), 64), t.sext(t.add(A, B), 64)),
    "low half of 64-bit work": lambda: (
        low(t.bxor(t.sub(t.mul(X, Y), shl(X, 3)), t.bnot(Y)), 32),
        t.bxor(t.sub(t.mul(A, B), shl(A, 3)), t.bnot(B)),
    ),
    "xor -1": lambda: (t.bxor(X, k(-1)), t.bnot(X)),
    "neighbours merge": lambda: (t.concat(t.extract(X, 8, 24), low(X, 8)), A),
    "pieces of a sum merge": lambda: (
        t.concat(t.extract(t.add(X, Y), 8, 56), low(t.add(X, Y), 8)),
        t.add(X, Y),
    ),
    "inverted pieces merge": lambda: (
        t.concat(t.bnot(sign(X)), low(X, 63)),
        t.bxor(X, k(1 << 63)),
    ),
    "cltd": lambda: (t.concat(sar(A, 31), A), t.sext(A, 64)),
    "sign from a replicated bit": lambda: (t.concat(t.sext(sign(A), 32), A), t.sext(A, 64)),
    "rotate": lambda: (t.bor(shl(X, 13), shr(X, 51)), t.concat(low(X, 51), t.extract(X, 51, 13))),
    "rotate by add": lambda: (t.bor(shr(X, 60), shl(X, 4)), t.bor(shl(X, 4), shr(X, 60))),
    "double byte swap": lambda: (bswap(bswap(X)), X),
    "nanbox": lambda: (t.bor(t.zext(A, 64), k(-1 << 32)), t.concat(k(-1, 32), A)),
    "write of a low byte": lambda: (
        t.concat(t.extract(X, 8, 56), t.bor(low(X, 8), low(Y, 8))),
        t.bor(X, t.zext(low(Y, 8), 64)),
    ),
    "sext of a zext": lambda: (t.sext(t.zext(low(X, 8), 32), 64), t.zext(low(X, 8), 64)),
    "bitwise on sign extensions": lambda: (t.band(t.sext(A, 64), t.sext(B, 64)), t.sext(t.band(A, B), 64)),
    "no overflow, zero extended": lambda: (
        t.zext(t.add(t.zext(low(X, 8), 32), t.zext(low(Y, 8), 32)), 64),
        t.add(t.zext(low(X, 8), 64), t.zext(low(Y, 8), 64)),
    ),
    "no overflow, sign extended": lambda: (
        t.sext(t.sub(t.sext(low(X, 16), 32), k(5, 32)), 64),
        t.sub(t.sext(low(X, 16), 64), k(5)),
    ),
    "high product either way": lambda: (
        t.extract(t.mul(t.zext(X, 128), t.zext(Y, 128)), 64, 64),
        t.extract(t.mul(t.zext(Y, 128), t.zext(X, 128)), 64, 64),
    ),
    "low part of a wide product": lambda: (low(t.mul(t.sext(X, 128), t.zext(Y, 128)), 64), t.mul(X, Y)),
    "narrow remainder": lambda: (
        low(t.urem(t.zext(A, 64), t.zext(B, 64)), 32),
        t.urem(A, B),
    ),
    "cltd; idivl": lambda: (
        low(t.sdiv(t.concat(sar(A, 31), A), t.sext(B, 64)), 32),
        t.sdiv(A, B),
    ),
    "variable shift, narrow": lambda: (
        t.lshr(t.zext(A, 64), t.zext(low(Y, 5), 64)),
        t.zext(t.lshr(A, t.zext(low(Y, 5), 32)), 64),
    ),
    "sllw": lambda: (
        low(t.shl(X, t.zext(low(Y, 5), 64)), 32),
        t.shl(A, t.zext(low(Y, 5), 32)),
    ),
    "clz of a zero extension": lambda: (
        t.sub(t.lzcount(t.zext(A, 64), 64), k(32)),
        t.lzcount(A, 64),
    ),
    # Loads
    "narrow load": lambda: (t.extract(load(X, 8), 16, 16), load(t.add(X, k(2)), 2)),
    "loads merge": lambda: (t.concat(load(t.add(X, k(4)), 4), load(X, 4)), load(X, 8)),
    "sign of a loaded value": lambda: (sign(load(X, 8)), sign(load(t.add(X, k(7)), 1))),
    # Bits side by side
    "movmsk": lambda: (
        t.add(shl(t.zext(D, 64), 1), t.zext(C, 64)),
        t.bor(t.zext(C, 64), shl(t.zext(D, 64), 1)),
    ),
    "two masks": lambda: (
        t.sub(shl(t.bor(shl(t.zext(D, 64), 32), t.zext(C, 64)), 32), t.bor(shl(t.zext(D, 64), 32), t.zext(C, 64))),
        t.concat(t.sext(D, 32), t.sext(C, 32)),
    ),
    "two masks, inverted": lambda: (
        t.bnot(t.concat(t.sext(D, 32), t.sext(C, 32))),
        t.concat(t.sext(t.bnot(D), 32), t.sext(t.bnot(C), 32)),
    ),
    "zero extended mask": lambda: (t.zext(t.sext(C, 32), 64), t.ite(C, k(0xFFFFFFFF), ZERO)),
    "masked multiple": lambda: (t.ite(C, t.neg(X), ZERO), t.neg(t.ite(C, X, ZERO))),
    # Booleans and selections
    "ite 1 0": lambda: (t.ite(C, k(1, 1), k(0, 1)), C),
    "zext bool != 0": lambda: (t.ne(t.zext(C, 64), ZERO), C),
    "eq of constant selection": lambda: (t.eq(t.ite(C, k(7), k(9)), k(9)), t.bnot(C)),
    "bool xor 1": lambda: (t.bxor(t.zext(C, 32), k(1, 32)), t.zext(t.bnot(C), 32)),
    "seqz of a bool": lambda: (t.zext(t.eq(t.zext(C, 64), ZERO), 64), t.sub(k(1), t.zext(C, 64))),
    "absorption": lambda: (t.bor(C, t.band(C, D)), C),
    "excluded middle": lambda: (t.bor(C, t.bnot(C)), t.TRUE),
    "De Morgan": lambda: (t.bnot(t.bor(t.bnot(C), D)), t.band(C, t.bnot(D))),
    "resolved negation": lambda: (t.bor(C, t.band(t.bnot(C), D)), t.bor(D, C)),
    "same arms": lambda: (t.ite(C, X, t.ite(C, Y, X)), X),
    "flip": lambda: (t.ite(t.bnot(C), X, Y), t.ite(C, Y, X)),
    "nested condition": lambda: (t.ite(C, t.ite(D, X, Y), Y), t.ite(t.band(D, C), X, Y)),
    "mask select": lambda: (
        t.bor(t.band(t.neg(t.zext(C, 64)), X), t.band(t.sub(t.zext(C, 64), k(1)), Y)),
        t.ite(C, X, Y),
    ),
    "xor select": lambda: (t.bxor(Y, t.band(t.sext(C, 64), t.bxor(X, Y))), t.ite(C, X, Y)),
    "multiply select": lambda: (t.mul(t.zext(C, 64), X), t.ite(C, X, ZERO)),
    "division by 4": lambda: (
        t.ite(sign(A), sar(t.add(A, k(3, 32)), 2), sar(A, 2)),
        sar(t.add(A, t.lshr(t.sext(sign(A), 32), k(30, 32))), 2),
    ),
    "csinc": lambda: (t.ite(C, X, t.add(X, k(1))), t.add(X, t.zext(t.bnot(C), 64))),
    "neg of a bool": lambda: (t.neg(t.zext(C, 64)), t.ite(C, k(-1), ZERO)),
    "select then extend": lambda: (t.ite(C, t.sext(A, 64), t.sext(B, 64)), t.sext(t.ite(C, A, B), 64)),
    "select then truncate": lambda: (low(t.ite(C, X, Y), 32), t.ite(C, A, B)),
    "minimum": lambda: (t.ite(t.slt(X, Y), X, Y), t.ite(t.slt(Y, X), Y, X)),
    "maximum": lambda: (t.ite(t.ult(X, Y), Y, X), t.ite(t.ule(Y, X), X, Y)),
    "minimum with a constant": lambda: (t.ite(t.slt(X, k(5)), X, k(5)), t.ite(t.sle(X, k(5)), X, k(5))),
    "select by equality": lambda: (t.ite(t.eq(X, k(3)), k(3), X), X),
    "remainder from quotient": lambda: (t.sub(X, t.mul(Y, t.udiv(X, Y))), t.urem(X, Y)),
    "signed remainder from quotient": lambda: (t.sub(A, t.mul(t.sdiv(A, B), B)), t.srem(A, B)),
    # Comparisons
    "eq of a difference": lambda: (t.eq(t.sub(X, Y), ZERO), t.eq(Y, X)),
    "eq of an xor": lambda: (t.eq(t.bxor(X, Y), ZERO), t.eq(X, Y)),
    "seqz of xori": lambda: (t.eq(t.bxor(X, k(1)), ZERO), t.eq(X, k(1))),
    "eq moved constant": lambda: (t.eq(t.add(X, k(5)), k(7)), t.eq(X, k(2))),
    "eq of extensions": lambda: (t.eq(t.sext(A, 64), t.sext(B, 64)), t.eq(A, B)),
    "eq of zext and constant": lambda: (t.eq(t.zext(A, 64), k(5)), t.eq(A, k(5, 32))),
    "eq out of range": lambda: (t.eq(t.zext(A, 64), k(1 << 32)), t.FALSE),
    "eq of low bits by shift": lambda: (t.eq(shl(X, 32), ZERO), t.eq(A, k(0, 32))),
    "eq of or": lambda: (t.eq(t.bor(X, Y), ZERO), t.band(t.eq(X, ZERO), t.eq(Y, ZERO))),
    "subw; seqz": lambda: (t.eq(t.sext(t.sub(A, B), 64), ZERO), t.eq(A, B)),
    "sltiu 1": lambda: (t.ult(X, k(1)), t.eq(X, ZERO)),
    "bytes compared at the top": lambda: (t.slt(shl(X, 56), shl(Y, 56)), t.slt(low(X, 8), low(Y, 8))),
    "byte at the top and constant": lambda: (t.ult(shl(X, 56), k(5)), t.eq(low(X, 8), k(0, 8))),
    "sltu zero": lambda: (t.ult(ZERO, X), t.ne(X, ZERO)),
    "high bits zero": lambda: (t.eq(shr(X, 8), ZERO), t.ult(X, k(256))),
    "not below": lambda: (t.bnot(t.ult(X, Y)), t.ule(Y, X)),
    "at most is less than next": lambda: (t.sle(X, k(5)), t.slt(X, k(6))),
    "slt of sext": lambda: (t.slt(t.sext(A, 64), t.sext(B, 64)), t.slt(A, B)),
    "ult of sext": lambda: (t.ult(t.sext(A, 64), t.sext(B, 64)), t.ult(A, B)),
    "ult of zext": lambda: (t.ult(t.zext(A, 64), t.zext(B, 64)), t.ult(A, B)),
    "slt of zext": lambda: (t.slt(t.zext(A, 64), t.zext(B, 64)), t.ult(A, B)),
    "slt of zext and constant": lambda: (t.slt(t.zext(A, 64), k(9)), t.ult(A, k(9, 32))),
    "slt zero is the sign": lambda: (t.slt(X, ZERO), t.eq(shr(X, 63), k(1))),
    "sign by shift": lambda: (t.sext(sign(X), 64), sar(X, 63)),
    "carry of an addition": lambda: (t.ult(t.add(X, Y), Y), t.carry(X, Y)),
    "borrow of a subtraction": lambda: (t.ult(X, t.sub(X, Y)), t.ult(X, Y)),
    "carry with a constant": lambda: (t.ult(t.add(X, k(5)), k(5)), t.carry(k(5), X)),
    "range check": lambda: (
        t.ult(t.sub(t.zext(low(X, 8), 64), k(48)), k(10)),
        t.ult(t.sext(t.sub(t.zext(low(X, 8), 32), k(48, 32)), 64), k(10)),
    ),
    # x86 flags
    "jl": lambda: (t.bxor(flags(X, Y)["of"], flags(X, Y)["sf"]), t.slt(X, Y)),
    "jge": lambda: (t.eq(flags(A, B)["of"], flags(A, B)["sf"]), t.sle(B, A)),
    "jle": lambda: (less_equal_signed(A, B), t.sle(A, B)),
    "jg": lambda: (t.bnot(less_equal_signed(X, Y)), t.slt(Y, X)),
    "jbe": lambda: (t.bor(flags(X, Y)["cf"], flags(X, Y)["zf"]), t.ule(X, Y)),
    "ja": lambda: (t.band(t.bnot(flags(X, Y)["cf"]), t.bnot(flags(X, Y)["zf"])), t.ult(Y, X)),
    "jl constant": lambda: (t.bxor(flags(X, k(7))["of"], flags(X, k(7))["sf"]), t.slt(X, k(7))),
    "jl minimum": lambda: (t.bxor(flags(X, k(1 << 63))["of"], flags(X, k(1 << 63))["sf"]), t.FALSE),
    "jle constant": lambda: (less_equal_signed(X, k(7)), t.slt(X, k(8))),
    "jle zero": lambda: (less_equal_signed(A, k(0, 32)), t.slt(A, k(1, 32))),
    "jg after test": lambda: (t.band(t.bnot(sign(A)), t.ne(A, k(0, 32))), t.slt(k(0, 32), A)),
    "ja constant": lambda: (
        t.band(t.bnot(flags(A, k(16, 32))["cf"]), t.bnot(flags(A, k(16, 32))["zf"])),
        t.ult(k(16, 32), A),
    ),
    "jle of extended bytes": lambda: (
        less_equal_signed(t.zext(low(X, 8), 32), t.zext(low(Y, 8), 32)),
        t.ule(low(X, 8), low(Y, 8)),
    ),
    "cmn": lambda: (t.bxor(t.scarry(X, k(3)), sign(t.add(X, k(3)))), t.slt(X, k(-3))),
    "neg; jl": lambda: (t.bxor(flags(ZERO, X)["of"], flags(ZERO, X)["sf"]), t.slt(ZERO, X)),
    "less and not equal": lambda: (t.band(t.sle(X, Y), t.ne(X, Y)), t.slt(X, Y)),
    "antisymmetry": lambda: (t.band(t.sle(X, Y), t.sle(Y, X)), t.eq(X, Y)),
    # Floating point
    "ucomisd; ja": lambda: (
        t.band(
            t.bnot(t.bor(t.float_lt(X, Y), t.bor(t.float_is_nan(X), t.float_is_nan(Y)))),
            t.bnot(t.bor(t.float_eq(X, Y), t.bor(t.float_is_nan(X), t.float_is_nan(Y)))),
        ),
        t.float_lt(Y, X),
    ),
    "ucomisd; jae": lambda: (
        t.bnot(t.bor(t.float_lt(X, Y), t.bor(t.float_is_nan(X), t.float_is_nan(Y)))),
        t.float_le(Y, X),
    ),
    "ucomisd; je, jnp": lambda: (
        t.band(
            t.bor(t.float_eq(X, Y), t.bor(t.float_is_nan(X), t.float_is_nan(Y))),
            t.bnot(t.bor(t.float_is_nan(Y), t.float_is_nan(X))),
        ),
        t.float_eq(Y, X),
    ),
    "fcmp; lt is N xor V": lambda: (
        t.bxor(
            t.bor(t.float_lt(X, Y), t.bor(t.float_is_nan(X), t.float_is_nan(Y))),
            t.bor(t.float_is_nan(Y), t.float_is_nan(X)),
        ),
        t.float_lt(X, Y),
    ),
    "ordered, but not less": lambda: (
        t.bxor(t.band(t.bnot(t.float_is_nan(X)), t.bnot(t.float_is_nan(Y))), t.float_lt(X, Y)),
        t.float_le(Y, X),
    ),
    "unordered or above zero": lambda: (
        t.bxor(t.float_is_nan(X), t.float_lt(ZERO, X)),
        t.bnot(t.float_le(X, ZERO)),
    ),
    "ordered and unequal": lambda: (
        t.band(
            t.bnot(t.float_eq(X, Y)),
            t.band(t.bnot(t.float_is_nan(X)), t.bnot(t.float_is_nan(Y))),
        ),
        t.bor(t.float_lt(X, Y), t.float_lt(Y, X)),
    ),
    "selection decided by its neighbour": lambda: (
        t.band(t.ite(t.ult(X, Y), t.float_lt(X, Y), C), t.bnot(C)),
        t.band(t.band(t.ult(X, Y), t.float_lt(X, Y)), t.bnot(C)),
    ),
    "feq of itself": lambda: (t.float_eq(X, X), t.bnot(t.float_is_nan(X))),
    "less or equal": lambda: (t.bor(t.float_lt(X, Y), t.float_eq(X, Y)), t.float_le(X, Y)),
    "fneg by parts": lambda: (t.concat(t.bnot(sign(X)), low(X, 63)), t.float_neg(X)),
    "fabs by shifts": lambda: (shr(shl(X, 1), 1), t.float_abs(X)),
    "NaN of a negation": lambda: (t.float_is_nan(t.float_neg(X)), t.float_is_nan(X)),
    "fcvt.l.d, then its overflow put right": lambda: (
        t.add(fcvt_l_d(X), t.zext(t.slt(t.add(fcvt_l_d(X), k(1)), fcvt_l_d(X)), 64)),
        t.ite(t.float_in_range(X, 64, 64), t.apply("ftoi64_64", 64, X), k(1 << 63)),
    ),
    "fcvt.l.d for 32 bits": lambda: (
        t.ite(
            t.eq(fcvt_l_d(X), t.sext(low(fcvt_l_d(X), 32), 64)),
            t.sext(low(fcvt_l_d(X), 32), 64),
            k(-1 << 31),
        ),
        t.ite(
            t.float_in_range(X, 64, 32),
            t.sext(low(t.apply("ftoi64_64", 64, X), 32), 64),
            k(-1 << 31),
        ),
    ),
    "commutative fadd": lambda: (t.apply("fadd64", 64, X, Y), t.apply("fadd64", 64, Y, X)),
}


@pytest.mark.parametrize("family", SPELLINGS)
def test_two_spellings_are_one_object(family: str) -> None:
    global A, B
    t.reset()
    A, B = low(X, 32), low(Y, 32)
    first, second = SPELLINGS[family]()
    assert first is second, f"{first}\n{second}"
