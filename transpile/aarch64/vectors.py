"""Vector registers as wholes: results, merges into the bytes that must stay, and moves between the register classes."""

from __future__ import annotations

from transpile.aarch64.registers import FLOAT_BY_SIZE, W, X
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.native.micro import Const, Reg, Temp, Value

_LANES = {1: "b", 2: "h", 4: "s", 8: "d"}


def finish_vector(state: State, dst: Reg | Temp, reg: int, known: int = 128) -> Val:
    """``dst`` has been computed in the low bytes of ``reg``; bits from ``known`` on are zero."""
    if state.merges(dst):
        assert isinstance(dst, Reg)
        state.vectors.forget(reg)
        return merge_vector(state, dst, reg)
    val = Val(vector=True, u=known)
    state.vectors.put(val, reg)
    state.assign(dst, val)
    return val


def merge_vector(state: State, dst: Reg, reg: int, integer: str = "") -> Val:
    """Insert ``dst.size`` bytes from vector register ``reg`` (or from the ``integer`` register) into their location."""
    old = state.loc.get(dst.name)
    if old is None:
        old = Val(vector=True, u=128)
        state.vectors.put(old, state.pick(state.vectors, state.i, True, dst.name))
    old_reg = state.use(old)
    if state.live(old, state.i, dst.name) or old.weak:
        target = state.result(Reg(dst.name, 16), early=True)
        state.emit(f"mov v{target}.16b, v{old_reg}.16b")
    else:
        target = old_reg
    lane = _LANES[dst.size]
    source = integer or f"v{reg}.{lane}[0]"
    state.emit(f"mov v{target}.{lane}[{dst.offset // dst.size}], {source}")
    val = Val(vector=True, u=max(old.u, 8 * (dst.offset + dst.size)))
    state.vectors.put(val, target)
    state.bind(dst.name, val)
    return val


def copy_vector(state: State, dst: Reg | Temp, val: Val) -> None:
    """COPY with a vector on at least one side."""
    if not dst.vector:
        _to_integer(state, dst, val)
    elif not val.vector:
        _from_integer(state, dst, val)
    elif state.merges(dst):
        assert isinstance(dst, Reg)
        merge_vector(state, dst, state.use(val))
    else:
        _move(state, dst, val, dst.size)


def _move(state: State, dst: Reg | Temp, val: Val, size: int) -> None:
    """Rename, or copy when both the old and the new name stay."""
    if isinstance(dst, Reg) and dst.name in state.block.exit and state.i >= state.last_def[dst.name]:
        source = state.use(val)
        if state.live(val, state.i, dst.name) or val.pins:
            target = state.result(dst, early=True)
            state.emit(move_text(target, source, size))
            finish_vector(state, dst, target, 8 * size if size < 16 else val.u)
            return
    state.assign(dst, val)


def move_text(target: int, source: int, size: int) -> str:
    if size == 16:
        return f"mov v{target}.16b, v{source}.16b"
    names = FLOAT_BY_SIZE[max(size, 4)]
    return f"fmov {names[target]}, {names[source]}"


def vector_constant(state: State, dst: Reg | Temp, value: Const) -> None:
    if value.value == 0:
        target = state.result(dst)
        state.emit(f"movi v{target}.2d, #0")
        finish_vector(state, dst, target, 1)
        return
    low = state.use(const_val(value.value))
    if value.size < 16:
        _from_integer(state, dst, const_val(value.value))
        return
    target = state.result(dst)
    state.emit(f"fmov d{target}, {X[low]}")
    if value.value >> 64:
        high = state.use(const_val(value.value >> 64))
        state.emit(f"mov v{target}.d[1], {X[high]}")
    finish_vector(state, dst, target)


def _to_integer(state: State, dst: Reg | Temp, val: Val) -> None:
    source, target = state.use(val), state.result(dst)
    if dst.size >= 4:
        state.emit(f"fmov {X[target] if dst.size == 8 else W[target]}, {'d' if dst.size == 8 else 's'}{source}")
        state.finish(dst, target)
    else:
        state.emit(f"umov {W[target]}, v{source}.{_LANES[dst.size]}[0]")
        state.finish(dst, target, u=8 * dst.size)


def _from_integer(state: State, dst: Reg | Temp, val: Val) -> None:
    size = dst.size
    source = state.operand(val, 8 if size == 8 else 4)
    if state.merges(dst):
        assert isinstance(dst, Reg)
        merge_vector(state, dst, -1, source)
        return
    target = state.result(dst)
    state.emit(f"fmov {'d' if size == 8 else 's'}{target}, {source}")
    finish_vector(state, dst, target, 64 if size == 8 else 32)


def extend_vector(state: State, dst: Reg | Temp, value: Value, size: int) -> None:
    """ZEXT to 16 bytes of a vector, an integer, or zero."""
    if isinstance(value, Const):
        vector_constant(state, dst, Const(value.value, 16))
        return
    val = state.value(value)
    if not val.vector:
        integer = state.operand(val, 8 if size == 8 else 4)
        target = state.result(dst)
        state.emit(f"fmov {'d' if size == 8 else 's'}{target}, {integer}")
    elif val.u <= 8 * size or (isinstance(dst, Reg) and state.live_bytes(dst.name) <= size):
        _move(state, dst, val, 16 if val.u > 64 else size)
        return
    else:
        source = state.use(val)
        target = state.result(dst)
        state.emit(move_text(target, source, size))
    finish_vector(state, dst, target, 8 * size)
