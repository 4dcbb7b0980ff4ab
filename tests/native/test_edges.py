"""Flags that live across edges."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from transpile.native.edges import Definition, FlagError
from transpile.native.relation import EdgeFlags

Analysed = Callable[..., SimpleNamespace]
Unproved = Callable[..., list[str]]

TWICE = "cmpl %esi, %edi; je .Lequal; jg .Lgreater; movl $-1, %eax; ret; .Lequal:; xorl %eax, %eax; ret;"
TWICE += ".Lgreater:; movl $1, %eax; ret"


def edges(found: SimpleNamespace) -> list[EdgeFlags]:
    flags = [block.entry.flags for block in found.lowered["f"].blocks]
    return [edge for edge in flags if edge is not None]


def test_a_comparison_serves_two_branches(analysed: Analysed, unproved: Unproved) -> None:
    (edge,) = edges(analysed("riscv", f=TWICE))
    assert (edge.kind, edge.size, len(edge.places), edge.nzcv) == ("sub", 4, 2, "")
    (edge,) = edges(analysed("aarch64", f=TWICE))
    assert (edge.kind, edge.places, edge.nzcv) == ("nzcv", (), "sub")
    assert unproved(f=TWICE) == []


def test_constants_need_no_register(analysed: Analysed, unproved: Unproved) -> None:
    body = TWICE.replace("cmpl %esi", "cmpl $-5")
    (edge,) = edges(analysed("riscv", f=body))
    assert edge.places[1] == "#-5"
    assert unproved(f=body) == []


def test_floats_are_compared_once(analysed: Analysed, unproved: Unproved) -> None:
    body = "ucomisd %xmm1, %xmm0; jp .Lno; jne .Lno; movl $1, %eax; ret; .Lno:; xorl %eax, %eax; ret"
    assert [edge.kind for edge in edges(analysed("riscv", f=body))] == ["fcmp"]
    assert [edge.nzcv for edge in edges(analysed("aarch64", f=body))] == ["fcmp"]
    assert unproved(f=body) == []


def test_comparisons_of_several_widths_may_meet(analysed: Analysed, unproved: Unproved) -> None:
    body = "testl %edx, %edx; je .Lwide; cmpb %sil, %dil; jmp .Lmeet; .Lwide:; cmpq %rsi, %rdi; .Lmeet:; setb %al;"
    body += "movzbl %al, %eax; ret"
    for target in ("riscv", "aarch64"):
        assert [(edge.kind, edge.size) for edge in edges(analysed(target, f=body))] == [("sub", 8)]
    assert unproved(f=body) == []


def test_what_does_not_meet() -> None:
    narrow, wide = Definition("sub", 1, (None, 5), 1), Definition("sub", 8, (3, 5), 8)
    assert narrow.meet(wide) == Definition("sub", 8, (None, 5), 1)
    with pytest.raises(FlagError, match="'sub' and 'logic' meet"):
        wide.meet(Definition("logic", 8, (None,), 8))
    with pytest.raises(FlagError, match="'inc' and 'inc' meet"):
        Definition("inc", 4, (None,), 4).meet(Definition("inc", 8, (None,), 8))


def test_a_sign_is_not_the_same_at_all_widths(unproved: Unproved) -> None:
    body = "testl %edx, %edx; je .Lwide; cmpb %sil, %dil; jmp .Lmeet; .Lwide:; cmpq %rsi, %rdi; .Lmeet:; sets %al;"
    body += "movzbl %al, %eax; ret"
    assert all("on 1 and 8 bytes meet" in line for line in unproved(f=body))
    assert unproved(f=body)
