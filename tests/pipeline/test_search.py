"""The search for cheaper bodies: what it finds is proved and smaller, and it mends what is plainly wasteful."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpora.pairs import Prover, Reader, Spoken
from transpile.native.canonical.fusion import flat, rows_of
from transpile.native.canonical.target import Unspeakable, read, write
from transpile.options import TARGETS, Options
from transpile.searching import Trials
from transpile.targets import fusions_of, syntax_of, target_isa

TALLY = Path(__file__).parents[2] / "examples" / "tally.s"


def blocks(path: Path, target: str) -> tuple[Prover, list[Spoken]]:
    found = Reader(target_isa(target), syntax_of(target), Options(jobs=1)).blocks(path)
    prover = Prover(target_isa(target), Options(jobs=1))
    prover.learn(found)
    return prover, found


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_found_is_proved_and_smaller(target: str) -> None:
    prover, found = blocks(TALLY, target)
    better = 0
    for spoken in found[:60]:
        try:
            tokens = write(spoken.body, spoken.canonical, prover.syntax)
            first = read(tokens, spoken.canonical, prover.syntax).body
        except Unspeakable:
            continue
        cheaper = prover.cheaper(spoken, tokens)
        if cheaper is not None:
            better += 1
            before, after = Trials(prover.checker, prover.sizes, spoken.unit).sizes([first, cheaper[1]])
            assert before is not None
            assert after is not None
            assert after < before
            assert prover.proves(spoken, cheaper[1])
    assert better > 0


COPY = {"aarch64": "mov~{x},~{x}", "riscv": "mv~{r},~{r}"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_needless_copy_goes(target: str, tmp_path: Path) -> None:
    path = tmp_path / "add.s"
    path.write_text("\t.text\n\t.globl f\nf:\n\tleaq (%rdi,%rsi), %rax\n\tret\n")
    prover, (spoken,) = blocks(path, target)
    tokens = write(spoken.body, spoken.canonical, prover.syntax)
    wasteful = [*tokens[:1], COPY[target], "$0", tokens[3], *tokens[1:3], "$0", *tokens[4:]]
    assert prover.proves(spoken, read(wasteful, spoken.canonical, prover.syntax).body)
    cheaper = prover.cheaper(spoken, wasteful)
    assert cheaper is not None
    assert cheaper[0] == tokens


def test_rows_keep_every_token() -> None:
    tokens = ("@0", "mv~{r},~{r}", "$0", "x1", "add~{r},~{r},~{r}", "x0", "$0", "x2", "@1", "ret")
    assert flat(rows_of(tokens)) == tokens


@pytest.mark.parametrize("target", TARGETS)
def test_a_value_that_nobody_made_is_refused(target: str, tmp_path: Path) -> None:
    path = tmp_path / "add.s"
    path.write_text("\t.text\n\t.globl f\nf:\n\tleaq (%rdi,%rsi), %rax\n\tret\n")
    prover, (spoken,) = blocks(path, target)
    tokens = write(spoken.body, spoken.canonical, prover.syntax)
    with pytest.raises(Unspeakable, match="before it is written"):
        read([*tokens[:3], "$7", *tokens[4:]], spoken.canonical, prover.syntax)


@pytest.mark.parametrize("target", TARGETS)
def test_fusions_have_forms_with_as_many_operands(target: str) -> None:
    for fusion in fusions_of(target):
        for part in (fusion.first, fusion.second, fusion.result):
            assert part[0].count("{") == len(part) - 1, part
