"""Blocks run twice: their micro-operations on Python integers, and the emitted RISC-V code on Unicorn."""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from micro_interpreter import State, flags, is_nan, mask, signed

from transpile.emulators.unicorn_cpu import CODE, PAGE, UnicornCpu, page_content
from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.micro import Code, Const, Micro, Native, Reg, Symbol, Temp, Value
from transpile.native.relation import EdgeFlags, Form, Place
from transpile.riscv.abi import NATIVE
from transpile.riscv.emit import emit_block

STACK = 0x7000_0000
ENDINGS = frozenset((Code.IJUMP, Code.ICALL, Code.ITAIL, Code.CALL, Code.TAIL, Code.RET, Code.TRAP))


@dataclass
class Case:
    """A block with its code's place in the image."""

    block: LoweredBlock
    context: FunctionContext
    name: str
    lines: list[str]
    start: int = 0
    stops: dict[int, str] | None = None


class Skip(Exception):
    """The state does not suit the block: division by zero, wild addresses."""


class SparseMemory(dict[int, int]):
    """Bytes that follow from the seed until written."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed
        self.pages: dict[int, bytes] = {}

    def __missing__(self, address: int) -> int:
        page = address & -PAGE
        if not 0x1_0000 <= address < 1 << 44 or 0x0F00_0000 <= address < 0x0F02_0000:
            raise Skip
        if page not in self.pages:
            self.pages[page] = page_content(self.seed, page)
        return self.pages[page][address - page]


class BlockState(State):
    """Micro-operations with the target's stack pointer and control transfers."""

    def run_block(self, block: LoweredBlock) -> str:
        for micro in block.micros:
            if micro.code is Code.BRANCH:
                assert micro.cond is not None
                if self.holds(micro.cond):
                    return micro.target
                if micro.name and micro is block.micros[-1]:
                    return micro.name
            elif micro.code is Code.JUMP:
                return micro.target
            elif micro.code in ENDINGS:
                return self.ending(micro)
            else:
                self.frame_step(micro)
        return block.next_label

    def ending(self, micro: Micro) -> str:
        if micro.code in (Code.IJUMP, Code.ICALL, Code.ITAIL):
            return f"*{self.value(micro.args[0]) & -2:#x}"
        if micro.code in (Code.CALL, Code.TAIL):
            return micro.target
        return "ret" if micro.code is Code.RET else "trap"

    def frame_step(self, micro: Micro) -> None:
        sp = self.registers["sp"]
        if micro.code is Code.ENTER:
            self.registers["sp"] = sp - micro.imm
            if micro.name == "ra":
                self.store(sp - 8 + micro.lane, self.registers["ra"], 8)
        elif micro.code is Code.LEAVE:
            self.registers["sp"] = sp + micro.imm
            if micro.name == "ra":
                self.registers["ra"] = self.load(sp + micro.imm - 8 + micro.lane, 8)
        elif micro.code is Code.SP_ADD:
            amount = self.value(micro.args[0]) if micro.args else 0
            self.registers["sp"] = sp + micro.imm + amount & mask(8)
        elif micro.code is Code.SP_COPY:
            self.registers["sp"] = self.value(micro.args[0]) + micro.imm & mask(8)
        else:
            try:
                self.step(micro)
            except ZeroDivisionError:
                raise Skip from None
            if makes_nan(micro, self):
                raise Skip

    def value(self, v: Value) -> int:
        if isinstance(v, Native):
            return self.registers["=" + v.name] & mask(v.size)
        return super().value(v)


FLOAT_RESULTS = {Code.FADD, Code.FSUB, Code.FMUL, Code.FDIV, Code.FSQRT, Code.F2F}


def makes_nan(micro: Micro, state: State) -> bool:
    """Whether the result is a NaN, whose bits differ between the machines."""
    dst = micro.dst
    packed = micro.code is Code.PACKED and micro.name in ("fadd", "fsub", "fmul", "fdiv", "fsqrt", "d2f", "f2d")
    if dst is None or not (packed or micro.code in FLOAT_RESULTS):
        return False
    value = state.value(dst)
    size = dst.size if not packed else {"d2f": 4, "f2d": 8}.get(micro.name, micro.lane)
    return any(is_nan(value >> 8 * at & mask(size), size) for at in range(0, dst.size, size))


