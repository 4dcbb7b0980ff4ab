"""Branches, calls, returns, the stack frame, and values chosen by a condition."""

from __future__ import annotations

from transpile.aarch64.compare import invert
from transpile.aarch64.flag_state import INVERSE, Test
from transpile.aarch64.flags import condition, release
from transpile.aarch64.integer import copy_const
from transpile.aarch64.lazy import add_constant
from transpile.aarch64.moves import leave
from transpile.aarch64.nzcv import spill_nzcv
from transpile.aarch64.registers import W, X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.native.micro import Const, Micro, Reg, Temp

# Control flow.


def branch(state: State, m: Micro) -> None:
    assert m.cond is not None
    target, other = m.target, m.name
    cond = m.cond
    if target == state.block.next_label and other != target:
        cond, target, other = cond.negated, other, target
    found = near(state, condition(state, cond, True))
    if isinstance(found[1], str) and cond.flags != state.flag_out and hands_on_nzcv(state):
        found = as_value(state, found)
    leave(state, [found[1]] if isinstance(found[1], Val) else [])
    jump_if(state, found, target)
    release(state, cond)
    if other != state.block.next_label:
        state.emit(f"b {other}")


def hands_on_nzcv(state: State) -> bool:
    return state.block.flags_out is not None and state.block.flags_out.kind == "nzcv"


def as_value(state: State, found: Test) -> Test:
    """The test's outcome in a register, because NZCV must hold other flags at the edge."""
    target = state.scratch()
    set_from_nzcv(state, found, target)
    return ("nonzero", state.keep(("outcome", state.i), target), 4)


def near(state: State, found: Test) -> Test:
    """``tbz`` reaches only 32 KiB: in a large function the bit is tested through NZCV."""
    if state.context.large and found[0] in ("clear", "set"):
        return in_nzcv(state, found)
    return found


def jump_if(state: State, found: Test, target: str) -> None:
    kind, a, b = found
    match kind:
        case "cc":
            state.emit(f"b.{a} {target}")
        case "any":
            state.emit(f"b.{a} {target}")
            state.emit(f"b.{b} {target}")
        case "all":
            skip = state.label()
            state.emit(f"b.{INVERSE[str(a)]} {skip}")
            state.emit(f"b.{b} {target}")
            state.mark(skip)
        case "zero" | "nonzero":
            assert isinstance(a, Val) and isinstance(b, int)
            state.emit(f"{'cbz' if kind == 'zero' else 'cbnz'} {integer(state.use(a), b)}, {target}")
        case "clear" | "set":
            assert isinstance(a, Val) and isinstance(b, int)
            name = X[state.use(a)] if b >= 32 else W[state.use(a)]
            state.emit(f"{'tbz' if kind == 'clear' else 'tbnz'} {name}, #{b}, {target}")
        case "always":
            state.emit(f"b {target}")


def jump(state: State, m: Micro) -> None:
    leave(state, [])
    if m.target != state.block.next_label:
        state.emit(f"b {m.target}")


def indirect_jump(state: State, m: Micro) -> None:
    through(state, m, "br")


def through(state: State, m: Micro, mnemonic: str) -> None:
    val = state.value(m.args[0])
    state.use(val)
    val.pins += 1
    leave(state, [val])
    state.emit(f"{mnemonic} {X[val.reg]}")


def call(state: State, m: Micro) -> None:
    leave(state, [])
    state.emit(f"bl {m.target}")


def indirect_call(state: State, m: Micro) -> None:
    through(state, m, "blr")


def tail(state: State, m: Micro) -> None:
    leave(state, [])
    state.emit(f"b {m.target}")


def ret(state: State, m: Micro) -> None:
    leave(state, [])
    state.emit("ret")


def trap(state: State, m: Micro) -> None:
    leave(state, [])
    state.emit("brk #1000")


# The stack frame.


def move_sp(state: State, amount: int) -> None:
    state.sp_version += 1
    if not amount:
        return
    mnemonic, amount = ("add", amount) if amount > 0 else ("sub", -amount)
    if amount >= 1 << 24:
        state.emit(f"{mnemonic} sp, sp, {X[state.use(const_val(amount))]}")
        return
    if amount >> 12:
        state.emit(f"{mnemonic} sp, sp, #{amount >> 12}, lsl #12")
    if amount & 0xFFF:
        state.emit(f"{mnemonic} sp, sp, #{amount & 0xFFF}")


def link(state: State, mnemonic: str, offset: int) -> None:
    if offset < 32768:
        state.emit(f"{mnemonic} x30, [sp, #{offset}]")
        return
    base = state.scratch()
    add_constant(state, base, 31, offset, 8, True)
    state.emit(f"{mnemonic} x30, [{X[base]}]")


def enter(state: State, m: Micro) -> None:
    move_sp(state, -m.imm)
    if m.name == "ra":
        link(state, "str", m.imm - 8 + m.lane)


def release_frame(state: State, m: Micro) -> None:
    if m.name == "ra":
        link(state, "ldr", m.imm - 8 + m.lane)
    move_sp(state, m.imm)


