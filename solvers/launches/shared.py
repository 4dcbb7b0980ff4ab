"""What is known of the values in a block's threads, and its shared memory.

Between two barriers no thread may touch what another one writes, and an element must be set before it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from transpile.c.tree import Expression, Variable
from transpile.errors import Span
from transpile.solvers.launches.joined import Joined

_SEVERAL: Final = -1
ATOMIC: Final = {
    "atomicAdd": "+", "atomicMin": "min", "atomicMax": "max", "atomicAnd": "&", "atomicOr": "|", "atomicXor": "^",
}  # fmt: skip
"""CUDA's functions that combine a value into memory, and how (CUDA C++ Programming Guide, atomic functions)."""


class NotFollowed(Exception):
    """The block does what is not followed here, or what it must not do; ``span`` is where."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.span = span


@dataclass(frozen=True, slots=True)
class Symbol:
    """A number that depends on the block or the launch: known by how it is computed from the kernel's parameters and
    the block's place."""

    expression: Expression


Value: TypeAlias = int | float | Symbol | Joined
Cell: TypeAlias = tuple[Variable, int]


@dataclass(frozen=True, slots=True)
class Effect:
    """``thread`` puts ``value`` into ``array[subscript]`` of global memory: stores it, or combines it atomically."""

    array: Variable
    subscript: int | Expression
    value: Joined
    thread: int
    atomic: bool
    span: Span


@dataclass(slots=True)
class Shared:
    """Shared memory, and who has touched it since the last barrier."""

    values: dict[Cell, Value] = field(default_factory=dict)
    writers: dict[Cell, int] = field(default_factory=dict)
    readers: dict[Cell, int] = field(default_factory=dict)

    def read(self, cell: Cell, thread: int, span: Span) -> Value:
        if self.writers.get(cell, thread) != thread:
            raise NotFollowed(f"'{cell[0].name}' is read while another thread writes it", span)
        self.readers[cell] = thread if self.readers.get(cell, thread) == thread else _SEVERAL
        if cell not in self.values:
            raise NotFollowed(f"an element of '{cell[0].name}' is read that nobody has set", span)
        return self.values[cell]

    def write(self, cell: Cell, value: Value, thread: int, span: Span) -> None:
        if self.writers.get(cell, thread) != thread or self.readers.get(cell, thread) != thread:
            raise NotFollowed(f"'{cell[0].name}' is written while another thread uses it", span)
        self.writers[cell] = thread
        self.values[cell] = value

    def barrier(self) -> None:
        self.writers.clear()
        self.readers.clear()
