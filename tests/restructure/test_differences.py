"""What is refused because GnuCOBOL does something there that the Python would not."""

from __future__ import annotations

import pytest

from transpile.cobol.parse import parse_text
from transpile.errors import UnsupportedError
from transpile.restructure.program import restructure

_PROGRAM = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. REFUSED.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 N PIC 9(4) COMP-5.
       01 D PIC 9(4).
       01 K PIC 9 VALUE 1.
       01 P PIC 9(10) VALUE 1.
       01 T.
          05 ROW OCCURS 3.
             10 A PIC X(2).
             10 B PIC 9(2).
       01 U.
          05 A PIC X(2).
          05 B PIC 9(2).
       PROCEDURE DIVISION.
       ONLY-ONE.
           {statement}
           STOP RUN.
"""

_ONLY_DECLARATIVES = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. OUTERQ.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT F ASSIGN TO "f.dat" FILE STATUS IS S.
       DATA DIVISION.
       FILE SECTION.
       FD F IS GLOBAL.
       01 R PIC X(4).
       WORKING-STORAGE SECTION.
       01 S PIC XX.
       PROCEDURE DIVISION.
       DECLARATIVES.
       BAD SECTION.
           USE GLOBAL AFTER ERROR PROCEDURE ON F.
       BAD-P.
           DISPLAY "BAD".
       END DECLARATIVES.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. INNERP.
       PROCEDURE DIVISION.
           OPEN INPUT F.
           DISPLAY "BACK".
       END PROGRAM INNERP.
       END PROGRAM OUTERQ.
"""


def test_nothing_but_use_procedures_that_an_inner_program_runs_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="nothing but USE procedures"):
        restructure(parse_text(_ONLY_DECLARATIVES, "outer.cob"))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("COMPUTE N = D * D NOT ON SIZE ERROR DISPLAY 1 END-COMPUTE", "NOT ON SIZE ERROR without ON SIZE ERROR"),
        ("ADD D TO N NOT ON SIZE ERROR DISPLAY 1 END-ADD", "NOT ON SIZE ERROR without ON SIZE ERROR"),
        ("STRING A OF U DELIMITED BY SIZE INTO T POINTER P", "a pointer of more than 9 digits"),
        ("MOVE ROW (K) TO ROW (1) ROW (2)", "a move of this source to several items"),
    ],
)
def test_it_is_refused_by_name(statement: str, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        restructure(parse_text(_PROGRAM.format(statement=statement), "refused.cob"))


@pytest.mark.parametrize(
    "statement",
    [
        "ADD D TO N SIZE ERROR CONTINUE NOT SIZE ERROR DISPLAY 1",
        "COMPUTE D = N NOT ON SIZE ERROR DISPLAY 1 END-COMPUTE",
        "MOVE D TO D N",
    ],
)
def test_what_is_like_it_is_translated(statement: str) -> None:
    assert restructure(parse_text(_PROGRAM.format(statement=statement), "refused.cob"))
