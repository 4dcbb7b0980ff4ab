"""Numbers as bit-vectors: exact, and slow where sizes are not known."""

from __future__ import annotations

import z3

from transpile.c.types import Bool, CType, Float, Integer
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.logic import Term, folded

_INDEX = 64


def _signed(type: CType) -> bool:
    return isinstance(type, Integer) and type.signed


class Bits(Arithmetic):
    """C's arithmetic as machines do it: signed overflow wraps around."""

    def sort(self, type: CType) -> z3.SortRef:
        match type:
            case Bool():
                return z3.BitVecSort(8)
            case Integer(bits) | Float(bits):
                return z3.BitVecSort(bits)
        return z3.BitVecSort(_INDEX)

    @property
    def index_sort(self) -> z3.SortRef:
        return z3.BitVecSort(_INDEX)

    def number(self, value: int, type: CType) -> Term:
        return z3.BitVecVal(value, self.sort(type))

    def index(self, value: int) -> Term:
        return z3.BitVecVal(value, _INDEX)

    def binary(self, operator: str, type: CType, left: Term, right: Term) -> Term:
        match operator:
            case "+":
                found = left + right
            case "-":
                found = left - right
            case "*":
                found = left * right
            case "/":
                found = left / right if _signed(type) else z3.UDiv(left, right)
            case "%":
                found = z3.SRem(left, right) if _signed(type) else z3.URem(left, right)
            case "<<":
                found = left << right
            case ">>":
                found = left >> right if _signed(type) else z3.LShR(left, right)
            case "&":
                found = left & right
            case "|":
                found = left | right
            case "^":
                found = left ^ right
            case _:
                found = self.opaque(operator, type, (left, right))
        return folded(found)

    def compare(self, operator: str, type: CType, left: Term, right: Term) -> Term:
        signed = _signed(type)
        match operator:
            case "==":
                found = left == right
            case "!=":
                found = left != right
            case "<":
                found = left < right if signed else z3.ULT(left, right)
            case "<=":
                found = left <= right if signed else z3.ULE(left, right)
            case ">":
                found = left > right if signed else z3.UGT(left, right)
            case _:
                found = left >= right if signed else z3.UGE(left, right)
        return folded(found)

    def convert(self, value: Term, source: CType, target: CType) -> Term:
        if isinstance(target, Bool):
            return self.flag(self.truth(value, source), target)
        return self._resized(value, _signed(source), self.sort(target).size())

    def to_index(self, value: Term, type: CType) -> Term:
        return self._resized(value, _signed(type), _INDEX)

    def from_index(self, index: Term, type: CType) -> Term:
        return self._resized(index, True, self.sort(type).size())

    def counted(self, start: Term, change: Term, type: CType, what: str) -> Term:
        return folded(start + self.from_index(change, type))

    @property
    def unbounded(self) -> bool:
        return False

    def less(self, left: Term, right: Term) -> Term:
        return folded(left < right)

    def _resized(self, value: Term, signed: bool, bits: int) -> Term:
        own = value.size()
        if bits <= own:
            return value if bits == own else folded(z3.Extract(bits - 1, 0, value))
        extended = z3.SignExt(bits - own, value) if signed else z3.ZeroExt(bits - own, value)
        return folded(extended)
