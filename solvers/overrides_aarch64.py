"""AArch64 semantics where SLEIGH has none or is wrong.

A call leaves the link register unknown: its value belongs to the calling convention. A store-exclusive always succeeds.
"""

from __future__ import annotations

import re

from transpile.solvers import pcode as l
from transpile.solvers.pcode import CONSTANT, REGISTER, Instruction, Isa, RawOp, Varnode

Rows = list[RawOp] | None

_LINK: Varnode = (REGISTER, 0x40F0, 8)
_TRAPS = frozenset(("brk", "udf", "hlt"))
_ATOMIC = re.compile(
    r"(ldadd|ldset|ldclr|ldeor|ldsmax|ldsmin|ldumax|ldumin|swp|casp?|stlxr|stxr|stlxp|stxp)(a|l|al)?[bh]?$"
)
_FENCES = {"DataMemoryBarrier": "fence:full", "DataSynchronizationBarrier": "fence:full"}
_SILENT = frozenset(("LOAcquire", "LORelease", "InstructionSynchronizationBarrier", "Hint_Prefetch", "Yield"))
_CONSTANTS = {"ExclusiveMonitorPass": 1, "ExclusiveMonitorsStatus": 0}


def decode(code: bytes) -> Rows:
    """Everything goes through SLEIGH first."""
    return None


def override(isa: Isa, instruction: Instruction) -> Rows:
    """The operations to use instead of SLEIGH's."""
    mnemonic = instruction.mnemonic
    if mnemonic in _TRAPS:
        return [RawOp(l.TRAP)]
    ops = [_plain(op, instruction) for op in instruction.ops if not _silent(op)]
    if mnemonic in ("bl", "blr"):
        ops = [op for op in ops if op.outs != (_LINK,)]
    if _ATOMIC.match(mnemonic):
        ops.insert(0, RawOp(l.MARK, (), (), "atomic"))
    return ops


def _silent(op: RawOp) -> bool:
    return op.code == l.CALLOTHER and op.extra in _SILENT


def _plain(op: RawOp, instruction: Instruction) -> RawOp:
    """Operations that SLEIGH leaves opaque although they only order or succeed."""
    if op.code != l.CALLOTHER:
        return op
    if op.extra in _FENCES:
        kind = "fence:load" if "LD" in instruction.body else "fence:store" if "ST" in instruction.body else "fence:full"
        return RawOp(l.MARK, (), (), kind)
    if op.extra in _CONSTANTS:
        return RawOp(l.COPY, op.outs, ((CONSTANT, _CONSTANTS[op.extra], op.outs[0][2]),))
    return op
