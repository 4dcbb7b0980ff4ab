"""AArch64 Advanced SIMD, decoded from the word by the groups of the architecture manual (C4.1.96, "Data Processing --
Scalar Floating-Point and Advanced SIMD"), lane by lane. What is not in these tables is left to SLEIGH.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import conversions as f
from transpile.solvers import lanes
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.pcode import CONSTANT, REGISTER, RawOp, Varnode
from transpile.solvers.terms import Term

Rows = list[RawOp] | None
Compute = Callable[..., Term]


def vector(number: int, half: int = 0, size: int = 8) -> Varnode:
    return REGISTER, 0x5000 + 0x20 * number + 8 * half, size


def whole(number: int, size: int = 16) -> Varnode:
    return REGISTER, 0x5000 + 0x20 * number, size


def _zero(number: int) -> RawOp:
    return RawOp(l.COPY, (vector(number, 1),), ((CONSTANT, 0, 8),))


def write_scalar(number: int, function: Compute, *ins: Varnode) -> list[RawOp]:
    """The register's low bits become the result, the rest 0."""
    return [RawOp(l.COMPUTE, (vector(number),), ins, lambda *a: t.zext(function(*a), 64)), _zero(number)]


def _halves(word: int, function: Compute, *registers: int) -> list[RawOp]:
    """``function`` on corresponding 8-byte halves; 64-bit forms clear the upper one."""
    to = word & 31
    ops = [RawOp(l.COMPUTE, (vector(to),), tuple(vector(r) for r in registers), function)]
    if word >> 30 & 1:
        return [*ops, RawOp(l.COMPUTE, (vector(to, 1),), tuple(vector(r, 1) for r in registers), function)]
    return [*ops, _zero(to)]


