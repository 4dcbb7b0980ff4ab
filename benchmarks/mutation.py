"""Small faults in target assembly: everything that is one slip away from a correct line.

``mutations`` gives (kind, text) for one instruction; ``broken`` all single-fault versions of a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from transpile.native.block import TargetLine

_RISCV_INTEGER = (
    *(f"t{n}" for n in range(7)), *(f"a{n}" for n in range(8)), *(f"s{n}" for n in range(6)), "sp", "ra", "zero",
)  # fmt: skip
_RISCV_FLOAT = (*(f"fa{n}" for n in range(8)), *(f"ft{n}" for n in range(12)))
_NUMBER = re.compile(r"(?<![\w.$])(-?)(0x[0-9a-f]+|\d+)(?![\w.$])")
_WORD = re.compile(r"(?<![\w.$%:])[a-z]\w*(?![\w$])")
_AARCH64_REGISTER = re.compile(r"([xwbhsdqv])(\d+)$")


def _pairs(*groups: str) -> dict[str, tuple[str, ...]]:
    """Each word -> the other words of its groups."""
    table: dict[str, tuple[str, ...]] = {}
    for group in groups:
        words = group.split()
        for word in words:
            table[word] = (*table.get(word, ()), *(other for other in words if other != word))
    return table


CONDITIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "riscv": _pairs(
        "beq bne", "blt bge", "bltu bgeu", "blt bltu", "bge bgeu", "beqz bnez", "bltz bgez", "blez bgtz", "bgt ble",
        "bgtu bleu", "seqz snez", "sltz sgtz", "slt sltu", "slti sltiu", "feq.d flt.d fle.d", "feq.s flt.s fle.s",
    ),
    "aarch64": _pairs("cbz cbnz", "tbz tbnz", "cset csetm", "csel csinc csneg csinv", "fcmp fcmpe"),
}  # fmt: skip
AARCH64_CONDITIONS = _pairs("eq ne", "lt ge", "le gt", "lo hs", "cc cs", "ls hi", "mi pl", "vs vc", "lt lo", "gt hi")
WIDTHS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "riscv": _pairs(
        "add addw", "sub subw", "addi addiw", "sll sllw", "srl srlw", "sra sraw", "slli slliw", "srli srliw",
        "srai sraiw", "mul mulw", "div divw", "divu divuw", "rem remw", "remu remuw", "neg negw", "mv sext.w",
        "lb lbu lh lhu lw lwu ld", "sb sh sw sd", "flw fld", "fsw fsd", "fadd.s fadd.d", "fsub.s fsub.d",
        "fmul.s fmul.d", "fdiv.s fdiv.d", "fmv.x.w fmv.x.d", "fmv.w.x fmv.d.x", "fcvt.w.d fcvt.l.d",
        "fcvt.d.w fcvt.d.l", "fcvt.s.w fcvt.s.l", "fcvt.w.s fcvt.l.s",
    ),
    "aarch64": _pairs(
        "ldr ldrh ldrb", "ldrsw ldrsh ldrsb", "ldrb ldrsb", "ldrh ldrsh", "str strh strb", "sxtw sxth sxtb",
        "uxtw uxth uxtb", "sxtw uxtw", "sxth uxth", "sxtb uxtb", "ldur ldurh ldurb", "stur sturh sturb",
    ),
}  # fmt: skip
OPCODES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "riscv": _pairs(
        "add sub", "addw subw", "and or xor", "andi ori xori", "sll srl sra", "sllw srlw sraw", "slli srli srai",
        "slliw srliw sraiw", "mul mulh mulhu", "div divu rem remu", "divw divuw remw remuw", "neg not",
        "fadd.d fsub.d fmul.d fdiv.d", "fadd.s fsub.s fmul.s fdiv.s", "fsgnj.d fsgnjn.d fsgnjx.d",
        "fmv.d fneg.d fabs.d", "fmin.d fmax.d",
    ),
    "aarch64": _pairs(
        "add sub", "adds subs", "cmp cmn tst", "and orr eor bic", "ands bics", "lsl lsr asr ror", "sdiv udiv",
        "madd msub", "mul mneg", "neg mvn", "smulh umulh", "sbfx ubfx", "scvtf ucvtf", "fcvtzs fcvtns fcvtzu",
        "fadd fsub fmul fdiv", "fmov fneg fabs", "zip1 zip2", "uzp1 uzp2", "sshr ushr", "smax smin umax umin",
        "cmeq cmgt cmge cmhi",
    ),
}  # fmt: skip


def mutations(isa: str, text: str) -> Iterator[tuple[str, str]]:
    """Every faulty version of one instruction, with the kind of fault; some do not assemble."""
    mnemonic, _, operands = text.partition(" ")
    for kind, table in (("condition", CONDITIONS), ("width", WIDTHS), ("opcode", OPCODES)):
        for other in table[isa].get(mnemonic, ()):
            yield kind, f"{other} {operands}"
    if isa == "aarch64":
        yield from _aarch64_conditions(mnemonic, operands)
        yield from _aarch64_widths(mnemonic, operands)
    for match in _WORD.finditer(operands):
        for other in _other_registers(isa, match[0]):
            yield "register", f"{mnemonic} {operands[: match.start()]}{other}{operands[match.end() :]}"
    for match in _NUMBER.finditer(operands):
        value = int(match[1] + match[2], 0)
        for other_value in {value + 1, value - 1, -value} - {value}:
            yield "immediate", f"{mnemonic} {operands[: match.start()]}{other_value}{operands[match.end() :]}"


def _other_registers(isa: str, name: str) -> list[str]:
    if isa == "riscv":
        family = next((f for f in (_RISCV_INTEGER, _RISCV_FLOAT) if name in f), ())
        return [other for other in family if other != name]
    if name == "sp":
        return ["x19", "x8"]
    match = _AARCH64_REGISTER.match(name)
    if match is None:
        return []
    letter, number = match[1], int(match[2])
    numbers = range(25) if letter in "xw" else range(32)
    return [f"{letter}{n}" for n in numbers if n not in (number, 18)]


def _aarch64_conditions(mnemonic: str, operands: str) -> Iterator[tuple[str, str]]:
    stem, dot, condition = mnemonic.partition(".")
    if stem == "b" and dot:
        for other in AARCH64_CONDITIONS.get(condition, ()):
            yield "condition", f"b.{other} {operands}"
    if mnemonic in ("cset", "csetm", "csel", "csinc", "csinv", "csneg", "ccmp", "fcsel", "cinc", "cneg"):
        head, comma, condition = operands.rpartition(", ")
        for other in AARCH64_CONDITIONS.get(condition, ()):
            yield "condition", f"{mnemonic} {head}{comma}{other}"


def _aarch64_widths(mnemonic: str, operands: str) -> Iterator[tuple[str, str]]:
    for ours, theirs in (("x", "w"), ("w", "x"), ("s", "d"), ("d", "s")):
        changed = re.sub(rf"(?<![\w.]){ours}(\d+)(?!\w)", rf"{theirs}\1", operands)
        first = re.sub(rf"^{ours}(\d+)(?!\w)", rf"{theirs}\1", operands)
        for text in {changed, first} - {operands}:
            yield "width", f"{mnemonic} {text}"


def broken(isa: str, body: Sequence[TargetLine]) -> Iterator[tuple[str, tuple[TargetLine, ...]]]:
    """``body`` with one fault: a mutated, dropped, or misplaced instruction."""
    lines = tuple(body)
    for i, line in enumerate(lines):
        if not line.text:
            continue
        for kind, text in mutations(isa, line.text):
            yield kind, (*lines[:i], TargetLine(text, source_line=line.source_line), *lines[i + 1 :])
        yield "dropped", (*lines[:i], *lines[i + 1 :])
        if i + 1 < len(lines) and lines[i + 1].text and lines[i + 1].text != line.text:
            yield "swapped", (*lines[:i], lines[i + 1], line, *lines[i + 2 :])
