"""What the canonical form needs to know of a target's assembly: registers, keywords, and what an instruction writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

PIECE = re.compile(r"(?P<word>[%:]?[A-Za-z_.$][\w.$@]*:?)|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+))|(?P<rest>[^\w.$%:-]+|.)")
"""Words (registers, symbols, keywords), numbers, and everything between them."""

LOCAL = ".Lt_"
"""How labels inside a body begin."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand part: ``kind`` is ``reg``, ``imm``, ``sym``; ``shape`` is how a register is spelled (``w``)."""

    kind: str
    text: str
    shape: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class Parsed:
    """A target line: ``template`` with a placeholder for each operand part (``{x}``, ``{i}``), and those parts."""

    template: str
    operands: tuple[Operand, ...]
    writes: tuple[int, ...] = ()
    """Operands that are registers the instruction writes."""
    tied: bool = False
    """Whether it also depends on what those registers held."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A line whose immediate is a symbol's, and the numbers that the symbol may have."""

    text: str
    numbers: range


class Syntax(Protocol):
    """A target's spelling; one row per target in ``transpile.targets``."""

    constant: frozenset[str]
    """Registers with one meaning (zero, the stack pointer, the link register), which keep their names."""
    link: str
    """The register that a call leaves its return address in."""
    copies: tuple[str, ...]
    """Templates that copy their second operand, or its lower half extended, to their first."""

    def register(self, word: str) -> tuple[str, str] | None:
        """``(shape, full name)`` of a register's spelling, as ``("w", "x3")`` of ``w3``."""
        ...

    def spell(self, shape: str, name: str) -> str | None:
        """The spelling of register ``name`` in a shape; None if it has none there."""
        ...

    def keyword(self, word: str) -> bool:
        """Whether a word that is no register belongs to the instruction (``lsl``, ``eq``)."""
        ...

    def written(self, template: str, operands: tuple[Operand, ...]) -> tuple[tuple[int, ...], bool]: ...

    def scratch(self, vector: bool) -> tuple[str, ...]:
        """Registers that hold no source state."""
        ...

    def vector(self, shape: str) -> bool:
        """Whether a shape spells floating-point or vector registers."""
        ...

    def is_vector(self, name: str) -> bool:
        """Whether a register's full name is that of a floating-point or vector register."""
        ...

    def touches_memory(self, template: str) -> bool:
        """Whether an instruction loads or stores."""
        ...

    def touches_flags(self, template: str) -> bool:
        """Whether an instruction reads or writes condition flags."""
        ...

    def leaves(self, template: str) -> bool:
        """Whether control may go elsewhere: nothing moves across."""
        ...

    def opened(self, line: Parsed, operand: int, symbol: str) -> Opened:
        """``line`` with ``symbol`` for its immediate number ``operand``; what cannot be so does not assemble."""
        ...


def parse_line(text: str, syntax: Syntax) -> Parsed:
    """Take one instruction apart."""
    mnemonic, _, rest = text.strip().partition(" ")
    template = [mnemonic]
    operands: list[Operand] = []
    if rest:
        template.append(" ")
    for found in PIECE.finditer(rest.strip()):
        word, number = found["word"], found["number"]
        if number is not None:
            operands.append(Operand("imm", number, "i", int(number, 0)))
            template.append("{i}")
        elif word is not None and not word.startswith(("%", ":")):
            register = syntax.register(word)
            if register is not None:
                operands.append(Operand("reg", register[1], register[0]))
                template.append("{" + register[0] + "}")
            elif syntax.keyword(word):
                template.append(word)
            else:
                operands.append(Operand("sym", word, "sym"))
                template.append("{sym}")
        else:
            template.append(found[0])
    written, tied = syntax.written("".join(template), tuple(operands))
    return Parsed("".join(template), tuple(operands), written, tied)


PLACEHOLDER = re.compile(r"\{(\w+)\}")


def shapes(template: str) -> list[str]:
    """The placeholders of a template in order."""
    return PLACEHOLDER.findall(template)


def fill(template: str, parts: list[str]) -> str:
    """A line's text from its template and the texts of its operands."""
    left = iter(parts)
    return PLACEHOLDER.sub(lambda _: next(left), template)
