"""COBOL that is wrong in any way ends soon with an error that says where, from the file to the Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file, parse_text
from transpile.errors import SourceError, SourceErrors, TranspileError, UnsupportedError
from transpile.python.emitter import emit
from transpile.restructure.program import restructure

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"
PROGRAMS = {
    path.name: path.read_text("latin-1").splitlines()
    for path in (*sorted(CORPUS.glob("*.cob")), *sorted((Path(__file__).parent / "programs").glob("*.cob")))
}
HEAD = (
    "IDENTIFICATION DIVISION.\nPROGRAM-ID. T.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n01 A PIC 9.\n01 S PIC X(20).\n"
)


def translated(text: str, name: str = "t.cob", *folders: Path) -> None:
    programs = restructure(parse_text(text, name, Options(copy_paths=folders)))
    if programs:
        emit(*programs)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("01 B. 05 C OCCURS 0 PIC 9.", "at least one element"),
        ("01 B. 05 C OCCURS 5 TO 2 DEPENDING ON A PIC 9.", "no fewer"),
        ("01 B. 05 C OCCURS 99999. 10 D OCCURS 99999 PIC 9.", "is larger than"),
        ("01 B PIC X(999999999).", "is larger than"),
        ("01 B PIC PB.", "no digits but those of P"),
        ("01 B PIC PCR.", "no digits but those of P"),
        ("01 B PIC 9PP COMP-3.", "COMP-3 with P"),
        ("01 B REDEFINES B PIC X.", "not described before"),
        ("01 B. 05 C PIC X.\n66 E RENAMES E.", "is not in"),
    ],
)
def test_descriptions_that_cannot_be(items: str, message: str) -> None:
    with pytest.raises((SourceError, SourceErrors), match=message) as raised:
        translated(f"{HEAD}{items}\nPROCEDURE DIVISION.\nDISPLAY A.\n")
    assert all(each.span is not None and each.span.line >= 7 for each in raised.value.diagnostics)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("IF A = 1 DISPLAY S\n" * 100 + "DISPLAY A\n" + "END-IF\n" * 100, "too deeply for Python"),
        ("PERFORM UNTIL A = 1\n" * 30 + "DISPLAY A\n" + "END-PERFORM\n" * 30, "too deeply for Python"),
        ("COMPUTE A = A" + " + A" * 5000, "operators follow each other"),
        ("IF A = 1" + " OR A = 1" * 5000 + " DISPLAY A", "conditions are joined"),
        ("MOVE FUNCTION MOD(1) TO A", "it takes 2"),
        ("STRING S INTO A", "its bytes are changed"),
        ("PERFORM E.\nE SECTION.\nF SECTION.\nG.\nDISPLAY A", "has no paragraph"),
    ],
)
def test_statements_that_cannot_be_written(statement: str, message: str) -> None:
    with pytest.raises((SourceError, SourceErrors), match=message) as raised:
        translated(f"{HEAD}PROCEDURE DIVISION.\n{statement}.\n")
    assert all(each.span is not None and each.span.file for each in raised.value.diagnostics)


def test_as_deep_as_it_may_be_is_python() -> None:
    inside = "IF A = 1\n" * 40 + "DISPLAY A\n" + "END-IF\n" * 40
    loops = "PERFORM UNTIL A = 1\n" * 15 + "DISPLAY A\n" + "END-PERFORM\n" * 15
    terms = "COMPUTE A = A" + " + A" * 100 + "\nIF A = 1" + " OR A = 2" * 300 + " DISPLAY A END-IF\n"
    (program,) = restructure(parse_text(f"{HEAD}PROCEDURE DIVISION.\n{inside}{loops}{terms}.\n", "t.cob"))
    compile(emit(program).text, "t.py", "exec")


def test_parts_up_to_the_end_of_an_item() -> None:
    translated(f"{HEAD}PROCEDURE DIVISION.\nMOVE S(A:A) TO S(A:).\n")


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, str]:
    """A program of ours with lines deleted, doubled, or moved, words exchanged, or its end cut off."""
    name = draw(st.sampled_from(sorted(PROGRAMS)))
    lines = list(PROGRAMS[name])
    for _ in range(draw(st.integers(1, 4))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["delete", "double", "move", "words", "cut", "word"])):
            case "delete" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case "move":
                lines[at], lines[other] = lines[other], lines[at]
            case "words" if lines[at].split() and lines[other].split():
                one, two = draw(st.sampled_from(lines[at].split())), draw(st.sampled_from(lines[other].split()))
                lines[at] = lines[at].replace(one, two, 1)
            case "word" if lines[at].split():
                lines[at] = lines[at].replace(draw(st.sampled_from(lines[at].split())), "", 1)
            case "cut" if at:
                del lines[at:]
                lines[-1] = lines[-1][: draw(st.integers(0, len(lines[-1])))]
    return name, "\n".join(lines) + "\n"


@given(broken())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_broken_programs_are_refused_or_translated(given: tuple[str, str]) -> None:
    name, text = given
    try:
        translated(text, name, CORPUS / "copybooks", CORPUS)
    except TranspileError as error:
        assert all(each.span is not None and each.span.file for each in error.diagnostics)


def test_a_copybook_outside_of_the_folders(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.cpy").write_text("       01 B PIC X.\n")
    for name in (f'"{tmp_path}/secret"', '"../secret"', f'X OF "{tmp_path}"'):
        path = tmp_path / "inner" / "t.cob"
        path.write_text(f"{HEAD}COPY {name}.\nPROCEDURE DIVISION.\nDISPLAY A.\n")
        with pytest.raises(SourceErrors, match="leads out of the folders"):
            parse_file(path, Options("free"))


def test_the_error_has_the_statement(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError) as raised:
        translated(f"{HEAD}PROCEDURE DIVISION.\nFIRST-ONE.\nSTRING S INTO A.\n")
    assert raised.value.span.line in (8, 9)
