"""Integer polynomials over the values that a loop nest knows: indices, parameters, and what does not change in it.

``i * n + j`` is ``{(i, n): 1, (j,): 1}``: monomials, each a sorted tuple of symbols, with their coefficients.
Arithmetic is that of the integers; that the C code does not overflow is an obligation of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Symbol: TypeAlias = str
Monomial: TypeAlias = tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Polynomial:
    """``terms`` has no coefficient 0; the constant stands at the empty monomial."""

    terms: Mapping[Monomial, int] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and dict(self.terms) == dict(other.terms)

    def __add__(self, other: Polynomial) -> Polynomial:
        found = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            found[monomial] = found.get(monomial, 0) + coefficient
        return polynomial(found)

    def __neg__(self) -> Polynomial:
        return Polynomial({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        found: dict[Monomial, int] = {}
        for one, a in self.terms.items():
            for two, b in other.terms.items():
                monomial = tuple(sorted((*one, *two)))
                found[monomial] = found.get(monomial, 0) + a * b
        return polynomial(found)

    @property
    def constant(self) -> int | None:
        """The value, if it is a number."""
        return self.terms.get((), 0) if all(not monomial for monomial in self.terms) else None

    @property
    def symbols(self) -> frozenset[Symbol]:
        return frozenset(symbol for monomial in self.terms for symbol in monomial)

    def coefficient(self, symbol: Symbol) -> Polynomial | None:
        """What ``symbol`` is multiplied with; None if it occurs with a higher power."""
        found: dict[Monomial, int] = {}
        for monomial, coefficient in self.terms.items():
            if monomial.count(symbol) > 1:
                return None
            if symbol in monomial:
                rest = tuple(s for s in monomial if s != symbol)
                found[rest] = found.get(rest, 0) + coefficient
        return polynomial(found)

    def without(self, symbols: frozenset[Symbol]) -> Polynomial:
        """The part that names none of ``symbols``."""
        return polynomial({m: c for m, c in self.terms.items() if not symbols.intersection(m)})

    def substitute(self, values: Mapping[Symbol, Polynomial]) -> Polynomial:
        found = Polynomial()
        for monomial, coefficient in self.terms.items():
            product = number(coefficient)
            for symbol in monomial:
                product = product * values.get(symbol, variable(symbol))
            found = found + product
        return found

    def evaluate(self, values: Callable[[Symbol], int]) -> int:
        total = 0
        for monomial, coefficient in self.terms.items():
            for symbol in monomial:
                coefficient *= values(symbol)
            total += coefficient
        return total

    def __str__(self) -> str:
        whole = "".join(_shown(self)) or "0"
        return f"-{whole[3:]}" if whole.startswith(" - ") else whole.removeprefix(" + ")


def _shown(value: Polynomial) -> Iterator[str]:
    for monomial, coefficient in sorted(value.terms.items(), key=lambda term: (-len(term[0]), term[0])):
        factors = [*([] if abs(coefficient) == 1 and monomial else [str(abs(coefficient))]), *monomial]
        yield (" - " if coefficient < 0 else " + ") + "*".join(factors)


def polynomial(terms: Mapping[Monomial, int]) -> Polynomial:
    return Polynomial({monomial: coefficient for monomial, coefficient in terms.items() if coefficient})


def number(value: int) -> Polynomial:
    return polynomial({(): value})


def variable(symbol: Symbol) -> Polynomial:
    return Polynomial({(symbol,): 1})
