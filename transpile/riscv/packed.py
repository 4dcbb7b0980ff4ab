"""Packed integer operations, one 64-bit half after the other; halves that nobody reads cost nothing."""

from __future__ import annotations

from collections.abc import Callable

from transpile.native.micro import Code, Const, Micro
from transpile.riscv import packed_float, swar
from transpile.riscv.builder import scoped
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.lanes import extract, insert, interleave, shift_bytes, shuffle, sign_bits
from transpile.riscv.parts import half_of, needed, target
from transpile.riscv.values import Content, EmitError

Halves = tuple[Content, Content]
"""Low and high half of an operand."""

Half = Callable[[Emitter, Content, Content, int, str | None], Content]

LANEWISE: dict[str, Half] = {
    "add": swar.add,
    "sub": swar.sub,
    "adds": swar.add_signed_saturating,
    "subs": swar.sub_signed_saturating,
    "addus": swar.add_unsigned_saturating,
    "subus": swar.sub_unsigned_saturating,
    "avg": swar.average,
    "cmpeq": swar.equal,
    "cmpgt": swar.greater,
    "and": lambda e, a, b, lane, to: e.logic("and", a, b, to),
    "or": lambda e, a, b, lane, to: e.logic("or", a, b, to),
    "xor": lambda e, a, b, lane, to: e.logic("xor", a, b, to),
    "andn": lambda e, a, b, lane, to: e.logic("and", swar.invert(e, a), b, to),
    "mins": lambda e, a, b, lane, to: swar.choose(e, True, a, b, lane, to),
    "maxs": lambda e, a, b, lane, to: swar.choose(e, False, a, b, lane, to),
    "minu": lambda e, a, b, lane, to: e.sub(a, swar.sub_unsigned_saturating(e, a, b, lane), True, to),
    "maxu": lambda e, a, b, lane, to: e.add(b, swar.sub_unsigned_saturating(e, a, b, lane), True, to),
}


@handles(Code.PACKED)
def packed(e: Emitter, micro: Micro) -> None:
    name = micro.name
    if name in LANEWISE:
        lanewise(e, micro, LANEWISE[name])
        return
    special = SPECIAL.get(name) or packed_float.OPERATIONS.get(name)
    if special is None:
        raise EmitError(f"no packed operation '{name}'")
    special(e, micro)


def lanewise(e: Emitter, micro: Micro, build: Half) -> None:
    halves = {high: (half_of(e, micro, 0, high), half_of(e, micro, 1, high)) for high in needed(e, micro)}
    e.in_parts(target(micro), halves, lambda high, to: build(e, *halves[high], micro.lane, to))


# Multiplication and sums of several lanes


