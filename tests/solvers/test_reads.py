"""A translation that reads what the source does not could fault where the source does not: it is not proved."""

from __future__ import annotations

import pytest

from transpile.asm.source import Kind, parse
from transpile.core.verdict import Proved
from transpile.native.relation import FULL, Frame, Place, Relation
from transpile.solvers.case import Case, Convention
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encode_x86 import encode_x86
from transpile.solvers.prove import prove
from transpile.x86.decode import decode

RISCV = Convention("riscv", "sp", "ra", ())


@pytest.mark.parametrize(
    ("source", "target", "proved"),
    [
        ("movzbl (%rdi), %eax", "lbu t0, 0(a0)", True),
        ("movzbl (%rdi), %eax", "lhu t0, 0(a0); andi t0, t0, 255", False),
        ("movzbl 1(%rdi), %eax; movb (%rdi), %al", "lbu t0, 0(a0)", True),
        ("movl (%rdi), %eax; movl 4(%rdi), %esi",
         "ld a1, 0(a0); slli t0, a1, 32; srli t0, t0, 32; srli a1, a1, 32", True),
        ("movq (%rdi), %rax; movl $1, %eax", "li t0, 1", True),
        ("movq %rsi, (%rdi); movq %rsi, %rax", "sd a1, 0(a0); ld t0, 0(a0)", True),
        ("movq %rsi, %rax", "ld t3, 0(a0); mv t0, a1", False),
        ("movq %rsi, %rax", "ld t3, 8(sp); mv t0, a1", True),
        ("andl $1, %esi; movzbl (%rdi,%rsi), %eax", "andi a1, a1, 1; add t3, a0, a1; lbu t0, 0(t3)", True),
        ("movzbl %sil, %esi; movq (%rdi,%rsi,8), %rax",
         "slli a1, a1, 56; srli a1, a1, 56; slli t3, a1, 3; or t4, t3, zero; add t4, t4, a0; ld t0, 0(t4)", True),
        ("testq %rsi, %rsi; je .Lout; movq (%rdi), %rax", "beqz a1, .Lout; ld t0, 0(a0)", True),
        ("testq %rsi, %rsi; je .Lout; movq (%rdi), %rax", "ld t3, 0(a0); beqz a1, .Lout; mv t0, t3", False),
    ],
)  # fmt: skip
def test_reads_lie_inside_those_of_the_source(source: str, target: str, proved: bool) -> None:
    places = {"rax": (Place("t0"), FULL), "rdi": (Place("a0"), FULL), "rsi": (Place("a1"), FULL)}
    relation = Relation(Frame(), places)
    statements = parse("\n".join(source.split("; ")) + "\n", "test").statements
    steps = encode_x86([decode(s) for s in statements if s.kind is Kind.INSTRUCTION])
    exits = {".Lnext": relation, ".Lout": relation}
    labels = {name: name for name in exits}
    case = Case(steps, encode_target("riscv", target.split("; ")), relation, exits, labels, ".Lh", ".Lnext", ".Lnext")
    assert isinstance(prove(case, RISCV, 500_000).verdict, Proved) is proved
