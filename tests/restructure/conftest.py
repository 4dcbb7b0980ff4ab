"""Small COBOL programs on their way into the form."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent

import pytest

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.legacy.statements import Program
from transpile.restructure.program import restructure

Form = Callable[..., Program]


@pytest.fixture
def form() -> Form:
    """The form of a program, given its working storage and its procedure division in free format."""

    def make(storage: str, procedure: str, before: str = "", linkage: str = "") -> Program:
        parts = ["IDENTIFICATION DIVISION.", "PROGRAM-ID. T.", dedent(before), "DATA DIVISION."]
        parts += ["WORKING-STORAGE SECTION.", dedent(storage), dedent(linkage)]
        using = " USING P." if linkage else "."
        parts += [f"PROCEDURE DIVISION{using}", dedent(procedure)]
        unit = parse_text(indent("\n".join(parts), ""), "t.cob", Options(format="free"))
        check(unit)
        return restructure(unit)[0]

    return make
