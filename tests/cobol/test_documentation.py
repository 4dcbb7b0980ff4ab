"""The programs in docs/cobol-input.md are read, and what it says of bounds and errors holds."""

from __future__ import annotations

import re
from pathlib import Path

from transpile.cobol.checking import check
from transpile.cobol.copying import EXTENSIONS, MAX_COPIES, MAX_TEXT
from transpile.cobol.parse import parse_text
from transpile.cobol.parse.others import UNSUPPORTED
from transpile.cobol.problems import MAX_ERRORS

TEXT = (Path(__file__).parents[2] / "docs" / "cobol-input.md").read_text()


def test_programs() -> None:
    programs = re.findall(r"```cobol\n(.*?)```", TEXT, re.DOTALL)
    assert programs
    for program in programs:
        check(parse_text(program, "doc.cob"))


def test_bounds() -> None:
    assert f"{MAX_COPIES:,} `COPY`" in TEXT and f"{MAX_TEXT // 1024 // 1024} MB of copied" in TEXT
    assert f"Up to {MAX_ERRORS} errors" in TEXT
    assert all(f"`{extension}`" in TEXT for extension in EXTENSIONS if extension)


def test_refused_statements() -> None:
    (row,) = re.findall(r"^\| statements \| (.*?) …", TEXT, re.MULTILINE)
    assert set(re.findall(r"`([A-Z]+)`", row)) <= UNSUPPORTED