def add_to_sp(state: State, m: Micro) -> None:
    if m.args:
        amount = state.value(m.args[0])
        if amount.const is None:
            state.emit(f"add sp, sp, {X[state.use(amount)]}")
            state.sp_version += 1
        else:
            move_sp(state, amount.const - (1 << 64) if amount.const >> 63 else amount.const)
    if m.imm:
        move_sp(state, m.imm)


def copy_to_sp(state: State, m: Micro) -> None:
    source = state.use(state.value(m.args[0]))
    state.sp_version += 1
    if -4096 < m.imm < 4096:
        sign = "add" if m.imm >= 0 else "sub"
        state.emit(f"{sign} sp, {X[source]}, #{abs(m.imm)}" if m.imm else f"mov sp, {X[source]}")
        return
    target = state.scratch()
    add_constant(state, target, source, m.imm)
    state.emit(f"mov sp, {X[target]}")


# Conditions as values.


def in_nzcv(state: State, found: Test) -> Test:
    """The same test as a condition on NZCV."""
    kind, a, b = found
    if kind in ("zero", "nonzero", "clear", "set"):
        assert isinstance(a, Val) and isinstance(b, int)
        spill_nzcv(state)
        if kind in ("zero", "nonzero"):
            state.emit(f"cmp {integer(state.use(a), b)}, #0")
        else:
            name = X[state.use(a)] if b >= 32 else W[state.use(a)]
            state.emit(f"tst {name}, #{1 << b:#x}")
        return ("cc", "eq" if kind in ("zero", "clear") else "ne", None)
    return found


def set_byte(state: State, m: Micro) -> None:
    """SETCC."""
    assert m.cond is not None and m.dst is not None
    dst = m.dst
    found = condition(state, m.cond, False)
    kind, a, b = found
    if kind in ("always", "never"):
        copy_const(state, dst, Const(int(kind == "always"), dst.size))
        release(state, m.cond)
        return
    if kind in ("set", "clear"):
        assert isinstance(a, Val) and isinstance(b, int)
        source = state.use(a)
        release(state, m.cond)
        target = state.result(dst)
        names = X if b >= 32 else W
        state.emit(f"ubfx {names[target]}, {names[source]}, #{b}, #1")
        if kind == "clear":
            state.emit(f"eor {W[target]}, {W[target]}, #1")
    else:
        found = in_nzcv(state, found)
        release(state, m.cond)
        target = state.result(dst)
        set_from_nzcv(state, found, target)
    state.finish(dst, target, u=1)


def set_from_nzcv(state: State, found: Test, target: int) -> None:
    kind, a, b = found
    name = W[target]
    if kind == "all":
        _, a, b = invert(found)
    state.emit(f"cset {name}, {a}" if kind != "all" else f"cset {name}, {INVERSE[str(a)]}")
    if kind == "any":
        state.emit(f"csinc {name}, {name}, wzr, {INVERSE[str(b)]}")
    elif kind == "all":
        state.emit(f"csel {name}, {name}, wzr, {INVERSE[str(b)]}")


def select(state: State, m: Micro) -> None:
    """SELECT: ``csel``, or ``cset`` and relatives when both choices are constants."""
    assert m.cond is not None and m.dst is not None
    dst = m.dst
    size = 8 if dst.size == 8 else 4
    yes, no = state.value(m.args[0]), state.value(m.args[1])
    found = condition(state, m.cond, False)
    if found[0] in ("always", "never"):
        release(state, m.cond)
        pick_one(state, dst, yes if found[0] == "always" else no, m)
        return
    found = in_nzcv(state, found)
    release(state, m.cond)
    kind, a, _ = found
    if kind == "cc" and no.const == 0 and yes.const is not None and not state.merges(dst):
        mask = (1 << 8 * size) - 1
        if yes.const & mask in (1, mask):
            target = state.result(dst)
            state.emit(f"{'cset' if yes.const == 1 else 'csetm'} {integer(target, size)}, {a}")
            state.finish(dst, target, u=1 if yes.const == 1 else 8 * size)
            return
    left, right = state.operand(yes, size), state.operand(no, size)
    choose(state, dst, found, (left, right), size, (yes, no))


def choose(
    state: State, dst: Reg | Temp, found: Test, texts: tuple[str, str], size: int, vals: tuple[Val, Val]
) -> None:
    kind, a, b = found
    left, right = texts
    if kind == "cc":
        target = state.result(dst)
        state.emit(f"csel {integer(target, size)}, {left}, {right}, {a}")
    else:
        if kind == "all":
            _, a, b = invert(found)
            left, right = right, left
        target = state.result(dst, early=True)
        name = integer(target, size)
        state.emit(f"csel {name}, {left}, {right}, {a}")
        state.emit(f"csel {name}, {left}, {name}, {b}")
    yes, no = vals
    u, s, u32, s32 = max(yes.u, no.u), max(yes.s, no.s), max(yes.u32, no.u32), max(yes.s32, no.s32)
    state.finish(dst, target, u, s, u32, s32)


def pick_one(state: State, dst: Reg | Temp, val: Val, m: Micro) -> None:
    size = 8 if dst.size == 8 else 4
    source = state.operand(val, size)
    target = state.result(dst)
    state.emit(f"mov {integer(target, size)}, {source}")
    state.finish(dst, target)
