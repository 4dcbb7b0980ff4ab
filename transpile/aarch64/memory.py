"""Loads, stores, atomics and fences.

``memory_model == "tso"`` keeps x86's order: acquire (RCpc) loads and release stores where ``-march`` has ``ldapr``,
else a load is followed by ``dmb ishld`` and a store preceded by ``dmb ish``. Read-modify-write operations are always
full barriers, as x86's locked ones are.
"""

from __future__ import annotations

from transpile.aarch64.address import memory_operand, plain_operand
from transpile.aarch64.nzcv import spill_nzcv
from transpile.aarch64.registers import FLOAT_BY_SIZE, W, X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val
from transpile.aarch64.vectors import finish_vector
from transpile.native.micro import Address, Micro, Reg, Temp

_SUFFIX = {1: "b", 2: "h", 4: "", 8: ""}


def private(state: State, address: Address) -> bool:
    """Whether only this thread can reach ``address``: an access to a frame that never escapes."""
    base = address.base
    return state.context.private_frame and isinstance(base, Reg) and base.name == "sp" and address.index is None


def load_mnemonic(size: int, dst_size: int, name: str) -> tuple[str, int]:
    """``(mnemonic, bytes of the destination register)``."""
    if name == "s":
        wide = 8 if dst_size == 8 else 4
        return {1: "ldrsb", 2: "ldrsh", 4: "ldrsw"}[size], wide
    return "ldr" + _SUFFIX[size], 8 if size == 8 else 4


def load(state: State, m: Micro) -> None:
    dst, address = m.dst, m.address
    assert dst is not None and address is not None
    ordered = state.context.memory_model == "tso" and not private(state, address)
    if dst.vector:
        where = memory_operand(state, address, m.size)
        reg = state.result(dst)
        state.emit(f"ldr {FLOAT_BY_SIZE[m.size][reg]}, {where}")
        finish_vector(state, dst, reg, 8 * m.size)
    else:
        load_integer(state, m, dst, address, ordered and "rcpc" in state.features)
        ordered = ordered and "rcpc" not in state.features
    if ordered:
        state.emit("dmb ishld")


def load_integer(state: State, m: Micro, dst: Reg | Temp, address: Address, acquire: bool) -> None:
    size, bits = m.size, 8 * m.size
    if acquire:
        where = f"[{X[base]}]" if (base := plain_operand(state, address)) != 31 else "[sp]"
        reg = state.result(dst)
        state.emit(f"ldapr{_SUFFIX[size]} {integer(reg, size)}, {where}")
        if m.name == "s":
            wide = 8 if dst.size == 8 else 4
            state.emit(f"sxt{'bhw'[size.bit_length() - 1]} {integer(reg, wide)}, {W[reg]}")
    else:
        where = memory_operand(state, address, size)
        mnemonic, wide = load_mnemonic(size, dst.size, m.name)
        reg = state.result(dst)
        state.emit(f"{mnemonic} {integer(reg, wide)}, {where}")
    if m.name == "s":
        state.finish(dst, reg, s=bits if dst.size == 8 else 64, s32=bits)
    else:
        state.finish(dst, reg, u=bits)


def store(state: State, m: Micro) -> None:
    address, value = m.address, m.args[0]
    assert address is not None
    ordered = state.context.memory_model == "tso" and not private(state, address)
    val = state.value(value)
    size = m.size
    if val.vector:
        source = FLOAT_BY_SIZE[size][state.use(val)]
        where = memory_operand(state, address, size)
    elif ordered and "rcpc" in state.features:
        source = state.operand(val, size)
        base = plain_operand(state, address)
        state.emit(f"stlr{_SUFFIX[size]} {source}, [{'sp' if base == 31 else X[base]}]")
        return
    else:
        source = state.operand(val, size)
        where = memory_operand(state, address, size)
    if ordered:
        state.emit("dmb ish")
    state.emit(f"str{'' if val.vector else _SUFFIX[size]} {source}, {where}")


