"""Fields and registers of RISC-V instruction words, and operations over them."""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import pcode as l
from transpile.solvers.pcode import REGISTER, UNIQUE, RawOp, Varnode
from transpile.solvers.terms import Term

Rows = list[RawOp] | None
Compute = Callable[..., Term]


def x(number: int, size: int = 8) -> Varnode:
    return REGISTER, 0x2000 + 8 * number, size


def fr(number: int, size: int = 8) -> Varnode:
    return REGISTER, 0x3000 + 8 * number, size


def temporary(number: int, size: int = 8) -> Varnode:
    return UNIQUE, 0xF0000000 + 16 * number, size


def compute(out: Varnode, function: Compute, *ins: Varnode) -> list[RawOp]:
    return [RawOp(l.COMPUTE, (out,), ins, function)]


def rd(word: int) -> int:
    return word >> 7 & 31


def rs1(word: int) -> int:
    return word >> 15 & 31


def rs2(word: int) -> int:
    return word >> 20 & 31


def funct3(word: int) -> int:
    return word >> 12 & 7


def immediate(word: int) -> int:
    return (word >> 20) - ((word >> 31) << 12)


def opaque(what: str) -> list[RawOp]:
    return [RawOp(l.OPAQUE, (), (), what)]
