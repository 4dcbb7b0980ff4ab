"""Language models around the loop: which blocks they are asked about, what they said before, what is told of them.

Blocks are asked about in groups, ahead of the loop, so that generation is batched and all answers are assembled
together. What was chosen for a block under the same choices is looked up instead; it is checked like any candidate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from transpile.checker import BlockChecker
from transpile.core.loop import RULES, SAMPLES, Candidate, Judged, Limits, Outcome, Repairer, Seats
from transpile.core.verdict import Proved
from transpile.errors import Diagnostic
from transpile.judging import Replayed, admitting, judges
from transpile.lm.seats import Seat, chain, fingerprint
from transpile.native.block import TargetLine
from transpile.options import Options
from transpile.planning import BlockUnit, Body, FilePlan, cost
from transpile.pool import MODELS, Beat, Skip
from transpile.searching import SearchProposer
from transpile.sizes import Sizes
from transpile.sketches import SketchFiller
from transpile.store import ProofStore

WITHOUT = "those blocks are translated without"
GROUP = 128
"""Blocks that a model is asked about at once."""


@dataclass(slots=True)
class Remembered:
    """The candidate that was chosen before."""

    candidate: Candidate[Body]
    name: str = "remembered"

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        return [] if feedback else [self.candidate]


@dataclass(slots=True)
class Models:
    """The models of one translation in this process. ``explain``: nothing is looked up, all is replayed."""

    seats: Sequence[Seat]
    checker: BlockChecker
    store: ProofStore
    options: Options
    sizes: Sizes
    bodies: dict[int, Body]
    """The rules' translations of the batch, by the identity of the block."""
    explain: bool = False
    lost: str = ""
    """Why no model is asked any more."""
    repairer: Repairer[BlockUnit, Body] | None = None
    known: dict[int, Seats[BlockUnit, Body]] = field(default_factory=dict)
    keys: dict[int, bytes] = field(default_factory=dict)
    asked: Seats[BlockUnit, Body] = field(default_factory=Seats)

    def __post_init__(self) -> None:
        rounds = self.options.feedback if any(seat.learns for seat in self.seats) else 0
        limits = Limits(self.options.candidates, self.options.sketches, rounds, explain=self.explain)
        witness, admit = Replayed(self.checker), admitting(self.checker, self.sizes)
        deciding = judges(self.checker, self.sizes, self.bodies)
        self.asked = Seats(self.seats, deciding, self.repairer, witness, limits, admit)

    def prepare(self, units: Sequence[BlockUnit], bodies: Mapping[int, Body], beat: Beat) -> None:
        """Ask about a batch; ``bodies``: the rules' translations, by the identity of the block."""
        self.known, self.keys = {}, {}
        self.bodies.clear()
        self.bodies.update(bodies)
        if self.lost:
            return
        for seat in self.seats:
            seat.forget()
        wanted: list[BlockUnit] = []
        found: list[Body] = []
        for unit in units:
            body = bodies.get(id(unit.block))
            if not unit.block.source.insns or (body is not None and cost(body) < 2):
                continue
            key = self.keys[id(unit.block)] = choice_key(self.checker, unit, self.options)
            choice = None if self.explain else self.store.choice(key)
            if choice is None:
                wanted.append(unit)
                self.known[id(unit.block)] = self.asked
            elif choice:
                self.known[id(unit.block)], again = self._again(choice, unit)
                found.append(again)
        for start in range(0, len(wanted), GROUP):
            group = wanted[start : start + GROUP]
            beat(group[0].function.function.name, MODELS)
            for seat in self.seats:
                seat.prepare(group)
            found.extend(self._bodies(group, bodies))
        self.checker.expect(found)
        concerned = [bodies[place] for place in self.known if place in bodies]
        self.sizes.learn([*found, *concerned])

    def _bodies(self, group: Sequence[BlockUnit], bodies: Mapping[int, Body]) -> Iterator[Body]:
        """The answers that will be looked at."""
        for unit in group:
            rules = bodies.get(id(unit.block))
            for seat in self.seats:
                for candidate in seat.propose(unit, ()):
                    if rules is None or candidate.cost < cost(rules):
                        yield candidate.body

    def _again(self, choice: list[Any], unit: BlockUnit) -> tuple[Seats[BlockUnit, Body], Body]:
        candidate = chosen_before(choice, unit)
        again = replace(self.asked, proposers=(Remembered(candidate),), limits=Limits(rounds=0, repairs=0))
        return again, candidate.body

    def of(self, unit: BlockUnit) -> Seats[BlockUnit, Body] | None:
        """Who takes part for a block; None: only the rules."""
        return self.known.get(id(unit.block))

    def done(self, unit: BlockUnit, outcome: Outcome[Body]) -> None:
        """Count what could not be read, and remember what was chosen if that will hold."""
        place = id(unit.block)
        for seat in self.seats:
            requests, tokens_in, tokens_out = seat.usage()
            if requests or tokens_in:
                row = outcome.yields.row(seat.name, SAMPLES)
                row.requests += requests
                row.tokens_in += tokens_in
                row.tokens_out += tokens_out
        if self.known.get(place) is not self.asked:
            return
        for seat in self.seats:
            if seat.unread.get(place):
                outcome.yields.row(seat.name, SAMPLES).unread += seat.unread[place]
        if outcome.chosen is None or not isinstance(outcome.verdict, Proved) or any(s.trouble for s in self.seats):
            return
        last = next(j for j in outcome.history if j.candidate is outcome.chosen)
        choice: list[Any] = []
        if last.step != RULES:
            lines = [[line.text, line.label] for line in last.candidate.body]
            choice = [lines, last.candidate.proposer, last.step, list(last.candidate.filled)]
        self.store.remember_choice(self.keys[place], choice)

    def troubles(self) -> list[Diagnostic]:
        """What went wrong with models, each told once."""
        told: list[Diagnostic] = []
        if self.lost:
            told.append(Diagnostic("warning", f"no language model was asked: {self.lost}", None, WITHOUT))
        for seat in self.seats:
            if seat.trouble and not seat.told:
                seat.told = True
                message = f"the language model '{seat.name}' did not answer everything: {seat.trouble}"
                told.append(Diagnostic("warning", message, None, WITHOUT, passing=True))
        return told


