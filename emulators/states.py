"""Start states for a block: random ones that satisfy an entry relation, on both machines.

Values lean towards what breaks translations: boundaries, small numbers, pointers that meet, equal operands, and every
sort of float. Where the relation leaves a register or a slot open, the target has noise there.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transpile.emulators.flags import operand, source_flags
from transpile.emulators.unicorn_cpu import ARENA, PAGE, REGISTERS
from transpile.native.relation import EdgeFlags, Form, Frame, Place, Relation

STACK_TOP = 0x7F_5000_0000
RETURN_ADDRESS = 0x0EEE_0000
THREAD_POINTER = 0x4800_0000
DYNAMIC_DEPTH = 0x400
"""How far at least a dynamic frame's stack pointer is below the static frame."""
THREAD_REGISTER = {"x86": "fs", "riscv": "tp", "aarch64": "tpidr_el0"}
ALL = (1 << 64) - 1
_BOUNDARIES = (
    0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000,
    0xFFFF_FFFF, 1 << 32, (1 << 63) - 1, 1 << 63, ALL, ALL - 1, ALL - 127, ALL - 128, 0xFFFF_FFFF_8000_0000,
    0xFFFF_FFFF_7FFF_FFFF, 0x0123_4567_89AB_CDEF, 0x8080_8080_8080_8080,
)  # fmt: skip
_NEAR = (0, 0, 0, 0, 1, -1, 4, 8, -8, 1 << 32)
_DOUBLES = (
    0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 1e300, -1e300, 5e-324, 2147483647.5, -2147483648.5, 4294967296.0,
    9.3e18, -9.3e18, float("inf"), float("-inf"), float("nan"), 3.999, 16777217.0, 1e-310,
)  # fmt: skip
SOURCE_GENERAL = (
    "rax", "rcx", "rdx", "rbx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
)  # fmt: skip
SOURCE_VECTOR = tuple(f"xmm{n}.{half}" for n in range(16) for half in ("lo", "hi"))
_SOURCE = (*SOURCE_GENERAL, *SOURCE_VECTOR)


@dataclass(slots=True)
class State:
    """Both machines at the start of a block. ``base`` is the relation's S. Over what ``seed`` says lies ``memory``, and
    over that what each machine has for itself."""

    base: int
    seed: int
    source: dict[str, int]
    target: dict[str, int]
    memory: dict[int, bytes] = field(default_factory=dict)
    source_memory: dict[int, bytes] = field(default_factory=dict)
    target_memory: dict[int, bytes] = field(default_factory=dict)

    def byte(self, address: int) -> int | None:
        """What ``memory`` says about one address: of entries that overlap, the last."""
        for at, content in reversed(self.memory.items()):
            if at <= address < at + len(content):
                return content[address - at]
        return None


def sign_extend(value: int, bits: int) -> int:
    """The low ``bits`` of ``value``, sign-extended to 64."""
    value &= (1 << bits) - 1
    return value | ALL << bits & ALL if value >> bits - 1 else value


class Draw:
    """Random values of every sort. ``constants``: numbers that the code compares with."""

    def __init__(self, seed: int, constants: Sequence[int] = ()) -> None:
        self.random = random.Random(seed)
        self._constants = [*constants, *_BOUNDARIES[:4]]
        self._recent: list[int] = [0]
        self._float = 0
        self._focus: int | None = None

    def start(self) -> None:
        """A new state begins. In every other one, many values are near to each other."""
        self._focus = None
        focus = self.integer()
        if self.random.random() < 0.5:
            self._focus = focus

    def integer(self) -> int:
        draw = self.random
        kind = draw.random()
        if self._focus is not None and draw.random() < 0.4:
            return self._focus + draw.choice(_NEAR) & ALL
        if kind < 0.12:
            value = draw.choice(self._constants) + draw.choice((0, 0, 1, -1)) & ALL
        elif kind < 0.27:
            value = draw.choice(_BOUNDARIES)
        elif kind < 0.42:
            value = draw.randrange(256)
        elif kind < 0.50:
            value = draw.getrandbits(32)
        elif kind < 0.56:
            value = -draw.getrandbits(draw.choice((4, 16, 31))) & ALL
        elif kind < 0.78:
            value = draw.randrange(ARENA.start, ARENA.stop, 16)
        elif kind < 0.90:
            value = draw.choice(self._recent) + draw.choice((0, 0, 1, -1, 8)) & ALL
        else:
            value = draw.getrandbits(64)
        self._recent = [value, *self._recent[:5]]
        return value

    def double(self) -> int:
        draw = self.random
        if self._float and draw.random() < 0.2:
            return self._float
        value = (
            draw.choice(_DOUBLES) if draw.random() < 0.5 else draw.choice((draw.uniform(-99, 99), draw.gauss(0, 1e9)))
        )
        self._float = int.from_bytes(struct.pack("<d", value), "little")
        return self._float

    def single(self) -> int:
        draw = self.random
        value = draw.choice(_DOUBLES) if draw.random() < 0.5 else draw.uniform(-1e4, 1e4)
        if abs(value) > 1e38 and value == value:
            value = float("inf") if value > 0 else float("-inf")
        return int.from_bytes(struct.pack("<f", value), "little")

    def vector_half(self) -> int:
        kind = self.random.random()
        if kind < 0.45:
            return self.double()
        if kind < 0.75:
            return self.single() | self.single() << 32
        return self.integer()

    def noise(self) -> int:
        return self.random.getrandbits(64)

    def noises(self, names: Sequence[str]) -> dict[str, int]:
        """Noise for each name."""
        return dict(zip(names, struct.unpack(f"<{len(names)}Q", self.random.randbytes(8 * len(names))), strict=True))


