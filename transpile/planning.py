"""A file read, cut into functions, and every function as blocks with candidates for one target.

What depends on the whole file happens in ``plan_file``; ``FilePlan.lower`` does the rest for one function, so that
several processes can share the work. Faults of the analysis or of an emitter, which are not trusted, end in a reason
why a function or a block has no translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from transpile.asm.source import parse
from transpile.errors import Diagnostic, SourceError, Span, UnsupportedError
from transpile.native.abi import TargetIsa
from transpile.native.alignment import alignments
from transpile.native.block import TargetLine
from transpile.native.cfg import Block, Function
from transpile.native.copies import copies
from transpile.native.edges import FlagError
from transpile.native.frame import FrameError
from transpile.native.lower import CheckedBlock, LoweredFunction, Lowering
from transpile.native.micro import Micro
from transpile.native.prepare import Prepared, prepare
from transpile.native.program import Program, analyse
from transpile.native.rounds import parts
from transpile.native.settle import settle
from transpile.options import Options
from transpile.x86.abi import SYSTEM_V
from transpile.x86.decode import decode
from transpile.x86.flow import X86Flow
from transpile.x86.lowering import block_micros

Body = tuple[TargetLine, ...]
UNTRANSLATED_HINT = "pass --allow-untranslated to trap there instead"


@dataclass(slots=True)
class Failure:
    """A function without a translation, and why."""

    function: Function
    reason: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Proposal:
    """A lowered function with what the target's emitter made of each block; ``broken``: why there is nothing."""

    lowered: LoweredFunction
    bodies: dict[str, Body] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


@dataclass(slots=True)
class BlockUnit:
    """The unit of this direction: a block, with what the checker needs to know of its function."""

    function: LoweredFunction
    block: CheckedBlock
    following: str
    """Label of the block that stands next in the output."""
    labels: Mapping[str, str]
    """Every label of the function -> the label of its block."""

    @property
    def label(self) -> str:
        """The block's label."""
        return self.block.source.label


@dataclass(slots=True)
class FilePlan:
    """A parsed file whose functions are ready to be lowered, by name in the order of the file."""

    program: Program
    target: TargetIsa
    options: Options
    prepared: dict[str, Prepared | Failure] = field(default_factory=dict)
    adopted: dict[str, Proposal | Failure] = field(default_factory=dict)
    """Functions whose candidates come from an existing translation."""
    findings: list[Diagnostic] = field(default_factory=list)
    """What is wrong with that translation beside its blocks."""
    alignments: Mapping[str, int] = field(default_factory=dict)

    def function(self, name: str) -> Function:
        """The function called ``name``."""
        found = self.prepared[name]
        return found.function

    def lower(self, name: str) -> Proposal | Failure:
        """Relations and candidates of one function."""
        if name in self.adopted:
            return self.adopted[name]
        prepared = self.prepared[name]
        if isinstance(prepared, Failure):
            return prepared
        options = self.options
        choices: dict[str, str | bool] = {
            "march": options.march, "memory_model": options.memory_model, "trap_division": options.trap_division,
        }  # fmt: skip
        try:
            proposal = Proposal(Lowering(prepared, SYSTEM_V, self.target.abi, choices).run())
        except Exception as error:
            return self.failure(prepared.function, [error])
        proposal.lowered.context.alignments = self.alignments
        for block in proposal.lowered.blocks:
            self._emit(block, proposal)
        return proposal

    def _emit(self, block: CheckedBlock, proposal: Proposal) -> None:
        try:
            proposal.bodies[block.source.label] = emit(block, proposal.lowered, self.target)
        except Exception as error:
            proposal.broken[block.source.label] = reason_of(error)
            if isinstance(error, SourceError):
                proposal.diagnostics.extend(self._placed(error).diagnostics)

    def failure(self, function: Function, errors: Iterable[Exception]) -> Failure:
        """``errors`` told to the user, at their places."""
        listed = list(errors)
        told: list[Diagnostic] = []
        for error in listed:
            if isinstance(error, SourceError):
                told.extend(self._placed(error).diagnostics)
            else:
                message = f"'{function.name}' is not translated: {reason_of(error)}"
                told.append(Diagnostic("error", message, self._span(function, error), UNTRANSLATED_HINT))
        return Failure(function, reason_of(listed[0]), tuple(told))

    def _span(self, function: Function, error: Exception) -> Span | None:
        statements = self.program.source.statements
        indices = [index for block in function.blocks for index in block.statements]
        if isinstance(error, FrameError):
            indices = [i for i in indices if statements[i].line == error.line] or indices
        return statements[indices[0]].span if indices else None

    def _placed(self, error: SourceError) -> SourceError:
        """With the whole source line in its span, where only the instruction was known."""
        span = error.span
        for index in self.program.insns:
            statement = self.program.source.statements[index]
            if statement.line == span.line and statement.column == span.column:
                return type(error)(statement.span, error.message, error.hint)
        return error


