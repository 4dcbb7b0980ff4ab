"""What is proved of paragraphs and their methods, and what must not be."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file, parse_text
from transpile.differential.paragraphs import Settings
from transpile.python.emitter import emit
from transpile.restructure.program import restructured
from transpile.solvers.cobol.conditions import NOT_NEGATIVE
from transpile.solvers.cobol.inspecting import IN_PICTURE
from transpile.solvers.cobol.moving import IN_64_BITS
from transpile.solvers.paragraphs.proving import prove

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "datasets" / "cobol"
sys.path.insert(0, str(ROOT / "benchmarks"))

DATA = """
01  AMOUNT      PIC S9(5)V99.
01  RATE        PIC V9(4).
01  TAX         PIC 9(5)V99.
01  SMALL-ONE   PIC 9(2).
01  TOTAL       PIC S9(7)V99 COMP-3.
01  COUNTED     PIC 9(3).
01  I           PIC 9(2).
01  ROWS-OF.
    05  ROW     PIC 9(4) OCCURS 10 TIMES.
01  NAME-OF     PIC X(6).
01  LETTER      PIC X.
    88  IS-YES  VALUE "Y" "J".
01  LINE-OF.
    05  L-NAME  PIC X(6).
    05  L-TAX   PIC ZZ,ZZ9.99.
    05  L-COUNT PIC 9.
