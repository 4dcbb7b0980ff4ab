"""Shifts, rotations, extensions, and counting bits."""

from __future__ import annotations

from transpile.aarch64.integer import copy_const, copy_val, defer, deferrable, signed
from transpile.aarch64.registers import W, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.aarch64.vectors import extend_vector
from transpile.native.micro import Code, Const, Micro, Reg, Symbol, Temp

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
    if m.code is Code.SHL and deferrable(state, (Code.ADD, Code.SUB, Code.AND, Code.OR, Code.XOR), dst, True):
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
    assert dst is not None and not isinstance(arg, Symbol)
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
    assert dst is not None and not isinstance(arg, Symbol)
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
