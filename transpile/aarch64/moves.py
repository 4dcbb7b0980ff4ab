"""Putting everything where the block's end wants it: one parallel move over all live-out locations."""

from __future__ import annotations

from transpile.aarch64.allocation import number_of
from transpile.aarch64.flags import leave_flags
from transpile.aarch64.registers import FLOAT_BY_SIZE, D, W, X
from transpile.aarch64.state import State
from transpile.aarch64.values import Bank, Val, const_val
from transpile.errors import ToolError
from transpile.native.relation import Place

Move = tuple[int, Val, int]
"""Destination register, value, bytes of it that matter."""


def leave(state: State, keep: list[Val]) -> None:
    """Move the live-out locations to their places. ``keep``: values that must survive in some register."""
    if state.left:
        return
    state.left = True
    flag_moves = leave_flags(state)
    integer: list[Move] = []
    vector: list[Move] = []
    for name, (place, form) in state.block.exit.items():
        val = state.loc.get(name)
        if val is None:
            continue
        if val.vector != name.startswith("xmm"):
            raise ToolError(f"{name} holds a value of the wrong class")
        if place.slot >= 0:
            store_slot(state, val, place.slot)
        else:
            kept = any(val is other for other in keep)
            size = (16 if val.vector else 8) if kept else max(form.bits >> 3, 4)
            (vector if val.vector else integer).append((number_of(place), val, size))
    for register, val, size in flag_moves:
        add_flag_operand(state, integer, vector, register, val, size)
    if vector:
        parallel(state, state.vectors, vector, [v for v in keep if v.vector])
    if integer:
        parallel(state, state.ints, integer, [v for v in keep if not v.vector])


def store_slot(state: State, val: Val, slot: int) -> None:
    if val.lazy == "slot" and val.amount == slot:
        return
    source = state.use(val)
    state.emit(f"str {f'q{source}' if val.vector else X[source]}, [sp, #{slot}]")


def add_flag_operand(state: State, integer: list[Move], vector: list[Move], register: str, val: Val, size: int) -> None:
    """Flag operands cross edges sign-extended to 64 bits."""
    number = number_of(Place(register))
    if val.vector:
        vector.append((number, val, 8))
        return
    if val.s > 8 * size and val.const is None:
        source, target = state.use(val), state.scratch()
        state.emit(f"sxt{'bhw'[size.bit_length() - 1]} {X[target]}, {W[source]}")
        val = Val(s=8 * size)
        val.pins = 1
        state.ints.put(val, target)
    elif val.const is not None:
        bits = 8 * size
        low = val.const & ((1 << bits) - 1)
        val = const_val(low - (1 << bits) if low >> (bits - 1) else low)
    integer.append((number, val, 8))


def parallel(state: State, bank: Bank, moves: list[Move], keep: list[Val]) -> None:
    """Perform ``moves`` as if at once. Values that are in no register are made in place, last."""
    makes = [m for m in moves if m[1].reg < 0 and not m[1].args]
    for _, val, _ in moves:
        if val.reg < 0 and val.args:
            state.use(val)
    targets = {m[0] for m in moves}
    pending: dict[int, tuple[int, int]] = {}
    final: dict[int, Val] = {}
    for target, val, size in moves:
        final[target] = val
        if val.reg >= 0 and val.reg != target:
            pending[target] = (val.reg, size)
    for val in keep:
        if val.reg in targets and final[val.reg] is not val:
            home = next((t for t, v in final.items() if v is val), -1)
            if home < 0:
                home = spare(bank, targets, pending, keep)
                pending[home] = (val.reg, 8)
                targets.add(home)
                final[home] = val
    run(state, bank, pending, targets, keep)
    held = [(target, val) for target, val in final.items() if val.reg >= 0]
    for target in final:
        old = bank.owner[target]
        if old is not None and old.reg == target:
            old.reg = -1
    for target, val in held:
        bank.owner[target] = val
        val.reg = target
    for target, val, _ in makes:
        if val.reg >= 0 and val.reg != target and val.lazy != "slot":
            val.reg = -1
        state.make(val, target)


def run(state: State, bank: Bank, pending: dict[int, tuple[int, int]], targets: set[int], keep: list[Val]) -> None:
    vector = bank is state.vectors
    while pending:
        sources = {s for s, _ in pending.values()}
        ready = [t for t in pending if t not in sources]
        if ready:
            for target in ready:
                source, size = pending.pop(target)
                state.emit(move(vector, target, source, size))
            continue
        target = next(iter(pending))
        saved = spare(bank, targets, pending, keep)
        state.emit(move(vector, saved, target, 16 if vector else 8))
        for other, (source, size) in pending.items():
            if source == target:
                pending[other] = (saved, size)


def move(vector: bool, target: int, source: int, size: int) -> str:
    if not vector:
        return f"mov {X[target]}, {X[source]}" if size == 8 else f"mov {W[target]}, {W[source]}"
    if size == 16:
        return f"mov v{target}.16b, v{source}.16b"
    names = FLOAT_BY_SIZE.get(size, D)
    return f"fmov {names[target]}, {names[source]}"


def spare(bank: Bank, targets: set[int], pending: dict[int, tuple[int, int]], keep: list[Val]) -> int:
    """A scratch register that no move and no kept value uses."""
    busy = {s for s, _ in pending.values()} | targets | {v.reg for v in keep}
    for reg in bank.scratch:
        owner = bank.owner[reg]
        if reg not in busy and (owner is None or owner.reg != reg or not owner.pins):
            return reg
    raise ToolError("no register left to break a cycle of moves")
