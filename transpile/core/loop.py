"""The one loop: propose, filter, check, feed back. It knows no language and no instruction set.

A proposer offers candidates for a unit; cheap candidates come first, the filter drops those that are plainly wrong, the
checker gives a verdict. The cheapest proved candidate wins; without one, the cheapest tested one. What was refuted goes
back to the proposers, which may use it for another round.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict

U = TypeVar("U")
U_in = TypeVar("U_in", contravariant=True)
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[C]):
    """A proposed translation. ``cost`` ranks candidates: lower is tried first."""

    body: C
    cost: int
    proposer: str


@dataclass(frozen=True, slots=True)
class Judged(Generic[C]):
    """A candidate with its verdict; the feedback of the next round."""

    candidate: Candidate[C]
    verdict: Verdict


class Proposer(Protocol[U_in, C]):
    """Offers candidates for a unit. ``feedback`` holds what was tried before; no new candidate ends the rounds."""

    name: str

    def propose(self, unit: U_in, feedback: Sequence[Judged[C]]) -> Iterable[Candidate[C]]: ...


class Filter(Protocol[U_in, C]):
    """A cheap test that may only say no: a Refuted verdict, or None to go on."""

    def reject(self, unit: U_in, candidate: Candidate[C]) -> Verdict | None: ...


class Checker(Protocol[U_in, C]):
    """Decides what is known about a candidate."""

    def check(self, unit: U_in, candidate: Candidate[C]) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Outcome(Generic[C]):
    """The chosen candidate (None if nothing was proposed), its verdict, and everything that was tried."""

    chosen: Candidate[C] | None
    verdict: Verdict
    history: tuple[Judged[C], ...]


def translate_unit(
    unit: U,
    proposers: Sequence[Proposer[U, C]],
    checker: Checker[U, C],
    filters: Sequence[Filter[U, C]] = (),
    rounds: int = 2,
) -> Outcome[C]:
    """Run the loop for one unit. A round asks every proposer once; a proof ends it."""
    history: list[Judged[C]] = []
    for _ in range(rounds):
        fresh = [c for p in proposers for c in p.propose(unit, history)]
        if not fresh:
            break
        for candidate in sorted(fresh, key=lambda c: c.cost):
            judged = Judged(candidate, _judge(unit, candidate, checker, filters))
            history.append(judged)
            if isinstance(judged.verdict, Proved):
                return Outcome(candidate, judged.verdict, tuple(history))
    best = _best(history)
    if best is None:
        return Outcome(None, Undecided("no translation was proposed"), ())
    return Outcome(best.candidate, best.verdict, tuple(history))


def _judge(unit: U, candidate: Candidate[C], checker: Checker[U, C], filters: Sequence[Filter[U, C]]) -> Verdict:
    for cheap in filters:
        verdict = cheap.reject(unit, candidate)
        if verdict is not None:
            return verdict
    return checker.check(unit, candidate)


def _best(history: Sequence[Judged[C]]) -> Judged[C] | None:
    """The cheapest tested candidate; else the cheapest undecided; else the cheapest of all."""
    for kind in (Tested, Undecided, Refuted):
        found = [j for j in history if isinstance(j.verdict, kind)]
        if found:
            return min(found, key=lambda j: j.candidate.cost)
    return None
