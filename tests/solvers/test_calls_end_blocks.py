"""Nothing may stand behind a call: it would run after the call returns, unseen by the relation there."""

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

FRAME = Frame(depth=24, reserved=32, ra="slot", size=32)
CONVENTIONS = {"riscv": Convention("riscv", "sp", "ra", ()), "aarch64": Convention("aarch64", "sp", "x30", ())}


@pytest.mark.parametrize(
    ("isa", "target", "proved"),
    [
        ("riscv", ["mv a0, a1", "call work"], True),
        ("riscv", ["call work", "mv a0, a1"], False),
        ("riscv", ["mv a0, a1", "call work", "mv a1, a0"], False),
        ("aarch64", ["mov x0, x1", "bl work"], True),
        ("aarch64", ["mov x0, x1", "bl work", "mov x2, x1"], False),
    ],
)
def test_nothing_stands_behind_a_call(isa: str, target: list[str], proved: bool) -> None:
    places = {"riscv": ("a0", "a1"), "aarch64": ("x0", "x1")}[isa]
    held = {name: (Place(register), FULL) for name, register in zip(("rdi", "rsi"), places, strict=True)}
    relation = Relation(FRAME, held)
    statements = parse("movq %rsi, %rdi\ncall work\n", "test").statements
    source = encode_x86([decode(s) for s in statements if s.kind is Kind.INSTRUCTION])
    case = Case(source, encode_target(isa, target), relation, {"call": relation}, {}, ".Lhere")
    assert isinstance(prove(case, CONVENTIONS[isa], 100_000).verdict, Proved) is proved
