"""Emitted blocks assembled and linked into one piece of code."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile.emulators.unicorn_cpu import CODE
from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.micro import Symbol
from transpile.riscv.emit import emit_block
from transpile.riscv.registers import FLOATING, INTEGER


@dataclass
class Case:
    """A block with its code's place in the image."""

    block: LoweredBlock
    context: FunctionContext
    name: str
    lines: list[str]
    start: int = 0
    stops: dict[int, str] | None = None


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

    def _renamed(self, number: int, line: str, target: Callable[[str], str], externals: set[str]) -> str:
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
            if name in INTEGER or name in FLOATING:
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
