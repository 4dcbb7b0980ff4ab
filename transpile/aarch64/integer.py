"""Integer moves, addition and logic."""

from __future__ import annotations

from transpile.aarch64.address import index_text
from transpile.aarch64.flags import fused, note_flags
from transpile.aarch64.immediates import add_text, is_add, is_bitmask
from transpile.aarch64.lazy import add_constant, add_tprel
from transpile.aarch64.registers import integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.aarch64.vectors import copy_vector, vector_constant
from transpile.native.micro import Code, Const, Micro, Native, Reg, Temp


def copy(state: State, m: Micro) -> None:
    dst, arg = m.dst, m.args[0]
    assert dst is not None
    val = None if isinstance(arg, Const) else state.value(arg)
    if val is None:
        assert isinstance(arg, Const)
        (vector_constant if dst.vector else copy_const)(state, dst, arg)
    elif dst.vector or val.vector:
        copy_vector(state, dst, val)
    else:
        copy_val(state, dst, val)
    if val is not None and isinstance(arg, Native):
        val.pins = 0


def copy_const(state: State, dst: Reg | Temp, arg: Const) -> None:
    if not state.merges(dst):
        state.assign(dst, const_val(arg.value))
        return
    assert isinstance(dst, Reg)
    old = state.loc.get(dst.name)
    if old is not None and old.const is not None:
        mask = ((1 << (8 * dst.size)) - 1) << (8 * dst.offset)
        state.assign(dst, const_val((old.const & ~mask) | (arg.value << (8 * dst.offset))))
        return
    reg = 31 if arg.value == 0 else state.use(const_val(arg.value))
    state.merge(dst, reg, arg.value.bit_length())


def copy_val(state: State, dst: Reg | Temp, val: Val) -> None:
    size = dst.size
    if state.merges(dst):
        assert isinstance(dst, Reg)
        state.merge(dst, state.use(val), val.u32)
        return
    clears = size == 4 and isinstance(dst, Reg) and val.u > 32 and state.live_bytes(dst.name) > 4
    if clears and val.const is not None:
        state.assign(dst, const_val(val.const & 0xFFFFFFFF))
    elif clears or (stays(state, dst, val) and state.result(dst) != val.reg):
        source = state.use(val)
        target = state.result(dst)
        wide = size == 8 or (size == 4 and val.u > 32 and not clears)
        state.emit(f"mov {integer(target, 8 if wide else 4)}, {integer(source, 8 if wide else 4)}")
        if wide:
            state.finish(dst, target, val.u, val.s, val.u32, val.s32)
        else:
            state.finish(dst, target, 32, 64, val.u32, val.s32)
    else:
        state.assign(dst, val)


def stays(state: State, dst: Reg | Temp, val: Val) -> bool:
    """Whether both the copied value and its copy are wanted at the end, so that a rename only delays the move."""
    if not isinstance(dst, Reg) or dst.name not in state.block.exit or state.i < state.last_def[dst.name]:
        return False
    return val.lazy == "" and (bool(val.pins) or state.live(val, state.i, dst.name))


# Addition and logic. Rows: mnemonic for registers; how a constant second operand is taken.

_COMMUTATIVE = frozenset((Code.ADD, Code.AND, Code.OR, Code.XOR, Code.MUL))
_LOGIC = {Code.AND: "and", Code.OR: "orr", Code.XOR: "eor"}


def binary(state: State, m: Micro) -> None:
    """ADD SUB AND OR XOR at sizes 1 2 4 8."""
    dst, code, size = m.dst, m.code, m.size if m.dst is None else m.dst.size
    assert dst is not None
    a, b = state.value(m.args[0]), state.value(m.args[1])
    if a.const is not None and code in _COMMUTATIVE:
        a, b = b, a
    if a.const is not None and b.const is not None:
        copy_const(state, dst, Const(fold(code, a.const, b.const, size), size))
        return
    if code is Code.ADD and thread_sum(state, dst, a, b):
        return
    flags = fused(state)
    if flags is None and same_result(state, m, a, b):
        copy_val(state, dst, a)
        return
    if flags is None and code is Code.AND and only_tested(state):
        defer(state, dst, "and", (a, b), 8 if size == 8 else 4, 8 if size == 8 else 4)
        return
    if code in _LOGIC:
        logic(state, m, dst, a, b, size, flags is not None)
    else:
        additive(state, m, dst, a, b, size, flags is not None)
    if flags is not None:
        note_flags(state, flags, "logic" if code is Code.AND else "sub" if code is Code.SUB else "add")
    elif size >= 4:
        result = state.loc[dst.name] if isinstance(dst, Reg) else state.temps[dst.index]
        state.last_op = (state.i, code, a, b, size, result, len(state.lines))


