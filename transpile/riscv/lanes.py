"""Packed operations that only move lanes: shuffles, interleaving, byte shifts, to and from integer registers."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.native.micro import Const, Micro
from transpile.riscv import swar
from transpile.riscv.builder import scoped
from transpile.riscv.emitter import Emitter
from transpile.riscv.parts import half_of, needed, target
from transpile.riscv.values import Bind, Content, bind


def shift_bytes(e: Emitter, micro: Micro) -> None:
    """The whole register by bytes."""
    count = micro.args[1]
    assert isinstance(count, Const)
    left = micro.name == "bytes_left"
    places = 8 * min(count.value, 16)
    halves = half_of(e, micro, 0, False), half_of(e, micro, 0, True)
    near, far = halves if left else halves[::-1]

    # Bits move from the near half towards the far one.
    def build(high: bool, to: str) -> Content:
        if high != left:
            return moved(e, near, None, places, left, to)
        return moved(e, far, near, places, left, to)

    e.in_parts(target(micro), {}, build, halves)


def moved(e: Emitter, own: Content, other: Content | None, places: int, left: bool, to: str | None) -> Content:
    forth, back = ("slli", "srli") if left else ("srli", "slli")
    if places >= 64:
        source = e.zero if other is None or places >= 128 else e.shift(forth, other, places - 64)
        return e.give(source, to)
    if other is None or places == 0:
        return e.shift(forth, own, places, to)
    return e.logic("or", e.shift(forth, own, places), e.shift(back, other, 64 - places), to)


# Lanes moved about


def interleave(e: Emitter, micro: Micro) -> None:
    lane, high_source = micro.lane, micro.name == "unpack_high"
    a, b = half_of(e, micro, 0, high_source), half_of(e, micro, 1, high_source)
    if lane == 8:
        e.in_parts(target(micro), {}, lambda high, to: e.give(b if high else a, to), (a, b))
        return
    e.in_parts(target(micro), {}, lambda high, to: interleaved(e, a, b, lane, high, to), (a, b))


@scoped
def interleaved(e: Emitter, a: Content, b: Content, lane: int, high: bool, to: str | None) -> Content:
    """The lanes of 32 bits of ``a`` and ``b`` in turn."""
    if lane == 4:
        upper = upper_of(e, b, high)
        lower = e.shift("srli", a, 32) if high else e.zext(a, 32)
        return swar.combined(e, [lower, upper], to)
    first = spaced(e, e.shift("srli", a, 32) if high else a, lane, high)
    if b is e.zero:
        return e.give(first, to)
    second = spaced(e, e.shift("srli", b, 32) if high else b, lane, high)
    return e.logic("or", first, e.shift("slli", second, 8 * lane), to)


def upper_of(e: Emitter, b: Content, high: bool) -> Content:
    """A 32-bit lane in the upper half."""
    if b is e.zero:
        return b
    return e.shift("slli", e.shift("srli", b, 32), 32) if high else e.shift("slli", b, 32)


@scoped
def spaced(e: Emitter, a: Content, lane: int, high: bool) -> Content:
    """The lanes of the low 32 bits, each with as much zero above it."""
    if a is e.zero:
        return a
    for width in (16, 8):
        if width < 8 * lane:
            break
        source = a if high or width < 16 else e.zext(a, 32)
        both = e.logic("or", source, e.shift("slli", source, width))
        a = e.logic("and", both, e.constant(swar.rep((1 << width) - 1, width // 4)))
        high = True
    return a


def shuffle(e: Emitter, micro: Micro) -> None:
    lane = micro.lane
    per = 8 // lane
    chosen = [int(label) for label in micro.labels]
    wanted = {high: chosen[per:] if high else chosen[:per] for high in needed(e, micro)}
    used = {number // per for picks in wanted.values() for number in picks}
    halves = {half: half_of(e, micro, half // 2, bool(half % 2)) for half in sorted(used)}
    e.in_parts(target(micro), {}, lambda high, to: gathered(e, halves, wanted[high], lane, to), tuple(halves.values()))


@scoped
def gathered(e: Emitter, halves: dict[int, Content], picks: Sequence[int], lane: int, to: str | None) -> Content:
    """One half made of chosen lanes; runs of neighbours move together."""
    per = 8 // lane
    parts = []
    position = 0
    while position < per:
        length = run_length(picks, position, per)
        half, number = divmod(picks[position], per)
        mark = len(e.pinned)
        part = moved_run(e, halves[half], 8 * lane * number, 8 * lane * position, 8 * lane * length)
        e.unpin(mark)
        parts.append(e.pin(part))
        position += length
    return swar.combined(e, parts, to)


def run_length(picks: Sequence[int], position: int, per: int) -> int:
    """How many lanes from ``position`` on come from neighbouring lanes of one half."""
    length = 1
    while position + length < per:
        following = picks[position] + length
        if picks[position + length] != following or following // per != picks[position] // per:
            break
        length += 1
    return length


def moved_run(e: Emitter, source: Content, start: int, to_bit: int, width: int) -> Content:
    """``width`` bits from ``start`` of the source, at ``to_bit``, zero elsewhere."""
    if width == 64 or source is e.zero:
        return e.give(source, None)
    if start + width == 64:
        return e.shift("slli", e.shift("srli", source, start), to_bit)
    if to_bit + width == 64:
        return e.shift("slli", e.shift("srli", source, start) if start else source, to_bit)
    if start == 0 and to_bit == 0:
        return e.zext(source, width)
    lifted = e.shift("slli", source, 64 - width - start)
    return e.shift("slli", e.shift("srli", lifted, 64 - width), to_bit)


# To and from integer registers


def insert(e: Emitter, micro: Micro) -> None:
    value, index = micro.args[1], micro.args[2]
    assert isinstance(index, Const)
    lane = micro.lane
    half, number = divmod(index.value, 8 // lane)
    halves = {}
    for high in needed(e, micro):
        if lane < 8 or high != bool(half):
            halves[high] = (half_of(e, micro, 0, high),)
    source = e.value(value)
    fresh = e.full(source) if lane == 8 else e.unsigned(source, 8 * lane)

    def build(high: bool, to: str) -> Content:
        if high != bool(half):
            return e.give(halves[high][0], to)
        if lane == 8:
            return e.give(fresh, to)
        kept = without_lane(e, halves[high][0], number, lane)
        return swar.combined(e, [kept, swar.put_lane(e, fresh, number, lane, extended=True)], to)

    e.in_parts(target(micro), halves, build, (fresh,))


@scoped
def without_lane(e: Emitter, a: Content, number: int, lane: int) -> Content:
    at, width = 8 * lane * number, 8 * lane
    if a is e.zero:
        return a
    if at == 0:
        return e.shift("slli", e.shift("srli", a, width), width)
    if at + width == 64:
        return e.zext(a, at)
    return e.logic("and", a, e.constant(~(((1 << width) - 1) << at)))


def extract(e: Emitter, micro: Micro) -> None:
    index = micro.args[1]
    assert isinstance(index, Const) and micro.dst is not None
    lane = micro.lane
    half, number = divmod(index.value, 8 // lane)
    source = half_of(e, micro, 0, bool(half))
    content = swar.lane_of(e, source, number, lane, False) if lane < 8 else source
    e.write(micro.dst, bind(content, 8 * micro.dst.size, True))


def sign_bits(e: Emitter, micro: Micro) -> None:
    low, high = half_of(e, micro, 0, False), half_of(e, micro, 0, True)
    per = 8 // micro.lane
    first, second = gathered_signs(e, low, micro.lane), gathered_signs(e, high, micro.lane)
    assert micro.dst is not None
    content = e.logic("or", first, e.shift("slli", second, per), e.to(micro.dst))
    e.write(micro.dst, Bind(content))


@scoped
def gathered_signs(e: Emitter, a: Content, lane: int) -> Content:
    """The sign bits of one half's lanes, lowest first."""
    if lane == 8:
        return e.shift("srli", a, 63)
    if lane == 4:
        upper = e.logic("and", e.shift("srli", a, 62), e.constant(2))
        return e.logic("or", upper, e.shift("srliw", a, 31))
    bits = e.shift("srli", e.logic("and", a, swar.top(e, 1)), 7)
    for places in (7, 14, 28):
        bits = e.logic("or", bits, e.shift("srli", bits, places))
    return e.zext(bits, 8)