01  BINARY-ONE  PIC S9(4) COMP.
01  PACKED-ONE  PIC 9 COMP-3.
01  CODE-OF     PIC 9(4).
01  BITS        PIC 9(9)V99 COMP.
01  WIDE-TEXT   PIC X(20).
01  WIDE-ONE    PIC 9(18).
01  UNSIGNED-ONE PIC 9(12) COMP-5.
01  AMOUNT-ONE  PIC S9(12).
01  SIGN-APART  PIC S9(4) SIGN LEADING SEPARATE.
01  RIGHT-ONE   PIC X(4) JUSTIFIED RIGHT.
"""


class Program:
    """A program with one paragraph ``P`` after ``MAIN``, and the Python of it. What is proved are the paragraphs from
    ``P`` to number ``last``."""

    def __init__(self, paragraph: str, others: str = "", main: str = "PERFORM P. STOP RUN.", last: int = 1) -> None:
        self.range = (1, last)
        lines = ["IDENTIFICATION DIVISION.", "PROGRAM-ID. SMALL-P.", "DATA DIVISION.", "WORKING-STORAGE SECTION."]
        lines += [*DATA.strip().splitlines(), "PROCEDURE DIVISION.", "MAIN.", f"    {main}", "P."]
        lines += [f"    {line}" for line in paragraph.strip().splitlines()] + others.strip().splitlines()
        text = "\n".join(lines) + "\n"
        self.found = restructured(parse_text(text, "small.cob", Options(format="free")))
        self.module = emit(*self.found.programs)

    @property
    def text(self) -> str:
        return self.module.text

    def proof(self, text: str | None = None):
        return prove(self.found, self.module.classes[-1], text or self.text, [self.range])[self.range]

    def broken(self, old: str, new: str):
        assert old in self.text, self.text
        return self.proof(self.text.replace(old, new, 1))


PROVED = {
    "rounded": "MULTIPLY AMOUNT BY RATE GIVING TAX ROUNDED.",
    "quotient": "DIVIDE AMOUNT BY COUNTED GIVING TAX ROUNDED ON SIZE ERROR MOVE 0 TO TAX.",
    "conditions": "IF AMOUNT > 100 AND IS-YES ADD 1 TO COUNTED ELSE SUBTRACT AMOUNT FROM TOTAL.",
    "evaluate": 'EVALUATE LETTER WHEN "A" MOVE 1 TO TAX WHEN "B" THRU "D" MOVE 2 TO TAX WHEN OTHER MOVE 3 TO TAX.',
    "truncating": "MOVE AMOUNT TO SMALL-ONE.",
    "texts": "MOVE NAME-OF TO L-NAME. MOVE TAX TO L-TAX. DISPLAY LINE-OF.",
    "times": "PERFORM 5 TIMES ADD TAX TO TOTAL END-PERFORM.",
    "until": "PERFORM UNTIL COUNTED > 90 ADD SMALL-ONE TO COUNTED ADD 1 TO COUNTED END-PERFORM.",
    "varying": "PERFORM VARYING I FROM 1 BY 1 UNTIL I > 10 ADD ROW (I) TO TOTAL END-PERFORM.",
    "one of a table": "ADD 1 TO ROW (I). IF ROW (I) > 99 MOVE ZERO TO ROW (I).",
    "count": 'INSPECT NAME-OF TALLYING COUNTED FOR ALL "A".',
    "tallies": """
        INSPECT WIDE-TEXT TALLYING COUNTED FOR LEADING "A" I FOR CHARACTERS BEFORE INITIAL " "
            I FOR ALL "XY" AFTER LETTER.""",
    "replace": 'INSPECT WIDE-TEXT REPLACING ALL "Str." BY "St. ".',
    "replacing": """
        INSPECT NAME-OF REPLACING LEADING SPACE BY ZERO FIRST "A" BY LETTER
            CHARACTERS BY "*" AFTER INITIAL "B" BEFORE INITIAL "C".""",
    "both": 'INSPECT NAME-OF TALLYING COUNTED FOR ALL "AB" REPLACING TRAILING "0" BY SPACE.',
    "convert": 'INSPECT NAME-OF CONVERTING "abc" TO "ABC" AFTER "x".',
    "digits": 'INSPECT CODE-OF REPLACING LEADING "0" BY "9".',
    "string": """
        STRING NAME-OF DELIMITED BY SPACE "," LETTER DELIMITED BY SIZE INTO WIDE-TEXT WITH POINTER I
            ON OVERFLOW ADD 1 TO COUNTED NOT ON OVERFLOW ADD 2 TO COUNTED.""",
    "string and display": """
        MOVE 1 TO I. STRING NAME-OF DELIMITED BY SPACE CODE-OF DELIMITED BY SIZE INTO WIDE-TEXT POINTER I
            ON OVERFLOW DISPLAY "LONG" END-STRING. SUBTRACT 1 FROM I. DISPLAY WIDE-TEXT I.""",
    "number in text": "MOVE NAME-OF TO CODE-OF.",
    "unstring": """
        UNSTRING WIDE-TEXT DELIMITED BY ALL ";" OR "|" INTO NAME-OF DELIMITER IN LETTER COUNT IN I CODE-OF L-NAME
            WITH POINTER SMALL-ONE TALLYING IN COUNTED ON OVERFLOW ADD 1 TO TAX.""",
    "unstring by sizes": "UNSTRING NAME-OF INTO LETTER CODE-OF LETTER NOT ON OVERFLOW ADD 1 TO TAX.",
    "inspect in a loop": """
        PERFORM UNTIL COUNTED > 9 ADD 1 TO COUNTED
            INSPECT NAME-OF TALLYING COUNTED FOR LEADING "A" REPLACING FIRST "A" BY "B" END-PERFORM.""",
    "inspect on one way": """
        IF IS-YES INSPECT NAME-OF REPLACING FIRST "A" BY "B" ELSE INSPECT NAME-OF TALLYING I FOR LEADING "C".""",
}


@pytest.mark.parametrize("paragraph", PROVED.values(), ids=PROVED.keys())
def test_what_the_rules_make_is_proved(paragraph):
    found = Program(paragraph).proof()
    assert found.proved, found.reason


BROKEN = [
    ("rounded", "fit_rounded(", "fit_decimal("),
    ("rounded", "self.amount * self.rate", "Decimal(float(self.amount) * float(self.rate))"),
    ("rounded", "signed=False", "signed=True"),
    ("conditions", "self.amount > 100", "self.amount >= 100"),
    ("conditions", "% 1000", "% 10000"),
    ("evaluate", '"D"', '"E"'),
    ("truncating", "2, signed=False", "3, signed=False"),
    ("texts", "self.name_of", "self.name_of.rjust(6)[1:]"),
    ("times", "range(5)", "range(6)"),
    ("until", "<= 90", "< 90"),
    ("varying", "range(1, 11)", "range(1, 10)"),
    ("varying", "range(1, 11)", "range(2, 11)"),
    ("one of a table", "> 99", "> 98"),
    ("count", '"A"', '"B"'),
    ("count", '"A"', '"AA"'),
    ("count", "self.counted + ", ""),
    ("tallies", "LEADING", "ALL"),
    ("tallies", "LEADING", "TRAILING"),
    ("tallies", "BEFORE", "AFTER"),
    ("tallies", '"XY"', '"X"'),
    ("tallies", '"XY"', '"YX"'),
    ("tallies", "self.counted + tally_1", "self.counted + tally_2"),
    ("tallies", " + tally_3, 2, signed=False)", ", 2, signed=False)"),
    ("tallies", '("AFTER", self.letter)', ""),
    ("tallies", '        tally_1 = inspection.tally("LEADING", "A")\n', "        tally_1 = 0\n"),
    ("replace", '"Str.", "St. "', '"Str.", "St.."'),
    ("replace", '"Str."', '"str."'),
    ("replacing", "LEADING", "ALL"),
    ("replacing", "FIRST", "LEADING"),
    ("replacing", '("AFTER", "B"), ("BEFORE", "C")', '("BEFORE", "C"), ("AFTER", "B")'),
    ("replacing", ', inspection.region(("AFTER", "B"), ("BEFORE", "C"))', ""),
    ("replacing", '        inspection.replace("LEADING", " ", "0")\n', ""),
    ("replacing", "inspection.replaced()", "self.name_of"),
    ("both", "TRAILING", "LEADING"),
    ("both", '"AB"', '"BA"'),
    ("convert", '"abc", "ABC"', '"abc", "ABD"'),
    ("convert", ', inspection.region(("AFTER", "x"))', ""),
    ("digits", "LEADING", "FIRST"),
    ("string", '(",", None)', '(";", None)'),
    ("string", '(self.name_of, " ")', "(self.name_of, None)"),
    ("string", "(self.letter, None)", '(self.letter, " ")'),
    ("string", "strung.pointer, 2", "strung.pointer + 1, 2"),
    ("string", "self.i)\n", "self.i + 1)\n"),
    ("string", "if strung.overflow", "if not strung.overflow"),
    ("string", "strung.target", "self.wide_text"),
    ("string and display", "strung.overflow", "self.i > 9"),
    ("number in text", "name_of, 4", "name_of, 3"),
    ("unstring", '(";", True)', '(";", False)'),
    ("unstring", '("|", False)', '("|", True)'),
    ("unstring", '[(";", True), ("|", False)]', '[("|", False), (";;", True)]'),
    ("unstring", ", self.small_one)", ")"),
    ("unstring", "piece.delimiter, 1", "piece.text, 1"),
    ("unstring", "piece.text, 6", "piece.text[1:], 6"),
    ("unstring", "length(piece.text)", "len(piece.delimiter)"),
    ("unstring", "number_of_text(piece.text, 4)", "number_of_text(piece.text, 3)"),
    ("unstring", "unstring.pointer, 2", "unstring.pointer - 1, 2"),
    ("unstring", "unstring.count", "2"),
    ("unstring", "if unstring.overflow", "if not unstring.overflow"),
    ("unstring", "if piece := unstring.next():\n            self.code_of", "if True:\n            self.code_of"),
    ("unstring by sizes", "next(4)", "next(3)"),
    ("unstring by sizes", "if not unstring.overflow", "if unstring.overflow"),
    ("inspect in a loop", "FIRST", "LEADING"),
    ("inspect in a loop", "LEADING", "ALL"),
    ("inspect on one way", "FIRST", "LEADING"),
    ("inspect on one way", "LEADING", "ALL"),
]


@pytest.mark.parametrize(("name", "old", "new"), BROKEN)
def test_what_is_wrong_is_not_proved(name, old, new):
    assert not Program(PROVED[name]).broken(old, new).proved


RUNS_ON = {
    "labels in a loop": """
    MOVE 0 TO COUNTED.
