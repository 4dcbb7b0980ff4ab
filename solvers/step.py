"""One instruction ready for the machine: its program with symbols in place, and where it may branch to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from transpile.native.micro import Symbol
from transpile.solvers.pcode import ADDRESS, CONST, MEMORY, Op, Program


@dataclass(frozen=True, slots=True)
class Step:
    """``label``: defines a local label, the program is empty. ``target``: the label or function that a direct branch
    or call of this instruction goes to. ``symbols``: the numbers in ``code`` that stand for symbols, and whether they
    are relative to the end of the instruction."""

    text: str
    program: Program
    target: str = ""
    label: str = ""
    code: bytes = b""
    symbols: tuple[tuple[int, Symbol, bool], ...] = ()


EMPTY = Program(())


def label_step(name: str) -> Step:
    return Step(name + ":", EMPTY, label=name)


def substitute(program: Program, symbols: Mapping[int, Symbol]) -> Program:
    """``program`` with the constants that stand for symbols replaced."""
    if not symbols:
        return program
    return replace(program, ops=tuple(_substitute_op(op, symbols) for op in program.ops))


def _substitute_op(op: Op, symbols: Mapping[int, Symbol]) -> Op:
    ins = tuple(_substitute_operand(o, symbols) for o in op.ins)
    outs = tuple(_substitute_operand(o, symbols) for o in op.outs)
    return op if ins == op.ins and outs == op.outs else replace(op, ins=ins, outs=outs)


def _substitute_operand(operand: tuple[Any, ...], symbols: Mapping[int, Symbol]) -> tuple[Any, ...]:
    if operand[0] == CONST and operand[1] in symbols and operand[2] >= 32:
        return ADDRESS, symbols[operand[1]], operand[2]
    if operand[0] == MEMORY and operand[1] in symbols:
        return MEMORY, symbols[operand[1]], operand[2]
    return operand
