"""Locked read-modify-write, exchanges and fences. ``xchg`` with memory is always locked."""

from __future__ import annotations

from transpile.native.micro import Address, Code, Cond, Micro, Reg, Temp, Value
from transpile.x86.insn import MemOp, RegOp
from transpile.x86.micro.builder import Builder
from transpile.x86.micro.rows import Rows


def exchange(b: Builder, name: str, source: Value, address: Address | None = None) -> Temp:
    """``name`` (add, sub, and, or, xor, xchg) on the first operand or ``address``; gives the old value."""
    if address is None:
        op = b.operand(0)
        if type(op) is not MemOp:
            raise b.refuse("a lock prefix without a memory destination")
        address = b.address(op)
    old = b.fresh.temp(b.size)
    b.ops.append(Micro(Code.ATOMIC, b.size, old, (source,), address=address, name=name, line=b.line))
    return old


def xchg(b: Builder) -> None:
    size = b.size
    first, second = b.operand(0), b.operand(1)
    if type(second) is MemOp:
        first, second = second, first
    if type(second) is not RegOp:
        raise b.refuse("operands of this kind")
    reg = b.register(second, size)
    if type(first) is MemOp:
        b.emit(Code.COPY, reg, exchange(b, "xchg", reg, b.address(first)))
        return
    other = b.modify(first, size)[0]
    if other == reg:
        if size == 4:
            b.emit(Code.COPY, reg, reg)
        return
    kept = b.op(Code.COPY, size, other)
    b.emit(Code.COPY, other, reg)
    b.emit(Code.COPY, reg, kept)


def xadd(b: Builder) -> None:
    size = b.size
    reg = b.register_operand(1, size)
    if "lock" in b.insn.prefixes:
        locked = exchange(b, "add", reg)
        b.flags("add", size, locked, reg)
        b.emit(Code.COPY, reg, locked)
        return
    old, dst, address = b.modify(b.operand(0), size)
    b.flags("add", size, old, reg)
    total = b.op(Code.ADD, size, old, reg)
    if address is not None:
        b.finish(total, address)
        b.emit(Code.COPY, reg, old)
    else:
        b.emit(Code.COPY, reg, old)
        b.emit(Code.COPY, dst, total)


def cmpxchg(b: Builder) -> None:
    size = b.size
    first = b.operand(0)
    source = b.read(b.operand(1), size)
    rax = Reg("rax", size)
    if "lock" in b.insn.prefixes:
        if type(first) is not MemOp:
            raise b.refuse("a lock prefix without a memory destination")
        old: Reg | Temp = b.fresh.temp(size)
        b.ops.append(Micro(Code.CAS, size, old, (rax, source), address=b.address(first), line=b.line))
        accumulator(b, old, b.flags("sub", size, rax, old))
        return
    old, dst, address = b.modify(first, size)
    equal = Cond("e", b.flags("sub", size, rax, old))
    if address is not None:
        choose(b, dst, equal, source, old)
        b.finish(dst, address)
        accumulator(b, old, equal.flags)
        return
    new = b.fresh.temp(size)
    choose(b, new, equal, source, old)
    accumulator(b, old, equal.flags)
    b.emit(Code.COPY, dst, new)


def accumulator(b: Builder, old: Reg | Temp, number: int) -> None:
    """``rax`` becomes the old value unless equal: then even its upper half stays."""
    if old.size == 4:
        b.select(Reg("rax", 8), Cond("e", number), Reg("rax", 8), b.widen(old, 8))
    else:
        b.emit(Code.COPY, Reg("rax", old.size), old)


def choose(b: Builder, dst: Reg | Temp, cond: Cond, yes: Value, no: Value) -> None:
    if dst.size == 1:
        wide = b.fresh.temp(4)
        b.select(wide, cond, b.widen(yes, 4), b.widen(no, 4))
        b.emit(Code.COPY, dst, b.low(wide, 1))
    else:
        b.select(dst, cond, yes, no)


def fence(b: Builder, name: str) -> None:
    b.ops.append(Micro(Code.FENCE, name=name, line=b.line))


ROWS: Rows = {
    "xchg": xchg,
    "xadd": xadd,
    "cmpxchg": cmpxchg,
    "mfence": lambda b: fence(b, "full"),
    "lfence": lambda b: fence(b, "load"),
    "sfence": lambda b: fence(b, "store"),
    "pause": lambda b: fence(b, "pause"),
}
