"""The AArch64 emitter: a block of micro-operations to instructions, in one forward pass.

Nothing here is trusted: what it emits is proved against the source block like any other candidate.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.aarch64 import control, flags, floats, integer, location, memory, moves, packed, product, shifts
from transpile.aarch64.peephole import improve
from transpile.aarch64.state import State
from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock
from transpile.native.micro import Code, Micro

HANDLERS: dict[Code, Callable[[State, Micro], None]] = {
    Code.COPY: integer.copy,
    Code.LOAD: memory.load,
    Code.STORE: memory.store,
    Code.LEA: location.load_address,
    Code.SYMADDR: location.symbol_address_value,
    Code.TLSBASE: location.thread_base,
    Code.ADD: integer.binary,
    Code.SUB: integer.binary,
    Code.AND: integer.binary,
    Code.OR: integer.binary,
    Code.XOR: integer.binary,
    Code.MUL: product.multiply,
    Code.MULHU: product.multiply_high,
    Code.MULHS: product.multiply_high,
    Code.UDIV: product.divide,
    Code.UREM: product.divide,
    Code.SDIV: product.divide,
    Code.SREM: product.divide,
    Code.NOT: integer.unary,
    Code.NEG: integer.unary,
    Code.SHL: shifts.shift,
    Code.SHR: shifts.shift,
    Code.SAR: shifts.shift,
    Code.ROL: shifts.shift,
    Code.ROR: shifts.shift,
    Code.SEXT: shifts.sign_extend,
    Code.ZEXT: shifts.zero_extend,
    Code.BSWAP: shifts.count_bits,
    Code.CLZ: shifts.count_bits,
    Code.CTZ: shifts.count_bits,
    Code.POPCNT: shifts.count_bits,
    Code.FLAGS: flags.define_flags,
    Code.SETCC: control.set_byte,
    Code.SELECT: control.select,
    Code.BRANCH: control.branch,
    Code.JUMP: control.jump,
    Code.IJUMP: control.indirect_jump,
    Code.CALL: control.call,
    Code.ICALL: control.indirect_call,
    Code.TAIL: control.tail,
    Code.ITAIL: control.indirect_jump,
    Code.RET: control.ret,
    Code.TRAP: control.trap,
    Code.ENTER: control.enter,
    Code.LEAVE: control.release_frame,
    Code.SP_ADD: control.add_to_sp,
    Code.SP_COPY: control.copy_to_sp,
    Code.ATOMIC: memory.atomic,
    Code.CAS: memory.compare_and_swap,
    Code.FENCE: memory.fence,
    Code.FADD: floats.arithmetic,
    Code.FSUB: floats.arithmetic,
    Code.FMUL: floats.arithmetic,
    Code.FDIV: floats.arithmetic,
    Code.FSQRT: floats.arithmetic,
    Code.FMIN: floats.extreme,
    Code.FMAX: floats.extreme,
    Code.I2F: floats.from_integer,
    Code.F2I: floats.to_integer,
    Code.F2IR: floats.to_integer,
    Code.F2F: floats.convert,
    Code.PACKED: packed.packed,
}


def emit_block(block: LoweredBlock, context: FunctionContext) -> EmittedBlock:
    """Instructions that take ``block`` from its entry relation to its exit relation."""
    state = State(block, context)
    flags.scan_flags(state)
    ints, vectors = state.ints.locked, state.vectors.locked
    for i, m in enumerate(block.micros):
        state.i, state.line = i, m.line
        ints.clear()
        vectors.clear()
        HANDLERS[m.code](state, m)
    if not state.left:
        state.i = len(block.micros)
        ints.clear()
        vectors.clear()
        moves.leave(state, [])
    return EmittedBlock(improve(state.lines, context.memory_model))
