"""What is known about a translated unit, said exactly.

Four verdicts, never a bool. ``Undecided`` and ``Refuted`` never count as success.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Proved:
    """Equal on every input the relation allows; ``assumptions`` lists what the proof takes for granted."""

    assumptions: tuple[str, ...] = ()
    rlimit: int = 0
    """Solver resources spent, in Z3 ``rlimit`` units; 0 when normalisation alone closed the proof."""

    word = "proved"


@dataclass(frozen=True, slots=True)
class Tested:
    """No difference on ``runs`` inputs drawn with ``seed``; says nothing about the rest."""

    runs: int
    seed: int
    reason: str
    """Why there is no proof."""

    word = "tested"


@dataclass(frozen=True, slots=True)
class Refuted:
    """Different on the concrete input ``witness`` (location -> value), replayed before it is believed."""

    witness: Mapping[str, int]
    differs: tuple[str, ...] = ()
    """The outputs that differ, readable: ``rax: 0x1 against 0x2``."""

    word = "refuted"


@dataclass(frozen=True, slots=True)
class Undecided:
    """No answer: out of resources, or something outside the model."""

    reason: str
    detail: Mapping[str, str] = field(default_factory=dict)

    word = "undecided"


DIFFERS = "differs"
"""Key in the detail of an undecided verdict: outputs in which a solver's model, not replayed, shows a difference."""

Verdict: TypeAlias = Proved | Tested | Refuted | Undecided
WORDS = ("proved", "tested", "refuted", "undecided")
