"""Paragraphs in COBOL and in the Python made of them: what is the same is said to be, faults are found and shrunk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file, parse_text
from transpile.differential.ends import SIGNS, ZEROS
from transpile.differential.paragraphs import FILES, Compared, NotRun, Settings, Subject, compare, compare_all
from transpile.emulators.cuda.bounded import Limits
from transpile.python.emitter import emit
from transpile.restructure.program import restructured

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"
pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")

HEAD = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. Small.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("built")


def run(folder, data, procedure, *, old="", new="", **settings):
    """What became of each method of a small program, by its COBOL name; ``old`` in the Python becomes ``new``."""
    text = f"{HEAD}{indented(data)}       PROCEDURE DIVISION.\n{indented(procedure)}"
    found = restructured(parse_text(text, "small.cob"))
    module = emit(*found.programs)
    if old:
        assert old in module.text
        module = replace(module, files={**module.files, module.name: module.text.replace(old, new)})
    outcomes = compare(found, "SMALL", module, settings=Settings(folder=folder, **settings))
    names = {each.paragraphs: each.origin for each in module.classes[-1].methods}
    return {names[each]: outcome for each, outcome in outcomes.items()}


def indented(text):
    return "".join(f"       {line}\n" for line in text.strip("\n").splitlines())


TAX = """
77  GROSS PIC 9(5)V99.
77  RATE PIC V9(4) VALUE .2225.
77  TAX PIC 9(5)V99.
"""


def test_equal_paragraphs_are_equal(folder):
    found = run(folder, TAX, "MAIN.\n    PERFORM TAXES.\nTAXES.\n    COMPUTE TAX ROUNDED = GROSS * RATE.")
    assert found["TAXES"] == Compared(runs=100)


def test_a_fault_is_found_and_shrunk(folder):
    procedure = "MAIN.\n    PERFORM TAXES.\nTAXES.\n    COMPUTE TAX ROUNDED = GROSS * RATE."
    difference = run(folder, TAX, procedure, old="(self.gross *", new="(min(self.gross, 99) *")["TAXES"].difference
    assert [name for name, _ in difference.given] == ["GROSS"]
    assert [each.item for each in difference.changed] == ["TAX"]
    assert str(difference).startswith("GROSS = ")
    assert " → TAX: COBOL " in str(difference)


def test_what_lies_outside_is_not_run(folder):
    procedure = """
MAIN.
    PERFORM ASKS. PERFORM TELLS. PERFORM CALLS.
ASKS.
    ACCEPT TAX FROM DATE.
TELLS.
    PERFORM ASKS.
CALLS.
    CALL "OTHER".
"""
    found = run(folder, TAX, procedure)
    assert found["TELLS"] == found["ASKS"] == NotRun("it reads the clock or its environment (ACCEPT FROM DATE)")
    assert found["CALLS"] == NotRun("it calls another program (CALL)")


def test_few_values_are_all_tried(folder):
    procedure = "MAIN.\n    PERFORM P.\nP.\n    IF A > B MOVE A TO C ELSE MOVE B TO C."
    found = run(folder, "77 A PIC 99.\n77 B PIC S9.\n77 C PIC S99.", procedure)
    assert (found["P"].runs, found["P"].exhaustive) == (1900, True)
    wrong = run(
        folder,
        "77 A PIC 99.\n77 B PIC S9.\n77 C PIC S99.",
        procedure,
        old="self.a > self.b",
        new="self.a > max(8, self.b)",
    )
    assert str(wrong["P"].difference) == "B = -9 → C: COBOL 0, Python -9"


def test_every_usage_goes_through(folder):
    data = """
01  R1.
    05  A PIC S9(3)V9 COMP-3.
    05  B PIC S9(4) COMP.
    05  C PIC S9(9) COMP-5.
    05  D PIC S9(3) SIGN LEADING SEPARATE.
    05  E PIC X(3).
    05  F COMP-2.
    05  G PIC ZZ9.9.
01  FILLER.
    05  FILLER PIC X.
    05  H OCCURS 3 INDEXED BY K PIC S9(3).
01  TWICE PIC 9(4).
01  TWICE-X REDEFINES TWICE PIC X(4).
"""
    procedure = """
MAIN.
    PERFORM P.
P.
    ADD A TO B. ADD 1 TO C. SUBTRACT D FROM A. MOVE A TO G. MOVE "XYZ" TO E. COMPUTE F = F + 1.
    ADD H (2) TO H (3). SET K UP BY 1. MOVE "12" TO TWICE-X (2:2). ADD 1 TO TWICE. MOVE 4 TO RETURN-CODE.
