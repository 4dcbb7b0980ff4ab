"""Does the symbolic machine say what Unicorn does? One instruction at a time, on boundary and random states.

``python -m transpile.conformance x86 FORMS -n 200`` prints every form that disagrees. Bits that the machine calls
unknown are not compared; NaN results are compared as NaN; the auxiliary carry flag is not modelled.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transpile.asm.source import Kind
from transpile.asm.source import parse as parse_source
from transpile.emulators import concrete_floats
from transpile.emulators.unicorn_cpu import CODE, PAGE, Result, UnicornCpu, page_content
from transpile.errors import TranspileError
from transpile.solvers import terms as t
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encode_x86 import encode_x86
from transpile.solvers.machine import Machine
from transpile.solvers.step import Step
from transpile.x86.decode import decode

_MASK = (1 << 64) - 1
_BOUNDARIES = (
    *(0, 1, 2, 31, 32, 33, 63, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF),
    *(1 << 32, 0xFFFFFFFF80000000, _MASK, _MASK >> 1, 1 << 63),
)
_FLOATS = (
    *(0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 1e300, -1e300, 5e-324, 2147483647.5, 2147483648.0, -2147483648.5, 1e10),
    *(9.3e18, -9.3e18, 4294967296.0, float("inf"), float("-inf"), float("nan"), 3.999, -0.75),
)


@dataclass(slots=True)
class Disagreement:
    """``where`` (a register or an address) holds ``real`` under Unicorn and ``claimed`` in the machine."""

    text: str
    where: str
    real: str
    claimed: str
    state: Mapping[str, int] = field(repr=False, default_factory=dict)


def steps_of(isa: str, text: str) -> list[Step]:
    """The steps of one line of assembly (several instructions separated by ``;`` make a sequence)."""
    lines = [part.strip() for part in text.split(";")]
    if isa != "x86":
        return encode_target(isa, lines)
    statements = parse_source("\n".join(lines) + "\n", "form").statements
    return encode_x86([decode(s) for s in statements if s.kind is Kind.INSTRUCTION])


def prepare(isa: str, texts: Iterable[str]) -> None:
    """Assemble all forms at once; later ones come from the assembler's memory. Faults show when a form is examined."""
    with contextlib.suppress(TranspileError):
        steps_of(isa, ";".join(texts))


class Comparer:
    """Compares forms of one ISA."""

    def __init__(self, isa: str) -> None:
        self.isa = isa
        self.cpu = UnicornCpu(isa)
        self.names = sorted(self.cpu.run(b"", {}).registers)

    def compare(self, text: str, runs: int) -> list[Disagreement]:
        """All differences on ``runs`` states, at most one per place; an opaque form gives one as well."""
        steps = steps_of(self.isa, text)
        machine = Machine(self.isa)
        machine.run(steps)
        if machine.unsupported is not None:
            return [Disagreement(text, "unsupported", "", machine.unsupported)]
        code = b"".join(step.code for step in steps)
        prediction = _Prediction(machine, self.names)
        stops = [CODE + at + jump for at in range(0, len(code), 1 if self.isa == "x86" else 4) for jump in _JUMPS]
        generator = random.Random(zlib.crc32(text.encode()))
        found: dict[str, Disagreement] = {}
        for _ in range(runs):
            state = self._state(text, generator)
            seed = generator.getrandbits(32)
            result = self.cpu.run(code, state, seed=seed, stop=stops)
            if result.fault:
                if not prediction.may_fault:
                    found.setdefault("fault", Disagreement(text, "fault", result.fault, "", state))
                continue
            for difference in prediction.differences(text, state, seed, result, CODE + len(code)):
                found.setdefault(difference.where, difference)
        return list(found.values())

    def _state(self, text: str, generator: random.Random) -> dict[str, int]:
        addresses = _address_registers(self.isa, text)
        single = self.isa == "riscv" and _SINGLE.search(text) is not None
        state = {}
        for name in self.names:
            if name in _ONE_BIT:
                state[name] = generator.getrandbits(1) if name != "DF" else 0
            elif name in addresses:
                state[name] = addresses[name](generator)
            elif "." in name or name[0] == "f":
                state[name] = _vector_half(generator)
                if single:
                    state[name] |= 0xFFFFFFFF << 32
            else:
                state[name] = _integer(generator)
        return state


