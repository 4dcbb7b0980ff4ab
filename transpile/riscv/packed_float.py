"""Packed floating-point operations, lane by lane."""

from __future__ import annotations

from collections.abc import Callable

from transpile.native.micro import Const, Micro
from transpile.riscv import swar
from transpile.riscv.builder import scoped
from transpile.riscv.emitter import Emitter
from transpile.riscv.floats import SUFFIX, choose, convert
from transpile.riscv.parts import half_of, sources, target
from transpile.riscv.values import Bind, Content, bind

Lane = Callable[[Emitter, tuple[Content, ...], int, str | None], Content]
"""Builds one lane of ``size`` bytes from operand lanes: a float register's content from float contents."""

BINARY = {"fadd": "fadd", "fsub": "fsub", "fmul": "fmul", "fdiv": "fdiv"}


def single(e: Emitter, half: Content, upper: bool) -> Content:
    """One of the two single-precision lanes of a half, boxed."""
    source = e.shift("srli", half, 32) if upper else half
    return e.boxed(Bind(source, 32))


@scoped
def word(e: Emitter, content: Content) -> Content:
    """The pattern of a single-precision register."""
    return e.fx("fmv.x.w", (content,), 64, 32)


def lanewise(e: Emitter, micro: Micro, count: int, build: Lane) -> None:
    """A lane at a time on ``count`` operands."""
    operands = sources(e, micro, count)

    def half(high: bool, to: str) -> Content:
        if micro.lane == 8:
            return build(e, tuple(operands[high]), 8, to)
        return two_singles(e, operands[high], build, to)

    e.in_parts(target(micro), operands, half)


@scoped
def two_singles(e: Emitter, operands: list[Content], build: Lane, to: str | None) -> Content:
    patterns = []
    for upper in (False, True):
        mark = len(e.pinned)
        lane = build(e, tuple(single(e, operand, upper) for operand in operands), 4, None)
        pattern = word(e, lane) if e.in_vector(lane) else lane
        e.unpin(mark)
        patterns.append(e.pin(pattern))
    return swar.join(e, patterns[0], patterns[1], to)


def arithmetic(mnemonic: str) -> Lane:
    def build(e: Emitter, operands: tuple[Content, ...], size: int, to: str | None) -> Content:
        return e.rf(f"{mnemonic}.{SUFFIX[size]}", operands, to, boxed=size == 4)

    return build


def extreme(least: bool) -> Lane:
    def build(e: Emitter, operands: tuple[Content, ...], size: int, to: str | None) -> Content:
        return choose(e, least, operands[0], operands[1], size, to)

    return build


def compare_lane(predicate: int) -> Lane:
    def build(e: Emitter, operands: tuple[Content, ...], size: int, to: str | None) -> Content:
        return e.sub(e.zero, comparison(e, predicate, operands[0], operands[1], size), True, to)

    return build


@scoped
def comparison(e: Emitter, predicate: int, a: Content, b: Content, size: int) -> Content:
    """cmpps: 0 or 1. The predicates from 4 on are the negations of the first four."""
    suffix = SUFFIX[size]
    kind = predicate & 3
    if kind == 3:
        ordered = e.fx(f"feq.{suffix}", (a, a), 1)
        if a is not b:
            ordered = e.logic("and", ordered, e.fx(f"feq.{suffix}", (b, b), 1))
        return ordered if predicate >= 4 else e.ri("xori", ordered, 1, 1)
    mnemonic = ("feq", "flt", "fle")[kind]
    made = e.fx(f"{mnemonic}.{suffix}", (a, b), 1)
    return e.ri("xori", made, 1, 1) if predicate >= 4 else made


def predicate_of(micro: Micro) -> int:
    value = micro.args[2]
    assert isinstance(value, Const)
    return value.value & 7


def compare(e: Emitter, micro: Micro) -> None:
    lanewise(e, micro, 2, compare_lane(predicate_of(micro)))


