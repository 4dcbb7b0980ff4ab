"""What came of each problem, and the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness import markdown

Status = Literal["passed", "wrong", "refused", "untranslated", "checked", "unconverted", "broken"]
MEANINGS: dict[Status, str] = {
    "passed": "translated, and valid in every run",
    "wrong": "translated, and a run was not valid",
    "refused": "the translator says why it does not translate",
    "untranslated": "the translator gave neither a text that launches a kernel nor a reason",
    "checked": "the C version is valid; no translation was asked for",
    "unconverted": "the baseline has no C version here",
    "broken": "the C version itself is not valid, or there is no harness",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One problem. ``reason`` is empty where it passed."""

    problem: str
    type: str
    status: Status
    reason: str = ""
    seconds: float = 0.0

    @property
    def converted(self) -> bool:
        return self.status not in ("unconverted", "broken")

    @property
    def translated(self) -> bool:
        return self.status in ("passed", "wrong")


def summary(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Counts by type of problem, and of all."""
    groups = {kind: [o for o in outcomes if o.type == kind] for kind in sorted({o.type for o in outcomes})}
    return {kind: _counts(group) for kind, group in {**groups, "all": list(outcomes)}.items()}


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = {"problems": len(outcomes), "converted": sum(o.converted for o in outcomes)}
    counts["translated"] = sum(o.translated for o in outcomes)
    return counts | {word: sum(o.status == word for o in outcomes) for word in ("passed", "wrong", "refused")}


def tables(outcomes: Sequence[Outcome]) -> str:
    """Markdown: the counts, then what did not pass."""
    counted = summary(outcomes)
    head = ("type", *next(iter(counted.values())))
    rows = [(kind, *counts.values()) for kind, counts in counted.items()]
    others = [(o.problem, o.status, _line(o.reason)) for o in outcomes if o.status not in ("passed", "checked")]
    below = "\n" + markdown(("problem", "status", "reason"), others) if others else ""
    return markdown(head, rows) + below


def _line(reason: str) -> str:
    return " ".join(reason.split())[:200]
