"""AArch64 semantics where SLEIGH has none or is wrong."""

from __future__ import annotations

from transpile.solvers.pcode import Instruction, Isa, RawOp


def decode(code: bytes) -> list[RawOp] | None:
    return None


def override(isa: Isa, instruction: Instruction) -> list[RawOp] | None:
    return None
