"""AArch64 vector registers as operands, and the shapes of operations over them."""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import lanes
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.pcode import CONSTANT, REGISTER, RawOp, Varnode
from transpile.solvers.terms import Term

Rows = list[RawOp] | None
Compute = Callable[..., Term]


def vector(number: int, half: int = 0, size: int = 8) -> Varnode:
    return REGISTER, 0x5000 + 0x20 * number + 8 * half, size


def whole(number: int, size: int = 16) -> Varnode:
    return REGISTER, 0x5000 + 0x20 * number, size


def clear_upper(number: int) -> RawOp:
    return RawOp(l.COPY, (vector(number, 1),), ((CONSTANT, 0, 8),))


def write_scalar(number: int, function: Compute, *ins: Varnode) -> list[RawOp]:
    """The register's low bits become the result, the rest 0."""
    return [RawOp(l.COMPUTE, (vector(number),), ins, lambda *a: t.zext(function(*a), 64)), clear_upper(number)]


def by_halves(word: int, function: Compute, *registers: int) -> list[RawOp]:
    """``function`` on corresponding 8-byte halves; 64-bit forms clear the upper one."""
    to = word & 31
    ops = [RawOp(l.COMPUTE, (vector(to),), tuple(vector(r) for r in registers), function)]
    if word >> 30 & 1:
        return [*ops, RawOp(l.COMPUTE, (vector(to, 1),), tuple(vector(r, 1) for r in registers), function)]
    return [*ops, clear_upper(to)]


def as_whole(word: int, function: Compute, *registers: int) -> list[RawOp]:
    """``function`` on the 8 or 16 bytes as one value."""
    to = word & 31
    if word >> 30 & 1:
        return [RawOp(l.COMPUTE, (whole(to),), tuple(whole(r) for r in registers), function)]
    return [RawOp(l.COMPUTE, (vector(to),), tuple(vector(r) for r in registers), function), clear_upper(to)]


def narrowed(word: int, lane: int, function: Callable[[Term, int], Term]) -> list[RawOp]:
    """16 bytes to 8; the "2" forms write the upper half and keep the lower."""
    to = word & 31
    high = word >> 30 & 1

    def operate(a: Term) -> Term:
        return lanes.join([function(x, lane) for x in lanes.split(a, 2 * lane)])

    ops = [RawOp(l.COMPUTE, (vector(to, high),), (whole(word >> 5 & 31),), operate)]
    return ops if high else [*ops, clear_upper(to)]
