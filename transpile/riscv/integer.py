"""Integer arithmetic, shifts, extensions and moves."""

from __future__ import annotations

from transpile.native.micro import Code, Const, Micro, Reg, Temp, Value
from transpile.riscv import bits
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.values import Bind, Content, EmitError, bind, truncated


def finish(e: Emitter, micro: Micro, content: Content, width: int = 0) -> None:
    """``content`` holds the result in its low ``width`` bits (default: the size of the operation)."""
    assert micro.dst is not None
    e.write(micro.dst, bind(content, width or 8 * micro.size, True))


def operands(e: Emitter, micro: Micro) -> tuple[Content, Content]:
    """Both operands, good in the low bits that the operation's size needs."""
    a, b = micro.args
    return operand(e, a, micro.size), operand(e, b, micro.size)


def operand(e: Emitter, value: Value, size: int) -> Content:
    return e.wide(value) if size == 8 else e.low(e.value(value), 8 * size)


@handles(Code.COPY)
def copy(e: Emitter, micro: Micro) -> None:
    dst, source = micro.dst, micro.args[0]
    assert dst is not None
    if dst.size == 16:
        copy_halves(e, micro)
        return
    value = e.value(source)
    e.pin(value.content)
    keeps_zero = isinstance(dst, Temp) or not dst.vector
    e.write(dst, truncated(value, 8 * dst.size, keeps_zero))


def copy_halves(e: Emitter, micro: Micro) -> None:
    dst, source = micro.dst, micro.args[0]
    assert dst is not None
    halves = [(high, e.half(source, high)) for high in (False, True) if e.needs_half(dst, high)]
    for high, value in halves:
        e.write_half(dst, high, value)


@handles(Code.ADD, Code.SUB, Code.MUL)
def arithmetic(e: Emitter, micro: Micro) -> None:
    a, b = operands(e, micro)
    to, wide = e.to(micro.dst), micro.size == 8
    if micro.code is Code.ADD:
        result = e.add(a, b, wide, to)
    elif micro.code is Code.SUB:
        result = e.sub(a, b, wide, to)
    else:
        result = multiply(e, a, b, wide, to)
    finish(e, micro, result)


def multiply(e: Emitter, a: Content, b: Content, wide: bool, to: str | None) -> Content:
    if a.const is not None:
        a, b = b, a
    factor = b.const
    if factor is not None and a.const is None:
        if factor > 0 and factor & (factor - 1) == 0:
            return e.shift("slli" if wide else "slliw", a, factor.bit_length() - 1, to)
        for extra, mnemonic in ((-1, "add"), (1, "sub")):
            power = factor + extra
            if power > 1 and power & (power - 1) == 0:
                shifted = e.shift("slli", a, power.bit_length() - 1)
                return e.add(shifted, a, wide, to) if mnemonic == "add" else e.sub(shifted, a, wide, to)
    return e.mul(a, b, wide, to)


@handles(Code.AND, Code.OR, Code.XOR)
def logic(e: Emitter, micro: Micro) -> None:
    width = 8 * micro.size
    b = micro.args[1]
    first, second = operands(e, micro)
    if isinstance(b, Const) and width == 8 and (micro.code is Code.AND or first.u <= 8):
        second = e.constant(b.value)
    finish(e, micro, e.logic(micro.code.name.lower(), first, second, e.to(micro.dst)))


@handles(Code.MULHU, Code.MULHS)
def multiply_high(e: Emitter, micro: Micro) -> None:
    a, b = (e.wide(value) for value in micro.args)
    mnemonic = "mulhu" if micro.code is Code.MULHU else "mulh"
    finish(e, micro, e.rr(mnemonic, a, b, 64, 64, e.to(micro.dst)))


DIVISIONS = {Code.UDIV: "divu", Code.UREM: "remu", Code.SDIV: "div", Code.SREM: "rem"}