_FLOAT_OPERATORS = frozenset(("apply", "fnan", "flt", "fle", "feq"))
_JUMPS = (0x40, 0x400, 0x1000)
"""How far the placeholders of branch targets jump."""
_SINGLE = re.compile(r"\.s\b|\.w\.x|\bflw|\bfsw")
"""RISC-V single precision: Unicorn 2.1 neither boxes results nor asks whether operands are."""
_ONE_BIT = frozenset(("CF", "PF", "AF", "ZF", "SF", "DF", "OF", "NG", "ZR", "CY", "OV"))


def _integer(generator: random.Random) -> int:
    kind = generator.randrange(4)
    if kind == 0:
        return generator.choice(_BOUNDARIES)
    if kind == 1:
        return generator.getrandbits(generator.choice((3, 8, 16, 32)))
    if kind == 2:
        return -generator.getrandbits(generator.choice((3, 8, 31))) & _MASK
    return generator.getrandbits(64)


def _vector_half(generator: random.Random) -> int:
    kind = generator.randrange(6)
    if kind < 2:
        return concrete_floats.encode_double(generator.choice(_FLOATS), 64)
    if kind < 4:
        low = concrete_floats.encode_double(generator.choice(_FLOATS), 32)
        high = concrete_floats.encode_double(generator.choice(_FLOATS), 32)
        return low | high << 32
    if kind == 4:
        return int.from_bytes(bytes(generator.choice((0, 1, 0x7F, 0x80, 0xFF, 0x55)) for _ in range(8)), "little")
    return generator.getrandbits(64)


def _pointer(generator: random.Random) -> int:
    return generator.randrange(0x10000000, 0x70000000, 16)


def _small(generator: random.Random) -> int:
    return generator.randrange(-64, 64) & _MASK


_ADDRESS_FORMS = {
    "x86": re.compile(r"\((?:%(\w+))?(?:,\s*%(\w+))?"),
    "riscv": re.compile(r"\((\w+)\)()"),
    "aarch64": re.compile(r"\[(\w+)(?:,\s*([xw]\d+))?"),
}
_INDIRECT = re.compile(r"(?:jr|jalr|ret)\b\s*(\w*)$")
"""Targets of indirect jumps are taken to be even."""
_IMPLICIT = {"x86": ("rsp", "rsi", "rdi"), "riscv": (), "aarch64": ()}
_STRING = re.compile(r"\b(push|pop|call|ret|leave|movs[bwlq]?|stos|lods|scas|cmps)[bwlq]?\b")


def _address_registers(isa: str, text: str) -> dict[str, Callable[[random.Random], int]]:
    found: dict[str, Callable[[random.Random], int]] = {}
    for match in _ADDRESS_FORMS[isa].finditer(text):
        if match[2]:
            found[re.sub("^w", "x", match[2])] = _small
        if match[1]:
            found[match[1]] = _pointer
    if jump := _INDIRECT.match(text):
        found[jump[1] or "ra"] = _pointer
    if isa == "x86" and _STRING.search(text):
        found.update(dict.fromkeys(_IMPLICIT["x86"], _pointer))
        if "leave" in text:
            found["rbp"] = _pointer
    return found


