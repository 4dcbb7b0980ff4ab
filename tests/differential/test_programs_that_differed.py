"""Programs whose Python was once not what GnuCOBOL does: found by comparing whole programs, each a case of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transpile.cobol.parse import parse_text
from transpile.differential.programs import Compared, Settings, compare
from transpile.python.emitter import emit
from transpile.restructure.program import restructure

FILES = """environment division.
input-output section.
file-control.
select lines-file assign "a.txt" organization line sequential.
select work-file assign "b.tmp".
data division.
file section.
fd lines-file. 01 one-line. 03 name pic x(5). 03 amount pic 9(3). 03 rest pic x(4).
sd work-file. 01 work-rec. 03 part pic x(4).
"""
CASES = {
    "the records of files are binary zeros at the start": (
        """
        display one-line work-rec.
        open output lines-file.
        move "ab" to name. write one-line.
        string "xyz" delimited by size into one-line. write one-line.
        close lines-file.
        display one-line.
        stop run.
""",
        "01 unused pic x.",
    ),
    "binary and packed counters go over their PICTURE, so that loops to its end end": (
        """
        perform count-one varying t from 1 by 1 until t > y
        perform count-one varying p from 1 by 1 until p > y
        perform varying v from 1 by 1 until v > y add v to c end-perform
        perform count-one varying gt from 1 by 1 until gt > y
        display c. if t = 100 and gt = 100 display "hundred".
        stop run.
count-one. add 1 to c.
""",
        """01 t pic 99 comp. 01 p pic 99 comp-3. 01 v pic 99 comp. 01 g. 03 gt pic 99 comp.
01 h redefines g pic x. 01 c pic 9(6) value 0. 01 y pic 99 value 99.""",
    ),
    "UNSTRING and INSPECT count over the PICTURE of binary items": (
        """
        unstring x delimited by space into a b tallying in t
        inspect x tallying u for all space
        if t > 99 display "more". if u > 99 display "more".
        add t u giving c. display c.
        stop run.
""",
        """01 t pic 99 comp value 99. 01 u pic 99 comp value 99. 01 c pic 9(6). 01 x pic x(9) value "A B C D".
01 a pic x. 01 b pic x.""",
    ),
}


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
@pytest.mark.parametrize("case", CASES)
def test_they_do_the_same_now(case: str, tmp_path: Path) -> None:
    procedure, storage = CASES[case]
    head = "identification division.\nprogram-id. trial.\n"
    unit = parse_text(
        f"{head}{FILES}working-storage section.\n{storage}\nprocedure division.\nmain.{procedure}", "trial.cob"
    )
    found = compare(unit, emit(*restructure(unit)), Settings(tmp_path))
    assert isinstance(found, Compared), found