@handles(Code.UDIV, Code.UREM, Code.SDIV, Code.SREM)
def divide(e: Emitter, micro: Micro) -> None:
    wide = micro.size == 8
    x, y = operands(e, micro)
    if e.context.trap_division and not y.const:
        divisor = y if wide else e.signed(e.value(micro.args[1]), 32)
        label = e.new_label()
        e.put(f"bnez {e.reg(divisor)}, {label}")
        e.put("ebreak")
        e.put_label(label)
    mnemonic = DIVISIONS[micro.code] + ("" if wide else "w")
    u, s = 64, 64 if wide else 32
    if micro.code in (Code.UDIV, Code.UREM) and x.u < 32 and y.u < 32:
        u = x.u if micro.code is Code.UDIV else min(x.u, y.u)
    finish(e, micro, e.rr(mnemonic, x, y, u, s, e.to(micro.dst)))


@handles(Code.NOT)
def invert(e: Emitter, micro: Micro) -> None:
    value = operand(e, micro.args[0], micro.size)
    finish(e, micro, e.logic("xor", value, e.constant(-1), e.to(micro.dst)))


@handles(Code.NEG)
def negate(e: Emitter, micro: Micro) -> None:
    value = operand(e, micro.args[0], micro.size)
    finish(e, micro, e.sub(e.zero, value, micro.size == 8, e.to(micro.dst)))


@handles(Code.SHL, Code.SHR, Code.SAR)
def shift(e: Emitter, micro: Micro) -> None:
    value, count = e.value(micro.args[0]), micro.args[1]
    wide, to = micro.size == 8, e.to(micro.dst)
    amount = e.value(count)
    if amount.content.const is not None:
        number = amount.content.const & (63 if wide else 31)
        finish(e, micro, shift_constant(e, micro.code, value, number, wide, to))
        return
    places = e.low(amount, 8)
    if wide:
        mnemonic = {Code.SHL: "sll", Code.SHR: "srl", Code.SAR: "sra"}[micro.code]
        content = e.wide(micro.args[0])
    else:
        mnemonic = {Code.SHL: "sllw", Code.SHR: "srlw", Code.SAR: "sraw"}[micro.code]
        content = e.low(value, 32)
    s = 64 if wide else 32
    u = 64
    if micro.code is Code.SHR and content.u < (64 if wide else 32):
        u = content.u
    elif micro.code is Code.SAR:
        s, u = min(s, content.s), content.u if content.u < (64 if wide else 32) else 64
    finish(e, micro, e.rr(mnemonic, content, places, u, s, to))


def shift_constant(e: Emitter, code: Code, value: Bind, count: int, wide: bool, to: str | None) -> Content:
    if wide:
        mnemonic = {Code.SHL: "slli", Code.SHR: "srli", Code.SAR: "srai"}[code]
        if value.bits < 64 and value.zero and code is not Code.SHL:
            return shift_zero_extended(e, value, count, to)
        if value.bits < 64 and code is Code.SHL and count >= 64 - value.bits:
            return e.shift("slli", value.content, count, to)
        if value.bits == 32 and value.zero and code is Code.SHL:
            return e.shift_up(value.content, count, to)
        return e.shift(mnemonic, e.full(value), count, to)
    content = e.low(value, 32)
    if code is Code.SHL:
        return e.shift("slli" if content.u + count <= 31 else "slliw", content, count, to)
    if code is Code.SHR:
        return e.shift("srli" if content.u <= 32 else "srliw", content, count, to)
    return e.shift("srai" if content.s <= 32 else "sraiw", content, count, to)


def shift_zero_extended(e: Emitter, value: Bind, count: int, to: str | None) -> Content:
    """Right shift of a value whose upper bits are to be cleared first."""
    width = value.bits
    known = e.numbers.get(("zext", width, value.content.number))
    if count >= width:
        return e.give(e.zero, to)
    if width == 32 and count:
        return e.shift("srliw", value.content, count, to)
    if (known is not None and known.places) or width <= 11 or count == 0:
        return e.shift("srli", e.full(value), count, to)
    code = (f"slli {{d}}, {{0}}, {64 - width}", f"srli {{d}}, {{d}}, {64 - width + count}")
    return e.seq(("zshr", width, count, value.content.number), code, (value.content,), width - count, 64, to)


