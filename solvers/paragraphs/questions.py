"""What follows from what, asked of Z3 with bounded effort.

Products of unknowns, and quotients by them, are taken as opaque first: equal ones are written the same on both sides,
and what follows without knowing them follows. Only then Z3 is asked about what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import z3

from transpile.solvers.storage.values import Truth

RLIMIT = 3_000_000
FULL = 1_000_000
"""Effort where products and quotients of unknowns are what they are."""
PARTS = 64
"""Of what must be equal together, that are asked about one by one."""
DECISIONS = 100
"""Questions about the conditions in one term."""
GLANCE = 30_000
"""Effort for each of them."""
LOOK = 300_000
"""Effort for whether a path is possible: one that is not, but is taken for possible, costs only time."""

_Part: TypeAlias = tuple[z3.ExprRef, frozenset[int]]


@dataclass(slots=True)
class Questions:
    """``lemmas`` hold always; more may come. ``spent``: Z3's resources so far."""

    rlimit: int = RLIMIT
    lemmas: Sequence[Truth] = ()
    spent: int = 0
    _answers: dict[tuple[int, ...], bool] = field(default_factory=dict)
    _kept: list[z3.ExprRef] = field(default_factory=list)
    _opaque: dict[int, z3.ExprRef] = field(default_factory=dict)
    _parts: dict[int, tuple[_Part, ...]] = field(default_factory=dict)
    _counted: int = 0

    def possible(self, conditions: tuple[Truth, ...]) -> bool:
        """False only if the conditions contradict each other; all but the last are known not to."""
        return not conditions or not self._refuted(self._about(conditions[:-1], conditions[-1]), LOOK, opaque=True)

    def certain(self, conditions: tuple[Truth, ...], consequence: Truth) -> bool:
        """True only if the consequence follows."""
        asked = self._about(conditions, z3.Not(consequence))
        if self._refuted(asked, self.rlimit, opaque=True):
            return True
        return any(_nonlinear(each) for each in asked) and self._refuted(asked, min(FULL, self.rlimit), opaque=False)

    def equal(self, conditions: tuple[Truth, ...], equality: Truth) -> bool:
        """True only if what two programs have is equal: one may have come on a path to what is one term with both ways
        for the other."""
        simple = simplified(equality)
        if z3.is_true(simple) or z3.is_false(simple):
            return bool(z3.is_true(simple))
        if self._follows(conditions, simple, LOOK):
            return True
        parts = simple.children() if z3.is_and(simple) else [simple]
        if len(parts) <= PARTS and all(self._decided(conditions, simplified(each)) for each in parts):
            return True
        return self.certain(conditions, simple)

    def _decided(self, conditions: tuple[Truth, ...], truth: Truth) -> bool:
        """Whether ``truth`` follows with the ways in it that the conditions choose."""
        found = Deciding(lambda each: self._follows(conditions, each, GLANCE)).decided(truth)
        return bool(z3.is_true(found)) or self._follows(conditions, found, LOOK)

    def _follows(self, conditions: tuple[Truth, ...], truth: Truth, effort: int) -> bool:
        return self._refuted(self._about(conditions, z3.Not(truth)), effort, opaque=True)

    def model(self, conditions: tuple[Truth, ...], consequence: Truth) -> z3.ModelRef | None:
        """Values for which the conditions hold and the consequence does not, if Z3 has some."""
        solver = _solver(self.rlimit)
        solver.add(*conditions, z3.Not(consequence))
        found = solver.model() if solver.check() == z3.sat else None
        self._count(solver)
        return found

    def _about(self, conditions: Sequence[Truth], last: Truth) -> list[z3.ExprRef]:
        """``last``, and those of the conditions that have to do with it: by what they have in common with it, with
        those that have, and so on. To leave one out is always right."""
        left = [part for condition in (*conditions, *self.lemmas) for part in self._split(condition)]
        chosen = [*self._split(last)]
        reached = set[int]().union(*(unknowns for _, unknowns in chosen))
        near = chosen
        while near:
            near, far = list[_Part](), list[_Part]()
            for part in left:
                (far if part[1].isdisjoint(reached) else near).append(part)
            left = far
            chosen += near
            reached.update(*(unknowns for _, unknowns in near))
        return [term for term, _ in chosen]

    def _split(self, condition: z3.ExprRef) -> tuple[_Part, ...]:
        """The parts of a conjunction, each with the unknowns and functions that it is about."""
        key = condition.get_id()
        if key not in self._parts:
            self._kept.append(condition)
            inner = condition.children() if z3.is_and(condition) else []
            found = tuple(part for each in inner for part in self._split(each))
            self._parts[key] = found or ((condition, frozenset(_unknowns(condition))),)
        return self._parts[key]

    def _refuted(self, conditions: Sequence[z3.ExprRef], rlimit: int, *, opaque: bool) -> bool:
        asked = [self._hidden(each) for each in conditions] if opaque else list(conditions)
        key = (int(opaque), rlimit, *sorted(each.get_id() for each in asked))
        if key not in self._answers:
            self._kept += asked
            solver = _solver(rlimit)
            solver.add(*asked)
            self._answers[key] = solver.check() == z3.unsat
            self._count(solver)
        return self._answers[key]

    def _count(self, solver: z3.Solver) -> None:
        """Z3 counts for all solvers of the process together."""
        total = _total(solver)
        self.spent += total - self._counted if self._counted else 0
        self._counted = total

    def _hidden(self, term: z3.ExprRef) -> z3.ExprRef:
        """``term`` with unknowns for its products and quotients of unknowns."""
        known = self._opaque.get(term.get_id())
        if known is not None:
            return known
        pending = [term]
        while pending:
            at = pending[-1]
            if at.get_id() in self._opaque:
                pending.pop()
                continue
            waiting = [] if not z3.is_app(at) else [c for c in at.children() if c.get_id() not in self._opaque]
            if waiting:
                pending += waiting
                continue
            pending.pop()
            self._kept.append(at)
            self._opaque[at.get_id()] = self._without(at)
        return self._opaque[term.get_id()]

    def _without(self, term: z3.ExprRef) -> z3.ExprRef:
        if not z3.is_app(term) or not term.num_args():
            return term
        if _unknown_product(term):
            made: z3.ExprRef = z3.Int(f"opaque {term.get_id()}")
        else:
            made = term.decl()(*(self._opaque[child.get_id()] for child in term.children()))
        self._kept.append(made)
        return made


