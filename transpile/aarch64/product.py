"""Multiplication and division."""

from __future__ import annotations

from transpile.aarch64.integer import defer, deferrable, signed
from transpile.aarch64.nzcv import spill_nzcv
from transpile.aarch64.registers import integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val
from transpile.native.micro import Code, Micro, Reg, Temp


def multiply(state: State, m: Micro) -> None:
    dst = m.dst
    assert dst is not None
    a, b = state.value(m.args[0]), state.value(m.args[1])
    if a.const is not None:
        a, b = b, a
    wide = 8 if dst.size == 8 else 4
    if b.const is not None and multiply_const(state, dst, a, signed(b.const, dst.size), wide):
        return
    if deferrable(state, (Code.ADD, Code.SUB), dst) and b.const is None and dst.size >= 4:
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
