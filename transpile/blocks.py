"""The loop, run for the blocks of planned functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from transpile.core.loop import Candidate, Checker, Judged, Outcome, Proposer, translate_unit
from transpile.core.verdict import Undecided, Verdict
from transpile.errors import Diagnostic, TranspileError
from transpile.native.describe import described
from transpile.native.lower import CheckedBlock
from transpile.planning import BlockUnit, Body, Failure, FilePlan, Proposal, cost, first_line, label_map, trap
from transpile.pool import Beat, Skip
from transpile.store import ProofStore
from transpile.translation import Attempt, BlockResult, FunctionResult, accepts

BATCH = 400
"""Blocks whose instructions are assembled together."""


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
    beat: Beat
    skip: Skip

    def check(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict:
        function, label = unit.function.function.name, unit.block.source.label
        reason = self.skip.get((function, label))
        if reason is not None:
            return Undecided(reason, {"lost": "yes"})
        self.beat(function, label)
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


def translate_functions(
    plan: FilePlan, names: Sequence[str], store: ProofStore, beat: Beat, skip: Skip
) -> Iterator[FunctionDone]:
    """The functions ``names`` of ``plan``, in that order."""
    from transpile.checker import BlockChecker

    checker = BlockChecker(plan.target, plan.options, store)
    careful = Carefully(checker, beat, skip)
    for batch in batches(plan, names):
        lowered: dict[str, Proposal | Failure] = {}
        for name in batch:
            beat(name, "")
            lost = skip.get((name, ""))
            lowered[name] = plan.lower(name) if lost is None else Failure(plan.function(name), lost, ())
        beat(batch[0], "")
        checker.learn([p for p in lowered.values() if isinstance(p, Proposal)])
        for proposal in lowered.values():
            if isinstance(proposal, Failure):
                yield failed_function(proposal, plan)
            else:
                yield translate_function(proposal, [RulesProposer(proposal.bodies)], careful, plan)
    store.flush()


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


def translate_function(
    proposal: Proposal,
    proposers: Sequence[Proposer[BlockUnit, Body]],
    checker: Checker[BlockUnit, Body],
    plan: FilePlan,
) -> FunctionDone:
    """Run the loop for every block of a function."""
    lowered = proposal.lowered
    labels = label_map(lowered.function.blocks)
    results: list[BlockResult] = []
    bodies: dict[str, Body] = {}
    for block in lowered.blocks:
        label = block.source.label
        unit = BlockUnit(lowered, block, block.lowered.next_label, labels)
        outcome = translate_unit(unit, proposers, checker)
        if outcome.chosen is None and label in proposal.broken:
            outcome = Outcome(None, Undecided(proposal.broken[label]), ())
        result = block_result(block, outcome, plan)
        results.append(result)
        chosen = outcome.chosen
        bodies[label] = trap(plan.target, result.first_line) if chosen is None or result.trapped else chosen.body
    return FunctionDone(FunctionResult(lowered.function.name, tuple(results)), bodies, proposal.diagnostics)


def block_result(block: CheckedBlock, outcome: Outcome[Body], plan: FilePlan) -> BlockResult:
    """What is told about a block. One that has no body at all is always a trap in the text."""
    options = plan.options
    body = outcome.chosen.body if outcome.chosen is not None else ()
    insns = block.source.insns
    start = first_line(block.source, plan.program)
    accepted = accepts(outcome.verdict, options.require)
    history = tuple(Attempt(j.candidate.proposer, j.candidate.cost, j.verdict) for j in outcome.history)
    return BlockResult(
        label=block.source.label,
        first_line=start,
        last_line=insns[-1].line if insns else start,
        source_text=tuple(i.text for i in insns),
        target_text=tuple(f"{line.label}:" if line.label else line.text for line in body),
        verdict=outcome.verdict,
        relation=described(block.entry),
        proposer=outcome.chosen.proposer if outcome.chosen is not None else "",
        cost=cost(body),
        rlimit=sum(getattr(a.verdict, "rlimit", 0) for a in history),
        history=history,
        trapped=options.allow_untranslated if not accepted else outcome.chosen is None,
    )


def failed_function(failure: Failure, plan: FilePlan) -> FunctionDone:
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
    return FunctionDone(FunctionResult(failure.function.name, tuple(results)), bodies, list(failure.diagnostics))
