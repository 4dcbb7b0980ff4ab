"""What is a program, and what is none: GnuCOBOL says the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.errors import TranspileError

pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")

HEAD = """IDENTIFICATION DIVISION.
PROGRAM-ID. T1.
DATA DIVISION.
WORKING-STORAGE SECTION.
01 A PIC S9(4).
01 B PIC S9(4). 88 BIG VALUE 100 THRU 999.
01 X PIC X(10).
01 Y PIC X(10).
01 TT. 02 E PIC 9 OCCURS 5 TIMES INDEXED BY I.
01 G1. 02 F PIC 9. 02 H PIC X.
01 G2. 02 F PIC 9. 02 H PIC X.
PROCEDURE DIVISION.
P0.
"""
GOOD = """
IF A = (1 OR 2) DISPLAY "x".
IF A = 1 OR BIG OR 2 DISPLAY "x" ELSE NEXT SENTENCE.
COMPUTE A ROUNDED MODE IS NEAREST-EVEN B ROUNDED = E(I + 1) * - 2 ON SIZE ERROR CONTINUE END-COMPUTE.
MOVE FUNCTION UPPER-CASE(X)(1:4) TO Y (2:) X.
MOVE CORRESPONDING G1 TO G2.
PERFORM VARYING A FROM 1 BY 1 UNTIL A > 3 AFTER B FROM 1 BY 1 UNTIL B > 3 CONTINUE END-PERFORM.
PERFORM P1 THRU P2 WITH TEST AFTER UNTIL BIG.
PERFORM E(1) TIMES EXIT PERFORM CYCLE END-PERFORM.
GO TO P1 P2 DEPENDING ON A.
EVALUATE TRUE ALSO A WHEN BIG ALSO NOT 1 THRU 3 CONTINUE WHEN ANY ALSO ANY CONTINUE WHEN OTHER CONTINUE END-EVALUATE.
SEARCH E AT END DISPLAY "n" WHEN E(I) = 1 DISPLAY "x" WHEN E(I) = 2 NEXT SENTENCE.
STRING X Y DELIMITED BY SPACE "z" DELIMITED SIZE INTO X WITH POINTER A ON OVERFLOW CONTINUE END-STRING.
UNSTRING X DELIMITED BY "," OR ALL " " INTO Y DELIMITER IN H OF G1 COUNT IN A X POINTER B TALLYING A.
INSPECT X TALLYING A FOR ALL "a" "b" LEADING "c" B FOR CHARACTERS BEFORE INITIAL "x".
INSPECT X REPLACING ALL "a" BY "b" "c" BY "d" FIRST "e" BY "f" BEFORE "g".
INITIALIZE TT G1 REPLACING NUMERIC DATA BY 5 ALPHANUMERIC BY "x".
CALL X USING BY REFERENCE A BY CONTENT B ON EXCEPTION DISPLAY "x" NOT ON EXCEPTION DISPLAY "y" END-CALL.
SET BIG TO TRUE SET I UP BY 1.
ADD A 1 TO B GIVING A ROUNDED NOT ON SIZE ERROR CONTINUE ON SIZE ERROR CONTINUE.
DIVIDE A INTO B GIVING A REMAINDER B.
ACCEPT A FROM DATE YYYYMMDD DISPLAY X "y" UPON CONSOLE WITH NO ADVANCING.
"""
BAD = """
IF A = 1 ELSE END-IF.
IF A + 1 DISPLAY "x".
IF A = B = 1 DISPLAY "x".
COMPUTE A = B -1.
COMPUTE A = B+1.
MOVE 1 + 1 TO A.
MOVE F TO A.
MOVE 1 TO NOSUCH.
MOVE X"414" TO X.
ADD A B.
MULTIPLY 2 BY 3.
DIVIDE A BY B.
PERFORM UNTIL A > 3 ADD 1 TO A.
PERFORM NOSUCH.
GO TO P1 P2.
EVALUATE A ALSO B WHEN 1 DISPLAY "x" END-EVALUATE.
SEARCH E AT END DISPLAY "n".
UNSTRING X.
INSPECT X REPLACING ALL "a" "b".
CALL "SUB" USING.
DISPLAY X UPON NOSUCH.
END-IF.
"""


def verdicts(code: str, path: Path) -> tuple[bool, bool]:
    """What GnuCOBOL says, and what we say."""
    text = HEAD + code + "\nP1. CONTINUE.\nP2. CONTINUE.\n"
    path.write_text(text)
    run = subprocess.run(["cobc", "-free", "-fsyntax-only", "-w", path], capture_output=True, check=False)
    try:
        check(parse_text(text, "t.cob", Options("free")))
    except TranspileError:
        return run.returncode == 0, False
    return run.returncode == 0, True


@pytest.mark.parametrize("code", GOOD.strip().splitlines())
def test_programs(code: str, tmp_path: Path) -> None:
    assert verdicts(code, tmp_path / "t.cob") == (True, True)


@pytest.mark.parametrize("code", BAD.strip().splitlines())
def test_no_programs(code: str, tmp_path: Path) -> None:
    assert verdicts(code, tmp_path / "t.cob") == (False, False)
