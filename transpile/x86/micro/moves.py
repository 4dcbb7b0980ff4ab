"""Moves, extensions, addresses and the stack."""

from __future__ import annotations

from transpile.native.micro import Address, Code, Const, Reg, Temp, Value
from transpile.x86.insn import ImmOp, MemOp, RegOp
from transpile.x86.micro.builder import Builder, is_thread_pointer, shifted
from transpile.x86.micro.rows import Rows

RSP = Reg("rsp", 8)
RBP = Reg("rbp", 8)
RAX = Reg("rax", 8)
RDX = Reg("rdx", 8)
WORD = Const(8, 8)


def move(b: Builder) -> None:
    dst, src = b.operand(0), b.operand(1)
    size = b.size
    if type(dst) is RegOp:
        reg = b.register(dst, size)
        if type(src) is MemOp:
            load(b, reg, src, size)
            return
        if type(src) is ImmOp and src.symbol is not None:
            if size < 4 or src.symbol.kind not in ("", "tpoff"):
                raise b.refuse(f"unusual use of the address of {src.symbol.name}")
            # An address that fits a 4-byte immediate is the same zero-extended.
            b.emit(Code.SYMADDR, Reg(reg.name, 8), shifted(src.symbol, src.value))
            return
        b.emit(Code.COPY, reg, b.read(src, size))
        return
    b.write(dst, b.read(src, size), size)


def load(b: Builder, reg: Reg, src: MemOp, size: int) -> None:
    symbol = src.symbol
    if is_thread_pointer(src) and size == 8:
        b.emit(Code.TLSBASE, reg)
    elif symbol is not None and symbol.kind in ("got", "gottpoff"):
        if size != 8 or src.disp or symbol.addend or src.base != "rip" or src.segment:
            raise b.refuse(f"unusual access to the global offset table entry of {symbol.name}")
        b.emit(Code.SYMADDR, reg, symbol)
    else:
        b.load_into(reg, b.address(src), size)


def extend(b: Builder, signed: bool) -> None:
    src = b.operand(1)
    reg = b.register_operand(0)
    if type(src) is MemOp:
        if reg.size == 2:
            wide = b.fresh.temp(4)
            b.load_into(wide, b.address(src), src.size, "s" if signed else "z")
            b.emit(Code.COPY, reg, b.low(wide, 2))
        elif src.size >= reg.size:
            b.load_into(reg, b.address(src), reg.size)
        else:
            b.load_into(reg, b.address(src), src.size, "s" if signed else "z")
    else:
        extend_register(b, reg, b.register_operand(1), signed)


def extend_register(b: Builder, dst: Reg, src: Reg, signed: bool) -> None:
    code = Code.SEXT if signed else Code.ZEXT
    if src.size >= dst.size:
        b.emit(Code.COPY, dst, b.low(src, dst.size))
    elif dst.size == 2:
        b.emit(Code.COPY, dst, b.low(b.op(code, 4, src), 2))
    else:
        b.emit(code, dst, src)


