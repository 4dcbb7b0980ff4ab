"""The mutants benchmark on a small scale: no broken translation is proved that Unicorn tells apart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from transpile.asm.assembler import AssemblyError, assemble
from transpile.options import TARGETS, Target

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import mutants  # noqa: E402
import mutation  # noqa: E402

SOURCE = """
        .text
        .globl  weigh
        .type   weigh, @function
weigh:
        testl   %edi, %edi
        jle     .L4
        leal    -1(%rdi), %eax
        movq    %rsi, %rcx
        leaq    8(%rsi,%rax,8), %r8
        xorl    %eax, %eax
.L3:
        movq    (%rcx), %rdx
        addq    $8, %rcx
        imulq   $13, %rdx, %rdx
        xorq    %rdx, %rax
        shrq    $3, %rdx
        subl    %edx, total(%rip)
        cmpq    %r8, %rcx
        jne     .L3
        ret
.L4:
        cvtsi2sdl %edi, %xmm1
        divsd   %xmm1, %xmm0
        cvttsd2siq %xmm0, %rax
        movzbl  %al, %eax
        ret
        .size   weigh, .-weigh
        .comm   total,4,4
"""


@pytest.mark.parametrize("target", TARGETS)
def test_proofs_and_runs_do_not_contradict_each_other(target: Target) -> None:
    tally = mutants.judge_file("weigh.s", SOURCE, target, 120, 1, 64)
    assert tally.violations == []
    assert tally.identity == {"proved, equal in all tests": 5}
    found = {word: sum(counts[word] for counts in tally.mutants.values()) for word in mutants.JUDGED}
    assert sum(found.values()) >= 60
    assert found["refused, told apart"] >= 0.8 * sum(found.values())


@pytest.mark.parametrize(
    ("isa", "text"),
    [
        ("riscv", "addw a0, a1, a2"),
        ("riscv", "ld t0, 8(sp)"),
        ("riscv", "sltu a0, a1, a2"),
        ("riscv", "fadd.d fa0, fa1, fa2"),
        ("aarch64", "ldr w0, [x1, #8]"),
        ("aarch64", "csel x0, x1, x2, lt"),
        ("aarch64", "add w0, w1, w2, lsl #3"),
        ("aarch64", "fmul d0, d1, d2"),
    ],
)
def test_mutations_are_other_instructions(isa: str, text: str) -> None:
    (code,) = assemble(isa, [text])
    made = dict.fromkeys(text for _, text in mutation.mutations(isa, text))
    assert text not in made
    assembled = 0
    for other in made:
        try:
            (mutated,) = assemble(isa, [other])
        except AssemblyError:
            continue
        assembled += 1
        assert mutated != code, other
    assert assembled > 10
