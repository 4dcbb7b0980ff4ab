"""``random``: a baseline without knowledge. It samples well-formed instructions of the target.

Registers are those that hold something at either end of the block and some scratch registers, immediates are small or
the block's own, and a block ends as its source does. The block's text and the seed decide the samples.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.core.loop import Candidate, Judged
from transpile.lm.settings import Settings
from transpile.native.abi import TargetIsa
from transpile.native.block import TargetLine
from transpile.planning import BlockUnit, Body, cost

SCRATCH = 2
LONGEST = 12
"""Instructions before the last one."""
_NUMBER = re.compile(r"(?<![\w.])-?(?:0x[0-9a-f]+|\d+)(?![\w.])", re.I)
_SLOT = re.compile(r"\{(\w)\}")


@dataclass(frozen=True, slots=True)
class Forms:
    """A target's instructions, as text with slots: ``r`` a register, ``w`` a 32-bit one, ``f`` a float one, ``i`` an
    immediate, ``l`` a label. ``ends`` by the kind of the source's ending."""

    plain: Sequence[str]
    floats: Sequence[str]
    branches: Sequence[str]
    ends: Mapping[str, str]


FORMS: Mapping[str, Forms] = {
    "riscv": Forms(
        plain=(
            *(f"{op} {{r}}, {{r}}, {{r}}" for op in ("add", "addw", "sub", "subw", "and", "or", "xor", "mul", "mulw",
                                                     "sll", "srl", "sra", "slt", "sltu")),
            *(f"{op} {{r}}, {{r}}, {{i}}" for op in ("addi", "addiw", "andi", "ori", "xori", "slli", "srli", "srai")),
            *(f"{op} {{r}}, {{i}}({{r}})" for op in ("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld", "sb", "sh", "sw",
                                                     "sd")),
            "mv {r}, {r}", "li {r}, {i}", "sext.w {r}, {r}", "neg {r}, {r}", "not {r}, {r}", "seqz {r}, {r}",
            "snez {r}, {r}",
        ),
        floats=(
            *(f"{op}.{p} {{f}}, {{f}}, {{f}}" for op in ("fadd", "fsub", "fmul", "fdiv") for p in "sd"),
            "fmv.d {f}, {f}", "fld {f}, {i}({r})", "fsd {f}, {i}({r})", "flw {f}, {i}({r})", "fsw {f}, {i}({r})",
        ),
        branches=(
            *(f"{op} {{r}}, {{r}}, {{l}}" for op in ("beq", "bne", "blt", "bge", "bltu", "bgeu")),
            *(f"{op} {{r}}, {{l}}" for op in ("beqz", "bnez", "bltz", "bgez", "blez", "bgtz")),
        ),
        ends={"jump": "j {l}", "call": "call {l}", "tail": "tail {l}", "ret": "ret", "icall": "jalr {r}",
              "itail": "jr {r}", "ijump": "jr {r}", "trap": "ebreak"},
    ),
    "aarch64": Forms(
        plain=(
            *(f"{op} {{{r}}}, {{{r}}}, {{{r}}}" for r in "rw"
              for op in ("add", "sub", "and", "orr", "eor", "mul", "lsl", "lsr", "asr")),
            *(f"{op} {{{r}}}, {{{r}}}, #{{i}}" for op in ("add", "sub", "lsl", "lsr", "asr") for r in "rw"),
            *(f"{op} {{{r}}}, [{{r}}, #{{i}}]" for op in ("ldr", "str") for r in "rw"),
            *(f"{op} {{w}}, [{{r}}, #{{i}}]" for op in ("ldrb", "ldrh", "strb", "strh")),
            "mov {r}, {r}", "mov {w}, {w}", "mov {w}, #{i}", "sxtw {r}, {w}", "neg {w}, {w}", "mvn {w}, {w}",
            "cmp {r}, {r}", "cmp {w}, {w}", "cmp {w}, #{i}", "cset {w}, eq", "cset {w}, ne", "cset {w}, lt",
        ),
        floats=(
            *(f"{op} {{f}}, {{f}}, {{f}}" for op in ("fadd", "fsub", "fmul", "fdiv")),
            "fmov {f}, {f}", "ldr {f}, [{r}, #{i}]", "str {f}, [{r}, #{i}]",
        ),
        branches=(
            *(f"b.{cc} {{l}}" for cc in ("eq", "ne", "lt", "ge", "le", "gt", "lo", "hs", "ls", "hi")),
            "cbz {r}, {l}", "cbnz {r}, {l}", "cbz {w}, {l}", "cbnz {w}, {l}",
        ),
        ends={"jump": "b {l}", "call": "bl {l}", "tail": "b {l}", "ret": "ret", "icall": "blr {r}", "itail": "br {r}",
              "ijump": "br {r}", "trap": "brk #1000"},
    ),
}  # fmt: skip


