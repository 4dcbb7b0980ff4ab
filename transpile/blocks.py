"""The loop, run for the blocks of planned functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from transpile.core.loop import Candidate, Checker, Judged, Outcome, translate_unit
from transpile.core.verdict import Undecided, Verdict
from transpile.errors import Diagnostic, TranspileError
from transpile.native.describe import described
from transpile.native.lower import CheckedBlock
from transpile.planning import BlockUnit, Body, Failure, FilePlan, Proposal, cost, first_line, label_map, trap
from transpile.pool import Beat, Skip
from transpile.store import ProofStore
from transpile.translation import Attempt, BlockResult, FunctionResult, accepts

if TYPE_CHECKING:
    from transpile.models import Models

BATCH = 400
"""Blocks whose instructions are assembled together."""

Told: TypeAlias = Callable[[str, BlockResult], None]
"""Told the function and the result of each block when it is done."""


def untold(function: str, block: BlockResult) -> None:
    """A Told that nobody listens to."""


@dataclass(slots=True)
class RulesProposer:
    """Candidates that the target's emitter made from the micro-operations."""

    bodies: Mapping[str, Body]
    name: str = "rules"

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        if feedback:
            return []
        body = self.bodies.get(unit.block.source.label)
        return [] if body is None else [Candidate(body, cost(body), self.name)]


