"""How x86 instructions end basic blocks."""

from __future__ import annotations

from transpile.native.cfg import Ending
from transpile.native.natives import PROTOTYPES
from transpile.x86.insn import Insn, LabelOp, MemOp
from transpile.x86.micro import is_repeated

TRAPS = frozenset({"ud2", "hlt", "int3"})


class X86Flow:
    """The source ISA's part in finding blocks."""

    def ending(self, insn: Insn) -> Ending | None:
        mnemonic = insn.mnemonic
        if mnemonic == "call":
            name = _target(insn)
            prototype = PROTOTYPES.get(name)
            return Ending("call" if name else "icall", name, prototype is None or not prototype.noreturn)
        if mnemonic == "jmp":
            name = _target(insn)
            return Ending("jump", name) if name else Ending("ijump")
        if mnemonic[0] == "j" and insn.operands and isinstance(insn.operands[0], LabelOp):
            return Ending("branch", _target(insn))
        if mnemonic == "ret":
            return Ending("ret")
        if mnemonic in TRAPS:
            return Ending("trap")
        return Ending("rep") if is_repeated(insn) else None


def _target(insn: Insn) -> str:
    """The symbol that a jump or call goes to, also through its slot in the global offset table."""
    operand = insn.operands[0]
    if isinstance(operand, LabelOp):
        return operand.name
    if isinstance(operand, MemOp) and operand.base == "rip" and operand.symbol and operand.symbol.kind == "got":
        return operand.symbol.name
    return ""
