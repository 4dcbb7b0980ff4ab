"""What was found in a repository, item by item: where, what was done about it, and what that leaves to do.

The effort of an item that is left is a rough figure from its kind and size, made to compare files with each other and
not measured: ``MINUTES`` has a base for each kind and a figure for each line concerned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "assembly", "inline", "intrinsics", "builtin", "conditional", "cpuid", "flag", "build", "loops", "cobol"
]
State: TypeAlias = Literal["ported", "covered", "left", "note"]
"""``covered``: other targets are taken care of already. ``left``: a person has to act. ``note``: worth a look."""

KINDS: dict[Kind, str] = {
    "assembly": "assembly files",
    "inline": "inline assembly",
    "intrinsics": "x86 intrinsics",
    "builtin": "x86 builtins of the compiler",
    "conditional": "code for x86 without another branch",
    "cpuid": "questions to the x86 processor",
    "flag": "x86 compiler flags",
    "build": "build rules",
    "loops": "loops",
    "cobol": "COBOL programs",
}
MINUTES: dict[Kind, tuple[float, float]] = {
    "assembly": (20, 1),
    "inline": (15, 5),
    "intrinsics": (10, 2),
    "builtin": (10, 2),
    "conditional": (5, 0.5),
    "cpuid": (15, 0),
    "flag": (5, 0),
    "build": (15, 0),
    "loops": (30, 2),
    "cobol": (60, 1),
}
CHECKING = 2
"""Minutes to look at what was ported without a proof."""


@dataclass(frozen=True, slots=True)
class Item:
    """Lines count from 1. ``what`` names it, ``how`` says what was done, ``why`` what is missing, ``hint`` what to do.

    ``verdicts`` counts blocks by verdict, where there are blocks.
    """

    kind: Kind
    file: str
    line: int
    last_line: int
    what: str
    state: State
    how: str = ""
    why: str = ""
    hint: str = ""
    verdicts: dict[str, int] = field(default_factory=dict)

    @property
    def minutes(self) -> float:
        """What is left to do, roughly."""
        base, each = MINUTES[self.kind]
        match self.state:
            case "left":
                return base + each * (self.last_line - self.line + 1)
            case "note":
                return base / 5
            case "ported":
                return CHECKING if self.verdicts.get("tested") else 0
            case _:
                return 0


def in_order(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.file, item.line, item.kind))