_LSE = {"add": "ldadd", "or": "ldset", "xor": "ldeor", "xchg": "swp"}
_PLAIN = {"add": "add", "sub": "sub", "and": "and", "or": "orr", "xor": "eor"}


def atomic(state: State, m: Micro) -> None:
    """A locked read-modify-write, followed by a full barrier."""
    assert m.address is not None
    size = m.size
    val = state.value(m.args[0])
    base = _base(state, m.address)
    source = state.operand(val, size)
    old = state.result(m.dst, early=True) if m.dst is not None and not state.merges(m.dst) else state.scratch()
    if "lse" in state.features:
        _atomic_lse(state, m, val, source, old, base)
    else:
        _atomic_loop(state, m, source, old, base)
    state.emit("dmb ish")
    if m.dst is not None:
        state.finish(m.dst, old, u=8 * size)


def _base(state: State, address: Address) -> str:
    base = plain_operand(state, address)
    return "[sp]" if base == 31 else f"[{X[base]}]"


def _atomic_lse(state: State, m: Micro, val: Val, source: str, old: int, base: str) -> None:
    size = m.size
    mnemonic = _LSE.get(m.name)
    if mnemonic is None:
        changed = integer(state.scratch(), size)
        state.emit(f"{'neg' if m.name == 'sub' else 'mvn'} {changed}, {source}")
        source, mnemonic = changed, "ldadd" if m.name == "sub" else "ldclr"
    state.emit(f"{mnemonic}al{_SUFFIX[size]} {source}, {integer(old, size)}, {base}")


def _atomic_loop(state: State, m: Micro, source: str, old: int, base: str) -> None:
    size = m.size
    again = state.label()
    new = source if m.name == "xchg" else integer(state.scratch(), size)
    status = W[state.scratch()]
    state.mark(again)
    state.emit(f"ldaxr{_SUFFIX[size]} {integer(old, size)}, {base}")
    if m.name != "xchg":
        state.emit(f"{_PLAIN[m.name]} {new}, {integer(old, size)}, {source}")
    state.emit(f"stlxr{_SUFFIX[size]} {status}, {new}, {base}")
    state.emit(f"cbnz {status}, {again}")


def compare_and_swap(state: State, m: Micro) -> None:
    """``dst`` = the old value; a full barrier even when nothing is stored."""
    assert m.address is not None and m.dst is not None
    size = m.size
    base = _base(state, m.address)
    new = state.arg(m.args[1], size)
    expected = state.value(m.args[0])
    if "lse" in state.features:
        source = state.operand(expected, size)
        old = state.result(m.dst, early=True) if not state.merges(m.dst) else state.scratch()
        state.emit(f"mov {integer(old, size)}, {source}")
        state.emit(f"casal{_SUFFIX[size]} {integer(old, size)}, {new}, {base}")
    else:
        old = _cas_loop(state, m, expected, new, base)
    state.emit("dmb ish")
    state.finish(m.dst, old, u=8 * size)


def _cas_loop(state: State, m: Micro, expected: Val, new: str, base: str) -> int:
    size = m.size
    if size < 4:
        source = W[state.zext(expected, size)]
    else:
        source = state.operand(expected, size)
    assert m.dst is not None
    old = state.result(m.dst, early=True) if not state.merges(m.dst) else state.scratch()
    again, done = state.label(), state.label()
    status = W[state.scratch()]
    spill_nzcv(state)
    state.mark(again)
    state.emit(f"ldaxr{_SUFFIX[size]} {integer(old, size)}, {base}")
    state.emit(f"cmp {integer(old, size)}, {source}")
    state.emit(f"b.ne {done}")
    state.emit(f"stlxr{_SUFFIX[size]} {status}, {new}, {base}")
    state.emit(f"cbnz {status}, {again}")
    state.mark(done)
    return old


def fence(state: State, m: Micro) -> None:
    state.emit({"full": "dmb ish", "load": "dmb ishld", "store": "dmb ishst", "pause": "yield"}[m.name])
