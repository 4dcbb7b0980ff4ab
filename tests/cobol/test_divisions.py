"""Environment and data divisions, as trees."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.cobol.programs import ConditionName, Item, Occurs, Program, Sign
from transpile.cobol.statements import Execute, SortKey, Unsupported
from transpile.cobol.tree import Figurative, Number, Range, Reference, Statement, Text
from transpile.errors import Span

AT = Span("", 1)


def ref(name: str) -> Reference:
    return Reference(name, span=AT)


def number(text: str) -> Number:
    return Number(Decimal(text), text, span=AT)


def storage(program: Callable[..., Program], data: str) -> tuple[Item, ...]:
    return program("CONTINUE.", data).data.working_storage


@pytest.mark.parametrize(
    ("entry", "item"),
    [
        (
            "77 A PIC IS 9(3)V99 COMP-3 VALUE IS -1.50.",
            Item(77, "A", "9(3)V99", "COMP-3", value=number("-1.50"), span=AT),
        ),
        ("01 A PIC ZZ,ZZ9.99CR.", Item(1, "A", "ZZ,ZZ9.99CR", span=AT)),
        ("01 FILLER PIC X VALUE ALL 'ab'.", Item(1, "", "X", value=Text(b"ab", True, span=AT), span=AT)),
        ("01 PIC X(3) JUST RIGHT GLOBAL.", Item(1, "", "X(3)", justified=True, globally=True, span=AT)),
        (
            "01 A PIC S9 SIGN IS LEADING SEPARATE CHARACTER BLANK WHEN ZERO.",
            Item(1, "A", "S9", sign=Sign(True, True, span=AT), blank_when_zero=True, span=AT),
        ),
        (
            "01 A BINARY-LONG UNSIGNED SYNC.",
            Item(1, "A", usage="BINARY-LONG", unsigned=True, synchronized=True, span=AT),
        ),
        ("78 A VALUE 2 + 3.", None),
        (
            "01 A USAGE COMPUTATIONAL-5 PIC 9 VALUE ZEROES.",
            Item(1, "A", "9", "COMP-5", value=Figurative("ZERO", span=AT), span=AT),
        ),
    ],
)
def test_items(program: Callable[..., Program], entry: str, item: Item | None) -> None:
    (found,) = storage(program, entry)
    assert found == item if item else found.constant


def test_levels_make_groups(program: Callable[..., Program]) -> None:
    (record,) = storage(
        program,
        """01 R.
   05 A. 10 B PIC X. 88 YES VALUE "y" "Y" THRU "Z" FALSE "n".
   05 C REDEFINES A PIC X.
   66 D RENAMES A THRU C.
""",
    )
    condition = ConditionName(
        "YES",
        (Range(Text(b"y", span=AT), span=AT), Range(Text(b"Y", span=AT), Text(b"Z", span=AT), span=AT)),
        Text(b"n", span=AT),
        span=AT,
    )
    b = Item(10, "B", "X", conditions=(condition,), span=AT)
    a = Item(5, "A", children=(b,), span=AT)
    c = Item(5, "C", "X", redefines="A", span=AT)
    d = Item(66, "D", renames=(ref("A"), ref("C")), span=AT)
    assert record == Item(1, "R", children=(a, c, d), span=AT)


def test_tables(program: Callable[..., Program]) -> None:
    occurs_clause = "OCCURS 1 TO MOST DEPENDING ON N ASCENDING KEY E INDEXED BY I J"
    data = f"78 MOST VALUE 5 * 2.\n01 T. 02 E PIC X(MOST) {occurs_clause}.\n01 N PIC 9."
    _, table, _ = storage(program, data)
    key = SortKey(True, (ref("E"),), span=AT)
    occurs = Occurs(10, 1, ref("N"), (key,), ("I", "J"), span=AT)
    assert table.children == (Item(2, "E", "X(10)", occurs=occurs, span=AT),)


ENVIRONMENT = """IDENTIFICATION DIVISION.
PROGRAM-ID. T1 IS INITIAL.
ENVIRONMENT DIVISION.
CONFIGURATION SECTION.
OBJECT-COMPUTER. X PROGRAM COLLATING SEQUENCE IS AL.
SPECIAL-NAMES.
    SWITCH-1 IS SW ON STATUS IS SON OFF SOFF  SYSERR IS ERR
    ALPHABET AL IS "a" THRU "z", "A" ALSO "B"  CLASS HEX IS "0" THRU "9"
    SYMBOLIC CHARACTERS STX ETX ARE 3 4  CURRENCY SIGN IS "F"  DECIMAL-POINT IS COMMA.
