"""Shifts, rotates and double shifts.

A 1- or 2-byte operand is computed in 4 bytes. A count that is a register may be zero, which leaves all flags as they
were: then no later instruction may read them.
"""

from __future__ import annotations

from transpile.native.micro import Code, Const, Reg, Temp, Value
from transpile.x86.insn import ImmOp, Operand, RegOp
from transpile.x86.micro.builder import Builder, constant
from transpile.x86.micro.rows import Rows


def count_of(b: Builder, op: Operand) -> Value:
    """The count: masked if constant, else ``cl``."""
    mask = 63 if b.size == 8 else 31
    if type(op) is ImmOp and op.symbol is None:
        return Const(op.value & mask, 1)
    if type(op) is RegOp and op.name == "rcx":
        return Reg("rcx", 1)
    raise b.refuse("a count of this kind")


def keep(b: Builder, value: Reg | Temp) -> Reg | Temp:
    """``value`` for FLAGS that come after its register is overwritten."""
    return b.op(Code.COPY, value.size, value) if type(value) is Reg else value


def shift(b: Builder, code: Code, kind: str) -> None:
    size = b.size
    count = count_of(b, b.operand(1))
    if count == Const(0, 1):
        unchanged(b)
        return
    old, dst, address = b.modify(b.operand(0), size)
    before = keep(b, old)
    if size >= 4:
        b.emit(code, dst, old, count)
    else:
        b.emit(Code.COPY, dst, b.low(b.op(code, 4, b.widen(old, 4, code is Code.SAR), count), size))
    shift_flags(b, kind, before, count, dst)
    b.finish(dst, address)


def shift_flags(b: Builder, kind: str, before: Value, count: Value, after: Value) -> None:
    size = b.size
    if type(count) is not Const:
        b.flags("none", size)
    elif count.value < 8 * size:
        b.flags(kind, size, before, count, after, undefined="" if count.value == 1 else "o")
    else:
        b.flags("result", size, after)


def unchanged(b: Builder) -> None:
    """A count of zero: only the upper half of a 4-byte register changes."""
    op = b.operand(0)
    if b.size == 4 and type(op) is RegOp:
        b.emit(Code.COPY, b.register(op, 4), b.register(op, 4))


def rotate(b: Builder, code: Code) -> None:
    size = b.size
    count = count_of(b, b.operand(1))
    if count == Const(0, 1):
        unchanged(b)
        return
    old, dst, address = b.modify(b.operand(0), size)
    if size >= 4:
        b.emit(code, dst, old, count)
    else:
        wide = b.widen(old, 4)
        for bits in (8, 16) if size == 1 else (16,):
            wide = b.op(Code.OR, 4, wide, b.op(Code.SHL, 4, wide, Const(bits, 1)))
        b.emit(Code.COPY, dst, b.low(b.op(code, 4, wide, count), size))
    if type(count) is Const:
        carry = bit(b, dst, 0 if code is Code.ROL else 8 * size - 1)
        b.flags("carry", size, carry, undefined="o")
    else:
        b.fresh.undefine("oc")
    b.finish(dst, address)


def bit(b: Builder, value: Reg | Temp, number: int) -> Value:
    """Bit ``number`` as a 1-byte value, 0 or 1."""
    width = max(value.size, 4)
    wide = b.widen(value, width)
    if number:
        wide = b.op(Code.SHR, width, wide, Const(number, 1))
    return b.low(b.op(Code.AND, width, wide, constant(1, width)), 1)


def rotate_through_carry(b: Builder, left: bool) -> None:
    size = b.size
    bits = 8 * size
    count = count_of(b, b.operand(1))
    if type(count) is not Const:
        raise b.refuse("a rotate through carry by a variable count")
    n = count.value % (bits + 1)
    if n == 0:
        unchanged(b)
        return
    width = max(size, 4)
    carry = b.widen(b.carry(), width)
    old, dst, address = b.modify(b.operand(0), size)
    wide = b.widen(old, width)
    first, second = (Code.SHL, Code.SHR) if left else (Code.SHR, Code.SHL)
    out = bit(b, old, bits - n if left else n - 1)
    result: Value = b.op(first, width, wide, Const(n, 1))
    result = b.op(Code.OR, width, result, moved(b, Code.SHL, carry, n - 1 if left else bits - n))
    if n > 1:
        result = b.op(Code.OR, width, result, moved(b, second, wide, bits + 1 - n))
    b.emit(Code.COPY, dst, b.low(result, size))
    b.flags("carry", size, out, undefined="o")
    b.finish(dst, address)


