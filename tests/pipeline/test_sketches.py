"""Sketches: a proved body with one or two wrong parts is mended at the holes, and a hopeless one ends."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from transpile.core.loop import Candidate, Judged
from transpile.core.verdict import Proved, Undecided
from transpile.corpora.pairs import Prover, Reader, Spoken
from transpile.native.block import TargetLine
from transpile.native.canonical.fillings import line_starts
from transpile.native.canonical.syntax import shapes
from transpile.native.canonical.target import Unspeakable, read, write
from transpile.native.sketch import Hole
from transpile.options import TARGETS, Options
from transpile.planning import Body
from transpile.sketches import SketchFiller
from transpile.targets import syntax_of, target_isa

TALLY = Path(__file__).parents[2] / "examples" / "tally.s"


def judged(body: Body, *doubts: Hole) -> Judged[Body]:
    return Judged(Candidate(body, len(body), "model", doubts), Undecided("differs"))


def sample(target: str) -> tuple[Prover, list[Spoken]]:
    found = Reader(target_isa(target), syntax_of(target), Options(jobs=1)).blocks(TALLY)
    prover = Prover(target_isa(target), Options(jobs=1))
    prover.learn(found)
    return prover, [s for s in found if 3 <= len(s.body) <= 12][:12]


@pytest.mark.parametrize("target", TARGETS)
def test_a_wrong_operand_is_mended(target: str) -> None:
    prover, found = sample(target)
    filler = SketchFiller(prover.checker, target_isa(target))
    draw = Random(1)
    tried = mended = 0
    for spoken in found:
        try:
            tokens = write(spoken.body, spoken.canonical, syntax_of(target))
        except Unspeakable:
            continue
        starts = line_starts(tokens)
        line = draw.choice([n for n, start in enumerate(starts) if shapes(tokens[start])])
        operand = draw.randrange(len(shapes(tokens[starts[line]])))
        place = starts[line] + 1 + operand
        others = [t for t in tokens if t[:1] == tokens[place][:1] and t != tokens[place]]
        if not others:
            continue
        tokens[place] = draw.choice(others)
        try:
            wrong = read(tokens, spoken.canonical, syntax_of(target)).body
        except Unspeakable:
            continue
        if prover.proves(spoken, wrong):
            continue
        tried += 1
        fixed = filler.repair(spoken.unit, judged(wrong, Hole(line, operand)))
        if fixed is not None:
            mended += 1
            assert fixed.filled
            assert isinstance(prover.checker.check(spoken.unit, fixed), Proved)
    assert tried >= 5
    assert mended >= tried * 0.6


def test_a_hopeless_sketch_ends() -> None:
    prover, found = sample("riscv")
    spoken = max(found, key=lambda s: len(s.body))
    wrong = spoken.body[:1]
    assert SketchFiller(prover.checker, target_isa("riscv")).repair(spoken.unit, judged(wrong, Hole(0, 0))) is None


NUMBERS = {
    "riscv": ("addiw a0, a0, 7", ("addiw a0, a0, 1234", "slli a0, a0, 32", "srli a0, a0, 32", "ret")),
    "aarch64": ("add w0, w0, 7", ("add w0, w0, 1234", "ret")),
}


@pytest.mark.parametrize("target", TARGETS)
def test_the_solver_finds_a_number_that_stands_nowhere(target: str, tmp_path: Path) -> None:
    source = tmp_path / "f.s"
    source.write_text(
        "\t.text\n\t.globl\tf\n\t.type\tf, @function\nf:\n\tleal\t1000(%rdi), %eax\n\taddl\t$234, %eax\n\tret\n"
        "\t.size\tf, .-f\n"
    )
    [spoken] = Reader(target_isa(target), syntax_of(target), Options(jobs=1)).blocks(source)
    prover = Prover(target_isa(target), Options(jobs=1))
    prover.learn([spoken])
    wrong, right = NUMBERS[target]
    body = tuple(TargetLine(text, "", spoken.canonical.lines[0]) for text in (wrong, *right[1:]))
    operand = 2
    fixed = SketchFiller(prover.checker, target_isa(target)).repair(spoken.unit, judged(body, Hole(0, operand)))
    assert fixed is not None
    assert [line.text for line in fixed.body] == list(right)
    assert fixed.filled == (f"{wrong} -> {right[0]}",)
    assert isinstance(prover.checker.check(spoken.unit, fixed), Proved)
