"""What the execution of a kernel needs of numbers, whatever represents them.

Two representations: ``integers`` has unbounded integers, which prove much with symbolic sizes; ``bits`` has
bit-vectors, which are exact. Values have the sort of their C type; indices, which count elements of memory, have a
sort of their own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import z3

from transpile.c.types import CType, limits
from transpile.solvers.kernels.logic import Scope, Symbols, Term, choose, is_false, is_true


class Arithmetic(ABC):
    """``assumptions`` collects what the representation takes for granted, in words."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.assumptions: dict[str, None] = {}

    @abstractmethod
    def sort(self, type: CType) -> z3.SortRef: ...

    @property
    @abstractmethod
    def index_sort(self) -> z3.SortRef: ...

    @abstractmethod
    def number(self, value: int, type: CType) -> Term: ...

    @abstractmethod
    def index(self, value: int) -> Term: ...

    @abstractmethod
    def binary(self, operator: str, type: CType, left: Term, right: Term) -> Term:
        """``left operator right`` computed in ``type``, an integer type; shifts have both operands of it."""

    @abstractmethod
    def compare(self, operator: str, type: CType, left: Term, right: Term) -> Term: ...

    @abstractmethod
    def convert(self, value: Term, source: CType, target: CType) -> Term:
        """``value`` of one integer type in another."""

    @abstractmethod
    def to_index(self, value: Term, type: CType) -> Term:
        """The value of an integer type as an index."""

    @abstractmethod
    def from_index(self, index: Term, type: CType) -> Term: ...

    @abstractmethod
    def counted(self, start: Term, change: Term, type: CType, what: str) -> Term:
        """``start`` of ``type`` and the index ``change`` added to it; ``what`` names it for assumptions."""

    @property
    @abstractmethod
    def unbounded(self) -> bool:
        """Whether numbers do not wrap around."""

    @abstractmethod
    def less(self, left: Term, right: Term) -> Term:
        """The order of indices."""

    def symbol(self, name: str, type: CType, scope: Scope, unknown: bool = True) -> Term:
        """Any value of ``type``."""
        made = self.symbols.fresh(name, self.sort(type), scope, unknown)
        bounds = limits(type)
        return self.symbols.bound(made, *bounds) if bounds else made

    def counter(self, name: str, scope: Scope) -> Term:
        """Any index from 0 on."""
        made = self.symbols.fresh(name, self.index_sort, scope, False)
        return self.symbols.bound(made, 0, (1 << 62) - 1)

    def opaque(self, name: str, type: CType, arguments: Sequence[Term]) -> Term:
        """A value of ``type`` that depends on ``arguments`` only, in a way that is not known."""
        name = "!".join([name, *(argument.sort().name() + _width(argument) for argument in arguments), str(type)])
        function = z3.Function(name, *(argument.sort() for argument in arguments), self.sort(type))
        return function(*arguments)

    def truth(self, value: Term, type: CType) -> Term:
        """Whether ``value`` is not zero."""
        if z3.is_app_of(value, z3.Z3_OP_ITE):
            yes, no = value.arg(1), value.arg(2)
            if yes.eq(self.number(1, type)) and no.eq(self.number(0, type)):
                return value.arg(0)
        return self.compare("!=", type, value, self.number(0, type))

    def flag(self, condition: Term, type: CType) -> Term:
        if is_true(condition) or is_false(condition):
            return self.number(int(is_true(condition)), type)
        return choose(condition, self.number(1, type), self.number(0, type))


def _width(term: Term) -> str:
    return str(term.sort().size()) if z3.is_bv(term) else ""
