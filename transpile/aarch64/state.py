"""The state of emitting one block: what each name means, where it is, and how results get a register."""

from __future__ import annotations

from collections.abc import Mapping

from transpile.aarch64.abi import CALLER_SAVED, INTEGER_HOMES, NATIVE, SCRATCH, VECTOR_HOMES, VECTOR_SCRATCH, features
from transpile.aarch64.flag_state import Flags
from transpile.aarch64.immediates import build
from transpile.aarch64.registers import INTEGER_NUMBER, VECTOR_NUMBER, W, X
from transpile.aarch64.values import Bank, Val, const_val, symbol_val
from transpile.errors import ToolError
from transpile.native.block import FunctionContext, LoweredBlock, TargetLine
from transpile.native.micro import Code, Const, Micro, Native, Reg, Symbol, Temp, Value
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


class State:
    """Used by the emitting functions of the other modules; ``i`` is the index of the current micro-operation."""

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
            reg = NATIVE[native]
            vector = native[0] == "f"
            val = Val(vector=vector, u=128 if vector else 64)
            (self.vectors if vector else self.ints).put(val, VECTOR_NUMBER[reg] if vector else INTEGER_NUMBER[reg])
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
            if type(name) is int:
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

    # Reading

    def value(self, arg: Value) -> Val:
        """What ``arg`` means now."""
        kind = type(arg)
        if kind is Temp:
            return self.temps[arg.index]  # type: ignore[union-attr]
        if kind is Reg:
            return self.register_value(arg)  # type: ignore[arg-type]
        if kind is Const:
            return const_val(arg.value)  # type: ignore[union-attr]
        if kind is Symbol:
            return symbol_val(arg)  # type: ignore[arg-type]
        return self.cache[arg.name]  # type: ignore[union-attr]

    def register_value(self, reg: Reg) -> Val:
        val = self.loc.get(reg.name)
        if val is None:
            # Nobody wrote it in this function: any content will do.
            val = Val(vector=True, u=128) if reg.vector else const_val(0)
            if reg.vector:
                self.vectors.put(val, self.pick(self.vectors, self.i - 1, True, ""))
            self.bind(reg.name, val)
        if not reg.offset:
            return val
        if reg.vector:
            return self.high_part(val, reg)
        known = self.cached(("byte", val, reg.offset))
        if known is not None:
            return known
        source = self.use(val)
        target = self.scratch()
        self.emit(f"ubfx {W[target]}, {W[source]}, #{8 * reg.offset}, #{8 * reg.size}")
        return self.keep(("byte", val, reg.offset), target, u=8 * reg.size)

    def high_part(self, val: Val, reg: Reg) -> Val:
        source = self.use(val)
        target = self.scratch(self.vectors)
        lane = "d" if reg.size == 8 else "s"
        self.emit(f"mov {lane}{target}, v{source}.{lane}[{reg.offset // reg.size}]")
        high = Val(vector=True, u=8 * reg.size)
        high.weak = True
        self.vectors.put(high, target)
        return high

    def use(self, val: Val) -> int:
        """The register that holds ``val``, made now if need be; safe until the end of this micro-operation."""
        bank = self.vectors if val.vector else self.ints
        if val.reg < 0:
            self.make(val)
        bank.locked.add(val.reg)
        return val.reg

    def make(self, val: Val, target: int = -1) -> None:
        """Put a lazy ``val`` into ``target`` (default: where its name wants it, else a scratch register)."""
        bank = self.vectors if val.vector else self.ints
        if val.lazy == "const" and target < 0:
            known = self.cached(("const", val.const))
            if known is not None:
                if val.names or val.pins:
                    self.ints.put(val, known.reg)
                else:
                    val.reg = known.reg
                return
        if target < 0:
            target = self.lazy_target(val, bank)
        MAKERS[val.lazy](self, val, target)
        bank.put(val, target)
        bank.locked.add(target)
        if not val.names and val.lazy == "const":
            val.weak = True
            self.cache[("const", val.const)] = val
        for arg in val.args:
            arg.pins -= 1
        if val.args:
            val.lazy, val.args = "", ()

    def lazy_target(self, val: Val, bank: Bank) -> int:
        for name in val.names:
            if type(name) is str and name in self.block.exit and self.last_def.get(name, -1) < max(self.i, 0):
                reg = number_of(self.block.exit[name][0])
                owner = bank.owner[reg] if reg >= 0 else val
                free = owner is None or owner.reg != reg or not self.live(owner, self.i - 1)
                if reg >= 0 and reg not in bank.locked and free:
                    return reg
        return self.scratch(bank)

    def arg(self, value: Value, size: int) -> str:
        """``value`` as a register operand of ``size`` bytes; zero is the zero register."""
        val = self.value(value)
        return self.operand(val, size)

    def operand(self, val: Val, size: int) -> str:
        if val.const == 0 and val.lazy == "const":
            return X[31] if size == 8 else W[31]
        reg = self.use(val)
        return X[reg] if size == 8 else W[reg]

    def zext(self, val: Val, size: int) -> int:
        """A register whose low half is the zero extension of the low ``size`` bytes (1 or 2; larger: as it is)."""
        if size >= 4 or val.u32 <= 8 * size:
            return self.use(val)
        return self.extended("uxt", val, size)

    def sext(self, val: Val, size: int) -> int:
        if size >= 4 or val.s32 <= 8 * size:
            return self.use(val)
        return self.extended("sxt", val, size)

    def extended(self, how: str, val: Val, size: int) -> int:
        key = (how, val, size)
        known = self.cached(key)
        if known is not None:
            return self.use(known)
        source = self.use(val)
        target = self.scratch()
        self.emit(f"{how}{'b' if size == 1 else 'h'} {W[target]}, {W[source]}")
        if how == "uxt":
            self.keep(key, target, u=8 * size)
        else:
            self.keep(key, target, u=32, s32=8 * size)
        return target

    def cached(self, key: object) -> Val | None:
        known = self.cache.get(key)
        return known if known is not None and known.reg >= 0 else None

    def keep(self, key: object, reg: int, u: int = 64, s32: int = 32) -> Val:
        """Remember that scratch register ``reg`` holds what ``key`` describes."""
        val = Val(u=u, s=u + 1 if u < 64 else 64, s32=min(s32, u + 1))
        val.weak = True
        self.ints.put(val, reg)
        self.ints.locked.add(reg)
        self.cache[key] = val
        return val

    # Writing

    def bind(self, name: str | int, val: Val) -> None:
        """From now on ``name`` means ``val``."""
        if type(name) is int:
            self.temps[name] = val
        else:
            old = self.loc.get(name)  # type: ignore[arg-type]
            if old is not None:
                old.names.discard(name)
            self.loc[name] = val  # type: ignore[index]
        val.names.add(name)
        val.weak = False

    def assign(self, dst: Reg | Temp, val: Val) -> None:
        self.bind(dst.index if isinstance(dst, Temp) else dst.name, val)  # type: ignore[union-attr]

    def finish(self, dst: Reg | Temp, reg: int, u: int = 64, s: int = 64, u32: int = 32, s32: int = 32) -> Val:
        """``dst`` has been computed in integer register ``reg``; facts as for Val."""
        if dst.size <= 4:
            u = min(u, 32)
        if u < 64:
            s = min(s, u + 1)
        s32 = min(s32, u + 1)
        if self.merges(dst):
            assert isinstance(dst, Reg)
            self.ints.forget(reg)
            return self.merge(dst, reg, u if dst.size > 4 else min(u, u32))
        val = Val(u=u, s=s, u32=u32, s32=s32)
        self.ints.put(val, reg)
        self.assign(dst, val)
        return val

    def merge(self, dst: Reg, reg: int, known: int) -> Val:
        """Insert 1 or 2 computed bytes into their location."""
        old = self.loc.get(dst.name)
        bits, at = 8 * dst.size, 8 * dst.offset
        if old is None:
            old = const_val(0)
        if not at and old.u <= bits:
            source = self.ints.owner[reg] if reg < 31 else const_val(0)
            if source is not None and source.u <= bits:
                self.bind(dst.name, source)
                return source
            if known > bits or source is not None:
                target = reg if source is None else self.result(Reg(dst.name, 8))
                self.emit(f"uxt{'b' if bits == 8 else 'h'} {W[target]}, {W[reg]}")
                reg = target
            val = Val(u=bits, s=bits + 1, s32=bits + 1)
            self.ints.put(val, reg)
            self.bind(dst.name, val)
            return val
        old_reg = self.use(old)
        size = 8 if self.live_bytes(dst.name) > 4 else 4
        names = X if size == 8 else W
        if self.live(old, self.i, dst.name) or old.weak:
            target = self.result(Reg(dst.name, 8), early=True)
            self.emit(f"mov {names[target]}, {names[old_reg]}")
        else:
            target = old_reg
        self.emit(f"bfi {names[target]}, {names[reg]}, #{at}, #{bits}")
        u = min(max(old.u, bits + at), 64 if size == 8 else 32)
        val = Val(u=u, s=u + 1 if u < 64 else 64)
        self.ints.put(val, target)
        self.bind(dst.name, val)
        return val

    def unpin(self, val: Val) -> None:
        """One pending use less; a lazy value that nothing wants any more lets its operands go."""
        val.pins -= 1
        if val.args and not val.pins and not self.live(val, self.i):
            for arg in val.args:
                self.unpin(arg)
            val.args = ()


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