def moved(b: Builder, code: Code, value: Value, count: int) -> Value:
    size = max(b.size, 4)
    return b.op(code, size, value, Const(count, 1)) if count else value


def double_shift(b: Builder, left: bool) -> None:
    """shld and shrd: bits of the second operand follow those shifted out of the first."""
    size = b.size
    count = count_of(b, b.operand(2))
    if count == Const(0, 1):
        unchanged(b)
        return
    source = b.read(b.operand(1), size)
    old, dst, address = b.modify(b.operand(0), size)
    before = keep(b, old)
    if size == 2:
        double_shift_short(b, left, count, (old, source), dst)
    else:
        double_shift_full(b, left, count, (old, source), dst)
    kind = "shl" if left else "shr"
    if type(count) is Const:
        shift_flags(b, kind, before, count, dst)
        if not left:
            b.fresh.undefine("o")
    else:
        b.flags("none", size)
    b.finish(dst, address)


def double_shift_full(b: Builder, left: bool, count: Value, pair: tuple[Value, Value], dst: Reg | Temp) -> None:
    size = b.size
    forth, back = (Code.SHL, Code.SHR) if left else (Code.SHR, Code.SHL)
    kept = b.op(forth, size, pair[0], count)
    if type(count) is Const:
        filled = b.op(back, size, pair[1], Const(8 * size - count.value, 1))
    else:
        # By 1 and then by width - 1 - count, which stays right for a count of zero.
        rest = b.op(Code.NOT, 4, b.op(Code.ZEXT, 4, count))
        filled = b.op(back, size, b.op(back, size, pair[1], Const(1, 1)), b.low(rest, 1))
    b.emit(Code.OR, dst, kept, filled)


def double_shift_short(b: Builder, left: bool, count: Value, pair: tuple[Value, Value], dst: Reg | Temp) -> None:
    high, low = pair if left else pair[::-1]
    joined = b.op(Code.OR, 4, b.op(Code.SHL, 4, b.widen(high, 4), Const(16, 1)), b.widen(low, 4))
    result = b.op(Code.SHL if left else Code.SHR, 4, joined, count)
    if left:
        result = b.op(Code.SHR, 4, result, Const(16, 1))
    b.emit(Code.COPY, dst, b.low(result, 2))


def shift_without_flags(b: Builder, code: Code) -> None:
    """shlx, shrx, sarx and rorx: destination, source, count."""
    size = b.size
    count = b.operand(2)
    amount: Value = Const(count.value & (8 * size - 1), 1) if type(count) is ImmOp else b.read(count, 1)
    b.emit(code, b.register_operand(0, size), b.read(b.operand(1), size), amount)


ROWS: Rows = {
    "shl": lambda b: shift(b, Code.SHL, "shl"),
    "shr": lambda b: shift(b, Code.SHR, "shr"),
    "sar": lambda b: shift(b, Code.SAR, "sar"),
    "rol": lambda b: rotate(b, Code.ROL),
    "ror": lambda b: rotate(b, Code.ROR),
    "rcl": lambda b: rotate_through_carry(b, True),
    "rcr": lambda b: rotate_through_carry(b, False),
    "shld": lambda b: double_shift(b, True),
    "shrd": lambda b: double_shift(b, False),
    "shlx": lambda b: shift_without_flags(b, Code.SHL),
    "shrx": lambda b: shift_without_flags(b, Code.SHR),
    "sarx": lambda b: shift_without_flags(b, Code.SAR),
    "rorx": lambda b: shift_without_flags(b, Code.ROR),
}
