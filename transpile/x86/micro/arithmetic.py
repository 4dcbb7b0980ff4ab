"""Addition to division, with their flags.

FLAGS stand before the operation when they are made of its operands, after it when of its result.
"""

from __future__ import annotations

from transpile.native.micro import Code, Cond, Const, Reg, Temp, Value
from transpile.x86.insn import ImmOp, Operand, RegOp
from transpile.x86.micro import atomic
from transpile.x86.micro.builder import Builder, constant
from transpile.x86.micro.rows import Rows


def same_register(b: Builder) -> bool:
    ops = b.insn.operands
    return len(ops) == 2 and type(ops[0]) is RegOp and ops[0] == ops[1]


def add_or_subtract(b: Builder, code: Code, kind: str) -> None:
    size = b.size
    if code is Code.SUB and same_register(b):
        set_constant(b, 0)
        return
    source = b.read(b.operand(1), size)
    if "lock" in b.insn.prefixes:
        b.flags(kind, size, atomic.exchange(b, kind, source), source)
        return
    old, dst, address = b.modify(b.operand(0), size)
    b.flags(kind, size, old, source)
    b.emit(code, dst, old, source)
    b.finish(dst, address)


def set_constant(b: Builder, value: int) -> None:
    """``xor %eax, %eax`` and the like: the result does not depend on the register."""
    op = b.operand(0)
    assert type(op) is RegOp
    result = constant(value, b.size)
    b.emit(Code.COPY, b.register(op, b.size), result)
    b.flags("logic", b.size, result)


def is_constant(op: Operand, value: int, size: int) -> bool:
    return type(op) is ImmOp and op.symbol is None and constant(op.value, size) == constant(value, size)


ABSORBING = {Code.AND: 0, Code.OR: -1}
"""``orl $-1, %eax`` loads a constant."""


def logic(b: Builder, code: Code, name: str) -> None:
    size = b.size
    dst_op, src_op = b.operand(0), b.operand(1)
    if same_register(b):
        if code is Code.XOR:
            set_constant(b, 0)
        else:
            reg = b.read(dst_op, size)
            if size == 4:
                b.emit(Code.COPY, b.modify(dst_op, size)[1], reg)
            b.flags("logic", size, reg)
        return
    if code in ABSORBING and type(dst_op) is RegOp and is_constant(src_op, ABSORBING[code], size):
        set_constant(b, ABSORBING[code])
        return
    source = b.read(src_op, size)
    if "lock" in b.insn.prefixes:
        old = atomic.exchange(b, name, source)
        b.flags("logic", size, b.op(code, size, old, source))
        return
    left, dst, address = b.modify(dst_op, size)
    b.emit(code, dst, left, source)
    b.flags("logic", size, dst)
    b.finish(dst, address)


def compare(b: Builder) -> None:
    size = b.size
    left = b.read(b.operand(0), size)
    b.flags("sub", size, left, b.read(b.operand(1), size))


def test(b: Builder) -> None:
    size = b.size
    left = b.read(b.operand(0), size)
    if same_register(b):
        b.flags("logic", size, left)
    else:
        b.flags("logic", size, b.op(Code.AND, size, left, b.read(b.operand(1), size)))


def step(b: Builder, code: Code, kind: str) -> None:
    """inc and dec."""
    size = b.size
    if "lock" in b.insn.prefixes:
        old: Reg | Temp = atomic.exchange(b, "add" if code is Code.ADD else "sub", constant(1, size))
        b.flags(kind, size, b.op(code, size, old, constant(1, size)))
        return
    old, dst, address = b.modify(b.operand(0), size)
    b.emit(code, dst, old, constant(1, size))
    b.flags(kind, size, dst)
    b.finish(dst, address)


