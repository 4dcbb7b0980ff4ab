"""Flags one by one, each 0 or 1 in a register, for the combinations that NZCV cannot give."""

from __future__ import annotations

from transpile.aarch64.flag_state import Flags, Test
from transpile.aarch64.nzcv import compare_text, spill_nzcv
from transpile.aarch64.registers import W, X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.errors import ToolError


def result_of(state: State, flags: Flags) -> Val:
    """The operation's result (its low ``size`` bytes)."""
    kind = flags.kind
    if kind not in ("sub", "add", "adc", "sbb"):
        return flags.args[-1]
    key = ("result", flags.id)
    known = state.cached(key)
    if known is not None:
        return known
    wide = 8 if flags.size == 8 else 4
    mnemonic = "sub" if kind in ("sub", "sbb") else "add"
    left, right = (state.operand(v, wide) for v in flags.args[:2])
    target = state.scratch()
    state.emit(f"{mnemonic} {integer(target, wide)}, {left}, {right}")
    if len(flags.args) == 3:
        carry = integer(state.zext(flags.args[2], 1), wide)
        state.emit(f"{mnemonic} {integer(target, wide)}, {integer(target, wide)}, {carry}")
    return state.keep(key, target)


def parity(state: State, flags: Flags) -> Test:
    """PF: whether the low byte of the result has an even number of ones."""
    source = state.use(result_of(state, flags))
    target = W[fresh := state.scratch()]
    state.emit(f"eor {target}, {W[source]}, {W[source]}, lsr #4")
    state.emit(f"eor {target}, {target}, {target}, lsr #2")
    state.emit(f"eor {target}, {target}, {target}, lsr #1")
    return ("clear", state.keep(("parity", flags.id), fresh), 0)


def combined(state: State, flags: Flags, cc: str) -> Test:
    """A condition computed from single flags, each 0 or 1 in bit 0 of a register."""
    match cc:
        case "b" if flags.kind in ("shl", "shr", "sar"):
            return ("set", flags.args[0], carry_bit(flags))
        case "o" | "b" | "e" | "s":
            target = single(state, flags, {"o": "o", "b": "c", "e": "z", "s": "s"}[cc])
        case "be":
            target = join(state, "orr", single(state, flags, "c"), single(state, flags, "z"))
        case _:
            target = join(state, "eor", single(state, flags, "s"), single(state, flags, "o"))
            if cc == "le":
                target = join(state, "orr", target, single(state, flags, "z"))
    return ("set", state.keep(("flag", flags.id, cc), target), 0)


def join(state: State, mnemonic: str, a: int, b: int) -> int:
    target = state.scratch()
    state.emit(f"{mnemonic} {W[target]}, {W[a]}, {W[b]}")
    return target


def carry_bit(flags: Flags) -> int:
    count = flags.args[1].const
    assert count is not None
    return 8 * flags.size - count if flags.kind == "shl" else count - 1


def bit(state: State, val: Val, position: int) -> int:
    source, target = state.use(val), state.scratch()
    names = X if position >= 32 else W
    state.emit(f"ubfx {names[target]}, {names[source]}, #{position}, #1")
    return target


def single(state: State, flags: Flags, letter: str) -> int:
    """One flag as 0 or 1; bits above the lowest may be anything."""
    kind, size = flags.kind, flags.size
    if letter == "s":
        return bit(state, result_of(state, flags), 8 * size - 1)
    if letter == "z":
        return zero_bit(state, result_of(state, flags), size)
    if kind in ("carry", "overflow"):
        return state.use(flags.args[0])
    if kind in ("shl", "shr", "sar"):
        return shift_flag(state, flags, letter)
    if kind in ("inc", "dec"):
        return step_overflow(state, flags)
    if kind in ("adc", "sbb"):
        return carry_chain(state, flags, letter)
    raise ToolError(f"flag {letter!r} of {kind!r} has no value")


def zero_bit(state: State, val: Val, size: int) -> int:
    spill_nzcv(state)
    if size >= 4:
        state.emit(f"cmp {integer(state.use(val), size)}, #0")
    else:
        state.emit(f"tst {state.operand(val, 4)}, #{(1 << 8 * size) - 1:#x}")
    target = state.scratch()
    state.emit(f"cset {W[target]}, eq")
    return target


def shift_flag(state: State, flags: Flags, letter: str) -> int:
    a, top = flags.args[0], 8 * flags.size - 1
    if letter == "c":
        return bit(state, a, carry_bit(flags))
    if flags.kind == "shr":
        return bit(state, a, top)
    if flags.kind == "sar":
        return state.use(const_val(0))
    return join(state, "eor", bit(state, a, carry_bit(flags)), bit(state, flags.args[-1], top))


def step_overflow(state: State, flags: Flags) -> int:
    """OF of ``inc``: the result is the minimum; of ``dec``: the maximum."""
    size, bits = flags.size, 8 * flags.size
    wide = 8 if size == 8 else 4
    limit = 1 << (bits - 1)
    limit = limit if flags.kind == "inc" else limit - 1
    spill_nzcv(state)
    source = state.zext(flags.args[0], size)
    state.emit(compare_text("cmp", state, Val(source), const_val(limit), wide))
    target = state.scratch()
    state.emit(f"cset {W[target]}, eq")
    return target


def carry_chain(state: State, flags: Flags, letter: str) -> int:
    """CF and OF of 1- and 2-byte ``adc`` and ``sbb``, from operands and result."""
    a, b, _ = flags.args
    size, bits = flags.size, 8 * flags.size
    if letter == "o":
        result = result_of(state, flags)
        names = [W[state.use(v)] for v in (a, b, result)]
        first, second = W[state.scratch()], W[target := state.scratch()]
        state.emit(f"eor {first}, {names[0]}, {names[2]}")
        other = names[2] if flags.kind == "adc" else names[0]
        state.emit(f"eor {second}, {names[1]}, {other}")
        state.emit(f"and {second}, {first}, {second}")
        state.emit(f"ubfx {second}, {second}, #{bits - 1}, #1")
        return target
    carry = W[state.zext(flags.args[2], 1)]
    left, right = W[state.zext(a, size)], W[state.zext(b, size)]
    target = state.scratch()
    mnemonic = "add" if flags.kind == "adc" else "sub"
    state.emit(f"{mnemonic} {W[target]}, {left}, {right}")
    state.emit(f"{mnemonic} {W[target]}, {W[target]}, {carry}")
    state.emit(f"ubfx {W[target]}, {W[target]}, #{bits}, #1")
    return target
