"""The one loop: propose, judge, repair, feed back. It knows no language and no instruction set.

Proposers offer candidates for a unit, and the ``rules`` are what there is without them. A candidate is judged only
while it is cheaper than the best that is already known; the rules' own is taken to be acceptable until it is looked
at, which happens when no cheaper one is proved. Judges stand in a row: each may decide, or leave it to the next. What
was refuted goes to the repairer, and then back to the proposers.

Without a proof the rules' candidate stands, or the cheapest tested one: what a proposer offers is never chosen for
being undecided.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from transpile.core.verdict import DIFFERS, Proved, Refuted, Tested, Undecided, Verdict
from transpile.core.yields import Yields

U = TypeVar("U")
U_in = TypeVar("U_in", contravariant=True)
C = TypeVar("C", bound=Hashable)

RULES, SAMPLES, SKETCHES, FEEDBACK = "rules", "samples", "sketches", "feedback"
"""The steps a candidate may come from."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[C]):
    """A proposed translation. ``cost`` ranks candidates: lower is tried first."""

    body: C
    cost: int
    proposer: str
    doubts: tuple[Any, ...] = ()
    """Places in the body that the proposer is unsure of, the least sure first; for a repairer."""
    filled: tuple[str, ...] = ()
    """What a repairer put where, readable."""
    step: str = ""
    """The step it came from, if it is known from an earlier run."""


@dataclass(frozen=True, slots=True)
class Judged(Generic[C]):
    """A candidate with its verdict; the feedback of the next round. ``judge``: who gave the verdict."""

    candidate: Candidate[C]
    verdict: Verdict
    step: str = RULES
    judge: str = ""


class Proposer(Protocol[U_in, C]):
    """Offers candidates for a unit. ``feedback`` holds what was tried before; no new candidate ends the rounds."""

    name: str

    def propose(self, unit: U_in, feedback: Sequence[Judged[C]]) -> Iterable[Candidate[C]]: ...


class Judge(Protocol[U_in, C]):
    """Decides about a candidate, or leaves it (None) to the next judge."""

    name: str

    def judge(self, unit: U_in, candidate: Candidate[C]) -> Verdict | None: ...


class Checker(Protocol[U_in, C]):
    """Decides what is known about a candidate."""

    def check(self, unit: U_in, candidate: Candidate[C]) -> Verdict: ...


class Witness(Protocol[U_in, C]):
    """Finds an input on which a candidate without proof differs; None if there is none to show."""

    def refute(self, unit: U_in, candidate: Candidate[C]) -> Refuted | None: ...


class Repairer(Protocol[U_in, C]):
    """Changes parts of a candidate without proof until it can be proved; None if that fails."""

    def repair(self, unit: U_in, judged: Judged[C]) -> Candidate[C] | None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one unit may cost, beside the rules' own candidate."""

    candidates: int = 16
    """Candidates that are judged in a round, beside repaired ones."""
    repairs: int = 2
    """Candidates given to the repairer."""
    rounds: int = 1
    """Times that proposers are asked again."""
    witnesses: int = 1
    """Counterexamples looked for before each of those."""
    explain: bool = False
    """Look for a counterexample to every candidate, for a person to read."""


