"""Linearised subscripts taken apart: ``i * n + j`` is row ``i``, column ``j`` of rows that are ``n`` long.

``split`` divides by strides that hold parameters, the widest first. That the parts lie within their dimension, so that
equal subscripts mean equal parts, is for the caller to prove.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transpile.loops.facts import Counter, Terms, Unknown
from transpile.loops.polynomial import Monomial, Polynomial, Symbol


def strides(subscripts: Iterable[Polynomial], terms: Terms) -> tuple[Polynomial, ...]:
    """What the counters in ``subscripts`` are multiplied with, where it is no number; the widest first."""
    found: dict[Polynomial, None] = {}
    for subscript in subscripts:
        for symbol in sorted(subscript.symbols):
            if _moves(symbol, terms):
                coefficient = subscript.coefficient(symbol)
                if coefficient is not None and coefficient.constant is None:
                    found[_primitive(coefficient)] = None
    invariant = [s for s in found if not any(_moves(symbol, terms) for symbol in s.symbols)]
    return tuple(sorted(invariant, key=lambda s: (-_degree(s), str(s))))


def _moves(symbol: Symbol, terms: Terms) -> bool:
    term = terms[symbol]
    return isinstance(term, Counter) or (isinstance(term, Unknown) and bool(term.loops))


def _degree(value: Polynomial) -> int:
    return max((len(monomial) for monomial in value.terms), default=0)


def _primitive(value: Polynomial) -> Polynomial:
    """``value`` without its sign and its constant factor."""
    leading = value.terms[_leading(value)]
    numbers = [abs(c) for c in value.terms.values()]
    factor = min(numbers) if all(n % min(numbers) == 0 for n in numbers) else 1
    sign = -1 if leading < 0 else 1
    return Polynomial({monomial: sign * c // factor for monomial, c in value.terms.items()})


def _leading(value: Polynomial) -> Monomial:
    return max(value.terms, key=lambda monomial: (len(monomial), monomial))


def split(subscript: Polynomial, widths: tuple[Polynomial, ...]) -> tuple[Polynomial, ...]:
    """``(q0, q1, ..., r)`` so that ``subscript`` is ``q0 * widths[0] + q1 * widths[1] + ... + r``."""
    parts: list[Polynomial] = []
    for width in widths:
        quotient, subscript = divided(subscript, width)
        parts.append(quotient)
    return (*parts, subscript)


def divided(value: Polynomial, by: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Quotient and remainder as polynomials; the remainder has no monomial that the leading one of ``by`` divides."""
    lead = _leading(by)
    factor = by.terms[lead]
    quotient = Polynomial()
    while True:
        step = next(_quotients(value, lead, factor), None)
        if step is None:
            return quotient, value
        quotient, value = quotient + step, value - step * by


def _quotients(value: Polynomial, lead: Monomial, factor: int) -> Iterator[Polynomial]:
    for monomial in sorted(value.terms, key=lambda m: (-len(m), m)):
        rest = _without(monomial, lead)
        if rest is not None and value.terms[monomial] % factor == 0:
            yield Polynomial({rest: value.terms[monomial] // factor})


def _without(monomial: Monomial, lead: Monomial) -> Monomial | None:
    rest = list(monomial)
    for symbol in lead:
        if symbol not in rest:
            return None
        rest.remove(symbol)
    return tuple(rest)
