"""One block while it is emitted: results and where they go, extensions, the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from transpile.native.block import EmittedBlock
from transpile.native.micro import Code, Micro, Reg, Temp, Value
from transpile.native.relation import Form, Range
from transpile.riscv.allocation import place_name
from transpile.riscv.plan import location, locations
from transpile.riscv.registers import INTEGER
from transpile.riscv.state import Flags, State
from transpile.riscv.values import Bind, Content, EmitError, bind, truncated

EFFECTS = frozenset(
    (
        Code.STORE, Code.BRANCH, Code.JUMP, Code.IJUMP, Code.CALL, Code.ICALL, Code.TAIL, Code.ITAIL, Code.RET,
        Code.TRAP, Code.ENTER, Code.LEAVE, Code.SP_ADD, Code.SP_COPY, Code.ATOMIC, Code.CAS, Code.FENCE,
    )
)  # fmt: skip
NOTHING: dict[str, int] = {}
NO_RANGE = Range()


class Emitter(State):
    """State while one block is emitted; the modules of this package hold a function per micro-operation."""

    def in_parts(
        self,
        dst: Reg | Temp,
        sources: Mapping[bool, Sequence[Content]],
        build: Callable[[bool, str], Content],
        shared: Sequence[Content] = (),
    ) -> None:
        """Write the needed halves of ``dst``, each built from its ``sources`` and what is ``shared`` by both."""
        wanted = [high for high in (False, True) if self.needs_half(dst, high)]
        for content in (*shared, *(content for high in wanted for content in sources.get(high, ()))):
            content.refs += 1
        self.holding = True
        for name in locations(dst):
            self.unbind(name)
        results = []
        for high in wanted:
            self.unpin()
            self.half_operands = list(sources.get(high, ()))
            content = build(high, location(dst, 8 if high else 0))
            content.refs += 1
            self.settle()
            results.append((high, content))
        self.holding = False
        self.release()
        for high, content in results:
            content.refs -= 1
            self.write_half(dst, high, Bind(content))
        for content in shared:
            content.refs -= 1

    def wide(self, value: Value) -> Content:
        """A whole 64-bit operand; a register that has to be extended for it stays extended if its exit form allows."""
        found = self.value(value)
        if isinstance(value, (Reg, Temp)) and value.size < 8:
            return self.unsigned(found, 8 * value.size)
        if found.bits == 64:
            return self.pin(found.content)
        return self.full(found)

    # Extensions that outlive the operation that needed them

    def sext(self, a: Content, bits: int, to: str | None = None) -> Content:
        if to is None and bits == 32 and a.s > 32 and a.const is None and not self.exiting:
            self.spread(a, 32, "sext")
        return super().sext(a, bits, to)

    def zext(self, a: Content, bits: int, to: str | None = None) -> Content:
        if to is None and a.u > bits and a.const is None and not self.exiting:
            self.spread(a, bits, "zext")
        return super().zext(a, bits, to)

    def spread(self, a: Content, bits: int, kind: str) -> None:
        """Extend ``a`` for good if a location that holds it is to leave the block so extended."""
        known = self.numbers.get((kind, bits, a.number))
        if known is not None and known.places:
            return
        names = [
            name for name, value in self.binds.items() if value.content is a and self.fits(name, value, bits, kind)
        ]
        if not names:
            return
        asking = [
            f for f in self.flags.values() if f.size <= 4 and kind == "sext" and any(v.content is a for v in f.args)
        ]
        wanting = len(names) + sum(value.content is a for f in asking for value in f.args)
        place = next((place for place in a.places if place in INTEGER), "")
        in_place = (
            place
            and not a.pins
            and not a.kept
            and a.refs == wanting
            and (names[0][0] == "%" or place in self.hints(names[0]))
        )
        extended = self.extend(a, bits, kind, place if in_place else "", names[0])
        for name in names:
            self.bind(name, self.rebound(self.binds[name], extended, kind))
        for flags in asking:
            args = tuple(self.rebound(v, extended, kind) if v.content is a else v for v in flags.args)
            self.replace_flags(flags, flags.kind, args)

    def will_extend(self, a: Content, bits: int, kind: str) -> bool:
        """Whether the exit relation asks for this extension anyway."""
        return any(value.content is a and self.fits(name, value, bits, kind) for name, value in self.binds.items())

    def fits(self, name: str, value: Bind, bits: int, kind: str) -> bool:
        """Whether the location needs no other form of its value than the extension."""
        if name not in self.block.exit or self.last_definition.get(name, -1) > self.index:
            return name[0] == "%" and kind == "zext" and value.bits == bits and value.zero
        form = self.block.exit[name][1]
        if kind == "sext":
            return form.rest == "sext" and (value.bits == 32 or value.content.u <= 32 or self.narrow_from_here(name))
        return form.bits == 64 and value.bits == bits and value.zero

    def narrow_from_here(self, name: str) -> bool:
        """Whether only the low half of a register matters, to the current micro-operation too."""
        micro = self.block.micros[self.index]
        if self.block.live_after[self.index].get(name, 0) > 4 or micro.address is not None:
            return False
        return all(getattr(value, "name", "") != name or getattr(value, "size", 8) <= 4 for value in micro.args)

    def rebound(self, value: Bind, extended: Content, kind: str) -> Bind:
        if kind == "zext":
            return Bind(extended)
        return bind(extended, 32, value.zero or (value.bits == 64 and value.content.u <= 32))

    def extend(self, a: Content, bits: int, kind: str, place: str, name: str) -> Content:
        mark = len(self.named)
        source = place or self.reg(a)
        target = place or self.integer_scratch(self.hints(name))
        if kind == "sext":
            self.put(f"sext.w {target}, {source}")
        elif bits <= 11:
            self.put(f"andi {target}, {source}, {(1 << bits) - 1}")
        elif self.zba and bits == 32:
            self.put(f"add.uw {target}, {source}, zero")
        else:
            self.put(f"slli {target}, {source}, {64 - bits}")
            self.put(f"srli {target}, {target}, {64 - bits}")
        extended = self.fresh(bits if kind == "zext" else 64, bits if kind == "sext" else 64)
        self.numbers[(kind, bits, a.number)] = extended
        self.hold_in(target, extended)
        self.unname(mark)
        return extended

    def to(self, dst: Reg | Temp | None) -> str | None:
        """The location to hand to the final operation for ``dst``; None if the result has still to be merged."""
        if dst is None or self.mode == "merge":
            return None
        return location(dst)

    def write_mode(self, dst: Reg | Temp | None) -> str:
        """How ``dst`` takes a result: ``whole``; ``zero``: all above it is zero already; ``merge``: keep the rest."""
        if dst is None or isinstance(dst, Temp):
            return "whole"
        low = dst.offset & 7
        if dst.size >= (8 if dst.vector else 4) and not low:
            return "whole"
        live = self.live_bytes(location(dst))
        if live <= dst.size and not low:
            return "whole"
        old = self.binds.get(location(dst))
        if (
            old is not None
            and not low
            and (old.content.u if old.bits == 64 else old.bits if old.zero else 64) <= 8 * dst.size
        ):
            return "zero"
        return "merge"

    def write(self, dst: Reg | Temp, value: Bind) -> None:
        """Bind ``dst`` to ``value``; called once per destination, after the last operation."""
        if self.mode == "merge":
            assert isinstance(dst, Reg)
            self.merge(dst, value)
            return
        self.release()
        zero = self.mode == "zero" or isinstance(dst, Temp) or (dst.size >= 4 and not dst.vector)
        self.bind(location(dst), truncated(value, 8 * dst.size, zero))

    def write_half(self, dst: Reg | Temp, high: bool, value: Bind) -> None:
        self.release()
        self.bind(location(dst, 8 if high else 0), value)

    def needs_half(self, dst: Reg | Temp, high: bool) -> bool:
        """Whether a half of a 16-byte destination is used at all."""
        name = location(dst, 8 if high else 0)
        if isinstance(dst, Temp):
            return name in self.plan.used
        return name in self.block.live_after[self.index]

    def merge(self, dst: Reg, value: Bind) -> None:
        name = location(dst)
        offset, bits = 8 * (dst.offset & 7), 8 * dst.size
        live = max(8 * self.live_bytes(name), offset + bits)
        old = self.binds.get(name) or Bind(self.zero)
        keep = self.full(old) if live > 32 else self.low(old, live)
        fresh = self.shift("slli", self.unsigned(value, bits), offset)
        if keep.u > offset:
            keep = self.cleared(keep, offset, bits)
        merged = self.rr("or", keep, fresh, max(keep.u, fresh.u), 64, name) if keep is not self.zero else fresh
        self.release()
        self.bind(
            name, Bind(merged) if live > 32 else bind(merged, live, old.zero or (old.bits == 64 and keep.u <= 32))
        )

    def cleared(self, content: Content, offset: int, bits: int) -> Content:
        mask = ~(((1 << bits) - 1) << offset)
        if offset == 0 and content.u <= bits:
            return self.zero
        if offset == 0 and bits > 11 and content.const is None:
            return self.shift("slli", self.shift("srai", content, bits), bits)
        return self.logic("and", content, self.constant(mask))

    # The block

    def run(self) -> EmittedBlock:
        for index, micro in enumerate(self.block.micros):
            self.index = index
            self.released = False
            self.source_line = micro.line
            self.mode = self.write_mode(micro.dst)
            if micro.code is Code.FLAGS or micro.code in EFFECTS or self.wanted(micro):
                HANDLERS[micro.code](self, micro)
            self.release()
            if self.waiting is not None and self.waiting.wait == index:
                self.settle_flags(self.waiting, micro)
        if not self.finished:
            self.leave_block([])
        return EmittedBlock(self.lines)

    def wanted(self, micro: Micro) -> bool:
        dst = micro.dst
        if dst is None:
            return True
        if isinstance(dst, Temp):
            return location(dst) in self.plan.used or (dst.size == 16 and location(dst, 8) in self.plan.used)
        live = self.block.live_after[self.index]
        return any(name in live for name in locations(dst))

    def settle_flags(self, flags: Flags, micro: Micro) -> None:
        """Flags that waited for the result they describe are now told from it."""
        self.waiting = None
        assert micro.dst is not None
        result = self.binds[location(micro.dst)]
        self.replace_flags(flags, flags.kind, (result, *flags.args))

    def leave_block(self, extra: list[Content]) -> None:
        """Put every live-out value where the exit relation wants it; ``extra`` contents stay reachable."""
        self.finished = True
        self.settle_exit(extra)

    def leave_early(self, extra: list[Content]) -> None:
        """The same for a branch out of the middle of the block, which goes on from there."""
        before = dict(self.binds)
        kept = [value.content for flags in self.flags.values() for value in flags.args]
        stay = [value for name, value in before.items() if name not in self.block.exit]
        narrow = [before[name] for name, (_, form) in self.block.exit.items() if name in before and form.bits < 64]
        others = [value.content for value in (*stay, *narrow) if value.content.const is None]
        wanted = self.settle_exit([*extra, *others, *(content for content in kept if content.refs)])
        for name, (place, form) in self.block.exit.items():
            old = before.get(name)
            if old is not None:
                content = wanted[place_name(place)]
                self.bind(name, Bind(content) if form.bits == 64 else old)
        for content in (*wanted.values(), *extra):
            self.pin(content)
        self.reserved = frozenset()
        for content in self.held:
            content.refs -= 1
        self.exiting = False

    def settle_exit(self, extra: list[Content]) -> dict[str, Content]:
        self.exiting = True
        self.released = False
        self.unpin()
        self.held = list(extra)
        for content in extra:
            content.refs += 1
        wanted: dict[str, Content] = {}
        for name, (place, form) in self.block.exit.items():
            value = self.binds.get(name)
            if value is not None:
                where = place_name(place)
                self.unbind(name)
                wanted[where] = self.coerced(value, form, where)
        self.exit_flags(wanted)
        self.unpin()
        self.held += [*wanted.values(), *wanted.values(), *extra]
        self.place_all(wanted, extra)
        return wanted

    def exit_flags(self, wanted: dict[str, Content]) -> None:
        edge = self.block.flags_out
        if edge is None:
            return
        flags = self.current_flags
        if flags is None:
            raise EmitError("flags are live at the exit, but nothing defines them")
        for where, value in zip(edge.places, flags.args, strict=True):
            if where[0] != "#" and where not in wanted:
                rest = "sext" if where in INTEGER else "nanbox" if edge.size == 4 else "any"
                wanted[where] = self.coerced(value, Form(8 * min(edge.size, flags.size), rest), where)

    def coerced(self, value: Bind, form: Form, where: str) -> Content:
        hint = "@" + where
        if form.rest == "nanbox":
            content = self.boxed(value, hint)
        elif form.bits == 64:
            content = self.full(value, hint)
        elif form.rest == "sext":
            content = self.signed(value, form.bits, hint)
        else:
            content = self.low(value, form.bits)
        content.refs += 1
        self.unpin()
        return content

    def boxed(self, value: Bind, to: str | None = None) -> Content:
        """The value's low 32 bits as a valid single-precision register."""
        content = self.low(value, 32)
        if content.boxed:
            return self.give(content, to)
        if content.const is None and not self.in_register(content) and self.in_vector(content):
            content = self.fx("fmv.x.w", (content,), 64, 32)
        return self.xf("fmv.w.x", content, to, boxed=True)


Handler = Callable[[Emitter, Micro], None]
HANDLERS: dict[Code, Handler] = {}


def handles(*codes: Code) -> Callable[[Handler], Handler]:
    """Register the function that emits these micro-operations."""

    def register(function: Handler) -> Handler:
        for code in codes:
            HANDLERS[code] = function
        return function

    return register
