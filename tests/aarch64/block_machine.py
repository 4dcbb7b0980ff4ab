"""Runs emitted AArch64 blocks in Unicorn against the micro-operation interpreter, from random states."""

from __future__ import annotations

import math
import random
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import unicorn
from micro_interpreter import State, flags
from unicorn import arm64_const as c

from transpile.aarch64.abi import AAPCS64, form
from transpile.aarch64.emit import emit_block
from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.liveness import Backward, live_bytes
from transpile.native.micro import Micro
from transpile.native.relation import EdgeFlags, Place, Range
from transpile.x86.abi import SYSTEM_V

CODE, DATA, SIZE = 0x100000, 0x400000, 0x200
INTEGER = tuple(n for n in SYSTEM_V.registers if n != "rsp")
VECTOR = tuple(SYSTEM_V.vectors)
POINTERS = {"rbx": DATA + 0x80, "rbp": DATA + 0x100}
HOMES = {name: Place(register) for name, register in AAPCS64.homes.items()}
X = [getattr(c, f"UC_ARM64_REG_X{n}") for n in range(31)]
V = [getattr(c, f"UC_ARM64_REG_V{n}") for n in range(32)]
EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 63, (1 << 63) - 1)
FLOATS = (0.0, -0.0, 1.0, -1.5, 2.5, 2147483647.0, -2147483649.0, 2147483648.0, 9.3e18, -9.3e18, math.inf, math.nan)


@dataclass
class Case:
    """One block with its relations; ``live``: location -> live low bytes at the exit."""

    micros: Sequence[Micro]
    live: Mapping[str, int]
    flags_in: EdgeFlags | None = None
    flags_out: EdgeFlags | None = None
    ranges: Mapping[str, Range] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    """Exit places that are not the homes."""
    came: Mapping[str, Place] = field(default_factory=dict)
    """Entry places that are not the homes."""
    march: str = ""
    memory_model: str = "relaxed"
    block: LoweredBlock | None = None
    lines: Sequence[str] = ()

    def emit(self) -> None:
        masks = {name: (1 << size) - 1 for name, size in self.live.items()}
        live = Backward(SYSTEM_V, None).walk(self.micros, masks, self.flags_out.live if self.flags_out else "")
        at = {**HOMES, **self.came}
        entry = {n: (at[n], form(n, live_bytes(mask))) for n, mask in live.entry.items() if n in HOMES}
        leave = {n: (self.places.get(n, HOMES[n]), form(n, size)) for n, size in self.live.items()}
        after = [{n: live_bytes(mask) for n, mask in masks.items()} for masks in live.after]
        block = LoweredBlock("b", live.micros, entry, leave, self.ranges, after, self.flags_in, self.flags_out, "next")
        context = FunctionContext("f", HOMES, march=self.march, memory_model=self.memory_model)
        emitted = emit_block(block, context)
        self.block = block
        self.lines = [f"{line.label}:" if line.label else line.text for line in emitted.lines]


def emit_and_assemble(cases: Sequence[Case]) -> list[bytes]:
    """The machine code of every case, with ``x27`` = 1 at its end when it jumps to ``taken``, else 0."""
    text: list[str] = []
    for number, case in enumerate(cases):
        case.emit()
        text += [f"start{number}:"]
        for line in case.lines:
            for label in (".Lt_b_", "taken", "next"):
                line = line.replace(label, f"{label}{number}_")
            text.append(line)
        text += [f"next{number}_: mov x27, #0", f"b end{number}", f"taken{number}_: mov x27, #1", f"end{number}: nop"]
    with tempfile.TemporaryDirectory() as folder:
        source, output, flat = (Path(folder) / name for name in ("a.s", "a.o", "a.bin"))
        source.write_text("\n".join(text) + "\n")
        subprocess.run(["aarch64-linux-gnu-as", "-march=armv8.5-a", source, "-o", output], check=True)
        subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", "-j", ".text", output, flat], check=True)
        symbols = subprocess.run(["aarch64-linux-gnu-nm", output], check=True, capture_output=True, text=True).stdout
        code = flat.read_bytes()
    at = {name: int(address, 16) for address, _, name in (line.split() for line in symbols.splitlines())}
    return [code[at[f"start{n}"] : at[f"end{n}"] + 4] for n in range(len(cases))]


class Cpu:
    def __init__(self) -> None:
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
        self.uc.ctl_set_cpu_model(c.UC_CPU_ARM64_MAX)
        self.uc.mem_map(CODE, 0x10000)
        self.uc.mem_map(DATA, 0x10000)

    def run(self, code: bytes, registers: Mapping[str, int], nzcv: int, memory: bytes) -> tuple[dict[str, int], bytes]:
        uc = self.uc
        uc.mem_write(CODE, code)
        uc.ctl_remove_cache(CODE, CODE + len(code))
        uc.mem_write(DATA, memory)
        for name, value in registers.items():
            uc.reg_write(number(name), value)
        uc.reg_write(c.UC_ARM64_REG_SP, DATA + 0x170)
        uc.reg_write(c.UC_ARM64_REG_NZCV, nzcv << 28)
        uc.emu_start(CODE, CODE + len(code) - 4, count=500)
        found = {f"x{n}": uc.reg_read(X[n]) for n in range(31)} | {f"v{n}": uc.reg_read(V[n]) for n in range(32)}
        found["nzcv"] = uc.reg_read(c.UC_ARM64_REG_NZCV) >> 28
        return found, bytes(uc.mem_read(DATA, SIZE))


def number(name: str) -> int:
    return X[int(name[1:])] if name[0] == "x" else V[int(name[1:])]


