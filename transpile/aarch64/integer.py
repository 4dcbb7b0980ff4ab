"""Integer arithmetic, moves and extensions."""

from __future__ import annotations

from transpile.aarch64.address import Parts, index_text, parts
from transpile.aarch64.compare import spill_nzcv
from transpile.aarch64.flags import fused, note_flags
from transpile.aarch64.immediates import add_text, is_add, is_bitmask
from transpile.aarch64.registers import W, X, integer
from transpile.aarch64.state import State, add_constant, add_tprel
from transpile.aarch64.values import Val, const_val, symbol_val
from transpile.aarch64.vectors import copy_vector, extend_vector, vector_constant
from transpile.native.micro import Code, Const, Micro, Native, Reg, Symbol, Temp


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


def multiply(state: State, m: Micro) -> None:
    dst = m.dst
    assert dst is not None
    a, b = state.value(m.args[0]), state.value(m.args[1])
    if a.const is not None:
        a, b = b, a
    wide = 8 if dst.size == 8 else 4
    if b.const is not None and multiply_const(state, dst, a, signed(b.const, dst.size), wide):
        return
    if lazily(state, (Code.ADD, Code.SUB), dst) and b.const is None and dst.size >= 4:
        defer(state, dst, "mul", (a, b), wide)
        return
    left, right = state.operand(a, wide), state.operand(b, wide)
    target = state.result(dst)
    state.emit(f"mul {integer(target, wide)}, {left}, {right}")
    state.finish(dst, target)


def multiply_const(state: State, dst: Reg | Temp, a: Val, factor: int, wide: int) -> bool:
    """Powers of two, and one more or less than them."""
    if factor <= 0:
        return False
    left = state.operand(a, wide)
    for value, text in ((factor, "lsl {0}, {1}, #{2}"), (factor - 1, "add {0}, {1}, {1}, lsl #{2}")):
        if value > 0 and value & (value - 1) == 0:
            target = state.result(dst)
            state.emit(text.format(integer(target, wide), left, value.bit_length() - 1))
            state.finish(dst, target)
            return True
    return False


def lazily(state: State, codes: tuple[Code, ...], dst: Reg | Temp, second: bool = False) -> bool:
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


def multiply_high(state: State, m: Micro) -> None:
    three(state, m, "umulh" if m.code is Code.MULHU else "smulh")


def three(state: State, m: Micro, mnemonic: str, u: int = 64) -> None:
    dst = m.dst
    assert dst is not None
    wide = 8 if dst.size == 8 else 4
    left, right = state.arg(m.args[0], wide), state.arg(m.args[1], wide)
    target = state.result(dst)
    state.emit(f"{mnemonic} {integer(target, wide)}, {left}, {right}")
    state.finish(dst, target, u=u)


def divide(state: State, m: Micro) -> None:
    dst = m.dst
    assert dst is not None
    wide = 8 if dst.size == 8 else 4
    left, right = state.arg(m.args[0], wide), state.arg(m.args[1], wide)
    is_signed = m.code in (Code.SDIV, Code.SREM)
    if state.context.trap_division:
        check_division(state, left, right, is_signed)
    mnemonic = "sdiv" if is_signed else "udiv"
    operands = tuple(v if v.const is None else v.const for v in (state.value(a) for a in m.args))
    key = (mnemonic, wide, *operands)
    known = state.cached(key)
    if m.code in (Code.UDIV, Code.SDIV):
        if known is not None:
            state.assign(dst, known)
            return
        target = state.result(dst)
        state.emit(f"{mnemonic} {integer(target, wide)}, {left}, {right}")
        state.cache[key] = state.finish(dst, target)
        return
    if known is None:
        quotient = state.scratch()
        state.emit(f"{mnemonic} {integer(quotient, wide)}, {left}, {right}")
        known = state.keep(key, quotient, u=64 if wide == 8 else 32)
    quotient = state.use(known)
    target = state.result(dst)
    state.emit(f"msub {integer(target, wide)}, {integer(quotient, wide)}, {right}, {left}")
    state.finish(dst, target)


def check_division(state: State, left: str, right: str, is_signed: bool) -> None:
    """Stop where x86 faults: division by zero, and the one quotient that overflows."""
    spill_nzcv(state)
    fine, trap = state.label(), state.label()
    state.emit(f"cbz {right}, {trap}")
    if is_signed:
        state.emit(f"cmn {right}, #1")
        state.emit(f"b.ne {fine}")
        state.emit(f"cmp {'x' if left[0] == 'x' else 'w'}zr, {left}")
        state.emit(f"b.vc {fine}")
    else:
        state.emit(f"b {fine}")
    state.mark(trap)
    state.emit("brk #1000")
    state.mark(fine)