class Entry:
    """Draws states that satisfy one entry relation. ``slots`` are all private slots of the block's relations;
    ``operands`` (register, displacement; no register: an address) say where the source is likely to look."""

    def __init__(
        self, isa: str, link: str, relation: Relation, slots: Sequence[int], operands: Sequence[tuple[str, int]] = ()
    ) -> None:
        self.isa = isa
        self.link = link
        self.relation = relation
        self.slots = slots
        self.operands = operands
        held = relation.places.keys()
        self.general = [name for name in SOURCE_GENERAL if name in held]
        self.vectors = [name for name in SOURCE_VECTOR if name in held or name.partition(".")[0] in held]
        self.top = STACK_TOP + (-relation.frame.reserved & -PAGE) % PAGE

    def private(self, base: int) -> list[int]:
        """Addresses of the 8-byte cells that belong to the translation: the return address and its slots."""
        size = self.relation.frame.size
        return [base + self.relation.frame.skew - 8, *(base - size + slot for slot in self.slots)]

    def bases(self) -> list[int]:
        """The values of S that ``draw`` chooses from."""
        return [self.top + 16 * n for n in (7, 8, 10, 12)]

    def draw(self, draw: Draw) -> State:
        """A random state."""
        draw.start()
        base = draw.random.choice(self.bases())
        values = draw.noises(_SOURCE)
        for name in self.general:
            values[name] = draw.integer()
        for name in self.vectors:
            values[name] = draw.vector_half()
        for flag in ("ZF", "CF", "SF", "OF", "PF"):
            values[flag] = draw.random.getrandbits(1)
        target = draw.noises(REGISTERS[self.isa])
        for flag in ("NG", "ZR", "CY", "OV"):
            if flag in target:
                target[flag] &= 1
        depth = DYNAMIC_DEPTH + 16 * draw.random.randrange(16)
        state = State(base, draw.random.getrandbits(32), values, target)
        self._ranges(state)
        if self.relation.flags is not None:
            _draw_flags(self.relation.flags, target, draw)
        self.complete(state, depth, draw)
        self._memory(state, draw)
        return state

    def _memory(self, state: State, draw: Draw) -> None:
        """Interesting values where the source is likely to look."""
        private = self.private(state.base)
        for register, displacement in self.operands:
            at = (state.source[register] if register else 0) + displacement & ALL
            if draw.random.random() < 0.6 and at < ALL - 8 and not any(abs(at - cell) < 8 for cell in private):
                floats = draw.random.random() < 0.15
                state.memory[at] = (draw.vector_half() if floats else draw.integer()).to_bytes(8, "little")

    def complete(self, state: State, depth: int, draw: Draw) -> None:
        """Make the rest of ``state`` agree with its source registers, and with the flag operands in its target."""
        frame, base, source, target = self.relation.frame, state.base, state.source, state.target
        for name, offset in self.relation.offsets.items():
            source[name] = base + offset & ALL
        target["sp"] = base - frame.reserved - (depth if frame.dynamic else 0) & ALL
        source["rsp"] = (target["sp"] + frame.gap if frame.dynamic else base - 8 - frame.depth) & ALL
        source["DF"] = 0
        source[THREAD_REGISTER["x86"]] = target[THREAD_REGISTER[self.isa]] = THREAD_POINTER
        for cell in self.private(base):
            state.target_memory[cell & ALL] = draw.noise().to_bytes(8, "little")
        address = RETURN_ADDRESS.to_bytes(8, "little")
        state.source_memory[base + self.relation.frame.skew - 8 & ALL] = address
        if frame.ra == "slot":
            state.target_memory[base + self.relation.frame.skew - 8 & ALL] = address
        else:
            target[self.link] = RETURN_ADDRESS
        kept = _kept_flags(self.relation.flags, target)
        for name, (place, form) in self.relation.places.items():
            _hold(state, place, form, source_value(source, name), frame, draw)
        target |= kept
        if self.relation.flags is not None:
            source |= source_flags(self.relation.flags, target)

    def _ranges(self, state: State) -> None:
        for name, known in self.relation.ranges.items():
            if known.unsigned < 64:
                state.source[name] &= (1 << known.unsigned) - 1
            elif known.signed < 64:
                state.source[name] = sign_extend(state.source[name], known.signed)


