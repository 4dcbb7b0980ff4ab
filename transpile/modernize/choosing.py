"""Which texts stand for methods: what proposers offer, held against what the rules made.

A proposal is looked at when its syntax tree is smaller than that of the rules' method, the smallest first, or when that
method is not proved. It stands if its verdict is not weaker: the best verdict first, then the smaller tree. What is not
taken goes back to the proposers, with the counterexample in the program's own terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from transpile.core.loop import FEEDBACK, SAMPLES
from transpile.core.verdict import Refuted, Undecided, Verdict
from transpile.core.yields import Yields
from transpile.errors import printable
from transpile.modernize.answers import cost_of
from transpile.modernize.checks import Case
from transpile.modernize.judging import RANKS, Judgement
from transpile.modernize.proposers import Idea, Seat, Task, Tried
from transpile.translation import Attempt, reason_of

MOST_CHECKED = 4
"""Proposals for a method that are checked in a round, which takes seconds each."""
READING = "reading"
SHOWN_LINES = 40
"""Of an answer that is not looked at."""


class Judging(Protocol):
    def __call__(self, task: Task, text: str, /) -> Judgement: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """``candidates`` for a method are checked in a round; proposers are asked again ``feedback`` times."""

    candidates: int
    feedback: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A text that may stand, with who had it, and at which step."""

    text: str
    rank: int
    cost: int
    proposer: str
    step: str


@dataclass(slots=True)
class Improving:
    """One method on the way: what was tried, what counts for it, and what refuted ideas gave as tests."""

    task: Task
    tried: list[Tried] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    yields: Yields = field(default_factory=Yields)
    passed: list[Passed] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def best(self) -> Passed | None:
        return min(self.passed, key=lambda one: (one.rank, one.cost), default=None)


def choose(tasks: Sequence[Task], seats: Sequence[Seat], judge: Judging, limits: Limits) -> list[Improving]:
    """What was found for each of ``tasks``. Those that have something that is proved are asked about no more."""
    found = [Improving(task, seen={task.text}) for task in tasks]
    for turn in range(1 + limits.feedback):
        step = FEEDBACK if turn else SAMPLES
        open_ones = [one for one in found if one.best is None and (not turn or one.tried)]
        if not open_ones or not limits.candidates:
            break
        before = sum(len(one.tried) for one in open_ones)
        fresh = _proposed(open_ones, seats, step)
        for one, ideas in zip(open_ones, fresh, strict=True):
            _judge_some(one, ideas, step, judge, min(limits.candidates, MOST_CHECKED))
        if before == sum(len(one.tried) for one in open_ones):
            break
    return found


def _proposed(asked: Sequence[Improving], seats: Sequence[Seat], step: str) -> list[list[tuple[Idea, Seat, int]]]:
    """New ideas for each that are worth checking, the smallest first."""
    fresh: list[list[tuple[Idea, Seat, int]]] = [[] for _ in asked]
    for seat in seats:
        answers = seat.propose([(one.task, tuple(one.tried)) for one in asked])
        for one, ideas, kept in zip(asked, answers, fresh, strict=True):
            for idea in ideas:
                cost = _worth(one, idea, seat, step)
                if cost is not None:
                    kept.append((idea, seat, cost))
        _count(asked[0], seat, step)
    return [sorted(ideas, key=lambda found: found[2]) for ideas in fresh]


def _count(first: Improving, seat: Seat, step: str) -> None:
    """What a whole round of questions took is counted with the first method."""
    row = first.yields.row(seat.name, step)
    requests, tokens_in, tokens_out = seat.usage()
    row.requests += requests
    row.tokens_in += tokens_in
    row.tokens_out += tokens_out


def _worth(one: Improving, idea: Idea, seat: Seat, step: str) -> int | None:
    """The size of an idea that is worth checking."""
    row = one.yields.row(seat.name, step)
    if idea.refused:
        row.unread += 1
        verdict = Undecided(idea.refused)
        one.tried.append(Tried(idea, verdict, f"It is not looked at: {idea.refused}.", seat.name))
        if idea.text not in one.seen:
            one.seen.add(idea.text)
            lines = tuple(printable(line) for line in idea.text.splitlines()[:SHOWN_LINES])
            one.attempts.append(Attempt(seat.name, 0, verdict, step, READING, lines))
        return None
    row.proposed += 1
    if idea.text in one.seen:
        row.repeated += 1
        return None
    one.seen.add(idea.text)
    cost = cost_of(idea.text)
    if cost >= one.task.cost and RANKS[one.task.verdict.word] == 0:
        row.dearer += 1
        said = f"Its syntax tree has {cost} nodes; that of the method that is there has {one.task.cost}."
        one.tried.append(Tried(idea, Undecided("not smaller"), said, seat.name))
        return None
    return cost


def _judge_some(one: Improving, ideas: Sequence[tuple[Idea, Seat, int]], step: str, judge: Judging, most: int) -> None:
    for idea, seat, cost in ideas[:most]:
        found = judge(one.task, idea.text)
        one.yields.judged(seat.name, step, found.verdict, "")
        one.attempts.append(Attempt(seat.name, cost, found.verdict, step, "", indented(idea.text)))
        one.cases += found.cases
        complaint = _complaint(found, cost, one.task)
        one.tried.append(Tried(idea, found.verdict, complaint, seat.name))
        if not complaint:
            one.passed.append(Passed(idea.text, found.rank, cost, seat.name, step))
            if not found.rank:
                return


def indented(text: str) -> tuple[str, ...]:
    """The lines of a method as they are in a class."""
    return tuple(f"    {line}".rstrip() for line in text.splitlines())


def _complaint(found: Judgement, cost: int, task: Task) -> str:
    """What speaks against a text; empty if it may stand."""
    usual = RANKS[task.verdict.word]
    if isinstance(found.verdict, Refuted):
        return f"It is refuted. {_differs(found.verdict)}"
    if found.rank > usual or found.rank >= RANKS["undecided"]:
        said = found.no_proof or reason_of(found.verdict)
        return f"It is {found.verdict.word}, while the method that is there is {task.verdict.word}. {said}"[:1500]
    if found.rank == usual and cost >= task.cost:
        return f"Its syntax tree has {cost} nodes; that of the method that is there has {task.cost}."
    return ""


def _differs(verdict: Verdict) -> str:
    differs = verdict.differs if isinstance(verdict, Refuted) else ()
    return f"With these values in COBOL's own terms it differs: {'; '.join(differs)}"[:1500]
