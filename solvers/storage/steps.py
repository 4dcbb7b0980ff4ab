"""Steps of a program between the points where two programs must agree.

A machine runs a program from a point to the next event, the head of a loop, or the end, on every path that is possible.
What comes from outside (records of files, lines of input, what a performed paragraph leaves) is an answer, the same for
both.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeAlias

import z3

from transpile.solvers.storage.storage import Storage
from transpile.solvers.storage.values import Int, Truth, Value

Kind: TypeAlias = Literal[
    "perform", "display", "accept", "file", "call", "function", "execute", "stop", "leave", "error"
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that others see, or that others do.

    ``name`` and ``options`` must be equal on both sides, ``values`` must have equal values, one by one. ``changes``:
    the numbers (of the first fields) of records that it may change; None for any. ``truths`` are the names of the
    answers that are yes or no (``at end``), ``results`` how many numbers or texts come back: the size of a text, or
    None for an integer. A ``perform`` is named ``first-last`` after the numbers of its paragraphs, an ``execute`` with
    the language and the text of the statement; it reads no more than what it may change. Nothing follows
    ``stop`` (the run ends), ``leave`` (back to the caller of the program) and ``error`` (it ends abnormally).
    """

    kind: Kind
    name: str = ""
    options: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    changes: frozenset[int] | None = frozenset()
    truths: tuple[str, ...] = ()
    results: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a loop, before its condition is looked at; or a label, which is one only if jumps lead ``back`` to
    it. ``hidden`` are values that the program has and no field holds: how often the loop ran, where it ends."""

    hidden: tuple[Int, ...] = ()
    label: Literal["", "back", "forward"] = ""


@dataclass(frozen=True, slots=True)
class End:
    """The paragraph, or method, is through."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an event brought. The storage is that in which the program goes on."""

    truths: Mapping[str, Truth] = field(default_factory=dict)
    results: tuple[Value, ...] = ()


class Solver(Protocol):
    def possible(self, conditions: tuple[Truth, ...]) -> bool:
        """False only if the conditions contradict each other."""

    def certain(self, conditions: tuple[Truth, ...], consequence: Truth) -> bool:
        """True only if the consequence follows."""


@dataclass(frozen=True, slots=True)
class Path:
    """What holds on the way here. ``assumed``: in words, what is taken for granted of the program."""

    solver: Solver
    conditions: tuple[Truth, ...] = ()
    assumed: frozenset[str] = frozenset()

    def where(self, condition: Truth) -> Path | None:
        """The path on which ``condition`` holds too; None if there is no such path."""
        condition = _simple(condition)
        if z3.is_true(condition):
            return self
        if z3.is_false(condition):
            return None
        longer = replace(self, conditions=(*self.conditions, condition))
        return longer if self.solver.possible(longer.conditions) else None

    def certain(self, condition: Truth) -> bool:
        condition = _simple(condition)
        if z3.is_true(condition):
            return True
        return not z3.is_false(condition) and self.solver.certain(self.conditions, condition)

    def assuming(self, condition: Truth, words: str) -> Path | None:
        """The same where ``condition`` is taken for granted, for the reason ``words``."""
        if self.certain(condition):
            return self
        found = self.where(condition)
        return None if found is None else found.granting(words)

    def granting(self, words: str) -> Path:
        return replace(self, assumed=self.assumed | {words})


@dataclass(frozen=True, slots=True)
class Reached:
    """Where one path came to. ``point`` says where the machine goes on; ``key``, which is equal where the program will
    do the same from then on, given the same storage and hidden values."""

    path: Path
    storage: Storage
    at: Event | Head | End
    point: object
    key: Hashable


class Machine(Protocol):
    """One program. All methods raise ``NoTerm`` for what has no meaning here."""

    def start(self, paragraphs: tuple[int, int], storage: Storage, path: Path) -> list[Reached]:
        """From the start of a range of paragraphs to the next points."""

    def advance(self, reached: Reached, answer: Answer) -> list[Reached]:
        """On from an event, given what came of it (``reached.storage`` as it is then); or past the head of a loop."""

    def enter(self, reached: Reached) -> list[Reached]:
        """From a ``perform`` into what it performs, and from there to the next points."""

    def with_hidden(self, reached: Reached, hidden: tuple[Int, ...]) -> Reached:
        """The same head with other hidden values."""


def _simple(condition: Truth) -> Truth:
    made = z3.simplify(condition)
    assert isinstance(made, z3.BoolRef)
    return made
