"""The one target frame that stands for the source's pushes and pops."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from transpile.native.frame import FrameError
from transpile.native.micro import Code
from transpile.options import Options
from transpile.planning import Failure, plan_file
from transpile.targets import target_isa

Analysed = Callable[..., SimpleNamespace]
Unproved = Callable[..., list[str]]


def codes(found: SimpleNamespace, name: str) -> list[Code]:
    return [m.code for block in found.lowered[name].blocks for m in block.lowered.micros]


def test_a_leaf_has_no_frame(analysed: Analysed, unproved: Unproved) -> None:
    body = "leaq (%rdi,%rsi), %rax; ret"
    found = analysed("riscv", f=body)
    assert found.prepared["f"].plan.size == 0
    assert Code.ENTER not in codes(found, "f")
    assert unproved(f=body) == []


def test_pushes_become_stores_into_one_frame(analysed: Analysed, unproved: Unproved) -> None:
    body = "pushq %rbx; pushq %r12; subq $24, %rsp; movq %rdi, %rbx; call g; addq %rbx, %rax; addq $24, %rsp;"
    body += "popq %r12; popq %rbx; ret"
    plan = analysed("riscv", f=body).prepared["f"].plan
    assert (plan.size, plan.saves_ra, plan.always) == (48, True, False)
    assert codes(analysed("riscv", f=body), "f").count(Code.ENTER) == 1
    assert unproved(f=body) == []


def test_the_red_zone_is_inside_a_frame(analysed: Analysed, unproved: Unproved) -> None:
    body = "movq %rdi, -8(%rsp); movq %rsi, -100(%rsp); movq -8(%rsp), %rax; ret"
    plan = analysed("aarch64", f=body).prepared["f"].plan
    assert plan.always and plan.size >= 112 and not plan.saves_ra
    assert unproved(f=body) == []


def test_shrink_wrapped_functions_have_a_frame_only_where_they_need_it(analysed: Analysed, unproved: Unproved) -> None:
    body = "testl %edi, %edi; je .Lshort; pushq %rbx; movl %edi, %ebx; call g; addl %ebx, %eax; popq %rbx; ret;"
    body += ".Lshort:; xorl %eax, %eax; ret"
    found = analysed("riscv", f=body)
    frames = {b.source.label: b.entry.frame for b in found.lowered["f"].blocks}
    assert frames[".Lshort"].reserved == 0 and frames[".Lshort"].ra == "register"
    assert not found.prepared["f"].plan.always
    assert unproved(f=body) == []


def test_dynamic_frames_follow_the_source(analysed: Analysed, unproved: Unproved) -> None:
    body = "pushq %rbp; movq %rsp, %rbp; addq $15, %rdi; andq $-16, %rdi; subq %rdi, %rsp; movq %rsp, %rdi;"
    body += "call g; leave; ret"
    found = analysed("aarch64", f=body)
    landing = found.lowered["f"].blocks[1].entry
    assert landing.frame.dynamic
    assert landing.offsets["rbp"] == -16
    assert unproved(f=body) == []


def test_local_functions_that_are_always_called_misaligned_have_a_skew(analysed: Analysed, unproved: Unproved) -> None:
    aligned = {
        "f": "pushq %rbx; call g; popq %rbx; ret",
        "g": "pushq %rbx; call h; popq %rbx; ret",
    }
    misaligned = {"f": "call g; ret", "g": "call h; ret"}
    assert analysed("riscv", internal=("g",), **aligned).prepared["g"].plan.skew == 0
    assert analysed("riscv", internal=("g",), **misaligned).prepared["g"].plan.skew == 8
    for case in (aligned, misaligned):
        assert unproved(internal=("g",), **case) == []


def test_stack_arguments_stay_where_they_were(unproved: Unproved) -> None:
    callee = "movq 8(%rsp), %rax; addq 16(%rsp), %rax; ret"
    caller = "subq $8, %rsp; pushq $2; pushq %rdi; call outside; addq $24, %rsp; ret"
    assert unproved(f=callee, g=caller) == []


def test_vector_halves_without_a_register_have_private_slots(analysed: Analysed, unproved: Unproved) -> None:
    loads = ";".join(f"movdqu {16 * n}(%rdi), %xmm{n}" for n in range(16))
    stores = ";".join(f"movdqu %xmm{n}, {16 * n}(%rdi)" for n in range(16))
    body = f"{loads}; testl %esi, %esi; je .Lend; {stores}; .Lend:; ret"
    found = analysed("riscv", f=body)
    slots = [place.slot for place in found.lowered["f"].context.homes.values() if place.slot >= 0]
    assert slots and found.lowered["f"].blocks[1].entry.frame.reserved >= 8 * len(slots)
    assert unproved(f=body) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("testl %edi, %edi; je .Lmeet; pushq %rbx; .Lmeet:; ret", "bytes deep on two ways"),
        ("addq $16, %rsp; ret", "above the return address"),
    ],
)
def test_stacks_that_cannot_be_followed_are_told(body: str, message: str) -> None:
    text = "\t.globl\tf\nf:\n\t" + "\n\t".join(part.strip() for part in body.split(";")) + "\n"
    failure = plan_file(text, "test.s", target_isa("riscv"), Options(jobs=1)).prepared["f"]
    assert isinstance(failure, Failure)
    assert message in failure.reason


def test_private_slots_are_out_of_reach_while_the_frame_has_no_fixed_size(unproved: Unproved) -> None:
    loads = ";".join(f"movdqu {16 * n}(%rdi), %xmm{n}" for n in range(16))
    stores = ";".join(f"movdqu %xmm{n}, {16 * n}(%rdi)" for n in range(16))
    body = "pushq %rbp; movq %rsp, %rbp; andq $-16, %rsi; subq %rsi, %rsp;"
    found = unproved(f=f"{body} {loads}; testl %esi, %esi; je .Lend; {stores}; .Lend:; leave; ret")
    assert found and all("no fixed size" in line and line.startswith("riscv") for line in found)


def test_a_stack_from_elsewhere_is_not_proved(unproved: Unproved) -> None:
    assert unproved(f="movq %rdi, %rsp; popq %rax; ret")


def test_a_frame_error_names_its_line() -> None:
    assert FrameError("why", 7).line == 7