def compare_scalar(e: Emitter, micro: Micro) -> None:
    dst = micro.dst
    assert dst is not None
    size = dst.size
    a, b = (e.boxed(e.value(v)) if size == 4 else e.full(e.value(v)) for v in micro.args[:2])
    content = e.sub(e.zero, comparison(e, predicate_of(micro), a, b, size))
    e.write(dst, bind(content, 8 * size, True))


# Conversions


def integers_to_singles(e: Emitter, micro: Micro) -> None:
    operands = sources(e, micro, 1)

    def converted(high: bool, to: str) -> Content:
        lanes = []
        for upper in (0, 1):
            mark = len(e.pinned)
            integer = swar.lane_of(e, operands[high][0], upper, 4, True)
            pattern = word(e, e.xf("fcvt.s.w", integer, None, boxed=True))
            e.unpin(mark)
            lanes.append(e.pin(pattern))
        return swar.join(e, lanes[0], lanes[1], to)

    e.in_parts(target(micro), operands, converted)


def integers_to_doubles(e: Emitter, micro: Micro) -> None:
    source = half_of(e, micro, 0, False)

    def converted(high: bool, to: str) -> Content:
        return e.xf("fcvt.d.w", swar.lane_of(e, source, int(high), 4, True), to)

    e.in_parts(target(micro), {}, converted, (source,))


def singles_to_doubles(e: Emitter, micro: Micro) -> None:
    source = half_of(e, micro, 0, False)
    e.in_parts(target(micro), {}, lambda high, to: e.rf("fcvt.d.s", (single(e, source, high),), to), (source,))


def doubles_to_words(e: Emitter, micro: Micro, convert_one: Callable[[Content], Content]) -> None:
    """Two doubles to two 32-bit lanes; the upper half is cleared."""
    low, high = (half_of(e, micro, 0, part) for part in (False, True))

    def build(upper: bool, to: str) -> Content:
        if upper:
            return e.give(e.zero, to)
        lanes = []
        for source in (low, high):
            mark = len(e.pinned)
            lane = convert_one(source)
            e.unpin(mark)
            lanes.append(e.pin(lane))
        return swar.join(e, lanes[0], lanes[1], to)

    e.in_parts(target(micro), {}, build, (low, high))


def doubles_to_singles(e: Emitter, micro: Micro) -> None:
    doubles_to_words(e, micro, lambda source: word(e, e.rf("fcvt.s.d", (source,), None, boxed=True)))


def rounding(micro: Micro) -> str:
    return "rne" if micro.name.endswith("r") else "rtz"


def singles_to_integers(e: Emitter, micro: Micro) -> None:
    mode = rounding(micro)

    def build(e: Emitter, operands: tuple[Content, ...], size: int, to: str | None) -> Content:
        return convert(e, operands[0], "s", mode, 4, None)

    lanewise(e, micro, 1, build)


def doubles_to_integers(e: Emitter, micro: Micro) -> None:
    mode = rounding(micro)
    doubles_to_words(e, micro, lambda source: convert(e, source, "d", mode, 4, None))


def binary(name: str) -> Callable[[Emitter, Micro], None]:
    return lambda e, micro: lanewise(e, micro, 2, arithmetic(name))


OPERATIONS: dict[str, Callable[[Emitter, Micro], None]] = {
    **{name: binary(name) for name in BINARY},
    "fsqrt": lambda e, micro: lanewise(e, micro, 1, arithmetic("fsqrt")),
    "fmin": lambda e, micro: lanewise(e, micro, 2, extreme(True)),
    "fmax": lambda e, micro: lanewise(e, micro, 2, extreme(False)),
    "fcmp": compare,
    "fcmp_scalar": compare_scalar,
    "i2f": integers_to_singles,
    "i2d": integers_to_doubles,
    "f2d": singles_to_doubles,
    "d2f": doubles_to_singles,
    "f2i": singles_to_integers,
    "f2ir": singles_to_integers,
    "d2i": doubles_to_integers,
    "d2ir": doubles_to_integers,
}
