"""Every row of the mnemonic tables against GNU as and objdump, in both syntaxes."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.asm.source import parse
from transpile.x86.decode import decode_all
from transpile.x86.insn import ImmOp, Insn, MemOp, Operand, RegOp
from transpile.x86.mnemonics import CANONICAL, B, C, E, Form, I, L, M, Pattern, R, W, X
from transpile.x86.printer import att_text

pytestmark = pytest.mark.skipif(not shutil.which("objdump"), reason="needs GNU binutils")

GENERAL = ("rdx", "rbx", "r9", "rsi")
VECTOR = ("xmm1", "xmm9", "xmm0")
ADDRESSES = (
    MemOp(0, "rbx", "r9", 4, -8),
    MemOp(0, "rsp", "", 1, 0),
    MemOp(0, "", "rax", 8, 100000),
    MemOp(0, "rcx", "", 1, 16, None, "fs"),
    MemOp(0, "r13", "rbp", 1, 0),
    MemOp(0, "rdi", "rsi", 2, 4, None, "", 4),
)


def alternatives(classes: int, position: int, size: int, register: int | None, memory: int | None) -> Iterator[Operand]:
    if classes & X:
        yield RegOp(VECTOR[position], 16)
    if classes & R:
        yield RegOp(GENERAL[position], register or size)
    if classes & M:
        for address in ADDRESSES:
            yield replace(address, size=size if memory is None else memory)
    if classes & (I | B):
        yield ImmOp(5)
        if classes & I and size > 1:
            yield ImmOp(-1000)
    if classes & W:
        yield ImmOp(0x1234567 if size == 4 else 5 if size < 4 else 0x123456789ABCDEF)
    if classes & C:
        yield RegOp("rcx", 1)
    if classes & E:
        for narrow in (1, 2):
            if narrow < size:
                yield RegOp(GENERAL[position], narrow)
                yield replace(ADDRESSES[0], size=narrow)


def instances(form: Form, pattern: Pattern, size: int) -> Iterator[Insn]:
    """One operand varies at a time; the others are the first that fit."""
    choices = [
        list(alternatives(slot.classes, position, size, slot.register, slot.memory))
        for position, slot in enumerate(pattern)
    ]
    first = [choice[0] for choice in choices]
    seen = {tuple(first)}
    for position, choice in enumerate(choices):
        seen.update((*first[:position], operand, *first[position + 1 :]) for operand in choice)
    for operands in sorted(seen, key=str):
        if sum(isinstance(operand, MemOp) for operand in operands) <= 1:
            yield Insn(form.mnemonic, size, operands, indirect=form.branch)


def all_instances() -> Iterator[Insn]:
    for forms in CANONICAL.values():
        for form in forms:
            if form.predicate is None and form.finish != "string":
                for pattern in form.patterns:
                    if not any(slot.classes & L for slot in pattern):
                        for size in sorted(form.sizes) or [form.size]:
                            yield from instances(form, pattern, size)


def bare(insn: Insn) -> Insn:
    return replace(insn, line=0, column=0, text="")


def assembled(lines: list[str], folder: Path) -> Path:
    source, target = folder / "t.s", folder / "t.o"
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(["as", "-o", str(target), str(source)], check=True)
    return target


def disassembled(path: Path, syntax: str) -> list[str]:
    command = ["objdump", "-d", "-w", "--no-show-raw-insn", f"-M{syntax}", str(path)]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.findall(r"(?m)^\s+[0-9a-f]+:\s+(.+?)(?:\s+#.*)?\s*$", listing)
    return [re.sub(r"\bds:(?=0x|\[)", "", line) for line in found]


@pytest.fixture(scope="module")
def canonical() -> list[Insn]:
    """The instances as decode gives them from the printed text."""
    texts = list(dict.fromkeys(att_text(insn) for insn in all_instances()))
    return [bare(insn) for insn in decode_all(parse("\n".join(texts) + "\n", "t.s").statements)]


def test_printing_and_decoding_are_inverse(canonical: list[Insn]) -> None:
    texts = [att_text(insn) for insn in canonical]
    again = decode_all(parse("\n".join(texts) + "\n", "t.s").statements)
    assert [bare(insn) for insn in again] == canonical
    assert len(canonical) > 1500


@pytest.mark.parametrize("syntax", ["att", "intel"])
def test_objdump_reads_what_we_read(canonical: list[Insn], syntax: str, tmp_path: Path) -> None:
    """as encodes what we print; objdump prints it in its own words; we read those words alike."""
    texts = [att_text(insn) for insn in canonical]
    lines = disassembled(assembled(texts, tmp_path), syntax)
    assert len(lines) == len(texts)
    header = ".intel_syntax noprefix\n" if syntax == "intel" else ""
    again = decode_all(parse(header + "\n".join(lines) + "\n", "t.s").statements)
    different = [
        (text, line)
        for text, line, before, after in zip(texts, lines, canonical, again, strict=True)
        if not same(before, bare(after))
    ]
    assert not different


def same(before: Insn, after: Insn) -> bool:
    """Equal but for immediates, which objdump prints without sign, and the order of xchg's registers."""
    if before == after:
        return True
    if before.mnemonic == "xchg" and before.operands == after.operands[::-1]:
        return True
    bits = 16 if before.mnemonic == "ret" else 8 * min(before.size, 8)
    mask = (1 << bits) - 1

    def unsigned(operand: Operand) -> Operand:
        return ImmOp(operand.value & mask) if isinstance(operand, ImmOp) else operand

    return replace(before, operands=()) == replace(after, operands=()) and [*map(unsigned, before.operands)] == [
        *map(unsigned, after.operands)
    ]
