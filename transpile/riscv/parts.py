"""The operands of packed operations, half by half."""

from __future__ import annotations

from transpile.native.micro import Micro, Reg, Temp
from transpile.riscv.emitter import Emitter
from transpile.riscv.values import Content


def half_of(e: Emitter, micro: Micro, number: int, high: bool) -> Content:
    return e.full(e.half(micro.args[number], high))


def needed(e: Emitter, micro: Micro) -> list[bool]:
    return [high for high in (False, True) if e.needs_half(target(micro), high)]


def target(micro: Micro) -> Reg | Temp:
    assert micro.dst is not None
    return micro.dst


def sources(e: Emitter, micro: Micro, count: int) -> dict[bool, list[Content]]:
    """The first ``count`` operands of each needed half."""
    return {high: [half_of(e, micro, number, high) for number in range(count)] for high in needed(e, micro)}
