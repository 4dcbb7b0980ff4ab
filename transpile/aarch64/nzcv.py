"""Who owns NZCV, and the text of a comparison."""

from __future__ import annotations

from transpile.aarch64.flag_state import Flags
from transpile.aarch64.immediates import add_text, is_add
from transpile.aarch64.registers import X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val


def spill_nzcv(state: State) -> None:
    """Before NZCV is overwritten: save it if it is the only copy of flags still wanted."""
    flags = state.nzcv
    state.nzcv = None
    if flags is None or flags.pinned or flags.last < state.i or flags.saved is not None:
        return
    reg = state.scratch()
    state.emit(f"mrs {X[reg]}, nzcv")
    flags.saved = Val()
    flags.saved.pins = 1
    state.ints.put(flags.saved, reg)


def take(state: State, flags: Flags, mode: str) -> None:
    flags.mode = mode
    state.nzcv = flags


def compare_text(mnemonic: str, state: State, a: Val, b: Val, size: int) -> str:
    if b.const is not None:
        # The zero register does not go with an immediate: its number means sp there.
        left = integer(state.use(a), size)
        bits = 8 * size
        value = b.const & ((1 << bits) - 1)
        negative = (1 << bits) - value
        if is_add(value):
            return f"{mnemonic} {left}, {add_text(value)}"
        if is_add(negative):
            return f"{'cmn' if mnemonic == 'cmp' else 'cmp'} {left}, {add_text(negative)}"
        return f"{mnemonic} {left}, {state.operand(const_val(value), size)}"
    return f"{mnemonic} {state.operand(a, size)}, {state.operand(b, size)}"
