"""Decoded instructions back to AT&T text that assembles to the same bytes as the original."""

from __future__ import annotations

from collections.abc import Callable

from transpile.native.micro import Symbol
from transpile.x86.insn import ImmOp, Insn, LabelOp, MemOp, Operand, RegOp
from transpile.x86.mnemonics import SUFFIXED
from transpile.x86.operands import MODIFIERS
from transpile.x86.registers import SPELLINGS, SUFFIXES

SymbolText = Callable[[Symbol], str]
LabelText = Callable[[LabelOp], str]
_SIGN_EXTENSIONS = {"cbw": "cbtw", "cwde": "cwtl", "cdqe": "cltq", "cwd": "cwtd", "cdq": "cltd", "cqo": "cqto"}
_ADDRESS_NAMES = {4: {op.name: name for op, name in SPELLINGS.items() if op.size == 4}}


def plain_symbol(symbol: Symbol) -> str:
    """``symbol`` as the assembler writes it: ``foo@GOTPCREL+4``."""
    modifier = MODIFIERS.get(symbol.kind, symbol.kind.upper())
    name = f"{symbol.name}@{modifier}" if modifier else symbol.name
    return f"{name}{symbol.addend:+d}" if symbol.addend else name


def plain_label(label: LabelOp) -> str:
    name = f"{label.name}@PLT" if label.plt else label.name
    return f"{name}{label.addend:+d}" if label.addend else name


def att_text(insn: Insn, symbol_text: SymbolText = plain_symbol, label_text: LabelText = plain_label) -> str:
    """``insn`` in AT&T syntax with explicit operand sizes; symbols and branch targets are spelled by the caller."""
    mnemonic = _mnemonic(insn)
    operands = [_operand(operand, symbol_text, label_text) for operand in reversed(insn.operands)]
    if insn.indirect:
        operands[0] = "*" + operands[0]
    prefix = "".join(f"{p} " for p in insn.prefixes)
    return f"{prefix}{mnemonic} {', '.join(operands)}" if operands else prefix + mnemonic


def _mnemonic(insn: Insn) -> str:
    name, operands = insn.mnemonic, insn.operands
    if name in ("movzx", "movsx"):
        source = operands[1]
        assert isinstance(source, RegOp | MemOp)
        return name[:4] + SUFFIXES[source.size] + SUFFIXES[insn.size]
    if name == "mov" and _absolute(insn):
        return "movabs" + SUFFIXES[insn.size]
    if name == "nop" and not operands:
        return name
    if name in SUFFIXED:
        return name + SUFFIXES[insn.size]
    if name in ("cvtsi2ss", "cvtsi2sd", "crc32"):
        source = operands[1]
        assert isinstance(source, RegOp | MemOp)
        return name + SUFFIXES[source.size]
    return _SIGN_EXTENSIONS.get(name, name)


def _absolute(insn: Insn) -> bool:
    """Whether only ``movabs`` can say it: a 64-bit immediate, or a 64-bit address."""
    for operand in insn.operands:
        if isinstance(operand, ImmOp) and operand.symbol is None and insn.size == 8:
            value = operand.value - (1 << 64) if operand.value >= 1 << 63 else operand.value
            return not -(1 << 31) <= value < 1 << 31
        if isinstance(operand, MemOp) and not (operand.base or operand.index):
            return not -(1 << 31) <= operand.disp < 1 << 31
    return False


def _operand(operand: Operand, symbol_text: SymbolText, label_text: LabelText) -> str:
    if isinstance(operand, RegOp):
        return "%" + SPELLINGS[operand]
    if isinstance(operand, LabelOp):
        return label_text(operand)
    if isinstance(operand, ImmOp):
        return "$" + (symbol_text(operand.symbol) if operand.symbol else str(operand.value))
    return _memory(operand, symbol_text)


def _memory(operand: MemOp, symbol_text: SymbolText) -> str:
    text = f"%{operand.segment}:" if operand.segment else ""
    if operand.symbol:
        text += symbol_text(operand.symbol)
        if operand.disp:
            text += f"{operand.disp:+d}"
    elif operand.disp or not (operand.base or operand.index):
        text += str(operand.disp)
    names = _ADDRESS_NAMES.get(operand.address_size, {})
    if operand.base:
        text += f"(%{names.get(operand.base, operand.base)}"
    elif operand.index:
        text += "("
    if operand.index:
        text += f",%{names.get(operand.index, operand.index)},{operand.scale}"
    return text + ")" if operand.base or operand.index else text
