"""What each step of each proposer gave: counts that add up over units and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from transpile.core.verdict import DIFFERS, Verdict


@dataclass(slots=True)
class Yield:
    """Counts of candidates. Each is ``repeated``, ``dearer`` or judged, unless the search ended before.

    Judged ones are ``unassembled``, ``emulated`` (rejected by a few executions), ``refuted``, ``undecided``, ``tested``
    or ``proved``.
    """

    tried: int = 0
    """Candidates given to the repairer (the step ``sketches``)."""
    unread: int = 0
    """Answers that were no candidate."""
    proposed: int = 0
    repeated: int = 0
    """The same text as an earlier candidate of this unit."""
    dearer: int = 0
    """Not cheaper than what is there without it."""
    unassembled: int = 0
    emulated: int = 0
    refuted: int = 0
    """A counterexample, or a difference that the proof ran into."""
    undecided: int = 0
    tested: int = 0
    proved: int = 0
    chosen: int = 0
    saved: int = 0
    """Cost of the rules' candidates less that of the chosen ones."""
    requests: int = 0
    """Questions that went to a model which counts tokens."""
    tokens_in: int = 0
    tokens_out: int = 0

    def add(self, other: Yield) -> None:
        for one in COUNTS:
            setattr(self, one, getattr(self, one) + getattr(other, one))

    def counts(self) -> dict[str, int]:
        return {one: getattr(self, one) for one in COUNTS}


COUNTS = tuple(f.name for f in fields(Yield))
ASSEMBLING, SIZE, EMULATION = "assembling", "size", "emulation"
"""Judges whose rejections are counted by themselves."""


@dataclass(slots=True)
class Yields:
    """A row for each proposer and step, in the order in which they first took part."""

    rows: dict[tuple[str, str], Yield] = field(default_factory=dict)

    def row(self, proposer: str, step: str) -> Yield:
        found = self.rows.get((proposer, step))
        if found is None:
            found = self.rows[proposer, step] = Yield()
        return found

    def judged(self, proposer: str, step: str, verdict: Verdict, judge: str) -> None:
        """Count a verdict."""
        row = self.row(proposer, step)
        match judge, verdict.word:
            case name, _ if name == ASSEMBLING:
                row.unassembled += 1
            case name, _ if name == SIZE:
                row.dearer += 1
            case name, _ if name == EMULATION:
                row.emulated += 1
            case _, "undecided" if DIFFERS in getattr(verdict, "detail", ()):
                row.refuted += 1
            case _, word:
                setattr(row, word, getattr(row, word) + 1)

    def chosen(self, proposer: str, step: str, saved: int) -> None:
        """Count what stands in the output."""
        row = self.row(proposer, step)
        row.chosen += 1
        row.saved += saved

    def add(self, other: Yields) -> None:
        for (proposer, step), row in other.rows.items():
            self.row(proposer, step).add(row)


def summed(found: Iterable[Yields]) -> Yields:
    """All of ``found`` added up."""
    total = Yields()
    for one in found:
        total.add(one)
    return total


def yields_from(rows: Iterable[tuple[str, str, Mapping[str, int]]]) -> Yields:
    """Yields from their rows as data."""
    return Yields({(proposer, step): Yield(**counts) for proposer, step, counts in rows})