def reason_of(error: Exception) -> str:
    """Why something has no translation, in one line."""
    match error:
        case UnsupportedError():
            return f"unsupported: {error.message}"
        case SourceError():
            return error.message
        case FrameError() | FlagError():
            return str(error)
        case _:
            return f"internal error: {type(error).__name__} {error}".rstrip()


def plan_file(source: str, file: str, target: TargetIsa, options: Options) -> FilePlan:
    """Everything that needs the whole file.

    Raises:
        SourceErrors: the input is not assembly that can be read.
    """
    parsed = parse(source, file)
    program = analyse(parsed, lambda statement: decode(statement, parsed.constants), X86Flow())
    plan = FilePlan(program, target, options, alignments=alignments(parsed.statements))
    for function in program.functions:
        plan.prepared[function.name] = _prepared(function, plan)
    ready = [p for p in plan.prepared.values() if isinstance(p, Prepared)]
    for original, copy in copies(ready, SYSTEM_V):
        position = program.functions.index(original.function)
        program.functions.insert(position + 1, copy.function)
        plan.prepared[copy.function.name] = copy
    settle([p for p in plan.prepared.values() if isinstance(p, Prepared)], SYSTEM_V)
    return plan


def _prepared(function: Function, plan: FilePlan) -> Prepared | Failure:
    lower = block_micros(function, plan.program.source.file)
    micros: dict[str, list[list[Micro]]] = {}
    refused = plan.program.refused
    errors: list[Exception] = []
    for block in function.blocks:
        unreadable = [refused[index] for index in block.statements if index in refused]
        errors.extend(unreadable)
        if unreadable:
            continue
        try:
            micros[block.label] = lower(block)
        except Exception as error:
            errors.append(error)
    if errors:
        return plan.failure(function, errors)
    try:
        return prepare(function, lambda block: micros[block.label], SYSTEM_V)
    except Exception as error:
        return plan.failure(function, [error])


def emit(block: CheckedBlock, function: LoweredFunction, target: TargetIsa) -> Body:
    """The rules' translation of one block."""
    pieces = parts(block.lowered)
    return tuple(line for piece in pieces for line in target.emit_block(piece, function.context).lines)


def first_line(block: Block, program: Program) -> int:
    """Where the block stands in the source; 0 for one that only joins others."""
    if block.insns:
        return block.insns[0].line
    return program.source.statements[block.statements[0]].line if block.statements else 0


def cost(body: Body) -> int:
    """Instructions in a candidate."""
    return sum(1 for line in body if line.text)


def trap(target: TargetIsa, line: int) -> Body:
    """What stands in for a block without an acceptable translation."""
    return (TargetLine(text=target.trap, source_line=line),)


def label_map(blocks: Iterable[Block]) -> Mapping[str, str]:
    """Every label of a function's blocks -> the block's own label."""
    return {name: block.label for block in blocks for name in (block.label, *block.names)}
