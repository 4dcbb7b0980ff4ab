"""A larger model in the proposer's seat: blocks become questions, texts become candidates.

``prepare`` asks for all blocks of a group at once, ``propose`` answers for one block from what is known, or asks again
with the feedback. A model that cannot be asked proposes nothing, so that the other proposers stand; why is in
``trouble``, for the caller to tell once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from transpile.core.loop import Candidate, Judged
from transpile.errors import ToolError, UsageError
from transpile.lm.answer import AnswerError, parse_answer, scope_of
from transpile.lm.prompt import Message, Prompts, complaint
from transpile.lm.settings import Settings
from transpile.native.abi import TargetIsa
from transpile.planning import BlockUnit, Body, cost

Conversation: TypeAlias = tuple[Message, ...]
Spelled: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation that ends where the model answers, and how many answers are wanted."""

    messages: Conversation
    samples: int


@dataclass(slots=True)
class Usage:
    """What was asked and what it took. ``refused``: why texts were no candidates -> how many."""

    questions: int = 0
    requests: int = 0
    retries: int = 0
    lost: int = 0
    """Requests given up."""
    cached: int = 0
    """Questions answered from the cache."""
    answers: int = 0
    candidates: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)


class Model(Protocol):
    """Something that answers questions. ``trouble``: why it no longer does; ``missed``: why it did not answer one."""

    usage: Usage
    trouble: ToolError | None
    missed: ToolError | None

    @property
    def name(self) -> str: ...

    def begin(self) -> None:
        """A file begins."""
        ...

    def answer(self, questions: Sequence[Question]) -> list[list[str]]:
        """The answers to each question: at most as many as wanted, none where it failed. Never raises ToolError."""
        ...

    def close(self) -> None: ...


class ModelProposer:
    """Candidates that a larger model wrote."""

    def __init__(self, model: Model, target: TargetIsa, settings: Settings) -> None:
        if settings.prompts is not None and not settings.prompts.is_dir():
            raise UsageError(f"'{settings.prompts}' is no folder of prompt files")
        self.model = model
        self.name = model.name
        self.target = target
        self.settings = settings
        self.prompts = Prompts(target, settings.prompts)
        self.known: dict[Conversation, list[str]] = {}

    @property
    def usage(self) -> Usage:
        return self.model.usage

    @property
    def unread(self) -> int:
        """Texts that were no candidates."""
        return sum(self.usage.refused.values())

    @property
    def trouble(self) -> ToolError | None:
        return self.model.trouble or self.model.missed

    def begin(self) -> None:
        """A file begins."""
        self.model.begin()

    def prepare(self, units: Sequence[BlockUnit]) -> None:
        """Ask for all of ``units``; answers to earlier groups are forgotten."""
        self.known = {}
        found = [self.prompts.messages(unit, ()) for unit in units]
        self._ask([Question(m, self._samples(repair=False)) for m in dict.fromkeys(found) if m is not None])

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        """New candidates, the cheapest first."""
        messages = self.prompts.messages(unit, feedback)
        if messages is None:
            return []
        if messages not in self.known:
            self._ask([Question(messages, self._samples(repair=any(map(complaint, feedback))))])
        tried = {_spelled(judged.candidate.body) for judged in feedback}
        fresh: dict[Spelled, Body] = {}
        for body in self._bodies(unit, self.known.get(messages, [])):
            if _spelled(body) not in tried:
                fresh.setdefault(_spelled(body), body)
        self.usage.candidates += len(fresh)
        return sorted((Candidate(body, cost(body), self.name) for body in fresh.values()), key=lambda c: c.cost)

    def close(self) -> None:
        """Let go of connections and memory."""
        self.known = {}
        self.model.close()

    def _samples(self, repair: bool) -> int:
        if self.settings.temperature <= 0:
            return 1
        return max(1, self.settings.samples // 2) if repair else max(1, self.settings.samples)

    def _ask(self, questions: Sequence[Question]) -> None:
        if questions and self.model.trouble is None:
            self.usage.questions += len(questions)
            for question, texts in zip(questions, self.model.answer(questions), strict=True):
                self.usage.answers += len(texts)
                self.known[question.messages] = texts

    def _bodies(self, unit: BlockUnit, texts: Sequence[str]) -> Iterator[Body]:
        scope = scope_of(unit, self.target)
        for text in texts:
            try:
                yield parse_answer(text, scope)
            except AnswerError as error:
                self.usage.refused[str(error)] += 1


def _spelled(body: Body) -> Spelled:
    return tuple((line.label, line.text) for line in body)
