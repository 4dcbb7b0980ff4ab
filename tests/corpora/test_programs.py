"""The COBOL programs: all are read by our parser, and GnuCOBOL still makes of them what is expected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transpile.cobol import statements
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.cobol.walking import walk
from transpile.corpora.programs import Program, load
from transpile.emulators.cobol.build import build_program

FOLDER = Path(__file__).parents[2] / "datasets" / "cobol"
PROGRAMS = {program.name: program for program in load(FOLDER)}
ARITHMETIC = (statements.Add, statements.Compute, statements.Divide, statements.Multiply, statements.Subtract)

every_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())


def test_there_are_at_least_forty() -> None:
    assert len(PROGRAMS) >= 40


def test_every_file_of_the_folder_belongs_to_a_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.cob")} == PROGRAMS.keys()
    assert {path.stem for path in FOLDER.glob("*.in")} <= PROGRAMS.keys()
    assert _files("copybooks") == {name for program in PROGRAMS.values() for name in program.copybooks}
    assert _files("data") == {name for program in PROGRAMS.values() for name in program.reads}
    written = {name for program in PROGRAMS.values() for name in program.writes}
    assert _files("expected") == written | {f"{name}.out" for name in PROGRAMS}


def _files(folder: str) -> set[str]:
    return {path.name for path in (FOLDER / folder).iterdir()}


@every_program
def test_our_parser_reads_it_and_enough_of_its_paragraphs_compute(program: Program) -> None:
    unit = parse_file(program.source, Options(copy_paths=(FOLDER / "copybooks",)))
    paragraphs = [node for one in unit.programs for node in walk(one) if isinstance(node, statements.Paragraph)]
    computing = [one for one in paragraphs if any(isinstance(node, ARITHMETIC) for node in walk(one))]
    assert len(computing) >= 6


@every_program
def test_no_line_is_longer_than_its_format_reads(program: Program) -> None:
    lines = program.source.read_text().splitlines()
    if "FREE" not in lines[0]:
        assert all(len(line) <= 72 or len(line) == 80 for line in lines)


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")
@every_program
def test_gnucobol_makes_what_is_expected(program: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    built = build_program(
        program.source.read_bytes(),
        tmp_path_factory.mktemp("built"),
        copybooks=program.copybooks,
        name=program.source.name,
    )
    run = built.run(program.stdin, program.reads)
    assert run.ok
    assert run.stdout == program.output
    assert {name: run.files.get(name) for name in program.writes} == program.writes


def test_unknown_keys_are_errors(tmp_path: Path) -> None:
    (tmp_path / "programs.toml").write_text('[program.x]\nabout = "x"\nwrite = ["y"]\n')
    with pytest.raises(ValueError, match="write"):
        load(tmp_path)
