"""A larger model as a proposer of plans and CUDA texts: functions become questions, texts become ideas.

Of the source file only the function is shown, printed from its tree with its comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from transpile.c.printing import show_function
from transpile.c.spelling import type_text
from transpile.cuda.plan_text import show
from transpile.errors import ToolError, UsageError
from transpile.lm.asking import Conversation, Model, Question, Usage
from transpile.lm.prompt import Message, PromptFiles
from transpile.lm.settings import Settings
from transpile.offload.answers import AnswerError, parse_answer
from transpile.offload.proposers import Idea, Task, Tried
from transpile.offload.rules import in_function
from transpile.solvers.loops.analysis import Loop
from transpile.solvers.loops.extents import Extent

MAX_TOKENS = 4096
"""Longest answer: a whole CUDA file is longer than a block of assembly."""
MAX_SOURCE = 32_768
"""Characters of a function; larger ones are not asked about."""
MAX_TOLD = 4_000
"""Characters of a refused answer that are shown again."""


@dataclass(slots=True)
class AskedPlans:
    """Ideas that a larger model wrote."""

    model: Model
    settings: Settings
    outside: bool = True
    prompts: PromptFiles = field(init=False)

    def __post_init__(self) -> None:
        folder = self.settings.prompts
        if folder is not None and not folder.is_dir():
            raise UsageError(f"'{folder}' is no folder of prompt files")
        self.prompts = PromptFiles(folder)

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def usage(self) -> Usage:
        return self.model.usage

    @property
    def unread(self) -> int:
        return sum(self.usage.refused.values())

    @property
    def trouble(self) -> ToolError | None:
        return self.model.trouble or self.model.missed

    def begin(self) -> None:
        """A file begins."""
        self.model.begin()

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]:
        """New ideas; with feedback, answers to the last one that was not taken."""
        messages = self.messages(task, feedback)
        if messages is None or self.model.trouble is not None:
            return []
        wanted = max(1, self.settings.samples // (2 if feedback else 1)) if self.settings.temperature > 0 else 1
        self.usage.questions += 1
        (texts,) = self.model.answer([Question(messages, wanted)])
        self.usage.answers += len(texts)
        ideas = list(dict.fromkeys(self._read(texts, task)))
        self.usage.candidates += len(ideas)
        return [idea for idea in ideas if idea not in [one.idea for one in feedback]]

    def _read(self, texts: Sequence[str], task: Task) -> Iterator[Idea]:
        for text in texts:
            try:
                yield parse_answer(text, task.function)
            except AnswerError as error:
                self.usage.refused[str(error)] += 1

    def messages(self, task: Task, feedback: Sequence[Tried]) -> Conversation | None:
        """The conversation that ends where the model answers; None for a function that no prompt can hold."""
        source = show_function(task.function)
        if len(source) > MAX_SOURCE:
            return None
        usual = f"A plan that passes:\n```\n{show(task.usual.plan)}```" if task.usual else "No plan is known."
        question = self.prompts.fill(
            "cuda-function",
            source=source,
            loops="\n".join(_loops(task.analysis.loops, 0)) or "none",
            arrays="\n".join(_arrays(task)) or "none",
            plan=usual,
        )
        asked = [Message("system", self.prompts.fill("cuda-system")), Message("user", question)]
        told = [one for one in feedback if one.proposer == self.name and one.complaint]
        if told:
            wrong = told[-1]
            text = (show(wrong.idea.plan) if wrong.idea.plan else wrong.idea.text)[:MAX_TOLD]
            asked.append(Message("assistant", f"```\n{text}```"))
            asked.append(Message("user", self.prompts.fill("cuda-repair", candidate=text, complaint=wrong.complaint)))
        return tuple(asked)


def _loops(loops: Sequence[Loop], depth: int) -> Iterator[str]:
    for loop in filter(in_function, loops):
        yield f"{'  ' * depth}- {loop.span.line}:{loop.span.column}: {loop.explanation.message}"
        yield from _loops(loop.loops, depth + 1)


def _arrays(task: Task) -> Iterator[str]:
    for use in task.analysis.arrays:
        extent = use.extent.expression if isinstance(use.extent, Extent) else "unknown"
        role = "read and written" if use.read and use.written else "written" if use.written else "read"
        yield f"- {use.variable.name}: {type_text(use.variable.type)}, {extent} elements, {role}"


def for_plans(settings: Settings) -> Settings:
    """``settings`` with room for a whole file."""
    return replace(settings, max_tokens=max(settings.max_tokens, MAX_TOKENS))
