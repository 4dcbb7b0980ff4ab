"""The pytest file beside the output: it holds, it fails when the Python is changed, and linters accept it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from transpile.modernize.checks import PARAGRAPH, Case, Compiles, Found, Outcome, WholeCase
from transpile.modernize.folder import laid_out
from transpile.modernize.subject import Subject
from transpile.modernize.testing import MOST_CASES, pytest_file
from transpile.modernize.translate import Choices, Modernized, translate_file
from transpile.translation import Rung

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"
Translated = Callable[..., Modernized]
ADD, MAIN = ("Savings", (1, 1)), ("Savings", (0, 0))


def case(cents: int, interest: int) -> Case:
    before = (("self.amount", f'Decimal("{cents / 100:.2f}")'),)
    after = (
        ("self.amount", f'Decimal("{(cents + interest) / 100:.2f}")'),
        ("self.interest", f'Decimal("{interest / 100:.2f}")'),
    )
    return Case(before, after)


ENDS = Case((("self.counter", "1"),), (), "+00010.50\n", True)
WHOLE = WholeCase("a run with nothing", "", (("unused.dat", '"x" \xe9\n'),), "+00010.50\n", 0, ())
LINES = "".join(f"{'0' * number}\n" for number in range(0, 200, 9))
LONG = WholeCase("a run with many lines", LINES, (("unused.dat", LINES),), "+00010.50\n", 0, ())


@dataclass(frozen=True, slots=True)
class Knows:
    name: str = PARAGRAPH

    def __call__(self, subject: Subject) -> Outcome:
        rung = Rung(PARAGRAPH, "passed")
        many = tuple(case(1010 + 20 * number, 51 + number) for number in range(8))
        return Outcome(
            {ADD: Found(rung, 8, cases=(many[0], *many)), MAIN: Found(rung, 1, cases=(ENDS,))}, (WHOLE, LONG)
        )


@pytest.fixture
def folder(translated: Translated, tmp_path: Path) -> Path:
    made = translated(choices=Choices(checks=(Compiles(), Knows())))
    main = tmp_path / "out" / "bank.py"
    main.parent.mkdir()
    for path, text in laid_out(made.subject.module, main, pytest_file(made, "bank"), False).items():
        path.write_text(text)
    return main.parent


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_it_holds_and_is_small(folder: Path) -> None:
    text = (folder / "test_bank.py").read_text()
    assert text.count("def test_add_interest_") == MOST_CASES
    done = run(folder)
    assert f"{MOST_CASES + 3} passed" in done.stdout, done.stdout


def test_it_fails_when_the_python_is_changed(folder: Path) -> None:
    text = (folder / "bank.py").read_text()
    (folder / "bank.py").write_text(text.replace("fit_rounded", "fit_decimal"))
    assert "failed" in run(folder).stdout


def test_linters_accept_it(folder: Path) -> None:
    for words in (["ruff", "check", "--isolated", "."], ["mypy", "--strict", "--config-file=", "."]):
        if shutil.which(words[0]) is not None:
            done = subprocess.run(words, capture_output=True, text=True, cwd=folder, check=False)
            assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
@pytest.mark.parametrize("name", ["pricing", "seats"])
def test_they_hold_for_nested_programs_and_files_with_keys(name: str, tmp_path: Path) -> None:
    made = translate_file(CORPUS / f"{name}.cob", Choices())
    for path, text in laid_out(made.subject.module, tmp_path / f"{name}.py", pytest_file(made, name), False).items():
        path.write_text(text)
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout


def test_without_runs_there_are_no_tests(translated: Translated) -> None:
    assert pytest_file(translated(choices=Choices(checks=(Compiles(),))), "bank") == ""
