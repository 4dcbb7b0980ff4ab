"""The seats of proposers: who offers other texts for methods beside the rules.

What a proposer offers is untrusted: an idea is the text of a method that was looked at, or the reason why the answer
was none. What goes wrong in a proposer costs its own ideas and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from transpile.core.verdict import Verdict
from transpile.errors import TranspileError, printable
from transpile.modernize.scope import Scope
from transpile.modernize.subject import Key

MAX_FAULTS = 3
"""Faults in a row after which a proposer is no longer asked."""
MAX_IDEAS = 64
"""Of one proposer for a method in a round; what is beyond is not looked at."""


@dataclass(frozen=True, slots=True)
class Idea:
    """The text of a method; or, with ``refused``, an answer that is none, and why."""

    text: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """An idea, and what speaks against it, in words that a model can be told."""

    idea: Idea
    verdict: Verdict
    complaint: str
    proposer: str


@dataclass(frozen=True, slots=True)
class Task:
    """A method to propose for. ``cobol`` are the lines of the paragraphs, ``text`` is what the rules made of them,
    ``cost`` its size; ``declarations`` are the lines of the module that say what it works on."""

    key: Key
    method: str
    cobol: tuple[str, ...]
    text: str
    cost: int
    verdict: Verdict
    declarations: str
    scope: Scope


Asked: TypeAlias = Sequence[tuple[Task, Sequence[Tried]]]
"""Methods, and what was tried for each before."""


class Proposer(Protocol):
    """Offers ideas for each of several methods, in their order."""

    @property
    def name(self) -> str: ...

    def propose(self, asked: Asked) -> list[list[Idea]]: ...


@dataclass(slots=True)
class Seat:
    """A proposer that cannot disturb: what it raises is kept in ``trouble``."""

    proposer: Proposer
    faults: int = 0
    trouble: str = ""
    counted: tuple[int, int, int] = (0, 0, 0)

    @property
    def name(self) -> str:
        return self.proposer.name

    def propose(self, asked: Asked) -> list[list[Idea]]:
        """Ideas for each of ``asked``."""
        if self.faults >= MAX_FAULTS or not asked:
            return [[] for _ in asked]
        try:
            found = [list(ideas)[:MAX_IDEAS] for ideas in self.proposer.propose(asked)]
        except Exception as error:
            self.faults += 1
            said = error.message if isinstance(error, TranspileError) else f"{type(error).__name__}: {error}"
            self.trouble = self.trouble or printable(said)[:300]
            return [[] for _ in asked]
        trouble = getattr(self.proposer, "trouble", None)
        self.trouble = self.trouble or (str(trouble) if trouble is not None else "")
        self.faults = 0
        return (found + [[] for _ in asked])[: len(asked)]

    def usage(self) -> tuple[int, int, int]:
        """Requests, and tokens in and out, since the last time that this was asked."""
        used = getattr(self.proposer, "usage", None)
        now = (used.requests, used.tokens_in, used.tokens_out) if used is not None else (0, 0, 0)
        before, self.counted = self.counted, now
        return now[0] - before[0], now[1] - before[1], now[2] - before[2]