P-NEXT.
    ADD 1 TO COUNTED.
    IF COUNTED > SMALL-ONE GO TO P-END.
    IF IS-YES GO TO P-MUCH.
    ADD TAX TO TOTAL.
    GO TO P-NEXT.
P-MUCH.
    ADD 5 TO TOTAL.
    GO TO P-NEXT.
P-END.
    EXIT.""",
    "a loop from the first on": """
    MOVE 1 TO I.
P-NEXT.
    IF I NOT < 10 GO TO P-CHECK.
    IF ROW (I) > 50 GO TO P-SKIP.
    ADD 1 TO ROW (I).
    MOVE "Y" TO LETTER.
P-SKIP.
    ADD 1 TO I.
    GO TO P-NEXT.
P-CHECK.
    IF LETTER = "Y" MOVE "N" TO LETTER GO TO P.
P-END.
    EXIT.""",
    "what a path decides": """
    IF AMOUNT NOT > 1000 GO TO P-LOW.
    COMPUTE TAX ROUNDED = (AMOUNT - 1000) * .075.
    MOVE 1000 TO AMOUNT.
P-LOW.
    IF AMOUNT NOT > 100 GO TO P-ALL.
    COMPUTE TAX ROUNDED = TAX + (AMOUNT - 100) * .05.
    MOVE 100 TO AMOUNT.
