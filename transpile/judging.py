"""What decides about a proposed block, in the order of what it costs.

Most wrong candidates are found wrong by the first pass over the terms of both sides, in less time than it takes to link
a block for an emulator; so a proof with few solver units comes first. Where that is open, a handful of executions of
both sides come before the proof with all units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.checker import BlockChecker
from transpile.core.loop import Candidate, Judge
from transpile.core.verdict import DIFFERS, Proved, Refuted, Undecided, Verdict
from transpile.core.yields import ASSEMBLING, EMULATION, SIZE
from transpile.errors import TranspileError
from transpile.planning import BlockUnit, Body
from transpile.sizes import Sizes

QUICK = 20_000
"""Solver units of the first proof."""
FULL = 10
"""A proposal may take one part in so many of the units that the rules' translation may take."""
STATES = 6
"""Executions of the cheap test."""


@dataclass(slots=True)
class Assembled:
    """Rejects what the target's assembler, or our semantics, does not know. What the store knows is not looked at."""

    checker: BlockChecker
    name: str = ASSEMBLING

    def judge(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict | None:
        known = self.checker.known(unit, candidate.body)
        if known is not None:
            return None
        missing = self.checker.missing(unit, candidate.body)
        return Undecided(missing) if missing else None


@dataclass(slots=True)
class Fitting:
    """Rejects what the assembler refuses for the architecture of the output."""

    sizes: Sizes
    name: str = ASSEMBLING

    def judge(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict | None:
        size = self.sizes.of(candidate.body)
        return Undecided(f"the assembler refuses '{size}' for this architecture") if isinstance(size, str) else None


@dataclass(slots=True)
class Smaller:
    """Rejects what has as many machine instructions as the rules' translation. ``bodies``: those, by block identity."""

    sizes: Sizes
    bodies: Mapping[int, Body]
    name: str = SIZE

    def judge(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict | None:
        size = self.sizes.of(candidate.body)
        rules = self.sizes.of(self.bodies[id(unit.block)]) if id(unit.block) in self.bodies else ""
        if isinstance(size, str) or isinstance(rules, str) or size < rules:
            return None
        return Undecided(f"{size} machine instructions, not fewer than the {rules} of the rules")


@dataclass(slots=True)
class Proof:
    """A proof with ``rlimit`` units; ``last`` says why there is none."""

    checker: BlockChecker
    rlimit: int
    last: bool
    name: str = "proof"

    def judge(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict | None:
        known = self.checker.known(unit, candidate.body)
        if known is not None:
            return known
        outcome = self.checker.attempt(unit, candidate.body, self.rlimit)
        if isinstance(outcome, Undecided):
            return outcome
        if isinstance(outcome.verdict, Proved):
            self.checker.remember(unit, candidate.body, outcome.verdict)
            return outcome.verdict
        if outcome.difference is not None:
            reason = outcome.verdict.reason if isinstance(outcome.verdict, Undecided) else ""
            return Undecided(reason, {DIFFERS: ", ".join(outcome.difference.names[:4])})
        if not outcome.obligations:
            return _shapeless(outcome.verdict)
        return outcome.verdict if self.last else None


def _shapeless(verdict: Verdict) -> Verdict:
    """Other exits or stores than the source's are a difference, unless something is outside the model."""
    if isinstance(verdict, Undecided) and not verdict.reason.startswith("outside the model"):
        return Undecided(verdict.reason, {DIFFERS: "shape"})
    return verdict


@dataclass(slots=True)
class Emulation:
    """Rejects what differs on one of a few states."""

    checker: BlockChecker
    name: str = EMULATION

    def judge(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict | None:
        from transpile.emulators.differential import test_block

        checker = self.checker
        case = checker.case(unit, candidate.body)
        found = test_block(case, checker.convention, STATES, checker.options.seed, "")
        return found if isinstance(found, Refuted) else None


@dataclass(slots=True)
class Replayed:
    """The loop's witness: a difference that the solver shows, if both sides show it when they run."""

    checker: BlockChecker

    def refute(self, unit: BlockUnit, candidate: Candidate[Body]) -> Refuted | None:
        try:
            return self._refute(unit, candidate)
        except TranspileError:
            raise
        except Exception:
            return None

    def _refute(self, unit: BlockUnit, candidate: Candidate[Body]) -> Refuted | None:
        from transpile.emulators.differential import replay, test_block

        checker = self.checker
        if checker.missing(unit, candidate.body):
            return None
        outcome = checker.attempt(unit, candidate.body, checker.options.rlimit // FULL)
        if isinstance(outcome, Undecided):
            return None
        case = checker.case(unit, candidate.body)
        if outcome.difference is not None:
            return replay(case, checker.convention, outcome.difference.model)
        found = test_block(case, checker.convention, STATES, checker.options.seed, "")
        return found if isinstance(found, Refuted) else None


@dataclass(slots=True)
class Guarded:
    """A judge whose own faults are open questions."""

    inner: Judge[BlockUnit, Body]
    name: str

    def judge(self, unit: BlockUnit, candidate: Candidate[Body]) -> Verdict | None:
        try:
            return self.inner.judge(unit, candidate)
        except TranspileError:
            raise
        except Exception as error:
            return Undecided(f"internal error of the checker: {type(error).__name__} {error}".rstrip())


def admitting(checker: BlockChecker, sizes: Sizes) -> Sequence[Judge[BlockUnit, Body]]:
    """Those that every candidate has to pass."""
    return (Guarded(Assembled(checker), ASSEMBLING), Guarded(Fitting(sizes), ASSEMBLING))


def judges(checker: BlockChecker, sizes: Sizes, bodies: Mapping[int, Body]) -> Sequence[Judge[BlockUnit, Body]]:
    """Those that decide while there is a translation of the rules, in order."""
    rlimit = max(checker.options.rlimit // FULL, 1)
    quick = Proof(checker, min(QUICK, rlimit), last=False)
    row: Sequence[Judge[BlockUnit, Body]] = (
        Smaller(sizes, bodies), quick, Emulation(checker), Proof(checker, rlimit, last=True)
    )  # fmt: skip
    return tuple(Guarded(judge, judge.name) for judge in row)
