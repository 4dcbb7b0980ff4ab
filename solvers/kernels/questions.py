"""Questions to the solver: can two threads do this at the same time?

A formula speaks of one thread. For the other one, the symbols that the two do not share have other names; facts hold
for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import z3

from transpile.solvers.kernels.accesses import Access, Meeting, Pair
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.logic import (
    FALSE,
    TRUE,
    Scope,
    Symbols,
    Term,
    conjunction,
    disjunction,
    negate,
    products,
)
from transpile.solvers.kernels.values import Offset

DIMENSIONS = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds of each question: Z3's resource units and milliseconds."""

    rlimit: int = 8_000_000
    timeout_ms: int = 4_000


@dataclass(frozen=True, slots=True)
class Example:
    """Values for which the answer is yes; ``names`` are the symbols of the second thread."""

    model: z3.ModelRef
    names: Mapping[str, Term]
    confirmed: bool


@dataclass(slots=True)
class Questions:
    symbols: Symbols
    arithmetic: Arithmetic
    facts: Sequence[Term]
    builtins: Mapping[str, Mapping[str, Term]]
    budget: Budget
    same_values: bool = False
    _others: dict[Scope, dict[str, Term]] = field(init=False)
    _fact_names: list[tuple[Term, frozenset[str]]] = field(init=False)

    def __post_init__(self) -> None:
        self._others = {scope: self._second(scope) for scope in (Scope.BLOCK, Scope.THREAD)}
        self._fact_names = [(fact, self.symbols.used(fact)) for fact in self.facts]

    def _second(self, scope: Scope) -> dict[str, Term]:
        """The symbols of the second thread; those of a scope below ``scope`` are shared."""
        names = [name for name, own in self.symbols.scopes.items() if own >= scope and not name.endswith("″")]
        return {
            name: z3.Const(f"{name}{'″' if scope == Scope.THREAD else '‴'}", self.symbols.terms[name].sort())
            for name in names
        }

    def race(self, pair: Pair, same_block: bool) -> Example | str | None:
        """Whether threads of the same block, or of different ones, can do both; a string says why that is not known."""
        first, second = pair.first, pair.second
        names = self._others[Scope.THREAD if same_block else Scope.BLOCK]
        mine = [*first.path, *(pair.given if same_block else ())]
        theirs = [*second.path, *(pair.given if same_block else ())]
        moved = self._moved(second, names)
        parts = [*mine, *(self.symbols.rename(term, names) for term in theirs), self.overlap(first, moved)]
        if self.same_values and first.kind == second.kind == "write" and first.size == second.size:
            parts.append(self._different(first, moved))
        return self._ask(parts, names, self._distinct(same_block, names))

    def diverges(self, meeting: Meeting) -> Example | str | None:
        """Whether of two threads of a block, one can take the path and the other not."""
        if self.symbols.scope(conjunction((*meeting.path, *meeting.among))) < Scope.THREAD:
            return None
        names = self._others[Scope.THREAD]
        among = [*meeting.among, *(self.symbols.rename(term, names) for term in meeting.among)]
        path = conjunction(meeting.path)
        parts = [*among, path, negate(self.symbols.rename(path, names))]
        return self._ask(parts, names, self._distinct(True, names), meeting.facts)

    def _moved(self, access: Access, names: Mapping[str, Term]) -> Access:
        offset = access.offset
        index = self.symbols.rename(offset.index, names)
        value = None if access.value is None else self.symbols.rename(access.value, names)
        return Access(
            access.base,
            Offset(offset.stride, index, offset.displacement),
            access.size,
            access.kind,
            (),
            access.span,
            value,
        )

    def overlap(self, first: Access, second: Access) -> Term:
        """Whether the two accesses have a byte in common."""
        arithmetic = self.arithmetic
        one, other = first.offset, second.offset
        stride = min(one.stride, other.stride)
        scaled = one.scaled(arithmetic, stride), other.scaled(arithmetic, stride)
        if scaled[0] is not None and scaled[1] is not None:
            one, other = scaled[0], scaled[1]
            within = all(
                o.displacement >= 0 and o.displacement + a.size <= stride for o, a in ((one, first), (other, second))
            )
            if within:
                apart = one.displacement + first.size <= other.displacement
                apart = apart or other.displacement + second.size <= one.displacement
                return FALSE if apart else one.index == other.index
        start, other_start = (self._bytes(offset) for offset in (one, other))
        before = arithmetic.less(start, other_start + arithmetic.index(second.size))
        return conjunction((before, arithmetic.less(other_start, start + arithmetic.index(first.size))))

    def _bytes(self, offset: Offset) -> Term:
        arithmetic = self.arithmetic
        return offset.index * arithmetic.index(offset.stride) + arithmetic.index(offset.displacement)

    def _different(self, first: Access, second: Access) -> Term:
        """Whether two writes to the same bytes leave different values, or ones that are not constants."""
        if first.value is None or second.value is None or not first.value.eq(second.value):
            return TRUE
        if any(name in self.symbols.scopes for name in self.symbols.used(first.value)):
            return TRUE
        return negate(self._bytes(first.offset) == self._bytes(second.offset))

    def _distinct(self, same_block: bool, names: Mapping[str, Term]) -> Term:
        ids = self.builtins["threadIdx" if same_block else "blockIdx"]
        return disjunction(negate(ids[d] == self.symbols.rename(ids[d], names)) for d in DIMENSIONS)

    def _ask(
        self, parts: Sequence[Term], names: Mapping[str, Term], distinct: Term, known: int | None = None
    ) -> Example | str | None:
        asked = z3.simplify(z3.And(*parts, distinct))
        if z3.is_false(asked):
            return None
        backwards = {str(other.decl().name()): name for name, other in names.items()}
        used = {backwards.get(name, name) for name in self.symbols.used(asked)}
        used |= {
            str(term.decl().name()) for ids in self.builtins.values() for term in ids.values() if not term.num_args()
        }
        facts = self._relevant(used, known)
        everything = [asked, *facts, *(self.symbols.rename(fact, names) for fact in facts)]
        everything += self._bounds(everything, names)
        solver = z3.Solver()
        solver.set(timeout=self.budget.timeout_ms, rlimit=self.budget.rlimit)
        solver.add(*everything, *_lemmas(everything))
        answer = solver.check()
        if answer == z3.unsat:
            return None
        if answer != z3.sat:
            return "the solver finds no answer in its time"
        unknown = any(name in self.symbols.unknown or name.endswith("()") for name in used)
        return Example(solver.model(), names, not unknown)

    def _relevant(self, used: set[str], known: int | None) -> list[Term]:
        """Those of the first ``known`` facts that say something of the symbols ``used``, which grow by theirs."""
        found: list[Term] = []
        left = self._fact_names[:known]
        while True:
            now = [(fact, names) for fact, names in left if names & used or not names]
            if not now:
                return found
            found += [fact for fact, _ in now]
            left = [(fact, names) for fact, names in left if not (names & used or not names)]
            for _, names in now:
                used |= names

    def _bounds(self, terms: Sequence[Term], names: Mapping[str, Term]) -> list[Term]:
        """The ranges of the symbols in ``terms``."""
        found: list[Term] = []
        backwards = {str(other.decl().name()): (name, other) for name, other in names.items()}
        for used in sorted(set().union(*(self.symbols.used(term) for term in terms))):
            name, term = backwards.get(used, (used, self.symbols.terms.get(used)))
            if term is not None and name in self.symbols.ranges:
                low, high = self.symbols.ranges[name]
                found += self._between(term, low, high)
        return found

    def _between(self, term: Term, low: int, high: int) -> list[Term]:
        if z3.is_int(term):
            return [low <= term, term <= high]
        size = term.size()
        if low >= 0 and high >= (1 << size) - 1:
            return []
        if low < 0:
            return [] if low <= -(1 << size - 1) else [low <= term, term <= high]
        return [z3.ULE(term, high), *([z3.UGE(term, low)] if low else [])]


def _lemmas(terms: Sequence[Term]) -> list[Term]:
    """What the solver is slow to see of products that share a positive factor: they are apart by it, or equal."""
    found: list[Term] = []
    pairs = products(terms)
    oriented = [(a, b) for a, b in pairs] + [(b, a) for a, b in pairs]
    for at, (left, factor) in enumerate(oriented):
        for other, same in oriented[at + 1 :]:
            if factor.eq(same) and not left.eq(other) and len(found) < 200:
                less = z3.Implies(left < other, left * factor + factor <= other * factor)
                more = z3.Implies(other < left, other * factor + factor <= left * factor)
                found.append(z3.Implies(factor >= 1, z3.And(less, more)))
    return found
