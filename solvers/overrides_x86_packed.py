"""x86-64 packed instructions lane by lane, where SLEIGH leaves them opaque or is wrong (Intel SDM volume 2).

An operation whose result lanes stay in their 8-byte half is two operations, so that a dead half costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from transpile.solvers import conversions as f
from transpile.solvers import lanes
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.overrides_x86_integer import Handler, Rows, operands, result, source
from transpile.solvers.pcode import CONSTANT, Instruction, Isa, RawOp, Varnode
from transpile.solvers.terms import Term

Compute = Callable[..., Term]


def _half(whole: Varnode, number: int) -> Varnode:
    return whole[0], whole[1] + 8 * number, 8


def by_halves(function: Compute) -> Handler:
    """destination = function(destination, source) on each 8-byte half."""

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second = operands(instruction)
        fetch, value = source(isa, instruction, second, 16)
        to = isa.register(first)
        both = ((_half(to, i), _half(value, i)) for i in (0, 1))
        return [*fetch, *(RawOp(l.COMPUTE, (a,), (a, b), function) for a, b in both)]

    return rows


def _from_source(function: Compute) -> Handler:
    """destination = function(source) on each 8-byte half."""

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second = operands(instruction)
        fetch, value = source(isa, instruction, second, 16)
        to = isa.register(first)
        return [*fetch, *(RawOp(l.COMPUTE, (_half(to, i),), (_half(value, i),), function) for i in (0, 1))]

    return rows


def _whole(function: Compute, size: int = 16) -> Handler:
    """destination = function(destination, source), 128 bits; the source has ``size`` bytes."""

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second = operands(instruction)[:2]
        fetch, value = source(isa, instruction, second, size)
        to = isa.register(first)
        return [*fetch, RawOp(l.COMPUTE, (to,), (to, value), function)]

    return rows


def _convert(function: Compute, size: int = 16) -> Handler:
    """destination = function(source), 128 bits."""
    return _whole(lambda _, value: function(value), size)


def lanewise(lane: int, function: Compute) -> Handler:
    return by_halves(lanes.mapped(8 * lane, function))


def _packed(a: Term, b: Term, lane: int, function: Callable[[Term, int], Term]) -> Term:
    return lanes.join([function(x, lane // 2) for value in (a, b) for x in lanes.split(value, lane)])


def _pack(lane: int, function: Callable[[Term, int], Term]) -> Handler:
    return _whole(lambda a, b: _packed(a, b, 8 * lane, function))


def _multiply_add(a: Term, b: Term) -> Term:
    products = [
        t.mul(t.sext(x, 32), t.sext(y, 32)) for x, y in zip(lanes.split(a, 16), lanes.split(b, 16), strict=True)
    ]
    return lanes.join([t.add(products[i], products[i + 1]) for i in range(0, len(products), 2)])


def _sum_of_differences(a: Term, b: Term) -> Term:
    pairs = zip(lanes.split(a, 8), lanes.split(b, 8), strict=True)
    return lanes.sum_of([t.zext(lanes.difference(x, y), 64) for x, y in pairs])


def _shift(lane: int, function: Compute, fills: bool = False) -> Handler:
    """By an immediate, or by the low 8 bytes of the source; a large count empties the lane or ``fills`` it."""
    width = 8 * lane

    def shifted(value: Term, count: Term) -> Term:
        inside = t.ult(count, t.const(width, 64))
        amount = t.extract(count, 0, width)
        large = function(value, t.const(width - 1, width)) if fills else t.const(0, width)
        return t.ite(inside, function(value, amount), large)

    def half(value: Term, count: Term) -> Term:
        return lanes.join([shifted(x, count) for x in lanes.split(value, width)])

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second = operands(instruction)
        to = isa.register(first)
        if second.startswith("0x"):
            fetch: list[RawOp] = []
            count: Varnode = (CONSTANT, int(second, 16) & 0xFF, 8)
        else:
            fetch, whole = source(isa, instruction, second, 16)
            saved: Varnode = (l.UNIQUE, 0xF0000400, 8)
            fetch = [*fetch, RawOp(l.COPY, (saved,), (_half(whole, 0),))]
            count = saved
        return [*fetch, *(RawOp(l.COMPUTE, (_half(to, i),), (_half(to, i), count), half) for i in (0, 1))]

    return rows


def _shuffle(choose: Callable[[Sequence[Term], Sequence[Term], int], list[Term]], lane: int) -> Handler:
    """``choose`` picks lanes from the destination's and the source's by the immediate."""

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second, control = operands(instruction)
        fetch, value = source(isa, instruction, second, 16)
        to, number = isa.register(first), int(control, 16)

        def operate(a: Term, b: Term) -> Term:
            return lanes.join(choose(lanes.split(a, 8 * lane), lanes.split(b, 8 * lane), number))

        return [*fetch, RawOp(l.COMPUTE, (to,), (to, value), operate)]

    return rows


def _fields(number: int) -> list[int]:
    return [number >> 2 * i & 3 for i in range(4)]


def _bytes_shuffled(a: Term, b: Term) -> Term:
    """pshufb: a byte with its top bit set gives 0."""
    table = lanes.split(a, 8)

    def pick(index: Term) -> Term:
        value = table[15]
        for number in range(14, -1, -1):
            value = t.ite(t.eq(t.extract(index, 0, 4), t.const(number, 4)), table[number], value)
        return t.ite(t.extract(index, 7, 1), t.const(0, 8), value)

    return lanes.join([pick(index) for index in lanes.split(b, 8)])


def _sign_mask(lane: int) -> Handler:
    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second = operands(instruction)
        value = isa.register(second)

        def operate(a: Term) -> Term:
            bits = lanes.join([f.sign(x) for x in lanes.split(a, 8 * lane)])
            return t.zext(bits, 64)

        whole = (l.REGISTER, isa.register(first)[1], 8)
        return [RawOp(l.COMPUTE, (whole,), (value,), operate)]

    return rows


def _compare(lane: int, scalar: bool) -> Handler:
    """cmpps and its kin; the predicate is in the mnemonic or the last operand."""

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        texts = operands(instruction)
        predicate = instruction.code[-1]
        if predicate > 7:
            return None
        test = lanes.all_ones(lanes.FLOAT_PREDICATES[predicate])
        fetch, value = source(isa, instruction, texts[1], lane if scalar else 16)
        to = isa.register(texts[0])
        if scalar:
            low = (to[0], to[1], lane)
            return [*fetch, RawOp(l.COMPUTE, (low,), (low, value), test)]
        function = lanes.mapped(8 * lane, test)
        both = ((_half(to, i), _half(value, i)) for i in (0, 1))
        return [*fetch, *(RawOp(l.COMPUTE, (a,), (a, b), function) for a, b in both)]

    return rows


def _upper_clear(value: Term) -> Term:
    return t.zext(value, 128)


def _extract_word(isa: Isa, instruction: Instruction) -> Rows:
    first, second, control = operands(instruction)
    if second not in isa.registers or first not in isa.registers:
        return None
    lane = (l.REGISTER, isa.register(second)[1] + 2 * (int(control, 16) & 7), 2)
    return result(isa, first, lambda a: t.zext(a, 32), lane)


_ROUNDINGS = {0: "frint", 1: "ffloor", 2: "fceil", 3: "ftrunc", 4: "frint"}


def _round(lane: int, scalar: bool) -> Handler:
    def rows(isa: Isa, instruction: Instruction) -> Rows:
        first, second, _ = operands(instruction)
        name = _ROUNDINGS.get(instruction.code[-1] & 7)
        if name is None:
            return None
        to = isa.register(first)
        fetch, value = source(isa, instruction, second, lane if scalar else 16)
        function = lanes.mapped(8 * lane, lanes.arithmetic(name))
        if scalar:
            return [*fetch, RawOp(l.COMPUTE, ((to[0], to[1], lane),), (value,), function)]
        return [*fetch, *(RawOp(l.COMPUTE, (_half(to, i),), (_half(value, i),), function) for i in (0, 1))]

    return rows


_COMPARISONS = ("", "EQ", "LT", "LE", "UNORD", "NEQ", "NLT", "NLE", "ORD")


def _compare_rows() -> dict[str, Handler]:
    table = {}
    for suffix, lane, scalar in (("PS", 4, False), ("PD", 8, False), ("SS", 4, True), ("SD", 8, True)):
        for name in _COMPARISONS:
            table[f"CMP{name}{suffix}"] = _compare(lane, scalar)
    return table


PACKED: dict[str, Handler] = {
    **_compare_rows(),
    "PADDSB": lanewise(1, lanes.add_signed),
    "PADDSW": lanewise(2, lanes.add_signed),
    "PADDUSB": lanewise(1, lanes.add_unsigned),
    "PADDUSW": lanewise(2, lanes.add_unsigned),
    "PSUBSB": lanewise(1, lanes.sub_signed),
    "PSUBSW": lanewise(2, lanes.sub_signed),
    "PSUBUSB": lanewise(1, lanes.sub_unsigned),
    "PSUBUSW": lanewise(2, lanes.sub_unsigned),
    "PMULHW": lanewise(2, lanes.high_product_signed),
    "PMULHUW": lanewise(2, lanes.high_product_unsigned),
    "PMADDWD": by_halves(_multiply_add),
    "PSADBW": by_halves(_sum_of_differences),
    "PAVGB": lanewise(1, lanes.average),
    "PAVGW": lanewise(2, lanes.average),
    "PMINUB": lanewise(1, lanes.min_unsigned),
    "PMAXUB": lanewise(1, lanes.max_unsigned),
    "PMINSW": lanewise(2, lanes.min_signed),
    "PMAXSW": lanewise(2, lanes.max_signed),
    "PMINSB": lanewise(1, lanes.min_signed),
    "PMAXSB": lanewise(1, lanes.max_signed),
    "PMINSD": lanewise(4, lanes.min_signed),
    "PMAXSD": lanewise(4, lanes.max_signed),
    "PMINUW": lanewise(2, lanes.min_unsigned),
    "PMAXUW": lanewise(2, lanes.max_unsigned),
    "PMINUD": lanewise(4, lanes.min_unsigned),
    "PMAXUD": lanewise(4, lanes.max_unsigned),
    "PMULLD": lanewise(4, t.mul),
    "PCMPEQB": lanewise(1, lanes.all_ones(t.eq)),
    "PCMPEQW": lanewise(2, lanes.all_ones(t.eq)),
    "PCMPEQD": lanewise(4, lanes.all_ones(t.eq)),
    "PCMPEQQ": lanewise(8, lanes.all_ones(t.eq)),
    "PCMPGTB": lanewise(1, lanes.all_ones(lambda a, b: t.slt(b, a))),
    "PCMPGTW": lanewise(2, lanes.all_ones(lambda a, b: t.slt(b, a))),
    "PCMPGTD": lanewise(4, lanes.all_ones(lambda a, b: t.slt(b, a))),
    "PCMPGTQ": lanewise(8, lanes.all_ones(lambda a, b: t.slt(b, a))),
    "PABSB": _from_source(lanes.mapped(8, lanes.absolute)),
    "PABSW": _from_source(lanes.mapped(16, lanes.absolute)),
    "PABSD": _from_source(lanes.mapped(32, lanes.absolute)),
    "PACKSSWB": _pack(2, lanes.to_signed),
    "PACKSSDW": _pack(4, lanes.to_signed),
    "PACKUSWB": _pack(2, lanes.to_unsigned),
    "PACKUSDW": _pack(4, lanes.to_unsigned),
    "PSHUFB": _whole(_bytes_shuffled),
    "PSHUFD": _shuffle(lambda a, b, n: [b[i] for i in _fields(n)], 4),
    "PSHUFLW": _shuffle(lambda a, b, n: [*(b[i] for i in _fields(n)), *b[4:]], 2),
    "PSHUFHW": _shuffle(lambda a, b, n: [*b[:4], *(b[4 + i] for i in _fields(n))], 2),
    "SHUFPS": _shuffle(lambda a, b, n: [(a, a, b, b)[at][i] for at, i in enumerate(_fields(n))], 4),
    "SHUFPD": _shuffle(lambda a, b, n: [a[n & 1], b[n >> 1 & 1]], 8),
    "PSLLW": _shift(2, t.shl),
    "PSLLD": _shift(4, t.shl),
    "PSLLQ": _shift(8, t.shl),
    "PSRLW": _shift(2, t.lshr),
    "PSRLD": _shift(4, t.lshr),
    "PSRLQ": _shift(8, t.lshr),
    "PSRAW": _shift(2, t.ashr, fills=True),
    "PSRAD": _shift(4, t.ashr, fills=True),
    "PMOVMSKB": _sign_mask(1),
    "MOVMSKPS": _sign_mask(4),
    "MOVMSKPD": _sign_mask(8),
    "PEXTRW": _extract_word,
    "ADDPS": lanewise(4, lanes.arithmetic("fadd")),
    "ADDPD": lanewise(8, lanes.arithmetic("fadd")),
    "SUBPS": lanewise(4, lanes.arithmetic("fsub")),
    "SUBPD": lanewise(8, lanes.arithmetic("fsub")),
    "MULPS": lanewise(4, lanes.arithmetic("fmul")),
    "MULPD": lanewise(8, lanes.arithmetic("fmul")),
    "DIVPS": lanewise(4, lanes.arithmetic("fdiv")),
    "DIVPD": lanewise(8, lanes.arithmetic("fdiv")),
    "MINPS": lanewise(4, f.x86_min),
    "MINPD": lanewise(8, f.x86_min),
    "MAXPS": lanewise(4, f.x86_max),
    "MAXPD": lanewise(8, f.x86_max),
    "SQRTPS": _from_source(lanes.mapped(32, lanes.arithmetic("fsqrt"))),
    "SQRTPD": _from_source(lanes.mapped(64, lanes.arithmetic("fsqrt"))),
    "ROUNDSD": _round(8, True),
    "ROUNDSS": _round(4, True),
    "ROUNDPD": _round(8, False),
    "ROUNDPS": _round(4, False),
    "CVTTPS2DQ": _from_source(lanes.mapped(32, lanes.truncated(32))),
    "CVTPS2DQ": _from_source(lanes.mapped(32, lanes.truncated(32, "r"))),
    "CVTTPD2DQ": _convert(lambda a: _upper_clear(lanes.mapped(64, lanes.truncated(32))(a))),
    "CVTPD2DQ": _convert(lambda a: _upper_clear(lanes.mapped(64, lanes.truncated(32, "r"))(a))),
}