P-ALL.
    COMPUTE TAX ROUNDED = TAX + AMOUNT * .0325.
    MOVE TAX TO L-TAX.
    DISPLAY L-TAX.
P-END.
    EXIT.""",
}


def runs_on(name: str) -> Program:
    first, *others = RUNS_ON[name].partition("P-")
    last = RUNS_ON[name].count("\nP-") + 1
    return Program(first, "".join(others), "PERFORM P THRU P-END. STOP RUN.", last)


@pytest.mark.parametrize("name", RUNS_ON)
def test_paragraphs_that_run_on_and_jump_are_proved(name):
    found = runs_on(name).proof()
    assert found.proved, found.reason


JUMPS_BROKEN = [
    ("labels in a loop", "+ 5", "+ 6"),
    ("labels in a loop", "+ 1", "+ 2"),
    ("labels in a loop", "> self.small_one", ">= self.small_one"),
    ("labels in a loop", "self.total + self.tax", "self.total - self.tax"),
    ("a loop from the first on", "range(1, 10)", "range(2, 10)"),
    ("a loop from the first on", "range(1, 10)", "range(1, 11)"),
    ("a loop from the first on", "<= 50", "<= 51"),
    ("a loop from the first on", 'self.letter != "Y"', 'self.letter == "N"'),
    ("a loop from the first on", '            self.letter = "N"', '            self.letter = "M"'),
    ("what a path decides", "0.05", "0.06"),
    ("what a path decides", "0.0325", "0.0235"),
    ("what a path decides", '"100.00"', '"100.01"'),
    ("what a path decides", "> 1000", ">= 1001"),
]


@pytest.mark.parametrize(("name", "old", "new"), JUMPS_BROKEN)
def test_jumps_that_are_wrong_are_not_proved(name, old, new):
    assert not runs_on(name).broken(old, new).proved


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
def test_generated_paragraphs_that_jump_are_proved_and_their_faults_are_not(tmp_path):
    from cobol_jumps import WRONG, judged

    counted = Counter()
    for seed in range(9000, 9005):
        counted += judged(seed, 4, Settings(100, seed=seed, folder=tmp_path), tmp_path)
    assert counted["proved"] >= 3
    assert counted["faults not proved"] >= 10
    assert not counted[WRONG]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSPECT ROW (I) TALLYING I FOR LEADING '0'.", "I changes while I, in the same place, is looked at"),
        ("INSPECT LINE-OF TALLYING L-COUNT FOR ALL 'A'.", "L-COUNT changes while LINE-OF"),
        ("INSPECT NAME-OF TALLYING COUNTED FOR TRAILING 'AB'.", "GnuCOBOL 3.1 may look in front"),
        ("INSPECT NAME-OF TALLYING BITS FOR ALL 'A'.", "TALLYING in BITS"),
        ("INSPECT AMOUNT REPLACING ALL '1' BY '2'.", "AMOUNT, a number with a sign"),
        ("INSPECT TOTAL TALLYING I FOR ALL '1'.", "TOTAL, a number in binary"),
        ("INSPECT NAME-OF REPLACING ALL 'AB' BY LETTER.", "another length"),
        ("INSPECT NAME-OF CONVERTING LETTER TO 'B'.", "CONVERTING with other tables"),
        ("STRING L-NAME LETTER DELIMITED BY SIZE INTO LINE-OF.", "LINE-OF changes while L-NAME"),
        ("STRING LETTER DELIMITED BY L-NAME INTO LINE-OF.", "LINE-OF changes while L-NAME"),
        ("UNSTRING WIDE-TEXT INTO RIGHT-ONE.", "RIGHT-ONE, whose end counts"),
        ("UNSTRING LINE-OF DELIMITED BY SPACE INTO L-NAME.", "L-NAME changes while LINE-OF"),
        ("UNSTRING WIDE-TEXT DELIMITED BY L-NAME INTO LINE-OF.", "LINE-OF changes while L-NAME"),
        ("UNSTRING WIDE-TEXT INTO LETTER POINTER I TALLYING I.", "I changes while I"),
        ("UNSTRING WIDE-TEXT DELIMITED BY SPACE INTO LETTER DELIMITER IN L-TAX.", "L-TAX, which is no plain text"),
        ("UNSTRING WIDE-TEXT INTO LETTER TALLYING I NOT ON OVERFLOW ADD 1 TO TAX.", "where the counter overflows"),
        ("UNSTRING WIDE-TEXT INTO LETTER POINTER PACKED-ONE.", "few packed digits"),
        ("STRING LETTER DELIMITED BY SIZE INTO WIDE-TEXT POINTER PACKED-ONE.", "few packed digits"),
        ("STRING BITS DELIMITED BY SIZE INTO WIDE-TEXT.", "not in the model"),
    ],
)
def test_what_is_unusual_is_not_proved(statement, reason):
    found = Program(statement).proof()
    assert not found.proved
    assert reason in found.reason


def test_a_packed_count_is_taken_to_stay_in_its_picture():
    """GnuCOBOL 3.1 leaves the UNSTRING where it does not."""
    found = Program("UNSTRING WIDE-TEXT DELIMITED BY ALL SPACES INTO LETTER COUNT IN PACKED-ONE NAME-OF.").proof()
    assert found.proved
    assert found.assumptions == (IN_PICTURE,)


def test_a_binary_counter_is_taken_to_stay_in_its_picture():
    found = Program('INSPECT NAME-OF TALLYING BINARY-ONE FOR ALL "A".').proof()
    assert found.proved
    assert found.assumptions == (IN_PICTURE,)


def test_what_an_interpreter_leaves_behind_is_no_builtin(monkeypatch):
    """``_`` is the variable of loops that need none."""
    monkeypatch.setattr("builtins._", 5, raising=False)
    assert Program(PROVED["times"]).proof().proved


def test_a_performed_paragraph_may_change_what_is_computed_before_it():
    callee = "Q.\n    ADD 1 TO COUNTED."
    program = Program("MOVE 5 TO COUNTED. PERFORM Q. MOVE COUNTED TO TAX.", callee)
    assert program.proof().performs == {(2, 2)}
    assert program.proof().proved
    assert not program.broken(
        "self.tax = fit_decimal(self.counted, 7, 2, signed=False)", 'self.tax = Decimal("5.00")'
    ).proved


def test_what_a_performed_paragraph_cannot_change_is_known_after_it():
    callee = "Q.\n    ADD 1 TO COUNTED."
    program = Program("PERFORM VARYING I FROM 1 BY 1 UNTIL I > 9 PERFORM Q END-PERFORM.", callee)
    assert program.proof().proved


def test_storage_must_be_the_same_when_a_paragraph_is_performed():
    callee = "Q.\n    ADD 1 TO COUNTED."
    program = Program("MOVE 5 TO COUNTED. PERFORM Q.", callee)
    lines = program.text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == "self.counted = 5")
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    assert not program.proof("\n".join(lines)).proved


def test_whether_a_number_is_numeric_is_not_taken_for_granted():
    program = Program("IF CODE-OF NOT NUMERIC ADD 1 TO COUNTED.")
    found = program.proof()
    assert not found.proved
    assert "taken for granted" in found.reason


@pytest.mark.parametrize(("item", "assumed"), [("WIDE-TEXT", True), ("WIDE-ONE", True), ("NAME-OF", False)])
def test_where_gnucobol_wraps_it_is_taken_for_granted_that_numbers_fit(item, assumed):
    found = Program(f"MOVE {item} TO BITS.").proof()
    assert found.proved
    assert found.assumptions == ((IN_64_BITS,) if assumed else ())


def test_what_gnucobol_compares_as_unsigned_is_taken_for_granted_not_to_be_negative():
    found = Program("IF UNSIGNED-ONE <= AMOUNT-ONE ADD 1 TO COUNTED.").proof()
    assert found.proved
    assert found.assumptions == (NOT_NEGATIVE,)


@pytest.mark.parametrize(
    "paragraph",
    [
        "IF AMOUNT < -100000 ADD 1 TO COUNTED.",
        "IF NAME-OF < SIGN-APART ADD 1 TO COUNTED.",
        'MOVE "AB" TO RIGHT-ONE (3:1).',
    ],
)
def test_what_gnucobol_itself_gets_wrong_is_not_proved(paragraph):
    found = Program(paragraph).proof()
    assert not found.proved
    assert "GnuCOBOL 3.1" in found.reason


def test_a_fault_on_one_path_of_many_is_seen():
    nest = "\n".join(f"IF SMALL-ONE = {number} ADD {number} TO TOTAL." for number in range(1, 9))
    program = Program(nest)
    assert program.proof().proved
    assert not program.broken("self.small_one == 7", "self.small_one == 9").proved


def test_methods_that_do_something_else_besides_are_not_proved():
    program = Program("ADD 1 TO COUNTED.")
    body = "        self.counted = (self.counted + 1) % 1000\n"
    for extra in ("        print('x')\n", "        self.i = 0\n", "        sys.exit(1)\n", "        open('x')\n"):
        assert not program.broken(body, body + extra).proved
        assert not program.broken(body, extra + body).proved


@pytest.mark.parametrize("name", ["payroll", "seats", "parking"])
def test_programs_of_the_corpus(name):
    found = restructured(parse_file(CORPUS / f"{name}.cob", Options(copy_paths=(CORPUS / "copybooks",))))
    module = emit(*found.programs)
    proofs = prove(found, module.classes[-1], module.text)
    assert {key: proof.reason for key, proof in proofs.items() if not proof.proved} == {}


EQUAL = {("compute_tax", "sign"), ("compute_tax", "boundary of comparison")}
"""Faults of payroll's Python that are none: what never is negative, and a limit that is its own result."""


def test_faults_in_a_program_of_the_corpus_are_not_proved():
    from cobol_mutation import mutants

    found = restructured(parse_file(CORPUS / "payroll.cob", Options(copy_paths=(CORPUS / "copybooks",))))
    module = emit(*found.programs)
    made = module.classes[-1]
    ranges = {method.name: method.paragraphs for method in made.methods}
    chosen = [each for each in mutants(module.text, made.class_name) if each.method in ("compute_tax", "compute_net")]
    proved = {
        (each.method, each.kind)
        for each in chosen
        if prove(found, made, each.text, [ranges[each.method]])[ranges[each.method]].proved
    }
    assert len(chosen) > 25
    assert proved <= EQUAL