_SHIFTS = {Code.SHL: "lsl", Code.SHR: "lsr", Code.SAR: "asr", Code.ROR: "ror"}


def shift(state: State, m: Micro) -> None:
    dst = m.dst
    assert dst is not None
    wide = 8 if dst.size == 8 else 4
    width = 8 * wide
    val, count = state.value(m.args[0]), state.value(m.args[1])
    if count.const is not None:
        shift_const(state, m, dst, val, count.const & (width - 1), wide)
        return
    source, amount = state.operand(val, wide), state.operand(count, wide)
    mnemonic = _SHIFTS.get(m.code, "ror")
    if m.code is Code.ROL:
        negated = integer(state.scratch(), wide)
        state.emit(f"neg {negated}, {amount}")
        amount = negated
    target = state.result(dst)
    state.emit(f"{mnemonic} {integer(target, wide)}, {source}, {amount}")
    state.finish(dst, target, u=val.u if m.code is Code.SHR and wide == 8 else 64)


def shift_const(state: State, m: Micro, dst: Reg | Temp, val: Val, n: int, wide: int) -> None:
    width = 8 * wide
    if n == 0:
        copy_val(state, dst, val)
        return
    if val.const is not None and m.code in (Code.SHL, Code.SHR):
        value = val.const & ((1 << width) - 1)
        value = (value << n) & ((1 << width) - 1) if m.code is Code.SHL else value >> n
        state.assign(dst, const_val(value))
        return
    if m.code is Code.SHL and lazily(state, (Code.ADD, Code.SUB, Code.AND, Code.OR, Code.XOR), dst, True):
        defer(state, dst, "shl", (val,), wide, n)
        return
    source = state.operand(val, wide)
    mnemonic, amount = _SHIFTS.get(m.code, "ror"), n if m.code is not Code.ROL else width - n
    target = state.result(dst)
    state.emit(f"{mnemonic} {integer(target, wide)}, {source}, #{amount}")
    known = val.u if wide == 8 else val.u32
    if m.code is Code.SHR:
        state.finish(dst, target, u=max(min(known, width) - n, 0))
    elif m.code is Code.SHL:
        state.finish(dst, target, u=known + n if known + n < width else 64)
    elif m.code is Code.SAR:
        bits = max((val.s if wide == 8 else val.s32) - n, 1)
        state.finish(dst, target, s=bits if wide == 8 else 64, s32=bits if wide == 4 else 32)
    else:
        state.finish(dst, target)


def sign_extend(state: State, m: Micro) -> None:
    dst, arg = m.dst, m.args[0]
    assert dst is not None
    val = state.value(arg)
    bits = 8 * arg.size
    if val.const is not None:
        state_value = signed(val.const, arg.size) & ((1 << 8 * dst.size) - 1)
        copy_const(state, dst, Const(state_value, dst.size))
        return
    if (val.s <= bits if dst.size == 8 else val.s32 <= bits) and val.lazy == "":
        copy_val(state, dst, val)
        return
    if arg.size == 4 and dst.size == 8 and indexes(state, dst):
        defer(state, dst, "sxtw", (val,), 8)
        return
    source = state.use(val)
    target = state.result(dst)
    wide = 8 if dst.size == 8 else 4
    state.emit(f"sxt{'bhw'[arg.size.bit_length() - 1]} {integer(target, wide)}, {W[source]}")
    if wide == 8:
        state.finish(dst, target, s=bits, s32=min(bits, 32))
    else:
        state.finish(dst, target, u=32, s32=bits)


def indexes(state: State, dst: Reg | Temp) -> bool:
    """Whether the only use of ``dst`` is as an index or a summand that can be extended on the way."""
    j = state.sole_use()
    if j < 0 or j > state.i + 3:
        return False
    user = state.micros[j]
    if user.address is not None and user.address.index is not None and user.code in (Code.LOAD, Code.STORE, Code.LEA):
        index = user.address.index
        if user.address.scale not in (1, user.size) and user.code is not Code.LEA:
            return False
        if isinstance(dst, Temp):
            return isinstance(index, Temp) and index.index == dst.index
        return isinstance(index, Reg) and index.name == dst.name
    return False


