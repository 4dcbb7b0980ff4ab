"""Packed integer operations, one 64-bit half after the other; halves that nobody reads cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from transpile.native.micro import Code, Const, Micro, Reg, Temp
from transpile.riscv import packed_float, swar
from transpile.riscv.builder import scoped
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.values import Bind, Content, EmitError, bind

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


def half_of(e: Emitter, micro: Micro, number: int, high: bool) -> Content:
    return e.full(e.half(micro.args[number], high))


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


def needed(e: Emitter, micro: Micro) -> list[bool]:
    return [high for high in (False, True) if e.needs_half(target(micro), high)]


def target(micro: Micro) -> Reg | Temp:
    assert micro.dst is not None
    return micro.dst


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
