"""Which of several plans, or whole CUDA texts, stands: what proposers offer, judged against what the rules propose.

A proposal is looked at when the cost model finds it clearly cheaper than the rules' plan, the cheapest first. The first
one that is proved stands. Else the rules' plan is checked too, and a proposal replaces it only if its verdict is not
weaker: best verdict first, then the lower cost. The cost of a whole CUDA text is not known, so it needs the better
verdict. What is not taken goes back to the proposers that learn from it, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from transpile.core.loop import FEEDBACK, SAMPLES
from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.core.yields import ASSEMBLING, Yields
from transpile.cuda.plan_text import show
from transpile.errors import Diagnostic, TranspileError
from transpile.offload.ladder import RACES, Climb
from transpile.offload.proposers import Idea, Seat, Task, Tried, forbidden
from transpile.translation import Attempt, Translation

CHEAPER = 0.9
"""A proposal must cost less than so much of the rules' plan: the model is no more exact than that."""
MOST_CHECKED = 4
"""Proposals that climb the ladder in a round, which takes seconds each."""
RANKS = {"proved": 0, "tested": 1, "undecided": 2, "refuted": 3}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a plan or a text: its checks, and whether it sums floating values in another order."""

    climb: Climb
    regroups: bool

    @property
    def standing(self) -> tuple[int, int, bool]:
        """Less is better: the weakest verdict, how many launches are not proved, whether equal means about equal."""
        words = [one.verdict.word for one in self.climb.kernels.values()]
        if self.climb.refuted or not words:
            return RANKS["refuted"], len(words), self.regroups
        return max(RANKS[word] for word in words), sum(word != "proved" for word in words), self.regroups

    @property
    def verdict(self) -> Verdict:
        """That of the weakest launch."""
        verdicts = [one.verdict for one in self.climb.kernels.values()]
        return max(verdicts, key=lambda one: RANKS[one.word], default=Undecided("it launches nothing"))


@dataclass(frozen=True, slots=True)
class Limits:
    """``candidates`` a round are looked at; proposers are asked again ``feedback`` times."""

    candidates: int
    feedback: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The idea that stands instead of the rules' plan, if one does, who had it, and what was tried."""

    idea: Idea | None
    proposer: str
    attempts: tuple[Attempt, ...]
    yields: Yields
    troubles: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Choosing:
    """``check`` carries an idea out and climbs the ladder with it; ``usual`` does so for the rules' plans, and is asked
    at most once (None: they have no plan)."""

    task: Task
    seats: Sequence[Seat]
    limits: Limits
    check: Callable[[Idea, str], Checked]
    usual: Callable[[], Checked | None]
    tried: list[Tried] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    yields: Yields = field(default_factory=Yields)
    known: dict[Idea, tuple[Checked, str, str]] = field(default_factory=dict)
    """Ideas that passed, with who had them and at which step."""
    seen: set[Idea] = field(default_factory=set)

    def run(self) -> Choice:
        self.seen = {Idea(self.task.usual.plan)} if self.task.usual is not None else set()
        for turn in range(1 + self.limits.feedback):
            fresh = self._proposed(turn)
            for idea, seat, step in fresh[: min(self.limits.candidates, MOST_CHECKED)]:
                self._judge(idea, seat, step)
                if self._best_possible(idea):
                    return self._choice(idea)
            if not fresh and turn:
                break
        return self._choice(self._better_than_usual())

    def _proposed(self, turn: int) -> list[tuple[Idea, Seat, str]]:
        """New ideas that are worth checking, the cheapest first."""
        step = FEEDBACK if turn else SAMPLES
        fresh: list[tuple[Idea, Seat, str]] = []
        for seat in self.seats:
            if (turn and not seat.learns) or (self.task.usual is None and not seat.outside):
                continue
            for idea in seat.propose(self.task, tuple(self.tried)):
                if self._worth(idea, seat, step):
                    fresh.append((idea, seat, step))
            self._count(seat, step)
        return sorted(fresh, key=lambda found: self._cost(found[0]))

    def _count(self, seat: Seat, step: str) -> None:
        row = self.yields.row(seat.name, step)
        requests, tokens_in, tokens_out, unread = seat.usage()
        row.requests += requests
        row.tokens_in += tokens_in
        row.tokens_out += tokens_out
        row.unread += unread

    def _worth(self, idea: Idea, seat: Seat, step: str) -> bool:
        row = self.yields.row(seat.name, step)
        row.proposed += 1
        if idea in self.seen:
            row.repeated += 1
            return False
        self.seen.add(idea)
        if idea.plan is None:
            return True
        reason = forbidden(idea.plan, self.task.analysis)
        if reason:
            self._refuse(idea, seat, step, f"It puts a loop on the device that may not run there: {reason}", "analysis")
            return False
        bound = self._bound()
        if self._cost(idea) >= CHEAPER * bound:
            row.dearer += 1
            said = f"It is taken to need {self._cost(idea) / 1000:.0f} us; the plan that passes, {bound / 1000:.0f} us."
            self.tried.append(Tried(idea, Undecided("not cheaper"), said, seat.name))
            return False
        return True

    def _bound(self) -> float:
        return self.task.costs.total(self.task.usual.plan.steps) if self.task.usual is not None else inf

    def _cost(self, idea: Idea) -> float:
        return self.task.costs.total(idea.plan.steps) if idea.plan is not None else inf

    def _refuse(self, idea: Idea, seat: Seat, step: str, reason: str, judge: str) -> None:
        verdict = Undecided(reason)
        self.yields.judged(seat.name, step, verdict, judge)
        self.tried.append(Tried(idea, verdict, reason, seat.name))
        self._attempt(idea, seat, step, verdict, judge)

    def _judge(self, idea: Idea, seat: Seat, step: str) -> None:
        try:
            found = self.check(idea, seat.name)
        except TranspileError as error:
            said = "; ".join(one.render().partition("\n")[0] for one in error.diagnostics[:3])
            self._refuse(idea, seat, step, said, ASSEMBLING)
            return
        verdict = found.verdict
        self.yields.judged(seat.name, step, verdict, "")
        self._attempt(idea, seat, step, verdict, "")
        reason = _complaint(found, idea)
        if not reason:
            self.known[idea] = (found, seat.name, step)
        self.tried.append(Tried(idea, verdict, reason or f"It passes, as {verdict.word}.", seat.name))

    def _attempt(self, idea: Idea, seat: Seat, step: str, verdict: Verdict, judge: str) -> None:
        cost = self._cost(idea)
        text = show(idea.plan) if idea.plan is not None else idea.text
        whole = 0 if cost == inf else round(cost)
        self.attempts.append(Attempt(seat.name, whole, verdict, step, judge, tuple(text.splitlines())))

    def _best_possible(self, idea: Idea) -> bool:
        """Whether no other verdict can be better, so that the rules' plan need not be checked."""
        return idea in self.known and self.known[idea][0].standing == (0, 0, False) and idea.plan is not None

    def _better_than_usual(self) -> Idea | None:
        if not self.known:
            return None
        best = min(self.known, key=lambda idea: (self.known[idea][0].standing, self._cost(idea)))
        usual = self.usual()
        standing = self.known[best][0].standing
        if usual is None or standing < usual.standing:
            return best
        return best if standing == usual.standing and self._cost(best) < self._bound() else None

    def _choice(self, idea: Idea | None) -> Choice:
        troubles = tuple(
            Diagnostic("warning", f"the language model '{seat.name}': {seat.trouble}", passing=True)
            for seat in self.seats
            if seat.trouble
        )
        if idea is None:
            return Choice(None, "", tuple(self.attempts), self.yields, troubles)
        _, proposer, step = self.known[idea]
        cost = self._cost(idea)
        saved = round(self._bound() - cost) if cost < self._bound() < inf else 0
        self.yields.chosen(proposer, step, saved)
        return Choice(idea, proposer, tuple(self.attempts), self.yields, troubles)


