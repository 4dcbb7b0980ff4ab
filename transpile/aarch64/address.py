"""Address operands: the shortest way to say ``base + index * scale + disp + symbol`` in a load or store.

Partial sums stay in scratch registers and are found again while they last, so neighbouring accesses share them.
"""

from __future__ import annotations

from transpile.aarch64.lazy import add_constant, add_tprel
from transpile.aarch64.registers import SP, W, X
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val, symbol_val
from transpile.native.micro import Address, Reg, Symbol

_SHIFTS = {1: 0, 2: 1, 4: 2, 8: 3, 16: 4}


class Parts:
    """A normalised address: ``base`` (a Val, or None for sp when ``sp``) + ``index << shift`` + ``disp``."""

    __slots__ = ("base", "disp", "index", "shift", "sp")

    def __init__(self) -> None:
        self.base: Val | None = None
        self.sp = False
        self.index: Val | None = None
        self.shift = 0
        self.disp = 0


def parts(state: State, address: Address) -> Parts:
    found = Parts()
    found.disp = address.disp
    found.shift = _SHIFTS[address.scale]
    if address.index is not None:
        found.index = state.value(address.index)
        if found.index.const is not None:
            found.disp += found.index.const << found.shift
            found.index, found.shift = None, 0
    base = address.base
    if isinstance(base, Reg) and base.name == "sp":
        found.sp = True
    elif base is not None:
        found.base = state.value(base)
        if found.base.const is not None:
            found.disp += found.base.const
            found.base = None
    if address.segment or address.symbol is not None:
        add_symbol(state, found, address)
    if found.base is None and not found.sp and found.index is not None and not found.shift:
        found.base, found.index = found.index, None
    found.disp = ((found.disp + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)
    return found


def add_symbol(state: State, found: Parts, address: Address) -> None:
    symbol = address.symbol
    if address.segment:
        extra = thread_pointer(state)
        if symbol is not None:
            if symbol.kind == "gottpoff":
                extra = sum_of(state, extra, symbol_address(state, symbol), 0)
            else:
                extra = thread_local(state, extra, Symbol(symbol.name, symbol.addend + found.disp))
                found.disp = 0
    else:
        assert symbol is not None
        if symbol.kind == "":
            symbol = Symbol(symbol.name, symbol.addend + found.disp)
            extra, found.disp = near_symbol(state, symbol)
        else:
            extra = symbol_address(state, symbol)
    if found.base is None and not found.sp:
        found.base = extra
    elif found.index is None:
        found.index, found.shift = (found.base, 0) if found.base is not None else (extra, 0)
        if found.base is not None:
            found.base = extra
    else:
        assert found.base is not None
        found.base = sum_of(state, extra, found.base, 0)


def near_symbol(state: State, symbol: Symbol) -> tuple[Val, int]:
    """An address of the same symbol that is at hand, and how far ``symbol`` is from it; else ``symbol`` itself."""
    known = state.cache.get(("near", symbol.name))
    if known is not None and known.symbol is not None and known.reg >= 0:
        return known, symbol.addend - known.symbol.addend
    made = symbol_address(state, symbol)
    state.cache[("near", symbol.name)] = made
    return made, 0


def page_operand(state: State, address: Address, size: int) -> str:
    """``[page of symbol, :lo12:symbol]`` where the symbol's alignment allows it; else empty."""
    symbol = address.symbol
    if symbol is None or symbol.kind or address.segment or address.base is not None or address.index is not None:
        return ""
    addend = symbol.addend + address.disp
    if addend % size or (size > 1 and state.context.alignments.get(symbol.name, 1) < size):
        return ""
    near = state.cache.get(("near", symbol.name))
    if near is not None and near.reg >= 0:
        return ""
    where = f"{symbol.name}{addend:+d}" if addend else symbol.name
    page = state.cached(("page", where))
    if page is None:
        target = state.scratch()
        state.emit(f"adrp {X[target]}, {where}")
        page = state.keep(("page", where), target)
    return f"[{X[state.use(page)]}, :lo12:{where}]"


def symbol_address(state: State, symbol: Symbol) -> Val:
    key = ("symbol", symbol)
    known = state.cached(key)
    if known is None:
        known = symbol_val(symbol)
        known.weak = True
        state.make(known, state.scratch())
        state.cache[key] = known
    state.use(known)
    return known


def thread_pointer(state: State) -> Val:
    known = state.cached("tp")
    if known is None:
        target = state.scratch()
        state.emit(f"mrs {X[target]}, tpidr_el0")
        known = state.keep("tp", target)
    state.use(known)
    return known


def thread_local(state: State, base: Val, symbol: Symbol) -> Val:
    key = ("tls", symbol)
    known = state.cached(key)
    if known is None:
        source, target = state.use(base), state.scratch()
        add_tprel(state, target, source, f"{symbol.name}{symbol.addend:+d}" if symbol.addend else symbol.name)
        known = state.keep(key, target)
    return known


def sum_of(state: State, base: Val, index: Val, shift: int) -> Val:
    """``base + (index << shift)`` in a scratch register."""
    key = ("sum", base, index, shift)
    known = state.cached(key)
    if known is None:
        left, right = X[state.use(base)], index_text(state, index, shift)
        target = state.scratch()
        state.emit(f"add {X[target]}, {left}, {right}")
        known = state.keep(key, target)
    state.use(known)
    return known


def index_text(state: State, index: Val, shift: int) -> str:
    """``index << shift`` as the last operand of ``add`` or inside brackets."""
    if index.lazy == "sxtw" and index.reg < 0:
        return f"{W[state.use(index.args[0])]}, sxtw" + (f" #{shift}" if shift else "")
    return X[state.use(index)] + (f", lsl #{shift}" if shift else "")


def fold_index(state: State, found: Parts) -> None:
    """Replace base and index by one register."""
    index = found.index
    assert index is not None
    if found.sp:
        sp_key = ("spsum", state.sp_version, index, found.shift)
        known = state.cached(sp_key)
        if known is None:
            right = index_text(state, index, found.shift)
            target = state.scratch()
            state.emit(f"add {X[target]}, sp, {right}")
            known = state.keep(sp_key, target)
        found.base, found.sp = known, False
    elif found.base is not None:
        found.base = sum_of(state, found.base, index, found.shift)
    else:
        key = ("shift", index, found.shift)
        known = state.cached(key)
        if known is None:
            source, target = state.use(index), state.scratch()
            state.emit(f"lsl {X[target]}, {X[source]}, #{found.shift}")
            known = state.keep(key, target)
        found.base = known
    state.use(found.base)
    found.index, found.shift = None, 0


def fits(disp: int, size: int) -> bool:
    """Whether a load or store of ``size`` bytes takes ``disp``."""
    return -256 <= disp < 256 or (disp >= 0 and disp % size == 0 and disp // size < 4096)


def add_high(state: State, found: Parts, size: int) -> None:
    """Move the part of ``disp`` that does not fit into the base."""
    low = found.disp & 0xFFF
    if low >= 256 and low % size:
        low = 0
    high = found.disp - low
    if found.base is None and not found.sp:
        found.base, found.disp = const_val(high), low
        return
    key = ("high", None if found.sp else found.base, state.sp_version if found.sp else 0, high)
    known = state.cached(key)
    if known is None:
        source = 31 if found.sp else state.use(found.base)  # type: ignore[arg-type]
        target = state.scratch()
        add_constant(state, target, source, high, 8, found.sp)
        known = state.keep(key, target)
    state.use(known)
    found.base, found.sp, found.disp = known, False, low


def memory_operand(state: State, address: Address, size: int) -> str:
    """``address`` in brackets, for an access of ``size`` bytes."""
    if address.symbol is not None and (paged := page_operand(state, address, size)):
        return paged
    found = parts(state, address)
    if found.index is not None:
        shift_fits = found.shift in (0, _SHIFTS[size])
        bare = found.base is None and not found.sp
        if found.disp and shift_fits and not bare and not fits(found.disp, size):
            add_high(state, found, 1 << 24)
        if found.disp or not shift_fits or bare:
            fold_index(state, found)
    if found.index is not None:
        base = SP if found.sp else X[state.use(found.base)]  # type: ignore[arg-type]
        return f"[{base}, {index_text(state, found.index, found.shift)}]"
    if not fits(found.disp, size) or (found.base is None and not found.sp):
        add_high(state, found, size)
    base = SP if found.sp else X[state.use(found.base)]  # type: ignore[arg-type]
    return f"[{base}, #{found.disp}]" if found.disp else f"[{base}]"


def plain_operand(state: State, address: Address) -> int:
    """A register that holds the whole address; 31 for sp itself."""
    found = parts(state, address)
    if found.index is not None:
        fold_index(state, found)
    if found.disp or (found.base is None and not found.sp):
        key = ("high", None if found.sp else found.base, state.sp_version if found.sp else 0, found.disp)
        known = state.cached(key)
        if known is not None:
            return state.use(known)
        if found.base is None and not found.sp:
            return state.use(const_val(found.disp))
        source = 31 if found.sp else state.use(found.base)  # type: ignore[arg-type]
        target = state.scratch()
        add_constant(state, target, source, found.disp, 8, found.sp)
        state.keep(key, target)
        return target
    return 31 if found.sp else state.use(found.base)  # type: ignore[arg-type]
