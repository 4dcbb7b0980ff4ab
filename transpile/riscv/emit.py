"""Emits one lowered block as RV64GC instructions."""

from __future__ import annotations

from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock
from transpile.riscv import atomics, control, flags, floats, integer, memory, packed
from transpile.riscv.emitter import Emitter

FAMILIES = (atomics, control, flags, floats, integer, memory, packed)
"""The modules that register a handler per micro-operation."""


def emit_block(block: LoweredBlock, context: FunctionContext) -> EmittedBlock:
    """``block`` as target instructions that hold the exit relation whenever the entry relation holds."""
    return Emitter(block, context).run()
