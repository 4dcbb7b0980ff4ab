"""String instructions. The direction flag is clear, as the ABI demands; each is one step of its loop."""

from __future__ import annotations

from transpile.native.micro import Address, Code, Cond, Const, Micro, Reg
from transpile.x86.insn import Insn
from transpile.x86.micro.builder import Builder
from transpile.x86.micro.fresh import Fresh
from transpile.x86.micro.rows import Rows

RSI = Reg("rsi", 8)
RDI = Reg("rdi", 8)
RCX = Reg("rcx", 8)
REPEATS = frozenset(("rep", "repe", "repne"))


def advance(b: Builder, *pointers: Reg) -> None:
    for pointer in pointers:
        b.emit(Code.ADD, pointer, pointer, Const(b.size, 8))


def move_string(b: Builder) -> None:
    b.store(Address(RDI), b.load(Address(RSI), b.size), b.size)
    advance(b, RDI, RSI)


def store_string(b: Builder) -> None:
    b.store(Address(RDI), Reg("rax", b.size), b.size)
    advance(b, RDI)


def load_string(b: Builder) -> None:
    b.load_into(Reg("rax", b.size), Address(RSI), b.size)
    advance(b, RSI)


def scan_string(b: Builder) -> None:
    b.flags("sub", b.size, Reg("rax", b.size), b.load(Address(RDI), b.size))
    advance(b, RDI)


def compare_strings(b: Builder) -> None:
    b.flags("sub", b.size, b.load(Address(RSI), b.size), b.load(Address(RDI), b.size))
    advance(b, RDI, RSI)


ROWS: Rows = {
    "movs": move_string,
    "stos": store_string,
    "lods": load_string,
    "scas": scan_string,
    "cmps": compare_strings,
}

COMPARING = frozenset(("scas", "cmps"))


def is_repeated(insn: Insn) -> bool:
    """Whether ``insn`` is a loop of its own and needs ``translate_rep``."""
    return insn.mnemonic in ROWS and not REPEATS.isdisjoint(insn.prefixes)


def translate_rep(insn: Insn, fresh: Fresh, self_label: str, next_label: str) -> list[Micro]:
    """One round of a repeated string instruction as a block that jumps to itself.

    Leaves for ``next_label`` when ``rcx`` is zero, or, when comparing, as soon as ZF says so.
    """
    b = Builder(insn, fresh)
    b.branch(Cond("e", b.compare("sub", 8, RCX, Const(0, 8))), next_label)
    ROWS[insn.mnemonic](b)
    b.emit(Code.SUB, RCX, RCX, Const(1, 8))
    if insn.mnemonic in COMPARING:
        until = "e" if "repne" in insn.prefixes else "ne"
        b.branch(b.condition(until), next_label)
    b.ops.append(Micro(Code.JUMP, target=self_label, line=b.line))
    fresh.learn(b.ops)
    return b.ops
