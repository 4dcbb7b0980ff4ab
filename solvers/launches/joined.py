"""What threads have combined so far: collections of contributions, of which only is known who made them.

A collection says how often each contribution takes part. Collections are joined by one operator alone, that of their
accumulator, so that two of them which hold the same are equal modulo association and commutativity.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from transpile.c.tree import Variable
from transpile.c.types import CType

IDEMPOTENT = frozenset(("min", "max", "&", "|"))
"""Operators for which a contribution may take part several times."""
Contribution: TypeAlias = tuple[Variable, int | str]
"""To a variable, by a thread or in some other way."""


@dataclass(frozen=True, slots=True)
class Operation:
    """``operator`` is one of ``+ * min max & | ^``, computed in ``type``."""

    operator: str
    type: CType

    @property
    def idempotent(self) -> bool:
        return self.operator in IDEMPOTENT

    @property
    def neutral(self) -> int | None:
        """The value that changes nothing; None where the type has none that one could rely on."""
        return {"+": 0, "^": 0, "|": 0, "*": 1, "&": -1}.get(self.operator)


@dataclass(frozen=True, slots=True)
class Joined:
    """``parts`` says how often each contribution takes part; none is the neutral element."""

    operation: Operation
    parts: Mapping[Contribution, int]

    def join(self, other: Joined) -> Joined:
        """Both together. They must be of one operation."""
        small, large = sorted((self.parts, other.parts), key=len)
        parts = dict(large)
        for one, times in small.items():
            parts[one] = parts.get(one, 0) + times
        return Joined(self.operation, parts)

    def holds(self, wanted: Collection[Contribution]) -> bool:
        """Whether it is these contributions, each once, or at least once where that is all that counts."""
        once = self.operation.idempotent or all(times == 1 for times in self.parts.values())
        return once and self.parts.keys() == set(wanted)
