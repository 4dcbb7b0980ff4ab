"""A block under its relation as tokens: registers by first use, immediates as slots, dead flags left out.

The tokens come from the block's micro-operations after the frame and liveness passes, so they say what must be computed
and where values lie at both ends, and nothing of names, addresses or registers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from transpile.native.abi import TargetAbi
from transpile.native.canonical.needs import with_needs
from transpile.native.canonical.slots import Immediates
from transpile.native.lower import CheckedBlock, LoweredFunction
from transpile.native.micro import Address, Code, Cond, Const, Micro, Native, Reg, Symbol, Temp, Value
from transpile.native.relation import EdgeFlags, Form, Place

UNSPOKEN = frozenset((Code.ATOMIC, Code.CAS, Code.FENCE))
"""Operations whose order matters beyond one machine's state: left to the rules."""
MARK = "@"
"""How the number of a source instruction begins, before its micro-operations and before its translation."""
MAX_MICROS = 48
"""Longer blocks are left to the rules."""


@dataclass(slots=True)
class Naming:
    """How the accidents of a block are named: target registers, symbols, labels, immediates, each by first use."""

    registers: list[str] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    immediates: Immediates = field(default_factory=Immediates)

    def register(self, name: str) -> str:
        if name not in self.registers:
            self.registers.append(name)
        return f"x{self.registers.index(name)}"

    def symbol(self, name: str) -> str:
        if name not in self.symbols:
            self.symbols.append(name)
        return f"s{self.symbols.index(name)}"

    def label(self, name: str) -> str:
        if name not in self.labels:
            self.labels.append(name)
        return f"l{self.labels.index(name)}"


@dataclass(frozen=True, slots=True)
class CanonicalBlock:
    """What a model reads of a block, and how to turn what it answers into instructions."""

    tokens: tuple[str, ...]
    naming: Naming
    entry: frozenset[str]
    """Target registers that hold something at entry."""
    exit: frozenset[str]
    """Target registers that must hold something at the exits."""
    spare: tuple[str, ...]
    """Target registers that hold source state and may be used while they hold none."""
    label: str
    names: Mapping[str, str]
    """Source register -> its token."""
    leaving: Mapping[str, str]
    """Source register -> the token of the target register that it leaves in."""
    lines: tuple[int, ...]
    """The source lines of the marked instructions."""
    written: tuple[tuple[str, ...], ...]
    """For each of them, the target registers of the source registers that it writes."""

    @property
    def hash(self) -> str:
        return hashlib.sha256(" ".join(self.tokens).encode()).hexdigest()[:24]


def canonical(block: CheckedBlock, function: LoweredFunction, abi: TargetAbi) -> CanonicalBlock | None:
    """The canonical form of a block; None for one that is left to the rules."""
    lowered = block.lowered
    micros = lowered.micros
    if not micros or len(micros) > MAX_MICROS or any(m.code in UNSPOKEN for m in micros):
        return None
    if any(m.code is Code.BRANCH for m in micros[:-1]) or function.context.memory_model == "tso":
        return None
    writer = _Writer(block, function, abi)
    lines = tuple(dict.fromkeys(micro.line for micro in micros))
    body: list[str] = []
    for number, line in enumerate(lines):
        body.append(f"{MARK}{number}")
        body.extend(token for micro in micros if micro.line == line for token in writer.micro(micro))
    tokens = with_needs((f"<{abi.name}>", *writer.header(), "|", *body))
    entry, leaving = _held(lowered.entry, lowered.flags_in), _held(lowered.exit, lowered.flags_out)
    spare = (*function.context.free, *(r for r in abi.homes.values() if r not in function.context.free))
    return CanonicalBlock(
        tokens,
        writer.naming,
        entry,
        leaving,
        spare,
        block.source.label,
        writer.names(),
        writer.leaving(),
        lines,
        tuple(writer.homes(m for m in micros if m.line == line) for line in lines),
    )


