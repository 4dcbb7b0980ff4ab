"""The assembler's output, read back by capstone and assembled again by keystone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from transpile.asm.assembler import assemble
from transpile.emulators import readback
from transpile.emulators.readback import read_back, second_opinion
from transpile.options import TARGETS, Options
from transpile.planning import Proposal, plan_file
from transpile.solvers.encode_target import encode_target
from transpile.targets import target_isa

EXAMPLE = Path(__file__).parents[2] / "examples" / "tally.s"

RISCV = """
neg a0, a1 | negw a0, a1 | sub a0, zero, a1 | not a0, a1 | xori a0, a1, -1 | li a0, 5 | li a0, 0
li a0, -2049 | li a0, 4294967295 | li a0, 0x123456789abcdef0 | mv a0, a1 | addi a0, a1, 0 | sext.w a0, a1
addiw a0, a1, 0
andi a0, a1, 255 | zext.b a0, a1 | seqz a0, a1 | sltiu a0, a1, 1 | snez a0, a1 | sltu a0, zero, a1
sltz a0, a1 | sgtz a0, a1 | slt a0, zero, a1 | bgt a0, a1, .+0x40 | ble a0, a1, .+0x40 | bgtu a0, a1, .+0x40
bleu a0, a1, .+0x40 | beqz a0, .+0x40 | beq a0, zero, .+0x40 | bnez a0, .+0x40 | bltz a0, .+0x40
bgez a0, .+0x40 | bgtz a0, .+0x40 | blez a0, .+0x40 | blt zero, a0, .+0x40 | fmv.d fa0, fa1
fsgnj.d fa0, fa1, fa1 | fneg.d fa0, fa1 | fabs.s fa0, fa1 | fsgnjx.s fa0, fa1, fa1 | j .+0x40
jal zero, .+0x40 | jal .+0x40 | jalr a0 | jalr ra, 0(a0) | jr a0 | jr ra | ret | fence | fence rw, w
fence r, rw | lr.d a0, (a1) | lr.w.aqrl a0, (a1) | sc.d a0, a2, (a1) | amoadd.d.aqrl a0, a2, (a1)
amoswap.w a0, a2, (a1) | ld a0, (a1) | ld a0, 0(a1) | sd a0, -8(sp) | fcvt.l.d a0, fa0, rtz | fcvt.w.s a0, fa0
fcvt.d.w fa0, a0 | fcvt.s.d fa0, fa1 | fadd.d fa0, fa1, fa2 | fmv.x.d a0, fa0 | ebreak | ecall | nop
lui a0, 5 | sh1add a0, a1, a2 | fsgnjn.s fa0, fa1, fa1 | slt a0, a1, zero | bge zero, a0, .+0x40 | frrm a0
rdcycle a0 | fsqrt.d fa0, fa1 | feq.d a0, fa0, fa1 | mulhu a0, a1, a2 | csrr a0, fcsr | fld fa0, 8(sp)
"""

AARCH64 = """
mov x0, sp | mov sp, x0 | add x0, sp, 0 | add x0, sp, #16 | bfi x0, x1, #0, #8 | bfxil x0, x1, #0, #8
ubfx w0, w1, #3, #4 | sbfiz x0, x1, #3, #4 | ldr x0, [x1, #-8] | ldur x0, [x1, #-8] | ldr w0, [x1, #3]
ldrsb w0, [x1, #-1] | strh w0, [x1, #-2] | movz x0, #5 | movz x0, #5, lsl #16 | movn x0, #5, lsl #16
movn w0, #5 | movk x0, #5, lsl #32 | mov x0, #-5 | mov w0, #0x80000000 | mov x0, #0xff00ff00ff00ff00
sxtl v0.2d, v1.2s | sxtl v0.4s, v1.4h | uxtl v0.8h, v1.8b | uxtl v0.2d, v1.2s | mvn v0.16b, v1.16b
mov v0.16b, v1.16b | orr v0.16b, v1.16b, v1.16b | mov v0.d[1], x1 | mov x0, v1.d[1] | umov w0, v1.h[3]
umov x0, v1.d[1] | mov w0, v1.s[2] | ins v0.s[1], v1.s[2] | mov v0.s[1], v1.s[2] | dup v0.2d, x1 | cset w0, cs
cset w0, hs | cset w0, lo | csel x0, x1, x2, cc | cinc x0, x1, ne | csetm w0, eq | fcsel d0, d1, d2, mi
ccmp x0, x1, #4, ne | ccmp w0, #3, #0, hs | b.cs .+0x40 | b.lo .+0x40 | b.cc .+0x40 | add sp, x0, #0
cbz x0, .+0x40 | tbnz w0, #3, .+0x40 | ret | br x16 | blr x16 | b .+0x40 | cmp x0, #0 | cmp w0, w1, uxtb
cmn x0, #5 | tst x0, #0xff | neg x0, x1 | mvn w0, w1 | mul x0, x1, x2 | mneg x0, x1, x2 | lsl x0, x1, #3
lsr w0, w1, w2 | ror x0, x1, #5 | sxtw x0, w1 | uxtb w0, w1 | ldr x0, [x1, x2, lsl #3]
ldr w0, [x1, w2, sxtw #2] | ldr w0, [x1, w2, uxtw] | ldr x0, [x1, #0] | ldr q0, [sp, #16]
stp x29, x30, [sp, #-16]! | ldp x29, x30, [sp], #16 | ldapr x0, [x1] | stlr x0, [x1] | ldaddal x0, x1, [x2]
casal x0, x1, [x2] | swpal w0, w1, [x2] | ldaxr x0, [x1] | stlxr w0, x1, [x2] | dmb ish | dmb ishld
mrs x0, tpidr_el0 | movi v0.2d, #0 | movi v0.16b, #255 | fmov d0, #1.0 | fmov d0, xzr | fmov x0, d1
fcmp d0, #0.0 | fcvtzs x0, d1 | scvtf d0, x1 | fcvt s0, d1 | shl v0.2d, v1.2d, #3 | ushr v0.4s, v1.4s, #7
zip1 v0.16b, v1.16b, v2.16b | ext v0.16b, v1.16b, v2.16b, #4 | addp v0.2d, v1.2d, v2.2d
cmeq v0.4s, v1.4s, #0 | brk #1000 | udf #0 | nop | rbit x0, x1 | clz w0, w1 | rev x0, x1 | cnt v0.8b, v1.8b
addv b0, v0.8b | umulh x0, x1, x2 | madd x0, x1, x2, x3 | extr x0, x1, x2, #3 | eor x0, x1, #0xff
and w0, w1, #0x7fffffff | bic x0, x1, x2 | adc x0, x1, x2 | sqadd v0.8h, v1.8h, v2.8h
"""
FORMS = {"riscv": RISCV, "aarch64": AARCH64}


def forms(isa: str) -> list[tuple[str, bytes]]:
    texts = [text.strip() for text in re.split(r"[|\n]", FORMS[isa]) if text.strip()]
    return list(zip(texts, assemble(isa, texts), strict=True))


@pytest.mark.parametrize("isa", TARGETS)
def test_every_spelling_reads_back(isa: str) -> None:
    assert read_back(isa, forms(isa)) == []


@pytest.mark.parametrize("isa", TARGETS)
def test_every_alias_is_needed(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = readback.ALIASES[isa]
    idle = []
    for i, row in enumerate(rows):
        monkeypatch.setitem(readback.ALIASES, isa, rows[:i] + rows[i + 1 :])
        if not read_back(isa, forms(isa)):
            idle.append(row[0].pattern)
    assert idle == []


def test_keystone_agrees_on_every_form() -> None:
    assert second_opinion("aarch64", forms("aarch64")) == []


@pytest.mark.parametrize(
    ("isa", "written", "assembled"),
    [
        ("riscv", "add a0, a1, a2", "add a0, a2, a1"),
        ("riscv", "addw a0, a1, a2", "add a0, a1, a2"),
        ("riscv", "li a0, 5000", "li a0, 5001"),
        ("riscv", "li a0, -1", "li a1, -1"),
        ("riscv", "ld a0, 8(sp)", "ld a0, 16(sp)"),
        ("riscv", "bgt a0, a1, .L3", "blt a0, a1, .+0x40"),
        ("riscv", "ld a0, %lo(table)(a1)", "ld a0, 16(a2)"),
        ("aarch64", "ldr x0, [x1, #-8]", "ldr x0, [x1, #8]"),
        ("aarch64", "mov w0, #-1", "mov x0, #-1"),
        ("aarch64", "b.hi .L3", "b.hs .+0x40"),
        ("aarch64", "add x0, x1, :lo12:table", "add x0, x2, #16"),
    ],
)
def test_another_instruction_is_noticed(isa: str, written: str, assembled: str) -> None:
    (code,) = assemble(isa, [assembled])
    assert [found.written for found in read_back(isa, [(written, code)])] == [written]
    if isa == "aarch64" and written[-5:] != "table":
        assert second_opinion(isa, [(written, code)]) or ".L" in written


@pytest.mark.parametrize(
    ("isa", "written", "assembled"),
    [
        ("riscv", "bgt a0, a1, .L3", "bgt a0, a1, .+0x40"),
        ("riscv", "ld a0, %lo(table+8)(a1)", "ld a0, 2032(a1)"),
        ("aarch64", "b.hi .L3", "b.hi .+0x40"),
        ("aarch64", "tbz w0, #3, .L3", "tbz w0, #3, .+0x40"),
        ("aarch64", "ldr x0, [x1, :lo12:table]", "ldr x0, [x1, #4080]"),
    ],
)
def test_what_the_linker_fills_in_is_not_compared(isa: str, written: str, assembled: str) -> None:
    (code,) = assemble(isa, [assembled])
    assert read_back(isa, [(written, code)]) == []


@pytest.mark.parametrize("isa", TARGETS)
def test_the_translation_of_the_example_reads_back(isa: str) -> None:
    plan = plan_file(EXAMPLE.read_text(), "tally.s", target_isa(isa), Options())
    proposals = [p for p in map(plan.lower, plan.prepared) if isinstance(p, Proposal)]
    texts = {line.text for p in proposals for body in p.bodies.values() for line in body if line.text}
    lines = [(step.text, step.code) for step in encode_target(isa, sorted(texts))]
    assert len(lines) > 200
    assert read_back(isa, lines) == []
    if isa == "aarch64":
        assert second_opinion(isa, lines) == []


def test_keystone_agrees_on_the_x86_code_of_the_example() -> None:
    texts = {" ".join(line.split()) for line in EXAMPLE.read_text().splitlines() if line.startswith("\t")}
    plain = [t for t in texts if t[0] != "." and re.fullmatch(r"[a-z]\w* [-$%\w(), ]+", t) and "%" in t]
    lines = list(zip(plain, assemble("x86-att", plain), strict=True))
    assert len(lines) > 200
    assert second_opinion("x86-att", lines) == []