"""
    found = run(folder, data, procedure.replace(". ", ".\n    "))
    assert found["P"].difference is None
    assert found["P"].runs == 100


def test_what_is_displayed_counts(folder):
    procedure = "MAIN.\n    PERFORM P.\nP.\n    DISPLAY TAX."
    assert run(folder, TAX, procedure)["P"].difference is None
    difference = run(folder, TAX, procedure, old="print(", new='print("", ')["P"].difference
    assert [each.item for each in difference.changed] == ["what is displayed"]


def test_states_outside_of_tables_say_nothing(folder):
    data = "01 T.\n    05 E PIC 9 OCCURS 5.\n77 I PIC 9.\n77 J PIC 9."
    procedure = "MAIN.\n    PERFORM P.\nP.\n    COMPUTE I = J * 2.\n    ADD 1 TO E (I)."
    found = run(folder, data, procedure, states=20, restarts=20)
    assert found["P"].difference is None
    assert found["P"].dropped > 0
    assert found["P"].runs > 0


def test_the_end_of_the_run_is_an_outcome(folder):
    procedure = "MAIN.\n    PERFORM P.\nP.\n    IF TAX > 5 DISPLAY TAX STOP RUN.\n    MOVE 1 TO TAX."
    assert run(folder, TAX, procedure, states=20, restarts=20)["P"].difference is None
    wrong = run(folder, TAX, procedure, old="sys.exit(", new="print(", states=20, restarts=20)["P"].difference
    assert wrong.changed[0].cobol.startswith("stops the run")


def test_leaving_the_program_is_an_outcome(folder):
    procedure = "MAIN.\n    PERFORM P.\n    STOP RUN.\nP.\n    IF TAX > 5 MOVE 3 TO TAX GOBACK.\n    MOVE 1 TO TAX."
    assert run(folder, TAX, procedure, states=30)["P"].difference is None
    wrong = run(folder, TAX, procedure, old="raise Left", new="return", states=30)["P"].difference
    assert wrong.changed[0].cobol == "leaves the program"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("import os; os._exit(3)", "fails: the process ended (3)"),
        ("raise ValueError('no')", "fails: ValueError: no"),
        ("self.tax = 12", "fails: self.tax is 12, not of type Decimal"),
        ("self.tax = Decimal('1.234')", "fails: self.tax is 1.234, which its field cannot hold"),
        ("bytearray(1 << 40)", "fails: MemoryError: "),
    ],
)
def test_python_that_misbehaves_is_a_difference(folder, new, said):
    procedure = "MAIN.\n    PERFORM P.\nP.\n    MOVE 1 TO TAX."
    difference = run(folder, TAX, procedure, old='self.tax = Decimal("1.00")', new=new, states=3)["P"].difference
    assert difference.changed[0].python == said


def test_python_that_does_not_end_is_a_difference(folder):
    procedure = "MAIN.\n    PERFORM P.\nP.\n    MOVE 1 TO TAX."
    difference = run(folder, TAX, procedure, old='self.tax = Decimal("1.00")', new="while True: pass", states=3)
    assert difference["P"].difference.changed[0].python == "does not end in time"


def test_python_that_cannot_be_interrupted_is_late(folder, monkeypatch):
    """And is tried on no further states, to make the difference small."""
    monkeypatch.setattr("transpile.differential.methods.PATIENCE_S", 0.0)
    procedure = "MAIN.\n    PERFORM P.\nP.\n    MOVE 1 TO TAX."
    short = Limits(wall_s=0.5)
    found = run(folder, TAX, procedure, old='self.tax = Decimal("1.00")', new="max(range(10**15))", python=short)
    assert found["P"].difference.changed[0].python == "does not end in time"


def test_python_that_displays_too_much_is_a_difference(folder):
    """Its worker waits for somebody to read it all; nobody may wait for the worker."""
    procedure = "MAIN.\n    PERFORM P.\nP.\n    MOVE 1 TO TAX."
    short = Limits(wall_s=2.0, output_bytes=1 << 17)
    found = run(folder, TAX, procedure, old='self.tax = Decimal("1.00")', new="print('x' * (1 << 18))", python=short)
    assert "which is more than 131072" in found["P"].difference.changed[0].python


def test_a_program_with_copybooks_and_files():
    found = restructured(parse_file(CORPUS / "payroll.cob", Options(copy_paths=(CORPUS / "copybooks",))))
    module = emit(*found.programs)
    outcomes = compare(found, "PAYROLL", module)
    names = {each.paragraphs: each.origin for each in module.classes[-1].methods}
    ran = {names[each] for each, outcome in outcomes.items() if outcome == Compared(runs=100)}
    assert ran == {"SPLIT-HOURS", "COMPUTE-GROSS", "COMPUTE-TAX", "COMPUTE-PENSION", "COMPUTE-NET"}
    with_files = {
        names[each] for each, what in outcomes.items() if isinstance(what, Compared) and FILES in what.assumptions
    }
    assert {"READ-EMPLOYEE", "WRITE-DETAIL", "WRITE-TOTALS"} <= with_files
    assert not any(isinstance(what, Compared) and what.difference for what in outcomes.values())


def test_programs_are_compiled_together_with_the_same_result(folder):
    subjects = []
    for name, factor in (("One", 2), ("Two", 3), ("One", 4)):
        text = f"{HEAD.replace('Small', name)}{indented(TAX)}       PROCEDURE DIVISION.\n"
        text += indented(f"MAIN.\n    PERFORM P.\nP.\n    MULTIPLY {factor} BY TAX.")
        found = restructured(parse_text(text, "together.cob"))
        subjects.append(Subject(found, name.upper(), emit(*found.programs)))
    wrong = replace(subjects[1].module, files={**subjects[1].module.files})
    wrong.files[wrong.name] = wrong.text.replace("self.tax * 3", "self.tax * 2")
    subjects[1] = replace(subjects[1], module=wrong)
    together, apart = (list(compare_all(subjects, Settings(folder=folder), count)) for count in (20, 1))
    assert together == apart
    assert [outcome[1, 1].difference is None for outcome in together] == [True, False, True]


def test_the_same_seed_gives_the_same_states(folder):
    procedure = "MAIN.\n    PERFORM P.\nP.\n    ADD GROSS TO TAX."
    first, second = (
        run(folder, TAX, procedure, old="+ self.gross", new="+ min(self.gross, 9999)")["P"] for _ in range(2)
    )
    assert first == second
    assert first.difference.state == second.difference.state


def test_a_small_subscript_of_a_large_table(folder):
    data = "01 T.\n    05 E PIC 9 OCCURS 100.\n77 I PIC 99."
    found = run(folder, data, "MAIN.\n    PERFORM P.\nP.\n    ADD 1 TO E (I).")
    assert found["P"].difference is None
    assert found["P"].runs > 90


def test_a_subscript_with_fewer_digits_than_its_table_has_elements(folder):
    data = "01  SUB PIC 9 COMP-3.\n01  ITS-TEXT PIC X(20).\n01  TARGET PIC X."
    found = run(folder, data, "MAIN.\n    PERFORM TAKES.\nTAKES.\n    MOVE ITS-TEXT (SUB:1) TO TARGET.")
    assert found["TAKES"].difference is None


def test_what_is_typed_is_part_of_a_state(folder):
    procedure = """
