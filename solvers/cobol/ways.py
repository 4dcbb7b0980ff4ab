"""Paths of a program that go on, and where they come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from transpile.solvers.cobol.frames import Stack, hidden_of, key_of
from transpile.solvers.cobol.straight import State
from transpile.solvers.storage.steps import End, Event, Head, Reached


@dataclass(frozen=True, slots=True)
class Way:
    """A path that goes on."""

    state: State
    stack: Stack


Next: TypeAlias = Way | Reached


def reached(state: State, stack: Stack, at: Event | Head) -> Reached:
    return Reached(state.path, state.storage, at, stack, key_of(stack))


def head(state: State, stack: Stack) -> Reached:
    return reached(state, stack, Head(hidden_of(stack)))


def label(state: State, stack: Stack, back: bool) -> Reached:
    """``back``: a GO TO in it, or from further down, leads there."""
    return reached(state, stack, Head(hidden_of(stack), "back" if back else "forward"))


def end(state: State) -> Reached:
    return Reached(state.path, state.storage, End(), (), "end")
