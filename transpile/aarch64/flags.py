"""Flags: NZCV where possible, made when the first consumer asks, or with the operation that also gives the result.

A FLAGS micro-operation becomes a ``Flags``. Its operands are pinned until the last consumer, so that a condition can be
a ``cbz`` or ``tbz``; or the comparison is emitted at once (``pinned`` false) and lives in NZCV. Arm's C after a
subtraction is the inverse of x86's CF.
"""

from __future__ import annotations

from transpile.aarch64 import compare
from transpile.aarch64.allocation import number_of
from transpile.aarch64.flag_state import Flags, Test
from transpile.aarch64.nzcv import spill_nzcv
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.native.micro import Code, Cond, Const, Micro, Reg
from transpile.native.relation import Place

IMMEDIATE = frozenset(("sub", "add", "logic", "inc", "dec", "fcmp"))
"""Kinds whose comparison can be emitted at the FLAGS itself."""
_CLOBBERS = frozenset((Code.FMIN, Code.FMAX, Code.F2I, Code.F2IR, Code.CAS, Code.FLAGS))


def scan_flags(state: State) -> None:
    """Find who reads which flags; called once before the first micro-operation."""
    block = state.block
    ccs: dict[int, set[str]] = {}
    last: dict[int, int] = {}
    out = -1
    for i, m in enumerate(state.micros):
        if m.cond is not None:
            ccs.setdefault(m.cond.flags, set()).add(m.cond.cc)
            last[m.cond.flags] = i
        if m.code is Code.FLAGS and block.flags_out is not None and not m.imm and m.name == block.flags_out.kind:
            out = m.id
        elif m.code is Code.FLAGS and not m.imm and block.flags_out is not None and block.flags_out.kind == "nzcv":
            out = m.id if m.live else out
    if block.flags_out is not None:
        ccs.setdefault(out, set()).update("o" if "o" in block.flags_out.live else "")
        last[out] = len(state.micros) + 1
    state.flag_ccs, state.flag_last, state.flag_out = ccs, last, out
    given = block.flags_in
    if given is None or -1 not in ccs:
        return
    flags = Flags(-1, given.kind, given.size, ccs[-1], last[-1])
    state.flags[-1] = flags
    if given.kind == "nzcv":
        flags.mode, state.nzcv = "fcmp_edge" if given.nzcv == "fcmp" else given.nzcv, flags
        return
    flags.args = [_entry_operand(state, place, given.kind == "fcmp", given.size) for place in given.places]
    flags.pin()


def _entry_operand(state: State, place: str, vector: bool, size: int) -> Val:
    if place.startswith("#"):
        return const_val(int(place[1:], 0))
    reg = number_of(Place(place))
    bank = state.vectors if vector else state.ints
    known = bank.owner[reg]
    if known is not None and known.reg == reg:
        return known
    val = Val(vector=True, u=128) if vector else Val(s=8 * size, s32=min(8 * size, 32))
    bank.put(val, reg)
    return val


def define_flags(state: State, m: Micro) -> None:
    """FLAGS."""
    ccs = state.flag_ccs.get(m.id)
    if ccs is None or m.name == "none":
        return
    flags = Flags(m.id, m.name, m.size, ccs, state.flag_last[m.id])
    state.flags[m.id] = flags
    flags.args = [state.value(a) for a in m.args]
    if m.name in IMMEDIATE and may_be_immediate(state, flags):
        if fuse_before(state, flags) or fuse_after(state, m, flags):
            return
        if redefined(state, m, flags.last):
            compare.emit_compare(state, flags)
            return
    flags.pin()


def may_be_immediate(state: State, flags: Flags) -> bool:
    """Whether NZCV will survive up to the last consumer and serves all of them."""
    out = state.block.flags_out
    if flags.id == state.flag_out and (out is None or out.kind != "nzcv"):
        return False
    if flags.kind != "fcmp" and ("p" in flags.ccs or "np" in flags.ccs):
        return False
    if flags.kind in ("inc", "dec") and flags.size < 4 and not compare.wanted(flags) <= {"e", "s"}:
        return False
    for m in state.micros[state.i + 1 : flags.last]:
        if m.code in _CLOBBERS or (m.cond is not None and m.cond.flags != flags.id):
            return False
        if state.context.trap_division and m.code in (Code.UDIV, Code.UREM, Code.SDIV, Code.SREM):
            return False
    return True


