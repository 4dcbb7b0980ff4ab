"""AArch64 Advanced SIMD, decoded from the word by the groups of the architecture manual (C4.1.96, "Data Processing --
Scalar Floating-Point and Advanced SIMD"), lane by lane. What is not in these tables is left to SLEIGH.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import conversions as f
from transpile.solvers import lanes
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.aarch64_vectors import (
    Compute,
    Rows,
    as_whole,
    by_halves,
    clear_upper,
    narrowed,
    vector,
    whole,
    write_scalar,
)
from transpile.solvers.overrides_aarch64_wide import (
    across,
    extract_bytes,
    permute,
    shift_by_constant,
    table,
    three_different,
)
from transpile.solvers.pcode import RawOp
from transpile.solvers.terms import Term

# Lane functions


def _halved(function: Compute, extend: Callable[[Term, int], Term], rounding: int = 0) -> Compute:
    def operate(a: Term, b: Term) -> Term:
        wide = a.width + 2
        total = t.add(function(extend(a, wide), extend(b, wide)), t.const(rounding, wide))
        return t.extract(total, 1, a.width)

    return operate


def _shifted_by_register(extend_sign: bool) -> Compute:
    """sshl, ushl: the low byte of the count is signed, negative counts shift right."""

    def operate(a: Term, b: Term) -> Term:
        width = a.width
        count = t.sext(t.extract(b, 0, 8), 16)
        back = t.neg(count)
        limit = t.const(width, 16)
        left = t.ite(t.ult(count, limit), t.shl(a, _resized(count, width)), t.const(0, width))
        shift = t.ashr if extend_sign else t.lshr
        emptied = t.ashr(a, t.const(width - 1, width)) if extend_sign else t.const(0, width)
        right = t.ite(t.ult(back, limit), shift(a, _resized(back, width)), emptied)
        return t.ite(t.extract(count, 15, 1), right, left)

    return operate


def _resized(value: Term, width: int) -> Term:
    return t.extract(value, 0, width) if width <= value.width else t.zext(value, width)


def _test(a: Term, b: Term) -> Term:
    return t.ne(t.band(a, b), t.const(0, a.width))


_LANES: dict[tuple[int, int], Compute] = {
    (0, 0): _halved(t.add, t.sext),
    (1, 0): _halved(t.add, t.zext),
    (0, 1): lanes.add_signed,
    (1, 1): lanes.add_unsigned,
    (0, 2): _halved(t.add, t.sext, 1),
    (1, 2): lanes.average,
    (0, 4): _halved(t.sub, t.sext),
    (1, 4): _halved(t.sub, t.zext),
    (0, 5): lanes.sub_signed,
    (1, 5): lanes.sub_unsigned,
    (0, 6): lanes.all_ones(lambda a, b: t.slt(b, a)),
    (1, 6): lanes.all_ones(lambda a, b: t.ult(b, a)),
    (0, 7): lanes.all_ones(lambda a, b: t.sle(b, a)),
    (1, 7): lanes.all_ones(lambda a, b: t.ule(b, a)),
    (0, 8): _shifted_by_register(True),
    (1, 8): _shifted_by_register(False),
    (0, 12): lanes.max_signed,
    (1, 12): lanes.max_unsigned,
    (0, 13): lanes.min_signed,
    (1, 13): lanes.min_unsigned,
    (0, 14): lanes.difference_signed,
    (1, 14): lanes.difference,
    (0, 16): t.add,
    (1, 16): t.sub,
    (0, 17): lanes.all_ones(_test),
    (1, 17): lanes.all_ones(t.eq),
    (0, 19): t.mul,
}
"""(U, opcode) of "three same": function of two lanes."""

_PAIRWISE: dict[tuple[int, int], Compute] = {
    (0, 20): lanes.max_signed,
    (1, 20): lanes.max_unsigned,
    (0, 21): lanes.min_signed,
    (1, 21): lanes.min_unsigned,
    (0, 23): t.add,
}

_FLOAT_LANES: dict[tuple[int, int, int], Compute] = {
    (0, 0, 24): f.quiet_max,
    (0, 1, 24): f.quiet_min,
    (0, 0, 26): lanes.arithmetic("fadd"),
    (0, 1, 26): lanes.arithmetic("fsub"),
    (1, 1, 26): lambda a, b: t.float_abs(t.apply(f"fsub{a.width}", a.width, a, b)),
    (1, 0, 27): lanes.arithmetic("fmul"),
    (0, 0, 28): lanes.all_ones(t.float_eq),
    (1, 0, 28): lanes.all_ones(lambda a, b: t.float_le(b, a)),
    (1, 1, 28): lanes.all_ones(lambda a, b: t.float_lt(b, a)),
    (0, 0, 30): f.nan_max,
    (0, 1, 30): f.nan_min,
    (1, 0, 31): lanes.arithmetic("fdiv"),
}
"""(U, upper bit of size, opcode) of "three same", floating point."""


def _bitwise(word: int) -> Compute | None:
    kind = word >> 22 & 3
    if word >> 29 & 1:
        return t.bxor if kind == 0 else None
    functions: tuple[Compute, ...] = (
        t.band,
        lambda a, b: t.band(a, t.bnot(b)),
        t.bor,
        lambda a, b: t.bor(a, t.bnot(b)),
    )
    return functions[kind]


def _select(word: int) -> Rows:
    """bsl, bit, bif: destination, first and second choose among each other bit by bit."""
    kind = word >> 22 & 3

    def operate(d: Term, n: Term, m: Term) -> Term:
        mask, yes, no = ((d, n, m), (m, n, d), (m, d, n))[kind - 1]
        return t.bor(t.band(mask, yes), t.band(t.bnot(mask), no))

    return by_halves(word, operate, word & 31, word >> 5 & 31, word >> 16 & 31)


def _three_same(word: int, scalar: bool) -> Rows:
    upper, opcode, size = word >> 29 & 1, word >> 11 & 31, word >> 22 & 3
    n, m = word >> 5 & 31, word >> 16 & 31
    if opcode >= 24:
        lane = 64 if size & 1 else 32
        function = _FLOAT_LANES.get((upper, size >> 1, opcode))
        if function is None:
            return _fused_lanes(word, lane) if opcode == 25 and not upper and not scalar else None
    elif opcode == 3 and not scalar:
        bits = _bitwise(word)
        return _select(word) if bits is None else by_halves(word, bits, n, m)
    else:
        lane = 8 << size
        function = _LANES.get((upper, opcode))
        if function is None:
            return None if scalar else _accumulating(word, lane)
    if scalar:
        return write_scalar(word & 31, function, vector(n, 0, lane // 8), vector(m, 0, lane // 8))
    return by_halves(word, lanes.mapped(lane, function), n, m)


def _fused_lanes(word: int, lane: int) -> Rows:
    negative = word >> 23 & 1

    def operate(d: Term, n: Term, m: Term) -> Term:
        return t.apply(f"fma{lane}", lane, t.float_neg(n) if negative else n, m, d)

    return by_halves(word, lanes.mapped(lane, operate), word & 31, word >> 5 & 31, word >> 16 & 31)


def _accumulating(word: int, lane: int) -> Rows:
    upper, opcode = word >> 29 & 1, word >> 11 & 31
    n, m = word >> 5 & 31, word >> 16 & 31
    if (upper, opcode) in _PAIRWISE:
        function = _PAIRWISE[upper, opcode]

        def pairs(a: Term, b: Term) -> Term:
            both = [*lanes.split(a, lane), *lanes.split(b, lane)]
            return lanes.join([function(both[i], both[i + 1]) for i in range(0, len(both), 2)])

        return as_whole(word, pairs, n, m)
    if opcode == 18:
        combine = t.sub if upper else t.add
        return by_halves(word, lanes.mapped(lane, lambda d, a, b: combine(d, t.mul(a, b))), word & 31, n, m)
    if opcode == 15:
        distance = lanes.difference if upper else lanes.difference_signed
        return by_halves(word, lanes.mapped(lane, lambda d, a, b: t.add(d, distance(a, b))), word & 31, n, m)
    return None


# Two registers


def _reversed_lanes(group: int, lane: int) -> Compute:
    def operate(a: Term) -> Term:
        return lanes.join([lanes.join(lanes.split(g, lane)[::-1]) for g in lanes.split(a, group)])

    return operate


def _reversed_bits(a: Term) -> Term:
    return lanes.join([t.extract(a, i, 1) for i in range(a.width - 1, -1, -1)])


def _against_zero(test: Compute) -> Compute:
    return lanes.all_ones(lambda a: test(a, t.const(0, a.width)))


_UNARY: dict[tuple[int, int], Compute] = {
    (0, 8): _against_zero(lambda a, z: t.slt(z, a)),
    (1, 8): _against_zero(lambda a, z: t.sle(z, a)),
    (0, 9): _against_zero(t.eq),
    (1, 9): _against_zero(t.sle),
    (0, 10): _against_zero(t.slt),
    (0, 11): lanes.absolute,
    (1, 11): t.neg,
    (1, 4): lambda a: t.lzcount(a, a.width),
}
_NARROWING: dict[tuple[int, int], Callable[[Term, int], Term]] = {
    (0, 18): lambda a, width: t.extract(a, 0, width),
    (1, 18): lanes.to_unsigned,
    (0, 20): lanes.to_signed,
    (1, 20): lanes.unsigned_to_unsigned,
}


def to_integer(signed: bool, mode: str, width: int) -> Compute:
    """A float to an integer of ``width`` bits; ``mode``: n (nearest even), p, m, z."""

    def operate(a: Term) -> Term:
        if mode in "pm":
            a = t.apply(f"{'fceil' if mode == 'p' else 'ffloor'}{a.width}", a.width, a)
        return f.saturated(a, width, signed, "r" if mode == "n" else "", 0)

    return operate


def _to_float(signed: bool) -> Compute:
    def operate(a: Term) -> Term:
        if signed or a.width < 64:
            wide = t.sext(a, 64) if signed else t.zext(a, 64)
            return t.apply(f"i64tof{a.width}", a.width, wide)
        return t.apply("u64tof64", 64, a)

    return operate


def _lane_to_integer(signed: bool, mode: str) -> Compute:
    return lambda a: to_integer(signed, mode, a.width)(a)


_FLOAT_UNARY: dict[tuple[int, int, int], Compute] = {
    (0, 1, 12): lanes.all_ones(lambda a: t.float_lt(t.const(0, a.width), a)),
    (1, 1, 12): lanes.all_ones(lambda a: t.float_le(t.const(0, a.width), a)),
    (0, 1, 13): lanes.all_ones(lambda a: t.float_eq(a, t.const(0, a.width))),
    (1, 1, 13): lanes.all_ones(lambda a: t.float_le(a, t.const(0, a.width))),
    (0, 1, 14): lanes.all_ones(lambda a: t.float_lt(a, t.const(0, a.width))),
    (0, 1, 15): t.float_abs,
    (1, 1, 15): t.float_neg,
    (0, 0, 24): lanes.arithmetic("frint"),
    (0, 0, 25): lanes.arithmetic("ffloor"),
    (0, 1, 24): lanes.arithmetic("fceil"),
    (0, 1, 25): lanes.arithmetic("ftrunc"),
    (1, 0, 25): lanes.arithmetic("frint"),
    (1, 1, 25): lanes.arithmetic("frint"),
    (0, 0, 26): _lane_to_integer(True, "n"),
    (1, 0, 26): _lane_to_integer(False, "n"),
    (0, 1, 26): _lane_to_integer(True, "p"),
    (1, 1, 26): _lane_to_integer(False, "p"),
    (0, 0, 27): _lane_to_integer(True, "m"),
    (1, 0, 27): _lane_to_integer(False, "m"),
    (0, 1, 27): _lane_to_integer(True, "z"),
    (1, 1, 27): _lane_to_integer(False, "z"),
    (0, 0, 29): _to_float(True),
    (1, 0, 29): _to_float(False),
    (1, 1, 31): lanes.arithmetic("fsqrt"),
}
"""(U, upper bit of size, opcode) of "two registers, miscellaneous", floating point."""


def _two_registers(word: int, scalar: bool) -> Rows:
    upper, opcode, size, n = word >> 29 & 1, word >> 12 & 31, word >> 22 & 3, word >> 5 & 31
    if opcode in (18, 20) and not scalar:
        return narrowed(word, 8 << size, _NARROWING[upper, opcode])
    if opcode in (22, 23) and not scalar and not upper and size & 1:
        return _resize_floats(word, opcode == 23)
    if opcode >= 12 and opcode not in (18, 19, 20):
        lane = 64 if size & 1 else 32
        function = _FLOAT_UNARY.get((upper, size >> 1, opcode))
    else:
        lane = 8 << size
        function = _UNARY.get((upper, opcode))
        if function is None:
            return None if scalar else _grouped(word)
    if function is None:
        return None
    if scalar:
        return write_scalar(word & 31, function, vector(n, 0, lane // 8))
    return by_halves(word, lanes.mapped(lane, function), n)


def _grouped(word: int) -> Rows:
    """Reversals, counts and pairwise long additions."""
    upper, opcode, size, n = word >> 29 & 1, word >> 12 & 31, word >> 22 & 3, word >> 5 & 31
    lane = 8 << size
    if opcode in (0, 1):
        group = 16 if opcode else 32 if upper else 64
        return by_halves(word, _reversed_lanes(group, lane), n)
    if opcode in (2, 6):
        return _pairs_long(word, lane, upper == 1, opcode == 6)
    if (upper, opcode) == (0, 5):
        return by_halves(word, lanes.mapped(8, lambda a: t.popcount(a, 8)), n)
    if (upper, opcode) == (1, 5):
        return by_halves(word, t.bnot if size == 0 else lanes.mapped(8, _reversed_bits), n)
    return None


def _pairs_long(word: int, lane: int, unsigned: bool, accumulate: bool) -> Rows:
    extend = t.zext if unsigned else t.sext

    def operate(a: Term) -> Term:
        values = [extend(x, 2 * lane) for x in lanes.split(a, lane)]
        return lanes.join([t.add(values[i], values[i + 1]) for i in range(0, len(values), 2)])

    if not accumulate:
        return by_halves(word, operate, word >> 5 & 31)
    added = lanes.mapped(2 * lane, t.add)
    return by_halves(word, lambda d, a: added(d, operate(a)), word & 31, word >> 5 & 31)


def _resize_floats(word: int, longer: bool) -> list[RawOp]:
    to, n, high = word & 31, word >> 5 & 31, word >> 30 & 1
    if longer:
        widened = lanes.mapped_to(32, lambda a: t.apply("f32to64", 64, a))
        return [RawOp(l.COMPUTE, (whole(to),), (vector(n, high),), widened)]
    narrowed = lanes.mapped_to(64, lambda a: t.apply("f64to32", 32, a))
    ops = [RawOp(l.COMPUTE, (vector(to, high),), (whole(n),), narrowed)]
    return ops if high else [*ops, clear_upper(to)]


_GROUPS: tuple[tuple[int, int, Callable[[int], Rows]], ...] = (
    (0x9F200400, 0x0E200400, lambda w: _three_same(w, False)),
    (0xDF200400, 0x5E200400, lambda w: _three_same(w, True)),
    (0x9F3E0C00, 0x0E200800, lambda w: _two_registers(w, False)),
    (0xDF3E0C00, 0x5E200800, lambda w: _two_registers(w, True)),
    (0x9F3E0C00, 0x0E300800, across),
    (0x9F200C00, 0x0E200000, three_different),
    (0xBFE08400, 0x2E000000, extract_bytes),
    (0xBF208C00, 0x0E000800, permute),
    (0xBFE08C00, 0x0E000000, table),
)


def decode(word: int) -> Rows:
    """The operations of a vector instruction, if it is in the tables."""
    for mask, value, handler in _GROUPS:
        if word & mask == value:
            return handler(word)
    if word & 0x9F800400 == 0x0F000400 and word >> 19 & 15:
        return shift_by_constant(word, False)
    if word & 0xDF800400 == 0x5F000400 and word >> 19 & 15:
        return shift_by_constant(word, True)
    return None
