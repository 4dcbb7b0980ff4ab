"""Which records are areas of bytes, and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.legacy.statements import Program

Form = Callable[..., Program]
GROUPS = """
01 G. 02 A PIC X(2). 02 B PIC S9(3).
01 H. 02 C PIC X(2). 02 D PIC S9(3).
01 T. 02 E OCCURS 2 INDEXED BY I. 03 K PIC 9.
01 X PIC X(8).
01 N PIC S9(4).
"""

REASONS = {
    "DISPLAY A B N": {},
    "MOVE G TO H": {},
    "MOVE G TO X": {"g": "the group G is used as a whole"},
    "MOVE G TO H MOVE X TO G": {
        "g": "the group G is used as a whole",
        "h": "G is moved to H, and bytes of one of them are shared",
    },
    "MOVE G TO N": {"g": "the group G is used as a whole", "n": "the bytes of G are moved to it"},
    "MOVE N TO G": {"g": "the group G is used as a whole", "n": "the bytes of N are moved to G"},
    "MOVE N(1:2) TO X": {"n": "parts of the number N are used"},
    "MOVE X(1:2) TO A": {},
    "MOVE HIGH-VALUES TO N": {"n": "HIGH-VALUE is moved to the number N"},
    'INSPECT N TALLYING B FOR ALL "0"': {"n": "INSPECT looks at the characters of N"},
    "INITIALIZE G": {},
    "SEARCH E AT END DISPLAY X WHEN K(I) = 1 DISPLAY K(I)": {},
    "MOVE CORRESPONDING G TO H": {},
    "ADD CORRESPONDING G TO H ON SIZE ERROR MOVE X TO G": {"g": "the group G is used as a whole"},
    "STRING N DELIMITED BY SIZE INTO X": {"n": "STRING copies the bytes of N"},
    "MOVE FUNCTION LENGTH(G) TO N": {},
}


@pytest.mark.parametrize("statement", REASONS)
def test_reason(form: Form, statement: str) -> None:
    made = form(GROUPS, f"MAIN.\n  {statement}.")
    assert {" ".join(each.root.name): each.reason for each in made.records if each.reason} == REASONS[statement]


def test_redefinition(form: Form) -> None:
    made = form("01 A PIC X(2) VALUE '12'.\n01 B REDEFINES A PIC 99.", "MAIN.\n DISPLAY B.")
    (record,) = made.records
    assert record.reason == "B redefines part of it"
    assert record.root.initial == b"12"
    assert [each.origin for each in record.overlays] == ["B"]


def test_contents_that_differ_within_a_table(form: Form) -> None:
    storage = "01 T VALUE 'JANFEB'. 02 M PIC X(3) OCCURS 2.\n01 U VALUE 'ABAB'. 02 V PIC X(2) OCCURS 2."
    made = form(storage, "MAIN.\n DISPLAY M(1) V(1).")
    table, same = made.records
    assert table.reason == "its first contents are given for a group, and differ within a table"
    assert table.root.initial == b"JANFEB"
    assert same.reason == "" and same.root.members[0].initial == "AB"


def test_fields_of_a_shared_record_are_all_shared(form: Form) -> None:
    made = form(GROUPS, "MAIN.\n MOVE G TO X.")
    record = made.records[0]
    assert record.root.shared and all(each.shared for each in record.root.members)
    assert [each.view.offset for each in record.root.members] == [0, 2]