def negate(b: Builder) -> None:
    if "lock" in b.insn.prefixes:
        raise b.refuse("an atomic negation")
    size = b.size
    old, dst, address = b.modify(b.operand(0), size)
    b.flags("sub", size, constant(0, size), old)
    b.emit(Code.NEG, dst, old)
    b.finish(dst, address)


def invert(b: Builder) -> None:
    if "lock" in b.insn.prefixes:
        atomic.exchange(b, "xor", constant(-1, b.size))
        return
    old, dst, address = b.modify(b.operand(0), b.size)
    b.emit(Code.NOT, dst, old)
    b.finish(dst, address)


def with_carry(b: Builder, code: Code, kind: str) -> None:
    """adc and sbb."""
    if "lock" in b.insn.prefixes:
        raise b.refuse("an atomic addition with carry")
    size = b.size
    carry = b.carry()
    wide = carry if size == 1 else b.low(b.widen(carry, max(size, 4)), size)
    if code is Code.SUB and same_register(b):
        reg = b.modify(b.operand(0), size)[0]
        b.flags(kind, size, reg, reg, carry)
        b.emit(Code.NEG, reg, wide)
        return
    source = b.read(b.operand(1), size)
    old, dst, address = b.modify(b.operand(0), size)
    b.flags(kind, size, old, source, carry)
    b.emit(code, dst, b.op(code, size, old, source), wide)
    b.finish(dst, address)


def overflowed(b: Builder, size: int, high: Value, expected: Value) -> None:
    """CF and OF say whether the product did not fit."""
    number = b.compare("sub", size, high, expected)
    b.flags("overflow", size, b.setcc(Cond("ne", number)), high)


def multiply(b: Builder) -> None:
    """imul with two or three operands."""
    ops = b.insn.operands
    if len(ops) == 1:
        multiply_wide(b, True)
        return
    size = b.size
    dst = b.register_operand(0, size)
    left = b.read(ops[-2], size) if len(ops) == 3 else dst
    right = b.read(ops[-1], size)
    if size == 8:
        high = b.op(Code.MULHS, 8, left, right)
        b.emit(Code.MUL, dst, left, right)
        overflowed(b, 8, high, b.op(Code.SAR, 8, dst, Const(63, 1)))
        return
    wide = 2 * size if size == 4 else 4
    product = b.op(Code.MUL, wide, b.widen(left, wide, True), b.widen(right, wide, True))
    overflowed(b, wide, product, b.widen(b.low(product, size), wide, True))
    if size == 4:
        b.emit(Code.MUL, dst, left, right)
    else:
        b.emit(Code.COPY, dst, b.low(product, 2))


def multiply_wide(b: Builder, signed: bool) -> None:
    """mul and imul into the accumulator pair."""
    size = b.size
    source = b.read(b.operand(0), size)
    rax, rdx = Reg("rax", size), Reg("rdx", size)
    if size == 8:
        if source == rdx:
            source = b.op(Code.COPY, 8, rdx)
        b.emit(Code.MULHS if signed else Code.MULHU, rdx, rax, source)
        b.emit(Code.MUL, rax, rax, source)
        overflowed(b, 8, rdx, b.op(Code.SAR, 8, rax, Const(63, 1)) if signed else Const(0, 8))
        return
    wide = 8 if size == 4 else 4
    product = b.op(Code.MUL, wide, b.widen(rax, wide, signed), b.widen(source, wide, signed))
    overflowed(b, wide, product, b.widen(b.low(product, size), wide, signed))
    if size == 1:
        b.emit(Code.COPY, Reg("rax", 2), b.low(product, 2))
        return
    b.emit(Code.COPY, rax, b.low(product, size))
    if size == 4:
        b.emit(Code.SHR, Reg("rdx", 8), product, Const(32, 1))
    else:
        b.emit(Code.COPY, rdx, b.low(b.op(Code.SHR, 4, product, Const(16, 1)), 2))


