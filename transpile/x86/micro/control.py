"""Jumps, calls, returns and instructions without effect.

A jump names its target as written: whether that is a block of the same function or a tail call, and which labels an
indirect jump may reach, is for the control-flow graph to say.
"""

from __future__ import annotations

from functools import partial

from transpile.native.micro import CONDITIONS, Code, Cond, Const, Micro, Reg
from transpile.x86.insn import LabelOp, MemOp, Operand
from transpile.x86.micro.builder import Builder
from transpile.x86.micro.rows import Rows


def jump(b: Builder) -> None:
    transfer(b, Code.JUMP, Code.TAIL, Code.IJUMP)


def call(b: Builder) -> None:
    transfer(b, Code.CALL, Code.CALL, Code.ICALL)


def transfer(b: Builder, direct: Code, elsewhere: Code, indirect: Code) -> None:
    op = b.operand(0)
    if type(op) is LabelOp and not b.insn.indirect:
        b.ops.append(Micro(elsewhere if op.plt else direct, target=label(b, op), line=b.line))
    elif type(op) is MemOp and op.symbol is not None and op.symbol.kind == "got" and op.base == "rip":
        b.ops.append(Micro(elsewhere, target=op.symbol.name, line=b.line))
    else:
        b.emit(indirect, None, b.read(op, 8))


def label(b: Builder, op: Operand) -> str:
    if type(op) is not LabelOp or op.addend:
        raise b.refuse("a jump that does not go to a plain label")
    return op.name


def jump_if(b: Builder, cc: str) -> None:
    b.branch(b.condition(cc), label(b, b.operand(0)))


def jump_if_no_count(b: Builder, size: int) -> None:
    """jrcxz and jecxz."""
    number = b.compare("sub", size, Reg("rcx", size), Const(0, size))
    b.branch(Cond("e", number), label(b, b.operand(0)))


def loop(b: Builder, cc: str) -> None:
    """loop, loope and loopne: the flags stay."""
    rcx = Reg("rcx", 8)
    b.emit(Code.SUB, rcx, rcx, Const(1, 8))
    more = Cond("ne", b.compare("sub", 8, rcx, Const(0, 8)))
    if cc:
        both = b.op(Code.AND, 1, b.setcc(more), b.setcc(b.condition(cc)))
        more = Cond("ne", b.compare("sub", 1, both, Const(0, 1)))
    b.branch(more, label(b, b.operand(0)))


def leave_function(b: Builder) -> None:
    if b.insn.operands:
        raise b.refuse("a return that releases arguments")
    b.ops.append(Micro(Code.RET, line=b.line))


def trap(b: Builder) -> None:
    b.ops.append(Micro(Code.TRAP, line=b.line))


def nothing(b: Builder) -> None:
    pass


ROWS: Rows = {
    "jmp": jump,
    "call": call,
    "ret": leave_function,
    "jrcxz": lambda b: jump_if_no_count(b, 8),
    "jecxz": lambda b: jump_if_no_count(b, 4),
    "loop": lambda b: loop(b, ""),
    "loope": lambda b: loop(b, "e"),
    "loopne": lambda b: loop(b, "ne"),
    **dict.fromkeys(("ud2", "hlt", "int3"), trap),
    **dict.fromkeys(
        (
            "nop",
            "endbr64",
            "cld",
            "prefetch",
            "prefetchw",
            "prefetcht0",
            "prefetcht1",
            "prefetcht2",
            "prefetchnta",
        ),
        nothing,
    ),
    **{"j" + cc: partial(jump_if, cc=cc) for cc in CONDITIONS},
}