def _wholes(word: int, function: Compute, *registers: int) -> list[RawOp]:
    """``function`` on the 8 or 16 bytes as one value."""
    to = word & 31
    if word >> 30 & 1:
        return [RawOp(l.COMPUTE, (whole(to),), tuple(whole(r) for r in registers), function)]
    return [RawOp(l.COMPUTE, (vector(to),), tuple(vector(r) for r in registers), function), _zero(to)]


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

    return _halves(word, operate, word & 31, word >> 5 & 31, word >> 16 & 31)


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
        return _select(word) if bits is None else _halves(word, bits, n, m)
    else:
        lane = 8 << size
        function = _LANES.get((upper, opcode))
        if function is None:
            return None if scalar else _accumulating(word, lane)
    if scalar:
        return write_scalar(word & 31, function, vector(n, 0, lane // 8), vector(m, 0, lane // 8))
    return _halves(word, lanes.mapped(lane, function), n, m)


def _fused_lanes(word: int, lane: int) -> Rows:
    negative = word >> 23 & 1

    def operate(d: Term, n: Term, m: Term) -> Term:
        return t.apply(f"fma{lane}", lane, t.float_neg(n) if negative else n, m, d)

    return _halves(word, lanes.mapped(lane, operate), word & 31, word >> 5 & 31, word >> 16 & 31)


def _accumulating(word: int, lane: int) -> Rows:
    upper, opcode = word >> 29 & 1, word >> 11 & 31
    n, m = word >> 5 & 31, word >> 16 & 31
    if (upper, opcode) in _PAIRWISE:
        function = _PAIRWISE[upper, opcode]

        def pairs(a: Term, b: Term) -> Term:
            both = [*lanes.split(a, lane), *lanes.split(b, lane)]
            return lanes.join([function(both[i], both[i + 1]) for i in range(0, len(both), 2)])

        return _wholes(word, pairs, n, m)
    if opcode == 18:
        combine = t.sub if upper else t.add
        return _halves(word, lanes.mapped(lane, lambda d, a, b: combine(d, t.mul(a, b))), word & 31, n, m)
    if opcode == 15:
        distance = lanes.difference if upper else lanes.difference_signed
        return _halves(word, lanes.mapped(lane, lambda d, a, b: t.add(d, distance(a, b))), word & 31, n, m)
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
        return _narrow(word, 8 << size, _NARROWING[upper, opcode])
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
    return _halves(word, lanes.mapped(lane, function), n)


def _grouped(word: int) -> Rows:
    """Reversals, counts and pairwise long additions."""
    upper, opcode, size, n = word >> 29 & 1, word >> 12 & 31, word >> 22 & 3, word >> 5 & 31
    lane = 8 << size
    if opcode in (0, 1):
        group = 16 if opcode else 32 if upper else 64
        return _halves(word, _reversed_lanes(group, lane), n)
    if opcode in (2, 6):
        return _pairs_long(word, lane, upper == 1, opcode == 6)
    if (upper, opcode) == (0, 5):
        return _halves(word, lanes.mapped(8, lambda a: t.popcount(a, 8)), n)
    if (upper, opcode) == (1, 5):
        return _halves(word, t.bnot if size == 0 else lanes.mapped(8, _reversed_bits), n)
    return None


def _pairs_long(word: int, lane: int, unsigned: bool, accumulate: bool) -> Rows:
    extend = t.zext if unsigned else t.sext

    def operate(a: Term) -> Term:
        values = [extend(x, 2 * lane) for x in lanes.split(a, lane)]
        return lanes.join([t.add(values[i], values[i + 1]) for i in range(0, len(values), 2)])

    if not accumulate:
        return _halves(word, operate, word >> 5 & 31)
    added = lanes.mapped(2 * lane, t.add)
    return _halves(word, lambda d, a: added(d, operate(a)), word & 31, word >> 5 & 31)


def _narrow(word: int, lane: int, function: Callable[[Term, int], Term]) -> list[RawOp]:
    """16 bytes to 8; the "2" forms write the upper half and keep the lower."""
    to = word & 31
    high = word >> 30 & 1

    def operate(a: Term) -> Term:
        return lanes.join([function(x, lane) for x in lanes.split(a, 2 * lane)])

    ops = [RawOp(l.COMPUTE, (vector(to, high),), (whole(word >> 5 & 31),), operate)]
    return ops if high else [*ops, _zero(to)]


def _resize_floats(word: int, longer: bool) -> list[RawOp]:
    to, n, high = word & 31, word >> 5 & 31, word >> 30 & 1
    if longer:
        widened = lanes.mapped_to(32, lambda a: t.apply("f32to64", 64, a))
        return [RawOp(l.COMPUTE, (whole(to),), (vector(n, high),), widened)]
    narrowed = lanes.mapped_to(64, lambda a: t.apply("f64to32", 32, a))
    ops = [RawOp(l.COMPUTE, (vector(to, high),), (whole(n),), narrowed)]
    return ops if high else [*ops, _zero(to)]


# Three different, across lanes, shifts


def _three_different(word: int) -> Rows:
    upper, opcode, size = word >> 29 & 1, word >> 12 & 15, word >> 22 & 3
    lane, high = 8 << size, word >> 30 & 1
    to, n, m = word & 31, word >> 5 & 31, word >> 16 & 31
    extend = t.zext if upper else t.sext
    if size == 3:
        return None
    if opcode in (4, 6):
        return _narrow_sum(word, lane, opcode == 6, upper == 1)

    def operate(d: Term, a: Term, b: Term) -> Term:
        wide = 2 * lane
        left = lanes.split(a, wide) if opcode in (1, 3) else [extend(x, wide) for x in lanes.split(a, lane)]
        right = [extend(x, wide) for x in lanes.split(b, lane)]
        old = lanes.split(d, wide)
        return lanes.join([_long(opcode, upper, *three) for three in zip(old, left, right, strict=True)])

    if opcode not in (0, 1, 2, 3, 5, 7, 8, 10, 12):
        return None
    first = whole(n) if opcode in (1, 3) else vector(n, high)
    return [RawOp(l.COMPUTE, (whole(to),), (whole(to), first, vector(m, high)), operate)]


def _long(opcode: int, upper: int, old: Term, a: Term, b: Term) -> Term:
    if opcode in (0, 1):
        return t.add(a, b)
    if opcode in (2, 3):
        return t.sub(a, b)
    if opcode in (5, 7):
        distance = (lanes.difference if upper else lanes.difference_signed)(a, b)
        return distance if opcode == 7 else t.add(old, distance)
    product = t.mul(a, b)
    return product if opcode == 12 else t.add(old, product) if opcode == 8 else t.sub(old, product)


def _narrow_sum(word: int, lane: int, subtract: bool, rounding: bool) -> Rows:
    to, n, m, high = word & 31, word >> 5 & 31, word >> 16 & 31, word >> 30 & 1
    combine = t.sub if subtract else t.add

    def one(a: Term, b: Term) -> Term:
        total = combine(a, b)
        if rounding:
            total = t.add(total, t.const(1 << lane - 1, 2 * lane))
        return t.extract(total, lane, lane)

    def operate(a: Term, b: Term) -> Term:
        pairs = zip(lanes.split(a, 2 * lane), lanes.split(b, 2 * lane), strict=True)
        return lanes.join([one(x, y) for x, y in pairs])

    ops = [RawOp(l.COMPUTE, (vector(to, high),), (whole(n), whole(m)), operate)]
    return ops if high else [*ops, _zero(to)]


_ACROSS: dict[tuple[int, int], Compute] = {
    (0, 10): lanes.max_signed,
    (1, 10): lanes.max_unsigned,
    (0, 26): lanes.min_signed,
    (1, 26): lanes.min_unsigned,
    (0, 27): t.add,
}


def _across(word: int) -> Rows:
    upper, opcode, lane = word >> 29 & 1, word >> 12 & 31, 8 << (word >> 22 & 3)
    function = _ACROSS.get((upper, opcode))
    if opcode == 3:
        function = t.add
    if function is None or lane == 64:
        return None
    extend = (t.zext if upper else t.sext) if opcode == 3 else None

    def operate(a: Term) -> Term:
        values = lanes.split(a, lane)
        if extend is not None:
            values = [extend(x, 2 * lane) for x in values]
        total = values[0]
        for value in values[1:]:
            total = function(total, value)
        return total

    n = word >> 5 & 31
    return write_scalar(word & 31, operate, whole(n) if word >> 30 & 1 else vector(n))


def _shift_by_constant(word: int, scalar: bool) -> Rows:
    upper, opcode, n, to = word >> 29 & 1, word >> 11 & 31, word >> 5 & 31, word & 31
    immediate = word >> 16 & 0x7F
    lane = 8 << (immediate >> 3).bit_length() - 1
    right, left = 2 * lane - immediate, immediate - lane
    if opcode in (16, 17) and not upper and not scalar:
        rounding = 1 << right - 1 if opcode == 17 else 0
        return _narrow(word, lane, lambda a, width: t.extract(_rounded_right(a, right, rounding), 0, width))
    if opcode == 20 and not scalar:
        return _shift_long(word, lane, left)
    function = _constant_shift(upper, opcode, right, left)
    if function is None:
        return None
    if scalar:
        return write_scalar(to, function, vector(to), vector(n)) if lane == 64 else None
    return _halves(word, lanes.mapped(lane, function), to, n)


def _constant_shift(upper: int, opcode: int, right: int, left: int) -> Compute | None:
    """A function of the old lane and the source lane."""
    shift: Compute = t.lshr if upper else t.ashr

    def shifted(a: Term) -> Term:
        return shift(a, t.const(right, a.width)) if right < a.width or upper else t.ashr(a, t.const(right - 1, a.width))

    if opcode == 0:
        return lambda d, a: shifted(a)
    if opcode == 2:
        return lambda d, a: t.add(d, shifted(a))
    if opcode == 10 and not upper:
        return lambda d, a: t.shl(a, t.const(left, a.width))
    if opcode == 10:
        return lambda d, a: t.bor(t.shl(a, t.const(left, a.width)), t.band(d, t.const((1 << left) - 1, a.width)))
    return None


def _rounded_right(a: Term, count: int, rounding: int) -> Term:
    return t.lshr(t.add(a, t.const(rounding, a.width)), t.const(count, a.width))


def _shift_long(word: int, lane: int, left: int) -> list[RawOp]:
    extend = t.zext if word >> 29 & 1 else t.sext

    def one(a: Term) -> Term:
        return t.shl(extend(a, 2 * lane), t.const(left, 2 * lane))

    source = vector(word >> 5 & 31, word >> 30 & 1)
    return [RawOp(l.COMPUTE, (whole(word & 31),), (source,), lanes.mapped_to(lane, one))]


# Permutations


def _extract_bytes(word: int) -> Rows:
    at = word >> 11 & 15

    def operate(a: Term, b: Term) -> Term:
        return t.extract(t.concat(b, a), 8 * at, a.width)

    return _wholes(word, operate, word >> 5 & 31, word >> 16 & 31)


def _permute(word: int) -> Rows:
    kind, lane = word >> 12 & 7, 8 << (word >> 22 & 3)

    def operate(a: Term, b: Term) -> Term:
        x, y = lanes.split(a, lane), lanes.split(b, lane)
        half, part = len(x) // 2, kind >> 2
        if kind & 3 == 1:
            return lanes.join([*x, *y][part::2])
        if kind & 3 == 2:
            return lanes.join([value[i + part] for i in range(0, len(x), 2) for value in (x, y)])
        return lanes.join([value[part * half + i] for i in range(half) for value in (x, y)])

    if kind & 3 == 0:
        return None
    return _wholes(word, operate, word >> 5 & 31, word >> 16 & 31)


def _table(word: int) -> Rows:
    """tbl, tbx: bytes picked from one to four registers; outside the table 0, or the old byte."""
    n, m, to = word >> 5 & 31, word >> 16 & 31, word & 31
    count, keeps = (word >> 13 & 3) + 1, word >> 12 & 1

    def operate(old: Term, indices: Term, *registers: Term) -> Term:
        table = [byte for register in registers for byte in lanes.split(register, 8)]
        bits = (len(table) - 1).bit_length()

        def pick(index: Term, before: Term) -> Term:
            value = table[-1]
            for number in range(len(table) - 2, -1, -1):
                value = t.ite(t.eq(t.extract(index, 0, bits), t.const(number, bits)), table[number], value)
            outside = before if keeps else t.const(0, 8)
            return t.ite(t.ult(index, t.const(len(table), 8)), value, outside)

        return lanes.join([pick(i, b) for i, b in zip(lanes.split(indices, 8), lanes.split(old, 8), strict=True)])

    size = 16 if word >> 30 & 1 else 8
    if count == 3:
        return None
    ins = (whole(to, size), whole(m, size), *(whole((n + i) % 32) for i in range(count)))
    ops = [RawOp(l.COMPUTE, (whole(to, size),), ins, operate)]
    return ops if size == 16 else [*ops, _zero(to)]


_GROUPS: tuple[tuple[int, int, Callable[[int], Rows]], ...] = (
    (0x9F200400, 0x0E200400, lambda w: _three_same(w, False)),
    (0xDF200400, 0x5E200400, lambda w: _three_same(w, True)),
    (0x9F3E0C00, 0x0E200800, lambda w: _two_registers(w, False)),
    (0xDF3E0C00, 0x5E200800, lambda w: _two_registers(w, True)),
    (0x9F3E0C00, 0x0E300800, _across),
    (0x9F200C00, 0x0E200000, _three_different),
    (0xBFE08400, 0x2E000000, _extract_bytes),
    (0xBF208C00, 0x0E000800, _permute),
    (0xBFE08C00, 0x0E000000, _table),
)


def decode(word: int) -> Rows:
    """The operations of a vector instruction, if it is in the tables."""
    for mask, value, handler in _GROUPS:
        if word & mask == value:
            return handler(word)
    if word & 0x9F800400 == 0x0F000400 and word >> 19 & 15:
        return _shift_by_constant(word, False)
    if word & 0xDF800400 == 0x5F000400 and word >> 19 & 15:
        return _shift_by_constant(word, True)
    return None
