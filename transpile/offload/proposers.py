"""The seats of proposers: who offers plans, or whole CUDA texts, for a function beside the rules.

What a proposer offers is untrusted. A plan is parsed, carried out by the emitter and checked like any other, and a loop
that the analysis does not allow on the device is refused before anything runs. What goes wrong in a proposer costs its
own ideas and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from random import Random
from typing import Protocol

from transpile.c.unit import Function, Unit
from transpile.core.verdict import Verdict
from transpile.cuda.plan import Grid, Plan, Scan, Step, Wavefront
from transpile.errors import TranspileError, printable
from transpile.offload.cost import Model as CostModel
from transpile.offload.nest_tokens import Form, form, shared_with_others
from transpile.offload.rules import Proposal, completed, in_function, loop_name
from transpile.offload.variants import preferred, variants
from transpile.solvers.loops.analysis import Analysis, Loop
from transpile.solvers.loops.verdicts import Carried, Unknown
from transpile.solvers.loops.verdicts import Wavefront as InFronts

MAX_FAULTS = 3
"""Faults in a row after which a proposer is no longer asked."""
MAX_IDEAS = 64
"""Of one proposer in a round; what is beyond is not looked at."""


@dataclass(frozen=True, slots=True)
class Idea:
    """A plan, or a whole CUDA text in its place."""

    plan: Plan | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """An idea that was not taken, and why, in words that a model can be told."""

    idea: Idea
    verdict: Verdict
    complaint: str
    proposer: str


@dataclass(frozen=True, slots=True)
class Task:
    """A function to propose for. ``usual`` is what the rules propose, if anything."""

    unit: Unit
    function: Function
    analysis: Analysis
    usual: Proposal | None
    costs: CostModel
    scratch: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Nest:
    """A top-level loop, with the steps that the rules take for it."""

    loop: Loop
    form: Form | None
    usual: tuple[Step, ...]


class Proposer(Protocol):
    """Offers ideas for a function; ``feedback`` is what was tried before. No new idea ends the rounds."""

    @property
    def name(self) -> str: ...

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]: ...


def nests(analysis: Analysis, steps: Sequence[Step]) -> Iterator[Nest]:
    """The nests of a function of which ``steps`` run something on the device."""
    for loop in analysis.loops:
        spans = {(one.span.line, one.span.column) for one in loop.walk()}
        own = tuple(step for step in steps if (step.loop.line, step.loop.column) in spans)
        if own and in_function(loop):
            yield Nest(loop, form(analysis, loop, shared_with_others(analysis, loop)), own)


def combined(task: Task, ways: Sequence[Sequence[tuple[Step, ...]]]) -> Iterator[Plan]:
    """Plans from the ways of each nest, the best first: the first way of every nest, then one other way at a time."""
    assert task.usual is not None
    known = {step for nest in nests(task.analysis, task.usual.plan.steps) for step in nest.usual}
    rest = [step for step in task.usual.plan.steps if step not in known]
    best = [found[0] for found in ways]
    rounds = [best]
    for others in zip_longest(*(found[1:] for found in ways)):
        rounds += [[*best[:n], way, *best[n + 1 :]] for n, way in enumerate(others) if way is not None]
    for chosen in rounds:
        steps = sorted([*rest, *(step for way in chosen for step in way)], key=_place)
        yield completed(task.analysis, steps, task.scratch)


def _place(step: Step) -> tuple[int, int]:
    return step.loop.line, step.loop.column


@dataclass(slots=True)
class SearchProposer:
    """All variants of each nest, weighed by the cost model; no model takes part."""

    samples: int
    name: str = "search"
    learns: bool = False

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]:
        if task.usual is None:
            return []
        found = list(nests(task.analysis, task.usual.plan.steps))
        ways = [preferred(variants(nest.loop, task.costs), task.costs, nest.usual) or [nest.usual] for nest in found]
        plans = combined(task, [way[: self.samples] for way in ways])
        return [Idea(plan) for plan, _ in zip(plans, range(self.samples), strict=False)]


@dataclass(slots=True)
class RandomProposer:
    """Variants drawn without knowledge: a baseline. The text of the function and the seed decide the draw."""

    samples: int
    seed: int
    name: str = "random"
    learns: bool = False

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]:
        if task.usual is None:
            return []
        lines = "\n".join((str(self.seed), *task.unit.lines))
        draw = Random(hashlib.blake2b(lines.encode("utf-8", "surrogatepass")).digest())
        found = list(nests(task.analysis, task.usual.plan.steps))
        ways = [variants(nest.loop, task.costs) or [nest.usual] for nest in found]
        return [Idea(next(combined(task, [[draw.choice(w)] for w in ways]))) for _ in range(self.samples)]


def forbidden(plan: Plan, analysis: Analysis) -> str:
    """Why the analysis does not allow ``plan``; empty if it does."""
    loops = {loop_name(loop.span): loop for loop in analysis.walk() if in_function(loop)}
    by_line = {loop.span.line: loop for loop in reversed(list(analysis.walk())) if in_function(loop)}
    for step in plan.steps:
        if not isinstance(step.how, Grid | Scan | Wavefront):
            continue
        refused = Carried | Unknown if isinstance(step.how, Wavefront) else Carried | Unknown | InFronts
        names = [step.loop, *(name for _, name in step.how.axes)] if isinstance(step.how, Grid) else [step.loop]
        for name in names:
            loop = loops.get(name) or by_line.get(name.line)
            if loop is not None and isinstance(loop.verdict, refused):
                return f"{loop.span.line}: {loop.explanation.message}"
    return ""


@dataclass(slots=True)
class Seat:
    """A proposer that cannot disturb: what it raises is kept in ``trouble``."""

    proposer: Proposer
    faults: int = 0
    trouble: str = ""
    counted: tuple[int, int, int] = field(default=(0, 0, 0))
    unread: int = 0
    """Answers that were no ideas, so far."""

    @property
    def name(self) -> str:
        return self.proposer.name

    @property
    def learns(self) -> bool:
        """Whether asking again can give anything new."""
        return bool(getattr(self.proposer, "learns", True))

    @property
    def outside(self) -> bool:
        """Whether it may know what the rules do not, and so is asked where they have nothing."""
        return bool(getattr(self.proposer, "outside", False))

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]:
        if self.faults >= MAX_FAULTS:
            return []
        try:
            found = list(self.proposer.propose(task, feedback))[:MAX_IDEAS]
        except Exception as error:
            self.faults += 1
            said = error.message if isinstance(error, TranspileError) else f"{type(error).__name__}: {error}"
            self.trouble = self.trouble or printable(said)[:300]
            return []
        trouble = getattr(self.proposer, "trouble", None)
        self.trouble = self.trouble or (str(trouble) if trouble is not None else "")
        self.faults = 0
        return found

    def usage(self) -> tuple[int, int, int, int]:
        """Requests, tokens in and out, and answers that were no ideas, since the last time that this was asked."""
        used = getattr(self.proposer, "usage", None)
        now = (used.requests, used.tokens_in, used.tokens_out) if used is not None else (0, 0, 0)
        before, self.counted = self.counted, now
        unread = int(getattr(self.proposer, "unread", 0))
        fresh, self.unread = unread - self.unread, unread
        return now[0] - before[0], now[1] - before[1], now[2] - before[2], fresh
