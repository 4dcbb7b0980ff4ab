"""Building the micro-operations of one instruction: operands, addresses, flags and conditions."""

from __future__ import annotations

from transpile.errors import Span, UnsupportedError
from transpile.native.effects import CONDITION_FLAGS
from transpile.native.micro import CONDITIONS, Address, Code, Cond, Const, Micro, Reg, Symbol, Temp, Value
from transpile.x86.insn import ImmOp, Insn, MemOp, Operand, RegOp
from transpile.x86.micro.fresh import UNDEFINED, Fresh

GENERAL = frozenset(("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", *(f"r{i}" for i in range(8, 16))))
VECTORS = frozenset(f"xmm{i}" for i in range(16))
STACK_GUARD = 40
"""Offset from %fs of the stack protector's guard in the x86-64 System V TLS layout."""


class Builder:
    """Collects the micro-operations of ``insn`` in ``ops``."""

    __slots__ = ("fresh", "insn", "line", "ops", "size")

    def __init__(self, insn: Insn, fresh: Fresh) -> None:
        self.insn = insn
        self.fresh = fresh
        self.line = insn.line
        self.size = insn.size
        self.ops: list[Micro] = []

    def refuse(self, why: str = "", hint: str = "") -> UnsupportedError:
        """The error that says why the instruction is not translated."""
        insn = self.insn
        span = Span(self.fresh.file, insn.line, max(insn.column, 1), max(len(insn.text), 1), insn.text)
        name = " ".join((*insn.prefixes, insn.mnemonic))
        return UnsupportedError(span, f"{name} is not translated" + (f": {why}" if why else ""), hint, insn.mnemonic)

    # Operations

    def emit(self, code: Code, dst: Reg | Temp | None, *args: Value) -> None:
        self.ops.append(Micro(code, dst.size if dst is not None else 8, dst, args, line=self.line))

    def op(self, code: Code, size: int, *args: Value) -> Temp:
        """``code`` into a new integer temp."""
        dst = self.fresh.temp(size)
        self.ops.append(Micro(code, size, dst, args, line=self.line))
        return dst

    def packed(self, dst: Reg | Temp, name: str, lane: int, *args: Value, labels: tuple[str, ...] = ()) -> None:
        self.ops.append(Micro(Code.PACKED, 16, dst, args, name=name, lane=lane, labels=labels, line=self.line))

    def low(self, value: Value, size: int) -> Value:
        """The low ``size`` bytes of a value that is at least that large."""
        if type(value) is Temp:
            return value if value.size == size else Temp(value.index, size, value.vector)
        if type(value) is Reg:
            return value if value.size == size else Reg(value.name, size, value.offset)
        assert type(value) is Const
        return constant(value.value, size)

    def widen(self, value: Value, size: int, signed: bool = False) -> Value:
        """``value`` (of any smaller size) extended to ``size``."""
        if type(value) is Const:
            return constant(value.signed if signed else value.value, size)
        assert type(value) is Reg or type(value) is Temp
        if value.size >= size:
            return self.low(value, size)
        return self.op(Code.SEXT if signed else Code.ZEXT, size, value)

    # Operands

    def operand(self, index: int) -> Operand:
        try:
            return self.insn.operands[index]
        except IndexError:
            raise self.refuse("an operand is missing") from None

    def register(self, op: RegOp, size: int = 0) -> Reg:
        name = op.name
        if name in GENERAL:
            return Reg(name, size or op.size, 1 if op.high else 0)
        if name in VECTORS:
            return Reg(name, size or op.size)
        raise self.refuse(f"register %{name} is not modelled")

    def register_operand(self, index: int, size: int = 0) -> Reg:
        """Operand ``index``, which must be a register."""
        op = self.operand(index)
        if type(op) is not RegOp:
            raise self.refuse("an operand that is not a register")
        return self.register(op, size)

    def read(self, op: Operand, size: int, vector: bool = False) -> Value:
        """The value of an operand; memory is loaded into a temp."""
        if type(op) is RegOp:
            return self.register(op, size)
        if type(op) is ImmOp:
            if op.symbol is None:
                return constant(op.value, size)
            if op.symbol.kind not in ("", "tpoff"):
                raise self.refuse(f"unusual use of the {op.symbol.kind} relocation of {op.symbol.name}")
            return self.low(self.symbol_address(op.symbol, op.value), size)
        if type(op) is MemOp:
            return self.read_memory(op, size, vector)
        raise self.refuse("a label cannot be an operand here")

    def read_memory(self, op: MemOp, size: int, vector: bool = False) -> Value:
        symbol = op.symbol
        if symbol is not None and symbol.kind in ("got", "gottpoff") and op.base == "rip" and not op.segment:
            if size != 8 or op.disp or symbol.addend:
                raise self.refuse(f"unusual access to the global offset table entry of {symbol.name}")
            return self.symbol_address(symbol)
        if is_thread_pointer(op) and size == 8:
            return self.op(Code.TLSBASE, 8)
        return self.load(self.address(op), size, vector)

    def symbol_address(self, symbol: Symbol, disp: int = 0) -> Temp:
        return self.op(Code.SYMADDR, 8, shifted(symbol, disp))

    def load(self, address: Address, size: int, vector: bool = False) -> Temp:
        dst = self.fresh.temp(size, vector)
        self.load_into(dst, address, size)
        return dst

    def load_into(self, dst: Reg | Temp, address: Address, size: int, extend: str = "") -> None:
        self.ops.append(Micro(Code.LOAD, size, dst, address=address, name=extend, line=self.line))

    def store(self, address: Address, value: Value, size: int) -> None:
        self.ops.append(Micro(Code.STORE, size, args=(value,), address=address, line=self.line))

    def target(self, op: Operand, size: int) -> tuple[Reg | Temp, Address | None]:
        """Where a result that is only written goes: ``finish`` stores it if that is memory."""
        if type(op) is RegOp:
            return self.register(op, size), None
        if type(op) is MemOp:
            return self.fresh.temp(size), self.address(op)
        raise self.refuse("the destination is neither a register nor memory")

    def modify(self, op: Operand, size: int) -> tuple[Reg | Temp, Reg | Temp, Address | None]:
        """An operand that is read and written: its old value, where the new one goes, and what ``finish`` needs."""
        if type(op) is RegOp:
            reg = self.register(op, size)
            return reg, reg, None
        if type(op) is MemOp:
            address = self.address(op)
            return self.load(address, size), self.fresh.temp(size), address
        raise self.refuse("the destination is neither a register nor memory")

    def finish(self, dst: Reg | Temp, address: Address | None) -> None:
        if address is not None:
            self.store(address, dst, dst.size)

    def write(self, op: Operand, value: Value, size: int) -> None:
        """Put ``value`` into a register or memory operand."""
        if type(op) is RegOp:
            self.emit(Code.COPY, self.register(op, size), value)
        elif type(op) is MemOp:
            self.store(self.address(op), value, size)
        else:
            raise self.refuse("the destination is neither a register nor memory")

    # Addresses

    def address(self, op: MemOp) -> Address:
        segment = op.segment
        if segment in ("fs", "gs"):
            return self.thread_address(op)
        base: Reg | Temp | None = None
        index: Reg | Temp | None = None
        if op.base == "rip":
            if op.symbol is None:
                raise self.refuse("an address relative to %rip without a symbol")
        elif op.base:
            base = self.address_register(op.base)
        if op.index:
            index = self.address_register(op.index)
        symbol = op.symbol
        if symbol is not None and symbol.kind:
            base, index, symbol = self.offset_address(symbol, base, index)
        if op.address_size == 8:
            return Address(base, index, op.scale, op.disp, symbol)
        wide = self.fresh.temp(4)
        self.lea(wide, Address(base, index, op.scale, op.disp, symbol))
        return Address(self.op(Code.ZEXT, 8, wide))

    def offset_address(
        self, symbol: Symbol, base: Reg | Temp | None, index: Reg | Temp | None
    ) -> tuple[Reg | Temp | None, Reg | Temp | None, None]:
        """``sym@tpoff(%rax)``: the offset of a thread-local variable as one more register."""
        if symbol.kind != "tpoff" or (base is None and index is None):
            raise self.refuse(f"unusual use of the {symbol.kind} relocation of {symbol.name}")
        offset = self.symbol_address(symbol)
        if base is None:
            return offset, index, None
        if index is None:
            return base, offset, None
        return self.op(Code.ADD, 8, base, offset), index, None

    def lea(self, dst: Reg | Temp, address: Address) -> None:
        self.ops.append(Micro(Code.LEA, dst.size, dst, address=address, line=self.line))

    def address_register(self, name: str) -> Reg:
        if name not in GENERAL:
            raise self.refuse(f"%{name} in an address is not modelled")
        return Reg(name, 8)

    def thread_address(self, op: MemOp) -> Address:
        symbol = op.symbol
        if op.segment == "gs" or op.address_size != 8 or op.base == "rip":
            raise self.refuse(f"an address relative to %{op.segment} of this form")
        if symbol is not None and symbol.kind != "tpoff":
            raise self.refuse(f"{symbol.name} relative to %fs without @tpoff")
        if not op.base and not op.index:
            if symbol is not None:
                return Address(symbol=shifted(symbol, op.disp), segment="fs")
            if op.disp == STACK_GUARD:
                return Address(symbol=Symbol("__stack_chk_guard"))
            raise self.refuse(f"%fs:{op.disp} is private to the source's C library")
        pointer = self.op(Code.TLSBASE, 8)
        if symbol is not None:
            pointer = self.op(Code.ADD, 8, pointer, self.symbol_address(symbol))
        if not op.index:
            return Address(pointer, self.address_register(op.base), 1, op.disp)
        if op.base:
            pointer = self.op(Code.ADD, 8, pointer, self.address_register(op.base))
        return Address(pointer, self.address_register(op.index), op.scale, op.disp)

    # Flags

    def flags(self, kind: str, size: int, *args: Value, undefined: str = "") -> int:
        """The instruction sets its flags as ``kind`` says; ``undefined`` ones lose their value beyond that."""
        number = self.fresh.flags_id()
        self.ops.append(Micro(Code.FLAGS, size, args=args, name=kind, id=number, line=self.line))
        self.fresh.set_flags(kind, number)
        if undefined:
            self.fresh.undefine(undefined)
        return number

    def compare(self, kind: str, size: int, *args: Value) -> int:
        """Flags for a condition inside this instruction, which the source machine does not have."""
        number = self.fresh.flags_id()
        self.ops.append(Micro(Code.FLAGS, size, args=args, name=kind, id=number, imm=1, line=self.line))
        return number

    def setcc(self, cond: Cond) -> Temp:
        dst = self.fresh.temp(1)
        self.ops.append(Micro(Code.SETCC, 1, dst, cond=cond, line=self.line))
        return dst

    def select(self, dst: Reg | Temp, cond: Cond, yes: Value, no: Value) -> None:
        self.ops.append(Micro(Code.SELECT, dst.size, dst, (yes, no), cond=cond, line=self.line))

    def branch(self, cond: Cond, target: str) -> None:
        self.ops.append(Micro(Code.BRANCH, 8, cond=cond, target=target, line=self.line))

    def condition(self, cc: str) -> Cond:
        """``cc`` of the flags that reach this instruction, wherever each of them comes from."""
        sources = self.fresh.sources
        found = {sources[flag] for flag in CONDITION_FLAGS[cc]}
        if UNDEFINED in found:
            raise self.refuse("it reads a flag that the instructions before leave undefined")
        if len(found) == 1:
            return Cond(cc, found.pop())
        return self.mixed(cc)

    def mixed(self, cc: str) -> Cond:
        """A condition whose flags come from several FLAGS: each part by itself, then combined."""
        sources = self.fresh.sources
        positive = CONDITIONS[CONDITIONS.index(cc) & ~1]
        if positive == "be":
            value = self.op(Code.OR, 1, self.setcc(Cond("b", sources["c"])), self.setcc(Cond("e", sources["z"])))
        elif sources["s"] == sources["o"]:
            value = self.op(Code.OR, 1, self.setcc(Cond("l", sources["s"])), self.setcc(Cond("e", sources["z"])))
        else:
            value = self.op(Code.XOR, 1, self.setcc(Cond("s", sources["s"])), self.setcc(Cond("o", sources["o"])))
            if positive in ("le", "g"):
                value = self.op(Code.OR, 1, value, self.setcc(Cond("e", sources["z"])))
        number = self.compare("sub", 1, value, Const(0, 1))
        return Cond("ne" if cc == positive else "e", number)

    def carry(self) -> Temp:
        """The carry flag as 0 or 1."""
        return self.setcc(self.condition("b"))


def constant(value: int, size: int) -> Const:
    return Const(value & ((1 << (8 * size)) - 1), size)


def shifted(symbol: Symbol, disp: int) -> Symbol:
    return Symbol(symbol.name, symbol.addend + disp, symbol.kind) if disp else symbol


def is_thread_pointer(op: MemOp) -> bool:
    return op.segment == "fs" and not (op.base or op.index or op.disp or op.symbol)
