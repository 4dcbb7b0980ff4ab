"""Registers during one block: what lives where, what is needed later, and where results go."""

from __future__ import annotations

from collections.abc import Mapping

from transpile.aarch64.abi import CALLER_SAVED, INTEGER_HOMES, NATIVE, SCRATCH, VECTOR_HOMES, VECTOR_SCRATCH, features
from transpile.aarch64.flag_state import Flags
from transpile.aarch64.registers import INTEGER_NUMBER, VECTOR_NUMBER, X
from transpile.aarch64.values import Bank, Val
from transpile.errors import ToolError
from transpile.native.block import FunctionContext, LoweredBlock, TargetLine
from transpile.native.micro import Code, Micro, Native, Reg, Temp, Value
from transpile.native.relation import Form, Place, Range

_SCRATCH = tuple(INTEGER_NUMBER[r] for r in SCRATCH)
_VECTOR_SCRATCH = tuple(VECTOR_NUMBER[r] for r in VECTOR_SCRATCH)
_HOMES = {name: INTEGER_NUMBER.get(r, VECTOR_NUMBER.get(r, -1)) for name, r in (INTEGER_HOMES | VECTOR_HOMES).items()}
_RESERVE = tuple(sorted(CALLER_SAVED))
_VECTOR_RESERVE = (*range(16, 24), *range(8))
_NO_RANGE = Range()


def number_of(place: Place) -> int:
    name = place.register
    return INTEGER_NUMBER[name] if name in INTEGER_NUMBER else VECTOR_NUMBER.get(name, -1)


