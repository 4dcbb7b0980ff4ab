"""Checks are made once for the same program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from transpile.modernize.checks import PARAGRAPH, Case, Found, Outcome, WholeCase
from transpile.modernize.subject import Subject
from transpile.modernize.translate import Choices, Modernized
from transpile.translation import Rung, RungOutcome

Translated = Callable[..., Modernized]


@dataclass(slots=True)
class Counts:
    """Counts how often it is asked."""

    outcome: RungOutcome = "passed"
    name: str = PARAGRAPH
    asked: list[str] = field(default_factory=list, repr=False)

    def __call__(self, subject: Subject) -> Outcome:
        self.asked.append(subject.module.name)
        case = Case((("self.amount", 'Decimal("1.00")'),), (("self.counter", "1"),), "1\n", True)
        rung = Rung(PARAGRAPH, self.outcome, "seen", ("an assumption",))
        found = {key: Found(rung, 3, cases=(case,), rlimit=2) for key, _, _ in subject.methods}
        return Outcome(found, (WholeCase("a run", "in", (("f", "x"),), "out", 0, (("g", "y"),)),))


def test_the_second_time_the_store_knows(translated: Translated, tmp_path: Path) -> None:
    check = Counts()
    choices = Choices(checks=(check,), store=tmp_path / "proofs.sqlite")
    first, second = translated(choices=choices), translated(choices=choices)
    assert len(check.asked) == 1
    assert first.found.methods == second.found.methods
    assert first.found.cases == second.found.cases


def test_another_program_or_seed_is_checked_again(translated: Translated, tmp_path: Path) -> None:
    check = Counts()
    store = tmp_path / "proofs.sqlite"
    translated(choices=Choices(checks=(check,), store=store))
    translated("MAIN-LINE.\n    STOP RUN.\n", choices=Choices(checks=(check,), store=store))
    translated(choices=Choices(checks=(check,), store=store, seed=1))
    assert len(check.asked) == 3


def test_differences_are_looked_for_again(translated: Translated, tmp_path: Path) -> None:
    check = Counts("failed")
    choices = Choices(checks=(check,), store=tmp_path / "proofs.sqlite")
    translated(choices=choices)
    translated(choices=choices)
    assert len(check.asked) == 2
