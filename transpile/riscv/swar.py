"""Arithmetic on the lanes of one 64-bit half, in integer registers.

Lanes of 1 and 2 bytes are worked on all at once: sums without the top bit of each lane, which is put right by an
exclusive or, so that nothing carries into the next lane (Hacker's Delight, 2-18). The two lanes of 4 bytes are taken
one by one where that is shorter.
"""

from __future__ import annotations

from transpile.riscv.builder import scoped
from transpile.riscv.emitter import Emitter
from transpile.riscv.values import Content


def rep(value: int, lane: int) -> int:
    """``value`` in every lane."""
    return sum(value << 8 * lane * number for number in range(8 // lane))


@scoped
def mask(e: Emitter, value: int, lane: int) -> Content:
    """``value`` in every lane, as a content."""
    return e.pin(e.constant(rep(value, lane)))


@scoped
def top(e: Emitter, lane: int) -> Content:
    return mask(e, 1 << (8 * lane - 1), lane)


@scoped
def below_top(e: Emitter, lane: int) -> Content:
    return invert(e, top(e, lane))


@scoped
def invert(e: Emitter, a: Content) -> Content:
    return e.logic("xor", a, e.constant(-1))


@scoped
def without(e: Emitter, a: Content, b: Content) -> Content:
    """``a & ~b``"""
    return e.logic("and", a, invert(e, b))


@scoped
def spread(e: Emitter, bits: Content, lane: int) -> Content:
    """All ones in each lane whose top bit is set; the other bits of ``bits`` are zero."""
    return e.sub(e.shift("slli", bits, 1), e.shift("srli", bits, 8 * lane - 1))


@scoped
def join(e: Emitter, low: Content, high: Content, to: str | None) -> Content:
    """The low 32 bits of two contents, one above the other."""
    upper = e.shift("slli", high, 32)
    lower = e.zext(low, 32)
    return e.logic("or", upper, lower, to)


@scoped
def upper_half(e: Emitter, a: Content) -> Content:
    return e.shift("srli", a, 32)


# Addition and subtraction


@scoped
def add(e: Emitter, a: Content, b: Content, lane: int, to: str | None = None) -> Content:
    if lane == 8:
        return e.add(a, b, True, to)
    if a is e.zero or b is e.zero:
        return e.give(b if a is e.zero else a, to)
    if lane == 4:
        carry = carry_out(e, a, b)
        return e.sub(e.add(a, b), carry, True, to)
    total, tops = add_parts(e, a, b, lane)
    return e.logic("xor", total, tops, to)


@scoped
def carry_out(e: Emitter, a: Content, b: Content) -> Content:
    """The carry out of bit 31 of a sum, in bit 32."""
    return e.shift("slli", e.rr("sltu", e.add(a, b, False), e.sext(a, 32), 1), 32)


@scoped
def borrow_out(e: Emitter, a: Content, b: Content) -> Content:
    return e.shift("slli", e.rr("sltu", e.sext(a, 32), e.sext(b, 32), 1), 32)


def add_parts(e: Emitter, a: Content, b: Content, lane: int) -> tuple[Content, Content]:
    low = below_top(e, lane)
    total = e.add(e.logic("and", a, low), e.logic("and", b, low))
    return total, e.logic("and", e.logic("xor", a, b), top(e, lane))


@scoped
def sub(e: Emitter, a: Content, b: Content, lane: int, to: str | None = None) -> Content:
    if lane == 8:
        return e.sub(a, b, True, to)
    if b is e.zero:
        return e.give(a, to)
    if a is b:
        return e.give(e.zero, to)
    if lane == 4:
        borrow = borrow_out(e, a, b)
        return e.add(e.sub(a, b), borrow, True, to)
    high = top(e, lane)
    rest = e.sub(e.logic("or", a, high), e.logic("and", b, below_top(e, lane)))
    same = e.logic("and", invert(e, e.logic("xor", a, b)), high)
    return e.logic("xor", rest, same, to)


@scoped
def add_signed_saturating(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    total = add(e, a, b, lane)
    over = e.logic("and", invert(e, e.logic("xor", a, b)), e.logic("xor", a, total))
    return saturate(e, a, total, over, lane, to)


@scoped
def sub_signed_saturating(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    rest = sub(e, a, b, lane)
    over = e.logic("and", e.logic("xor", a, b), e.logic("xor", a, rest))
    return saturate(e, a, rest, over, lane, to)


@scoped
def saturate(e: Emitter, a: Content, result: Content, over: Content, lane: int, to: str | None) -> Content:
    """``result``, but where the top bit of ``over`` is set the extreme number with the sign of ``a``."""
    high = top(e, lane)
    chosen = spread(e, e.logic("and", over, high), lane)
    sign = e.shift("srli", e.logic("and", a, high), 8 * lane - 1)
    extreme = e.add(sign, below_top(e, lane))
    return e.logic("xor", result, e.logic("and", e.logic("xor", result, extreme), chosen), to)


@scoped
def add_unsigned_saturating(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    total = add(e, a, b, lane)
    carry = e.logic("or", e.logic("and", a, b), e.logic("and", e.logic("or", a, b), invert(e, total)))
    return e.logic("or", total, spread(e, e.logic("and", carry, top(e, lane)), lane), to)


@scoped
def sub_unsigned_saturating(e: Emitter, a: Content, b: Content, lane: int, to: str | None = None) -> Content:
    rest = sub(e, a, b, lane)
    below = less(e, a, b, rest, lane, signed=False)
    return e.logic("and", rest, invert(e, spread(e, below, lane)), to)


@scoped
def less(e: Emitter, a: Content, b: Content, rest: Content, lane: int, signed: bool) -> Content:
    """The top bit of each lane where ``a < b``; ``rest`` is ``a - b``."""
    first, second = (b, a) if signed else (a, b)
    differ = without(e, second, first)
    alike = without(e, rest, e.logic("xor", a, b))
    return e.logic("and", e.logic("or", differ, alike), top(e, lane))


# Comparison and choice


@scoped
def equal(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    if a is b:
        return e.give(e.constant(-1), to)
    differ = e.logic("xor", a, b)
    if lane == 4:
        low = e.seq(("seqz", "low", differ.number), ("sext.w {d}, {0}", "seqz {d}, {d}"), (differ,), 1)
        high = e.seq(("seqz", "high", differ.number), ("srli {d}, {0}, 32", "seqz {d}, {d}"), (differ,), 1)
        return two_masks(e, low, high, to)
    some = e.logic("or", e.add(e.logic("and", differ, below_top(e, lane)), below_top(e, lane)), differ)
    return e.give(spread(e, e.logic("and", invert(e, some), top(e, lane)), lane), to)


@scoped
def word_below(e: Emitter, a: Content, b: Content, number: int) -> Content:
    """Whether one signed 32-bit lane is less."""
    return e.rr("slt", lane_of(e, a, number, 4, True), lane_of(e, b, number, 4, True), 1)


@scoped
def two_masks(e: Emitter, low: Content, high: Content, to: str | None) -> Content:
    """32 ones for each of two bits."""
    bits = e.logic("or", e.shift("slli", high, 32), low)
    return e.sub(e.shift("slli", bits, 32), bits, True, to)


@scoped
def greater(e: Emitter, a: Content, b: Content, lane: int, to: str | None = None) -> Content:
    if a is b:
        return e.give(e.zero, to)
    if lane == 4:
        return two_masks(e, word_below(e, b, a, 0), word_below(e, b, a, 1), to)
    if a is e.zero:
        return e.give(spread(e, e.logic("and", b, top(e, lane)), lane), to)
    return e.give(spread(e, less(e, b, a, sub(e, b, a, lane), lane, signed=True), lane), to)


@scoped
def choose(e: Emitter, least: bool, a: Content, b: Content, lane: int, to: str | None = None) -> Content:
    """Signed minimum or maximum."""
    change = e.logic("and", e.logic("xor", a, b), greater(e, a, b, lane))
    return e.logic("xor", a if least else b, change, to)


@scoped
def average(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    either = e.logic("or", a, b)
    differ = e.logic("and", e.logic("xor", a, b), mask(e, (1 << 8 * lane) - 2, lane))
    return e.sub(either, e.shift("srli", differ, 1), True, to)


# Shifts by a constant


@scoped
def shift_constant(e: Emitter, name: str, a: Content, count: int, lane: int, to: str | None) -> Content:
    width = 8 * lane
    if name == "sar":
        count = min(count, width - 1)
    if count == 0 or a is e.zero:
        return e.give(a, to)
    if count >= width:
        return e.give(e.zero, to)
    if lane == 8:
        return e.shift({"shl": "slli", "shr": "srli", "sar": "srai"}[name], a, count, to)
    if lane == 4:
        return shift_two(e, name, a, count, to)
    if name == "shl":
        kept = mask(e, (1 << width) - (1 << count), lane)
        return e.logic("and", e.shift("slli", a, count), kept, to)
    kept = mask(e, (1 << width - count) - 1, lane)
    if name == "shr":
        return e.logic("and", e.shift("srli", a, count), kept, to)
    moved = e.logic("and", e.shift("srli", a, count), kept)
    sign = e.logic("and", a, top(e, lane))
    fill = e.sub(e.shift("slli", sign, 1), e.shift("srli", sign, count - 1))
    return e.logic("or", moved, fill, to)


@scoped
def shift_two(e: Emitter, name: str, a: Content, count: int, to: str | None) -> Content:
    if name == "shl":
        lower = e.seq(("shl", count, a.number), (f"slli {{d}}, {{0}}, {32 + count}", "srli {d}, {d}, 32"), (a,), 32)
        upper = e.shift("slli", e.shift("srli", a, 32), 32 + count)
        return e.logic("or", lower, upper, to)
    if name == "shr":
        lower = e.shift("srliw", a, count)
        upper = e.shift("slli", e.shift("srli", a, 32 + count), 32)
        return e.logic("or", lower, upper, to)
    return join(e, e.shift("sraiw", a, count), e.shift("srai", a, 32 + count), to)


# Lane by lane


@scoped
def lane_of(e: Emitter, a: Content, number: int, lane: int, signed: bool) -> Content:
    """One lane, extended to 64 bits."""
    width, at = 8 * lane, 8 * lane * number
    if a is e.zero:
        return a
    if at + width == 64:
        return e.shift("srai" if signed else "srli", a, at)
    if at == 0:
        return e.sext(a, width) if signed else e.zext(a, width)
    last = "srai" if signed else "srli"
    code = (f"slli {{d}}, {{0}}, {64 - width - at}", f"{last} {{d}}, {{d}}, {64 - width}")
    bounds = (64, width) if signed else (width, 64)
    return e.seq(("lane", at, width, signed, a.number), code, (a,), *bounds)


@scoped
def put_lane(e: Emitter, value: Content, number: int, lane: int, extended: bool = False) -> Content:
    """The low bits of ``value`` at a lane's place, zero elsewhere."""
    width, at = 8 * lane, 8 * lane * number
    if value is e.zero or (extended and at == 0):
        return value
    if extended or at + width == 64:
        return e.shift("slli", value, at)
    if at == 0:
        return e.zext(value, width)
    code = (f"slli {{d}}, {{0}}, {64 - width}", f"srli {{d}}, {{d}}, {64 - width - at}")
    return e.seq(("put", at, width, value.number), code, (value,), at + width)


@scoped
def combined(e: Emitter, parts: list[Content], to: str | None) -> Content:
    """The parts ored together."""
    parts = [part for part in parts if part is not e.zero]
    if not parts:
        return e.give(e.zero, to)
    whole = parts[0]
    for number, part in enumerate(parts[1:], 2):
        whole = e.logic("or", whole, part, to if number == len(parts) else None)
    return e.give(whole, to) if len(parts) == 1 else whole
