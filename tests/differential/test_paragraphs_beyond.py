"""Paragraphs that use more than the storage of their program, run alone: files with keys, sort files, files that they
open themselves, what lies with the caller."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file, parse_text
from transpile.differential.paragraphs import Compared, NotRun, Settings, compare
from transpile.python.emitter import emit
from transpile.restructure.program import restructured

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"
pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("built")


def outcomes(folder, unit, *, class_name="", old="", new="", states=100):
    """Of each method of a program, by its Python name; ``old`` in the Python becomes ``new``."""
    found = restructured(unit)
    module = emit(*found.programs)
    one = next(each for each in module.classes if each.class_name == (class_name or module.classes[-1].class_name))
    if old:
        assert module.text.count(old) == 1
        module = replace(module, files={**module.files, module.name: module.text.replace(old, new)})
    names = {each.paragraphs: each.name for each in one.methods}
    settings = Settings(states=states, folder=folder)
    made = compare(found, one.program.origin, module, settings=settings)
    return {names[each]: outcome for each, outcome in made.items()}


def of_corpus(folder, name, **changed):
    return outcomes(folder, parse_file(CORPUS / f"{name}.cob", Options(copy_paths=(CORPUS / "copybooks",))), **changed)


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("salessort", "Salesort"),
        ("seats", "Seats"),
        ("stockfile", "Stockfil"),
        ("fleet", "Fleet"),
        ("pricing", "Pricept"),
        ("pricing", "Margins"),
    ],
)
def test_a_right_translation_has_no_difference_in_any_paragraph(folder, name, class_name):
    found = of_corpus(folder, name, class_name=class_name)
    for method, outcome in found.items():
        assert isinstance(outcome, Compared), (method, outcome)
        assert (outcome.difference, outcome.runs > 20) == (None, True), (method, outcome)


@pytest.mark.parametrize(
    ("name", "class_name", "method", "old", "new", "differs"),
    [
        (
            "salessort",
            "Salesort",
            "release_sale",
            "self.amount - self.rebate, 10, 2",
            "self.amount - self.rebate, 9, 2",
            "SORT-AMOUNT",
        ),
        ("salessort", "Salesort", "one_sale", "self.cumulated + self", "self.cumulated - self", "CUMULATED"),
        ("salessort", "Salesort", "return_sale", 'sort_eof = "Y"', 'sort_eof = "X"', "SORT-EOF"),
        ("seats", "Seats", "refund_seat", "fit_decimal(self.fees + self", "fit_decimal(0 * self.fees + self", "FEES"),
        ("seats", "Seats", "give_back", "            self.refund_seat()", "            pass", "what is displayed"),
        ("stockfile", "Stockfil", "put_back", "item_moves + 1, 3, ", "item_moves + 1, 4, ", "it"),
        ("stockfile", "Stockfil", "list_items", "item_count + 1", "item_count + 2", "ITEM-COUNT"),
        ("fleet", "Fleet", "main", "(self.vehicle_count + 1) % 100", "self.vehicle_count + 1", "it"),
        ("pricing", "Pricept", "price_point", '* Decimal("1.62"), 10, 4', '* Decimal("1.62"), 11, 4', "it"),
        ("pricing", "Margins", "margin_percent", 'Decimal("-999.9")', 'Decimal("-999.0")', "L-MARGIN"),
    ],
)
def test_a_fault_in_such_a_paragraph_is_found_with_a_state(folder, name, class_name, method, old, new, differs):
    found = of_corpus(folder, name, class_name=class_name, old=old, new=new, states=1000)
    assert found[method].difference is not None
    assert differs in [each.item for each in found[method].difference.changed]


CALLED = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. Outer.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       77 A PIC 9(3) VALUE 7.
       PROCEDURE DIVISION.
       MAIN.
           CALL "INNER" USING A.
           DISPLAY A.
           STOP RUN.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. INNER.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       77 TIMES-CALLED PIC 9 VALUE 0.
       LINKAGE SECTION.
       77 N PIC 9(3).
       PROCEDURE DIVISION USING N.
       START-UP.
           ADD 1 TO TIMES-CALLED.
           DISPLAY TIMES-CALLED.
           IF N > 500 EXIT PROGRAM.
           PERFORM DOUBLED.
           EXIT PROGRAM.
       DOUBLED.
           COMPUTE N = N * 2.
       END PROGRAM INNER.
       END PROGRAM Outer.
"""


