"""`--lm`: what may be said, what is refused before any file is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transpile.cli import main

SOURCE = str(Path(__file__).parents[1] / "golden/sources/calls.s")
EXPECTED = Path(__file__).parents[1] / "golden/riscv/calls.s"


@pytest.mark.parametrize(
    ("specification", "message", "hint"),
    [
        ("embeded", "unknown model 'embeded'", "did you mean embedded?"),
        ("", "unknown model ''", "write none, random, embedded"),
        ("gpt", "unknown model 'gpt'", "openai:MODEL@URL"),
        ("hf", "'hf' names no model", "write hf:NAME_OR_PATH"),
        ("openai:", "'openai' names no model", "write openai:MODEL@URL"),
        ("random:3", "nothing follows 'random'", "write random"),
        ("random,none", "'none' stands alone", "write one of"),
        ("random,\x1b[2Jx", "unknown model '\\x1b[2Jx'", ""),
    ],
)
def test_what_is_no_model_is_refused_with_what_to_write(
    specification: str, message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([SOURCE, "--to", "riscv", "--lm", specification, "--store", "none"]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert hint in told


def test_without_models_the_text_is_that_of_the_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.s"
    assert main([SOURCE, "--to", "riscv", "--lm", "none", "--store", "none", "-j1", "-o", str(out)]) == 0
    assert out.exists()
    assert "proposer" not in capsys.readouterr().err


def test_random_is_judged_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [SOURCE, "--to", "aarch64", "--lm", "random", "--samples", "4", "--store", "none", "-j1"]
    report = tmp_path / "r.json"
    first, second = tmp_path / "a.s", tmp_path / "b.s"
    assert main([*arguments, "-o", str(first), "--report", str(report)]) == 0
    assert "random, samples" in capsys.readouterr().err
    rows = {(row["proposer"], row["step"]): row for row in json.loads(report.read_text())["yields"]}
    row = rows["random", "samples"]
    judged = sum(row[word] for word in ("unassembled", "emulated", "refuted", "undecided", "tested", "proved"))
    assert row["proposed"] >= row["repeated"] + row["dearer"] + judged > 0
    assert main([*arguments, "-o", str(second)]) == 0
    assert first.read_text() == second.read_text()


def test_explain_shows_what_was_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--block", ".L2", "--to", "riscv", "--lm", "random", "--samples", "32", "--store", "none"]
    code = main(["explain", SOURCE, *arguments])
    told = capsys.readouterr().out
    assert code == 0
    assert "tried:" in told
    assert "random (samples)" in told
    assert "rules" in told


def test_the_search_saves_instructions_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = str(Path(__file__).parents[2] / "examples/tally.s")
    report = tmp_path / "r.json"
    arguments = [tally, "--to", "aarch64", "--lm", "search", "--store", "none", "-o", str(tmp_path / "out.s")]
    assert main([*arguments, "--report", str(report)]) == 0
    assert "search, samples" in capsys.readouterr().err
    [row] = [
        row
        for row in json.loads(report.read_text())["yields"]
        if (row["proposer"], row["step"]) == ("search", "samples")
    ]
    assert row["chosen"] > 0
    assert row["saved"] >= row["chosen"]