@handles(Code.ROL, Code.ROR)
def rotate(e: Emitter, micro: Micro) -> None:
    amount = e.value(micro.args[1])
    wide, to = micro.size == 8, e.to(micro.dst)
    content = operand(e, micro.args[0], micro.size)
    width, suffix = (64, "") if wide else (32, "w")
    left = micro.code is Code.ROL
    s = 64 if wide else 32
    if amount.content.const is not None:
        count = amount.content.const % width
        right = (width - count) % width if left else count
        finish(e, micro, rotate_right(e, content, right, width, to))
        return
    places = e.low(amount, 8)
    if e.zbb:
        finish(e, micro, e.rr(("rol" if left else "ror") + suffix, content, places, 64, s, to))
        return
    first, second = ("sll", "srl") if left else ("srl", "sll")
    code = (
        "neg {t0}, {1}",
        f"{second}{suffix} {{t0}}, {{0}}, {{t0}}",
        f"{first}{suffix} {{d}}, {{0}}, {{1}}",
        "or {d}, {d}, {t0}",
    )
    key = (micro.code, micro.size, content.number, places.number)
    finish(e, micro, e.long(key, code, (content, places), 64, s, to, scratch=1))


def rotate_right(e: Emitter, content: Content, count: int, width: int, to: str | None) -> Content:
    suffix, s = ("", 64) if width == 64 else ("w", 32)
    if count == 0:
        return e.give(content, to)
    if e.zbb:
        return e.ri(f"rori{suffix}", content, count, 64, s, to)
    low = e.shift(f"srli{suffix}", content, count)
    high = e.shift(f"slli{suffix}", content, width - count)
    return e.logic("or", low, high, to)


@handles(Code.SEXT)
def sign_extend(e: Emitter, micro: Micro) -> None:
    source, dst = micro.args[0], micro.dst
    assert dst is not None
    if isinstance(source, (Reg, Temp, Const)):
        content = e.signed(e.value(source), 8 * source.size, e.to(dst))
        e.write(dst, bind(content, 8 * dst.size, True))
        return
    raise EmitError("SEXT of a value without a size")


@handles(Code.ZEXT)
def zero_extend(e: Emitter, micro: Micro) -> None:
    source, dst = micro.args[0], micro.dst
    assert dst is not None
    assert isinstance(source, (Reg, Temp, Const))
    if dst.size == 16:
        halves = [(high, e.half(source, high)) for high in (False, True) if e.needs_half(dst, high)]
        for high, value in halves:
            low = truncated(value, min(64, 8 * source.size), True) if not high else value
            e.write_half(dst, high, low)
        return
    value = truncated(e.value(source), 8 * source.size, True)
    if value.bits < 32:
        value = Bind(e.unsigned(value, value.bits, e.to(dst)))
    e.pin(value.content)
    e.write(dst, value)


@handles(Code.BSWAP)
def byte_swap(e: Emitter, micro: Micro) -> None:
    content = operand(e, micro.args[0], micro.size)
    finish(e, micro, bits.byte_swap(e, content, micro.size, e.to(micro.dst)))


@handles(Code.CLZ)
def leading_zeros(e: Emitter, micro: Micro) -> None:
    content = e.unsigned(e.value(micro.args[0]), 8 * micro.size)
    finish(e, micro, bits.leading_zeros(e, content, micro.size, e.to(micro.dst)))


@handles(Code.CTZ)
def trailing_zeros(e: Emitter, micro: Micro) -> None:
    content = operand(e, micro.args[0], micro.size)
    finish(e, micro, bits.trailing_zeros(e, content, micro.size, e.to(micro.dst)))


@handles(Code.POPCNT)
def population(e: Emitter, micro: Micro) -> None:
    content = e.unsigned(e.value(micro.args[0]), 8 * micro.size)
    finish(e, micro, bits.population(e, content, micro.size, e.to(micro.dst)))
