"""A file from text to a checked translation: the composition of every other part.

Parse, find functions, lower, emit candidates, assemble them all at once, and run the loop for every block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transpile.asm.source import parse
from transpile.core.loop import Candidate, Checker, Judged, Outcome, Proposer, translate_unit
from transpile.core.verdict import Undecided
from transpile.errors import Diagnostic, SourceError, UnsupportedError
from transpile.native.abi import TargetIsa
from transpile.native.block import TargetLine
from transpile.native.cfg import Block, Function
from transpile.native.describe import described
from transpile.native.edges import FlagError
from transpile.native.frame import FrameError
from transpile.native.lower import CheckedBlock, LoweredFunction, Lowering, Prepared, prepare, settle
from transpile.native.output import Writer, Written, label_map
from transpile.native.program import Program, analyse
from transpile.options import Options
from transpile.targets import target_isa
from transpile.translation import Attempt, BlockResult, FunctionResult, Translation, accepts
from transpile.x86.abi import SYSTEM_V
from transpile.x86.decode import decode
from transpile.x86.flow import X86Flow
from transpile.x86.lowering import block_micros

Body = tuple[TargetLine, ...]


@dataclass(slots=True)
class BlockUnit:
    """The unit of this direction: a block of a lowered function, with what the checker needs to know of its function."""

    function: LoweredFunction
    block: CheckedBlock
    following: str
    """Label of the block that stands next in the output."""
    labels: Mapping[str, str]
    """Every label of the function -> the label of its block."""


@dataclass(slots=True)
class RulesProposer:
    """Candidates that the target's emitter made from the micro-operations."""

    bodies: dict[str, Body]
    name: str = "rules"

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        if feedback:
            return []
        body = self.bodies.get(unit.block.source.label)
        return [] if body is None else [Candidate(body, cost(body), self.name)]


def cost(body: Body) -> int:
    """Instructions in a candidate."""
    return sum(1 for line in body if line.text)


@dataclass(slots=True)
class Failure:
    """A function that could not be lowered."""

    function: Function
    error: SourceError | FrameError | FlagError