class _Prediction:
    """What a machine claims, ready to be evaluated on many states."""

    def __init__(self, machine: Machine, names: Iterable[str]) -> None:
        self.machine = machine
        self.names = [n for n in machine.registers if n in _comparable(names)]
        outputs = [machine.registers[n] for n in self.names]
        exits = [
            term for e in machine.exits for term in (e.guard, e.target if isinstance(e.target, t.Term) else e.guard)
        ]
        self.values = t.Program([*outputs, *exits])
        self.stores = [t.Program([s.guard, s.address, s.value]) for s in machine.log]
        self.floats = any(x.op in _FLOAT_OPERATORS for x in t.postorder([*outputs, *(s.value for s in machine.log)]))
        self.unknowns = {v.name: v.width for v in t.variables([*outputs, *exits]) if v.name.startswith("undef:")}
        self.may_fault = any(e.kind == "trap" for e in machine.exits) or any(
            x.op in ("udiv", "sdiv", "urem", "srem") for x in t.postorder(outputs)
        )

    def differences(
        self, text: str, state: Mapping[str, int], seed: int, result: Result, end: int
    ) -> Iterable[Disagreement]:
        memory = _Memory(seed)
        environment = {f"{self.machine.isa}:{name}": value for name, value in state.items()}
        environment["tp"] = state.get("fs", state.get("tp", state.get("tpidr_el0", 0)))
        environment["riscv:zero"] = 0
        environment |= dict.fromkeys(self.unknowns, 0)
        for entry, program in zip(self.machine.log, self.stores, strict=True):
            if entry.nbytes:
                guard, address, value = program.run(environment, memory.load, concrete_floats.compute)
                memory.store(address, entry.nbytes, value if guard else None)
        low = self.values.run(environment, memory.load, concrete_floats.compute)
        high = low
        if self.unknowns:
            environment |= {name: (1 << width) - 1 for name, width in self.unknowns.items()}
            high = self.values.run(environment, memory.load, concrete_floats.compute)
        for name, a, b in zip(self.names, low, high, strict=False):
            real = result.registers[name]
            known = _MASK & ~(a ^ b)
            if self.machine.isa == "riscv" and name[0] == "f" and a >> 32 == 0xFFFFFFFF:
                known &= 0xFFFFFFFF
            if (real ^ a) & known and not (self.floats and _same_floats(real, a)):
                yield Disagreement(text, name, f"{real:#x}", f"{a:#x}", state)
        yield from self._memory(text, memory, result, state)
        yield from self._exit(text, low[len(self.names) :], result, end, state)

    def _memory(self, text: str, memory: _Memory, result: Result, state: Mapping[str, int]) -> Iterable[Disagreement]:
        claimed = memory.final()
        for page in {address & -PAGE for address in claimed} | result.pages.keys():
            content = result.pages.get(page) or page_content(memory.seed, page)
            wanted = bytearray(page_content(memory.seed, page))
            for address in range(page, page + PAGE):
                if address in claimed:
                    wanted[address - page] = claimed[address]
            if content != wanted:
                at = next(i for i in range(PAGE) if content[i] != wanted[i])
                both = (int.from_bytes(source[at & -8 : (at & -8) + 8], "little") for source in (content, wanted))
                if not (self.floats and _same_floats(*both)):
                    yield Disagreement(text, "memory", f"{content[at]} at {page + at:#x}", f"{wanted[at]}", state)

    def _exit(
        self, text: str, values: Sequence[int], result: Result, end: int, state: Mapping[str, int]
    ) -> Iterable[Disagreement]:
        for number, leaving in enumerate(self.machine.exits):
            guard, target = values[2 * number : 2 * number + 2]
            if not guard:
                continue
            reached: int | None = None
            if leaving.kind == "next":
                reached = end
            elif isinstance(leaving.target, t.Term):
                reached = target
            real = result.exit_address
            if reached is not None and real != reached:
                yield Disagreement(text, "exit", f"{real:#x}", f"{leaving.kind} {reached:#x}", state)
            if leaving.kind in ("label", "tail", "call") and real == end:
                yield Disagreement(text, "exit", "falls through", leaving.kind, state)
            return
        yield Disagreement(text, "exit", f"{result.exit_address:#x}", "no exit", state)


