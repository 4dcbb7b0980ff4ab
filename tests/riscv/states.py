"""Random source states, and target states that an entry relation allows for them."""

from __future__ import annotations

import random
import struct

from micro_interpreter import State, flags, mask

from transpile.native.block import LoweredBlock
from transpile.native.micro import Code, Reg
from transpile.native.relation import EdgeFlags, Form
from transpile.riscv.abi import NATIVE

STACK = 0x7000_0000


def initial(block: LoweredBlock, rng: random.Random) -> tuple[dict[str, int], dict[str, int], dict[int, bytes]]:
    """A source state, a target state that the entry relation allows, and memory."""
    sp = STACK + 16 * rng.randrange(64)
    # Private slots are counted from the stack pointer of the frame that the block sets up.
    entered = sum(micro.imm for micro in block.micros if micro.code is Code.ENTER)
    source: dict[str, int] = {"sp": sp, "ra": 0x0900_0000}
    target: dict[str, int] = {name: rng.getrandbits(64) for name in REGISTERS}
    target |= {"sp": sp, "ra": 0x0900_0000, "tp": 0x6000_0000}
    overlay: dict[int, bytes] = {}
    pointers, indices = address_registers(block)
    halves: dict[str, int] = {}
    for name, (place, form) in block.entry.items():
        value = entry_value(name, block, rng, name in pointers, name in indices)
        held = hold(value, form, rng)
        if place.register:
            target[place.register] = held
        else:
            overlay[sp - entered + place.slot] = held.to_bytes(8, "little")
        halves[name] = value
    for number in range(16):
        source[f"xmm{number}"] = halves.get(f"xmm{number}.lo", 0) | halves.get(f"xmm{number}.hi", 0) << 64
    for name, value in halves.items():
        if "." not in name:
            source[name] = value
    for name in INTEGERS:
        source.setdefault(name, 0)  # undefined here; the emitter takes zero too
    for native, register in NATIVE.items():
        source["=" + native] = target[register]
    return source, target, overlay


INTEGERS = ("rax", "rcx", "rdx", "rbx", "rsi", "rdi", "rbp", *(f"r{n}" for n in range(8, 16)), "variadic_count")
REGISTERS = (
    *(f"t{n}" for n in range(7)),
    *(f"s{n}" for n in range(12)),
    *(f"a{n}" for n in range(8)),
    *(f"ft{n}" for n in range(12)),
    *(f"fs{n}" for n in range(12)),
    *(f"fa{n}" for n in range(8)),
)


def address_registers(block: LoweredBlock) -> tuple[set[str], set[str]]:
    pointers, indices = set(), set()
    for micro in block.micros:
        if micro.address is not None and micro.code is not Code.LEA:
            if isinstance(micro.address.base, Reg):
                pointers.add(micro.address.base.name)
            if isinstance(micro.address.index, Reg):
                indices.add(micro.address.index.name)
    return pointers, indices - pointers


def entry_value(name: str, block: LoweredBlock, rng: random.Random, pointer: bool, index: bool) -> int:
    if name.startswith("xmm"):
        return float_bits(rng)
    known = block.ranges.get(name)
    value = integer(rng)
    if pointer and (known is None or known.unsigned > 32):
        value = 0x2000_0000 + 16 * rng.randrange(64)
    elif pointer:
        value = 0x20_0000 + 8 * rng.randrange(64)
    elif index or rng.randrange(6) == 0:
        value = rng.randrange(64)
    if known is not None:
        value &= (1 << known.unsigned) - 1
        if known.signed < 64:
            value = signed_from(value, known.signed)
            if known.unsigned < 64:
                value &= (1 << min(known.unsigned, known.signed - 1)) - 1
    return value


def signed_from(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return (value - (1 << bits) if value >> (bits - 1) else value) & mask(8)


INTERESTING = (0, 1, 2, 3, 5, 9, 10, 31, 32, 48, 57, 63, 64, 97, 127, 128, 255, 256, 1 << 15, 1 << 31, 1 << 32, 1 << 63)


def integer(rng: random.Random) -> int:
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice(INTERESTING) + rng.randrange(-1, 2) & mask(8)
    if kind == 1:
        return -rng.choice(INTERESTING) & mask(8)
    if kind == 2:
        return rng.getrandbits(rng.randrange(1, 64))
    if kind == 3:
        return rng.choice(INTERESTING) | rng.choice(INTERESTING) << 32 & mask(8)
    return rng.getrandbits(64)


def float_bits(rng: random.Random) -> int:
    kind = rng.randrange(5)
    if kind == 0:
        return double(rng.choice((0.0, -0.0, 1.0, -1.0, 2.5, 3e9, -3e9, 1e19, 1e300, float("inf"))))
    if kind == 1:
        return double(rng.uniform(-1000, 1000))
    if kind == 2:
        return single(rng) | single(rng) << 32
    if kind == 3:
        return rng.choice((0x7FF8 << 48, 0x7FC0_0000, rng.getrandbits(64)))
    return rng.getrandbits(64) if rng.randrange(2) else integer(rng)


def double(value: float) -> int:
    return int.from_bytes(struct.pack("<d", value), "little")


def single(rng: random.Random) -> int:
    return int.from_bytes(struct.pack("<f", rng.choice((0.0, 1.5, -2.0, rng.uniform(-99, 99), 3e9, 1e30))), "little")


def hold(value: int, form: Form, rng: random.Random) -> int:
    """A register content that holds ``value`` in ``form``."""
    if form.bits == 64:
        return value
    low = value & (1 << form.bits) - 1
    if form.rest == "sext":
        return signed_from(low, form.bits)
    if form.rest == "nanbox":
        return low | 0xFFFFFFFF << 32
    return low | rng.getrandbits(64) >> form.bits << form.bits


def enter_flags(state: State, edge: EdgeFlags, target: dict[str, int]) -> None:
    args = []
    for place in edge.places:
        if place[0] == "#":
            args.append(int(place[1:], 0) & mask(edge.size))
            continue
        if place[0] == "f":
            if edge.size == 4:
                target[place] |= 0xFFFFFFFF << 32
        else:
            target[place] = signed_from(target[place], 8 * edge.size)
        args.append(target[place] & mask(edge.size))
    if edge.kind in ("carry", "overflow"):
        args[0] &= 1
        target[edge.places[0]] = args[0]
    state.made[-1] = flags(edge.kind, edge.size, args)