@dataclass(slots=True)
class RandomProposer:
    """``settings.samples`` random bodies for a block; it learns nothing from feedback."""

    target: TargetIsa
    settings: Settings
    name: str = "random"
    learns: bool = False

    def prepare(self, units: Sequence[BlockUnit]) -> None:
        """Nothing is gained by asking for many."""

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        if feedback:
            return []
        draw = _Draw(unit, self.target, self.settings.seed)
        bodies = dict.fromkeys(draw.body() for _ in range(self.settings.samples))
        return [Candidate(body, cost(body), self.name) for body in bodies if body]


class _Draw:
    def __init__(self, unit: BlockUnit, target: TargetIsa, seed: int) -> None:
        self.unit = unit
        self.forms = FORMS[target.abi.name]
        self.arm = target.abi.name == "aarch64"
        texts = [insn.text for insn in unit.block.source.insns]
        digest = hashlib.blake2b("\n".join([target.abi.name, str(seed), *texts]).encode("utf-8", "surrogatepass"))
        self.random = random.Random(digest.digest())
        lowered = unit.block.lowered
        held = [place.register for places in (lowered.entry, lowered.exit) for place, _ in places.values()]
        held = [name for name in dict.fromkeys(held) if name]
        self.floats = [name for name in held if name.startswith(("f", "v"))]
        self.registers = [*(name for name in held if name not in self.floats), *target.abi.scratch[:SCRATCH], "sp"]
        numbers = [int(n, 0) for text in texts for n in _NUMBER.findall(text) if len(n) < 12]
        self.numbers = [n for n in dict.fromkeys((0, 1, -1, 4, 8, 16, *numbers)) if -2048 <= n < 2048]

    def body(self) -> Body:
        source = self.unit.block.source
        templates = (*self.forms.plain, *(self.forms.floats if self.floats else ()))
        length = self.random.randint(0, min(LONGEST, max(1, len(source.insns))))
        texts = [self._filled(self.random.choice(templates)) for _ in range(length)]
        line = source.insns[0].line if source.insns else 0
        return tuple(TargetLine(text=text, source_line=line) for text in (*texts, *self._end()))

    def _end(self) -> list[str]:
        """How the source's block ends; a jump to what follows needs no instruction."""
        ending, following = self.unit.block.source.ending, self.unit.following
        labels = self.unit.labels
        if ending.kind == "branch":
            other = next((s for s in self.unit.block.source.successors if s != ending.target), following)
            texts = [self._filled(self.random.choice(self.forms.branches), ending.target)]
            return texts if other == following else [*texts, self._filled(self.forms.ends["jump"], other)]
        if ending.kind in self.forms.ends:
            here = ending.kind == "jump" and labels.get(ending.target) == following
            return [] if here else [self._filled(self.forms.ends[ending.kind], ending.target)]
        onward = [s for s in self.unit.block.source.successors if s != following]
        return [self._filled(self.forms.ends["jump"], onward[0])] if onward else []

    def _filled(self, template: str, label: str = "") -> str:
        return _SLOT.sub(lambda slot: self._operand(slot[1], label), template)

    def _operand(self, slot: str, label: str) -> str:
        match slot:
            case "l":
                return label
            case "i":
                return str(self.random.choice(self.numbers))
            case "f":
                name = self.random.choice(self.floats)
                return f"d{name[1:]}" if self.arm else name
        name = self.random.choice(self.registers)
        return f"w{name[1:]}" if slot == "w" and name != "sp" else "wzr" if slot == "w" else name
