"""What holds while one block is emitted: bindings of source values, pending flags, liveness; entry into the block."""

from __future__ import annotations

from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.micro import Code, Const, Native, Reg, Symbol, Temp, Value
from transpile.native.relation import Form, Place, Range
from transpile.riscv import abi
from transpile.riscv.allocation import place_name
from transpile.riscv.arithmetic import Arithmetic
from transpile.riscv.plan import location, locations, make_plan
from transpile.riscv.registers import INTEGER
from transpile.riscv.values import Bind, Content, EmitError, bind

NOTHING: dict[str, int] = {}
NO_RANGE = Range()


class Flags:
    """Operands of a FLAGS micro-operation that consumers have still to look at."""

    __slots__ = ("args", "kind", "previous", "size", "wait")

    def __init__(self, kind: str, size: int, args: tuple[Bind, ...], previous: Flags | None = None) -> None:
        self.kind = kind
        self.size = size
        self.args = args
        self.previous = previous
        """Where CF is, for kinds that keep it."""
        self.wait = -1
        """Index of the micro-operation whose result will replace the first operand."""


class State(Arithmetic):
    """Source values and flags, and what of them is live."""

    def __init__(self, block: LoweredBlock, context: FunctionContext) -> None:
        super().__init__(block, context)
        self.plan = make_plan(block.micros)
        self.last_definition = self.plan.last_definition
        self.temp_target = self.plan.temp_target
        self.flags: dict[int, Flags] = {}
        self.flag_ends: dict[int, list[Flags]] = {}
        self.current_flags: Flags | None = None
        self.waiting: Flags | None = None
        self.released = False
        self.exiting = False
        self.finished = False
        self.mode = "whole"
        self.held: list[Content] = []
        self.ordered = context.memory_model == "tso"
        self.start()

    # Block entry

    def start(self) -> None:
        block = self.block
        for name, (place, form) in block.entry.items():
            self.enter(name, place, form, block.ranges.get(name, NO_RANGE))
        if block.flags_in is not None:
            self.enter_flags()
        for micro in block.micros:
            for value in micro.args:
                if isinstance(value, Native):
                    register = abi.NATIVE[value.name]
                    if register not in self.holder:
                        self.hold_in(register, self.fresh())
                    if "=" + value.name not in self.binds:
                        self.bind("=" + value.name, Bind(self.holder[register]))

    def enter(self, name: str, place: Place, form: Form, known: Range) -> None:
        where = place_name(place)
        content = self.holder.get(where)
        if content is None:
            content = self.fresh()
            self.hold_in(where, content)
        if form.bits == 64:
            content.u = min(content.u, known.unsigned)
            content.s = min(content.s, known.signed, content.u + 1)
            self.bind(name, Bind(content))
            return
        zero = known.unsigned <= form.bits
        if form.rest == "sext":
            content.s = min(content.s, form.bits)
            if known.unsigned < form.bits:
                content.u = min(content.u, known.unsigned)
            if known.signed <= form.bits:
                content.s = min(content.s, known.signed)
                self.bind(name, Bind(content))
                return
        content.boxed = form.rest == "nanbox"
        self.bind(name, bind(content, form.bits, zero))

    def enter_flags(self) -> None:
        edge = self.block.flags_in
        assert edge is not None
        args = []
        for place in edge.places:
            if place[0] == "#":
                args.append(Bind(self.constant(int(place[1:], 0))))
                continue
            content = self.holder.get(place)
            if content is None:
                content = self.fresh()
                self.hold_in(place, content)
            if place in INTEGER:
                content.s = min(content.s, 8 * edge.size)
            args.append(Bind(content, 8 * edge.size, False))
        self.define_flags(-1, Flags(edge.kind, edge.size, tuple(args)))

    # Bindings

    def bind(self, name: str, value: Bind) -> None:
        value.content.refs += 1
        old = self.binds.get(name)
        self.binds[name] = value
        if old is not None:
            old.content.refs -= 1

    def unbind(self, name: str) -> None:
        old = self.binds.pop(name, None)
        if old is not None:
            old.content.refs -= 1

    def define_flags(self, number: int, flags: Flags) -> None:
        """Keep the operands of ``flags`` until their last consumer."""
        uses = self.plan.flag_uses.get(number)
        end = uses[-1] if uses else -1
        if self.block.flags_out is not None and self.plan.last_flags == number:
            end = len(self.block.micros)
        self.flags[number] = self.current_flags = flags
        for older in (flags, flags.previous):
            if older is not None:
                self.keep_flags(older, end)

    def keep_flags(self, flags: Flags, end: int) -> None:
        if end >= 0:
            for value in flags.args:
                value.content.refs += 1
            self.flag_ends.setdefault(end, []).append(flags)

    def replace_flags(self, flags: Flags, kind: str, args: tuple[Bind, ...]) -> None:
        """The same flags, told from other operands."""
        holders = sum(flags is other for ending in self.flag_ends.values() for other in ending)
        for value in args:
            value.content.refs += holders
        for value in flags.args:
            value.content.refs -= holders
        flags.kind, flags.args, flags.wait = kind, args, -1

    def release(self) -> None:
        if self.released:
            return
        self.busy = frozenset(place for content in self.named for place in content.places)
        self.unpin()
        if self.exiting:
            return
        self.released = True
        live = self.block.live_after[self.index] if self.index < len(self.block.live_after) else NOTHING
        binds = self.binds
        for name in [name for name in binds if name not in live and name[0] != "%"]:
            if name[0] != "=" or self.block.micros[self.index].code is not Code.COPY:
                self.unbind(name)
        for name in self.plan.expiring.get(self.index, ()):
            self.unbind(name)
        for flags in self.flag_ends.pop(self.index, ()):
            for value in flags.args:
                value.content.refs -= 1
        micro = self.block.micros[self.index]
        if micro.dst is not None:
            for name in locations(micro.dst):
                self.unbind(name)

    # Reading and writing source values

    def value(self, value: Value) -> Bind:
        """A scalar operand; only its low ``value.size`` bytes are meant."""
        if isinstance(value, Const):
            return bind(self.constant(value.signed), 8 * value.size, True)
        if isinstance(value, Symbol):
            return Bind(self.symbol(value))
        if isinstance(value, Native):
            return self.binds["=" + value.name]
        if isinstance(value, Reg) and value.name == "sp":
            return Bind(self.sp)
        found = self.binds.get(location(value))
        if found is None:
            return Bind(self.zero)  # no relation promises it a value: any will do, and the checker sees to the rest
        offset = value.offset & 7 if isinstance(value, Reg) else 0
        if offset:
            shifted = self.shift("srli", self.low(found, 8 * (offset + value.size)), 8 * offset)
            return bind(shifted, found.bits - 8 * offset, found.zero) if found.bits < 64 else Bind(shifted)
        return found

    def dies(self, value: Value | None) -> bool:
        """Whether the current micro-operation is the last to use a register."""
        if not isinstance(value, (Reg, Temp)):
            return False
        name = location(value)
        if isinstance(value, Temp):
            return name in self.plan.expiring.get(self.index, ())
        micro = self.block.micros[self.index]
        return name not in self.block.live_after[self.index] or (micro.dst is not None and location(micro.dst) == name)

    def half(self, value: Value, high: bool) -> Bind:
        """One 8-byte half of a 16-byte operand."""
        if isinstance(value, Const):
            return Bind(self.constant(value.value >> 64 if high else value.value))
        if isinstance(value, (Symbol, Native)):
            raise EmitError("not a vector")
        if value.size <= 8 and high:
            return Bind(self.zero)
        name = location(value, 8 if high else 0)
        return self.binds.get(name) or Bind(self.zero)

    def symbol(self, symbol: Symbol, addend: int | None = None) -> Content:
        """The address of a symbol; no code until a register is asked for."""
        pseudo = {"": "lla", "got": "la", "tpoff": "tprel", "gottpoff": "la.tls.ie"}[symbol.kind]
        return self.symbol_content(pseudo, symbol.name, symbol.addend if addend is None else addend)

    def symbol_content(self, pseudo: str, name: str, addend: int) -> Content:
        key = (pseudo, name, addend)
        content = self.numbers.get(key)
        if content is None:
            content = self.numbers[key] = self.fresh()
            content.symbol = (pseudo, name, addend)
            if pseudo == "la.tls.ie":
                content.symbol = (pseudo, name, 0)
        return content

    def live_bytes(self, name: str) -> int:
        """Low bytes of a location that matter after the current micro-operation."""
        live = self.block.live_after[self.index].get(name, 0)
        if name in self.block.exit and self.last_definition.get(name, -1) <= self.index:
            live = max(live, self.block.exit[name][1].bits // 8)
        return live
