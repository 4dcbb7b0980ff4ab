"""The checks with GnuCOBOL: what is right is tested, and what is wrong refuted in COBOL's own terms."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from transpile.core.verdict import Refuted, Verdict
from transpile.modernize.checks import Checks, Compiles
from transpile.modernize.ladder import Climb, climb
from transpile.modernize.paragraph_runs import ParagraphRuns
from transpile.modernize.subject import Given
from transpile.modernize.translate import Choices, Modernized
from transpile.modernize.whole_runs import GIVEN, WholeRuns
from transpile.translation import reason_of

pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
Translated = Callable[..., Modernized]
READS = """\
MAIN-LINE.
    ACCEPT COUNTER.
    PERFORM ADD-INTEREST.
    DISPLAY AMOUNT " " COUNTER.
    STOP RUN.
ADD-INTEREST.
    COMPUTE INTEREST ROUNDED = AMOUNT * RATE.
    ADD INTEREST TO AMOUNT.
"""


def climbed(made: Modernized, old: str, new: str, *checks: ParagraphRuns | WholeRuns) -> Climb:
    """All checks of the module with ``new`` in the place of ``old``."""
    subject = made.subject
    text = subject.module.text
    assert old in text
    files = {**subject.module.files, subject.module.name: text.replace(old, new)}
    asked: Checks = (Compiles(), *checks)
    return climb(replace(subject, module=replace(subject.module, files=files)), asked)


def verdicts(found: Climb) -> dict[tuple[int, int], Verdict]:
    return {key[1]: one.verdict for key, one in found.methods.items()}


def test_equal_programs_are_tested(translated: Translated) -> None:
    made = translated(choices=Choices(checks=(Compiles(), ParagraphRuns(20), WholeRuns(3))))
    assert {block.verdict.word for block in made.translation.blocks} == {"tested"}
    (add,) = [block for block in made.translation.blocks if block.label == "ADD-INTEREST"]
    assert [rung.outcome for rung in add.rungs] == ["passed", "passed", "passed", "open"]
    assert made.found.methods["Savings", (1, 1)].cases


def test_a_wrong_paragraph_is_refuted_and_the_others_are_not(translated: Translated) -> None:
    made = translated()
    found = verdicts(climbed(made, "fit_rounded(", "fit_decimal(", ParagraphRuns(50), WholeRuns(3)))
    wrong = found[1, 1]
    assert isinstance(wrong, Refuted)
    assert "INTEREST: COBOL" in reason_of(wrong)
    assert found[2, 3].word == "tested"


def test_a_wrong_run_of_the_program_is_told_with_its_input(translated: Translated) -> None:
    made = translated(READS, Choices(checks=(), given=Given(b"7\n")))
    found = verdicts(climbed(made, "} {", "}-{", WholeRuns(2)))
    assert {one.word for one in found.values()} == {"refuted"}
    assert "with input '" in reason_of(found[0, 0])


def test_the_input_that_was_given_becomes_a_test(translated: Translated) -> None:
    made = translated(READS, Choices(checks=(WholeRuns(2),), given=Given(b"7\n")))
    case = made.found.cases[0]
    assert (case.about, case.stdin, case.output) == (GIVEN, "7\n", "+00010.50 007\n")


def test_a_program_that_looks_at_the_clock_is_no_test(translated: Translated) -> None:
    made = translated(
        "MAIN-LINE.\n    DISPLAY FUNCTION CURRENT-DATE (1:4).\n    STOP RUN.\n", Choices(checks=(WholeRuns(2),))
    )
    assert not made.found.cases
