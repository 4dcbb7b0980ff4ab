"""Numbers for the open immediates of a translation, by counterexample-guided inductive synthesis.

The target's texts name symbols where the holes are. A round asks Z3 for numbers with which every counterexample seen so
far comes out right; whoever asks checks them on all states and comes back with the next counterexample
(Solar-Lezama, Program Synthesis by Sketching, 2008, chapter 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import z3

from transpile.solvers import terms as t
from transpile.solvers.case import Case, Convention, Mismatch
from transpile.solvers.entry import machines
from transpile.solvers.obligations import obligations_of, source_outputs
from transpile.solvers.smt import MEMORY_MB, Model
from transpile.solvers.smt_encode import Encoder
from transpile.solvers.terms import Term, postorder

PREFIX = "sym:"
"""How the variable of a symbol begins: see ``symbols``."""


def numbers(
    case: Case, convention: Convention, holes: Mapping[str, range], seen: Sequence[Model], rlimit: int
) -> dict[str, int] | None:
    """Values of ``holes`` that are right in every state of ``seen``; None if there are none, or none was found.

    ``holes``: the symbol of each hole, and the numbers it may have.
    """
    source, target = machines(case, convention)
    source.run(case.source, source_outputs(case))
    target.run(case.target, None)
    if source.unsupported is not None or target.unsupported is not None:
        return None
    try:
        obligations = list(obligations_of(case, convention, source, target))
    except Mismatch:
        return None
    goals = [t.bor(t.bnot(o.guard), o.goal) for o in obligations]
    goals = [goal for goal in goals if goal is not t.TRUE]
    return _solve(goals, {PREFIX + name: allowed for name, allowed in holes.items()}, seen, rlimit)


def _solve(
    goals: Sequence[Term], holes: Mapping[str, range], seen: Sequence[Model], rlimit: int
) -> dict[str, int] | None:
    encoder = Encoder()
    context = encoder.context
    solver = z3.SolverFor("QF_BV", ctx=context)
    solver.set("max_memory", MEMORY_MB)
    solver.set("rlimit", rlimit)
    wanted = {name: encoder.expression(t.var(name, 64)) for name in holes}
    for name, allowed in holes.items():
        solver.add(wanted[name] >= allowed.start, wanted[name] < allowed.stop)
    try:
        for number, model in enumerate(seen):
            for fact in _instance(goals, holes, model, encoder, number):
                solver.add(fact)
        if solver.check() != z3.sat:
            return None
        found = solver.model()
        values = {name: found.eval(one, model_completion=True).as_signed_long() for name, one in wanted.items()}
    except z3.Z3Exception:
        return None
    return {name.removeprefix(PREFIX): value for name, value in values.items()}


def _instance(
    goals: Sequence[Term], holes: Mapping[str, range], model: Model, encoder: Encoder, number: int
) -> list[Any]:
    """The goals in one state: only the holes are open, and what is read at an address that depends on them."""
    order = postorder(goals)
    open_ones = _depending(order, holes)
    known: list[tuple[Any, Any]] = []
    reads: list[tuple[Term, Any]] = []
    settled = [term for term in order if term.op in ("var", "load", "apply") and term not in open_ones]
    for term, value in zip(settled, model.values(settled), strict=True):
        known.append((_atom(encoder, term), _constant(encoder, value, term.width)))
    for term in order:
        if term in open_ones and term.op in ("load", "apply"):
            fresh = z3.FreshConst(_sort(encoder, term.width), f"open{number}")
            known.append((_atom(encoder, term), fresh))
            if term.op == "load":
                reads.append((term, fresh))
    facts = [z3.substitute(_truth(encoder, goal), *known) for goal in goals]
    for term, fresh in reads:
        address = z3.substitute(encoder.expression(term.args[0]), *known)
        for other, value in zip(settled, model.values(settled), strict=True):
            if other.op == "load" and other.value == term.value and other.width == term.width:
                at = model.values([other.args[0]])[0]
                same = address == _constant(encoder, at, other.args[0].width)
                facts.append(z3.Implies(same, fresh == _constant(encoder, value, term.width)))
    return facts


def _depending(order: Sequence[Term], holes: Mapping[str, range]) -> set[Term]:
    found: set[Term] = set()
    for term in order:
        if (term.op == "var" and term.name in holes) or any(arg in found for arg in term.args):
            found.add(term)
    return found


def _sort(encoder: Encoder, width: int) -> Any:
    return z3.BoolSort(encoder.context) if width == 1 else z3.BitVecSort(width, encoder.context)


def _atom(encoder: Encoder, term: Term) -> Any:
    ast = encoder.encode(term)
    return z3.BoolRef(ast, encoder.context) if term.width == 1 else z3.BitVecRef(ast, encoder.context)


def _truth(encoder: Encoder, goal: Term) -> Any:
    return z3.BoolRef(encoder.encode(goal), encoder.context)


def _constant(encoder: Encoder, value: int, width: int) -> Any:
    if width == 1:
        return z3.BoolVal(bool(value), encoder.context)
    return z3.BitVecVal(value, width, encoder.context)
