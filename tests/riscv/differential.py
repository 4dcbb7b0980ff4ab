"""Blocks run twice: their micro-operations on Python integers, and the emitted RISC-V code on Unicorn."""

from __future__ import annotations

import random
import re

from image import Case, Image, jump
from micro_interpreter import State, flags, is_nan, mask, signed
from states import enter_flags, initial, signed_from

from transpile.emulators.unicorn_cpu import CODE, PAGE, Result, UnicornCpu, page_content
from transpile.native.block import LoweredBlock
from transpile.native.micro import Code, Micro, Native, Reg, Value
from transpile.native.relation import Form, Place

ENDINGS = frozenset((Code.IJUMP, Code.ICALL, Code.ITAIL, Code.CALL, Code.TAIL, Code.RET, Code.TRAP))


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


def differing(case: Case, state: BlockState, result: Result, before: dict[int, int]) -> list[str]:
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
