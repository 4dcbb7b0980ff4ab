"""AArch64 Advanced SIMD whose lanes change size or place: long and narrow forms, across lanes, shifts by a constant,
permutations.
"""

from __future__ import annotations

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
from transpile.solvers.pcode import RawOp
from transpile.solvers.terms import Term

# Three different, across lanes, shifts


def three_different(word: int) -> Rows:
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
    return ops if high else [*ops, clear_upper(to)]


_ACROSS: dict[tuple[int, int], Compute] = {
    (0, 10): lanes.max_signed,
    (1, 10): lanes.max_unsigned,
    (0, 26): lanes.min_signed,
    (1, 26): lanes.min_unsigned,
    (0, 27): t.add,
}


def across(word: int) -> Rows:
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


def shift_by_constant(word: int, scalar: bool) -> Rows:
    upper, opcode, n, to = word >> 29 & 1, word >> 11 & 31, word >> 5 & 31, word & 31
    immediate = word >> 16 & 0x7F
    lane = 8 << (immediate >> 3).bit_length() - 1
    right, left = 2 * lane - immediate, immediate - lane
    if opcode in (16, 17) and not upper and not scalar:
        rounding = 1 << right - 1 if opcode == 17 else 0
        return narrowed(word, lane, lambda a, width: t.extract(_rounded_right(a, right, rounding), 0, width))
    if opcode == 20 and not scalar:
        return _shift_long(word, lane, left)
    function = _constant_shift(upper, opcode, right, left)
    if function is None:
        return None
    if scalar:
        return write_scalar(to, function, vector(to), vector(n)) if lane == 64 else None
    return by_halves(word, lanes.mapped(lane, function), to, n)


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


def extract_bytes(word: int) -> Rows:
    at = word >> 11 & 15

    def operate(a: Term, b: Term) -> Term:
        return t.extract(t.concat(b, a), 8 * at, a.width)

    return as_whole(word, operate, word >> 5 & 31, word >> 16 & 31)


def permute(word: int) -> Rows:
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
    return as_whole(word, operate, word >> 5 & 31, word >> 16 & 31)


def table(word: int) -> Rows:
    """tbl, tbx: bytes picked from one to four registers; outside the table 0, or the old byte."""
    n, m, to = word >> 5 & 31, word >> 16 & 31, word & 31
    count, keeps = (word >> 13 & 3) + 1, word >> 12 & 1

    def operate(old: Term, indices: Term, *registers: Term) -> Term:
        bytes_ = [byte for register in registers for byte in lanes.split(register, 8)]
        bits = (len(bytes_) - 1).bit_length()

        def pick(index: Term, before: Term) -> Term:
            value = bytes_[-1]
            for number in range(len(bytes_) - 2, -1, -1):
                value = t.ite(t.eq(t.extract(index, 0, bits), t.const(number, bits)), bytes_[number], value)
            outside = before if keeps else t.const(0, 8)
            return t.ite(t.ult(index, t.const(len(bytes_), 8)), value, outside)

        return lanes.join([pick(i, b) for i, b in zip(lanes.split(indices, 8), lanes.split(old, 8), strict=True)])

    size = 16 if word >> 30 & 1 else 8
    if count == 3:
        return None
    ins = (whole(to, size), whole(m, size), *(whole((n + i) % 32) for i in range(count)))
    ops = [RawOp(l.COMPUTE, (whole(to, size),), ins, operate)]
    return ops if size == 16 else [*ops, clear_upper(to)]
