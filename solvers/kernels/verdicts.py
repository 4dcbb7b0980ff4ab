"""What can be said of a kernel's races."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from transpile.errors import Span
from transpile.solvers.kernels.accesses import Kind


@dataclass(frozen=True, slots=True)
class ThreadAccess:
    """What one of the two threads does: ``thread`` and ``block`` are its coordinates, ``bytes`` from the start of
    ``array`` the place."""

    kind: Kind
    array: str
    span: Span
    thread: tuple[int, int, int]
    block: tuple[int, int, int]
    first_byte: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RaceFree:
    """No two threads race, whatever the inputs, if all of ``assumptions`` hold. ``pairs`` of accesses were looked
    at."""

    assumptions: tuple[str, ...]
    pairs: int
    arithmetic: Literal["integers", "bits"]


@dataclass(frozen=True, slots=True)
class Racy:
    """Two accesses of different threads to the same bytes, of which one writes, that nothing orders.

    ``confirmed``: it depends on nothing but the launch and the parameters in ``values``; otherwise it is possible as
    far as is known, as values from memory are not.
    """

    first: ThreadAccess
    second: ThreadAccess
    values: Mapping[str, int]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Divergent:
    """A barrier, or a loop with barriers, at ``span`` that some threads of a block reach and others do not."""

    span: Span
    thread: tuple[int, int, int]
    other: tuple[int, int, int]
    values: Mapping[str, int]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing is known, for ``reason``."""

    reason: str
    span: Span | None = None


Verdict: TypeAlias = RaceFree | Racy | Divergent | Undecided