def redefined(state: State, m: Micro, last: int) -> bool:
    """Whether an operand's register gets a new value before the last consumer."""
    names = {a.name for a in m.args if isinstance(a, Reg)}
    return any(isinstance(n.dst, Reg) and n.dst.name in names for n in state.micros[state.i + 1 : last])


def fuse_before(state: State, flags: Flags) -> bool:
    """Let the operation just emitted set the flags."""
    op = state.last_op
    if op is None or op[0] != state.i - 1 or op[6] != len(state.lines):
        return False
    _, code, a, b, size, result, _ = op
    if size != flags.size or size < 4 or flags.id == state.flag_out:
        return False
    if flags.kind in ("sub", "add"):
        same = flags.args[0] is a and (flags.args[1] is b or _equal_const(flags.args[1], b))
        if code is not (Code.SUB if flags.kind == "sub" else Code.ADD) or not same:
            return False
    elif flags.kind in ("inc", "dec"):
        step = {Code.ADD: 1, Code.SUB: -1}.get(code)
        bits = (1 << 8 * size) - 1
        want = 1 if flags.kind == "inc" else -1
        if flags.args[0] is not result or step is None or b.const is None or (step * b.const - want) & bits:
            return False
    elif code is not Code.AND or flags.args[0] is not result:
        return False
    mnemonic, rest = state.lines[-1].text.split(" ", 1)
    if mnemonic not in ("add", "sub", "and", "neg"):
        return False
    spill_nzcv(state)
    if state.lines[-1].text != f"{mnemonic} {rest}":
        return False
    state.lines.pop()
    state.emit(f"{mnemonic}s {rest}")
    mode = "logic" if code is Code.AND else "add" if flags.kind in ("add", "inc") else "sub"
    note_flags(state, flags, mode)
    return True


def _equal_const(a: Val, b: Val) -> bool:
    return a.const is not None and a.const == b.const


def fuse_after(state: State, m: Micro, flags: Flags) -> bool:
    """Let the next operation, on the same operands, set the flags."""
    if state.i + 1 >= len(state.micros) or m.size < 4 or all(isinstance(a, Const) for a in m.args):
        return False
    following = state.micros[state.i + 1]
    if following.dst is None or following.dst.size != m.size or flags.id == state.flag_out:
        return False
    if all(a.const is not None for a in flags.args):
        return False
    code = following.code
    if flags.kind == "sub" and code is Code.NEG and flags.args[0].const == 0:
        fits = following.args == m.args[1:]
    elif (flags.kind == "sub" and code is Code.SUB) or (flags.kind == "add" and code is Code.ADD):
        fits = following.args == m.args and all(a.symbol is None for a in flags.args)
    else:
        fits = False
    if fits:
        state.fusing[state.i + 1] = flags
    return fits


def fused(state: State) -> Flags | None:
    """The Flags that the current operation must set along with its result."""
    flags = state.fusing.pop(state.i, None)
    if flags is not None:
        spill_nzcv(state)
    return flags


def note_flags(state: State, flags: Flags, mode: str) -> None:
    flags.mode = mode
    state.nzcv = flags


def condition(state: State, cond: Cond, branch: bool) -> Test:
    """A test for ``cond``; with ``branch`` one that need not be in NZCV."""
    flags = state.flags[cond.flags]
    only = branch and flags.ccs == {cond.cc} | ({cond.negated.cc} & flags.ccs) and flags.id != state.flag_out
    return compare.test(state, flags, cond.cc, only)


def release(state: State, cond: Cond) -> None:
    """Called after a consumer: lets the operands go when it was the last."""
    flags = state.flags[cond.flags]
    if flags.last <= state.i:
        flags.unpin(state)


def leave_flags(state: State) -> list[tuple[str, Val, int]]:
    """At the block's end: put live flags into NZCV, or return ``(register, value, size)`` of the operands to place."""
    out = state.block.flags_out
    if out is None:
        return []
    flags = state.flags[state.flag_out]
    if out.kind == "nzcv":
        compare.leave_in_nzcv(state, flags, out)
        return []
    wanted = []
    for place, val in zip(out.places, flags.args, strict=False):
        if not place.startswith("#"):
            wanted.append((place, val, min(out.size, flags.size)))
    return wanted
