"""What is found when a CUDA host function is followed: launches in the place of statements, and buffers of arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from transpile.c.tree import Expression, Statement, Variable
from transpile.matching.memory import Buffer
from transpile.matching.promises import Promises
from transpile.matching.runtime import Launch
from transpile.matching.sections import Section


@dataclass(frozen=True, slots=True)
class LaunchedNest:
    """A statement of the C function, mostly a loop, and the launch that stands for it.

    ``configuration`` and ``arguments`` are in terms of the C side, but for buffers, which are their arrays. ``entered``
    are conditions around the launch alone: where they do not hold, nothing is launched.
    """

    loop: Statement
    launch: Launch
    configuration: tuple[Expression, ...]
    arguments: tuple[Expression, ...]
    entered: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """What was found. ``unset`` are arrays whose buffer was used before anything was copied into it; ``evaluated`` is
    what the CUDA function computes for itself, in terms of the C side. ``sections`` stand for loops as well."""

    nests: tuple[LaunchedNest, ...]
    buffers: tuple[Buffer, ...]
    unset: tuple[Variable, ...]
    evaluated: tuple[Expression, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of functions: ``fallback`` says whether one of the CUDA side, by its name, is the C function
    itself; ``helpers`` are those of the CUDA side that only compute; ``quiet`` are C functions that touch nothing but
    what they are given. What ``discarded`` arrays hold in the end does not matter; ``promises`` say what is
    only read."""

    fallback: Callable[[str], bool]
    helpers: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    discarded: frozenset[Variable] = frozenset()
    promises: Promises = field(default_factory=Promises)
