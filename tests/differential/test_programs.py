"""Whole programs against their Python: that equal ones are found equal, and that a fault in either shows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from transpile.cobol.parse import parse_text
from transpile.cobol.unit import Unit
from transpile.differential import programs
from transpile.differential.inputs import generated, reading
from transpile.differential.literals import literals
from transpile.differential.programs import Compared, Different, NotRun, Result, Settings, compare
from transpile.differential.records import Records
from transpile.differential.running import Inputs
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure

needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("builds")


def program(procedure: str, storage: str = "", files: str = "", descriptions: str = "") -> Unit:
    """A program in free format."""
    head = "identification division.\nprogram-id. trial.\n"
    if files:
        head += f"environment division.\ninput-output section.\nfile-control.\n{files}\n"
    data = f"data division.\n{'file section.' if descriptions else ''}\n{descriptions}\n"
    text = f"{head}{data}working-storage section.\n{storage}\nprocedure division.\n{procedure}\n"
    return parse_text(text, "trial.cob")


def emitted(unit: Unit) -> Module:
    return emit(*restructure(unit))


def compared(unit: Unit, builds: Path, *known: Inputs, module: Module | None = None, runs: int = 12) -> Result:
    return compare(unit, module or emitted(unit), Settings(builds, known, runs))


def altered(module: Module, old: str, new: str) -> Module:
    assert old in module.text
    return replace(module, files={**module.files, module.name: module.text.replace(old, new)})


CARDS = program(
    """main.
    accept card
    perform one-card until kind = "E"
    display "sum " total
    stop run.
one-card.
    evaluate kind
        when "A" add amount to total
        when "S" perform take
        when other display "? " kind
    end-evaluate
    accept card.
take.
    if amount > total display "too much" else subtract amount from total.
""",
    "01 card. 03 kind pic x. 03 amount pic 9(3).\n01 total pic 9(5) value 0.",
)


@needs_cobc
def test_a_program_that_reads_lines_runs_to_its_end_value_and_every_paragraph_is_reached(builds: Path) -> None:
    found = compared(CARDS, builds)
    assert isinstance(found, Compared)
    assert found.runs == 12
    assert {each.method: each.missed for each in found.methods if each.missed} == {}
    assert all(each.runs > 0 for each in found.methods)


@needs_cobc
def test_a_fault_is_found_and_its_inputs_are_shrunk(builds: Path) -> None:
    wrong = altered(emitted(CARDS), "self.card.amount > self.total", "self.card.amount > 0")
    found = compared(CARDS, builds, module=wrong)
    assert isinstance(found, Different)
    assert found.what.startswith("the output, line ")
    assert len(found.inputs.stdin.splitlines()) <= 4
    assert "Trial.take" in found.methods


@needs_cobc
def test_the_same_seed_makes_the_same_runs(builds: Path) -> None:
    assert compared(CARDS, builds) == compared(CARDS, builds)


COPY = program(
    """main.
    open input people
    open output list-file
    perform until done = 1
        read people at end move 1 to done
            not at end if age > 64 write line-rec from person end-if
        end-read
    end-perform
    close people list-file
    stop run.
