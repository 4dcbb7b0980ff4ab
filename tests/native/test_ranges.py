"""Facts about how many bits registers have."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from transpile.native.ranges import normal
from transpile.native.relation import Range

Analysed = Callable[..., SimpleNamespace]
Unproved = Callable[..., list[str]]


def ranges_at(found: SimpleNamespace, label: str) -> dict[str, Range]:
    block = next(b for b in found.lowered["f"].blocks if b.source.label == label)
    return dict(block.entry.ranges)


@pytest.mark.parametrize(
    ("unsigned", "signed", "expected"),
    [
        (1, 64, Range(1, 8)),
        (5, 64, Range(8, 16)),
        (32, 64, Range(32, 64)),
        (64, 20, Range(64, 32)),
        (0, 1, Range(1, 1)),
    ],
)
def test_ranges_are_rounded(unsigned: int, signed: int, expected: Range) -> None:
    assert normal(unsigned, signed) == expected


def test_joins_keep_what_both_know() -> None:
    assert Range(8, 16).join(Range(32, 8)) == Range(32, 16)


SHAPE = "testl %edi, %edi; je .Lother; {0}; jmp .Lmeet; .Lother:; {1}; .Lmeet:; movq %rax, (%rdx); ret"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("movzbl %sil, %eax", "xorl %eax, %eax", Range(8, 16)),
        ("movl %esi, %eax", "movzwl %si, %eax", Range(32, 64)),
        ("movslq %esi, %rax", "movsbq %sil, %rax", Range(64, 32)),
        ("movslq %esi, %rax", "movq %rsi, %rax", None),
        ("movl $1, %eax", "xorl %eax, %eax", Range(1, 8)),
    ],
)
def test_facts_meet_at_labels(
    one: str, other: str, expected: Range | None, analysed: Analysed, unproved: Unproved
) -> None:
    body = SHAPE.format(one, other)
    found = ranges_at(analysed("riscv", f=body), ".Lmeet").get("rax")
    assert (found if found != Range() else None) == expected
    assert unproved(f=body) == []


def test_facts_hold_in_loops(analysed: Analysed, unproved: Unproved) -> None:
    body = "xorl %eax, %eax; .Lloop:; addl $1, %eax; cmpl %esi, %eax; jne .Lloop; ret"
    assert ranges_at(analysed("aarch64", f=body), ".Lloop")["rax"].unsigned == 32
    assert unproved(f=body) == []
