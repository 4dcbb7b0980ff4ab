"""x86-64 semantics where SLEIGH is wrong, too coarse or silent.

A ``call`` here does not push: the return address belongs to the calling convention, and after the return the stack is
as before. ``%fs:0`` is the thread pointer and ``%fs:40`` the stack protector's canary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from transpile.native.micro import Symbol
from transpile.solvers import pcode as l
from transpile.solvers.overrides_x86_integer import INTEGER
from transpile.solvers.overrides_x86_packed import PACKED
from transpile.solvers.pcode import REGISTER, SYMBOL, Instruction, Isa, RawOp, Varnode

Rows = list[RawOp] | None
Handler = Callable[[Isa, Instruction], Rows]

_RSP: Varnode = (REGISTER, 0x20, 8)
_CANARY = Symbol("__stack_chk_guard")
_FENCES = {"MFENCE": "fence:full", "LFENCE": "fence:load", "SFENCE": "fence:store"}
_TRAPS = frozenset(("UD2", "HLT", "INT3", "UD1", "UD0"))


def decode(code: bytes) -> Rows:
    """Everything goes through SLEIGH first."""
    return None


def override(isa: Isa, instruction: Instruction) -> Rows:
    """The operations to use instead of SLEIGH's."""
    mnemonic = instruction.mnemonic.partition(".")[0]
    if mnemonic in _TRAPS:
        return [RawOp(l.TRAP)]
    if mnemonic in _FENCES:
        return [RawOp(l.MARK, (), (), _FENCES[mnemonic])]
    handler = INTEGER.get(mnemonic) or PACKED.get(mnemonic)
    own = handler(isa, instruction) if handler is not None else None
    ops: Sequence[RawOp] = instruction.ops if own is None else own
    if mnemonic in ("CALL", "CALLF"):
        ops = _without_push(ops)
    if "FS:" in instruction.body:
        ops = _thread_local(isa, ops)
    return [_ordered(op) for op in ops]


def _without_push(ops: Sequence[RawOp]) -> list[RawOp]:
    return [
        op
        for op in ops
        if not (op.outs == (_RSP,) and op.code != l.LOAD) and not (op.code == l.STORE and op.ins[0] == _RSP)
    ]


def _thread_local(isa: Isa, ops: Sequence[RawOp]) -> list[RawOp]:
    """Address ``%fs:40`` is the canary's; a load of ``%fs:0`` gives the thread pointer itself."""
    segment = isa.register("FS_OFFSET")
    result = []
    bases: set[Varnode] = set()
    for op in ops:
        if op.code == _ADD and op.ins[0] == segment and op.ins[1][0] == l.CONSTANT:
            if op.ins[1][1] == 0:
                bases.update(op.outs)
            elif op.ins[1][1] == 0x28:
                op = RawOp(l.COPY, op.outs, ((SYMBOL, _CANARY, 8),))
        elif op.code == l.LOAD and op.ins[0] in bases and op.outs[0][2] == 8:
            op = RawOp(l.COPY, op.outs, (segment,))
        result.append(op)
    return result


_ADD = l.opcode("INT_ADD")


def _ordered(op: RawOp) -> RawOp:
    if op.code == l.CALLOTHER:
        if op.extra == "LOCK":
            return RawOp(l.MARK, (), (), "atomic")
        if op.extra == "UNLOCK":
            return RawOp(l.MARK, (), (), "plain")
    return op
