"""What a direction is given, what it makes, and what it tells while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from transpile.translation import BlockResult, Placed, Translation


@dataclass(frozen=True, slots=True)
class Unit:
    """One file to translate. ``companions`` are what it refers to: headers, copybooks, data files. Names are relative
    POSIX paths."""

    name: str
    content: bytes
    companions: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to make of it: a target, and options by the names that the command line has, ``_`` for ``-``."""

    to: str
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """``files`` are what is to be written, the main output first; nothing where blocks do not meet the requirement.
    ``layout`` says where each block stands in the main output."""

    translation: Translation
    files: Mapping[str, bytes]
    layout: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """Work on blocks begins; there are ``total``."""

    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` blocks are done."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BlockDone:
    """What came of a block; one that is worked on again is told again, and the last word counts."""

    function: str
    block: BlockResult


Event: TypeAlias = Started | Progress | BlockDone
Told: TypeAlias = Callable[[Event], None]


def silent(event: Event) -> None:
    """A Told that nobody listens to."""
