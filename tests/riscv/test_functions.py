"""Functions with frames, loops, calls, jump tables and flags across edges, block by block on Unicorn."""

from __future__ import annotations

import random

import pytest
from differential import Differ
from image import Image, make_case

from transpile.options import Options
from transpile.planning import Proposal, plan_file
from transpile.targets import target_isa

SOURCE = """
    .text
    .type count, @function
count:
    pushq %rbx
    subq $32, %rsp
    movl %edi, %ebx
    xorl %eax, %eax
    movl $0, 12(%rsp)
.L2:
    movslq %ebx, %rdx
    movzbl (%rsi,%rdx), %ecx
    cmpb $57, %cl
    jg .L3
    je .L4
    addl %ecx, 12(%rsp)
    movl %ebx, %edi
    leal (%rax,%rax,4), %eax
    leal -48(%rcx,%rax,2), %eax
.L3:
    subl $1, %ebx
    jns .L2
.L4:
    movq table(%rip), %rdx
    addl $1, counter(%rip)
    movl counter(%rip), %ecx
    movl %eax, (%rdx,%rcx,4)
    addq $32, %rsp
    popq %rbx
    ret

    .type pick, @function
pick:
    cmpl $3, %edi
    ja .L9
    leaq .L7(%rip), %rdx
    movl %edi, %edi
    movslq (%rdx,%rdi,4), %rax
    addq %rdx, %rax
    jmp *%rax
.L8:
    movl $7, %eax
    ret
.L9:
    movq %rsi, %rax
    xchgq %rdx, %rax
    cmpq %rdx, %rsi
    cmovb %rdx, %rax
    seta %cl
    movzbl %cl, %ecx
    addq %rcx, %rax
    ret
    .section .rodata
.L7:
    .long .L8-.L7
    .long .L9-.L7
    .long .L8-.L7
    .long .L8-.L7
    .text

    .type wide, @function
wide:
    subq $3000, %rsp
    movaps %xmm0, 16(%rsp)
    movq %rdi, 2960(%rsp)
    movups 2048(%rdi), %xmm1
    paddd 16(%rsp), %xmm1
    movups %xmm1, -4096(%rdi)
    ucomisd %xmm1, %xmm0
    jp .L21
    jne .L21
    cvttsd2siq %xmm0, %rax
    call *%rsi
    movq 2960(%rsp), %rdi
    movl %eax, %ecx
    shrq %cl, %rdi
    movq %rdi, %rax
    addq $3000, %rsp
    ret
.L21:
    movl $64, %ecx
    rep stosb
    lock xaddl %ecx, (%rdi)
    movl %ecx, %eax
    movl $5, %ecx
    lock cmpxchgw %cx, 2(%rdi)
    addq $3000, %rsp
    jmp count
"""


def proposals(**options: object) -> list[Proposal]:
    plan = plan_file(SOURCE, "functions.s", target_isa("riscv"), Options(**options))  # type: ignore[arg-type]
    lowered = [plan.lower(name) for name in plan.prepared]
    assert all(isinstance(one, Proposal) and not one.broken for one in lowered), lowered
    return [one for one in lowered if isinstance(one, Proposal)]


@pytest.mark.parametrize("options", [{}, {"memory_model": "tso"}, {"trap_division": True}])
def test_every_block(options: dict[str, object]) -> None:
    cases = [
        make_case(block.lowered, one.lowered.context, f"{one.lowered.function.name} {block.source.label}")
        for one in proposals(**options)
        for block in one.lowered.blocks
    ]
    differ = Differ(Image(cases))
    rng = random.Random(8)
    results = [differ.check(case, rng, 20) for case in cases]
    assert [message for _, message in results if message] == []
    assert sum(runs for runs, _ in results) > 15 * len(cases)


def text(options: dict[str, object], function: str) -> list[str]:
    one = next(p for p in proposals(**options) if p.lowered.function.name == function)
    return [line.text for body in one.bodies.values() for line in body if line.text]


def test_tso_orders_accesses_that_others_see() -> None:
    lines = text({"memory_model": "tso"}, "pick")
    loads = [i for i, line in enumerate(lines) if line.startswith(("lw ", "ld ", "lwu ", "lbu "))]
    assert loads
    assert all(lines[i + 1] == "fence r, rw" for i in loads)
    assert not any(line.startswith("fence") for line in text({}, "pick"))


def test_comparison_and_branch_are_one_instruction() -> None:
    lines = text({}, "count")
    assert "bgez s1, .L2" in lines
    assert not any(line.startswith(("slt", "seqz", "snez")) for line in lines)
