"""Which bytes of registers are needed, and what is left out because nothing needs it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from transpile.native.liveness import bytes_mask, live_bytes, rounded, union
from transpile.native.micro import Code

Analysed = Callable[..., SimpleNamespace]
Unproved = Callable[..., list[str]]


def entry_of(found: SimpleNamespace, label: str, name: str = "f") -> dict[str, int]:
    return {register: live_bytes(mask) for register, mask in found.prepared[name].liveness[label].entry.items()}


@pytest.mark.parametrize(("mask", "expected"), [(0, 0), (1, 1), (0b110, 0xF), (0xF0, 0xFF), (0x100, 0xFFFF)])
def test_masks_round_to_accesses(mask: int, expected: int) -> None:
    assert rounded(mask) == expected


def test_union_tells_whether_anything_is_new() -> None:
    into = {"rax": 0xF}
    assert not union(into, {"rax": bytes_mask(0, 2)})
    assert union(into, {"rax": bytes_mask(4, 8), "rcx": 1})
    assert into == {"rax": 0xFF, "rcx": 1}


def test_only_the_bytes_that_are_read_are_live(analysed: Analysed, unproved: Unproved) -> None:
    body = "movzbl %dil, %eax; addl %esi, %eax; movl %eax, (%rdx); ret"
    live = entry_of(analysed("riscv", f=body), "f")
    assert (live["rdi"], live["rsi"], live["rdx"]) == (1, 4, 8)
    assert unproved(f=body) == []


def test_writing_a_byte_keeps_the_rest_alive(analysed: Analysed, unproved: Unproved) -> None:
    body = "movb %sil, %dil; movq %rdi, (%rdx); ret"
    live = entry_of(analysed("aarch64", f=body), "f")
    assert live["rdi"] == 8
    assert live["rsi"] == 1
    narrow = "movb %sil, %dil; movb %dil, (%rdx); ret"
    assert "rdi" not in entry_of(analysed("aarch64", f=narrow), "f")
    assert unproved(f=body) == [] and unproved(f=narrow) == []


def test_high_bytes_are_bytes_of_their_own(analysed: Analysed, unproved: Unproved) -> None:
    body = "movb %ch, %al; movb %al, (%rdi); ret"
    assert entry_of(analysed("riscv", f=body), "f")["rcx"] == 2
    assert unproved(f=body) == []


def test_successors_need_equally_many_bytes(analysed: Analysed, unproved: Unproved) -> None:
    body = "testl %edi, %edi; je .Lwide; movb %sil, (%rdx); ret; .Lwide:; movl %esi, (%rdx); ret"
    found = analysed("riscv", f=body)
    labels = [block.source.label for block in found.lowered["f"].blocks]
    assert {label: entry_of(found, label)["rsi"] for label in labels} == dict.fromkeys(labels, 4)
    assert unproved(f=body) == []


def test_lanes_that_nothing_reads_do_not_live(analysed: Analysed, unproved: Unproved) -> None:
    body = "paddd %xmm1, %xmm0; pxor %xmm2, %xmm0; movq %xmm0, %rax; ret"
    live = entry_of(analysed("riscv", f=body), "f")
    assert {name: live[name] for name in ("xmm0", "xmm1", "xmm2")} == {"xmm0": 8, "xmm1": 8, "xmm2": 8}
    crossing = "pshufd $78, %xmm1, %xmm0; movq %xmm0, %rax; ret"
    assert entry_of(analysed("riscv", f=crossing), "f")["xmm1"] == 16
    assert unproved(f=body) == [] and unproved(f=crossing) == []


def test_flags_that_nobody_reads_are_not_made(analysed: Analysed) -> None:
    found = analysed("riscv", f="addq %rsi, %rdi; subq $1, %rdi; movq %rdi, (%rdx); ret")
    assert Code.FLAGS not in {m.code for m in found.lowered["f"].blocks[0].lowered.micros}
    wanted = analysed("riscv", f="addq %rsi, %rdi; sete (%rdx); ret")
    flags = [m for m in wanted.lowered["f"].blocks[0].lowered.micros if m.code is Code.FLAGS]
    assert [m.live for m in flags] == ["z"]
