"""The grid of a launch, and the variables by which a thread knows its place in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from transpile.c.tree import Block, Member, Return, Statement, Variable
from transpile.c.walking import walk
from transpile.solvers.integers import Int

AXES = ("x", "y", "z")
MOST_THREADS, MOST_THREADS_Z = 1024, 64
"""Of a block, in all and along z (CUDA C++ Programming Guide, compute capabilities)."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """Threads along one axis: ``block`` in a block, and ``blocks`` blocks."""

    block: int
    blocks: Int


Grid: TypeAlias = Mapping[str, Dimension]
"""Dimensions by ``x``, ``y`` and ``z``."""


def built_in(variable: Variable, names: Iterable[str]) -> bool:
    """Whether it is CUDA's own variable: others may have its name."""
    return variable.name in names and variable.external and variable.storage == "global"


def own(variable: Variable) -> bool:
    """Whether each thread has its own, and nobody else changes it."""
    return variable.storage == "automatic" and not (variable.volatile or variable.attributes)


def coordinates_in(kernel: Sequence[Statement]) -> Iterator[Member]:
    for statement in kernel:
        yield from (node for node in walk(statement) if isinstance(node, Member))


def unwrapped(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements without braces around them."""
    for statement in statements:
        if isinstance(statement, Block):
            yield from unwrapped(statement.statements)
        else:
            yield statement


def returns(statement: Statement) -> bool:
    """Whether it is ``return;``."""
    inner = list(unwrapped([statement]))
    return len(inner) == 1 and isinstance(inner[0], Return) and inner[0].value is None
