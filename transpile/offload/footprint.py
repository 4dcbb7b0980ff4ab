"""How often the accesses of a loop nest run, and how far apart neighbours are, at a size that stands for all sizes.

Sizes that are not known are taken to be 1024, and loops whose bounds come from data to take 16 turns. The figures order
plans; they are no prediction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from transpile.c.types import Float, Integer
from transpile.loops.facts import Access, Compare, Counter, Facts, Operation, Parameter, Region, Unknown
from transpile.loops.polynomial import Polynomial, Symbol

SIZE, DATA = 1024, 16
IRREGULAR = 1 << 20
"""A stride that is not known, or not a number."""


@dataclass(slots=True)
class Sizes:
    """Turns of every loop of a function, and the values of its symbols in the middle of the loops."""

    facts: Facts
    turns: dict[int, int] = field(default_factory=dict)
    _values: dict[Symbol, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, loop in self.facts.loops.items():
            self.turns[number] = self._turns(number)
            if loop.symbol:
                first = self.value(loop.first) if loop.first is not None else 0
                self._values[loop.symbol] = first + loop.step * (self.turns[number] // 2)

    def value(self, of: Polynomial) -> int:
        total = 0
        for monomial, coefficient in of.terms.items():
            product = coefficient
            for symbol in monomial:
                product *= self._symbol(symbol)
            total += product
        return total

    def _symbol(self, symbol: Symbol) -> int:
        if symbol in self._values:
            return self._values[symbol]
        match self.facts.terms.get(symbol):
            case Parameter():
                return SIZE
            case Operation("/", (left, right), _, None):
                return self.value(left) // (self.value(right) or 1)
        return DATA

    def _turns(self, number: int) -> int:
        """The least that one of the bounds allows."""
        loop = self.facts.loops[number]
        if loop.first is None or not loop.step:
            return DATA
        found = []
        for bound in loop.bounds:
            if isinstance(bound, Compare) and bound.relation == ">=":
                slope = bound.value.coefficient(loop.symbol)
                if slope is not None and (per := slope.constant) and per * loop.step < 0:
                    left = self.value(bound.value.substitute({loop.symbol: loop.first}))
                    found.append(left // -(per * loop.step) + 1)
        return min((turns for turns in found if turns > 0), default=DATA)


@dataclass(frozen=True, slots=True)
class Touch:
    """One access of a nest. ``strides`` are elements between neighbours along each loop that it depends on, by the
    loop's number; ``at`` is the constant part of the last subscript."""

    access: Access
    region: Region
    size: int
    strides: Mapping[int, int]
    at: int

    @property
    def weight(self) -> int:
        """Accesses to memory: an update is two."""
        return 2 if self.access.kind == "update" else 1


def touches(facts: Facts, accesses: Iterator[Access]) -> Iterator[Touch]:
    """The accesses to memory among ``accesses``, equal ones once."""
    seen: set[tuple[object, ...]] = set()
    for access in accesses:
        if not access.subscripts or access.kind == "declare":
            continue
        key = (access.region, access.subscripts, access.kind, access.loops)
        if key not in seen:
            seen.add(key)
            last = access.subscripts[-1].terms.get((), 0)
            yield Touch(access, access.region, _size(access), dict(_strides(facts, access)), last)


def _size(access: Access) -> int:
    match access.type:
        case Integer(bits=bits) | Float(bits=bits):
            return max(bits // 8, 1)
    return 8


def _strides(facts: Facts, access: Access) -> Iterator[tuple[int, int]]:
    for number in access.loops:
        symbol = facts.loops[number].symbol
        if symbol and (stride := _stride(facts, access, number, symbol)):
            yield number, stride


def _stride(facts: Facts, access: Access, number: int, symbol: Symbol) -> int:
    if any(_depends(facts, subscript, number, symbol) for subscript in access.subscripts[:-1]):
        return IRREGULAR
    last = access.subscripts[-1]
    if any(_through(facts, other, number, symbol) for other in last.symbols):
        return IRREGULAR
    slope = last.coefficient(symbol)
    if slope is None or (found := slope.constant) is None:
        return IRREGULAR
    return found * facts.loops[number].step


def _depends(facts: Facts, value: Polynomial, number: int, symbol: Symbol) -> bool:
    return symbol in value.symbols or any(_through(facts, other, number, symbol) for other in value.symbols)


def _through(facts: Facts, other: Symbol, number: int, symbol: Symbol) -> bool:
    """Whether the value of ``other``, itself no counter, changes with the loop ``number``."""
    match facts.terms.get(other):
        case Operation(arguments=arguments):
            return any(_depends(facts, one, number, symbol) for one in arguments)
        case Unknown(loops=loops):
            return number in loops
        case Counter() | Parameter() | None:
            return False