def divide(b: Builder, signed: bool) -> None:
    size = b.size
    source = b.read(b.operand(0), size)
    quotient, remainder = (Code.SDIV, Code.SREM) if signed else (Code.UDIV, Code.UREM)
    if size == 1:
        divide_byte(b, source, signed)
    elif size >= 4 and (b.fresh.sign == size if signed else "rdx" in b.fresh.zero):
        divide_single(b, source, quotient, remainder)
    elif size == 8:
        raise b.refuse(
            f"a 128-bit dividend: rdx is not known to be {'the sign of rax' if signed else 'zero'} here",
            hint="write cqo before idiv, or clear edx before div, in the same block",
        )
    else:
        half = 8 * size
        wide = 2 * size
        high = b.op(Code.SHL, wide, b.widen(Reg("rdx", size), wide), Const(half, 1))
        dividend = b.op(Code.OR, wide, high, b.widen(Reg("rax", size), wide))
        divisor = b.widen(source, wide, signed)
        whole = b.op(quotient, wide, dividend, divisor)
        rest = b.op(remainder, wide, dividend, divisor)
        b.emit(Code.COPY, Reg("rax", size), b.low(whole, size))
        b.emit(Code.COPY, Reg("rdx", size), b.low(rest, size))
    b.flags("none", size)


def divide_single(b: Builder, source: Value, quotient: Code, remainder: Code) -> None:
    size = b.size
    rax, rdx = Reg("rax", size), Reg("rdx", size)
    if source == rdx:
        source = b.op(Code.COPY, size, rdx)
    b.emit(remainder, rdx, rax, source)
    b.emit(quotient, rax, rax, source)


def divide_byte(b: Builder, source: Value, signed: bool) -> None:
    quotient, remainder = (Code.SDIV, Code.SREM) if signed else (Code.UDIV, Code.UREM)
    dividend = b.widen(Reg("rax", 2), 4, signed)
    divisor = b.widen(source, 4, signed)
    whole = b.op(quotient, 4, dividend, divisor)
    rest = b.op(remainder, 4, dividend, divisor)
    b.emit(Code.COPY, Reg("rax", 1), b.low(whole, 1))
    b.emit(Code.COPY, Reg("rax", 1, 1), b.low(rest, 1))


def multiply_plain(b: Builder) -> None:
    """mulx: high destination, low destination (written first), source; no flags."""
    size = b.size
    high, low = b.register_operand(0, size), b.register_operand(1, size)
    source = b.read(b.operand(2), size)
    rdx = Reg("rdx", size)
    if size == 8:
        product = b.op(Code.MUL, 8, rdx, source)
        upper = b.op(Code.MULHU, 8, rdx, source)
    else:
        whole = b.op(Code.MUL, 8, b.widen(rdx, 8), b.widen(source, 8))
        product, upper = Temp(whole.index, 4), Temp(b.op(Code.SHR, 8, whole, Const(32, 1)).index, 4)
    b.emit(Code.COPY, low, product)
    b.emit(Code.COPY, high, upper)


ROWS: Rows = {
    "add": lambda b: add_or_subtract(b, Code.ADD, "add"),
    "sub": lambda b: add_or_subtract(b, Code.SUB, "sub"),
    "and": lambda b: logic(b, Code.AND, "and"),
    "or": lambda b: logic(b, Code.OR, "or"),
    "xor": lambda b: logic(b, Code.XOR, "xor"),
    "cmp": compare,
    "test": test,
    "inc": lambda b: step(b, Code.ADD, "inc"),
    "dec": lambda b: step(b, Code.SUB, "dec"),
    "neg": negate,
    "not": invert,
    "adc": lambda b: with_carry(b, Code.ADD, "adc"),
    "sbb": lambda b: with_carry(b, Code.SUB, "sbb"),
    "imul": multiply,
    "mulx": multiply_plain,
    "mul": lambda b: multiply_wide(b, False),
    "div": lambda b: divide(b, False),
    "idiv": lambda b: divide(b, True),
}
