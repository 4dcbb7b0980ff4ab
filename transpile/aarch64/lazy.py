"""How values that are made only when used come into being, and sums with constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from transpile.aarch64.immediates import build
from transpile.aarch64.registers import W, X
from transpile.aarch64.values import Val, const_val

if TYPE_CHECKING:
    from transpile.aarch64.state import State


def make_const(state: State, val: Val, target: int) -> None:
    assert val.const is not None
    size = 4 if val.const < 1 << 32 else 8
    name = X[target] if size == 8 else W[target]
    for mnemonic, rest in build(val.const, size):
        state.emit(f"{mnemonic} {name}, {rest}")


def make_symbol(state: State, val: Val, target: int) -> None:
    symbol = val.symbol
    assert symbol is not None
    name = X[target]
    where = symbol.name
    if symbol.addend and symbol.kind != "got":
        where += f"{symbol.addend:+d}"
    match symbol.kind:
        case "":
            state.emit(f"adrp {name}, {where}")
            state.emit(f"add {name}, {name}, :lo12:{where}")
        case "got":
            state.emit(f"adrp {name}, :got:{where}")
            state.emit(f"ldr {name}, [{name}, :got_lo12:{where}]")
            if symbol.addend:
                add_constant(state, target, target, symbol.addend)
        case "gottpoff":
            state.emit(f"adrp {name}, :gottprel:{where}")
            state.emit(f"ldr {name}, [{name}, :gottprel_lo12:{where}]")
        case _:
            base = state.scratch()
            state.emit(f"mrs {X[base]}, tpidr_el0")
            add_tprel(state, target, base, where)
            state.emit(f"sub {name}, {name}, {X[base]}")


def add_tprel(state: State, target: int, base: int, where: str) -> None:
    """``target`` = the thread pointer in ``base`` + the offset of a thread-local symbol."""
    state.emit(f"add {X[target]}, {X[base]}, :tprel_hi12:{where}, lsl #12")
    state.emit(f"add {X[target]}, {X[target]}, :tprel_lo12_nc:{where}")


def add_constant(state: State, target: int, source: int, value: int, size: int = 8, sp: bool = False) -> None:
    """``target`` = ``source`` (or sp) + ``value``; ``source`` is read first."""
    names = X if size == 8 else W
    base = "sp" if sp else names[source]
    mnemonic, amount = ("add", value) if value >= 0 else ("sub", -value)
    if amount < 1 << 24:
        high, low = amount & 0xFFF000, amount & 0xFFF
        if high:
            state.emit(f"{mnemonic} {names[target]}, {base}, #{high >> 12}, lsl #12")
            base = names[target]
        if low or not high:
            state.emit(f"{mnemonic} {names[target]}, {base}, #{low}")
        return
    constant = state.use(const_val(value if size == 8 else value & 0xFFFFFFFF))
    state.emit(f"add {names[target]}, {base}, {names[constant]}")


def make_and(state: State, val: Val, target: int) -> None:
    a, b = val.args
    names = X if val.amount == 8 else W
    state.emit(f"and {names[target]}, {state.operand(a, val.amount)}, {state.operand(b, val.amount)}")


def make_mul(state: State, val: Val, target: int) -> None:
    a, b = val.args
    size = 8 if val.u > 32 else 4
    names = X if size == 8 else W
    state.emit(f"mul {names[target]}, {state.operand(a, size)}, {state.operand(b, size)}")


def make_sxtw(state: State, val: Val, target: int) -> None:
    state.emit(f"sxtw {X[target]}, {state.operand(val.args[0], 4)}")


def make_shl(state: State, val: Val, target: int) -> None:
    size = 8 if val.u > 32 else 4
    names = X if size == 8 else W
    state.emit(f"lsl {names[target]}, {state.operand(val.args[0], size)}, #{val.amount}")


def make_spilled(state: State, val: Val, target: int) -> None:
    state.emit(f"fmov {X[target]}, d{val.amount}")


def make_slot(state: State, val: Val, target: int) -> None:
    name = f"q{target}" if val.vector else X[target]
    state.emit(f"ldr {name}, [sp, #{val.amount}]")


MAKERS: dict[str, Callable[[State, Val, int], None]] = {
    "const": make_const,
    "symbol": make_symbol,
    "and": make_and,
    "mul": make_mul,
    "sxtw": make_sxtw,
    "shl": make_shl,
    "slot": make_slot,
    "spilled": make_spilled,
}
