"""Decoded x86-64 instructions as steps for the machine, by way of GNU as.

Symbols cannot be assembled to anything definite, so each is replaced by a number from a reserved window, and the
constant that SLEIGH makes of it stands for the symbol afterwards. One assembler run serves all instructions that were
not seen before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transpile.asm.assembler import AssemblyError, assemble
from transpile.native.micro import Symbol
from transpile.solvers.encoding import EncodingError
from transpile.solvers.lift import lift
from transpile.solvers.pcode import BASE, Unliftable
from transpile.solvers.step import Step, substitute
from transpile.x86.insn import ImmOp, Insn, LabelOp, MemOp, Operand
from transpile.x86.printer import att_text

_WINDOW = 0x50000000
_STRIDE = 0x01000000
_SHORT_BRANCHES = frozenset(("jrcxz", "jecxz", "jcxz", "loop", "loope", "loopne", "loopz", "loopnz"))


def encode_x86(insns: Sequence[Insn]) -> list[Step]:
    """One step per instruction; raises EncodingError naming every instruction that has none."""
    printed = [_Printer(insn) for insn in insns]
    errors: dict[int, str] = {}
    texts: list[str] = []
    for position, printer in enumerate(printed):
        try:
            texts.append(printer.text())
        except Unliftable as error:
            errors[position] = str(error)
            texts.append("nop")
    try:
        codes = assemble("x86-att", texts)
    except AssemblyError as error:
        errors.update(error.messages)
        fallback = ["nop" if i in errors else text for i, text in enumerate(texts)]
        codes = assemble("x86-att", fallback)
    steps: list[Step] = []
    for position, (printer, code) in enumerate(zip(printed, codes, strict=True)):
        try:
            steps.append(printer.step(code))
        except Unliftable as error:
            errors[position] = str(error)
    if errors:
        raise EncodingError(errors)
    return steps


class _Printer:
    """Prints one instruction and remembers which number stands for which symbol."""

    def __init__(self, insn: Insn) -> None:
        self.insn = insn
        self.symbols: dict[int, Symbol] = {}
        self.relative: set[int] = set()
        self.target = ""

    def text(self) -> str:
        insn = self.insn
        if any(type(op) is MemOp and op.symbol is not None and op.disp for op in insn.operands):
            insn = replace(insn, operands=tuple(_folded(op) for op in insn.operands))
        for op in insn.operands:
            if type(op) is MemOp and op.base == "rip":
                if op.symbol is None:
                    raise Unliftable("an address relative to the instruction without a symbol")
                self.relative.add(self._number(op.symbol))
        return att_text(insn, lambda symbol: str(self._number(symbol)), self._label)

    def step(self, code: bytes) -> Step:
        symbols: dict[int, Symbol] = {}
        for number, symbol in self.symbols.items():
            start = BASE + len(code) + number if number in self.relative else number
            symbols[start] = symbol
            if not symbol.kind:
                # SLEIGH reads the parts of a packed operand at constant addresses of their own.
                symbols.update({start + part: replace(symbol, addend=symbol.addend + part) for part in (4, 8, 12)})
        program = substitute(lift("x86", code), symbols)
        numbers = tuple((number, symbol, number in self.relative) for number, symbol in self.symbols.items())
        return Step(self.insn.text or self.insn.mnemonic, program, self.target, code=code, symbols=numbers)

    def _label(self, op: LabelOp) -> str:
        self.target = op.name
        if op.addend:
            raise Unliftable(f"a branch to {op.name} plus an offset")
        return ".+0x40" if self.insn.mnemonic in _SHORT_BRANCHES else ".+0x1000"

    def _number(self, symbol: Symbol) -> int:
        for number, known in self.symbols.items():
            if known == symbol:
                return number
        used = {op.value for op in self.insn.operands if type(op) is ImmOp}
        number = _WINDOW
        while number in used or number in self.symbols:
            number += _STRIDE
        self.symbols[number] = symbol
        return number


def _folded(op: Operand) -> Operand:
    """With the displacement as part of the symbol's addend."""
    if type(op) is MemOp and op.symbol is not None:
        return replace(op, disp=0, symbol=replace(op.symbol, addend=op.symbol.addend + op.disp))
    return op