class Image:
    """All cases assembled into one piece of code that starts with a slot for a jump."""

    def __init__(self, cases: Sequence[Case], march: str = "rv64gc") -> None:
        self.cases = cases
        self.symbols: dict[str, int] = {}
        self.addresses: dict[str, int] = {}
        self.names: dict[str, str] = {}
        text = [".option norelax", ".option norvc", ".text", "nop"]
        externals: set[str] = set()
        for number, case in enumerate(cases):
            text += self._case(number, case, externals)
        for position, name in enumerate(sorted(externals)):
            self.addresses[name] = 0x0F80_0000 + 0x1010 * position
            self.symbols[self.names[name]] = self.addresses[name]
        self.code, addresses = self._link(text, march)
        for number, case in enumerate(cases):
            case.start = addresses[f"case{number}"]
            prefix = f"stop{number}_"
            case.stops = {a: n[len(prefix) :] for n, a in addresses.items() if n.startswith(prefix)}

    def _case(self, number: int, case: Case, externals: set[str]) -> list[str]:
        targets: dict[str, str] = {}

        def target(name: str) -> str:
            clean = re.sub(r"\W", "_", name)
            targets[f"stop{number}_{clean}"] = name
            return f"stop{number}_{clean}"

        out = [f"case{number}:"]
        for line in case.lines:
            if line.endswith(":"):
                out.append(f"local{number}_{line.lstrip('.')}")
                continue
            out.append("\t" + self._renamed(number, line, target, externals))
        out.append(f"\tj {target(case.block.next_label or 'end')}")
        for label in targets:
            out.append(f"{label}:\tnop")
        return out

    def _renamed(self, number: int, line: str, target, externals: set[str]) -> str:  # type: ignore[no-untyped-def]
        op, _, rest = line.partition(" ")
        operands = [part.strip() for part in rest.split(",")] if rest else []
        if op in ("call", "tail", "j") or (op[0] == "b" and op != "break"):
            last = operands[-1]
            if last.startswith(".Lt_"):
                operands[-1] = f"local{number}_{last.lstrip('.')}"
            else:
                operands[-1] = target(last)
            return f"{op} {', '.join(operands)}"
        for name in symbols_of(self.cases[number].block):
            if name in REGISTERS or name in ("sp", "tp", "ra", "gp"):
                externals.add(name)
                self.names[name] = name
                continue
            clean = "sym_" + re.sub(r"\W", "_", name)
            changed = re.sub(rf"(?<![\w.$%]){re.escape(name)}(?![\w.$(])", clean, rest)
            if changed != rest:
                externals.add(clean)
                self.names[clean] = name
                rest = changed
        return f"{op} {rest}"

    def _link(self, text: Sequence[str], march: str) -> tuple[bytes, dict[str, int]]:
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder)
            (base / "a.s").write_text("\n".join(text) + "\n")

            def run(*command: str) -> subprocess.CompletedProcess[str]:
                done = subprocess.run(command, cwd=base, capture_output=True, text=True)
                assert done.returncode == 0, done.stderr[:2000]
                return done

            run("riscv64-linux-gnu-as", f"-march={march}", "-o", "a.o", "a.s")
            defines = [f"--defsym={name}={value}" for name, value in self.addresses.items()]
            run("riscv64-linux-gnu-ld", f"-Ttext={CODE:#x}", *defines, "-e", "0", "-o", "a.elf", "a.o")
            run("riscv64-linux-gnu-objcopy", "-O", "binary", "-j", ".text", "a.elf", "a.bin")
            names = run("riscv64-linux-gnu-nm", "a.elf").stdout
            addresses = {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines()}
            return (base / "a.bin").read_bytes(), addresses


