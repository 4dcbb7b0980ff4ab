"""A model's text is hostile until read: what comes out are instructions of the block, or a reason why not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transpile.lm.answer import MAX_BYTES, MAX_LINES, AnswerError, Scope, parse_answer, scope_of
from transpile.lm.vocabulary import VOCABULARIES
from transpile.native.block import TargetLine
from transpile.planning import BlockUnit, FilePlan, Proposal

TOKEN = re.compile(r"%\w+(?=\()|:\w+:|0[xX][0-9a-fA-F]+|\d[\d.]*(?:[eE][+-]?\d+)?|(?P<word>[A-Za-z_.$][\w.$@]*)", re.A)
RISCV = Scope("riscv", "ebreak", ".L2", frozenset((".L3", ".L4", "puts", "table")), own=frozenset((".L2", "f")))
ARM = Scope("aarch64", "brk #1000", ".L2", frozenset((".L3", ".L4", "puts", "table")), own=frozenset((".L2", "f")))


def read(text: str, scope: Scope = RISCV) -> list[str]:
    return [f"{line.label}:" if line.label else line.text for line in parse_answer(text, scope)]


def test_rules_bodies_are_read_as_they_are(tally: tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]) -> None:
    plan, blocks = tally
    for unit, proposal in blocks:
        body = proposal.bodies[unit.block.source.label]
        if not body:
            continue
        text = "\n".join(f"{line.label}:" if line.label else f"\t{line.text}" for line in body)
        scope = scope_of(unit, plan.target)
        for spoken in (text, f"Here it is:\n```asm\n{text}\n```\nDone.", f"Here it is:\n\n{text}\n\nThat is all."):
            found = parse_answer(spoken, scope)
            assert [bool(line.label) for line in found] == [bool(line.label) for line in body]
            for line, original in zip(found, body, strict=True):
                assert ".Lt_" in original.text or line.text == original.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add a0, a0, a1", ["add a0, a0, a1"]),
        ("  ADD  A0,a0 ,\ta1 # sum", ["add a0,a0 , a1"]),
        ("```\nli a0, 1\n```\nor better:\n```riscv\nli a0, 2\n```", ["li a0, 2"]),
        ("<think>ecall? `li a0, 1`</think>\n```\nli a0, 3\n```", ["li a0, 3"]),
        ("Sure, I can do that.\n\nmv x10, x11\nld fp, 8(x2)\n\nHope this helps!", ["mv a0, a1", "ld s0, 8(sp)"]),
        (".L2:\n  beqz a0, .L3", ["beqz a0, .L3"]),
        ("f: nop\ncall puts@plt", ["nop", "call puts@plt"]),
        ("lui t3, %hi(table+8)\nld a0, %lo(table+8)(t3)", ["lui t3, %hi(table+8)", "ld a0, %lo(table+8)(t3)"]),
        ("/* all\n of it */ nop /* ecall */", ["nop"]),
        ("```\nnop", ["nop"]),
        ("skip: nop\nbeqz a0, skip", [".Lt_L2_m0:", "nop", "beqz a0, .Lt_L2_m0"]),
        ("beqz a0, 1f\n1: nop\nbeqz a0, 1b\nbeqz a0, 1f\n1: nop",
         ["beqz a0, .Lt_L2_m0", ".Lt_L2_m0:", "nop", "beqz a0, .Lt_L2_m0", "beqz a0, .Lt_L2_m1", ".Lt_L2_m1:", "nop"]),
        ("ebreak", ["ebreak"]),
        ("add t3, t3, tp, %tprel_add(table)", ["add t3, t3, tp, %tprel_add(table)"]),
    ],
)  # fmt: skip
def test_riscv_spellings(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add x0, x0, #1 // one", ["add x0, x0, #1"]),
        ("ldr x0, [x16, :lo12:table+8]", ["ldr x0, [x16, :lo12:table+8]"]),
        ("STP X0, LR, [SP, #-16]!", ["stp x0, x30, [sp, #-16]!"]),
        ("fmla v0.4s, v1.4s, v2.s[1]\nld1 {v0.16b}, [x0]", ["fmla v0.4s, v1.4s, v2.s[1]", "ld1 {v0.16b}, [x0]"]),
        ("csel w0, w1, wzr, NE ; pick", ["csel w0, w1, wzr, ne"]),
        ("b.eq .L3", ["b.eq .L3"]),
        ("brk #1000", ["brk #1000"]),
        ("mrs x16, tpidr_el0", ["mrs x16, tpidr_el0"]),
        ("fmov d0, #1.0e+1", ["fmov d0, #1.0e+1"]),
    ],
)
def test_aarch64_spellings(text: str, expected: list[str]) -> None:
    assert read(text, ARM) == expected


HOSTILE = [
    '.incbin "/etc/passwd"',
    '.include "x"',
    ".macro nop\necall\n.endm\nnop",
    "nop\n.byte 1",
    ".text\nnop",
    ".rept 1000000\nnop\n.endr",
    "foo: .word 1",
    "nop; ecall",
    "ecall",
    "ECALL",
    "scall",
    "csrw satp, a0",
    "csrrs a0, 1, a1",
    "mret",
    "wfi",
    "fence.i",
    "sfence.vma",
    "rdcycle a0",
    "fsrm a0",
    "ebreak\nuret",
    "hlv.w a0, (a1)",
    "call system",
    "la a0, environ",
    "j elsewhere",
    "call system@plt",
    "la a0, puts@plt",
    "mv gp, a0",
    "mv x3, a0",
    "mv tp, a0",
    "beqz a0, 1f",
    "1: nop\nbeqz a0, 2b",
    ".L3: nop",
    "x: nop\nx: nop",
    'la a0, "table"',
    "li a0, 'a'",
    "```\nnop \\\nnop\n```",
    "add a0, a0, <b>",
    "add a0, a0, %pcrel_hi(table)",
    "auipc a0, 0",
    "ld a0, =table",
    "nop\x00nop",
    "`id`",
    "$(id)",
    "",
    "   ",
    "# only a comment",
    "Sorry, I cannot help with that.",
    "```\n```",
    "```\nI would rather not.\n```",
    "<think>nop",
    "```\nnop\nHere the code ends\nnop\n```",
    "add a0, a0, \N{CYRILLIC SMALL LETTER A}1",
    "li a0, 0x" + "f" * 300,
    "nop\n" * (MAX_LINES + 1),
    "nop\n" + " " * MAX_BYTES,
    "%s%s%n",
    "add a0, a0, 99999999999b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_no_candidates(text: str) -> None:
    outcome: object
    try:
        outcome = read(text)
    except AnswerError as error:
        assert str(error).isprintable()
        return
    # What follows a semicolon is a comment, as most assemblers have it.
    assert text == "nop; ecall" and outcome == ["nop"]


@pytest.mark.parametrize(
    "text",
    [
        "svc #0",
        "hvc #0",
        "smc #0",
        "msr tpidr_el0, x0",
        "mrs x0, ttbr0_el1",
        "hlt #1",
        "brk #1",
        "udf #0",
        "eret",
        "dc zva, x0",
        "ic iallu",
        "at s1e1r, x0",
        "sys #0, c7, c1, #0",
        "wfi",
        "hint #3",
        "pacia x0, x1",
        "mov x18, x0",
        "str w18, [x0]",
        "ldr x0, =table",
        "bl system",
        "adrp x0, environ",
        "isb",
        "blraa x0, x1",
        "tlbi vmalle1",
        "add x0, x0, :tlsdesc:table",
    ],
)
def test_hostile_aarch64(text: str) -> None:
    with pytest.raises(AnswerError):
        read(text, ARM)


WORDS = [
    *HOSTILE,
    "nop",
    "add a0, a1, a2",
    "beqz a0, .L3",
    "1:",
    "x:",
    "j x",
    "```",
    "~~~",
    "/*",
    "*/",
    "<think>",
    "</think>",
    "//",
    ";",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=30)), max_size=12), st.sampled_from([RISCV, ARM]))
@example(["ecall"], ARM)
def test_whatever_is_read_is_bounded_and_names_nothing_foreign(parts: list[str], scope: Scope) -> None:
    try:
        body = parse_answer("\n".join(parts), scope)
    except AnswerError:
        return
    words = VOCABULARIES[scope.target]
    labels = {line.label for line in body if line.label}
    assert 0 < len(body) <= MAX_LINES
    for line in body:
        assert isinstance(line, TargetLine) and bool(line.text) != bool(line.label)
        if line.label:
            assert line.label.startswith(".Lt_L2_m")
            continue
        mnemonic, _, operands = line.text.partition(" ")
        assert re.fullmatch(r"[a-z][a-z0-9.]*", mnemonic) and line.text.isascii() and line.text.isprintable()
        assert line.text == scope.trap or not words.system.fullmatch(mnemonic)
        assert not set(operands) & set(";\\\"'`=<>\n")
        for found in TOKEN.finditer(operands):
            word = found["word"] or ""
            known = (words.registers, words.keywords, scope.symbols, labels, {""})
            assert any(word.removesuffix("@plt") in names for names in known)


@pytest.mark.parametrize(
    "piece", ["```\n", "```a\n", "<think>", "/*", "a:", "nop ", "*/ /*", "1: ", "-", "a0,", "%", "<think></think>"]
)
def test_reading_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    text = piece * (MAX_BYTES // len(piece))
    for wrapped in (text, f"```\n{text}\n```", f"add {text}"):
        try:
            parse_answer(wrapped[:MAX_BYTES], RISCV)
        except AnswerError:
            continue
    assert time.process_time() - begun < 1.0
