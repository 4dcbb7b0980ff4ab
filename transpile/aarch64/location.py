"""Addresses as values: LEA, SYMADDR and TLSBASE."""

from __future__ import annotations

from transpile.aarch64.address import Parts, index_text, parts
from transpile.aarch64.integer import copy_const, copy_val, signed
from transpile.aarch64.lazy import add_constant
from transpile.aarch64.registers import W, X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import symbol_val
from transpile.native.micro import Code, Const, Micro, Reg, Symbol, Temp


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