def _held(places: Mapping[str, tuple[Place, Form]], flags: EdgeFlags | None) -> frozenset[str]:
    held = {place.register for place, _ in places.values() if place.register}
    return frozenset(held | {p for p in (flags.places if flags is not None else ()) if not p.startswith("#")})


NATIVES = {"ret0": 0, "ret1": 1, "fret0": 0, "fret1": 1}


class _Writer:
    def __init__(self, block: CheckedBlock, function: LoweredFunction, abi: TargetAbi) -> None:
        self.block = block
        self.function = function
        self.abi = abi
        self.naming = Naming()
        self.temps: dict[int, int] = {}
        self.flags: dict[int, int] = {}
        self.seen: list[str] = []
        self.written: set[str] = set()

    def header(self) -> Iterator[str]:
        """What is live at both ends as far as the block touches it."""
        lowered = self.block.lowered
        touched = {name for seen in self.seen for name in (seen, f"{seen}.lo", f"{seen}.hi")}
        names = [n for n in lowered.entry if n in touched or lowered.exit.get(n, lowered.entry[n]) != lowered.entry[n]]
        outs = [
            n for n in lowered.exit
            if n.partition(".")[0] in self.written or (n in lowered.entry and lowered.entry[n] != lowered.exit[n])
            or n not in lowered.entry
        ]  # fmt: skip
        yield "in"
        for name in sorted(names, key=self._order):
            yield from self._location(name, *lowered.entry[name])
            known = lowered.ranges.get(name)
            if known is not None and known.unsigned < 64:
                yield f"u{_step(known.unsigned)}"
            if known is not None and known.signed < 64:
                yield f"z{_step(known.signed)}"
        if lowered.flags_in is not None:
            yield from self._edge(lowered.flags_in)
        yield "out"
        for name in sorted(outs, key=self._order):
            yield from self._location(name, *lowered.exit[name])
        if lowered.flags_out is not None:
            yield from self._edge(lowered.flags_out)
        if any(micro.code is Code.BRANCH or micro.code is Code.JUMP for micro in lowered.micros[-1:]):
            following = lowered.next_label
            yield "next=" + (self.naming.label(following) if following in self.naming.labels else "other")

    def names(self) -> dict[str, str]:
        """The tokens of the source registers that the block touches."""
        homes = {base: self._home(base) for base in self.seen}
        return {base: self.naming.register(home) for base, home in homes.items() if home in self.naming.registers}

    def leaving(self) -> dict[str, str]:
        """The tokens of the target registers that source registers leave in."""
        places = {name: place.register for name, (place, _) in self.block.lowered.exit.items()}
        return {n: self.naming.register(r) for n, r in places.items() if r in self.naming.registers}

    def homes(self, micros: Iterable[Micro]) -> tuple[str, ...]:
        """The target registers of the source registers that ``micros`` write."""
        names = (m.dst.name for m in micros if isinstance(m.dst, Reg) and m.dst.name != "sp")
        return tuple(dict.fromkeys(home for home in map(self._home, names) if home))

    def _order(self, name: str) -> tuple[int, str]:
        base = name.partition(".")[0]
        return (self.seen.index(base) if base in self.seen else len(self.seen), name)

    def _location(self, name: str, place: Place, form: Form) -> Iterator[str]:
        base = name.partition(".")[0]
        home = self._home(base)
        token = self.naming.register(home) if home else "?"
        yield token + ".hi" if name.endswith(".hi") else token
        if place.slot >= 0:
            yield "at"
            yield from self.naming.immediates.source(place.slot)
        elif place.register != home:
            yield "at"
            yield self.naming.register(place.register)
        yield f"{form.bits}{form.rest if form.rest != 'any' else ''}"

    def _edge(self, flags: EdgeFlags) -> Iterator[str]:
        yield f"flags.{flags.kind}.{flags.size}.{flags.nzcv}"
        for place in flags.places:
            if place.startswith("#"):
                yield from self.naming.immediates.source(int(place[1:], 0))
            else:
                yield self.naming.register(place)
        yield f"live.{flags.live}"

    def _home(self, base: str) -> str:
        homes = self.function.context.homes
        for name in (base, f"{base}.lo"):
            if name in homes and homes[name].register:
                return homes[name].register
        return self.abi.homes.get(base) or self.abi.homes.get(f"{base}.lo", "")

    def micro(self, micro: Micro) -> Iterator[str]:
        """One operation: its code, what it writes, what it reads."""
        if micro.code is Code.FLAGS:
            if not micro.live and micro.imm != 1:
                return
            self.flags[micro.id] = len(self.flags)
        parts = [micro.code.name, str(micro.size)]
        named = micro.name if micro.code not in (Code.BRANCH,) else ""
        parts += [p for p in (named, f"l{micro.lane}" if micro.lane else "") if p]
        yield ".".join(parts)
        if micro.code is Code.FLAGS:
            yield f"live.{micro.live}"
        if micro.dst is not None:
            if isinstance(micro.dst, Reg):
                self.written.add(micro.dst.name)
            yield from self._value(micro.dst, micro.size)
            yield "="
        if micro.cond is not None:
            yield from self._cond(micro.cond)
        for value in micro.args:
            yield from self._value(value, micro.size)
        if micro.address is not None:
            yield from self._address(micro.address)
        if micro.code in (Code.ENTER, Code.LEAVE, Code.SP_ADD, Code.SP_COPY) and micro.imm:
            yield from self.naming.immediates.source(micro.imm)
        if micro.code in (Code.CALL, Code.TAIL):
            yield self.naming.symbol(micro.target)
        elif micro.code is Code.BRANCH:
            yield self.naming.label(micro.target)
            yield self.naming.label(micro.name)
        elif micro.target:
            yield self.naming.label(micro.target)
        if micro.code is Code.PACKED:
            yield from (f"#{lane}" for lane in micro.labels)

    def _cond(self, cond: Cond) -> Iterator[str]:
        yield f"if.{cond.cc}"
        yield "f.in" if cond.flags < 0 else f"f{self.flags.get(cond.flags, 0)}"

    def _value(self, value: Value, size: int) -> Iterator[str]:
        match value:
            case Reg(name, own, offset):
                if name == "sp":
                    yield "sp"
                    return
                if name not in self.seen:
                    self.seen.append(name)
                home = self._home(name)
                yield self.naming.register(home) if home else "?"
                if own != size:
                    yield f".{own}"
                if offset:
                    yield f"+{offset}"
            case Temp(index, own, vector):
                number = self.temps.setdefault(index, len(self.temps))
                yield ("w" if vector else "v") + str(number)
                if own != size:
                    yield f".{own}"
            case Const():
                yield from self.naming.immediates.source(value.signed)
            case Symbol():
                yield from self._symbol(value)
            case Native(name, own):
                yield f"native.{name}.{own}"
                yield self.naming.register(self._native(name))

    def _native(self, name: str) -> str:
        if name.startswith("f"):
            vector = f"xmm{NATIVES[name]}"
            return self.abi.homes.get(vector) or self.abi.homes[f"{vector}.lo"]
        return (self.abi.result, self.abi.second_result)[NATIVES[name]]

    def _symbol(self, symbol: Symbol) -> Iterator[str]:
        yield self.naming.symbol(symbol.name)
        if symbol.kind:
            yield f"@{symbol.kind}"
        if symbol.addend:
            yield from self.naming.immediates.source(symbol.addend)

    def _address(self, address: Address) -> Iterator[str]:
        yield "[" if not address.segment else f"[{address.segment}"
        if address.base is not None:
            yield from self._value(address.base, 8)
        if address.index is not None:
            yield f"*{address.scale}"
            yield from self._value(address.index, 8)
        if address.symbol is not None:
            yield from self._symbol(address.symbol)
        if address.disp:
            yield from self.naming.immediates.source(address.disp)
        yield "]"


def _step(bits: int) -> int:
    """Bits rounded up to what instructions care about."""
    return next((step for step in (1, 8, 16, 31, 32) if bits <= step), 63)