class Allocation:
    """Who is where, and who is still needed; ``i`` is the index of the current micro-operation."""

    def __init__(self, block: LoweredBlock, context: FunctionContext) -> None:
        self.block = block
        self.context = context
        self.micros = block.micros
        self.lines: list[TargetLine] = []
        self.i = -1
        self.line = 0
        self.labels = 0
        self.left = False
        self.sp_version = 0
        self.features = features(context.march)
        free = tuple(INTEGER_NUMBER[r] for r in context.free)
        free_vector = tuple(VECTOR_NUMBER[r] for r in context.free_vector)
        self.ints = Bank((*_SCRATCH, *free), _RESERVE)
        self.vectors = Bank((*_VECTOR_SCRATCH, *free_vector), _VECTOR_RESERVE)
        self.loc: dict[str, Val] = {}
        self.temps: dict[int, Val] = {}
        self.cache: dict[object, Val] = {}
        self.flags: dict[int, Flags] = {}
        self.nzcv: Flags | None = None
        self.fusing: dict[int, Flags] = {}
        self.flag_ccs: dict[int, set[str]] = {}
        self.flag_last: dict[int, int] = {}
        self.flag_out = -1
        self.last_op: tuple[int, Code, Val, Val, int, Val, int] | None = None
        self.scan()
        self.enter()

    # Before the first micro-operation

    def scan(self) -> None:
        self.last_def: dict[str, int] = {}
        self.last_use: dict[int, int] = {}
        self.use_count: dict[int, int] = {}
        self.native: set[str] = set()
        counts, last = self.use_count, self.last_use
        for i, m in enumerate(self.micros):
            values: tuple[Value, ...] = m.args
            if m.address is not None:
                values = (*values, *(v for v in (m.address.base, m.address.index) if v is not None))
            for v in values:
                if isinstance(v, Temp):
                    last[v.index] = i
                    counts[v.index] = counts.get(v.index, 0) + 1
                elif isinstance(v, Native):
                    self.native.add(v.name)
            if isinstance(m.dst, Reg):
                self.last_def[m.dst.name] = i

    def enter(self) -> None:
        for name, (place, form) in self.block.entry.items():
            val = Val(vector=name.startswith("xmm"))
            if place.slot >= 0:
                val.lazy, val.amount = "slot", place.slot
            else:
                bank, reg = self.vectors if val.vector else self.ints, number_of(place)
                shared = bank.owner[reg]
                if shared is not None:
                    self.bind(name, shared)
                    continue
                bank.put(val, reg)
            if val.vector:
                val.u = 128
            else:
                _know(val, form, self.block.ranges.get(name, _NO_RANGE))
            self.bind(name, val)
        for native in self.native:
            vector = native[0] == "f"
            val = Val(vector=vector, u=128 if vector else 64)
            (self.vectors if vector else self.ints).put(val, number_of(Place(NATIVE[native])))
            val.pins = 1
            self.cache[native] = val

    # Output

    def emit(self, text: str) -> None:
        self.lines.append(TargetLine(text, "", self.line))

    def label(self) -> str:
        self.labels += 1
        return f".Lt_{self.block.label.lstrip('.')}_{self.labels}"

    def mark(self, label: str) -> None:
        self.lines.append(TargetLine("", label, self.line))

    # Liveness

    def live_map(self, point: int) -> Mapping[str, object]:
        """The locations live after ``micros[point]``; -1: at entry."""
        if point < 0:
            return self.block.entry
        if point >= len(self.micros) - 1:
            return self.block.exit
        return self.block.live_after[point]

    def live_bytes(self, name: str) -> int:
        """How many low bytes of ``name`` matter after the current micro-operation."""
        live = self.block.live_after[self.i].get(name, 0) if self.i < len(self.micros) - 1 else 0
        if name in self.block.exit and self.i >= self.last_def.get(name, -1):
            return max(live, self.block.exit[name][1].bits >> 3)
        return live

    def live(self, val: Val, point: int, defining: str = "") -> bool:
        """Whether ``val`` is needed after ``micros[point]``, apart from what ``defining`` held."""
        if val.pins:
            return True
        live = None
        for name in val.names:
            if isinstance(name, int):
                if self.last_use.get(name, -1) > point:
                    return True
            elif name != defining:
                live = live if live is not None else self.live_map(point)
                if name in live:
                    return True
        return False

    def sole_use(self) -> int:
        """The index of the only micro-operation that reads the current result, if it is near; else -1."""
        dst = self.micros[self.i].dst
        if isinstance(dst, Temp):
            return self.last_use.get(dst.index, -1) if self.use_count.get(dst.index) == 1 else -1
        assert isinstance(dst, Reg)
        found = -1
        for j in range(self.i + 1, min(self.i + 4, len(self.micros))):
            m = self.micros[j]
            uses = _reads(m, dst.name)
            if uses and (found >= 0 or uses > 1):
                return -1
            found = j if uses else found
            over = isinstance(m.dst, Reg) and m.dst.name == dst.name and m.dst.size >= 4
            if found >= 0 and (over or dst.name not in self.live_map(j)):
                return found
            if over:
                return -1
        return -1

    # Registers

    def scratch(self, bank: Bank | None = None) -> int:
        """A register that is free before and during the current micro-operation."""
        bank = bank or self.ints
        reg = self.pick(bank, self.i - 1, True, "")
        bank.forget(reg)
        bank.locked.add(reg)
        return reg

    def pick(self, bank: Bank, point: int, respect: bool, defining: str) -> int:
        weak = -1
        for group in (bank.scratch, bank.reserve):
            for reg in group:
                if respect and reg in bank.locked:
                    continue
                val = bank.owner[reg]
                if val is None or val.reg != reg:
                    return reg
                if self.live(val, point, defining):
                    continue
                if not val.weak:
                    return reg
                if weak < 0:
                    weak = reg
            if weak >= 0:
                return weak
        if bank is self.ints:
            return self.spill(point)
        raise ToolError(f"no free register in block {self.block.label}")

    def spill(self, point: int) -> int:
        """Free an integer register by keeping its value in a vector scratch register."""
        for reg in (*self.ints.scratch, *self.ints.reserve):
            val = self.ints.owner[reg]
            if reg not in self.ints.locked and val is not None:
                slot = self.pick(self.vectors, point, True, "")
                self.emit(f"fmov d{slot}, {X[reg]}")
                holder = Val(vector=True)
                holder.pins = 1
                self.vectors.put(holder, slot)
                val.lazy, val.amount, val.reg = "spilled", slot, -1
                return reg
        raise ToolError(f"no free register in block {self.block.label}")

    def wanted(self, dst: Reg | Temp) -> int:
        """The register where ``dst`` would best be: where the block's end wants it, else its home; -1: anywhere."""
        name = ""
        if isinstance(dst, Reg):
            name = dst.name
        elif self.use_count.get(dst.index) == 1:
            user = self.micros[self.last_use[dst.index]]
            if user.code is Code.COPY and isinstance(user.dst, Reg) and user.dst.vector == dst.vector:
                name = user.dst.name
        if not name:
            return -1
        if name in self.block.exit:
            place = self.block.exit[name][0]
        elif name in self.context.homes:
            place = self.context.homes[name]
        else:
            return _HOMES.get(name, -1) if _HOMES.get(name, -1) in CALLER_SAVED else -1
        return number_of(place)

    def result(self, dst: Reg | Temp, early: bool = False) -> int:
        """A register to compute ``dst`` in. It may be that of an operand that dies here, unless it is written
        ``early``: before all operands are read."""
        bank = self.vectors if dst.vector else self.ints
        defining = ""
        if not self.merges(dst) or self.clear_above(dst):
            defining = dst.name if isinstance(dst, Reg) else ""
            reg = self.wanted(dst)
            if reg >= 0 and not (early and reg in bank.locked):
                val = bank.owner[reg]
                if val is None or val.reg != reg or not self.live(val, self.i, defining):
                    bank.locked.add(reg)
                    return reg
        reg = self.pick(bank, self.i, early, defining)
        if reg not in bank.locked:
            bank.forget(reg)
            bank.locked.add(reg)
        return reg

    def merges(self, dst: Reg | Temp) -> bool:
        """Whether writing ``dst`` must keep other bytes of its location."""
        if isinstance(dst, Temp):
            return False
        if dst.size >= 16 or (dst.size >= 4 and not dst.vector):
            return False
        return dst.offset > 0 or self.live_bytes(dst.name) > dst.size

    def clear_above(self, dst: Reg | Temp) -> bool:
        """Whether all bytes above ``dst`` in its location are zero, or nobody has written them."""
        if dst.vector or not isinstance(dst, Reg) or dst.offset:
            return False
        old = self.loc.get(dst.name)
        return old is None or old.u <= 8 * dst.size

    def bind(self, name: str | int, val: Val) -> None:
        """From now on ``name`` means ``val``."""
        if isinstance(name, int):
            self.temps[name] = val
        else:
            old = self.loc.get(name)
            if old is not None:
                old.names.pop(name, None)
            self.loc[name] = val
        val.names[name] = None
        val.weak = False


def _reads(m: Micro, name: str) -> int:
    found = sum(1 for v in m.args if isinstance(v, Reg) and v.name == name)
    if m.address is not None:
        found += sum(1 for v in (m.address.base, m.address.index) if isinstance(v, Reg) and v.name == name)
    partial = isinstance(m.dst, Reg) and m.dst.name == name and m.dst.size < 4
    return found + (2 if partial else 0)


def _know(val: Val, form: Form, known: Range) -> None:
    """Facts about an entry register: of the source's value where all of it is held, else of its low half."""
    if form.bits >= 64:
        val.u, val.s = known.unsigned, known.signed
    if form.bits >= 32:
        val.u32 = min(32, known.unsigned)
        val.s32 = min(32, known.signed)
    elif form.rest == "sext":
        val.s = val.s32 = form.bits