def _make_const(state: State, val: Val, target: int) -> None:
    assert val.const is not None
    size = 4 if val.const < 1 << 32 else 8
    name = X[target] if size == 8 else W[target]
    for mnemonic, rest in build(val.const, size):
        state.emit(f"{mnemonic} {name}, {rest}")


def _make_symbol(state: State, val: Val, target: int) -> None:
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


def _make_and(state: State, val: Val, target: int) -> None:
    a, b = val.args
    names = X if val.amount == 8 else W
    state.emit(f"and {names[target]}, {state.operand(a, val.amount)}, {state.operand(b, val.amount)}")


def _make_mul(state: State, val: Val, target: int) -> None:
    a, b = val.args
    size = 8 if val.u > 32 else 4
    names = X if size == 8 else W
    state.emit(f"mul {names[target]}, {state.operand(a, size)}, {state.operand(b, size)}")


def _make_sxtw(state: State, val: Val, target: int) -> None:
    state.emit(f"sxtw {X[target]}, {state.operand(val.args[0], 4)}")


def _make_shl(state: State, val: Val, target: int) -> None:
    size = 8 if val.u > 32 else 4
    names = X if size == 8 else W
    state.emit(f"lsl {names[target]}, {state.operand(val.args[0], size)}, #{val.amount}")


def _make_spilled(state: State, val: Val, target: int) -> None:
    state.emit(f"fmov {X[target]}, d{val.amount}")


def _make_slot(state: State, val: Val, target: int) -> None:
    name = f"q{target}" if val.vector else X[target]
    state.emit(f"ldr {name}, [sp, #{val.amount}]")


MAKERS = {
    "const": _make_const,
    "symbol": _make_symbol,
    "and": _make_and,
    "mul": _make_mul,
    "sxtw": _make_sxtw,
    "shl": _make_shl,
    "slot": _make_slot,
    "spilled": _make_spilled,
}