def choice_key(checker: BlockChecker, unit: BlockUnit, options: Options) -> bytes:
    """Where the store keeps what the models of ``options`` gave for a block."""
    o = options
    choices = (o.lm, o.samples, o.temperature, o.candidates, o.sketches, o.feedback, o.prompts)
    return checker.unit_key(unit, choices, fingerprint(o.lm))


def chosen_before(choice: list[Any], unit: BlockUnit) -> Candidate[Body]:
    """The candidate that the store holds as ``choice``, which is not empty."""
    lines, proposer, step, filled = choice
    insns = unit.block.source.insns
    body = tuple(TargetLine(str(text), str(label), insns[0].line) for text, label in lines)
    return Candidate(body, cost(body), str(proposer), (), tuple(filled), str(step))


def models_of(plan: FilePlan, checker: BlockChecker, store: ProofStore, skip: Skip, explain: bool) -> Models | None:
    """The models that the options name; None without any. After a worker was lost over them, none is asked."""
    lost = next((reason for (_, label), reason in skip.items() if label == MODELS), "")
    sizes = Sizes(checker.isa, plan.options.march)
    bodies: dict[int, Body] = {}
    search = SearchProposer(plan.target, checker, sizes, bodies)
    seats = [] if lost else chain(plan.options, plan.target, {search.name: search})
    filler = SketchFiller(checker, plan.target) if plan.options.sketches else None
    if not seats and not lost:
        return None
    return Models(seats, checker, store, plan.options, sizes, bodies, explain, lost, repairer=filler)
