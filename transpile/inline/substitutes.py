"""What has no equal on the targets, and what stands for it there where there is something well known.

``NO_EQUAL`` names instructions that are never translated. ``SUBSTITUTES`` are statements that only such an instruction
makes, with the C that does the nearest thing on each target; what is said of them is that they are not equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.inline.binding import Bound
from transpile.inline.statement import Statement

_PRIVILEGED = "it is privileged"
_IDENTITY = "it tells of the x86 processor"
_SYSTEM = "it calls the system with numbers and registers of x86"
_STATE = "it saves or changes state that only x86 has"
_ROWS: tuple[tuple[str, str], ...] = (
    ("cpuid xgetbv sgdt sidt sldt str smsw lar lsl verr verw rdpid", _IDENTITY),
    ("syscall sysenter sysexit sysret int into", _SYSTEM),
    ("rdmsr wrmsr rdpmc hlt cli sti lgdt lidt lldt ltr lmsw clts invd wbinvd invlpg invpcid swapgs", _PRIVILEGED),
    ("in inb inw inl out outb outw outl insb insw insl outsb outsw outsl iret iretl iretq xsetbv", _PRIVILEGED),
    ("monitor mwait vmcall vmlaunch vmresume vmread vmreadq vmwrite vmwriteq vmxon vmxoff vmclear", _PRIVILEGED),
    ("vmptrld vmmcall vmrun vmload vmsave stgi clgi encls wrpkru rdpkru clac stac", _PRIVILEGED),
    ("rdrand rdseed", "it draws random numbers of the processor"),
    ("rdfsbase wrfsbase rdgsbase wrgsbase fxsave fxrstor xsave xsavec xsaveopt xrstor fnstenv fldenv", _STATE),
    ("xbegin xend xabort xtest enclu umonitor umwait tpause", "the targets have no such thing"),
    ("rdtsc rdtscp", "it reads a counter of x86"),
    ("int3 ud2", "it stops the program in x86's way"),
)
NO_EQUAL: Mapping[str, str] = {word: why for words, why in _ROWS for word in words.split()}
_COUNTER = {
    "riscv": 'unsigned long transpile_count;\n{asm} volatile ("rdtime %0" : "=r" (transpile_count){memory});',
    "aarch64": 'unsigned long transpile_count;\n{asm} volatile ("isb\\n\\tmrs %0, cntvct_el0" : "=r" '
    "(transpile_count){memory});",
}
_COUNTER_WHY = "substituted, not equal: a timer of constant frequency stands for the time-stamp counter"
_DIVISION_WHY = "substituted, not proved: C divides 128 bits by 64; where x86 would fault it gives some value"
_FENCES = frozenset({"lfence", "mfence", "sfence"})
_HALVES = ("shl $32, %rdx", "or %rdx, %rax")
_WORD = re.compile(r"\s*(?:(?:lock|rep|repe|repz|repne|repnz|data16|rex64)\s+)*([a-z][a-z0-9.]*)")


@dataclass(frozen=True, slots=True)
class Substitute:
    """C for one target in the place of a statement, and what is to be said of it."""

    text: str
    why: str


def mnemonics(lines: Sequence[str]) -> list[str]:
    """The instructions of a template, without prefixes; labels and directives are none."""
    found: list[str] = []
    for line in lines:
        match = _WORD.match(re.sub(r"^\s*(?:[\w.$]+:\s*)+", "", line))
        if match is not None:
            found.append(match[1])
    return found


def no_equal(lines: Sequence[str]) -> tuple[str, str] | None:
    """The first instruction that has no equal, and why."""
    for word in mnemonics(lines):
        if word in NO_EQUAL:
            return word, NO_EQUAL[word]
    return None


def wide_division(lines: Sequence[str]) -> bool:
    """Whether a statement is a division of 128 bits and nothing else."""
    return mnemonics(lines) == ["divq"]


def substitute(statement: Statement, bound: Sequence[Bound], lines: Sequence[str], target: str) -> Substitute | None:
    """What may stand for a statement that has no equal; None if nothing may."""
    words = mnemonics(lines)
    if words in (["int3"], ["ud2"]):
        trap = {"int3": {"riscv": "ebreak", "aarch64": "brk #0xf000"}, "ud2": {"riscv": "unimp", "aarch64": "udf #0"}}
        text = f'{statement.keyword} volatile ("{trap[words[0]][target]}" : : : "memory")'
        return Substitute(text, "substituted, not equal: it stops the program as the target does")
    if wide_division(lines):
        return _division(statement, bound)
    counters = [word for word in words if word.startswith("rdtsc")]
    if len(counters) != 1:
        return None
    rest = [" ".join(line.split()) for line in lines if mnemonics([line])[0] not in (*_FENCES, *counters)]
    whole = [line.replace("shlq", "shl").replace("salq", "shl").replace("orq", "or") for line in rest]
    if whole not in ([], list(_HALVES)):
        return None
    return _counter(statement, bound, bool(whole), target)


def _division(statement: Statement, bound: Sequence[Bound]) -> Substitute | None:
    """128 bits by 64, which C has and the targets' instructions have not."""
    operands = list(zip(statement.operands, bound, strict=True))
    inputs = {one.register: operand.expression for operand, one in operands if not one.output or one.inout}
    others = [r for r in inputs if r not in ("rax", "rdx")]
    outputs = {one.register: operand.expression for operand, one in operands if one.output}
    if len(others) != 1 or not {"rax", "rdx"} <= inputs.keys() or not outputs.keys() <= {"rax", "rdx"}:
        return None
    if any(one.where != "register" for one in bound):
        return None
    high, low, by = inputs["rdx"], inputs["rax"], inputs[others[0]]
    lines = [
        "do {",
        f"    unsigned __int128 transpile_all = (unsigned long)({high});",
        f"    transpile_all = transpile_all << 64 | (unsigned long)({low});",
        f"    unsigned long transpile_by = (unsigned long)({by});",
    ]
    values = {"rax": "(transpile_all / transpile_by)", "rdx": "(transpile_all % transpile_by)"}
    lines += [f"    {expression} = (__typeof__({expression})){values[name]};" for name, expression in outputs.items()]
    return Substitute("\n".join([*lines, "} while (0)"]), _DIVISION_WHY)


def _counter(statement: Statement, bound: Sequence[Bound], whole: bool, target: str) -> Substitute | None:
    """The outputs from one 64-bit count: whole, or as its halves in rax and rdx."""
    values = {"rax": "transpile_count" if whole else "(unsigned)transpile_count", "rdx": "(transpile_count >> 32)"}
    values["rcx"] = "0"
    if any(one.output and (one.where != "register" or one.register not in values) for one in bound) or any(
        not one.output and one.where != "constant" for one in bound
    ):
        return None
    memory = ' : : "memory"' if "memory" in statement.clobbers else ""
    lines = ["do {", *_COUNTER[target].format(asm=statement.keyword, memory=memory).split("\n")]
    lines += [
        f"{operand.expression} = (__typeof__({operand.expression})){values[one.register]};"
        for operand, one in zip(statement.outputs, bound, strict=False)
    ]
    return Substitute("\n    ".join(lines) + "\n} while (0)", _COUNTER_WHY)
