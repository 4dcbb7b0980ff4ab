"""Programs whose Python was once not what GnuCOBOL does: found by comparing whole programs, each a case of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transpile.cobol.parse import parse_text
from transpile.differential.programs import Compared, Settings, compare
from transpile.python.emitter import emit
from transpile.restructure.program import restructure

CASES = {
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
}


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
@pytest.mark.parametrize("case", CASES)
def test_they_do_the_same_now(case: str, tmp_path: Path) -> None:
    procedure, storage = CASES[case]
    head = "identification division.\nprogram-id. trial.\ndata division.\nworking-storage section.\n"
    unit = parse_text(f"{head}{storage}\nprocedure division.\nmain.{procedure}", "trial.cob")
    found = compare(unit, emit(*restructure(unit)), Settings(tmp_path))
    assert isinstance(found, Compared), found