def only_tested(state: State) -> bool:
    """Whether the result is wanted for its flags alone."""
    j = state.sole_use()
    return j >= 0 and state.micros[j].code is Code.FLAGS and state.micros[j].name == "logic"


def same_result(state: State, m: Micro, a: Val, b: Val) -> bool:
    """Whether the operation gives its first operand back."""
    if m.code in (Code.AND, Code.OR) and a is b:
        return True
    return b.const == 0 and m.code is not Code.AND


def fold(code: Code, a: int, b: int, size: int) -> int:
    match code:
        case Code.ADD:
            value = a + b
        case Code.SUB:
            value = a - b
        case Code.AND:
            value = a & b
        case Code.OR:
            value = a | b
        case _:
            value = a ^ b
    return value & ((1 << (8 * size)) - 1)


def thread_sum(state: State, dst: Reg | Temp, a: Val, b: Val) -> bool:
    """The thread pointer + the offset of a thread-local symbol."""
    if a.symbol is not None and a.symbol.kind == "tpoff" and a.reg < 0:
        a, b = b, a
    symbol = b.symbol
    if symbol is None or symbol.kind != "tpoff" or b.reg >= 0:
        return False
    source = state.use(a)
    target = state.result(dst)
    add_tprel(state, target, source, f"{symbol.name}{symbol.addend:+d}" if symbol.addend else symbol.name)
    state.finish(dst, target)
    return True


def signed(value: int, size: int) -> int:
    bits = 8 * size
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def logic(state: State, m: Micro, dst: Reg | Temp, a: Val, b: Val, size: int, sets: bool) -> None:
    wide = 8 if size == 8 else 4
    mnemonic = _LOGIC[m.code]
    bits = 8 * size
    if b.const is not None:
        value = b.const & ((1 << bits) - 1)
        if mnemonic == "eor" and value == (1 << bits) - 1:
            left = state.operand(a, wide)
            target = state.result(dst)
            state.emit(f"mvn {integer(target, wide)}, {left}")
            state.finish(dst, target)
            return
        if mnemonic == "and" and not sets and value in (0xFF, 0xFFFF, 0xFFFFFFFF) and a.u <= value.bit_length():
            copy_val(state, dst, a)
            return
        left = state.operand(a, wide)
        if is_bitmask(value, wide):
            right = f"#{value:#x}"
            if mnemonic == "and" and value >> 31 == 0:
                wide, left = 4, integer(state.use(a), 4)
        else:
            right = state.operand(const_val(value), wide)
    elif b.lazy == "shl" and b.reg < 0:
        left = state.operand(a, wide)
        right = f"{state.operand(b.args[0], wide)}, lsl #{b.amount}"
    else:
        left, right = state.operand(a, wide), state.operand(b, wide)
    target = state.result(dst)
    state.emit(f"{mnemonic}{'s' if sets else ''} {integer(target, wide)}, {left}, {right}")
    u, u32 = logic_facts(m.code, a, b, size)
    state.finish(dst, target, u=u, u32=u32)


def logic_facts(code: Code, a: Val, b: Val, size: int) -> tuple[int, int]:
    if code is Code.AND:
        known = b.const & ((1 << 8 * size) - 1) if b.const is not None else None
        top = known.bit_length() if known is not None else 64
        return min(a.u, b.u if b.const is None else top), min(a.u32, b.u32 if b.const is None else top, 32)
    return max(a.u, b.u), max(a.u32, b.u32)