@dataclass(slots=True)
class Deciding:
    """Chooses the ways of an If that ``follows`` decides: where one side took a path on which the other has both ways
    in one term, the two are written the same then."""

    follows: Callable[[Truth], bool]
    left: int = DECISIONS
    _known: dict[int, z3.ExprRef] = field(default_factory=dict)
    _kept: list[z3.ExprRef] = field(default_factory=list)

    def decided(self, truth: Truth) -> Truth:
        try:
            return simplified(self._of(truth))
        except RecursionError:
            return truth

    def _of(self, term: z3.ExprRef) -> z3.ExprRef:
        if not z3.is_app(term) or not term.num_args():
            return term
        key = term.get_id()
        if key not in self._known:
            self._kept.append(term)
            self._known[key] = self._chosen(term) if term.decl().kind() == z3.Z3_OP_ITE else self._rebuilt(term)
        return self._known[key]

    def _rebuilt(self, term: z3.ExprRef) -> z3.ExprRef:
        return term.decl()(*(self._of(child) for child in term.children()))

    def _chosen(self, term: z3.ExprRef) -> z3.ExprRef:
        condition = z3.simplify(self._of(term.arg(0)))
        for truth, way in ((condition, 1), (z3.Not(condition), 2)):
            if z3.is_true(z3.simplify(truth)) or self._asked(truth):
                return self._of(term.arg(way))
        return z3.If(condition, self._of(term.arg(1)), self._of(term.arg(2)))

    def _asked(self, truth: Truth) -> bool:
        self.left -= 1
        return self.left >= 0 and self.follows(truth)


def simplified(truth: z3.ExprRef) -> Truth:
    found = z3.simplify(truth)
    assert isinstance(found, z3.BoolRef)
    return found


def _unknowns(term: z3.ExprRef) -> set[int]:
    found: set[int] = set()
    seen: set[int] = set()
    pending = [term]
    while pending:
        at = pending.pop()
        if at.get_id() in seen:
            continue
        seen.add(at.get_id())
        if z3.is_quantifier(at):
            pending.append(at.body())
        else:
            if z3.is_app(at) and at.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                found.add(at.decl().get_id())
            pending += at.children()
    return found


def _unknown_product(term: z3.ExprRef) -> bool:
    kind = term.decl().kind()
    if kind == z3.Z3_OP_MUL:
        return sum(not z3.is_int_value(child) for child in term.children()) > 1
    return kind in (z3.Z3_OP_IDIV, z3.Z3_OP_MOD, z3.Z3_OP_REM) and not z3.is_int_value(term.arg(1))


def _nonlinear(term: z3.ExprRef) -> bool:
    seen: set[int] = set()
    pending = [term]
    while pending:
        at = pending.pop()
        if at.get_id() in seen or not z3.is_app(at):
            continue
        seen.add(at.get_id())
        if _unknown_product(at):
            return True
        pending += at.children()
    return False


def _solver(rlimit: int) -> z3.Solver:
    solver = z3.Solver()
    solver.set(rlimit=rlimit)
    return solver


def _total(solver: z3.Solver) -> int:
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118
