"""RISC-V assembly as the canonical form takes it apart (Unprivileged ISA manual, chapter 25: assembly operands)."""

from __future__ import annotations

from transpile.native.canonical.syntax import Opened, Operand, Parsed, fill
from transpile.riscv.target import LP64D

INTEGER = frozenset(
    ("zero", "ra", "sp", "gp", "tp", *(f"t{n}" for n in range(7)), *(f"s{n}" for n in range(12)),
     *(f"a{n}" for n in range(8)))
)  # fmt: skip
FLOAT = frozenset((*(f"ft{n}" for n in range(12)), *(f"fs{n}" for n in range(12)), *(f"fa{n}" for n in range(8))))
KEYWORDS = frozenset(("rne", "rtz", "rdn", "rup", "rmm", "dyn", "iorw", "rw"))
SILENT = frozenset(
    ("sb", "sh", "sw", "sd", "fsw", "fsd", "j", "jr", "ret", "call", "tail", "ebreak", "ecall", "fence", "nop", "jalr",
     "beq", "bne", "blt", "bge", "bltu", "bgeu", "bgt", "ble", "bgtu", "bleu", "beqz", "bnez", "bltz", "bgez", "blez",
     "bgtz", ".insn")
)  # fmt: skip
"""Mnemonics that write no register a body may read afterwards."""

MEMORY = frozenset(("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld", "flw", "fld", "sb", "sh", "sw", "sd", "fsw", "fsd"))
LEAVING = SILENT - MEMORY
"""Mnemonics after which control may be elsewhere, or that order what is around them."""


class RiscVSyntax:
    """The row of RV64GC."""

    constant = frozenset(("zero", "ra", "sp", "gp", "tp"))
    link = "ra"
    copies = ("mv {r}, {r}", "sext.w {r}, {r}")

    def register(self, word: str) -> tuple[str, str] | None:
        if word in INTEGER:
            return "r", word
        return ("f", word) if word in FLOAT else None

    def spell(self, shape: str, name: str) -> str | None:
        return name if name in (FLOAT if shape == "f" else INTEGER) and shape in ("r", "f") else None

    def keyword(self, word: str) -> bool:
        return word in KEYWORDS

    def written(self, template: str, operands: tuple[Operand, ...]) -> tuple[tuple[int, ...], bool]:
        if len(operands) > 2 and operands[1].kind == "sym" and operands[-1].kind == "reg":
            # Stores and float loads at a symbol name the register that takes its address.
            loads = template.startswith(("flw", "fld"))
            last = len(operands) - 1
            return ((0, last) if loads else (last,)), False
        if template.partition(" ")[0] in SILENT or not operands or operands[0].kind != "reg":
            return (), False
        return (0,), False

    def touches_memory(self, template: str) -> bool:
        mnemonic, _, rest = template.partition(" ")
        return "(" in rest or (mnemonic in MEMORY and "{sym}" in rest)

    def touches_flags(self, template: str) -> bool:
        return template.startswith(("fs.", "fr", "fence"))

    def leaves(self, template: str) -> bool:
        return template.partition(" ")[0] in LEAVING

    def opened(self, line: Parsed, operand: int, symbol: str) -> Opened:
        texts = [one.text for one in line.operands]
        if line.template == "li {r}, {i}":
            return Opened(f"lla {texts[0]}, {symbol}", range(-(1 << 31), 1 << 31))
        texts[operand] = f"%lo({symbol})"
        return Opened(fill(line.template, texts), range(-2048, 2048))

    def scratch(self, vector: bool) -> tuple[str, ...]:
        return tuple(f"ft{n}" for n in range(8, 12)) if vector else (*LP64D.scratch[2:], *LP64D.scratch[:2])

    def vector(self, shape: str) -> bool:
        return shape == "f"

    def is_vector(self, name: str) -> bool:
        return name in FLOAT


SYNTAX = RiscVSyntax()
