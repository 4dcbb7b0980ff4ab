"""Relative and indexed files: made for both programs, and compared record for record."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.cobol.parse import parse_text
from transpile.cobol.unit import Unit
from transpile.differential.external import external_files
from transpile.differential.keyed import Keyed, Row, rows_for_python, rows_in
from transpile.differential.programs import Compared, Different, Settings, compare
from transpile.differential.running import Inputs
from transpile.python.emitter import emit
from transpile.restructure.program import restructure

pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")

HEAD = """identification division.
program-id. trial.
environment division.
input-output section.
file-control.
"""
RAISE = """main.
    open i-o stock
    perform until done = 1
        read stock next at end move 1 to done
            not at end if quantity < 10 add 5 to quantity rewrite stock-rec end-if
        end-read
    end-perform
    close stock stop run.
"""
INDEXED = f"""{HEAD}select stock assign "stock.idx" organization indexed access dynamic
    record key is part alternate record key is maker with duplicates.
data division.
file section.
fd stock. 01 stock-rec. 03 quantity pic 99. 03 part pic x(4). 03 maker pic x(3).
working-storage section.
01 done pic 9 value 0.
procedure division.
{RAISE}"""
RELATIVE = f"""{HEAD}select stock assign "stock.rel" organization relative access dynamic relative key n.
data division.
file section.
fd stock. 01 stock-rec. 03 quantity pic 99. 03 part pic x(4).
working-storage section.
01 done pic 9 value 0.
01 n pic 9(4).
procedure division.
{RAISE}"""


def unit(text: str) -> Unit:
    return parse_text(text, "trial.cob")


@pytest.mark.parametrize("text", [INDEXED, RELATIVE], ids=["indexed", "relative"])
def test_generated_files_are_read_and_changed_alike(text: str, tmp_path: Path) -> None:
    given = unit(text)
    found = compare(given, emit(*restructure(given)), Settings(tmp_path, runs=10))
    assert isinstance(found, Compared), found
    assert (found.runs, found.unknown) == (10, ())
    (method,) = found.methods
    assert method.missed == ()


@pytest.mark.parametrize("text", [INDEXED, RELATIVE], ids=["indexed", "relative"])
def test_a_record_that_differs_is_found(text: str, tmp_path: Path) -> None:
    given = unit(text)
    module = emit(*restructure(given))
    wrong = module.text.replace("quantity < 10", "quantity < 9")
    assert wrong != module.text
    found = compare(given, replace(module, files={**module.files, module.name: wrong}), Settings(tmp_path, runs=10))
    assert isinstance(found, Different)
    assert "record " in found.what
    assert "stock." in found.what


def test_files_of_gnucobol_go_there_and_back(tmp_path: Path) -> None:
    (file,) = external_files(unit(INDEXED))
    keyed = Keyed(file, "stock.idx", tmp_path)
    rows = keyed.accepted([b"07BOLTACM", b"99NUT ACM", b"00BOLTXYZ"])
    assert [row.record for row in rows] == [b"07BOLTACM", b"99NUT ACM"]
    made = keyed.for_cobol(rows)
    assert "stock.idx" in made
    assert keyed.left_by_cobol(made) == keyed.left_by_python(rows_for_python(rows))


def test_known_files_may_be_those_of_gnucobol(tmp_path: Path) -> None:
    given = unit(INDEXED)
    (file,) = external_files(given)
    content = Keyed(file, "stock.idx", tmp_path).for_cobol([Row(1, b"07BOLTACM")])
    found = compare(given, emit(*restructure(given)), Settings(tmp_path, (Inputs(b"", content, "given"),), runs=2))
    assert isinstance(found, Compared), found
    assert found.runs == 2


def test_rows_of_python_are_written_and_read() -> None:
    rows = [Row(3, b"abc"), Row(7, b"")]
    assert rows_in(rows_for_python(rows)) == rows