class _Memory:
    """Memory by version: the initial pages of a seed, and one overlay per store."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.versions: list[dict[int, int]] = [{}]

    def initial(self, address: int) -> int:
        return page_content(self.seed, address & -PAGE)[address % PAGE]

    def load(self, version: int, address: int, nbytes: int) -> int:
        overlay = self.versions[version]
        cells = [(address + i) & _MASK for i in range(nbytes)]
        return int.from_bytes(bytes(overlay.get(a, self.initial(a)) for a in cells), "little")

    def store(self, address: int, nbytes: int, value: int | None) -> None:
        overlay = dict(self.versions[-1])
        if value is not None:
            overlay.update({(address + i) & _MASK: value >> 8 * i & 0xFF for i in range(nbytes)})
        self.versions.append(overlay)

    def final(self) -> dict[int, int]:
        return self.versions[-1]


def _same_floats(a: int, b: int) -> bool:
    """Equal up to the payloads and signs of NaNs, as one double or as two floats."""
    if concrete_floats.is_nan(a, 64) and concrete_floats.is_nan(b, 64):
        return True
    halves = ((a & 0xFFFFFFFF, b & 0xFFFFFFFF), (a >> 32, b >> 32))
    return all(x == y or (concrete_floats.is_nan(x, 32) and concrete_floats.is_nan(y, 32)) for x, y in halves)


def _comparable(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names) - {"AF", "fs", "tpidr_el0"}


def read_forms(path: Path) -> list[str]:
    """One form per line; lines that start with ``# `` are comments."""
    return [line for line in path.read_text().splitlines() if line and not line.startswith("# ")]


@dataclass(frozen=True, slots=True)
class Gap:
    """Forms (by a pattern for their text) that are known to differ, and why; with ``refused`` the machine does not know
    them, and says so."""

    isa: str
    form: re.Pattern[str]
    cause: str
    refused: bool

    def covers(self, isa: str, text: str, differences: Iterable[Disagreement]) -> bool:
        if self.isa != isa or not self.form.fullmatch(text):
            return False
        return all((d.where == "unsupported") == self.refused for d in differences)


def read_gaps(path: Path) -> list[Gap]:
    """The entries ``[[gap]]`` of a TOML file."""
    entries = tomllib.loads(path.read_text())["gap"]
    return [Gap(e["isa"], re.compile(e["form"]), e["cause"], e.get("refused", False)) for e in entries]


def examine(comparer: Comparer, text: str, runs: int) -> list[Disagreement]:
    """The differences of one form; a form that cannot be encoded is one."""
    try:
        return comparer.compare(text, runs)
    except TranspileError as error:
        return [Disagreement(text, "encoding", "", str(error))]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="compare the symbolic machine with Unicorn")
    parser.add_argument("isa", choices=("x86", "riscv", "aarch64"))
    parser.add_argument("forms", type=Path, help="file with one instruction per line")
    parser.add_argument("-n", "--runs", type=int, default=200, help="states per form")
    parser.add_argument("--gaps", type=Path, help="TOML file of known disagreements")
    options = parser.parse_args(arguments)
    comparer = Comparer(options.isa)
    gaps = read_gaps(options.gaps) if options.gaps else []
    counts = {"agree": 0, "known": 0, "disagree": 0}
    forms = read_forms(options.forms)
    prepare(options.isa, forms)
    for text in forms:
        differences = examine(comparer, text, options.runs)
        gap = next((g for g in gaps if g.covers(options.isa, text, differences)), None)
        counts["agree" if not differences else "known" if gap else "disagree"] += 1
        for d in differences if gap is None else ():
            print(f"{d.text:44} {d.where:12} real {d.real:20} machine {d.claimed}")
    print(", ".join(f"{number} {word}" for word, number in counts.items()), f"on {options.runs} states each")
    return bool(counts["disagree"])


if __name__ == "__main__":
    sys.exit(main())
