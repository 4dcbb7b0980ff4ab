"""How x86 instructions end basic blocks, and which symbols they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from transpile.native.insn import Ending, SourceInsn
from transpile.native.micro import Symbol
from transpile.native.natives import PROTOTYPES
from transpile.x86.insn import ImmOp, Insn, LabelOp, MemOp, Operand, own
from transpile.x86.micro import is_repeated

TRAPS = frozenset({"ud2", "hlt", "int3"})


class X86Flow:
    """The source ISA's part in finding blocks."""

    def ending(self, insn: SourceInsn) -> Ending | None:
        return _ending(own(insn))

    def destinations(self, insn: SourceInsn) -> Iterator[str]:
        return (operand.name for operand in own(insn).operands if isinstance(operand, LabelOp))

    def symbols(self, insn: SourceInsn) -> Iterator[str]:
        for operand in own(insn).operands:
            if isinstance(operand, MemOp | ImmOp) and operand.symbol is not None:
                yield operand.symbol.name

    def renamed(self, insn: SourceInsn, names: Mapping[str, str]) -> SourceInsn:
        operands = own(insn).operands
        renamed = tuple(_renamed(operand, names) for operand in operands)
        return insn if renamed == operands else replace(own(insn), operands=renamed)

    def unreadable(self, text: str, line: int, column: int) -> SourceInsn:
        return Insn("(bad)", 0, (), text=text, line=line, column=column)


def _ending(insn: Insn) -> Ending | None:
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


def _renamed(operand: Operand, names: Mapping[str, str]) -> Operand:
    match operand:
        case LabelOp(name=name) if name in names:
            return replace(operand, name=names[name])
        case MemOp(symbol=Symbol(name=name)) | ImmOp(symbol=Symbol(name=name)) if name in names:
            assert operand.symbol is not None
            return replace(operand, symbol=replace(operand.symbol, name=names[name]))
        case _:
            return operand


def _target(insn: Insn) -> str:
    """The symbol that a jump or call goes to, also through its slot in the global offset table."""
    operand = insn.operands[0]
    if isinstance(operand, LabelOp):
        return operand.name
    if isinstance(operand, MemOp) and operand.base == "rip" and operand.symbol and operand.symbol.kind == "got":
        return operand.symbol.name
    return ""
