"""The benchmark of generated paragraphs: nothing differs, and what differs is told with a small program."""

from __future__ import annotations

import shutil
from pathlib import Path

import cobol_generated
import pytest
from cobol_generated import Case, judge, outcomes, reduced, verdict

from transpile.corpora.cobol_paragraphs import generate
from transpile.python.emitter import Module, emit

pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")


def test_few_programs_have_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cobol_generated.main(["--programs", "2", "--paragraphs", "6", "--states", "20", "--seed", "7"]) == 0
    assert "12 paragraphs of 2 programs" in capsys.readouterr().out


def test_a_fault_of_the_emitter_is_found_and_made_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*programs: object) -> Module:
        made = emit(*programs)  # type: ignore[arg-type]
        text = made.text.replace("fit_decimal(", "(lambda value, *_, **__: value)(")
        return Module(made.name, {**made.files, made.name: text}, made.classes)

    monkeypatch.setattr(cobol_generated, "emit", wrong)
    monkeypatch.setattr(cobol_generated, "_REDUCING_S", 10.0)
    case = Case(7, 6, 20, tmp_path)
    program = generate(7, 6)
    each = outcomes(program, case.settings)
    name = next(name for name, outcome in each.items() if verdict(outcome) == "differs")
    least, outcome = reduced(program, name, each[name], case.settings)
    assert verdict(outcome) == "differs"
    assert len(least.text) < len(program.text) / 2
    assert judge(Case(7, 6, 20, tmp_path, reduce=False)).differences
