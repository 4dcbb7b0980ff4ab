"""Formulas over the symbols of one thread, and who shares those symbols: the adapter to Z3.

A kernel is executed once, for one thread. What it says of another thread is the same formula with other symbols in the
place of those that the two do not share: ``Symbols.rename`` makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

import z3

Term: TypeAlias = z3.ExprRef
TRUE: Term = z3.BoolVal(True)
FALSE: Term = z3.BoolVal(False)


class Scope(IntEnum):
    """Who has one value for a symbol: all threads, those of a block, or one thread."""

    GRID = 0
    BLOCK = 1
    THREAD = 2


def is_true(term: Term) -> bool:
    return bool(z3.is_true(term))


def is_false(term: Term) -> bool:
    return bool(z3.is_false(term))


def negate(term: Term) -> Term:
    if is_true(term) or is_false(term):
        return FALSE if is_true(term) else TRUE
    return term.arg(0) if z3.is_not(term) else z3.Not(term)


def conjunction(terms: Iterable[Term]) -> Term:
    kept = [term for term in terms if not is_true(term)]
    if any(is_false(term) for term in kept):
        return FALSE
    return kept[0] if len(kept) == 1 else z3.And(*kept) if kept else TRUE


def disjunction(terms: Iterable[Term]) -> Term:
    return negate(conjunction(negate(term) for term in terms))


def implies(conditions: Iterable[Term], fact: Term) -> Term:
    given = conjunction(conditions)
    return fact if is_true(given) else z3.Implies(given, fact)


def choose(condition: Term, yes: Term, no: Term) -> Term:
    if is_true(condition) or yes.eq(no):
        return yes
    return no if is_false(condition) else z3.If(condition, yes, no)


def number_of(term: Term) -> int | None:
    """The value of a numeral."""
    if z3.is_int_value(term) or z3.is_bv_value(term):
        return int(term.as_long())
    return None


def is_symbol(term: Term) -> bool:
    return bool(term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED)


def folded(term: Term) -> Term:
    return z3.simplify(term)


@dataclass(slots=True)
class Symbols:
    """The symbols of an execution, by name. ``ranges`` bound the integers among them, ``products``
    the products of two, for some of which ``replaced`` has a symbol; ``unknown`` are those that may
    have values which no execution gives them, so that a witness that names one is only possible."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    products: dict[frozenset[str], tuple[int, int]] = field(default_factory=dict)
    replaced: dict[frozenset[str], Term] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    _uses: dict[int, tuple[Term, frozenset[str]]] = field(default_factory=dict)

    def fresh(self, name: str, sort: z3.SortRef, scope: Scope, unknown: bool = True) -> Term:
        """A new symbol; ``name`` is made unique."""
        unique, count = name, len(self.terms)
        while unique in self.terms:
            unique, count = f"{name}#{count}", count + 1
        term = z3.Const(unique, sort)
        self.terms[unique], self.scopes[unique] = term, scope
        if unknown:
            self.unknown.add(unique)
        return term

    def bound(self, term: Term, low: int, high: int) -> Term:
        self.ranges[str(term.decl().name())] = (low, high)
        return term

    def used(self, term: Term) -> frozenset[str]:
        """The names of the symbols in ``term``; uninterpreted functions count as symbols called ``name()``."""
        key = term.get_id()
        if key in self._uses:
            return self._uses[key][1]
        found: set[str] = set()
        if term.num_args() == 0:
            if term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                found.add(str(term.decl().name()))
        else:
            if term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                found.add(f"{term.decl().name()}()")
            for child in term.children():
                found |= self.used(child)
        self._uses[key] = (term, frozenset(found))
        return self._uses[key][1]

    def scope(self, term: Term) -> Scope:
        """The threads that have one value for ``term``."""
        return max((self.scopes[name] for name in self.used(term) if name in self.scopes), default=Scope.GRID)

    def names_since(self, mark: int) -> list[str]:
        return list(self.terms)[mark:]

    def copies(self, names: Iterable[str], suffix: str) -> dict[str, Term]:
        """New symbols for ``names``, of the same scope and range."""
        made: dict[str, Term] = {}
        for name in names:
            copy = self.fresh(name + suffix, self.terms[name].sort(), self.scopes[name], name in self.unknown)
            if name in self.ranges:
                self.bound(copy, *self.ranges[name])
            made[name] = copy
        return made

    def rename(self, term: Term, names: Mapping[str, Term]) -> Term:
        pairs = [(self.terms[name], names[name]) for name in self.used(term) if name in names]
        return z3.substitute(term, *pairs) if pairs else term


def products(terms: Sequence[Term]) -> list[tuple[Term, Term]]:
    """The products of two integers within ``terms``, neither of them a number, each once, as their factors."""
    found: dict[tuple[int, int], tuple[Term, Term]] = {}
    seen: set[int] = set()
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        waiting.extend(term.children())
        if z3.is_mul(term) and z3.is_int(term):
            factors = [factor for factor in term.children() if number_of(factor) is None]
            if len(factors) == 2:
                found[factors[0].get_id(), factors[1].get_id()] = (factors[0], factors[1])
    return list(found.values())
