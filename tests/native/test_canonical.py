"""The canonical form: what it writes it reads again, it is blind to names, and nonsense spells no body."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.corpora.pairs import Prover, Reader, Spoken
from transpile.native.canonical.needs import with_needs
from transpile.native.canonical.target import Unspeakable, read, write
from transpile.options import TARGETS, Options
from transpile.targets import syntax_of, target_isa

TALLY = Path(__file__).parents[2] / "examples" / "tally.s"


def spoken(path: Path, target: str) -> list[Spoken]:
    return Reader(target_isa(target), syntax_of(target), Options(jobs=1)).blocks(path)


@pytest.fixture(scope="module")
def blocks() -> dict[str, list[Spoken]]:
    return {target: spoken(TALLY, target) for target in TARGETS}


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_written_is_read_as_a_proved_body(blocks: dict[str, list[Spoken]], target: str) -> None:
    prover = Prover(target_isa(target), Options(jobs=1))
    prover.learn(blocks[target])
    failed = [s.unit.label for s in blocks[target] if prover.pair(s, s.body) is None]
    assert len(blocks[target]) > 80
    assert len(failed) <= len(blocks[target]) // 50, failed


@pytest.mark.parametrize("target", TARGETS)
def test_writing_what_was_read_gives_the_same_tokens(blocks: dict[str, list[Spoken]], target: str) -> None:
    syntax = syntax_of(target)
    for s in blocks[target]:
        try:
            tokens = write(s.body, s.canonical, syntax)
            again = read(tokens, s.canonical, syntax).body
        except Unspeakable:
            continue
        assert write(again, s.canonical, syntax) == tokens


@pytest.mark.parametrize("target", TARGETS)
def test_names_and_registers_do_not_matter(tmp_path: Path, target: str) -> None:
    one = "f:\n\tmovl (%rdx), %eax\n\taddl $7, %eax\n\tmovl %eax, counter(%rip)\n\tret\n"
    other = "g:\n\tmovl (%rsi), %eax\n\taddl $7, %eax\n\tmovl %eax, total(%rip)\n\tret\n"
    hashes = []
    for number, text in enumerate((one, other)):
        path = tmp_path / f"{number}.s"
        path.write_text(f"\t.text\n\t.globl {text[0]}\n{text}")
        hashes.append([s.canonical.hash for s in spoken(path, target)])
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 1


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nonsense_is_refused_or_spells_lines(blocks: dict[str, list[Spoken]], target: str, data: st.DataObject) -> None:
    syntax = syntax_of(target)
    s = blocks[target][data.draw(st.integers(0, len(blocks[target]) - 1))]
    try:
        known = write(s.body, s.canonical, syntax)
    except Unspeakable:
        return
    strange = st.sampled_from(
        [*known, "x99", "$3", "i7", "#5", "k0", "{k}:", "s9", "l0", "neg#-48", "hi0", "sum0_9", ""]
    )
    tokens = data.draw(st.lists(st.one_of(strange, st.text(max_size=8)), max_size=30))
    try:
        found = read(tokens, s.canonical, syntax)
    except Unspeakable:
        return
    assert len(found.body) == len(found.spans)
    assert all("\n" not in line.text for line in found.body)


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ("out x0 64 | @0 ADD.4 x0 = x0 #1", "out x0 64 | @0 ADD.4 x0 out 64 = x0 #1"),
        ("out | @0 ADD.4 x0 = x0 #1 @1 STORE.8 x0 [ x1 ]", "out | @0 ADD.4 x0 wide = x0 #1 @1 STORE.8 x0 [ x1 ]"),
        (
            "out | @0 COPY.4 x0 = #1 @1 LOAD.4 x2 = [ x1 *4 x0 ]",
            "out | @0 COPY.4 x0 wide = #1 @1 LOAD.4 x2 = [ x1 *4 x0 ]",
        ),
        ("out | @0 COPY.4 x0 = #1 @1 STORE.4 x0 [ x1 ]", "out | @0 COPY.4 x0 = #1 @1 STORE.4 x0 [ x1 ]"),
        (
            "out | @0 COPY.4 x0 = #1 @1 COPY.4 x0 = #2 @2 ADD.8 x1 = x1 x0",
            "out | @0 COPY.4 x0 = #1 @1 COPY.4 x0 wide = #2 @2 ADD.8 x1 = x1 x0",
        ),
        (
            "out x0 at x3 32sext x1 64 | @0 LOAD.1.s x0 .4 = [ x1 ] @1 COPY.1 x0 = #2",
            "out x0 at x3 32sext x1 64 | @0 LOAD.1.s x0 .4 = [ x1 ] @1 COPY.1 x0 out at x3 32sext = #2",
        ),
    ],
)
def test_what_is_needed_of_a_value_is_told_where_it_is_written(plain: str, told: str) -> None:
    assert " ".join(with_needs(f"<riscv> in {plain}".split())) == f"<riscv> in {told}"
