"""Bit tests and scans, counts, byte order, and moves that depend on a condition."""

from __future__ import annotations

from functools import partial

from transpile.native.micro import CONDITIONS, Address, Code, Cond, Const, Micro, Reg, Temp, Value
from transpile.x86.insn import ImmOp, MemOp
from transpile.x86.micro import atomic
from transpile.x86.micro.builder import Builder, constant
from transpile.x86.micro.rows import Rows


def bit_test(b: Builder, change: str) -> None:
    """bt, bts, btr, btc: CF is the bit; ``change`` is "", "or", "and" or "xor"."""
    size = b.size
    width = max(size, 4)
    index_op, first = b.operand(1), b.operand(0)
    index: Value
    address: Address | None = None
    if type(index_op) is ImmOp:
        index = Const(index_op.value & (8 * size - 1), 1)
        if type(first) is MemOp:
            address = b.address(first)
    else:
        register = b.read(index_op, size)
        index = b.low(register, 1)
        if size == 2:
            index = b.op(Code.AND, 1, index, Const(15, 1))
        if type(first) is MemOp:
            address = bit_string(b, first, register)
    if "lock" in b.insn.prefixes:
        if address is None or not change:
            raise b.refuse("a lock prefix without a memory destination")
        old: Value = atomic.exchange(b, change, b.low(mask(b, index, change, width), size), address)
        dst: Reg | Temp | None = None
    elif address is not None:
        old, dst = b.load(address, size), b.fresh.temp(size) if change else None
    else:
        old = dst = b.modify(first, size)[0]
    shifted = b.op(Code.SHR, width, b.widen(old, width), index)
    number = b.op(Code.AND, width, shifted, constant(1, width))
    if change and dst is not None:
        code = {"or": Code.OR, "and": Code.AND, "xor": Code.XOR}[change]
        b.emit(code, dst, old, b.low(mask(b, index, change, width), size))
        b.finish(dst, address)
    b.flags("carry", size, b.low(number, 1), undefined="osp")


def mask(b: Builder, index: Value, change: str, width: int) -> Value:
    """1 << index, inverted for "and"."""
    if type(index) is Const:
        chosen = 1 << index.value
        return constant(~chosen if change == "and" else chosen, width)
    one = b.op(Code.COPY, width, constant(1, width))
    value = b.op(Code.SHL, width, one, index)
    return b.op(Code.NOT, width, value) if change == "and" else value


def bit_string(b: Builder, op: MemOp, index: Value) -> Address:
    """A register index reaches beyond the operand: the unit ``index >> log2(bits)`` away from it, signed."""
    size = b.size
    start = b.fresh.temp(8)
    b.lea(start, b.address(op))
    unit = b.op(Code.SAR, 8, b.widen(index, 8, True), Const({2: 4, 4: 5, 8: 6}[size], 1))
    return Address(start, unit, size)


def scan(b: Builder, forward: bool) -> None:
    """bsf and bsr, which leave the destination alone when the source is zero; or, with rep, tzcnt."""
    if "rep" in b.insn.prefixes:
        count_zeros(b, forward)
        return
    size = b.size
    width = max(size, 4)
    dst = b.register_operand(0, size)
    source = b.read(b.operand(1), size)
    wide = b.widen(source, width)
    found = b.op(Code.CTZ if forward else Code.CLZ, width, wide)
    if not forward:
        found = b.op(Code.XOR, width, found, constant(8 * width - 1, width))
    number = b.flags("zero", width, wide, undefined="oscp")
    b.select(dst, Cond("e", number), dst, b.low(found, size))


def count_zeros(b: Builder, forward: bool) -> None:
    """tzcnt and lzcnt: the width for zero, which CF tells."""
    size = b.size
    width = max(size, 4)
    dst = b.register_operand(0, size)
    source = b.widen(b.read(b.operand(1), size), width)
    was_zero = b.setcc(Cond("e", b.compare("sub", width, source, constant(0, width))))
    if forward:
        if size == 2:
            source = b.op(Code.OR, 4, source, constant(1 << 16, 4))
        result = b.op(Code.CTZ, width, source)
    else:
        result = b.op(Code.CLZ, width, source)
        if size == 2:
            result = b.op(Code.SUB, 4, result, constant(16, 4))
    b.emit(Code.COPY, dst, b.low(result, size))
    b.flags("carry", size, was_zero)
    b.flags("zero", size, b.low(result, size), undefined="osp")


