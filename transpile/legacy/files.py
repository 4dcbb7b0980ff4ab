"""Files: how their records are kept outside, and the fields that go with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.legacy.expressions import Expression, Place
from transpile.legacy.fields import Record

Organization: TypeAlias = Literal["sequential", "line sequential", "relative", "indexed"]
Access: TypeAlias = Literal["sequential", "random", "dynamic"]


@dataclass(frozen=True, slots=True)
class Key:
    place: Place
    duplicates: bool = False


@dataclass(frozen=True, slots=True)
class Linage:
    """A page of ``lines`` lines between ``top`` and ``bottom`` empty ones; ``counter`` says in which line one is."""

    lines: Expression
    counter: Place
    footing: Expression | None = None
    top: Expression | None = None
    bottom: Expression | None = None


@dataclass(frozen=True, slots=True)
class File:
    """``outside`` is what it is called outside. ``record`` is its area: root and overlays are its kinds of record;
    ``sizes`` are the fewest and most bytes that one has, ``depending`` says how many it has now. ``keys`` are those of
    an indexed file, the prime one first; ``relative`` is the key of a relative one. ``work``: it exists for sorting."""

    name: tuple[str, ...]
    origin: str
    outside: Expression | None
    organization: Organization
    access: Access
    record: Record
    sizes: tuple[int, int]
    optional: bool = False
    varying: bool = False
    depending: Place | None = None
    keys: tuple[Key, ...] = ()
    relative: Place | None = None
    status: Place | None = None
    linage: Linage | None = None
    work: bool = False
    external: bool = False
    remarks: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """The comments before its description."""