def widen_accumulator(b: Builder, size: int) -> None:
    extend_register(b, Reg("rax", size), Reg("rax", size // 2), True)


def sign_of_accumulator(b: Builder, size: int) -> None:
    if size == 2:
        sign = b.op(Code.SAR, 4, b.op(Code.SEXT, 4, Reg("rax", 2)), Const(31, 1))
        b.emit(Code.COPY, Reg("rdx", 2), b.low(sign, 2))
    else:
        b.emit(Code.SAR, Reg("rdx", size), Reg("rax", size), Const(8 * size - 1, 1))


def load_address(b: Builder) -> None:
    dst, src = b.operand(0), b.operand(1)
    if type(dst) is not RegOp or type(src) is not MemOp:
        raise b.refuse("operands of this kind")
    reg = b.register(dst)
    if src.segment:
        src = MemOp(src.size, src.base, src.index, src.scale, src.disp, src.symbol, "", src.address_size)
    symbol = src.symbol
    if symbol is not None and not symbol.kind and src.base in ("", "rip") and not src.index and src.address_size == 8:
        if reg.size == 8:
            b.emit(Code.SYMADDR, reg, shifted(symbol, src.disp))
        else:
            b.emit(Code.COPY, reg, b.low(b.symbol_address(symbol, src.disp), reg.size))
        return
    address = b.address(src)
    if reg.size == 2:
        wide = b.fresh.temp(4)
        b.lea(wide, address)
        b.emit(Code.COPY, reg, b.low(wide, 2))
    else:
        b.lea(reg, address)


def push(b: Builder) -> None:
    if b.size != 8:
        raise b.refuse("a push that is not 8 bytes wide")
    push_value(b, b.read(b.operand(0), 8))


def push_value(b: Builder, value: Value) -> None:
    b.store(Address(RSP, disp=-8), value, 8)
    b.emit(Code.SUB, RSP, RSP, WORD)


def pop(b: Builder) -> None:
    dst = b.operand(0)
    if b.size != 8:
        raise b.refuse("a pop that is not 8 bytes wide")
    if type(dst) is RegOp:
        pop_into(b, b.register(dst))
        return
    value = b.fresh.temp(8)
    pop_into(b, value)
    b.write(dst, value, 8)


def pop_into(b: Builder, dst: Reg | Temp) -> None:
    b.load_into(dst, Address(RSP), 8)
    if dst != RSP:
        b.emit(Code.ADD, RSP, RSP, WORD)


def leave(b: Builder) -> None:
    b.emit(Code.COPY, RSP, RBP)
    pop_into(b, RBP)


FLAG_BITS = (("b", 0), ("p", 2), ("e", 6), ("s", 7), ("o", 11))
"""Where EFLAGS keeps each flag. AF is not modelled and reads as 0."""


def flags_image(b: Builder, size: int, always: int, bits: tuple[tuple[str, int], ...]) -> Value:
    image: Value = Const(always, size)
    for cc, bit in bits:
        flag = b.widen(b.setcc(b.condition(cc)), size)
        moved = b.op(Code.SHL, size, flag, Const(bit, 1)) if bit else flag
        image = b.op(Code.OR, size, moved, image)
    return image


def push_flags(b: Builder) -> None:
    # Bit 1 is always set and so is IF in user mode.
    push_value(b, flags_image(b, 8, 0x202, FLAG_BITS))


def flags_to_ah(b: Builder) -> None:
    b.emit(Code.COPY, Reg("rax", 1, 1), b.low(flags_image(b, 4, 2, FLAG_BITS[:4]), 1))


def ah_to_flags(b: Builder) -> None:
    """Each flag from a value of its own: no single result has every combination of ZF, SF and PF."""
    ah = b.op(Code.ZEXT, 4, Reg("rax", 1, 1))

    def bit(number: int) -> Temp:
        return b.op(Code.AND, 4, b.op(Code.SHR, 4, ah, Const(number, 1)), Const(1, 4))

    fresh = b.fresh
    before = fresh.sources["o"]
    b.flags("result", 1, b.low(b.op(Code.XOR, 4, bit(2), Const(1, 4)), 1))
    parity = fresh.last_flags
    b.flags("result", 1, Reg("rax", 1, 1))
    b.flags("zero", 1, b.low(b.op(Code.XOR, 4, bit(6), Const(1, 4)), 1))
    b.flags("carry", 1, b.low(bit(0), 1))
    fresh.sources["p"] = parity
    fresh.sources["o"] = before


def set_carry(b: Builder, value: int) -> None:
    b.flags("carry", 1, Const(value, 1))


def complement_carry(b: Builder) -> None:
    b.flags("carry", 1, b.setcc(b.condition("ae")))


ROWS: Rows = {
    "mov": move,
    "movnti": move,
    "movzx": lambda b: extend(b, False),
    "movsx": lambda b: extend(b, True),
    "lea": load_address,
    "push": push,
    "pop": pop,
    "leave": leave,
    "pushf": push_flags,
    "clc": lambda b: set_carry(b, 0),
    "stc": lambda b: set_carry(b, 1),
    "cmc": complement_carry,
    "lahf": flags_to_ah,
    "sahf": ah_to_flags,
    "cbw": lambda b: widen_accumulator(b, 2),
    "cwde": lambda b: widen_accumulator(b, 4),
    "cdqe": lambda b: widen_accumulator(b, 8),
    "cwd": lambda b: sign_of_accumulator(b, 2),
    "cdq": lambda b: sign_of_accumulator(b, 4),
    "cqo": lambda b: sign_of_accumulator(b, 8),
}
