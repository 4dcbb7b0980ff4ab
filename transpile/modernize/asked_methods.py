"""A larger model as a proposer of methods: methods become questions, texts become ideas.

Of the program only the paragraphs, their Python and the fields that it touches are shown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from transpile.errors import ToolError, UsageError
from transpile.lm.asking import Conversation, Model, Question, Usage
from transpile.lm.prompt import Message, PromptFiles
from transpile.lm.settings import Settings
from transpile.modernize.answers import AnswerError, parse_answer
from transpile.modernize.proposers import Asked, Idea, Task, Tried
from transpile.python.splicing import rules

MAX_TOKENS = 2048
"""Longest answer: a method is longer than a block of assembly."""
MAX_SOURCE = 16_384
"""Characters of a method and its COBOL; larger ones are not asked about."""
MAX_TOLD = 4_000
"""Characters of a refused answer that are shown again."""


@dataclass(slots=True)
class AskedMethods:
    """Ideas that a larger model wrote."""

    model: Model
    settings: Settings
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
    def trouble(self) -> ToolError | None:
        return self.model.trouble or self.model.missed

    def begin(self) -> None:
        """A file begins."""
        self.model.begin()

    def propose(self, asked: Asked) -> list[list[Idea]]:
        """New ideas; with feedback, answers to the last one that was not taken. All are asked for at once."""
        ideas: list[list[Idea]] = [[] for _ in asked]
        questions: list[Question] = []
        places: list[int] = []
        for at, (task, tried) in enumerate(asked):
            messages = self.messages(task, tried)
            if messages is not None and self.model.trouble is None:
                questions.append(Question(messages, self._samples(repair=bool(tried))))
                places.append(at)
        self.usage.questions += len(questions)
        for at, texts in zip(places, self.model.answer(questions) if questions else [], strict=True):
            self.usage.answers += len(texts)
            ideas[at] = [self._read(text, asked[at][0]) for text in texts]
            self.usage.candidates += sum(not idea.refused for idea in ideas[at])
        return ideas

    def _samples(self, repair: bool) -> int:
        if self.settings.temperature <= 0:
            return 1
        return max(1, self.settings.samples // (2 if repair else 1))

    def _read(self, text: str, task: Task) -> Idea:
        try:
            return Idea(parse_answer(text, task.scope, task.text))
        except AnswerError as error:
            self.usage.refused[str(error)] += 1
            return Idea(text[:MAX_TOLD], str(error))

    def messages(self, task: Task, tried: Sequence[Tried]) -> Conversation | None:
        """The conversation that ends where the model answers; None for a method that no prompt can hold."""
        cobol = "\n".join(task.cobol)
        if len(cobol) + len(task.text) + len(task.declarations) > MAX_SOURCE:
            return None
        question = self.prompts.fill(
            "python-method",
            cobol=cobol,
            python=task.text.rstrip(),
            declarations=task.declarations or "none",
            method=task.method,
        )
        system = self.prompts.fill("python-system", rules="\n".join(signatures()))
        asked = [Message("system", system), Message("user", question)]
        told = [one for one in tried if one.proposer == self.name and one.complaint]
        if told:
            text = told[-1].idea.text[:MAX_TOLD].rstrip()
            asked.append(Message("assistant", text if told[-1].idea.refused else f"```python\n{text}\n```"))
            complaint = self.prompts.fill("python-repair", candidate=text, complaint=told[-1].complaint)
            asked.append(Message("user", complaint))
        return tuple(asked)


def signatures() -> Iterator[str]:
    """The functions of the rules, each in a line, with the first line of what is said of it."""
    for name, node in rules().items():
        result = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
        said = (ast.get_docstring(node) or "").partition("\n")[0]
        yield f"- {name}({ast.unparse(node.args)}){result}{f': {said}' if said else ''}"


def for_methods(settings: Settings) -> Settings:
    """``settings`` with room for a method."""
    return replace(settings, max_tokens=max(settings.max_tokens, MAX_TOKENS))
