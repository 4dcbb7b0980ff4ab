"""What a dispatcher needs of whatever does the work: on this machine, or on many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from transpile.api.jobs.model import EventKind, Json, Outcome, Work

Heard: TypeAlias = Callable[[EventKind, Json], None]
"""Told what happens while a unit is worked on: ``block`` and ``progress`` events."""
Wanted: TypeAlias = Callable[[], bool]
"""Whether the work is still wanted; asked several times a second."""


class Executor(Protocol):
    """Does units of work, up to ``slots`` at once, each called for by a thread of its own.

    ``run`` returns for every fate of the work: a process that dies or hangs is ``Lost``, work that nobody wants any
    more is ended and ``Stopped``.
    """

    @property
    def slots(self) -> int: ...

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome: ...

    def close(self) -> None: ...
