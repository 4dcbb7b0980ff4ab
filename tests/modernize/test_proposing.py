"""Models beside the rules: what stands, what is refuted and goes back with its counterexample, what costs nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from model_endpoint import Server, serving

from transpile.cli.commands import run_command
from transpile.core.verdict import Proved, Refuted
from transpile.modernize.checks import PROGRAM, Checks, Compiles, Found, Outcome
from transpile.modernize.folder import laid_out
from transpile.modernize.paragraph_runs import ParagraphRuns
from transpile.modernize.proofs import Proofs
from transpile.modernize.subject import Subject
from transpile.modernize.testing import pytest_file
from transpile.modernize.translate import Choices, Modernized
from transpile.options import Options
from transpile.translation import BlockResult, Rung, reason_of

BODY = """\
MAIN-LINE.
    PERFORM GRADE-IT.
    DISPLAY COUNTER INTEREST.
    STOP RUN.
GRADE-IT.
    IF AMOUNT > 1000
        MOVE 3 TO COUNTER
    ELSE
        IF AMOUNT > 100
            MOVE 2 TO COUNTER
        ELSE
            MOVE 1 TO COUNTER.
    COMPUTE INTEREST ROUNDED = AMOUNT * RATE.
"""
GOOD = """\
def grade_it(self) -> None:
    self.counter = 3 if self.amount > 1000 else 2 if self.amount > 100 else 1
    self.interest = fit_rounded(self.amount * self.rate, 7, 2)