@scoped
def multiply_lanes(e: Emitter, name: str, a: Content, b: Content, lane: int, to: str | None) -> Content:
    width = 8 * lane
    signed = name == "mulhs"
    parts = []
    for number in range(8 // lane):
        mark = len(e.pinned)
        if name == "mullo":
            product = e.mul(low_lane(e, a, number, lane), low_lane(e, b, number, lane))
        else:
            first = swar.lane_of(e, a, number, lane, signed)
            product = e.shift("srli", e.mul(first, swar.lane_of(e, b, number, lane, signed)), width)
        part = swar.put_lane(e, product, number, lane)
        e.unpin(mark)
        parts.append(e.pin(part))
    return swar.combined(e, parts, to)


def low_lane(e: Emitter, a: Content, number: int, lane: int) -> Content:
    """A lane in the low bits, with anything above it."""
    return e.shift("srli", a, 8 * lane * number)


def multiply(e: Emitter, micro: Micro) -> None:
    lanewise(e, micro, lambda e, a, b, lane, to: multiply_lanes(e, micro.name, a, b, lane, to))


def even_product(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    """The product of the low 32 bits: the high half of that of the operands shifted up."""
    if a.u <= 32 and b.u <= 32:
        return e.mul(a, b, True, to)
    return e.rr("mulhu", e.shift("slli", a, 32), e.shift("slli", b, 32), 64, 64, to)


@scoped
def multiply_add(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    sums = []
    for pair in (0, 2):
        mark = len(e.pinned)
        total = e.add(signed_product(e, a, b, pair), signed_product(e, a, b, pair + 1))
        e.unpin(mark)
        sums.append(e.pin(total))
    return swar.join(e, sums[0], sums[1], to)


@scoped
def signed_product(e: Emitter, a: Content, b: Content, number: int) -> Content:
    return e.mul(swar.lane_of(e, a, number, 2, True), swar.lane_of(e, b, number, 2, True))


@scoped
def distance(e: Emitter, a: Content, b: Content, lane: int, to: str | None) -> Content:
    """The sum of absolute differences of eight bytes: the larger less the smaller, then added up."""
    above = swar.sub_unsigned_saturating(e, a, b, 1)
    both = e.logic("or", above, swar.sub_unsigned_saturating(e, b, a, 1))
    return byte_sum(e, both, to)


@scoped
def byte_sum(e: Emitter, a: Content, to: str | None) -> Content:
    even = e.constant(swar.rep(0xFF, 2))
    pairs = e.add(e.logic("and", a, even), e.logic("and", e.shift("srli", a, 8), even))
    total = e.add(pairs, e.shift("srli", pairs, 32))
    total = e.add(total, e.shift("srli", total, 16))
    return e.zext(total, 16, to)


# Shifts


def shift(e: Emitter, micro: Micro) -> None:
    count = micro.args[1]
    lane = micro.lane
    sources = {high: (half_of(e, micro, 0, high),) for high in needed(e, micro)}
    places = e.constant(count.value) if isinstance(count, Const) else e.full(e.half(count, False))
    if places.const is not None:
        number = min(places.const % (1 << 64), 64)
        e.in_parts(
            target(micro),
            sources,
            lambda high, to: swar.shift_constant(e, micro.name, sources[high][0], number, lane, to),
        )
    elif micro.name == "sar":
        places = clamped(e, places, 8 * lane - 1)

        def arithmetic(high: bool, to: str) -> Content:
            return shift_lanes(e, "sra", sources[high][0], places, lane, to)

        e.in_parts(target(micro), sources, arithmetic, (places,))
    else:
        inside = e.sub(e.zero, e.ri("sltiu", places, 8 * lane, 1))
        mnemonic = "sll" if micro.name == "shl" else "srl"

        def build(high: bool, to: str) -> Content:
            moved = shift_lanes(e, mnemonic, sources[high][0], places, lane, None)
            return e.logic("and", moved, inside, to)

        e.in_parts(target(micro), sources, build, (places, inside))


def clamped(e: Emitter, count: Content, most: int) -> Content:
    label = e.new_label()
    code = ("mv {d}, {0}", f"sltiu {{t0}}, {{0}}, {most}", f"bnez {{t0}}, {label}", f"li {{d}}, {most}", f"{label}:")
    return e.long(("clamped", most, count.number), code, (count,), 6, 64, None, scratch=1)


@scoped
def shift_lanes(e: Emitter, mnemonic: str, a: Content, count: Content, lane: int, to: str | None) -> Content:
    """Every lane by the same variable count, below 64."""
    if lane == 8:
        return e.rr(mnemonic, a, count, 64, 64, to)
    parts = []
    for number in range(8 // lane):
        mark = len(e.pinned)
        source = swar.lane_of(e, a, number, lane, mnemonic == "sra")
        part = swar.put_lane(e, e.rr(mnemonic, source, count), number, lane)
        e.unpin(mark)
        parts.append(e.pin(part))
    return swar.combined(e, parts, to)


# Narrowing


@scoped
def narrowed(e: Emitter, a: Content, b: Content, lane: int, signed: bool, to: str | None) -> Content:
    """The lanes of ``a``, then ``b``, saturated to half their width."""
    if lane == 4:
        parts = [saturated_word(e, source, number) for source in (a, b) for number in (0, 1)]
        return swar.combined(e, [swar.put_lane(e, part, n, 2) for n, part in enumerate(parts)], to)
    low = squeezed(e, clamp_bytes(e, a, signed))
    high = squeezed(e, clamp_bytes(e, b, signed))
    return e.logic("or", low, e.shift("slli", high, 32), to)


@scoped
def saturated_word(e: Emitter, source: Content, number: int) -> Content:
    value = swar.lane_of(e, source, number, 4, True)
    label = e.new_label()
    code = (
        "slli {d}, {0}, 48", "srai {d}, {d}, 48", f"beq {{d}}, {{0}}, {label}",
        "srai {d}, {0}, 63", "xor {d}, {d}, {1}", f"{label}:",
    )  # fmt: skip
    return e.long(("saturated", value.number), code, (value, e.constant(0x7FFF)), 64, 16)


@scoped
def clamp_bytes(e: Emitter, a: Content, signed: bool) -> Content:
    """2-byte lanes limited to the range of a byte, which is left in the low byte of each."""
    if signed:
        least = swar.choose(e, False, a, e.constant(swar.rep(0xFF80, 2)), 2)
        most = swar.choose(e, True, least, e.constant(swar.rep(0x7F, 2)), 2)
        return e.logic("and", most, e.constant(swar.rep(0xFF, 2)))
    high = swar.top(e, 2)
    positive = e.logic("and", a, swar.invert(e, swar.spread(e, e.logic("and", a, high), 2)))
    over = e.logic("and", e.add(positive, e.constant(swar.rep(0x7F00, 2))), high)
    return e.logic("and", e.logic("or", positive, swar.spread(e, over, 2)), e.constant(swar.rep(0xFF, 2)))


@scoped
def squeezed(e: Emitter, a: Content) -> Content:
    """The low bytes of four 2-byte lanes next to each other; their high bytes are zero."""
    if a is e.zero:
        return a
    pairs = e.logic("and", e.logic("or", a, e.shift("srli", a, 8)), e.constant(swar.rep(0xFFFF, 4)))
    return e.zext(e.logic("or", pairs, e.shift("srli", pairs, 16)), 32)


def pack(e: Emitter, micro: Micro) -> None:
    sources = {
        high: (half_of(e, micro, int(high), False), half_of(e, micro, int(high), True)) for high in needed(e, micro)
    }
    signed = micro.name == "pack_ss"
    e.in_parts(target(micro), sources, lambda high, to: narrowed(e, *sources[high], micro.lane, signed, to))


SPECIAL: dict[str, Callable[[Emitter, Micro], None]] = {
    "mullo": multiply,
    "mulhs": multiply,
    "mulhu": multiply,
    "muludq": lambda e, micro: lanewise(e, micro, even_product),
    "maddwd": lambda e, micro: lanewise(e, micro, multiply_add),
    "sad": lambda e, micro: lanewise(e, micro, distance),
    "shl": shift,
    "shr": shift,
    "sar": shift,
    "bytes_left": shift_bytes,
    "bytes_right": shift_bytes,
    "unpack_low": interleave,
    "unpack_high": interleave,
    "shuffle": shuffle,
    "pack_ss": pack,
    "pack_us": pack,
    "insert": insert,
    "extract": extract,
    "movmask": sign_bits,
}