def test_a_nested_program_is_run_on_what_lies_with_its_caller(folder):
    right = outcomes(folder, parse_text(CALLED, "outer.cob"), class_name="Inner")
    assert {name: (each.difference, each.exhaustive) for name, each in right.items()} == {
        "main": (None, True),
        "start_up": (None, True),
        "doubled": (None, True),
    }
    wrong = outcomes(folder, parse_text(CALLED, "outer.cob"), class_name="Inner", old="> 500", new=">= 500")
    difference = wrong["main"].difference
    assert dict(difference.given)["N"] == "500"
    assert [each.item for each in difference.changed] == ["N"]


def test_a_program_that_calls_a_nested_one_finds_it_as_at_the_start_each_time(folder):
    right = outcomes(folder, parse_text(CALLED, "outer.cob"), class_name="Outer")
    assert (right["main"].difference, right["main"].exhaustive) == (None, True)
    wrong = outcomes(folder, parse_text(CALLED, "outer.cob"), class_name="Outer", old="> 500", new=">= 500")
    assert dict(wrong["main"].difference.given)["A"] == "500"


def test_other_programs_and_those_that_read_the_clock_are_not_called(folder):
    elsewhere = CALLED.replace('CALL "INNER"', 'CALL "OTHERS"')
    clock = CALLED.replace("           PERFORM DOUBLED.", "           ACCEPT N FROM TIME.")
    for text in (elsewhere, clock):
        found = outcomes(folder, parse_text(text, "outer.cob"), class_name="Outer")
        assert found == {"main": NotRun("it calls another program (CALL)")}


FILES_BY_NAME = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. Named.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT F ASSIGN TO "input" ORGANIZATION LINE SEQUENTIAL.
           SELECT G ASSIGN TO "output" ORGANIZATION LINE SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  F.
       01  R PIC 9(3).
       FD  G.
       01  W PIC 9(3).
       WORKING-STORAGE SECTION.
       77  TYPED PIC X(3).
       PROCEDURE DIVISION.
       MAIN.
           ACCEPT TYPED.
           OPEN INPUT F OUTPUT G.
           READ F AT END DISPLAY "NONE" NOT AT END DISPLAY TYPED R.
           MOVE R TO W.
           WRITE W.
           CLOSE F G.
           STOP RUN.
"""


def test_files_of_the_program_are_not_those_of_the_runs(folder):
    found = outcomes(folder, parse_text(FILES_BY_NAME, "named.cob"))
    assert (found["main"].difference, found["main"].runs) == (None, 100)


def test_a_file_under_two_names_is_out_of_reach(folder):
    text = FILES_BY_NAME.replace('"output"', '"input"')
    assert outcomes(folder, parse_text(text, "named.cob")) == {
        "main": NotRun("two of its files are the same outside (input)")
    }


def test_a_file_that_is_closed_for_good_is_out_of_reach(folder):
    text = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. Locks.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT F ASSIGN TO "locks.dat".
       DATA DIVISION.
       FILE SECTION.
       FD  F.
       01  R PIC 9(3).
       PROCEDURE DIVISION.
       MAIN.
           OPEN OUTPUT F.
           PERFORM DONE.
           STOP RUN.
       DONE.
           CLOSE F WITH LOCK.
"""
    assert outcomes(folder, parse_text(text, "locks.cob")) == {
        "main": NotRun("it uses a file (OPEN)"),
        "done": NotRun("it uses a file (CLOSE LOCK)"),
    }
