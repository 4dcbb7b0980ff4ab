"""Polynomials and conditions as C text, for code that computes them before the loops run."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.c.types import Integer
from transpile.loops.facts import Compare, Operation, Terms
from transpile.loops.polynomial import Monomial, Polynomial, Symbol

_RELATIONS = {">=": (">=", "<="), "==": ("==", "=="), "!=": ("!=", "!=")}


def spelled(value: Polynomial, terms: Terms, wide: bool = False) -> str:
    """``value`` as a C expression; with ``wide`` it is computed in ``size_t``."""
    positive = [(m, c) for m, c in _ordered(value) if c > 0]
    negative = [(m, -c) for m, c in _ordered(value) if c < 0]
    type = "size_t" if wide else ""
    text = " + ".join(_term(m, c, terms, type) for m, c in positive) or "0"
    return text + "".join(f" - {_term(m, c, terms, type)}" for m, c in negative)


def condition_text(condition: Compare, terms: Terms) -> str:
    """``condition`` without subtractions, so that unsigned types do not wrap around."""
    left = [(m, c) for m, c in _ordered(condition.value) if c > 0]
    right = [(m, -c) for m, c in _ordered(condition.value) if c < 0]
    relation = condition.relation
    strict = relation == ">=" and right and right[-1] == ((), 1)
    if strict:
        right = right[:-1]
    sign = ">" if strict else relation
    return f"{_exact(left, terms)} {sign} {_exact(right, terms)}"


def _exact(parts: Sequence[tuple[Monomial, int]], terms: Terms) -> str:
    """A sum that ``int`` has no room for is computed in ``long long``."""
    computed = len(parts) > 1 or any(len(monomial) + (c != 1) > 1 for monomial, c in parts)
    types = ["long long" if computed and _narrow(monomial, terms) else "" for monomial, _ in parts]
    return " + ".join(_term(m, c, terms, type) for (m, c), type in zip(parts, types, strict=True)) or "0"


def _narrow(monomial: Monomial, terms: Terms) -> bool:
    types = [terms[symbol].type for symbol in monomial]
    return bool(types) and all(isinstance(type, Integer) and type.signed and type.bits <= 32 for type in types)


def _ordered(value: Polynomial) -> list[tuple[Monomial, int]]:
    return sorted(value.terms.items(), key=lambda term: (-len(term[0]), term[0]))


def _term(monomial: Monomial, coefficient: int, terms: Terms, wide: str) -> str:
    """One product, computed in the type ``wide`` if there is one."""
    factors = [_symbol(symbol, terms) for symbol in monomial]
    if factors and wide:
        factors[0] = f"({wide}){factors[0]}"
    if coefficient != 1 or not factors:
        factors = [*factors, str(coefficient)]
    return " * ".join(factors)


def _symbol(symbol: Symbol, terms: Terms) -> str:
    match terms[symbol]:
        case Operation("read", arguments, _, region) if region is not None:
            return region.name + "".join(f"[{spelled(a, terms)}]" for a in arguments)
        case Operation("min" | "max" as operator, (one, two)):
            a, b = spelled(one, terms), spelled(two, terms)
            return f"({a} {'<' if operator == 'min' else '>'} {b} ? {a} : {b})"
        case Operation(operator, (one, two)):
            return f"({_factor(one, terms)} {operator} {_factor(two, terms)})"
        case Operation(operator, (one,)):
            return f"{operator}({spelled(one, terms)})"
    return symbol.rstrip("'")


def _factor(value: Polynomial, terms: Terms) -> str:
    text = spelled(value, terms)
    return text if len(value.terms) <= 1 else f"({text})"