def source_value(source: Mapping[str, int], name: str) -> int:
    """A register's value; ``xmm0`` is 128 bits."""
    if name.startswith("xmm") and "." not in name:
        return source[name + ".hi"] << 64 | source[name + ".lo"]
    return source[name]


def _hold(state: State, place: Place, form: Form, value: int, frame: Frame, draw: Draw) -> None:
    """Put ``value`` where the relation says, in the form it says."""
    wide = not place.register or place.register[0] != "v"
    width = 64 if wide else 128
    low = value & (1 << form.bits) - 1
    if form.bits >= width:
        held = value & (1 << width) - 1
    elif form.rest == "sext":
        held = sign_extend(low, form.bits)
    elif form.rest == "nanbox":
        held = low | ALL << form.bits & ALL
    else:
        held = low | (draw.noise() | draw.noise() << 64) << form.bits & (1 << width) - 1
    if place.slot >= 0:
        state.target_memory[state.base - frame.size + place.slot & ALL] = held.to_bytes(8, "little")
    elif wide:
        state.target[place.register] = held
    else:
        state.target[place.register + ".lo"] = held & ALL
        state.target[place.register + ".hi"] = held >> 64


def _kept_flags(flags: EdgeFlags | None, target: Mapping[str, int]) -> dict[str, int]:
    """The operands of the flags, which no other place may overwrite."""
    if flags is None:
        return {}
    names = [p + ".lo" if p.startswith("v") else p for p in flags.places if not p.startswith("#")]
    return {name: target[name] for name in names}


def _draw_flags(flags: EdgeFlags, target: dict[str, int], draw: Draw) -> None:
    """Operands for the flags, or NZCV as some comparison leaves it."""
    floats = flags.kind == "fcmp" or flags.nzcv == "fcmp"
    width = 8 * flags.size
    if flags.kind == "nzcv":
        _draw_nzcv(flags.nzcv, target, draw)
        return
    for place in flags.places:
        if place.startswith("#"):
            continue
        if floats:
            value = draw.double() if width == 64 else draw.single() | ALL << 32 & ALL
        else:
            value = sign_extend(draw.integer(), width)
        target[place + ".lo" if place.startswith("v") else place] = value
    registers = [p for p in flags.places if not p.startswith("#")]
    if len(registers) == 2 and not floats and draw.random.random() < 0.3:
        near = operand(registers[0], 8, target) + draw.random.choice((0, 0, 1, -1))
        target[registers[1]] = sign_extend(near, width)


def _draw_nzcv(kind: str, target: dict[str, int], draw: Draw) -> None:
    a, b = draw.integer(), draw.integer()
    if draw.random.random() < 0.3:
        b = a + draw.random.choice((0, 0, 1, -1)) & ALL
    if kind == "fcmp":
        n, z, c, v = draw.random.choice(((0, 0, 1, 1), (0, 1, 1, 0), (1, 0, 0, 0), (0, 0, 1, 0)))
    elif kind == "logic":
        n, z, c, v = a >> 63, int(a == 0), 0, 0
    else:
        other = b ^ ALL if kind == "sub" else b
        total = a + other + (kind == "sub")
        result = total & ALL
        n, z, c = result >> 63, int(result == 0), total >> 64
        v = (~(a ^ other) & (a ^ result)) >> 63 & 1
    target |= {"NG": n, "ZR": z, "CY": c, "OV": v}