"""
CHOICE = "3 if self.amount > 1000 else 2 if self.amount > 100 else 1"
ROUNDED = "fit_rounded(self.amount * self.rate, 7, 2)"
WRONG = {
    "float arithmetic": (ROUNDED, 'Decimal(f"{float(self.amount * self.rate):.2f}")', "INTEREST: COBOL"),
    "banker's rounding": (ROUNDED, "rounded(self.amount * self.rate, 2, 'NEAREST-EVEN')", "INTEREST: COBOL"),
    "off by one": ("self.amount > 1000", "self.amount >= 1000", "AMOUNT = 1000.00"),
    "a text": (" 1\n", ' "1"\n', "not of type int"),
    "another field": (ROUNDED, f"{ROUNDED}\n    self.amount = self.interest", "AMOUNT: COBOL"),
    "it does not end": (ROUNDED, f"{ROUNDED}\n    while True:\n        pass", "Python"),
    "too much memory": (CHOICE, 'len("".ljust(1000000000000))', "MemoryError"),
}
Done = Callable[..., Modernized]
PROVING: Checks = (Compiles(), Proofs())
WITH_COBOL: Checks = (Compiles(), ParagraphRuns(), Proofs())
needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")


@dataclass(frozen=True, slots=True)
class Whole:
    """Runs of whole programs that dislike one text."""

    name: str = PROGRAM

    def __call__(self, subject: Subject) -> Outcome:
        failed = not subject.only and "3 if" in subject.module.text
        rung = Rung(PROGRAM, "failed" if failed else "passed", "they differ" if failed else "")
        return Outcome({key: Found(rung, 1) for key, _, _ in subject.methods})


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as state:
        yield state


def fenced(text: str) -> str:
    return f"Shorter:\n```python\n{text}```\n"


@pytest.fixture
def done(translated: Callable[..., Modernized]) -> Done:
    def translate(lm: str, checks: Checks = PROVING, body: str = BODY, **more: Any) -> Modernized:
        options = Options(lm=lm, lm_retries=0, **{"temperature": 0.0, **more})
        return translated(body, Choices(checks=checks, models=options))

    return translate


def block_of(made: Modernized, label: str = "GRADE-IT") -> BlockResult:
    return next(block for block in made.translation.blocks if block.label == label)


def test_a_shorter_method_that_is_proved_stands(server: Server, done: Done) -> None:
    server.texts = {"grade_it": [fenced(GOOD)]}
    made = done(server.lm)
    block = block_of(made)
    assert isinstance(block.verdict, Proved) and block.proposer == "openai:m"
    assert "self.counter = 3 if self.amount > 1000 else 2" in made.translation.text
    assert block_of(made, "MAIN-LINE").proposer == "rules"
    (attempt,) = block.history
    assert block.target_text == attempt.text == tuple(f"    {line}" for line in GOOD.splitlines())
    assert isinstance(attempt.verdict, Proved) and (attempt.proposer, attempt.step) == ("openai:m", "samples")
    yields = made.translation.yields.rows["openai:m", "samples"]
    assert (yields.requests, yields.tokens_in, yields.proved, yields.chosen) == (2, 14, 1, 1) and yields.saved > 0


def test_a_model_is_told_what_it_needs(server: Server, done: Done) -> None:
    done(server.lm)
    ((system, question),) = server.about("grade_it")
    assert "- fit_rounded(value: Number, digits: int, scale: int, signed: bool=True) -> Decimal: " in system["content"]
    for piece in ("COMPUTE INTEREST ROUNDED", "amount: Decimal", "PIC S9(5)V9(2)", ROUNDED, "`grade_it`"):
        assert piece in question["content"]
    assert "return_code" not in question["content"]


@needs_cobc
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_method_goes_back_with_its_counterexample(server: Server, done: Done, what: str) -> None:
    old, new, differs = WRONG[what]
    server.texts = {"grade_it": [fenced(GOOD.replace(old, new, 1)), fenced(GOOD)]}
    made = done(server.lm, WITH_COBOL, feedback=1)
    block = block_of(made)
    assert [one.verdict.word for one in block.history] == ["refuted", "proved"]
    refuted = block.history[0].verdict
    assert isinstance(refuted, Refuted) and differs in refuted.differs[0]
    repair = server.about("grade_it")[1][3]["content"]
    assert "It is refuted." in repair and refuted.differs[0] in repair
    assert block.proposer == "openai:m" and isinstance(block.verdict, Proved)


@needs_cobc
def test_the_counterexample_becomes_a_test(server: Server, done: Done, tmp_path: Path) -> None:
    old, new, _ = WRONG["off by one"]
    server.texts = {"grade_it": [fenced(GOOD.replace(old, new))]}
    made = done(server.lm, WITH_COBOL)
    assert block_of(made).proposer == "rules"
    for path, text in laid_out(made.subject.module, tmp_path / "bank.py", pytest_file(made, "bank"), False).items():
        path.write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "-k", "grade_it_1"]
    right = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 passed" in right.stdout, right.stdout
    main = tmp_path / "bank.py"
    main.write_text(main.read_text().replace(old, new))
    wrong = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 failed" in wrong.stdout, wrong.stdout


@needs_cobc
def test_what_is_only_tested_does_not_replace_what_is_proved(server: Server, done: Done) -> None:
    text = GOOD.replace(
        "3 if self.amount > 1000 else 2 if self.amount > 100 else 1", "1 + sum(self.amount > x for x in (100, 1000))"
    )
    server.texts = {"grade_it": [fenced(text)]}
    made = done(server.lm, WITH_COBOL, feedback=1)
    block = block_of(made)
    assert block.proposer == "rules" and isinstance(block.verdict, Proved)
    (attempt,) = block.history
    assert attempt.verdict.word == "tested" and "no proof" in reason_of(attempt.verdict)
    assert "It is tested, while the method that is there is proved." in server.about("grade_it")[1][3]["content"]


def test_without_a_check_that_says_anything_nothing_stands(server: Server, done: Done) -> None:
    server.texts = {"grade_it": [fenced(GOOD)]}
    made = done(server.lm, (Compiles(),))
    assert block_of(made).proposer == "rules" and block_of(made).history[0].verdict.word == "undecided"


def test_what_is_no_shorter_is_not_checked(server: Server, done: Done) -> None:
    server.texts = {
        "grade_it": [fenced(GOOD.replace("self.counter = ", "a = 1\n    b = 2\n    c = 3\n    self.counter = "))]
    }
    made = done(server.lm, feedback=1)
    assert block_of(made).history == () and block_of(made).proposer == "rules"
    assert made.translation.yields.rows["openai:m", "samples"].dearer == 1
    assert "Its syntax tree has" in server.about("grade_it")[1][3]["content"]


def test_nothing_that_is_asked_costs_more_than_the_budget(server: Server, done: Done) -> None:
    server.texts = {"grade_it": [fenced(GOOD)]}
    assert block_of(done(server.lm, candidates=0)).proposer == "rules"
    assert server.got == []


def test_of_many_proposals_so_many_are_checked(server: Server, done: Done) -> None:
    bad = [fenced(GOOD.replace("else 1", f"else {n}")) for n in range(4, 9)]
    server.texts = {"grade_it": [*bad, fenced(GOOD)]}
    made = done(server.lm, temperature=0.8, samples=6, candidates=2, lm_concurrency=1)
    assert len(block_of(made).history) == 2


def test_nonsense_costs_nothing_but_a_note(server: Server, done: Done) -> None:
    plain = done("none")
    made = done(server.lm)
    assert made.translation.text == plain.translation.text
    assert [block.verdict.word for block in made.translation.blocks] == [
        b.verdict.word for b in plain.translation.blocks
    ]
    assert made.translation.yields.rows["openai:m", "samples"].unread == 2
    (attempt,) = block_of(made).history
    assert attempt.judge == "reading" and attempt.text == ("It is good as it is.",)


def test_an_endpoint_that_is_not_there_costs_nothing_but_a_warning(done: Done) -> None:
    made = done("openai:m@http://127.0.0.1:9/v1")
    assert isinstance(block_of(made).verdict, Proved) and block_of(made).history == ()
    (warning,) = [one for one in made.translation.diagnostics if "language model" in one.message]
    assert warning.severity == "warning" and "is not used" in warning.message


@needs_cobc
def test_from_the_command_line(server: Server, done: Done, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, differs = WRONG["off by one"]
    server.texts = {"grade_it": [fenced(GOOD.replace(old, new)), fenced(GOOD)]}
    source = tmp_path / "savings.cob"
    source.write_bytes(done("none").subject.source)
    models = ["--lm", server.lm, "--feedback", "1", "--temperature", "0", "--store", "none", "--lm-cache", "none"]
    assert run_command(["explain", str(source), "GRADE-IT", *models]) == 0
    said = capsys.readouterr().out
    assert "proposed by openai:m" in said and differs in said
    assert "openai:m (samples), 35 nodes of its syntax tree: refuted" in said
    assert run_command([str(source), "--to", "python", "-o", str(tmp_path / "bank.py"), *models]) == 0
    assert "self.counter = 3 if self.amount > 1000 else 2" in (tmp_path / "bank.py").read_text()


def test_models_that_know_no_python_are_not_asked(done: Done) -> None:
    made = done("embedded,search,random")
    assert all(block.proposer == "rules" and not block.history for block in made.translation.blocks)


def test_methods_of_one_line_are_not_asked_about(server: Server, done: Done) -> None:
    body = "MAIN-LINE.\n    PERFORM COUNT-UP.\n    STOP RUN.\nCOUNT-UP.\n    ADD 1 TO COUNTER.\n"
    done(server.lm, body=body)
    assert server.about("count_up") == []


def test_a_program_where_it_does_not_hold_goes_back_to_the_rules(server: Server, done: Done) -> None:
    """A check of the whole that fails with the model's text, and passes with that of the rules."""
    server.texts = {"grade_it": [fenced(GOOD)]}
    made = done(server.lm, (Compiles(), Proofs(), Whole()))
    block = block_of(made)
    assert block.proposer == "rules" and isinstance(block.verdict, Proved) and "3 if" not in made.translation.text
    assert [one.judge for one in block.history] == ["", "all checks together"]