INPUT-OUTPUT SECTION.
FILE-CONTROL.
    SELECT OPTIONAL F ASSIGN TO DISK "f.dat" INDEXED ACCESS MODE DYNAMIC
        RECORD KEY K ALTERNATE RECORD KEY IS L WITH DUPLICATES FILE STATUS IS ST.
    SELECT G ASSIGN TO "g" LINE SEQUENTIAL.
I-O-CONTROL. SAME RECORD AREA FOR F G.
DATA DIVISION.
FILE SECTION.
FD F RECORD CONTAINS 2 TO 80 CHARACTERS LABEL RECORDS STANDARD.
01 R. 02 K PIC X. 02 L PIC X.
FD G LINAGE IS 60 LINES WITH FOOTING AT 55 LINES AT TOP 3.
01 RG PIC 9,9 VALUE 1,5.
WORKING-STORAGE SECTION.
01 ST PIC XX.
EXEC SQL BEGIN DECLARE SECTION END-EXEC.
SCREEN SECTION.
01 MENU1. 02 LINE 1 COL 1 VALUE "x".
PROCEDURE DIVISION.
    IF SON OR ST IS HEX DISPLAY STX UPON ERR.
"""


def test_environment() -> None:
    (program,) = parse_text(ENVIRONMENT, "t.cob", Options("free")).programs
    special, environment, data = program.environment.special_names, program.environment, program.data
    assert (program.initial, environment.collating, environment.same_record_areas) == (True, "AL", (("F", "G"),))
    assert special.switches == (("SON", "SWITCH-1", True), ("SOFF", "SWITCH-1", False))
    assert special.mnemonics == (("SW", "SWITCH-1"), ("ERR", "SYSERR"))
    assert (special.currency, special.decimal_comma, special.symbolic) == ("F", True, (("STX", 3), ("ETX", 4)))
    assert [len(group) for group in special.alphabets[0].ranges] == [1, 2]
    first, second = environment.files
    assert (first.optional, first.organization, first.access) == (True, "INDEXED", "DYNAMIC")
    assert first.alternate_keys == ((ref("L"), True),) and first.status == ref("ST")
    assert (second.assign, second.organization) == (Text(b"g", span=AT), "LINE SEQUENTIAL")
    assert data.files[0].record_sizes == (2, 80)
    assert data.files[1].linage and data.files[1].linage.footing == number("55")
    assert data.files[1].records[0].value == Number(Decimal("1.5"), "1,5", span=AT)
    assert data.embedded == (Execute("SQL", "BEGIN DECLARE SECTION", span=AT),)
    assert [(section.name, section.names) for section in data.refused] == [("SCREEN", ("MENU1",))]


@pytest.mark.parametrize(
    ("code", "verb", "text"),
    [
        ("XML GENERATE X FROM T ON EXCEPTION DISPLAY 'x' END-XML", "XML", None),
        ("DISPLAY X LINE 1 COL 5", "DISPLAY", None),
        ("FREE A", "FREE", None),
        ("ACCEPT X FROM ENVIRONMENT 'HOME'", "ACCEPT", None),
    ],
)
def test_unsupported_statements_keep_their_text(
    statement: Callable[[str], Statement], code: str, verb: str, text: str | None
) -> None:
    assert statement(code) == Unsupported(verb, text or code, span=AT)


def test_programs_in_programs() -> None:
    head = "IDENTIFICATION DIVISION. PROGRAM-ID. {}.\nPROCEDURE DIVISION. CONTINUE.\n"
    nested = head.format("A") + head.format("B") + "END PROGRAM B.\n" + head.format("C IS COMMON") + "END PROGRAM C.\n"
    unit = parse_text(nested + "END PROGRAM A.\n" + head.format("'d'"), "t.cob", Options("free"))
    assert [program.name for program in unit.programs] == ["A", "D"]
    assert [(inner.name, inner.common) for inner in unit.programs[0].programs] == [("B", False), ("C", True)]
