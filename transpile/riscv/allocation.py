"""The target's register file inside one block: who holds what, and moves between places."""

from __future__ import annotations

from collections.abc import Iterable

from transpile.native.block import FunctionContext, LoweredBlock, TargetLine
from transpile.native.relation import Place
from transpile.riscv import registers
from transpile.riscv.registers import FLOATING, INTEGER
from transpile.riscv.values import Bind, Content, EmitError, wrap


def place_name(place: Place) -> str:
    """A register's name, or ``[offset]`` for a private stack slot."""
    return place.register or f"[{place.slot}]"


def li_cost(value: int) -> int:
    """About how many instructions ``li`` expands to."""
    if -2048 <= value < 2048:
        return 1
    if -(1 << 31) <= value < 1 << 31:
        return 1 if value & 0xFFF == 0 else 2
    low = ((value & 0xFFF) ^ 0x800) - 0x800
    rest = wrap(value - low) >> 12
    while rest & 1 == 0:
        rest >>= 1
    return li_cost(rest) + 1 + (low != 0)


class Registers:
    """Emits lines and knows which register holds which ``Content``."""

    def __init__(self, block: LoweredBlock, context: FunctionContext) -> None:
        self.block = block
        self.context = context
        self.lines: list[TargetLine] = []
        self.holder: dict[str, Content] = {}
        self.binds: dict[str, Bind] = {}
        self.pinned: list[Content] = []
        self.named: list[Content] = []
        self.reserved: frozenset[str] = frozenset()
        self.busy: frozenset[str] = frozenset()
        """Registers that the instruction being built reads, though nobody needs them after it."""
        self.clock = 0
        self.count = 0
        self.labels = 0
        self.source_line = 0
        self.constants: dict[int, Content] = {}
        self.integer_pool = (*registers.SCRATCH, *context.free, *registers.CALLER_SAVED[len(registers.SCRATCH) :])
        self.vector_pool = (
            *registers.VECTOR_SCRATCH,
            *context.free_vector,
            *registers.VECTOR_CALLER_SAVED[len(registers.VECTOR_SCRATCH) :],
        )
        self.zero = self.constant(0)
        self.zero.refs = 1
        self.hold_in("zero", self.zero)
        self.sp = self.fresh()
        self.sp.refs = 1
        self.hold_in("sp", self.sp)
        self.tp = self.fresh()
        self.tp.refs = 1
        self.hold_in("tp", self.tp)

    # Lines and labels

    def put(self, text: str) -> None:
        self.lines.append(TargetLine(text, "", self.source_line))

    def new_label(self) -> str:
        self.labels += 1
        name = self.block.label.lstrip(".")
        return f".Lt_{name}_{self.labels}"

    def put_label(self, label: str) -> None:
        self.lines.append(TargetLine("", label, self.source_line))

    # Contents

    def fresh(self, u: int = 64, s: int = 64) -> Content:
        self.count += 1
        return Content(self.count, u, s)

    def constant(self, value: int) -> Content:
        value = wrap(value)
        known = self.constants.get(value)
        if known is None:
            if value >= 0:
                known = self.fresh(value.bit_length(), value.bit_length() + 1)
            else:
                known = self.fresh(64, (~value).bit_length() + 1)
            known.const = value
            self.constants[value] = known
        return known

    def hold_in(self, place: str, content: Content) -> None:
        """Record that ``place`` now holds ``content`` and nothing else."""
        old = self.holder.get(place)
        if old is content:
            return
        if old is not None:
            old.places.remove(place)
        self.holder[place] = content
        content.places.append(place)
        self.clock += 1
        content.stamp = self.clock

    def forget(self, place: str) -> None:
        old = self.holder.pop(place, None)
        if old is not None:
            old.places.remove(place)

    def pin(self, content: Content) -> Content:
        """Keep ``content`` within reach, though perhaps elsewhere, until the micro-operation's result is written."""
        content.kept += 1
        self.pinned.append(content)
        return content

    def unpin(self, keep: int = 0) -> None:
        """Let go of everything pinned after the first ``keep`` pins."""
        while len(self.pinned) > keep:
            self.pinned.pop().kept -= 1
        if keep == 0:
            self.unname()

    def unname(self, keep: int = 0) -> None:
        """Instructions that named registers after the first ``keep`` are complete."""
        while len(self.named) > keep:
            self.named.pop().pins -= 1

    # Choosing registers

    def available(self, place: str) -> bool:
        """Whether ``place`` may be overwritten without losing a value that is needed."""
        content = self.holder.get(place)
        if content is None:
            return True
        if content.pins or place in self.reserved:
            return False
        if content.refs == 0 and content.kept == 0:
            return True
        return len(content.places) > 1 or content.const is not None or content.symbol is not None

    def scratch(self, pool: tuple[str, ...], hints: Iterable[str] = ()) -> str:
        """A register of ``pool`` (or one of ``hints``) that is free to be written."""
        for place in hints:
            if self.available(place):
                return place
        best, best_rank = "", (9, 0)
        for place in pool:
            content = self.holder.get(place)
            if content is None:
                if place not in self.reserved:
                    return place
            elif self.available(place):
                rank = (1 if content.refs or content.kept else 0, content.stamp)
                if rank < best_rank:
                    best, best_rank = place, rank
        return best or self.spilled(pool)

    def spilled(self, pool: tuple[str, ...]) -> str:
        """Free a register of ``pool`` by moving what it holds to a register of the other class or to its own slot."""
        other = self.vector_pool if pool is self.integer_pool else self.integer_pool
        victims = [place for place in pool if place not in self.reserved and not self.holder[place].pins]
        victims.sort(key=lambda place: self.holder[place].stamp)
        for place in victims:
            content = self.holder[place]
            for name, value in self.binds.items():
                home = self.context.homes.get(name)
                if value.content is content and home is not None:
                    target = place_name(home)
                    if target not in pool and self.available(target) and target not in self.reserved | self.busy:
                        self.move(target, content)
                        return place
        for place in victims:
            for target in other:
                if self.available(target) and target not in self.reserved | self.busy:
                    self.move(target, self.holder[place])
                    return place
        raise EmitError("out of registers")

    def integer_scratch(self, hints: Iterable[str] = ()) -> str:
        return self.scratch(self.integer_pool, [hint for hint in hints if hint in INTEGER] if hints else ())

    def vector_scratch(self, hints: Iterable[str] = ()) -> str:
        return self.scratch(self.vector_pool, [hint for hint in hints if hint in FLOATING] if hints else ())

    def evict(self, place: str) -> None:
        """Make ``place`` free: what it holds moves to where it is wanted, else to a scratch register."""
        content = self.holder[place]
        family = INTEGER if place in INTEGER else FLOATING
        for name, value in self.binds.items():
            if value.content is content:
                for wanted in (self.block.exit.get(name, (None,))[0], self.context.homes.get(name)):
                    target = wanted.register if wanted is not None else ""
                    if target != place and target in family and target not in self.busy and self.available(target):
                        self.move(target, content)
                        return
        keep, self.reserved = self.reserved, self.reserved | self.busy | {place}
        target = self.integer_scratch() if family is INTEGER else self.vector_scratch()
        self.reserved = keep
        self.move(target, content)

    # Getting at contents

    def reg(self, content: Content) -> str:
        """An integer register that holds ``content``, until the instruction that names it is complete."""
        content.pins += 1
        self.named.append(content)
        for place in content.places:
            if place in INTEGER:
                return place
        target = self.integer_scratch(self.wishes(content) if content.refs else ())
        self.move(target, content)
        return target

    def wishes(self, content: Content) -> list[str]:
        """Homes of the source locations that ``content`` is the value of."""
        homes = self.context.homes
        return [
            homes[name].register for name, value in self.binds.items() if value.content is content and name in homes
        ]

    def freg(self, content: Content) -> str:
        """A floating-point register that holds ``content``; likewise."""
        content.pins += 1
        self.named.append(content)
        for place in content.places:
            if place in FLOATING:
                return place
        target = self.vector_scratch(self.wishes(content) if content.refs else ())
        self.move(target, content)
        return target

    def in_register(self, content: Content) -> bool:
        return any(place in INTEGER for place in content.places)

    def in_vector(self, content: Content) -> bool:
        return any(place in FLOATING for place in content.places)

    def move(self, place: str, content: Content) -> None:
        """Emit what puts ``content`` into ``place``."""
        if place[0] == "[":
            self.store_slot(place, content)
        elif place in INTEGER:
            self.move_integer(place, content)
        else:
            self.move_vector(place, content)
        self.hold_in(place, content)

    def move_integer(self, place: str, content: Content) -> None:
        source = min((self.rank(other, INTEGER), other) for other in content.places)[1] if content.places else ""
        value = content.const
        if source in INTEGER and (value is None or value == 0 or li_cost(value) > 1) and source != "zero":
            self.put(f"mv {place}, {source}")
        elif value is not None:
            self.put_constant(place, value)
        elif content.symbol is not None:
            self.put_symbol(place, content.symbol)
        elif source in FLOATING:
            self.put(f"fmv.x.d {place}, {source}")
        elif source:
            self.put(f"ld {place}, {self.slot_text(source)}")
        else:
            raise EmitError("a value was lost")

    def put_constant(self, place: str, value: int) -> None:
        low = ((value & 0xFFFFFFFF) ^ 1 << 31) - (1 << 31)
        if li_cost(value) <= 5 or value & 0xFFFFFFFF != value >> 32 & 0xFFFFFFFF:
            self.put(f"li {place}, {value}")
            return
        keep, self.reserved = self.reserved, self.reserved | {place}
        other = self.integer_scratch()
        self.reserved = keep
        self.forget(other)
        self.put(f"li {place}, {low}")
        self.put(f"slli {other}, {place}, 32")
        if low < 0:
            self.put(f"srli {place}, {other}, 32")
        self.put(f"or {place}, {place}, {other}")

    def move_vector(self, place: str, content: Content) -> None:
        source = min((self.rank(other, FLOATING), other) for other in content.places)[1] if content.places else ""
        if source in FLOATING:
            self.put(f"fmv.d {place}, {source}")
        elif source[:1] == "[":
            self.put(f"fld {place}, {self.slot_text(source)}")
        else:
            self.put(f"fmv.d.x {place}, {self.reg(content)}")

    @staticmethod
    def rank(place: str, family: frozenset[str]) -> int:
        if place in family:
            return 0
        return 2 if place[0] == "[" else 1

    def store_slot(self, slot: str, content: Content) -> None:
        text = self.slot_text(slot)
        if not self.in_register(content) and self.in_vector(content):
            self.put(f"fsd {self.freg(content)}, {text}")
        else:
            self.put(f"sd {self.reg(content)}, {text}")

    def slot_text(self, slot: str) -> str:
        offset = int(slot[1:-1])
        if offset < 2048:
            return f"{offset}(sp)"
        base = self.constant(offset)
        text = self.reg(base)
        target = self.integer_scratch()
        self.put(f"add {target}, {text}, sp")
        self.forget(target)
        return f"0({target})"

    def put_symbol(self, target: str, symbol: tuple[str, str, int]) -> None:
        pseudo, name, addend = symbol
        tail = f"{addend:+d}" if addend else ""
        if pseudo == "tprel":
            self.put(f"lui {target}, %tprel_hi({name}{tail})")
            self.put(f"addi {target}, {target}, %tprel_lo({name}{tail})")
        elif pseudo == "tprel_hi":
            self.put(f"lui {target}, %tprel_hi({name}{tail})")
            self.put(f"add {target}, {target}, tp, %tprel_add({name}{tail})")
        else:
            self.put(f"{pseudo} {target}, {name}{tail}")

    # Parallel moves

    def place_all(self, wanted: dict[str, Content], extra: list[Content]) -> None:
        """Emit moves after which every place of ``wanted`` holds its content; ``extra`` contents survive.

        From here on the places of ``wanted`` are never written again.
        """
        for content in (*wanted.values(), *extra):
            content.refs += 1
        self.reserved = frozenset(wanted)
        pending = {place: content for place, content in wanted.items() if self.holder.get(place) is not content}
        for place in [place for place in pending if place[0] == "["]:
            if not self.still_needed(place, wanted, extra):
                self.move(place, pending.pop(place))
                self.unpin()
        while pending:
            ready = [place for place in pending if not self.still_needed(place, wanted, extra)]
            ready.sort(key=lambda place: not pending[place].places)
            if ready:
                place = next((p for p in ready if pending[p].const is None and pending[p].symbol is None), ready[0])
                self.move(place, pending.pop(place))
            else:
                self.break_cycle(next(iter(pending)))
            self.unpin()

    def still_needed(self, place: str, wanted: dict[str, Content], extra: list[Content]) -> bool:
        """Whether ``place`` holds the last copy of something that has still to reach another place."""
        content = self.holder.get(place)
        if content is None or len(content.places) > 1 or content.const is not None or content.symbol is not None:
            return False
        if any(content is other for other in extra):
            return True
        return any(target != place and other is content for target, other in wanted.items())

    def break_cycle(self, place: str) -> None:
        content = self.holder[place]
        if place in FLOATING:
            self.move(self.vector_scratch(), content)
        else:
            self.move(self.integer_scratch(), content)