def additive(state: State, m: Micro, dst: Reg | Temp, a: Val, b: Val, size: int, sets: bool) -> None:
    wide = 8 if size == 8 else 4
    mnemonic = "add" if m.code is Code.ADD else "sub"
    s = "s" if sets else ""
    if b.const is not None:
        amount = signed(b.const, size)
        if amount < 0 and is_add(-amount):
            mnemonic, amount = ("sub" if mnemonic == "add" else "add"), -amount
        left = integer(state.use(a), wide)
        if not is_add(amount) and -(1 << 24) < amount < 1 << 24 and not sets:
            target = state.result(dst)
            add_constant(state, target, state.use(a), amount if mnemonic == "add" else -amount, wide)
            state.finish(dst, target)
            return
        if is_add(amount):
            right = add_text(amount)
        else:
            right = state.operand(const_val(b.const & ((1 << 8 * wide) - 1)), wide)
    elif mnemonic == "add" and not sets and mul_add(state, dst, a, b, wide):
        return
    elif mnemonic == "sub" and not sets and b.lazy == "mul" and b.reg < 0:
        x, y = (state.operand(v, wide) for v in b.args)
        left = state.operand(a, wide)
        target = state.result(dst)
        state.emit(f"msub {integer(target, wide)}, {x}, {y}, {left}")
        state.finish(dst, target)
        return
    else:
        if mnemonic == "add" and a.lazy in ("shl", "sxtw") and a.reg < 0:
            a, b = b, a
        left = state.operand(a, wide)
        right = shifted_operand(state, b, wide)
    target = state.result(dst)
    state.emit(f"{mnemonic}{s} {integer(target, wide)}, {left}, {right}")
    if m.code is Code.ADD:
        u = max(a.u, b.u) + 1
        state.finish(dst, target, u=u if u < wide * 8 else 64, u32=min(32, max(a.u32, b.u32) + 1))
    else:
        state.finish(dst, target)


def shifted_operand(state: State, b: Val, wide: int) -> str:
    if b.lazy == "shl" and b.reg < 0:
        return f"{state.operand(b.args[0], wide)}, lsl #{b.amount}"
    if b.lazy == "sxtw" and b.reg < 0 and wide == 8:
        return index_text(state, b, 0)
    return state.operand(b, wide)


def mul_add(state: State, dst: Reg | Temp, a: Val, b: Val, wide: int) -> bool:
    if a.lazy == "mul" and a.reg < 0:
        a, b = b, a
    if b.lazy != "mul" or b.reg >= 0:
        return False
    x, y = (state.operand(v, wide) for v in b.args)
    other = state.operand(a, wide)
    target = state.result(dst)
    state.emit(f"madd {integer(target, wide)}, {x}, {y}, {other}")
    state.finish(dst, target)
    return True


def unary(state: State, m: Micro) -> None:
    """NOT and NEG."""
    dst = m.dst
    assert dst is not None
    val = state.value(m.args[0])
    if val.const is not None:
        value = -val.const if m.code is Code.NEG else ~val.const
        copy_const(state, dst, Const(value & ((1 << 8 * dst.size) - 1), dst.size))
        return
    wide = 8 if dst.size == 8 else 4
    source = state.operand(val, wide)
    flags = fused(state) if m.code is Code.NEG else None
    target = state.result(dst)
    mnemonic = "mvn" if m.code is Code.NOT else "neg" if flags is None else "negs"
    state.emit(f"{mnemonic} {integer(target, wide)}, {source}")
    state.finish(dst, target)
    if flags is not None:
        note_flags(state, flags, "sub")


def deferrable(state: State, codes: tuple[Code, ...], dst: Reg | Temp, second: bool = False) -> bool:
    """Whether the result is read once, soon, by one of ``codes`` at the same size (as ``args[1]`` if ``second``)."""
    if isinstance(dst, Reg) and dst.size < 4:
        return False
    j = state.sole_use()
    if j < 0 or j > state.i + 3:
        return False
    user = state.micros[j]
    if user.code not in codes or user.dst is None or user.dst.size != dst.size:
        return False
    args = user.args
    if len(args) != 2 or any(isinstance(v, Const) for v in args):
        return False
    if user.code is not Code.SUB and not second:
        return True
    last = args[1]
    if isinstance(last, Temp):
        return isinstance(dst, Temp) and last.index == dst.index
    return isinstance(last, Reg) and isinstance(dst, Reg) and last.name == dst.name


def defer(state: State, dst: Reg | Temp, how: str, args: tuple[Val, ...], wide: int, amount: int = 0) -> None:
    val = Val(u=64 if wide == 8 else 32)
    val.lazy, val.args, val.amount = how, args, amount
    for arg in args:
        arg.pins += 1
    state.assign(dst, val)
