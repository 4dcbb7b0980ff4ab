"""Where a program goes on: a stack of immutable frames, the innermost last."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.solvers.storage.values import Int


@dataclass(frozen=True, slots=True)
class Activation:
    """A range of paragraphs that is performed: it is through at the end of paragraph ``end``."""

    begin: int
    end: int

    @property
    def key(self) -> Hashable:
        return ("range", self.begin, self.end)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a paragraph: the sentences from ``sentence`` on."""

    paragraph: int
    sentence: int

    @property
    def key(self) -> Hashable:
        return ("rest", self.paragraph, self.sentence)


@dataclass(frozen=True, slots=True)
class Block:
    """Statements from ``at`` on."""

    statements: tuple[tree.Statement, ...]
    at: int = 0

    @property
    def key(self) -> Hashable:
        return ("block", *(id(each) for each in self.statements[self.at : self.at + 1]))


@dataclass(frozen=True, slots=True)
class Look:
    """A loop at its head. ``level`` counts the AFTER phrases of VARYING."""

    statement: verbs.Perform | verbs.Search
    level: int = 0
    hidden: tuple[Int, ...] = field(default=(), compare=False)

    @property
    def key(self) -> Hashable:
        return ("look", id(self.statement), self.level)


@dataclass(frozen=True, slots=True)
class Round:
    """A loop, or an inline PERFORM, that is in its body."""

    statement: verbs.Perform
    hidden: tuple[Int, ...] = field(default=(), compare=False)

    @property
    def key(self) -> Hashable:
        return ("round", id(self.statement))


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A statement that waits for what its event brings; ``at``: the file of OPEN or CLOSE."""

    statement: tree.Statement
    at: int = 0

    @property
    def key(self) -> Hashable:
        return ("awaiting", id(self.statement), self.at)


@dataclass(frozen=True, slots=True)
class NextFile:
    """OPEN or CLOSE has more files: the one with the number ``at`` is next."""

    statement: verbs.Open | verbs.Close
    at: int

    @property
    def key(self) -> Hashable:
        return ("file", id(self.statement), self.at)


Frame: TypeAlias = Activation | Rest | Block | Look | Round | Awaiting | NextFile
Stack: TypeAlias = tuple[Frame, ...]


def key_of(stack: Stack) -> Hashable:
    return tuple(frame.key for frame in stack)


def hidden_of(stack: Stack) -> tuple[Int, ...]:
    """What loops know and no field holds, from the outermost in."""
    return tuple(each for frame in stack if isinstance(frame, Look | Round) for each in frame.hidden)


def with_hidden(stack: Stack, hidden: tuple[Int, ...]) -> Stack:
    made: list[Frame] = []
    for frame in stack:
        if isinstance(frame, Look | Round):
            count = len(frame.hidden)
            frame, hidden = replace(frame, hidden=hidden[:count]), hidden[count:]
        made.append(frame)
    return tuple(made)


def activation(stack: Stack) -> int:
    """Where in ``stack`` the range is that is performed now."""
    return max(at for at, frame in enumerate(stack) if isinstance(frame, Activation))


def paragraph(stack: Stack) -> int:
    """The paragraph whose statements are next."""
    rest = stack[activation(stack) + 1]
    assert isinstance(rest, Rest)
    return rest.paragraph


def inline_loop(stack: Stack) -> int | None:
    """The innermost inline PERFORM."""
    for at in range(len(stack) - 1, activation(stack), -1):
        if isinstance(stack[at], Round):
            return at
    return None