def zero_extend(state: State, m: Micro) -> None:
    dst, arg = m.dst, m.args[0]
    assert dst is not None
    if dst.size == 16:
        extend_vector(state, dst, arg, arg.size)
        return
    val = state.value(arg)
    bits = 8 * arg.size
    if val.vector:
        source, target = state.use(val), state.result(dst)
        state.emit(f"fmov {W[target]}, s{source}")
        state.finish(dst, target, u=32)
        return
    if val.const is not None:
        copy_const(state, dst, Const(val.const & ((1 << bits) - 1), dst.size))
        return
    if val.u <= bits or (dst.size <= 4 and val.u32 <= bits and not _upper_wanted(state, dst)):
        copy_val(state, Temp(dst.index, 8) if isinstance(dst, Temp) else dst, val)
        return
    source = state.use(val)
    target = state.result(dst)
    state.emit(f"{({8: 'uxtb', 16: 'uxth', 32: 'mov'})[bits]} {W[target]}, {W[source]}")
    state.finish(dst, target, u=bits)


def _upper_wanted(state: State, dst: Reg | Temp) -> bool:
    return isinstance(dst, Reg) and state.live_bytes(dst.name) > 4


def count_bits(state: State, m: Micro) -> None:
    """BSWAP CLZ CTZ POPCNT."""
    dst = m.dst
    assert dst is not None
    wide = 8 if dst.size == 8 else 4
    source = state.arg(m.args[0], wide)
    u = 8 * wide
    if m.code is Code.POPCNT:
        vector = state.scratch(state.vectors)
        state.emit(f"fmov {'d' if wide == 8 else 's'}{vector}, {source}")
        state.emit(f"cnt v{vector}.8b, v{vector}.8b")
        state.emit(f"addv b{vector}, v{vector}.8b")
        target = state.result(dst)
        state.emit(f"fmov {W[target]}, s{vector}")
        u = 7
    elif m.code is Code.CTZ:
        reversed_ = integer(state.scratch(), wide)
        state.emit(f"rbit {reversed_}, {source}")
        target = state.result(dst)
        state.emit(f"clz {integer(target, wide)}, {reversed_}")
        u = 7
    else:
        target = state.result(dst)
        state.emit(f"{'rev' if m.code is Code.BSWAP else 'clz'} {integer(target, wide)}, {source}")
        u = 7 if m.code is Code.CLZ else u
    state.finish(dst, target, u=u)


# Addresses as values.


def symbol_address_value(state: State, m: Micro) -> None:
    symbol = m.args[0]
    assert isinstance(symbol, Symbol) and m.dst is not None
    known = state.cached(("symbol", symbol))
    state.assign(m.dst, known if known is not None else symbol_val(symbol))


def thread_base(state: State, m: Micro) -> None:
    assert m.dst is not None
    target = state.result(m.dst)
    known = state.cached("tp")
    state.emit(f"mov {X[target]}, {X[state.use(known)]}" if known is not None else f"mrs {X[target]}, tpidr_el0")
    state.finish(m.dst, target)


def load_address(state: State, m: Micro) -> None:
    dst, address = m.dst, m.address
    assert dst is not None and address is not None
    symbol = address.symbol
    bare = address.base is None and address.index is None and not address.segment
    if symbol is not None and bare and dst.size == 8:
        whole = Symbol(symbol.name, symbol.addend + address.disp, symbol.kind)
        symbol_address_value(state, Micro(Code.SYMADDR, 8, dst, (whole,)))
        return
    found = parts(state, address)
    wide = 8 if dst.size == 8 or found.sp else 4
    if found.index is None:
        if found.base is None and not found.sp:
            copy_const(state, dst, Const(found.disp & ((1 << 8 * dst.size) - 1), dst.size))
            return
        if found.base is not None and not found.disp:
            copy_val(state, dst, found.base)
            return
        source = 31 if found.sp else state.use(found.base)  # type: ignore[arg-type]
        target = state.result(dst)
        add_constant(state, target, source, signed(found.disp, wide), wide, found.sp)
    else:
        target = indexed_address(state, dst, found, wide)
    if found.sp and dst.size == 4:
        state.emit(f"mov {W[target]}, {W[target]}")
    state.finish(dst, target)


def indexed_address(state: State, dst: Reg | Temp, found: Parts, wide: int) -> int:
    assert found.index is not None
    if found.base is None and not found.sp:
        source = state.operand(found.index, wide)
        target = state.result(dst)
        state.emit(f"lsl {integer(target, wide)}, {source}, #{found.shift}")
    else:
        base = "sp" if found.sp else state.operand(found.base, wide)  # type: ignore[arg-type]
        if wide == 8:
            right = index_text(state, found.index, found.shift)
        else:
            right = state.operand(found.index, 4) + (f", lsl #{found.shift}" if found.shift else "")
        target = state.result(dst)
        state.emit(f"add {integer(target, wide)}, {base}, {right}")
    if found.disp:
        add_constant(state, target, target, signed(found.disp, wide), wide)
    return target