def symbols_of(block: LoweredBlock) -> set[str]:
    found = set()
    for micro in block.micros:
        found.update(v.name for v in micro.args if isinstance(v, Symbol))
        if micro.address is not None and micro.address.symbol is not None:
            found.add(micro.address.symbol.name)
    return found


def make_case(block: LoweredBlock, context: FunctionContext, name: str) -> Case:
    emitted = emit_block(block, context)
    return Case(block, context, name, [f"{line.label}:" if line.label else line.text for line in emitted.lines])


def jump(distance: int) -> bytes:
    """``jal zero, distance``."""
    d = distance
    word = (d >> 20 & 1) << 31 | (d >> 1 & 0x3FF) << 21 | (d >> 11 & 1) << 20 | (d >> 12 & 0xFF) << 12 | 0x6F
    return word.to_bytes(4, "little")


class Differ:
    """Runs cases of one image."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.cpu = UnicornCpu("riscv")

    def check(self, case: Case, rng: random.Random, rounds: int, tries: int = 8) -> tuple[int, str]:
        """How many states were compared, and the first difference."""
        done = 0
        for _ in range(rounds * tries):
            seed = rng.randrange(1 << 30)
            try:
                message = self.compare(case, random.Random(seed), seed)
            except Skip:
                continue
            if message:
                return done, f"{case.name} seed {seed}: {message}"
            done += 1
            if done == rounds:
                break
        return done, ""

    def compare(self, case: Case, rng: random.Random, seed: int) -> str:
        block = case.block
        source, target, overlay = initial(block, rng)
        memory = SparseMemory(seed)
        for address, data in overlay.items():
            for i, byte in enumerate(data):
                memory[address + i] = byte
        before = dict(memory)
        state = BlockState(dict(source), "", memory, self.image.symbols, target["tp"])
        if block.flags_in is not None:
            enter_flags(state, block.flags_in, target)
        where = state.run_block(block)
        assert case.stops is not None
        code = jump(case.start - CODE) + self.image.code[4:]
        # A jump to the next instruction is not allowed to be the one to itself.
        result = self.cpu.run(code, target, overlay, seed, (*case.stops, target["ra"]), 20_000)
        if result.fault:
            if where == "trap":
                return ""
            raise Skip if "read" in result.fault or "write" in result.fault else AssertionError(result.fault)
        if result.exit_address not in case.stops and CODE <= result.exit_address < CODE + len(code):
            raise Skip  # a memory access outside what the emulator can map
        went = case.stops.get(result.exit_address, f"*{result.exit_address:#x}")
        if result.exit_address == target["ra"]:
            went = "ret"
        expected = re.sub(r"\W", "_", where or "end")
        if where.startswith("*"):
            expected = where
        if where == "ret" and result.exit_address == state.registers["ra"] & -2:
            went = "ret"
        if where == "trap" and result.exit_address not in case.stops:
            return ""
        if went != expected:
            return f"goes to {went} instead of {where}"
        wrong = differing(case, state, result, before)
        return "; ".join(wrong)


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
    import struct

    return int.from_bytes(struct.pack("<d", value), "little")


def single(rng: random.Random) -> int:
    import struct

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


def enter_flags(state: BlockState, edge: EdgeFlags, target: dict[str, int]) -> None:
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


def differing(case: Case, state: BlockState, result, before: dict[int, int]) -> list[str]:  # type: ignore[no-untyped-def]
    block = case.block
    wrong = []
    sp = state.registers["sp"]
    if result.registers["sp"] != sp:
        wrong.append(f"sp {result.registers['sp']:#x} against {sp:#x}")
    final: dict[int, int] = {}
    for address, size, value in result.writes:
        for i in range(size):
            final[address + i] = value >> 8 * i & 255
    slots: set[int] = set()
    for name, (place, form) in block.exit.items():
        if not defined(name, block):
            continue
        got = read_place(place, result.registers, final, before, sp)
        if place.slot >= 0:
            slots.update(range(sp + place.slot, sp + place.slot + 8))
        message = mismatch(source_value(state, name), got, form)
        if message:
            wrong.append(f"{name} in {place} ({form}): {message}")
    for place, _ in case.context.homes.items():
        home = case.context.homes[place]
        if home.slot >= 0:
            slots.update(range(sp + home.slot, sp + home.slot + 8))
    fresh = SparseMemory(state.memory.seed)  # type: ignore[attr-defined]
    written = {a: b for a, b in state.memory.items() if (before[a] if a in before else fresh[a]) != b}
    for address, byte in written.items():
        if final.get(address, before.get(address)) != byte and not nan_byte(state, final, address):
            wrong.append(f"memory {address:#x}: {final.get(address)} against {byte:#x}")
    for address, byte in final.items():
        if address not in slots and state.memory[address] != byte and not nan_byte(state, final, address):
            wrong.append(f"stray store to {address:#x} of {byte:#x}")
    if block.flags_out is not None:
        wrong += flag_differences(block, state, result.registers)
    return wrong[:6]


def nan_byte(state: BlockState, final: dict[int, int], address: int) -> bool:
    """Whether the byte belongs to a NaN on both sides."""
    for size in (8, 4):
        for base in range(address - size + 1, address + 1):
            if all(base + i in state.memory and base + i in final for i in range(size)):
                mine = int.from_bytes(bytes(state.memory[base + i] for i in range(size)), "little")
                theirs = int.from_bytes(bytes(final[base + i] for i in range(size)), "little")
                if is_nan(mine, size) and is_nan(theirs, size):
                    return True
    return False


def defined(name: str, block: LoweredBlock) -> bool:
    if name in block.entry:
        return True
    base = name.partition(".")[0]
    return any(isinstance(micro.dst, Reg) and micro.dst.name == base for micro in block.micros)


def source_value(state: BlockState, name: str) -> int:
    base, _, half = name.partition(".")
    value = state.registers[base]
    return (value >> 64 if half == "hi" else value) & mask(8)


def read_place(place: Place, registers: dict[str, int], final: dict[int, int], before: dict[int, int], sp: int) -> int:
    if place.register:
        return registers[place.register]
    at = sp + place.slot
    return int.from_bytes(bytes(final.get(at + i, before.get(at + i, 0)) for i in range(8)), "little")


def mismatch(value: int, got: int, form: Form) -> str:
    low = (1 << form.bits) - 1
    if value & low != got & low and not same_floats(value & low, got & low, form.bits):
        return f"{got & low:#x} against {value & low:#x}"
    if form.rest == "sext" and got != signed_from(got, form.bits):
        return f"{got:#x} is not sign-extended"
    return ""


def same_floats(a: int, b: int, bits: int) -> bool:
    if bits == 64 and is_nan(a, 8) and is_nan(b, 8):
        return True
    if bits < 32:
        return False
    halves = [(a >> shift & mask(4), b >> shift & mask(4)) for shift in range(0, bits, 32)]
    return all(x == y or (is_nan(x, 4) and is_nan(y, 4)) for x, y in halves)


def flag_differences(block: LoweredBlock, state: BlockState, registers: dict[str, int]) -> list[str]:
    edge = block.flags_out
    assert edge is not None
    last = max((m.id for m in block.micros if m.code is Code.FLAGS and not m.imm), default=-1)
    expected = state.made[last]
    args = []
    for place in edge.places:
        if place[0] == "#":
            args.append(int(place[1:], 0) & mask(edge.size))
        else:
            value = registers[place]
            if place[0] != "f" and value != signed(value, edge.size) & mask(8):
                return [f"flag operand {place} {value:#x} is not sign-extended"]
            args.append(value & mask(edge.size))
    got = flags(edge.kind, edge.size, args)
    return [f"flag {f}: {got[f]} against {expected[f]}" for f in edge.live if got.get(f) != expected.get(f)]


def temps_of(values: Sequence[Value]) -> list[int]:
    return [v.index for v in values if isinstance(v, Temp)]


def constant(value: int, size: int) -> Const:
    return Const(value & mask(size), size)