MAIN.
    PERFORM ASKS UNTIL TAX = 7.
ASKS.
    ACCEPT TAX.
    IF TAX = 123.45 DISPLAY "FOUND" END-IF.
"""
    found = run(folder, TAX, procedure)
    assert found["ASKS"].difference is None
    assert (found["ASKS"].runs, found["ASKS"].samples) == (100, ())
    difference = run(folder, TAX, procedure, old='Decimal("123.45")', new='Decimal("123.46")')["ASKS"].difference
    assert dict(difference.given)["what is typed"] == repr("123.45\n")
    assert [each.item for each in difference.changed] == ["what is displayed"]


def test_files_are_open_and_have_records_like_the_one_in_the_record_area(folder):
    text = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. Copies.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT SOURCE-FILE ASSIGN TO "copies.in"
               ORGANIZATION LINE SEQUENTIAL.
           SELECT TARGET-FILE ASSIGN TO "copies.out".
       DATA DIVISION.
       FILE SECTION.
       FD  SOURCE-FILE.
       01  S PIC 9(3).
       FD  TARGET-FILE.
       01  T PIC 9(3).
       WORKING-STORAGE SECTION.
       77  DONE PIC X VALUE "N".
       77  N PIC 9(2).
       PROCEDURE DIVISION.
       MAIN.
           OPEN INPUT SOURCE-FILE OUTPUT TARGET-FILE.
           PERFORM COPIES UNTIL DONE = "Y".
           CLOSE SOURCE-FILE TARGET-FILE.
           STOP RUN.
       COPIES.
           READ SOURCE-FILE AT END MOVE "Y" TO DONE
               NOT AT END ADD 1 TO N MOVE S TO T WRITE T END-READ.
"""
    found = restructured(parse_text(text, "copies.cob"))
    module = emit(*found.programs)

    def compared(old="", new=""):
        changed = replace(module, files={**module.files, module.name: module.text.replace(old, new)}) if old else module
        outcomes = compare(found, "COPIES", changed, settings=Settings(folder=folder))
        return [outcomes[each] for each in sorted(outcomes)]

    main, copies = compared()
    assert (main.difference, main.runs) == (None, 100)
    assert (copies.difference, copies.runs) == (None, 100)
    at_end = compared('self.done = "Y"', "pass")[1].difference
    assert [each.item for each in at_end.changed] == ["DONE"]
    overflow = compared(" % 100", "")[1].difference
    assert dict(overflow.given)["N"] == "99"
    assert int(dict(overflow.given)["records of each file that is read"]) > 0


