"""The embedded language model as a proposer: canonical blocks in, candidates out, for a whole group of blocks at once.

The model never sees names, addresses or registers of the program, and what it answers is read by
``transpile.native.canonical``, which gives nothing but instructions of known forms over the block's own values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from transpile.core.loop import Candidate, Judged
from transpile.core.verdict import DIFFERS, Refuted, Undecided, Verdict
from transpile.lm.settings import Settings
from transpile.native.abi import TargetIsa
from transpile.native.canonical.repair import repair_tokens
from transpile.native.canonical.source import CanonicalBlock, canonical
from transpile.native.canonical.target import Read, Unspeakable, read, write
from transpile.native.sketch import Hole
from transpile.planning import BlockUnit, Body, cost
from transpile.targets import syntax_of

if TYPE_CHECKING:
    from transpile.lm.engine import Engine, Sample

WEIGHTS = Path(__file__).parent / "weights"
MAX_TOKENS = 180
"""Longer blocks are left to the rules: the model was not trained on them."""
SPARE = 4
"""Answers beyond those wanted, for the ones that spell no body."""
LOG_SURE = log(0.98)
"""From a token with a lower probability another answer may leave."""
BRANCHES = 10
"""Places of a refuted answer that others leave from."""
WIDTH = 2
"""Tokens that are tried at each."""
UNKNOWN = 99
LOG_CONFIDENT = log(0.9)
"""A token with a lower probability is a hole of the sketch, if the candidate is refuted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One sample read back: the body, its tokens and the probability of each."""

    body: Body
    tokens: tuple[str, ...]
    doubts: tuple[Hole, ...]
    probability: float


@dataclass(slots=True)
class EmbeddedProposer:
    """Samples of the embedded model. ``prepare`` asks for many blocks at once; equal blocks are asked once."""

    target: TargetIsa
    settings: Settings
    engine: Engine
    name: str = "embedded"
    forms: dict[int, CanonicalBlock | None] = field(default_factory=dict)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    unread: int = 0
    """Samples that spelled no body."""
    spelled: dict[tuple[str, tuple[str, ...]], Sample] = field(default_factory=dict)
    """The sample that each body came from, by the hash of its block."""
    left: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    """Answers from which others were made, by the hash of their block."""

    def prepare(self, units: Sequence[BlockUnit]) -> None:
        """Ask the model about the blocks of ``units``; what earlier calls asked about and is not here is forgotten."""
        self.spelled, self.left = {}, set()
        self.forms = {id(unit.block): self._form(unit) for unit in units}
        wanted = {form.hash: form.tokens for form in self.forms.values() if form is not None}
        known = {key: found for key, found in self.samples.items() if key in wanted}
        fresh = {key: tokens for key, tokens in wanted.items() if key not in known}
        self.samples = known | dict(zip(fresh, self._ask(list(fresh.values())), strict=True))

    def _ask(self, sources: list[tuple[str, ...]]) -> list[list[Sample]]:
        if not sources:
            return []
        return self.engine.generate(sources, self.settings.samples + SPARE)

    def _form(self, unit: BlockUnit) -> CanonicalBlock | None:
        form = canonical(unit.block, unit.function, self.target.abi)
        return form if form is not None and len(form.tokens) <= MAX_TOKENS else None

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        """The samples for a block; with feedback, samples that were shown the counterexample."""
        form = self.forms[id(unit.block)] if id(unit.block) in self.forms else self._form(unit)
        if form is None:
            return []
        if not feedback:
            if form.hash not in self.samples:
                self.samples[form.hash] = self._ask([form.tokens])[0]
            found = self.answers(form, self.samples[form.hash])[: self.settings.samples]
        else:
            found = self.answers(form, self._repairs(form, feedback))
        return [Candidate(a.body, cost(a.body), self.name, doubts=a.doubts) for a in found]

    def _repairs(self, form: CanonicalBlock, feedback: Sequence[Judged[Body]]) -> list[Sample]:
        """From the nearest miss: answers that leave it where it was unsure, and answers to what differed."""
        missed = [(j, self.spelled.get((form.hash, _texts(j.candidate.body)))) for j in feedback]
        fresh = [(j, known) for j, known in missed if known is not None and (form.hash, known.tokens) not in self.left]
        if not fresh:
            return []
        judged, known = min(fresh, key=lambda found: (_distance(found[0].verdict), -found[1].score))
        self.left.add((form.hash, known.tokens))
        return [*self._leaving(form, known), *self._answering(form, judged)]

    def _leaving(self, form: CanonicalBlock, sample: Sample) -> list[Sample]:
        logs = sample.log_probabilities[: len(sample.tokens)]
        places = sorted((p for p, log_ in enumerate(logs) if log_ < LOG_SURE), key=lambda p: logs[p])[:BRANCHES]
        return self.engine.branches(form.tokens, sample.tokens, places, WIDTH)

    def _answering(self, form: CanonicalBlock, judged: Judged[Body]) -> list[Sample]:
        if not isinstance(judged.verdict, Refuted):
            return []
        try:
            wrong = write(judged.candidate.body, form, syntax_of(self.target.abi.name), arrange=False)
        except Unspeakable:
            return []
        return self._ask([repair_tokens(form, wrong, judged.verdict)])[0]

    def answers(self, form: CanonicalBlock, samples: Sequence[Sample]) -> list[Answer]:
        """The distinct bodies that samples spell, the likeliest first."""
        syntax = syntax_of(self.target.abi.name)
        found: dict[tuple[str, ...], Answer] = {}
        for sample in samples:
            try:
                spelled = read(sample.tokens, form, syntax)
            except Unspeakable:
                self.unread += 1
                continue
            key = _texts(spelled.body)
            if key not in found:
                found[key] = Answer(spelled.body, sample.tokens, doubts(spelled, sample), sample.score)
                self.spelled.setdefault((form.hash, key), sample)
        return list(found.values())


def _texts(body: Body) -> tuple[str, ...]:
    return tuple(line.text or line.label for line in body)


def _distance(verdict: Verdict) -> int:
    """How many outputs a candidate gets wrong; what is not known to be wrong in some comes last."""
    if isinstance(verdict, Refuted):
        return len(verdict.differs)
    listed = verdict.detail.get(DIFFERS, "") if isinstance(verdict, Undecided) else ""
    return 1 + listed.count(",") if listed and listed != "shape" else UNKNOWN


def doubts(spelled: Read, sample: Sample) -> tuple[Hole, ...]:
    """Operands and mnemonics whose token the model gave less than 0.9, the least likely first."""
    found: list[tuple[float, Hole]] = []
    for line, (start, end) in enumerate(spelled.spans):
        for index in range(start, min(end, len(sample.log_probabilities))):
            if sample.log_probabilities[index] < LOG_CONFIDENT:
                found.append((sample.log_probabilities[index], Hole(line, index - start - 1)))
    return tuple(hole for _, hole in sorted(found, key=lambda f: f[0]))


def build(target: TargetIsa, settings: Settings, weights: Path = WEIGHTS) -> EmbeddedProposer:
    """The model of the package, or of a folder that ``transpile train`` wrote: one folder of weights per target.

    Raises:
        ToolError: the weights or the engine are missing.
    """
    from transpile.lm.engine import Engine

    return EmbeddedProposer(target, settings, Engine(weights / target.abi.name))
