"""Checks are kept under everything that they depend on, and only where they accept a program."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from transpile import store
from transpile.c.parse import parse_text
from transpile.core import verdict as says
from transpile.core.verdict import Proved, Refuted, Undecided, Verdict
from transpile.offload import kept
from transpile.offload.kept import checked_once
from transpile.offload.ladder import Checked, Climb
from transpile.offload.subject import Subject
from transpile.offload.translate import Choices, translate_c_text
from transpile.translation import Rung
from transpile.trials.facts import Facts

TWICE = "void twice(int n, float *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] *= 2;\n}\n"
RUNGS = (Rung("tested", "passed", "no difference"), Rung("proved", "passed", "", ("no wrap-around", "no fusing")))


class Counting:
    """Stands for the ladder: counts how often it is climbed."""

    def __init__(self, verdict: Verdict) -> None:
        self.climbed = 0
        self.found = Climb({"k": Checked(verdict, RUNGS)}, (), isinstance(verdict, Refuted), {"tested": 1.0})

    def __call__(self, subject: Subject, folder: Path) -> Climb:
        self.climbed += 1
        return self.found


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "climb", Counting(Proved()))
        found = translate_c_text(TWICE, "twice.c", Choices()).subject
    assert found is not None
    return found


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Verdict], Counting]:
    def ladder(verdict: Verdict) -> Counting:
        made = Counting(verdict)
        monkeypatch.setattr(kept, "climb", made)
        return made

    return ladder


@pytest.mark.parametrize("verdict", [Proved(("a", "b")), says.Tested(9, 1, "why")])
def test_what_accepts_a_program_is_kept(
    verdict: Verdict, subject: Subject, counting: Callable[[Verdict], Counting], tmp_path: Path
) -> None:
    ladder = counting(verdict)
    first = checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    second = checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    assert ladder.climbed == 1
    assert first is ladder.found
    assert (second.kernels, second.refuted, second.diagnostics) == (first.kernels, False, ())


@pytest.mark.parametrize("verdict", [Refuted({}, ("x",)), Undecided("no time")])
def test_nothing_else_is_kept(
    verdict: Verdict, subject: Subject, counting: Callable[[Verdict], Counting], tmp_path: Path
) -> None:
    ladder = counting(verdict)
    for _ in range(2):
        checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    assert ladder.climbed == 2


def test_without_a_store_nothing_is_kept(
    subject: Subject, counting: Callable[[Verdict], Counting], tmp_path: Path
) -> None:
    ladder = counting(Proved())
    for _ in range(2):
        checked_once(subject, tmp_path, None)
    assert ladder.climbed == 2


OTHER = parse_text(TWICE.replace("2", "3"), "twice.c")
CHANGES: tuple[Callable[[Subject], Subject], ...] = (
    lambda s: replace(s, unit=OTHER),
    lambda s: replace(s, function=OTHER.functions[0]),
    lambda s: replace(s, text=s.text.replace("256", "128")),
    lambda s: replace(s, file="other.cu"),
    lambda s: replace(s, facts=Facts()),
    lambda s: replace(s, settings=replace(s.settings, seed=2)),
    lambda s: replace(s, settings=replace(s.settings, seconds=9.0)),
    lambda s: replace(s, extents={"a": "2 * n"}),
    lambda s: replace(s, checked=frozenset({frozenset({"a", "b"})})),
    lambda s: replace(s, discarded=frozenset({"a"})),
    lambda s: replace(s, written_first=frozenset({"a"})),
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_anything_is_checked_again(
    change: Callable[[Subject], Subject], subject: Subject, counting: Callable[[Verdict], Counting], tmp_path: Path
) -> None:
    ladder = counting(Proved())
    changed = change(subject)
    assert changed != subject
    for one in (subject, changed, changed):
        checked_once(one, tmp_path, tmp_path / "p.sqlite")
    assert ladder.climbed == 2


def test_another_checker_checks_again(
    subject: Subject, counting: Callable[[Verdict], Counting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = counting(Proved())
    checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    monkeypatch.setattr(store, "checker_version", lambda: b"another")
    checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    monkeypatch.setattr(kept, "_compilers", lambda: ("g++ 99",))
    checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    assert ladder.climbed == 3


def test_the_emulator_is_part_of_the_checker() -> None:
    suffixes = {path.suffix for path in store._sources()}
    assert {".py", ".cpp", ".h"} <= suffixes


DAMAGED = ("", "[]", "{}", '{"k": 3}', '{"k": [{"word": "proved"}, []]}', '{"k": [[], [[1]]]}')


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_row_is_no_verdict(
    damage: str, subject: Subject, counting: Callable[[Verdict], Counting], tmp_path: Path
) -> None:
    ladder = counting(Proved())
    checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    with sqlite3.connect(tmp_path / "p.sqlite") as connection:
        connection.execute("UPDATE programs SET checks = ?", (damage,))
    checked_once(subject, tmp_path, tmp_path / "p.sqlite")
    assert ladder.climbed == 2


def test_a_second_translation_says_the_same(choices: Choices, tmp_path: Path) -> None:
    asked = replace(choices, store=tmp_path / "p.sqlite")
    first, second = (translate_c_text(TWICE, "twice.c", asked) for _ in range(2))
    assert first.translation == second.translation
    assert first.seconds["tested"] > 0
    assert "tested" not in second.seconds