def test_the_usual_states_have_results_between_two_roundings_and_results_that_do_not_fit(folder):
    data = "77 PART PIC 9(5).\n77 WHOLE PIC 9(5).\n77 SHARE PIC 9(3)V99.\n77 SUM-OF PIC 9(5)."
    procedure = """
MAIN.
    PERFORM SHARES. PERFORM SUMS.
SHARES.
    IF WHOLE > 0
        COMPUTE SHARE ROUNDED = PART * 100 / WHOLE.
SUMS.
    COMPUTE SUM-OF = PART + WHOLE.
"""
    down = run(folder, data, procedure, old="self.whole), 5", new='self.whole) - Decimal("1E-9"), 5', states=300)
    ((item, cobol, python),) = [(each.item, each.cobol, each.python) for each in down["SHARES"].difference.changed]
    assert (item, Decimal(cobol) - Decimal(python)) == ("SHARE", Decimal("0.01"))
    wide = run(folder, data, procedure, old="% 100000", new="% 1000000")["SUMS"].difference
    assert [each.item for each in wide.changed] in (["SUM-OF"], ["it"])


@pytest.mark.parametrize("body", ["MOVE RATE (KIND + 1) TO R.", "COMPUTE I = KIND + 1.\n    MOVE RATE (I) TO R."])
def test_what_a_number_is_added_to_before_it_is_a_subscript_stays_in_the_table(folder, body):
    data = "01 T.\n    05 RATE PIC 9(5) OCCURS 4.\n77 KIND PIC 9.\n77 I PIC 9.\n77 R PIC 9(5)."
    found = run(folder, data, f"MAIN.\n    PERFORM P.\nP.\n    {body}")
    assert (found["P"].runs, found["P"].dropped) == (100, 0)
    assert "KIND is 0 to 3" in found["P"].assumptions


SIGNED_APART = """
01  G.
    05 N PIC S9(3) SIGN LEADING SEPARATE.
    05 M PIC 9(2).
77  TEXT-1 PIC X(6) VALUE " 12345".
"""


def test_a_sign_that_gnucobol_writes_when_it_compares_is_no_difference(folder):
    moved = "MAIN.\n    MOVE TEXT-1 TO G.\n    IF N < 7\n        ADD 1 TO M."
    said = run(folder, SIGNED_APART, moved)["MAIN"]
    assert said.difference is None
    assert SIGNS in said.assumptions


def test_another_sign_is_a_difference(folder):
    said = run(folder, SIGNED_APART, "MAIN.\n    ADD 1 TO N.", old="+ 1", new="- 1")["MAIN"]
    assert said.difference is not None


MINUS_ZERO = """
01  G.
    05 N PIC S9(3) SIGN LEADING.
77  FIRST-ONE PIC X.
"""


def test_the_sign_of_a_minus_zero_that_is_moved_with_its_group_is_no_difference(folder):
    said = run(folder, MINUS_ZERO, "MAIN.\n    SUBTRACT 1 FROM N.\n    MOVE G TO FIRST-ONE.")["MAIN"]
    assert said.difference is None
    assert ZEROS in said.assumptions


def test_a_letter_that_is_no_sign_is_a_difference(folder):
    said = run(folder, MINUS_ZERO, 'MAIN.\n    MOVE "p" TO FIRST-ONE.', old='"p"', new='"0"')["MAIN"]
    assert said.difference is not None