@dataclass(frozen=True, slots=True)
class Seats(Generic[U, C]):
    """Who takes part beside the rules."""

    proposers: Sequence[Proposer[U, C]] = ()
    judges: Sequence[Judge[U, C]] = ()
    """They stand before the checker while there is a candidate of the rules to fall back on."""
    repairer: Repairer[U, C] | None = None
    witness: Witness[U, C] | None = None
    limits: Limits = Limits()
    admit: Sequence[Judge[U, C]] = ()
    """They stand before everything."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[C]):
    """The chosen candidate (None if nothing was proposed), its verdict, everything that was tried, and the counts."""

    chosen: Candidate[C] | None
    verdict: Verdict
    history: tuple[Judged[C], ...]
    yields: Yields = field(default_factory=Yields)


def translate_unit(
    unit: U, rules: Proposer[U, C], checker: Checker[U, C], seats: Seats[U, C] | None = None
) -> Outcome[C]:
    """Run the loop for one unit."""
    return _Search(unit, list(rules.propose(unit, ())), checker, seats or Seats()).run()


class _Search(Generic[U, C]):
    def __init__(self, unit: U, rules: list[Candidate[C]], checker: Checker[U, C], seats: Seats[U, C]) -> None:
        self.unit = unit
        self.rules = sorted(rules, key=lambda c: c.cost)
        self.checker = checker
        self.seats = seats
        self.history: list[Judged[C]] = []
        self.later: list[tuple[Candidate[C], str]] = []
        """Not cheaper than the rules' candidate: only looked at if that one is not proved."""
        self.seen: set[C] = set()
        self.bounded = bool(rules)
        self.judged = 0
        self.repaired = 0
        self.yields = Yields()

    def run(self) -> Outcome[C]:
        if self.seats.proposers:
            self._from_proposers()
        if not self._proved():
            for candidate in self.rules:
                self.yields.row(candidate.proposer, RULES).proposed += 1
                self._enter(candidate, RULES, self.checker.check(self.unit, candidate), "")
        if not self._proved():
            self.judged, self.bounded = 0, False
            for candidate, step in sorted(self.later, key=lambda found: found[0].cost):
                if self._spent() or self._proved():
                    break
                self.judged += 1
                self._judge(candidate, step)
        return self._outcome()

    def _from_proposers(self) -> None:
        limits = self.seats.limits
        for turn in range(1 + limits.rounds):
            if turn and not self._ready_to_ask_again():
                return
            begun, self.judged = len(self.history), 0
            step = FEEDBACK if turn else SAMPLES
            self._try(self._proposed(step), step)
            if not self._proved():
                self._repair(begun)
            if self._proved() or len(self.history) == begun:
                return

    def _ready_to_ask_again(self) -> bool:
        """Looks for counterexamples, as many as are wanted; False if there is nothing to tell."""
        self._settle(self.seats.limits.witnesses)
        return bool(self.history)

    def _settle(self, wanted: int) -> None:
        """Turn the first ``wanted`` open verdicts into counterexamples where there are some."""
        for position, judged in enumerate(self.history):
            if self.seats.witness is None or wanted <= 0:
                return
            if judged.step != RULES and isinstance(judged.verdict, Undecided) and DIFFERS in judged.verdict.detail:
                wanted -= 1
                refuted = self.seats.witness.refute(self.unit, judged.candidate)
                if refuted is not None:
                    self.history[position] = Judged(judged.candidate, refuted, judged.step, judged.judge)

    def _proposed(self, step: str) -> list[Candidate[C]]:
        """New candidates; those that cannot be better than the rules' are kept for later."""
        fresh: list[Candidate[C]] = []
        bound = self.rules[0].cost if self.rules else None
        for proposer in self.seats.proposers:
            for candidate in proposer.propose(self.unit, tuple(self.history)):
                row = self.yields.row(candidate.proposer, candidate.step or step)
                row.proposed += 1
                if candidate.body in self.seen:
                    row.repeated += 1
                    continue
                self.seen.add(candidate.body)
                if bound is not None and candidate.cost >= bound:
                    row.dearer += 1
                    self.later.append((candidate, step))
                else:
                    fresh.append(candidate)
        return sorted(fresh, key=lambda c: c.cost)

    def _try(self, candidates: Iterable[Candidate[C]], step: str) -> None:
        """Judge candidates, the cheapest first, until one is proved."""
        for candidate in candidates:
            if self._spent() or self._proved():
                return
            self.judged += 1
            self._judge(candidate, step)

    def _judge(self, candidate: Candidate[C], step: str) -> None:
        for judge in (*self.seats.admit, *(self.seats.judges if self.bounded else ())):
            verdict = judge.judge(self.unit, candidate)
            if verdict is not None:
                self._enter(candidate, step, verdict, judge.name)
                return
        self._enter(candidate, step, self.checker.check(self.unit, candidate), "")

    def _repair(self, begun: int) -> None:
        """Give the candidates of this round that were not proved to the repairer, the cheapest first."""
        for judged in self.history[begun:]:
            if self.seats.repairer is None or self.repaired >= self.seats.limits.repairs or self._proved():
                return
            self.repaired += 1
            row = self.yields.row(judged.candidate.proposer, SKETCHES)
            row.tried += 1
            found = self.seats.repairer.repair(self.unit, judged)
            if found is not None and found.body not in self.seen:
                row.proposed += 1
                self.seen.add(found.body)
                self._judge(found, SKETCHES)

    def _spent(self) -> bool:
        return self.judged >= self.seats.limits.candidates

    def _enter(self, candidate: Candidate[C], step: str, verdict: Verdict, judge: str) -> None:
        step = candidate.step or step
        self.history.append(Judged(candidate, verdict, step, judge))
        self.yields.judged(candidate.proposer, step, verdict, judge)

    def _proved(self) -> bool:
        return bool(self.history) and isinstance(self.history[-1].verdict, Proved)

    def _outcome(self) -> Outcome[C]:
        best = self.history[-1] if self._proved() else self._best()
        if self.seats.limits.explain:
            self._settle(len(self.history))
        history = tuple(self.history)
        if best is None:
            return Outcome(None, Undecided("no translation was proposed"), history, self.yields)
        saved = self.rules[0].cost - best.candidate.cost if self.rules and best.step != RULES else 0
        self.yields.chosen(best.candidate.proposer, best.step, saved)
        return Outcome(best.candidate, best.verdict, history, self.yields)

    def _best(self) -> Judged[C] | None:
        """The cheapest tested candidate; else the rules' own."""
        tested = [j for j in self.history if isinstance(j.verdict, Tested)]
        if tested:
            return min(tested, key=lambda j: j.candidate.cost)
        own = [j for j in self.history if j.step == RULES]
        for kind in (Undecided, Refuted):
            found = [j for j in own if isinstance(j.verdict, kind)]
            if found:
                return min(found, key=lambda j: j.candidate.cost)
        return None
