"""`transpile FILE.cob --to python` and `explain`: files, messages, exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from transpile.cli import main
from transpile.cli.files import write_together

SCHEMA = json.loads((Path(__file__).parents[2] / "transpile" / "report.schema.json").read_text())
PROGRAM = """\
       IDENTIFICATION DIVISION.
       PROGRAM-ID. {name}.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       COPY AMOUNTS.
       01  ROUNDS      PIC 9(3) VALUE ZERO.
       PROCEDURE DIVISION.
       MAIN-LINE.
           PERFORM ADD-INTEREST 3 TIMES.
           DISPLAY AMOUNT.
           STOP RUN.
       ADD-INTEREST.
           ADD 1 TO ROUNDS.
           COMPUTE AMOUNT ROUNDED = AMOUNT * 1.05.
       UNUSED.
           MOVE 1 TO ROUNDS.
"""
FREE = "identification division.\nprogram-id. free.\nprocedure division.\n    display 'free'.\n    stop run.\n"
ANY = ["--to", "python", "--require", "any", "-I", "copy"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def source(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSPILE_STORE", str(cache / "proofs.sqlite"))
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "AMOUNTS.cpy").write_text("       01  AMOUNT      PIC 9(5)V99 VALUE 10.\n")
    (tmp_path / "savings.cob").write_text(PROGRAM.format(name="SAVINGS"))
    (tmp_path / "LOANS.CBL").write_text(PROGRAM.format(name="LOAN-BOOK"))
    (tmp_path / "wrong.cob").write_text(PROGRAM.format(name="WRONG").replace("ADD 1 TO ROUNDS", "ADD 1 TO NOBODY"))
    (tmp_path / "free.cobol").write_text(FREE)
    return tmp_path


def written(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix == ".py"}


def test_translation_and_report(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["savings.cob", *ANY, "-o", "bank.py", "--report", "r.json", "--html", "r.html"]) == 0
    assert {"bank.py", "cobol_rules.py"} <= written(source)
    report = json.loads((source / "r.json").read_text())
    jsonschema.validate(report, SCHEMA)
    assert report["files"][0]["target"] == "python"
    (function,) = report["files"][0]["functions"]
    assert function["name"] == "SAVINGS"
    assert [block["label"] for block in function["blocks"]] == ["MAIN-LINE", "ADD-INTEREST"]
    assert function["blocks"][1]["source"][0].strip() == "ADD-INTEREST."
    said = capsys.readouterr().err
    assert "savings.cob:15:8: warning: the paragraph UNUSED is never reached" in said
    done = subprocess.run([sys.executable, "bank.py"], capture_output=True, check=True)
    assert done.stdout == b"00011.58\n"
    assert "ADD-INTEREST" in (source / "r.html").read_text()


def test_exec_is_proved_but_for_what_it_does(source: Path) -> None:
    text = PROGRAM.replace("COPY AMOUNTS.", "COPY AMOUNTS.\n           EXEC SQL INCLUDE SQLCA END-EXEC.")
    text = text.replace("ADD 1 TO ROUNDS", "EXEC SQL UPDATE T SET A = :AMOUNT END-EXEC", 1)
    (source / "stored.cob").write_text(text.format(name="STORED"))
    assert main(["stored.cob", "--to", "python", "-I", "copy", "-o", "stored.py", "--report", "r.json"]) == 0
    (function,) = json.loads((source / "r.json").read_text())["files"][0]["functions"]
    assert [block["verdict"] for block in function["blocks"]] == ["proved", "proved"]
    assumed = "the method 'sql_update_t' does what EXEC SQL UPDATE T SET A = :AMOUNT does"
    assert any(each.startswith(assumed) for each in function["blocks"][1]["evidence"]["assumptions"])
    done = subprocess.run([sys.executable, "stored.py"], capture_output=True, check=False)
    assert b"NotImplementedError: EXEC SQL in line 14 of stored.cob" in done.stderr


def test_several_files_lie_in_a_folder_by_the_names_of_their_programs(source: Path) -> None:
    assert main(["savings.cob", "LOANS.CBL", "free.cobol", *ANY, "-o", "out"]) == 0
    assert {"savings.py", "loan_book.py", "free.py", "cobol_rules.py"} <= written(source / "out")
    assert main(["savings.cob", "LOANS.CBL", *ANY]) == 2


def test_nothing_is_written_below_the_requirement(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["savings.cob", "--to", "python", "-I", "copy", "-o", "bank.py", "--require", "proved"]) in (0, 1)
    said = capsys.readouterr().err
    assert ("savings.cob: nothing is written, because some paragraphs do not meet" in said) != (
        source / "bank.py"
    ).exists()


def test_errors_stand_where_they_are_and_nothing_is_written(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = written(source)
    assert main(["wrong.cob", *ANY, "-o", "wrong.py"]) == 2
    said = capsys.readouterr().err
    assert "wrong.cob:13:21: error:" in said
    assert "ADD 1 TO NOBODY." in said
    assert written(source) == before
    assert main(["savings.cob", "--to", "python", "-o", "x.py"]) == 2
    said = capsys.readouterr().err
    assert "savings.cob:5:13: error:" in said
    assert "AMOUNTS" in said


def test_one_file_with_errors_does_not_stop_the_others(source: Path) -> None:
    assert main(["wrong.cob", "savings.cob", *ANY, "-o", "out"]) == 2
    assert "savings.py" in written(source / "out")


def test_files_of_others_stay(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "bank.py").write_text("mine = 1\n")
    assert main(["savings.cob", *ANY, "-o", "bank.py"]) == 2
    assert "was not made by transpile" in capsys.readouterr().err
    assert (source / "bank.py").read_text() == "mine = 1\n"
    assert written(source) == {"bank.py"}
    assert main(["savings.cob", *ANY, "-o", "bank.py", "--force"]) == 0


def test_standard_output_names_what_belongs_beside_it(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["savings.cob", *ANY, "-o", "-"]) == 0
    done = capsys.readouterr()
    assert done.out.startswith('"""SAVINGS, translated from COBOL."""')
    assert "it needs cobol_console.py, cobol_rules.py beside it" in done.err


def test_standard_input(source: Path) -> None:
    command = [sys.executable, "-c", "import sys; from transpile.cli import main; sys.exit(main(sys.argv[1:]))"]
    run = subprocess.run(
        [*command, "-", *ANY, "-q", "--format", "free"], input=FREE, capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith('"""FREE, translated from COBOL."""')


def test_findings_for_other_programs(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["free.cobol", *ANY, "-o", "free.py", "--format", "json", "--format", "free"]) == 0
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, SCHEMA)


def test_explain_shows_the_paragraph_beside_its_method(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["add-interest"], ["--block", "13", "--to", "python"]):
        assert main(["explain", "savings.cob", *words, "-I", "copy", "--require", "any"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("savings.cob:12-14: block ADD-INTEREST of SAVINGS\n")
        assert "ADD 1 TO ROUNDS." in said
        assert "|      def add_interest(self) -> None:" in said
        assert "python: passed: it compiles" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["savings.cob"], "COBOL files are translated to Python: --to python"),
        (["savings.cob", "x.s"], "Missing option '--to'. Choose from: riscv, aarch64, cuda, python"),
        (["savings.cob", "--to", "python", "-std=ibm", "-I", "copy"], "-std=ibm is not known to the rules"),
        (["savings.cob", "--to", "riscv", "--format", "free"], "are for --to python, not for --to riscv"),
        (
            ["savings.cob", "--to", "python", "--march", "rv64gc"],
            "--march is for riscv and aarch64, not for --to python",
        ),
        (["explain", "savings.cob", "A", "--to", "python", "--march", "x"], "--march is for riscv and aarch64"),
        (
            ["savings.cob", "--to", "python", "--memory-model", "tso"],
            "--memory-model tso is for riscv and aarch64, not for --to python",
        ),
        (["savings.c", "--to", "cuda", "--trap-division"], "--trap-division is for riscv and aarch64"),
        (["savings.c", "--to", "cuda", "--march", "armv8-a"], "--march is for riscv and aarch64, not for --to cuda"),
        (["savings.cob", "--to", "python", "--scratch", "a"], "are for --to cuda, not for --to python"),
        (["explain", "savings.cob", "NOWHERE", "-I", "copy"], "there are: MAIN-LINE, ADD-INTEREST"),
        (["explain", "savings.cob", "unused", "-I", "copy"], "the paragraph UNUSED is never reached"),
        (["explain", "savings.cob"], "Which paragraph?"),
        (["missing.cob", "--to", "python"], "cannot read missing.cob"),
        (["savings.cob", *ANY, "-o", "savings"], "does not end in .py"),
    ],
)
def test_errors(source: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("old\n")
    with pytest.raises(UnicodeEncodeError):
        write_together({tmp_path / "one.py": "new\n", tmp_path / "two.py": "\ud800"})
    assert [path.name for path in tmp_path.iterdir()] == ["one.py"]
    assert (tmp_path / "one.py").read_text() == "old\n"
    write_together({tmp_path / "one.py": "new\n", tmp_path / "sub" / "two.py": "x\n"})
    assert (tmp_path / "one.py").read_text() + (tmp_path / "sub" / "two.py").read_text() == "new\nx\n"


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
def test_with_gnucobol_nothing_is_undecided_and_tests_are_written(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "in").write_text("")
    assert main(["savings.cob", "--to", "python", "-I", "copy", "-o", "bank.py", "-v", "--input", "in"]) == 0
    assert "undecided:" not in capsys.readouterr().err
    tests = (source / "test_bank.py").read_text()
    assert "def test_add_interest_1() -> None:" in tests
    assert "def test_run_1(tmp_path: Path) -> None:" in tests
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "test_bank.py"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert main(["savings.cob", "--to", "python", "-I", "copy", "-o", "other.py", "--no-tests"]) == 0
    assert not (source / "test_other.py").exists()


def test_without_gnucobol_its_checks_are_skipped(
    source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSPILE_COBC", str(source / "nowhere"))
    assert main(["savings.cob", "--to", "python", "-I", "copy", "-o", "bank.py", "--require", "proved"]) in (0, 1)
    assert main(["explain", "savings.cob", "ADD-INTEREST", "-I", "copy", "--require", "any"]) == 0
    said = capsys.readouterr()
    assert "paragraph against GnuCOBOL: skipped" in said.out
    assert "apt-get install gnucobol3" in said.out
