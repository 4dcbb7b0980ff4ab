"""Every direction by one call: files as the command line writes them, events on the way, and a layout."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from transpile.cli import main
from transpile.core.verdict import Proved
from transpile.directions import Asked, BlockDone, Event, Made, Progress, Started, Unit, translate
from transpile.directions.locating import located
from transpile.store import ProofStore
from transpile.translation import BlockResult, FunctionResult, Placed, Translation

EXAMPLES = Path(__file__).parents[2] / "examples"
RULES = {"lm": "none"}
LOOP = b"""\t.text
\t.globl sum
\t.type sum, @function
sum:
\txorl %eax, %eax
\ttestl %edi, %edi
\tje .L1
.L2:
\taddl %edi, %eax
\tsubl $1, %edi
\tjne .L2
.L1:
\tret
"""
COUNTER = b"""\
       IDENTIFICATION DIVISION.
       PROGRAM-ID. COUNTER.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
           COPY extra.
       PROCEDURE DIVISION.
       MAIN-LINE.
           ADD 1 TO EXTRA.
           STOP RUN.
"""
UNKNOWN = LOOP.replace(b"xorl %eax, %eax", b"vpternlogd $1, %zmm0, %zmm1, %zmm2")


def heard(unit: Unit, asked: Asked, store: Path | None = None) -> tuple[Made, list[Event]]:
    events: list[Event] = []
    return translate(unit, asked, events.append, store), events


def test_assembly_has_a_layout_with_lines_and_edges() -> None:
    made, _ = heard(Unit("a/loop.s", LOOP), Asked("riscv", RULES))
    lines = made.files["loop.s"].decode().splitlines()
    found = {one.label: one for one in made.layout}
    assert [one.function for one in made.layout] == ["sum"] * 3
    assert found["sum"].successors == (".L1", ".L2")
    assert found[".L2"].successors == (".L2", ".L1")
    assert found[".L1"].successors == ()
    for label in ("sum", ".L2", ".L1"):
        place = found[label].lines
        assert place is not None
        assert f"{label}:" in lines[place[0] - 1 : place[1]]
    places = sorted(one.lines for one in made.layout if one.lines)
    assert all(first[1] < second[0] for first, second in itertools.pairwise(places))


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
def test_blocks_are_told_one_by_one_while_it_works(to: str) -> None:
    made, events = heard(Unit("loop.s", LOOP), Asked(to, RULES))
    assert events[0] == Started(3)
    assert events[-1] == Progress(3, 3)
    blocks = [event for event in events if isinstance(event, BlockDone)]
    assert [(one.function, one.block) for one in blocks] == [("sum", block) for block in made.translation.blocks]
    first, second = events.index(blocks[0]), events.index(blocks[1])
    assert any(isinstance(event, Progress) for event in events[first:second])


def test_what_the_store_knows_has_the_same_layout_and_tells_all_blocks(tmp_path: Path) -> None:
    store = tmp_path / "proofs.sqlite"
    first, _ = heard(Unit("loop.s", LOOP), Asked("aarch64", RULES), store)
    ProofStore(store).close()
    again, events = heard(Unit("loop.s", LOOP), Asked("aarch64", RULES), store)
    assert again.layout == first.layout
    assert again.files == first.files
    assert [type(event).__name__ for event in events] == ["Started", *["BlockDone"] * 3, "Progress"]


def test_nothing_is_written_that_does_not_meet_the_requirement() -> None:
    made, events = heard(Unit("loop.s", UNKNOWN), Asked("riscv", RULES))
    assert not made.files
    assert made.translation.verdicts["undecided"] == 3
    assert sum(isinstance(event, BlockDone) for event in events) == 3
    trapped, _ = heard(Unit("loop.s", UNKNOWN), Asked("riscv", {**RULES, "allow_untranslated": True}))
    assert list(trapped.files) == ["loop.s"]


def test_the_file_is_the_one_that_the_command_line_writes(tmp_path: Path) -> None:
    source = tmp_path / "loop.s"
    source.write_bytes(LOOP)
    written = tmp_path / "out.s"
    assert main([str(source), "--to", "aarch64", "-o", str(written), "--lm", "none", "--store", "none", "-q"]) == 0
    made, _ = heard(Unit("loop.s", LOOP), Asked("aarch64", RULES))
    assert made.files == {"loop.s": written.read_bytes()}


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
def test_cobol_has_all_files_that_belong_together_and_paragraphs_at_their_lines(tmp_path: Path) -> None:
    path = EXAMPLES / "savings.cob"
    made, events = heard(Unit("savings.cob", path.read_bytes()), Asked("python", RULES))
    written = tmp_path / "savings.py"
    assert main([str(path), "--to", "python", "-o", str(written), "--lm", "none", "--store", "none", "-q"]) == 0
    assert made.files == {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert next(iter(made.files)) == "savings.py"
    lines = made.translation.text.splitlines()
    for block, place in zip(made.translation.blocks, made.layout, strict=True):
        assert place.lines is not None
        assert tuple(lines[place.lines[0] - 1 : place.lines[1]]) == block.target_text
    assert isinstance(events[0], Started) and any(isinstance(event, BlockDone) for event in events)
    alone, _ = heard(Unit("savings.cob", path.read_bytes()), Asked("python", {**RULES, "tests": False}))
    assert set(alone.files) == {name for name in made.files if not name.startswith("test_")}


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
def test_c_becomes_cuda_with_kernels_at_their_lines() -> None:
    made, events = heard(Unit("saxpy.c", (EXAMPLES / "saxpy.c").read_bytes()), Asked("cuda", RULES))
    assert made.translation.meets("tested")
    lines = made.files["saxpy.cu"].decode().splitlines()
    (place,) = made.layout
    assert place.lines is not None
    assert "__global__ void saxpy_kernel" in lines[place.lines[0] - 1]
    assert lines[place.lines[1] - 1] == "}"
    assert [type(event).__name__ for event in events] == ["Started", "BlockDone", "Progress"]


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
def test_copybooks_and_data_come_as_companions() -> None:
    for name, options in (("p/extra.cpy", {}), ("books/extra.cpy", {"include": "books"})):
        unit = Unit("p/counter.cob", COUNTER, {name: b"       01  EXTRA PIC 9.\n"})
        made, _ = heard(unit, Asked("python", {**RULES, **options}))
        assert made.translation.meets("tested")


def block(label: str, *target: str) -> BlockResult:
    return BlockResult(label, 1, 1, (), target, Proved(()))


def test_a_block_whose_text_is_not_there_has_no_lines() -> None:
    text = "a\nb\nc\na\nb\nd\n"
    blocks = (block("x", "a", "b", "d"), block("y", "q"), block("z"), block("w", "b", "c", "zzz"))
    found = located(Translation(text, "f", "cuda", (FunctionResult("f", blocks),)))
    assert found == (Placed("f", "x", (4, 6)), Placed("f", "y"), Placed("f", "z"), Placed("f", "w", (2, 3)))
