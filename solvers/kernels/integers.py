"""Numbers as unbounded integers.

A value is the integer that C's value is, or, for unsigned sums, differences and products, one that is congruent to it;
where that matters it is reduced, unless its range shows that it is in bounds. Signed arithmetic is taken not to
overflow, as C has it; that is an assumption where ranges do not show it.
"""

from __future__ import annotations

import z3

from transpile.c.types import Bool, CType, Integer, limits
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.logic import Symbols, Term, choose, folded, number_of

NO_OVERFLOW = "signed arithmetic does not overflow"
_UNBOUNDED = 1 << 100
_Range = tuple[int, int]


class Integers(Arithmetic):
    def __init__(self, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._ranges: dict[int, tuple[Term, _Range]] = {}

    def sort(self, type: CType) -> z3.SortRef:
        return z3.IntSort()

    @property
    def index_sort(self) -> z3.SortRef:
        return z3.IntSort()

    def number(self, value: int, type: CType) -> Term:
        return z3.IntVal(value)

    def index(self, value: int) -> Term:
        return z3.IntVal(value)

    def binary(self, operator: str, type: CType, left: Term, right: Term) -> Term:
        match operator:
            case "+":
                return self._checked(left + right, type)
            case "-":
                return self._checked(left - right, type)
            case "*":
                return self._checked(self._product(left, right), type)
        left, right = self.exact(left, type), self.exact(right, type)
        known = number_of(right)
        match operator:
            case "/":
                return folded(self._quotient(left, right))
            case "%":
                return folded(self._remainder(left, right))
            case "<<" if known is not None and 0 <= known < 64:
                return self._checked(left * (1 << known), type)
            case ">>" if known is not None and 0 <= known < 64:
                return folded(left / (1 << known))
            case "&" if known is not None and _is_mask(known):
                return folded(left % (known + 1))
            case "&" if (mask := number_of(left)) is not None and _is_mask(mask):
                return folded(right % (mask + 1))
        return self._unknown(operator, type, left, right)

    def _product(self, left: Term, right: Term) -> Term:
        names = frozenset(str(factor.decl().name()) for factor in (left, right))
        return self.symbols.replaced.get(names, left * right)

    def compare(self, operator: str, type: CType, left: Term, right: Term) -> Term:
        left, right = self.exact(left, type), self.exact(right, type)
        (low, high), (other_low, other_high) = self.range(left), self.range(right)
        match operator:
            case "==":
                found = left == right
            case "!=":
                found = left != right
            case "<":
                found = z3.BoolVal(True) if high < other_low else left < right
            case "<=":
                found = z3.BoolVal(True) if high <= other_low else left <= right
            case ">":
                found = z3.BoolVal(True) if low > other_high else left > right
            case _:
                found = z3.BoolVal(True) if low >= other_high else left >= right
        return folded(found)

    def convert(self, value: Term, source: CType, target: CType) -> Term:
        if isinstance(target, Bool):
            return self.flag(self.truth(value, source), target)
        bounds = limits(target)
        if bounds is None:
            return self.exact(value, source)
        if isinstance(source, Integer) and isinstance(target, Integer) and source.bits < target.bits:
            value = self.exact(value, source)
        return self._wrapped(value, bounds) if isinstance(target, Integer) and target.signed else value

    def to_index(self, value: Term, type: CType) -> Term:
        return self.exact(value, type)

    def from_index(self, index: Term, type: CType) -> Term:
        return index

    def counted(self, start: Term, change: Term, type: CType, what: str) -> Term:
        signed = isinstance(type, Integer) and type.signed and type.bits >= 32
        self.assumptions[NO_OVERFLOW if signed else f"{what} does not wrap around"] = None
        return folded(self.exact(start, type) + change)

    @property
    def unbounded(self) -> bool:
        return True

    def less(self, left: Term, right: Term) -> Term:
        return folded(left < right)

    def exact(self, value: Term, type: CType) -> Term:
        """The integer that ``value`` is in C."""
        bounds = limits(type)
        if bounds is None or (isinstance(type, Integer) and type.signed):
            return value
        return self._wrapped(value, bounds)

    def _wrapped(self, value: Term, bounds: _Range) -> Term:
        low, high = self.range(value)
        if bounds[0] <= low and high <= bounds[1]:
            return value
        size = bounds[1] - bounds[0] + 1
        return folded((value - bounds[0]) % size + bounds[0])

    def _checked(self, value: Term, type: CType) -> Term:
        value = folded(value)
        bounds = limits(type)
        if bounds and isinstance(type, Integer) and type.signed:
            low, high = self.range(value)
            if low < bounds[0] or high > bounds[1]:
                self.assumptions[NO_OVERFLOW] = None
        return value

    def _unknown(self, operator: str, type: CType, left: Term, right: Term) -> Term:
        made = self.opaque(operator, type, (left, right))
        bounds = limits(type)
        return made if bounds is None else self._wrapped(made, bounds)

    def _quotient(self, left: Term, right: Term) -> Term:
        if self.range(left)[0] >= 0 and self.range(right)[0] > 0:
            return left / right
        return choose(left >= 0, left / right, -((-left) / right))

    def _remainder(self, left: Term, right: Term) -> Term:
        if self.range(left)[0] >= 0 and self.range(right)[0] > 0:
            return left % right
        return left - right * self._quotient(left, right)

    def range(self, term: Term) -> _Range:
        """Bounds of the values of ``term``."""
        key = term.get_id()
        if key not in self._ranges:
            low, high = self._range(term)
            self._ranges[key] = (term, (max(low, -_UNBOUNDED), min(high, _UNBOUNDED)))
        return self._ranges[key][1]

    def _range(self, term: Term) -> _Range:
        known = number_of(term)
        if known is not None:
            return known, known
        children = term.children()
        match term.decl().kind():
            case z3.Z3_OP_ADD:
                ranges = [self.range(child) for child in children]
                return sum(low for low, _ in ranges), sum(high for _, high in ranges)
            case z3.Z3_OP_SUB if len(children) == 2:
                (low, high), (other_low, other_high) = map(self.range, children)
                return low - other_high, high - other_low
            case z3.Z3_OP_UMINUS:
                low, high = self.range(children[0])
                return -high, -low
            case z3.Z3_OP_MUL:
                names = frozenset(str(child.decl().name()) for child in children)
                if names in self.symbols.products:
                    return self.symbols.products[names]
                found = self.range(children[0])
                for child in children[1:]:
                    corners = [a * b for a in found for b in self.range(child)]
                    found = min(corners), max(corners)
                return found
            case z3.Z3_OP_ITE:
                (low, high), (other_low, other_high) = self.range(children[1]), self.range(children[2])
                return min(low, other_low), max(high, other_high)
            case z3.Z3_OP_MOD if (size := number_of(children[1])) is not None and size > 0:
                low, high = self.range(children[0])
                return (low, high) if low >= 0 and high < size else (0, size - 1)
            case z3.Z3_OP_MOD:
                other_low, other_high = self.range(children[1])
                if other_low > 0:
                    return 0, other_high - 1
            case z3.Z3_OP_IDIV:
                (low, high), (other_low, other_high) = map(self.range, children)
                if other_low > 0:
                    return (low // (other_low if low < 0 else other_high)), high // (
                        other_low if high >= 0 else other_high
                    )
            case z3.Z3_OP_UNINTERPRETED if not children:
                return self.symbols.ranges.get(str(term.decl().name()), (-_UNBOUNDED, _UNBOUNDED))
        return -_UNBOUNDED, _UNBOUNDED


def _is_mask(value: int) -> bool:
    return value >= 0 and value & (value + 1) == 0