def random_value(rng: random.Random, size: int) -> int:
    if size == 16:
        kind = rng.randrange(4)
        if kind == 0:
            return rng.getrandbits(128)
        if kind == 1:
            return int.from_bytes(struct.pack("<dd", *rng.choices(FLOATS, k=2)), "little")
        if kind == 2:
            values = [v if abs(v) < 3e38 or math.isinf(v) else 0.0 for v in rng.choices(FLOATS, k=4)]
            return int.from_bytes(struct.pack("<ffff", *values), "little")
        return int.from_bytes(struct.pack("<8H", *(rng.choice(EDGES) & 0xFFFF for _ in range(8))), "little")
    kind = rng.randrange(3)
    return (
        rng.getrandbits(64) if kind == 0 else rng.choice(EDGES) if kind == 1 else -rng.choice(EDGES) & ((1 << 64) - 1)
    )


def has_nan(values: Iterable[int]) -> bool:
    """Whether any 4- or 8-byte lane of the values is a NaN: what is computed from one may differ in its payload."""
    for value in values:
        for bits, exponent, fraction in ((32, 0xFF << 23, (1 << 23) - 1), (64, 0x7FF << 52, (1 << 52) - 1)):
            for at in range(0, 128, bits):
                lane = value >> at
                if lane & exponent == exponent and lane & fraction:
                    return True
    return False


def same(got: int, expected: int, bits: int, floats: bool) -> bool:
    """Equal in the low ``bits``; with ``floats`` NaNs may differ in payload."""
    if (got ^ expected) & ((1 << bits) - 1) == 0:
        return True
    return floats and any(_same_lanes(got, expected, max(bits, 8 * size), size) for size in (4, 8))


def _same_lanes(got: int, expected: int, bits: int, size: int) -> bool:
    layout = "<f" if size == 4 else "<d"
    for at in range(0, bits, 8 * size):
        a, b = (v >> at & ((1 << 8 * size) - 1) for v in (got, expected))
        if a != b:
            x, y = (struct.unpack(layout, v.to_bytes(size, "little"))[0] for v in (a, b))
            if not (math.isnan(x) and math.isnan(y)):
                return False
    return True


def differences(cpu: Cpu, case: Case, code: bytes, rng: random.Random, floats: bool = False) -> list[str]:
    """Run once from a random state that the entry relation allows; what differs from the interpreter."""
    assert case.block is not None
    source = {n: random_value(rng, 8) for n in INTEGER} | {n: random_value(rng, 16) for n in VECTOR} | POINTERS
    for name, known in case.ranges.items():
        source[name] &= (1 << known.unsigned) - 1
    memory = rng.randbytes(SIZE)
    target = {f"x{n}": rng.getrandbits(64) for n in range(30) if n != 18}
    target |= {f"v{n}": rng.getrandbits(128) for n in range(32)}
    for name, (place, held) in case.block.entry.items():
        mask = (1 << held.bits) - 1
        target[place.register] = (source[name] & mask) | (target[place.register] & ~mask)
    state = State(dict(source), "", {DATA + i: byte for i, byte in enumerate(memory)})
    state.registers["sp"] = DATA + 0x170
    nzcv = rng.randrange(16)
    if case.flags_in is not None and case.flags_in.kind == "nzcv":
        state.made[-1] = flags_at_entry(case.flags_in, nzcv)
    if case.flags_in is not None and case.flags_in.kind != "nzcv":
        args = [int(p[1:]) if p[0] == "#" else target[p] for p in case.flags_in.places]
        size = case.flags_in.size
        operands = [a & ((1 << 8 * size) - 1) for a in args]
        for place, value in zip(case.flags_in.places, operands, strict=True):
            if place[0] == "x":
                wide = value - (1 << 8 * size) if value >> (8 * size - 1) else value
                target[place] = wide & ((1 << 64) - 1)
        state.made[-1] = flags(case.flags_in.kind, size, operands)
    jumped = state.run(list(case.micros))
    got, after = cpu.run(code, target, nzcv, memory)
    found = []
    for name, (place, held) in case.block.exit.items():
        if not same(got[place.register], state.registers[name], held.bits, floats):
            found.append(f"{name} in {place}: {got[place.register]:#x}, not {state.registers[name]:#x}")
    expected = bytes(state.memory[DATA + i] for i in range(SIZE))
    if after != expected:
        found.append("memory")
    if floats and len(case.micros) > 1 and has_nan([*state.temps.values(), *(state.registers[n] for n in VECTOR)]):
        return []
    if case.flags_out is not None:
        found += wrong_flags(case.flags_out, state, got)
    if got["x27"] != int(jumped == "taken"):
        found.append(f"branch: {got['x27']}, not {jumped}")
    return found


def wrong_flags(out: EdgeFlags, state: State, got: dict[str, int]) -> list[str]:
    """Flags that do not leave the block as ``out`` says; the block's last FLAGS made them."""
    wanted = state.made[max(state.made)]
    if out.kind == "nzcv":
        held = flags_at_entry(out, got["nzcv"])
    else:
        wide = (1 << 8 * out.size) - 1
        held = flags(out.kind, out.size, [(int(p[1:]) if p[0] == "#" else got[p]) & wide for p in out.places])
    return [f"flag {c}: {held[c]}, not {wanted[c]}" for c in out.live if held[c] != wanted[c]]


def flags_at_entry(flags: EdgeFlags, nzcv: int) -> dict[str, bool]:
    """What NZCV says about the source's flags at an edge."""
    n, z, carry, v = (bool(nzcv >> bit & 1) for bit in (3, 2, 1, 0))
    if flags.nzcv == "fcmp":
        return {"o": False, "s": False, "z": z or v, "p": v, "c": n != v}
    return {"o": v, "s": n, "z": z, "c": carry != (flags.nzcv == "sub"), "p": False}
