"""The checker of the loop: what the store knows, else a proof, else executions of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from transpile.asm.assembler import AssemblerMissing
from transpile.core.loop import Candidate
from transpile.core.verdict import Proved, Undecided, Verdict
from transpile.errors import ToolError
from transpile.native.abi import TargetAbi, TargetIsa
from transpile.native.block import TargetLine
from transpile.native.micro import Code
from transpile.options import Options
from transpile.planning import BlockUnit, Body, Proposal
from transpile.solvers import terms
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encode_x86 import encode_x86
from transpile.solvers.encoding import EncodingError
from transpile.solvers.lift import isa
from transpile.solvers.ordering import unordered
from transpile.solvers.prove import Case, Convention, Outcome, prove
from transpile.solvers.step import Step, label_step
from transpile.store import ProofStore, key_of
from transpile.x86.insn import Insn, LabelOp, own

RUNS = 200
"""Executions of a differential test."""
UNREACHABLE = Proved(("the call before does not return; if it did, the program would stop here",))
"""Where the source cannot arrive and the translation traps."""


def preload(target: TargetIsa) -> None:
    """Load the semantics of both machines: what is here at a fork need not be loaded in every worker."""
    isa("x86")
    isa(target.abi.name)


class BlockChecker:
    """Checks blocks of one target. The instructions of many functions are assembled in one batch.

    Terms are dropped before every proof, so that a verdict does not depend on what was proved before.
    """

    def __init__(self, target: TargetIsa, options: Options, store: ProofStore) -> None:
        self.isa = target.abi.name
        self.trap = target.trap
        self.convention = convention(target.abi)
        self.options = options
        self.store = store
        self.refused: dict[str, str] = {}
        self.refused_target: dict[str, str] = {}
        self.source_steps: dict[int, Step] = {}
        self.waiting: Sequence[Proposal] = ()
        self.expected: list[Body] = []
        self.parts: dict[int, tuple[BlockUnit, bytes]] = {}
        self.target_steps: dict[str, Step] = {}

    def learn(self, proposals: Sequence[Proposal]) -> None:
        """Take in the blocks to come; those of earlier calls are forgotten."""
        self.source_steps = {}
        self.waiting = proposals
        self.expected = []
        self.parts = {}

    def expect(self, bodies: Iterable[Body]) -> None:
        """Further candidates for those blocks, to be assembled with the others."""
        self.expected.extend(bodies)

    def _assemble(self) -> None:
        """Assemble and lift all instructions that wait: when the first block comes that the store does not know."""
        proposals, self.waiting = self.waiting, ()
        expected, self.expected = self.expected, []
        insns = [own(insn) for p in proposals for block in p.lowered.blocks for insn in block.source.insns]
        try:
            self.source_steps.update(self._encode_source(insns))
            self._encode_target(line for p in proposals for body in p.bodies.values() for line in body)
            self._encode_target(line for body in expected for line in body)
        except AssemblerMissing as error:
            raise ToolError(str(error), "run 'transpile doctor'") from error

    def _encode_source(self, insns: Sequence[Insn]) -> dict[int, Step]:
        good = list(insns)
        try:
            steps = encode_x86(good)
        except EncodingError as error:
            self.refused.update({good[i].text: message for i, message in error.messages.items()})
            good = [insn for i, insn in enumerate(good) if i not in error.messages]
            steps = encode_x86(good)
        return {id(insn): step for insn, step in zip(good, steps, strict=True)}

    def _encode_target(self, lines: Iterable[TargetLine]) -> None:
        steps_of, refused = self.target_steps, self.refused_target
        texts = [line.text for line in lines if line.text and line.text not in steps_of and line.text not in refused]
        texts = list(dict.fromkeys(texts))
        if not texts:
            return
        try:
            steps = encode_target(self.isa, texts)
        except EncodingError as error:
            refused.update({texts[i]: message for i, message in error.messages.items()})
            texts = [text for i, text in enumerate(texts) if i not in error.messages]
            steps = encode_target(self.isa, texts)
        self.target_steps.update(zip(texts, steps, strict=True))

    def check(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict:
        """The verdict on ``candidate``; see ``transpile.core.verdict``."""
        if _unreachable(unit) and [line.text for line in candidate.body][-1:] == [self.trap]:
            return UNREACHABLE
        key = self._key(unit, candidate.body)
        known = self.store.verdict(key)
        if known is not None:
            return known
        missing = self.missing(unit, candidate.body)
        if missing:
            return Undecided(missing)
        verdict = self._decide(unit, candidate.body)
        self.store.remember(key, verdict)
        return verdict

    def known(self, unit: BlockUnit, body: Body) -> Verdict | None:
        """What the store holds."""
        return self.store.verdict(self._key(unit, body))

    def remember(self, unit: BlockUnit, body: Body, verdict: Verdict) -> None:
        """Keep a verdict in the store."""
        self.store.remember(self._key(unit, body), verdict)

    def unit_key(self, unit: BlockUnit, *parts: object) -> bytes:
        """The key of something that depends on a block and on ``parts``, but not on a candidate."""
        return key_of(self._block_part(unit), *parts)

    def missing(self, unit: BlockUnit, body: Body) -> str:
        """Why a candidate cannot be looked at: what no assembler or no semantics knows; empty if it can."""
        if self.waiting or self.expected:
            self._assemble()
        self._encode_target(body)
        return self._missing(unit, body)

    def _missing(self, unit: BlockUnit, body: Body) -> str:
        for insn in unit.block.source.insns:
            if id(insn) not in self.source_steps:
                return f"'{insn.text}' has no semantics: {self.refused.get(insn.text, '')}"
        for line in body:
            if line.text and line.text not in self.target_steps:
                return f"'{line.text}' has no semantics: {self.refused_target.get(line.text, '')}"
        return ""

    def _key(self, unit: BlockUnit, body: Body) -> bytes:
        return key_of(self._block_part(unit), [line.text or line.label + ":" for line in body])

    def _block_part(self, unit: BlockUnit) -> bytes:
        """What the verdicts on all candidates of a block depend on."""
        block = unit.block
        known = self.parts.get(id(block))
        if known is not None and known[0] is unit:
            return known[1]
        part = key_of(
            self.isa,
            [insn.text for insn in block.source.insns],
            block.entry,
            block.exits,
            (
                (block.callee_skew, block.detached),
                sorted(block.undefined),
                sorted(p.slot for p in unit.function.context.homes.values() if p.slot >= 0),
            ),
            (block.source.label, block.source.next_label, unit.following, block.source.successors),
            (self.options.rlimit, self.options.seed, RUNS, self.options.memory_model),
        )
        self.parts[id(block)] = unit, part
        return part

    def case(self, unit: BlockUnit, body: Body) -> Case:
        """The proof problem of one candidate; KeyError if an instruction has no semantics."""
        if self.waiting:
            self._assemble()
        self._encode_target(body)
        block = unit.block
        source = [self.source_steps[id(insn)] for insn in block.source.insns]
        ending = block.source.ending
        if ending.kind in ("jump", "branch") and source:
            # The graph may have put a block without instructions before the one that the label names.
            source[-1] = replace(source[-1], target=ending.target)
        elif ending.called_as and source:
            # The callee is our copy of the function that the source names.
            source[-1] = replace(source[-1], target=ending.target)
        elif ending.kind == "tail" and not source:
            source = encode_x86([Insn("jmp", 8, (LabelOp(ending.target),), text=f"jmp {ending.target}")])
        target = [label_step(line.label) if line.label else self.target_steps[line.text] for line in body]
        return Case(
            source=source,
            target=target,
            entry=block.entry,
            exits=block.exits,
            labels=unit.labels,
            label=block.source.label,
            source_falls=block.source.next_label,
            target_falls=unit.following,
            undefined=block.undefined,
            callee_skew=block.callee_skew,
            detached=block.detached,
            slots=frozenset(p.slot for p in unit.function.context.homes.values() if p.slot >= 0),
        )

    def _decide(self, unit: BlockUnit, body: Body) -> Verdict:
        """A proof; else a difference that real executions show; else no difference in many of them."""
        outcome = self.attempt(unit, body, self.options.rlimit)
        if isinstance(outcome, Undecided):
            return outcome
        if not isinstance(outcome.verdict, Undecided):
            return outcome.verdict
        case = self.case(unit, body)
        from transpile.emulators.differential import replay, test_block

        reason = outcome.verdict.reason
        if outcome.difference is not None:
            refuted = replay(case, self.convention, outcome.difference.model)
            if refuted is not None:
                return refuted
            reason += ", which execution does not show"
            if not outcome.difference.model.functions:
                # Nothing uninterpreted explains it: the semantics and the emulator disagree.
                return Undecided(reason)
        tested = test_block(case, self.convention, RUNS, self.options.seed, reason)
        return Undecided(f"{reason}; {tested.reason}") if isinstance(tested, Undecided) else tested

    def attempt(self, unit: BlockUnit, body: Body, rlimit: int) -> Outcome | Undecided:
        """Only a proof, for at most ``rlimit`` units."""
        terms.reset()
        if self.options.memory_model == "tso":
            late = unordered(self.isa, body, unit.function.context.private_frame)
            if late:
                return Undecided(f"'{late}' is not ordered as x86 orders it")
        return prove(self.case(unit, body), self.convention, rlimit)


def _unreachable(unit: BlockUnit) -> bool:
    block = unit.block
    micros = block.lowered.micros
    landing = block.trap or block.source.after_call
    return landing and not block.source.insns and bool(micros) and micros[-1].code is Code.TRAP


@cache
def _convention(name: str, link: str, preserved: tuple[str, ...]) -> Convention:
    return Convention(name, "sp", link, preserved)


def convention(abi: TargetAbi) -> Convention:
    """What the prover needs of a target."""
    held = set(abi.homes.values())
    return _convention(abi.name, abi.link, tuple(r for r in abi.callee_saved if r not in held))
