"""The checker: one block, its translation, and the relations around it, as proof obligations.

The source block runs symbolically from a state that satisfies the entry relation, and so does the translation. Proved
are: the same stores in the same order with the same values, the same exits under the same conditions, and at every
exit the relation that its successor assumes. Memory before the block is the same for both and opaque.

A return, call or tail call must hand over the stack as the target's convention wants it, and every register that the
convention preserves and that holds no source state must be untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transpile.core.verdict import Proved, Undecided, Verdict
from transpile.solvers import terms as t
from transpile.solvers.assume import zero_tests
from transpile.solvers.case import Case, Convention, Mismatch, Obligation
from transpile.solvers.entry import machines
from transpile.solvers.machine import TRUE, Machine
from transpile.solvers.obligations import obligations_of, source_outputs
from transpile.solvers.rewrite_divide import IMPOSSIBLE
from transpile.solvers.smt import GaveUp, Model, Valid, check_valid
from transpile.solvers.terms import Term

__all__ = ["ASSUMPTIONS", "Case", "Convention", "Difference", "Obligation", "Outcome", "prove"]

ASSUMPTIONS = (
    "x86 does not fault in this block",
    "no pointer reaches the return address or the translation's private slots",
    "NaN payloads and signs of arithmetic results are not distinguished",
)
ALIGNED = "atomic accesses are aligned: the target faults where they are not"


@dataclass(frozen=True, slots=True)
class Difference:
    """A model in which an obligation fails; not believed before it is replayed."""

    names: tuple[str, ...]
    model: Model


@dataclass(slots=True)
class Outcome:
    """``verdict`` is Proved or Undecided; ``difference`` is set when the solver found a model."""

    verdict: Verdict
    difference: Difference | None = None
    source: Machine | None = None
    target: Machine | None = None
    rlimit: int = 0
    obligations: list[Obligation] = field(default_factory=list)


def prove(case: Case, convention: Convention, rlimit: int) -> Outcome:
    """Check ``case``; at most ``rlimit`` Z3 resource units."""
    source, target = machines(case, convention)
    source.run(case.source, source_outputs(case))
    if source.unsupported is not None:
        return Outcome(Undecided(f"outside the model: {source.unsupported}"), None, source, target)
    impossible = zero_tests(source)
    IMPOSSIBLE.update(impossible)
    try:
        if impossible:
            source, target = machines(case, convention)
            source.run(case.source, source_outputs(case))
        target.run(case.target, None)
        if target.unsupported is not None:
            return Outcome(Undecided(f"outside the model: {target.unsupported}"), None, source, target)
        obligations = list(obligations_of(case, convention, source, target))
    except Mismatch as mismatch:
        return Outcome(Undecided(str(mismatch)), None, source, target)
    finally:
        IMPOSSIBLE.clear()
    open_ones = [o for o in obligations if o.goal is not TRUE]
    if not open_ones:
        return Outcome(Proved(_granted(source)), None, source, target, 0, obligations)
    return _solve([t.bnot(test) for test in impossible], open_ones, rlimit, source, target, obligations)


def _granted(source: Machine) -> tuple[str, ...]:
    atomics = any(store.kind == "atomic" and store.nbytes > 1 for store in source.log)
    return (*ASSUMPTIONS, ALIGNED) if atomics else ASSUMPTIONS


def _solve(
    facts: Sequence[Term],
    open_ones: Sequence[Obligation],
    rlimit: int,
    source: Machine,
    target: Machine,
    obligations: list[Obligation],
) -> Outcome:
    goals = [o.goal if o.guard is TRUE else t.bor(t.bnot(o.guard), o.goal) for o in open_ones]
    remaining = [(o, g) for o, g in zip(open_ones, goals, strict=True) if g is not TRUE]
    if not remaining:
        return Outcome(Proved(_granted(source)), None, source, target, 0, obligations)
    answer = check_valid(facts, [g for _, g in remaining], rlimit)
    match answer:
        case Valid(rlimit=used):
            return Outcome(Proved(_granted(source), used), None, source, target, used, obligations)
        case Model():
            names = tuple(o.name for o, g in remaining if not answer.satisfies(g))
            difference = Difference(names or tuple(o.name for o, _ in remaining), answer)
            reason = "the solver found a difference in " + ", ".join(difference.names[:4])
            return Outcome(Undecided(reason), difference, source, target, rlimit, obligations)
        case GaveUp(reason=reason):
            about = ", ".join(o.name for o, _ in remaining[:4])
            return Outcome(Undecided(f"solver gave up on {about}: {reason}"), None, source, target, rlimit, obligations)
