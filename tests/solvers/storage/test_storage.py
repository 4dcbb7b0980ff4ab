"""Fields and bytes of records in terms, against a plain array of bytes."""

from __future__ import annotations

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.python.rules import cobol_rules as rules
from transpile.restructure.program import restructured
from transpile.solvers.storage.cells import layout_of
from transpile.solvers.storage.coding import Codings
from transpile.solvers.storage.storage import Storage, differences, fresh, merged
from transpile.solvers.storage.values import NoTerm, Number, constant, integer, known, known_text, text

PROGRAM = """
       IDENTIFICATION DIVISION.
       PROGRAM-ID. CELLS.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  PLAIN.
           05  AMOUNT          PIC S9(3)V99.
           05  CODE-LETTER     PIC X(2).
           05  FILLER          PIC X(3).
           05  COUNTED         PIC 9(4).
           05  PACKED          PIC S9(5) COMP-3.
           05  ROWS OCCURS 3 TIMES.
               10  NUMBER-OF   PIC 9(2).
               10  NAME-OF     PIC X(2).
       01  SHARED.
           05  DATE-8          PIC 9(8).
           05  DATE-PARTS REDEFINES DATE-8.
               10  YEAR-OF     PIC 9(4).
               10  MONTH-OF    PIC 9(2).
               10  DAY-OF      PIC 9(2).
       01  LIST-OF REDEFINES SHARED.
           05  PAIRS           PIC 9(2) OCCURS 4 TIMES.
       PROCEDURE DIVISION.
       MAIN-LINE.
           MOVE PLAIN TO SHARED.
           STOP RUN.
"""


class Records:
    """The program's storage with constant bytes, and where its fields are."""

    def __init__(self) -> None:
        found = restructured(parse_text(PROGRAM, "cells.cob", Options(format="fixed")))
        self.layout = layout_of(found.programs[0])
        self.fields = {
            found.laid[number].name: place.field for number, place in self.layout.places.items() if number in found.laid
        }
        self.codings = Codings()
        self.plain = self.layout.roots[self.fields["AMOUNT"].number].root.number
        self.shared = self.layout.roots[self.fields["DATE-8"].number].root.number

    def fresh(self, name="x") -> Storage:
        return fresh(self.layout, self.codings, name)[0]


@pytest.fixture(scope="module")
def records():
    return Records()


def digits(value):
    assert isinstance(value, Number)
    return known(value.units)


def test_every_byte_is_in_one_cell(records):
    for record, cells in records.layout.cells.items():
        owned = [at for cell in cells for start, _ in cell.starts() for at in range(start, start + cell.size)]
        assert sorted(owned) == list(range(records.layout.sizes[record]))


def test_overlapping_fields_are_one_cell_of_bytes(records):
    assert len(records.layout.cells[records.shared]) == 1
    storage = records.fresh().write(records.fields["DATE-8"], constant(20261121))
    assert digits(storage.read(records.fields["YEAR-OF"])) == 2026
    assert digits(storage.read(records.fields["PAIRS"], [integer(2)])) == 11
    at = z3.Int("at")
    chosen = storage.read(records.fields["PAIRS"], [at]).units
    assert [known(z3.substitute(chosen, (at, integer(n)))) for n in range(4)] == [20, 26, 11, 21]


def test_what_is_written_is_read(records):
    storage = records.fresh()
    storage = storage.write(records.fields["AMOUNT"], Number(integer(-12345), 2))
    storage = storage.write(records.fields["CODE-LETTER"], text("AZ"))
    storage = storage.write(records.fields["NUMBER-OF"], constant(42), [integer(1)])
    assert digits(storage.read(records.fields["AMOUNT"])) == -12345
    assert known_text(storage.read(records.fields["CODE-LETTER"])) == b"AZ"
    assert digits(storage.read(records.fields["NUMBER-OF"], [integer(1)])) == 42
    assert known_text(storage.bytes(records.plain, 0, 7)) == rules.encode_display(-12345, 5, "trailing") + b"AZ"


@given(st.binary(min_size=27, max_size=27), st.integers(0, 26), st.data())
def test_bytes_are_kept_as_they_are_or_refused(data, start, more):
    records = Records()
    storage = records.fresh()
    size = records.layout.sizes[records.plain]
    data = data[:size].ljust(size, b"7")
    try:
        storage = storage.put_bytes(records.plain, 0, text(data))
    except NoTerm as why:
        assert "table" in str(why)
        return
    start = min(start, size - 1)
    count = more.draw(st.integers(1, size - start))
    assert known_text(storage.bytes(records.plain, start, count)) == data[start : start + count]


def test_numbers_that_hold_spaces_keep_them(records):
    storage = records.fresh().put_bytes(records.plain, 0, text(b"  A  "))
    assert known_text(storage.bytes(records.plain, 0, 5)) == b"  A  "
    assert digits(storage.read(records.fields["AMOUNT"])) == rules.decode_display(b"  A  ", "trailing")


def test_unknown_bytes_of_numbers_come_back_through_groups(records):
    storage = records.fresh()
    before = storage.read(records.fields["COUNTED"])
    moved = storage.bytes(records.plain, 10, 4)
    later = storage.write(records.fields["COUNTED"], constant(0)).put_bytes(records.plain, 10, moved)
    assert later.read(records.fields["COUNTED"]).units.eq(before.units)


def test_storage_differs_where_something_else_was_written(records):
    storage = records.fresh()
    changed = storage.write(records.fields["COUNTED"], constant(5))
    assert differences(storage, storage) == []
    [(cell, condition)] = differences(storage, changed)
    assert cell.field.origin == "COUNTED" and not z3.is_true(condition)
    same = storage.write(records.fields["COUNTED"], storage.read(records.fields["COUNTED"]))
    assert differences(storage, same) == []


def test_ways_are_merged(records):
    storage, condition = records.fresh(), z3.Bool("condition")
    yes = storage.write(records.fields["COUNTED"], constant(1)).put_bytes(records.plain, 0, text(b"     "))
    no = storage.write(records.fields["COUNTED"], constant(2))
    found = merged(condition, yes, no)
    units = found.read(records.fields["COUNTED"]).units
    assert known(z3.substitute(units, (condition, z3.BoolVal(True)))) == 1
    assert known(z3.substitute(units, (condition, z3.BoolVal(False)))) == 2
