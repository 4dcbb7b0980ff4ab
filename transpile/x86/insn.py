"""Decoded x86-64 instructions: one shape for AT&T and Intel syntax.

Operands are in Intel order, destination first. Mnemonics are canonical: lower case, without AT&T size suffix
(``movl $1, %eax`` is ``mov`` with operand size 4); conditions are canonical too (``jnle`` is ``jg``; see
``transpile.native.micro.CONDITIONS``). Moves with extension are ``movzx`` and ``movsx`` in both syntaxes
(``movzbl``, ``movslq``, ``movsxd`` …). ``cltq cqto cltd cwtl cbtw cwtd`` are ``cdqe cqo cdq cwde cbw cwd``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from transpile.native.insn import SourceInsn
from transpile.native.micro import Symbol


@dataclass(frozen=True, slots=True)
class RegOp:
    """``%eax`` is RegOp("rax", 4); ``%ah`` RegOp("rax", 1, high=True); ``%xmm3`` RegOp("xmm3", 16)."""

    name: str
    size: int
    high: bool = False


@dataclass(frozen=True, slots=True)
class ImmOp:
    """``value`` as written (may be negative); ``symbol`` for ``$sym+4``."""

    value: int = 0
    symbol: Symbol | None = None


@dataclass(frozen=True, slots=True)
class MemOp:
    """``segment:disp+symbol(base, index, scale)``; ``base == "rip"`` for RIP-relative. ``size`` in bytes, 0 if the
    instruction has no data size (lea). base/index are full 64-bit names unless ``address_size`` is 4."""

    size: int
    base: str = ""
    index: str = ""
    scale: int = 1
    disp: int = 0
    symbol: Symbol | None = None
    segment: str = ""
    address_size: int = 8


@dataclass(frozen=True, slots=True)
class LabelOp:
    """Target of a direct jump or call: a symbol with optional addend; ``plt`` when written ``f@PLT``."""

    name: str
    addend: int = 0
    plt: bool = False


Operand: TypeAlias = RegOp | ImmOp | MemOp | LabelOp


@dataclass(frozen=True, slots=True)
class Insn:
    """One instruction. ``size`` is the operand size in bytes (for SSE: the size of the data it works on: 4 for
    ``addss``, 8 for ``addsd``, 16 for packed). ``prefixes``: any of ``lock rep repe repne notrack data16 rex64 …``.
    ``indirect``: an indirect jump or call (``jmp *%rax``), whose operand is then RegOp or MemOp."""

    mnemonic: str
    size: int
    operands: tuple[Operand, ...]
    prefixes: tuple[str, ...] = ()
    indirect: bool = False
    line: int = 0
    column: int = 0
    text: str = ""
    """The instruction as written, without comment, for assembling and messages."""


def own(insn: SourceInsn) -> Insn:
    """``insn`` as this instruction set has decoded it."""
    assert isinstance(insn, Insn)
    return insn