@dataclass(slots=True)
class FilePlan:
    """A parsed file with its functions lowered for one target."""

    program: Program
    target: TargetIsa
    lowered: list[LoweredFunction] = field(default_factory=list)
    bodies: list[dict[str, Body]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def plan_file(source: str, file: str, target: TargetIsa, options: Options) -> FilePlan:
    """Everything up to the candidates of the rules.

    Raises:
        SourceErrors: the input is not assembly that can be read.
    """
    parsed = parse(source, file)
    program = analyse(parsed, lambda statement: decode(statement, parsed.constants), X86Flow())
    plan = FilePlan(program, target)
    prepared: list[Prepared] = []
    for function in program.functions:
        try:
            prepared.append(prepare(function, block_micros(function), SYSTEM_V))
        except (SourceError, FrameError) as error:
            plan.failures.append(Failure(function, error))
    settle(prepared, SYSTEM_V)
    choices = {"march": options.march, "memory_model": options.memory_model, "trap_division": options.trap_division}
    for one in prepared:
        try:
            lowered = Lowering(one, SYSTEM_V, target.abi, choices).run()
            bodies = {b.source.label: emit(b, lowered, target) for b in lowered.blocks}
        except (SourceError, FlagError) as error:
            plan.failures.append(Failure(one.function, error))
            continue
        plan.lowered.append(lowered)
        plan.bodies.append(bodies)
    return plan


def emit(block: CheckedBlock, function: LoweredFunction, target: TargetIsa) -> Body:
    """The rules' translation of one block."""
    return tuple(target.emit_block(block.lowered, function.context).lines)


def translate(source: str, to: str = "riscv", *, file: str = "<input>", options: Options | None = None) -> Translation:
    """Translate GNU assembler text for x86-64 to ``riscv`` or ``aarch64``, with a verdict for every basic block.

    Raises:
        SourceErrors: the input cannot be read.
        UsageError: there is no target ``to``.
        ToolError: an assembler is missing.
    """
    from transpile.checker import block_checker

    options = options or Options()
    target = target_isa(to)
    plan = plan_file(source, file, target, options)
    checker = block_checker(plan, options)
    results: dict[str, FunctionResult] = {}
    written: list[Written] = []
    for lowered, bodies in zip(plan.lowered, plan.bodies, strict=True):
        result, blocks = translate_function(lowered, [RulesProposer(bodies)], checker, plan, options)
        results[lowered.function.name] = result
        written.extend(blocks)
    diagnostics: list[Diagnostic] = []
    for failure in plan.failures:
        result, blocks, diagnostic = failed_function(failure, plan)
        results[failure.function.name] = result
        written.extend(blocks)
        diagnostics.append(diagnostic)
    order = [f.name for f in plan.program.functions]
    text = Writer(plan.program, target, _in_order(written, plan.program)).text()
    return Translation(text, file, to, tuple(results[n] for n in order), tuple(diagnostics))


def _in_order(written: Sequence[Written], program: Program) -> list[Written]:
    by_block = {id(w.block): w for w in written}
    return [by_block[id(b)] for f in program.functions for b in f.blocks if id(b) in by_block]


def translate_function(
    lowered: LoweredFunction,
    proposers: Sequence[Proposer[BlockUnit, Body]],
    checker: Checker[BlockUnit, Body],
    plan: FilePlan,
    options: Options,
) -> tuple[FunctionResult, list[Written]]:
    """Run the loop for every block of a function."""
    blocks = lowered.blocks
    labels = label_map(lowered.function.blocks)
    results: list[BlockResult] = []
    written: list[Written] = []
    for position, block in enumerate(blocks):
        following = blocks[position + 1].source.label if position + 1 < len(blocks) else ""
        outcome = translate_unit(BlockUnit(lowered, block, following, labels), proposers, checker)
        result = _result(block, outcome, plan, options)
        results.append(result)
        body = outcome.chosen.body if outcome.chosen is not None and not result.trapped else trap(plan.target, block)
        written.append(Written(block.source, body))
    return FunctionResult(lowered.function.name, tuple(results)), written


def trap(target: TargetIsa, block: CheckedBlock) -> Body:
    """What stands in for a block that has no acceptable translation."""
    line = block.source.insns[0].line if block.source.insns else 0
    return (TargetLine(text=target.trap, source_line=line),)


def _result(block: CheckedBlock, outcome: Outcome[Body], plan: FilePlan, options: Options) -> BlockResult:
    body = outcome.chosen.body if outcome.chosen is not None else ()
    insns = block.source.insns
    trapped = options.allow_untranslated and not accepts(outcome.verdict, options.require)
    history = tuple(Attempt(j.candidate.proposer, j.candidate.cost, j.verdict) for j in outcome.history)
    return BlockResult(
        label=block.source.label,
        first_line=insns[0].line if insns else _line(block.source, plan),
        last_line=insns[-1].line if insns else _line(block.source, plan),
        source_text=tuple(i.text for i in insns),
        target_text=tuple(f"{line.label}:" if line.label else line.text for line in body),
        verdict=outcome.verdict,
        relation=described(block.entry),
        proposer=outcome.chosen.proposer if outcome.chosen is not None else "",
        cost=cost(body),
        rlimit=sum(getattr(a.verdict, "rlimit", 0) for a in history),
        history=history,
        trapped=trapped,
    )


def _line(block: Block, plan: FilePlan) -> int:
    return plan.program.source.statements[block.statements[0]].line if block.statements else 0


def failed_function(failure: Failure, plan: FilePlan) -> tuple[FunctionResult, list[Written], Diagnostic]:
    """A function that could not be lowered: every block undecided, and a trap in its place."""
    error, function = failure.error, failure.function
    if isinstance(error, SourceError):
        diagnostic = error.diagnostics[0]
        reason = error.message
    else:
        reason = str(error)
        index = function.blocks[0].statements[0]
        span = plan.program.source.statements[index].span
        hint = "pass --allow-untranslated to trap there instead"
        diagnostic = Diagnostic("error", f"'{function.name}' is not translated: {reason}", span, hint)
    if isinstance(error, UnsupportedError):
        reason = f"unsupported: {reason}"
    results, written = [], []
    for block in function.blocks:
        insns = block.insns
        line = insns[0].line if insns else _line(block, plan)
        written.append(Written(block, (TargetLine(text=plan.target.trap, source_line=line),)))
        last = insns[-1].line if insns else line
        texts = tuple(i.text for i in insns)
        results.append(BlockResult(block.label, line, last, texts, (), Undecided(reason), trapped=True))
    return FunctionResult(function.name, tuple(results)), written, diagnostic