@dataclass(slots=True)
class Carefully:
    """A checker whose own faults, and blocks that must not be tried, are undecided blocks."""

    checker: Checker[BlockUnit, Body]
    skip: Skip

    def check(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict:
        function, label = unit.function.function.name, unit.block.source.label
        reason = self.skip.get((function, label))
        if reason is not None:
            return Undecided(reason, {"lost": "yes"})
        try:
            return self.checker.check(unit, candidate)
        except TranspileError:
            raise
        except Exception as error:
            return Undecided(f"internal error of the checker: {type(error).__name__} {error}".rstrip())


@dataclass(slots=True)
class FunctionDone:
    """A function's result and text: ``bodies`` by block label."""

    result: FunctionResult
    bodies: dict[str, Body]
    diagnostics: list[Diagnostic] = field(default_factory=list)


@dataclass(slots=True)
class Crew:
    """Who translates: the checker, language models if there are any, and whom to tell about each block, before work on
    it and after."""

    checker: Carefully
    models: Models | None
    beat: Beat
    told: Told

    def lost(self, unit: BlockUnit) -> bool:
        """Whether a worker was lost over the block."""
        return (unit.function.function.name, unit.block.source.label) in self.checker.skip


def translate_functions(
    plan: FilePlan,
    names: Sequence[str],
    store: ProofStore,
    beat: Beat,
    skip: Skip,
    explain: str = "",
    told: Told = untold,
) -> Iterator[FunctionDone]:
    """The functions ``names`` of ``plan``, in that order. ``explain``: the one block about which models are asked, and
    whose every candidate is to be told."""
    from transpile.checker import BlockChecker

    checker = BlockChecker(plan.target, plan.options, store)
    models = None
    if plan.options.lm != "none":
        from transpile.models import models_of

        models = models_of(plan, checker, store, skip, bool(explain))
    crew = Crew(Carefully(checker, skip), models, beat, told)
    for batch in batches(plan, names):
        lowered: dict[str, Proposal | Failure] = {}
        for name in batch:
            beat(name, "")
            lost = skip.get((name, ""))
            lowered[name] = plan.lower(name) if lost is None else Failure(plan.function(name), lost, ())
        beat(batch[0], "")
        ready = [p for p in lowered.values() if isinstance(p, Proposal)]
        checker.learn(ready)
        units = {id(p): units_of(p) for p in ready}
        if models is not None:
            asked = [unit for p in ready for unit in units[id(p)] if not crew.lost(unit)]
            bodies = {
                id(u.block): p.bodies[label] for p in ready for u in units[id(p)] if (label := u.label) in p.bodies
            }
            models.prepare([u for u in asked if explain in ("", u.label)], bodies, beat)
        for proposal in lowered.values():
            if isinstance(proposal, Failure):
                yield failed_function(proposal, plan, told)
            else:
                yield translate_function(proposal, units[id(proposal)], crew, plan)
    store.flush()


def units_of(proposal: Proposal) -> list[BlockUnit]:
    """The blocks of a function, as the loop takes them."""
    lowered = proposal.lowered
    labels = label_map(lowered.function.blocks)
    return [BlockUnit(lowered, block, block.lowered.next_label, labels) for block in lowered.blocks]


def batches(plan: FilePlan, names: Sequence[str]) -> Iterator[list[str]]:
    """``names`` in groups of about BATCH blocks."""
    sizes = {function.name: len(function.blocks) for function in plan.program.functions}
    batch: list[str] = []
    size = 0
    for name in names:
        batch.append(name)
        size += sizes[name]
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def translate_function(proposal: Proposal, units: Sequence[BlockUnit], crew: Crew, plan: FilePlan) -> FunctionDone:
    """Run the loop for every block of a function."""
    lowered = proposal.lowered
    name = lowered.function.name
    rules = RulesProposer(proposal.bodies)
    results: list[BlockResult] = []
    bodies: dict[str, Body] = {}
    models = crew.models
    for unit in units:
        label = unit.label
        lost = crew.lost(unit)
        if not lost:
            crew.beat(name, label)
        seats = models.of(unit) if models is not None and not lost else None
        outcome = translate_unit(unit, rules, crew.checker, seats)
        if models is not None and seats is not None:
            models.done(unit, outcome)
        if outcome.chosen is None and label in proposal.broken:
            outcome = replace(outcome, verdict=Undecided(proposal.broken[label]))
        result = block_result(unit.block, outcome, plan)
        results.append(result)
        crew.told(name, result)
        chosen = outcome.chosen
        bodies[label] = trap(plan.target, result.first_line) if chosen is None or result.trapped else chosen.body
    told = models.troubles() if models is not None else []
    return FunctionDone(FunctionResult(name, tuple(results)), bodies, [*proposal.diagnostics, *told])


def block_result(block: CheckedBlock, outcome: Outcome[Body], plan: FilePlan) -> BlockResult:
    """What is told about a block. One that has no body at all is always a trap in the text."""
    options = plan.options
    body = outcome.chosen.body if outcome.chosen is not None else ()
    insns = block.source.insns
    start = first_line(block.source, plan.program)
    accepted = accepts(outcome.verdict, options.require)
    history = tuple(map(attempt, outcome.history))
    return BlockResult(
        label=block.source.label,
        first_line=start,
        last_line=insns[-1].line if insns else start,
        source_text=tuple(i.text for i in insns),
        target_text=texts(body),
        verdict=outcome.verdict,
        relation=described(block.entry),
        proposer=outcome.chosen.proposer if outcome.chosen is not None else "",
        cost=cost(body),
        rlimit=sum(getattr(a.verdict, "rlimit", 0) for a in history),
        history=history,
        trapped=options.allow_untranslated if not accepted else outcome.chosen is None,
        yields=outcome.yields,
    )


def texts(body: Body) -> tuple[str, ...]:
    """A candidate as a person reads it."""
    return tuple(f"{line.label}:" if line.label else line.text for line in body)


def attempt(judged: Judged[Body]) -> Attempt:
    """What is told about a candidate."""
    candidate = judged.candidate
    return Attempt(
        candidate.proposer, candidate.cost, judged.verdict, judged.step, judged.judge, texts(candidate.body),
        candidate.filled,
    )  # fmt: skip


def failed_function(failure: Failure, plan: FilePlan, told: Told = untold) -> FunctionDone:
    """A function that could not be lowered: every block undecided, and a trap in its place."""
    results: list[BlockResult] = []
    bodies: dict[str, Body] = {}
    trapped = plan.options.allow_untranslated or plan.options.require == "any"
    for block in failure.function.blocks:
        start = first_line(block, plan.program)
        bodies[block.label] = trap(plan.target, start)
        last = block.insns[-1].line if block.insns else start
        texts = tuple(insn.text for insn in block.insns)
        results.append(BlockResult(block.label, start, last, texts, (), Undecided(failure.reason), trapped=trapped))
        told(failure.function.name, results[-1])
    return FunctionDone(FunctionResult(failure.function.name, tuple(results)), bodies, list(failure.diagnostics))
