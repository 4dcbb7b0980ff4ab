"""What functions hand to each other: by convention, by prototype, and by what the compiler knew of the callee."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from transpile.native.arguments import VARIADIC_COUNT, Crossing

Analysed = Callable[..., SimpleNamespace]
Unproved = Callable[..., list[str]]


def crossing_of(found: SimpleNamespace, position: int = 0, name: str = "f") -> Crossing:
    prepared = found.prepared[name]
    crossing: Crossing = prepared.crossings[prepared.function.blocks[position].label]
    return crossing


def test_arguments_of_an_unknown_callee_are_a_prefix_of_what_holds_values(
    analysed: Analysed, unproved: Unproved
) -> None:
    body = "subq $8, %rsp; call a; movl $1, %edi; movq $2, %rsi; movl $4, %ecx; xorl %eax, %eax; call b;"
    body += "addq $8, %rsp; ret"
    sizes = crossing_of(analysed("riscv", f=body), 1).sizes
    assert {name: sizes[name] for name in ("rdi", "rsi")} == {"rdi": 8, "rsi": 8}
    assert "rdx" in sizes, "the call before left its second result there"
    assert {"r8", "r9"} & sizes.keys() == set()
    assert unproved(f=body) == []


def test_registers_written_in_part_are_arguments_in_part(analysed: Analysed, unproved: Unproved) -> None:
    body = "subq $8, %rsp; call a; movb $1, %dil; movw $2, %si; call b; addq $8, %rsp; ret"
    sizes = crossing_of(analysed("aarch64", f=body), 1).sizes
    assert (sizes["rdi"], sizes["rsi"]) == (1, 2)
    assert unproved(f=body) == []


def test_prototypes_name_their_arguments(analysed: Analysed, unproved: Unproved) -> None:
    body = "subq $8, %rsp; movl $3, %ecx; call putchar; addq $8, %rsp; ret"
    found = crossing_of(analysed("riscv", f=body))
    assert found.native
    assert dict(found.sizes) == {"rdi": 4}
    assert found.sign_extended == {"rdi"}
    assert unproved(f=body) == []


def test_variadic_calls_hand_over_the_count_of_vectors(analysed: Analysed, unproved: Unproved) -> None:
    body = "subq $8, %rsp; movl $2, %eax; call variadic; addq $8, %rsp; ret"
    assert crossing_of(analysed("riscv", f=body)).sizes[VARIADIC_COUNT] == 1
    computed = "subq $8, %rsp; movl %edi, %eax; call other; addq $8, %rsp; ret"
    sizes = crossing_of(analysed("riscv", f=computed)).sizes
    assert VARIADIC_COUNT not in sizes and "rax" not in sizes
    assert unproved(f=body) == [] and unproved(f=computed) == []


def test_a_local_callee_says_what_it_needs(analysed: Analysed, unproved: Unproved) -> None:
    functions = {"f": "subq $8, %rsp; movl $7, %r10d; call g; addq $8, %rsp; ret", "g": "leaq (%r10,%rdx), %rax; ret"}
    sizes = crossing_of(analysed("riscv", internal=("g",), **functions)).sizes
    assert sizes.keys() >= {"r10", "rdx"}
    assert "rdi" not in sizes
    assert unproved(internal=("g",), **functions) == []


def test_registers_that_a_local_callee_spares_may_live_across_its_call(analysed: Analysed, unproved: Unproved) -> None:
    functions = {"f": "movl %edi, %r8d; call g; addl %r8d, %eax; ret", "g": "leal 1(%rdi), %eax; ret"}
    found = analysed("riscv", internal=("g",), **functions)
    assert found.prepared["g"].relied == {"r8": 8}
    assert found.prepared["f"].kept == {"g": {"r8": 8}}
    assert unproved(internal=("g",), **functions) == []


def test_registers_that_a_callee_changes_do_not_survive(unproved: Unproved) -> None:
    functions = {"f": "movl %edi, %r8d; call g; addl %r8d, %eax; ret", "g": "movl $9, %r8d; leal 1(%rdi), %eax; ret"}
    assert [line.split(":")[0] for line in unproved(internal=("g",), **functions)] != [], "r8 has no value after g"


def test_nothing_but_what_the_convention_keeps_survives_other_calls(analysed: Analysed) -> None:
    body = "pushq %rbx; movq %rdi, %rbx; call a; movq %rbx, %rax; popq %rbx; ret"
    found = analysed("riscv", f=body)
    landing = found.lowered["f"].blocks[1].entry.places
    assert "rbx" in landing
    assert landing.keys() & {"rdi", "r8", "r11"} == set()