def population(b: Builder) -> None:
    size = b.size
    dst = b.register_operand(0, size)
    source = b.read(b.operand(1), size)
    if size == 2:
        b.emit(Code.COPY, dst, b.low(b.op(Code.POPCNT, 4, b.widen(source, 4)), 2))
    else:
        b.emit(Code.POPCNT, dst, source)
    b.flags("logic", size, dst, undefined="p")


def swap_bytes(b: Builder) -> None:
    if b.size == 2:
        raise b.refuse("a 2-byte bswap is undefined")
    dst = b.modify(b.operand(0), b.size)[0]
    b.emit(Code.BSWAP, dst, dst)


def move_swapped(b: Builder) -> None:
    size = b.size
    source = b.read(b.operand(1), size)
    if size == 2:
        swapped = b.op(Code.SHR, 4, b.op(Code.BSWAP, 4, b.widen(source, 4)), Const(16, 1))
    else:
        swapped = b.op(Code.BSWAP, size, source)
    b.write(b.operand(0), b.low(swapped, size), size)


def set_condition(b: Builder, cc: str) -> None:
    cond = b.condition(cc)
    dst, address = b.target(b.operand(0), 1)
    b.ops.append(Micro(Code.SETCC, 1, dst, cond=cond, line=b.line))
    b.finish(dst, address)


def move_conditional(b: Builder, cc: str) -> None:
    size = b.size
    dst = b.register_operand(0, size)
    source = b.read(b.operand(1), size)
    b.select(dst, b.condition(cc), source, dst)


def and_not(b: Builder) -> None:
    """andn: destination, inverted source, source."""
    size = b.size
    dst = b.register_operand(0, size)
    inverted = b.op(Code.NOT, size, b.read(b.operand(1), size))
    b.emit(Code.AND, dst, inverted, b.read(b.operand(2), size))
    b.flags("logic", size, dst, undefined="p")


def lowest_bit(b: Builder, code: Code, other: Code) -> None:
    """blsr (x & x - 1), blsmsk (x ^ x - 1) and blsi (x & -x)."""
    size = b.size
    dst = b.register_operand(0, size)
    source = b.read(b.operand(1), size)
    partner = b.op(Code.NEG, size, source) if other is Code.NEG else b.op(other, size, source, constant(1, size))
    number = b.compare("sub", size, source, constant(0, size))
    carry = b.setcc(Cond("ne" if other is Code.NEG else "e", number))
    b.emit(code, dst, source, partner)
    b.flags("logic", size, dst, undefined="p")
    b.flags("carry", size, carry)


ROWS: Rows = {
    "bt": lambda b: bit_test(b, ""),
    "bts": lambda b: bit_test(b, "or"),
    "btr": lambda b: bit_test(b, "and"),
    "btc": lambda b: bit_test(b, "xor"),
    "bsf": lambda b: scan(b, True),
    "bsr": lambda b: scan(b, False),
    "tzcnt": lambda b: count_zeros(b, True),
    "lzcnt": lambda b: count_zeros(b, False),
    "popcnt": population,
    "bswap": swap_bytes,
    "movbe": move_swapped,
    "andn": and_not,
    "blsr": lambda b: lowest_bit(b, Code.AND, Code.SUB),
    "blsmsk": lambda b: lowest_bit(b, Code.XOR, Code.SUB),
    "blsi": lambda b: lowest_bit(b, Code.AND, Code.NEG),
    **{"set" + cc: partial(set_condition, cc=cc) for cc in CONDITIONS},
    **{"cmov" + cc: partial(move_conditional, cc=cc) for cc in CONDITIONS},
}