def _complaint(found: Checked, idea: Idea) -> str:
    """What speaks against an idea, with the counterexample; empty if it may stand."""
    if found.climb.refuted or isinstance(found.verdict, Refuted):
        failed = [
            f"{r.name}: {r.detail}" for one in found.climb.kernels.values() for r in one.rungs if r.outcome == "failed"
        ]
        failed += [one.render().partition("\n")[0] for one in found.climb.diagnostics if one.severity == "error"]
        witness = found.verdict.witness if isinstance(found.verdict, Refuted) else {}
        sizes = ", ".join(f"{name} = {value}" for name, value in witness.items())
        said = "; ".join(dict.fromkeys(failed))[:1500]
        return f"It is refuted. {said}" + (f" With {sizes}." if sizes else "")
    if not isinstance(found.verdict, Proved | Tested):
        return f"It could not be checked: {getattr(found.verdict, 'reason', '')}"
    if idea.plan is not None:
        return ""
    for name, one in found.climb.kernels.items():
        for rung in one.rungs:
            if rung.name == RACES and rung.outcome != "passed":
                return f"It is not known that '{name}' has no races: {rung.detail}"
    return ""


def told(translation: Translation, choice: Choice) -> Translation:
    """``translation`` with what was tried, and what it took."""
    functions = []
    for function in translation.functions:
        blocks = [replace(one, history=(*choice.attempts, *one.history)) for one in function.blocks]
        blocks[:1] = [replace(one, yields=choice.yields) for one in blocks[:1]]
        functions.append(replace(function, blocks=tuple(blocks)))
    return replace(translation, functions=tuple(functions), diagnostics=(*translation.diagnostics, *choice.troubles))
