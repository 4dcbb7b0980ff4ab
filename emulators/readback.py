"""Second opinions on the assembler: capstone reads its output back, keystone assembles the same text.

``read_back`` compares what was written with what the bytes say, modulo ALIASES, which name one encoding in two ways.
``second_opinion`` compares bytes with keystone's; what keystone is known not to assemble (GAPS) is left out. Operands
that a linker fills in are not compared: their bytes are not final.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import capstone
import keystone

_CAPSTONE = {
    "riscv": (capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV64 | capstone.CS_MODE_RISCVC),
    "aarch64": (capstone.CS_ARCH_ARM64, capstone.CS_MODE_LITTLE_ENDIAN),
}
_KEYSTONE = {
    "x86-att": (keystone.KS_ARCH_X86, keystone.KS_MODE_64, keystone.KS_OPT_SYNTAX_ATT),
    "aarch64": (keystone.KS_ARCH_ARM64, keystone.KS_MODE_LITTLE_ENDIAN, 0),
}
GAPS = {
    "x86-att": re.compile(r"movabsq?\s+\$-"),
    "aarch64": re.compile(r"(ldapr|cas|swp|ld(add|clr|eor|set|smax|smin|umax|umin)|st(add|clr|eor|set)|udf)\w*\s"),
}
"""What keystone 0.9.2 refuses although it is right. It has no RISC-V at all."""
UNREADABLE = {
    "riscv": re.compile(r"(sh[123]add|add\.uw|andn|orn|xnor|clz|ctz|cpop|min|max|rol|ror|rev8|b(set|clr|ext|inv))")
}
"""What capstone 5 cannot read: the bit-manipulation extensions."""
ALIASES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "riscv": tuple(
        (re.compile(pattern), meaning)
        for pattern, meaning in (
            (r"sub(w?) (\w+),zero,(\w+)$", r"neg\1 \2,\3"),
            (r"xori (\w+),(\w+),-1$", r"not \1,\2"),
            (r"addi (\w+),zero,(-?\d+)$", r"li \1,\2"),
            (r"addiw (\w+),zero,(-?\d+)$", r"li \1,\2"),
            (r"addi (\w+),(\w+),0$", r"mv \1,\2"),
            (r"mv (\w+),zero$", r"li \1,0"),
            (r"addiw (\w+),(\w+),0$", r"sext.w \1,\2"),
            (r"andi (\w+),(\w+),255$", r"zext.b \1,\2"),
            (r"sltiu (\w+),(\w+),1$", r"seqz \1,\2"),
            (r"sltu (\w+),zero,(\w+)$", r"snez \1,\2"),
            (r"slt (\w+),(\w+),zero$", r"sltz \1,\2"),
            (r"slt (\w+),zero,(\w+)$", r"sgtz \1,\2"),
            (r"bgt(u?) (\w+),(\w+),", r"blt\1 \3,\2,"),
            (r"ble(u?) (\w+),(\w+),", r"bge\1 \3,\2,"),
            (r"(beq|bne|blt|bge) (\w+),zero,", r"\1z \2,"),
            (r"blt zero,(\w+),", r"bgtz \1,"),
            (r"bge zero,(\w+),", r"blez \1,"),
            (r"fsgnj\.([sd]) (\w+),(\w+),\3$", r"fmv.\1 \2,\3"),
            (r"fsgnjn\.([sd]) (\w+),(\w+),\3$", r"fneg.\1 \2,\3"),
            (r"fsgnjx\.([sd]) (\w+),(\w+),\3$", r"fabs.\1 \2,\3"),
            (r"jal zero,", "j "),
            (r"jalr ra,(?:0\()?(\w+)\)?(?:,0)?$", r"jalr \1"),
            (r"jr ra$", "ret"),
            (r"csrr (\w+),fcsr$", r"frcsr \1"),
            (r",\((\w+)\)$", r",0(\1)"),
        )
    ),
    "aarch64": tuple(
        (re.compile(pattern), meaning)
        for pattern, meaning in (
            (r"add (\w+),sp,0$", r"mov \1,sp"),
            (r"add sp,(\w+),0$", r"mov sp,\1"),
            (r"bfi (\w+),(\w+),0,", r"bfxil \1,\2,0,"),
            (r"(ld|st)ur", r"\1r"),
            (r"sxtl (\w+\.\w+),(\w+\.\w+)$", r"sshll \1,\2,0"),
            (r"uxtl (\w+\.\w+),(\w+\.\w+)$", r"ushll \1,\2,0"),
            (r"mov (v\d+\.16b),(v\d+)\.16b$", r"orr \1,\2.16b,\2.16b"),
            (r"(csetm?|c(?:neg|inc|inv)|cs(?:el|inc|inv|neg)|fcsel|ccmp|ccmn) (.*),cs$", r"\1 \2,hs"),
            (r"(csetm?|c(?:neg|inc|inv)|cs(?:el|inc|inv|neg)|fcsel|ccmp|ccmn) (.*),cc$", r"\1 \2,lo"),
            (r"(fmov .*\.\d+?)0+$", r"\1"),
            (r"b\.cs ", "b.hs "),
            (r"b\.cc ", "b.lo "),
            (r"(umov|mov) (\w+),(v\d+)\.([sd]\[\d\])$", r"mov \2,\3.\4"),
            (r"ins (v\d+)", r"mov \1"),
            (r"(\[\w+),0\]$", r"\1]"),
        )
    ),
}
_NUMBER = re.compile(r"(?<![\w.$\[])#?(-?)(0x[0-9a-f]+|\d+)(?![\w.(])|(?<=\[)(\d+)(?=\])|#?(-?)(0x[0-9a-f]+|\d+)(?=\()")
_LINKED = re.compile(r"%\w+\([^()]*\)|#?:\w+:[\w.$+@-]+")
_ANY = "\0"
_LABEL = re.compile(r"(?<=[ ,])(?:\.L[\w.$]+|\.[+-]\w+|[A-Za-z_$][\w.$@]*(?:\+\w+)?)$")
_BRANCHES = re.compile(r"(b\w*(\.\w+)?|cbn?z|tbn?z|j|jal|bl)$")
_REGISTER = re.compile(r"([xwvbhsdq]\d+|[xw]zr|sp|zero|ra|[gt]p|[sat]\d+|f[ast]\d+)$")
_MOVE_WIDE = re.compile(r"mov([zn]) (\w+),(\d+)(?:,lsl (\d+))?$")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """``written`` is the emitted text; ``read`` what the other tool says: text, or bytes in hex, or why it refuses."""

    written: str
    code: bytes
    read: str


def read_back(isa: str, lines: Iterable[tuple[str, bytes]]) -> list[Disagreement]:
    """Lines whose bytes, disassembled by capstone, are another instruction than was written. ``isa``: a target."""
    machine = _disassembler(isa)
    found = []
    for text, code in lines:
        if not code or (isa in UNREADABLE and UNREADABLE[isa].match(text)):
            continue
        listing = [f"{i.mnemonic} {i.op_str}".strip() for i in machine.disasm(code, 0)]
        if isa == "riscv" and text.startswith("li "):
            same = _loads_constant(text, listing)
        else:
            wanted = normal(isa, _without_links(text))
            same = len(listing) == 1 and _matches(wanted, normal(isa, listing[0]))
        if not same:
            found.append(Disagreement(text, code, "; ".join(listing)))
    return found


def second_opinion(isa: str, lines: Iterable[tuple[str, bytes]]) -> list[Disagreement]:
    """Lines that keystone assembles to other bytes. ``isa``: ``x86-att`` or ``aarch64``."""
    machine = _assembler(isa)
    found = []
    for text, code in lines:
        if GAPS[isa].match(text) or _named(isa, text):
            continue
        # keystone reads numbers in AT&T syntax as hexadecimal.
        given = re.sub(r"(?<![\w.%])\d+(?![\w.])", lambda m: hex(int(m[0])), text) if isa == "x86-att" else text
        try:
            other = bytes(machine.asm(given)[0] or b"")
        except keystone.KsError as error:
            found.append(Disagreement(text, code, str(error)))
            continue
        if other != code:
            found.append(Disagreement(text, code, other.hex()))
    return found


@cache
def _disassembler(isa: str) -> Any:
    return capstone.Cs(*_CAPSTONE[isa])


@cache
def _assembler(isa: str) -> Any:
    arch, mode, syntax = _KEYSTONE[isa]
    machine = keystone.Ks(arch, mode)
    if syntax:
        machine.syntax = syntax
    return machine


def _named(isa: str, text: str) -> bool:
    """Does the text name a symbol or label?"""
    operands = text.partition(" ")[2] if " " in text else text.partition("\t")[2]
    if isa == "x86-att":
        return re.search(r"(?<![\w%$.])[A-Za-z_.][\w.$@]*|\$[A-Za-z_.]|\(%rip\)", operands) is not None
    if _LINKED.search(text):
        return True
    return _LABEL.search(_spaced(text)) is not None and not _registers_end(text)


def _registers_end(text: str) -> bool:
    last = re.split(r"[ ,]", text.strip())[-1]
    return _REGISTER.match(last) is not None or last in _WORDS


_CONDITION_WORDS = (
    "eq",
    "ne",
    "cs",
    "hs",
    "cc",
    "lo",
    "mi",
    "pl",
    "vs",
    "vc",
    "hi",
    "ls",
    "ge",
    "lt",
    "gt",
    "le",
    "al",
)
_BARRIER_WORDS = ("ish", "ishld", "ishst", "sy", "ld", "st", "r", "w", "rw", "iorw")
_WORDS = frozenset((*_CONDITION_WORDS, *_BARRIER_WORDS, "tpidr_el0", "rtz", "rne", "rdn", "rup", "rmm", "dyn"))


def _spaced(text: str) -> str:
    """Single spaces after the mnemonic, none after commas."""
    mnemonic, _, operands = text.strip().replace("\t", " ").partition(" ")
    operands = ",".join(operand.strip() for operand in operands.split(","))
    return f"{mnemonic} {operands}".strip()


def _without_links(text: str) -> str:
    """The text with what the linker fills in, and labels of branches, replaced by a wildcard."""
    text = _LINKED.sub(_ANY, _spaced(text))
    mnemonic, _, _ = text.partition(" ")
    if _BRANCHES.match(mnemonic) and not _registers_end(text):
        text = _LABEL.sub(_ANY, text)
    return text


def _number(match: re.Match[str]) -> str:
    sign, digits = (match[1], match[2]) if match[2] else (match[4] or "", match[5]) if match[5] else ("", match[3])
    value = int(digits, 16) if digits.startswith("0x") else int(digits)
    return f"{-value if sign else value}"


def normal(isa: str, text: str) -> str:
    """One spelling for everything that has one encoding."""
    text = _NUMBER.sub(_number, _spaced(text))
    for pattern, meaning in ALIASES[isa]:
        text = pattern.sub(meaning, text)
    wide = _MOVE_WIDE.match(text) if isa == "aarch64" else None
    if wide is not None:
        width = 64 if wide[2][0] == "x" else 32
        value = int(wide[3]) << int(wide[4] or "0")
        text = f"mov {wide[2]},{(~value if wide[1] == 'n' else value) % (1 << width)}"
    if isa == "aarch64" and (move := re.match(r"mov ([wx]\d+),(-\d+)$", text)):
        text = f"mov {move[1]},{int(move[2]) % (1 << (64 if move[1][0] == 'x' else 32))}"
    return text


def _matches(wanted: str, read: str) -> bool:
    if _ANY not in wanted:
        return wanted == read
    return re.fullmatch(r"-?\w+".join(map(re.escape, wanted.split(_ANY))), read) is not None


_CONSTANT_STEPS: dict[str, Callable[[int, int], int]] = {
    "addi": lambda a, n: a + n,
    "addiw": lambda a, n: (a + n + (1 << 31)) % (1 << 32) - (1 << 31),
    "slli": lambda a, n: a << n,
    "srli": lambda a, n: a % (1 << 64) >> n,
    "xori": lambda a, n: a ^ n,
}


def _loads_constant(text: str, listing: Sequence[str]) -> bool:
    """Do these instructions leave the constant of ``li`` in its register?"""
    _, register, constant = re.split(r"[ ,]+", _spaced(text))
    value: int | None = None
    for line in listing:
        mnemonic, to, *rest = re.split(r"[ ,]+", normal("riscv", line))
        if to != register:
            return False
        if mnemonic == "li":
            value = int(rest[0])
        elif mnemonic == "lui":
            value = ((int(rest[0]) << 12) + (1 << 31)) % (1 << 32) - (1 << 31)
        elif mnemonic in _CONSTANT_STEPS and value is not None and rest[0] == register:
            value = _CONSTANT_STEPS[mnemonic](value, int(rest[1]))
        else:
            return False
    return value is not None and (value - int(constant, 0)) % (1 << 64) == 0
