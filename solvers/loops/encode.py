"""Polynomials, conditions and iterations as formulas over the integers, for Z3.

A query has one or two copies of an iteration; what differs between them carries the copy's mark. Products of symbols
are variables of their own, with the lemmas about signs and sizes that linear arithmetic lacks: what is proved holds for
all products, what is not proved is not refuted. Effort is bounded by ``rlimit``, never by time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import z3

from transpile.c.types import Bool, Integer, limits
from transpile.loops.facts import (
    Compare,
    Condition,
    Counter,
    Data,
    Every,
    Facts,
    Frame,
    InLoop,
    LoopFacts,
    Operation,
    Some,
    Unknown,
)
from transpile.loops.polynomial import Polynomial, Symbol

RLIMIT = 400_000


@dataclass(frozen=True, slots=True)
class Copy:
    """An iteration; ``shared`` are the loops whose iteration is the same in all copies."""

    mark: str = ""
    shared: frozenset[int] = frozenset()

    def of(self, loops: Iterable[int]) -> str:
        return "" if self.shared.issuperset(loops) else self.mark


ONE = Copy()


@dataclass(slots=True)
class Encoder:
    """Formulas of one query; ``lemmas`` are about the symbols that occur in it."""

    facts: Facts
    lemmas: list[Any] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    factors: list[Any] = field(default_factory=list)
    """Kept, as products are known by the numbers of their factors."""

    def value(self, polynomial: Polynomial, copy: Copy = ONE) -> Any:
        total = z3.IntVal(0)
        for monomial, coefficient in polynomial.terms.items():
            total = total + coefficient * self._product([self._symbol(symbol, copy) for symbol in monomial])
        return total

    def condition(self, condition: Condition, copy: Copy = ONE) -> Any:
        """``condition`` as a formula; a part that depends on data may be true or not."""
        match condition:
            case Compare(value, relation):
                number = self.value(value, copy)
                return number >= 0 if relation == ">=" else number == 0 if relation == "==" else number != 0
            case Every(parts):
                return z3.And([self.condition(part, copy) for part in parts])
            case Some(parts):
                return z3.Or([self.condition(part, copy) for part in parts])
            case Data():
                return z3.FreshBool("data")

    def domain(self, where: Sequence[Frame], copy: Copy = ONE, testing: int = 0) -> list[Any]:
        """When something under these loops and branches happens; of the loop ``testing`` without its bounds."""
        found: list[Any] = []
        for frame in where:
            if isinstance(frame, InLoop):
                found += self.iteration(self.facts.loops[frame.loop], copy, frame.loop != testing)
            else:
                found.append(self.condition(frame.condition, copy))
        return found

    def iteration(self, loop: LoopFacts, copy: Copy = ONE, bounded: bool = True) -> list[Any]:
        if loop.first is None:
            return []
        counter, first = self._symbol(loop.symbol, copy), self.value(loop.first, copy)
        found = [counter >= first if loop.step > 0 else counter <= first]
        if abs(loop.step) > 1:
            done = z3.Int(f"done:{loop.symbol}{copy.of((loop.number,))}")
            found += [counter == first + loop.step * done, done >= 0]
        return [*found, *(self.condition(bound, copy) for bound in loop.bounds if bounded)]

    def _symbol(self, symbol: Symbol, copy: Copy) -> Any:
        match self.facts.terms[symbol]:
            case Counter(loop):
                return self._integer(symbol + copy.of((loop,)), None)
            case Unknown(loops, type):
                return self._integer(symbol + copy.of(loops), type)
            case Operation() as operation:
                return self._operated(operation, copy)
            case parameter:
                return self._integer(symbol, parameter.type)

    def _integer(self, name: str, type: object) -> Any:
        if name not in self.known:
            self.known[name] = number = z3.Int(name)
            self._ranged(number, type)
        return self.known[name]

    def _ranged(self, number: Any, type: object) -> None:
        if isinstance(type, Bool | Integer) and (bounds := limits(type)):
            if bounds[0] == 0:
                self.lemmas.append(number >= 0)
            if bounds[1] < 1 << 16:
                self.lemmas += [number >= bounds[0], number <= bounds[1]]

    def _operated(self, operation: Operation, copy: Copy) -> Any:
        values = [self.value(argument, copy) for argument in operation.arguments]
        fixed = operation.arguments[-1].constant if operation.arguments else None
        match operation.operator, values:
            case "min", (one, two):
                return z3.If(one < two, one, two)
            case "max", (one, two):
                return z3.If(one > two, one, two)
            case "abs", (one,):
                return z3.If(one >= 0, one, -one)
            case "/", (one, _) if fixed and fixed > 0:
                return z3.If(one >= 0, one / fixed, -((-one) / fixed))
            case "%", (one, _) if fixed and fixed > 0:
                return z3.If(one >= 0, one % fixed, -((-one) % fixed))
            case ">>", (one, _) if fixed is not None and 0 <= fixed < 64:
                return one / (1 << fixed)
        return self._uninterpreted(operation, values, fixed)

    def _uninterpreted(self, operation: Operation, values: list[Any], fixed: int | None) -> Any:
        name = (
            f"read {operation.region.name}#{operation.region.variable.number}"
            if operation.region
            else operation.operator
        )
        sorts = [z3.IntSort()] * (len(values) + 1)
        result = z3.Function(f"{name}/{len(values)}", *sorts)(*values) if values else z3.Int(name)
        self._ranged(result, operation.type)
        if operation.operator == "&" and fixed is not None and fixed >= 0:
            self.lemmas += [result >= 0, result <= fixed]
        return result

    def _product(self, factors: list[Any]) -> Any:
        if not factors:
            return z3.IntVal(1)
        factors = sorted(factors, key=lambda factor: int(factor.get_id()))
        whole = factors[-1]
        for factor in reversed(factors[:-1]):
            whole = self._times(factor, whole)
        return whole

    def _times(self, x: Any, y: Any) -> Any:
        name = f"{x.get_id()} * {y.get_id()}"
        if name not in self.known:
            self.known[name] = xy = z3.Int(name)
            self.factors += [x, y]
            self.lemmas += [
                z3.Implies(z3.And(x >= 0, y >= 0), xy >= 0),
                z3.Implies(z3.And(x >= 1, y >= 0), xy >= y),
                z3.Implies(z3.And(x >= 0, y >= 1), xy >= x),
                z3.Implies(z3.Or(z3.And(x <= 0, y >= 0), z3.And(x >= 0, y <= 0)), xy <= 0),
                z3.Implies(x == 1, xy == y),
                z3.Implies(y == 1, xy == x),
            ]
        return self.known[name]


def impossible(encoder: Encoder, formulas: Iterable[Any], assumed: Iterable[Polynomial] = ()) -> bool:
    """Whether ``formulas`` cannot hold together, given that the polynomials ``assumed`` are at least 0."""
    solver = z3.SolverFor("QF_UFLIA")
    solver.set("rlimit", RLIMIT)
    given = [encoder.value(value) >= 0 for value in assumed]
    for formula in [*formulas, *given]:
        solver.add(formula)
    solver.add(encoder.lemmas)
    return bool(solver.check() == z3.unsat)


def always(
    facts: Facts,
    where: Sequence[Frame],
    conditions: Sequence[Condition],
    assumed: Iterable[Polynomial] = (),
    testing: int = 0,
) -> bool:
    """Whether all ``conditions`` hold whenever something under ``where`` happens."""
    encoder = Encoder(facts)
    goals = z3.And([encoder.condition(condition) for condition in conditions])
    return impossible(encoder, [*encoder.domain(where, testing=testing), z3.Not(goals)], assumed)