""",
    "01 done pic 9 value 0.",
    'select people assign "people.dat" organization line sequential.\n'
    'select list-file assign "list.txt" organization line sequential.',
    "fd people. 01 person. 03 who pic x(6). 03 age pic 99.\nfd list-file. 01 line-rec pic x(8).",
)


@needs_cobc
def test_records_lie_around_the_values_that_are_compared(builds: Path) -> None:
    for old, new in ((".age > 64", ".age > 63"), (".age > 64", ".age > 65")):
        found = compared(COPY, builds, module=altered(emitted(COPY), old, new))
        assert isinstance(found, Different)
        assert found.what.startswith("file list.txt, line 1: ")
        assert len(found.inputs.files["people.dat"].splitlines()) == 1


@needs_cobc
def test_files_are_made_and_left_the_same(builds: Path) -> None:
    found = compared(COPY, builds, Inputs(b"", {"people.dat": b"ANN   70\nBOB   12\n"}, "given"))
    assert isinstance(found, Compared)
    assert found.runs == 12


@needs_cobc
def test_the_clock_stands_still_at_the_same_time_for_both(builds: Path) -> None:
    storage = "01 t pic 9(8).\n01 d pic 9(8)."
    text = "main.\n accept t from time accept d from date yyyymmdd display t space d\n"
    found = compared(program(text + " display function current-date stop run.\n", storage), builds)
    assert isinstance(found, Compared)
    assert found.runs == 1


@needs_cobc
def test_what_goes_out_of_a_table_is_left_out(builds: Path) -> None:
    unit = program(
        "main.\n accept n\n display e (n)\n stop run.\n",
        "01 n pic 99.\n01 t value '123'. 03 e pic x occurs 3.\n01 after-it pic x(200) value all 'z'.",
    )
    found = compared(unit, builds, Inputs(b"77\n", {}, "given"), Inputs(b"2\n", {}, "given"), runs=2)
    assert isinstance(found, Compared)
    assert found.left_out == {"the COBOL program leaves a table or a field": 1}


@needs_cobc
def test_python_that_never_ends_is_different_and_stopped(builds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_PYTHON", replace(programs._PYTHON, wall_s=0.5))
    module = altered(emitted(CARDS), 'print(f"sum', 'while True:\n            pass\n        print(f"sum')
    found = compared(CARDS, builds, module=module, runs=1)
    assert isinstance(found, Different)
    assert found.what == "Python had not ended when its time was up"


@needs_cobc
def test_a_program_that_never_ends_is_not_run(builds: Path) -> None:
    found = compared(program("main. go to main.\n"), builds)
    assert isinstance(found, NotRun)
    assert "does not end" in found.reason


@pytest.mark.parametrize(
    ("procedure", "reason"),
    [
        ("main. call 'other'. stop run.\n", "it calls 'other', which is not in this file"),
        ("main. compute n = function random * 10. stop run.\n", "FUNCTION RANDOM gives every program other values"),
    ],
)
def test_what_cannot_be_run_is_named(procedure: str, reason: str, tmp_path: Path) -> None:
    unit = program(procedure, "01 n pic 9.")
    assert compare(unit, Module("none.py", {"none.py": ""}), Settings(tmp_path)) == NotRun(reason)


def test_without_gnucobol_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = compare(CARDS, emitted(CARDS), Settings(tmp_path))
    assert isinstance(found, NotRun)
    assert "cobc" in found.reason


def test_inputs_that_reach_new_lines_are_the_start_of_others(builds, monkeypatch):
    seen: list[object] = []
    makes = programs.generated

    def made(read, seed, known, keyed):
        seen.append(known)
        return makes(read, seed, known, keyed)

    monkeypatch.setattr(programs, "generated", made)
    given = Inputs(b"E\n")
    found = compared(CARDS, builds, given, runs=30)
    assert isinstance(found, Compared)
    (templates,) = seen
    assert templates[0] == given
    assert any(b"A" in each.stdin for each in templates[1:])
    assert len(templates) < 12, "not every input reaches another line"


def test_one_field_of_a_record_is_filled_anew(builds):
    unit = parse_text(
        """identification division.
program-id. trial.
data division.
working-storage section.
01 card. 05 kind pic x. 05 amount pic 9(4). 05 rest pic x(3).
procedure division.
    accept card
    if kind = "A" and amount > 500 and rest = "OUT" display "x".
""",
        "trial.cob",
    )
    (card,) = (each for each in unit.programs[0].data.working_storage)
    known = literals(unit)
    made = {Records(known, Random(seed), True).refilled([card], b"A0501OUT") for seed in range(200)}
    parts = [(each[:1], each[1:5], each[5:]) for each in made]
    assert all(sum((kind != b"A", amount != b"0501", rest != b"OUT")) <= 1 for kind, amount, rest in parts)
    assert {b"0500", b"9999"} <= {amount for _, amount, _ in parts}


def test_lines_without_columns_get_longer_and_shorter(builds):
    unit = program('main. accept line-in. if line-in = "END" stop run.', "01 line-in pic x(20).")
    known = Inputs(b"12.5,C\nEND\n")
    inputs = (each for _, each in zip(range(60), generated(reading(unit), 0, [known]), strict=False))
    lines = {line for each in inputs for line in each.stdin.splitlines()}
    assert any(line.startswith(b"1") and len(line) == 7 and line.endswith(b",C") for line in lines)
