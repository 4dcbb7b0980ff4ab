"""What names refer to, and what is said about those that refer to nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.cobol.checking import check
from transpile.cobol.names import names_of
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.cobol.programs import Program
from transpile.cobol.tree import Reference
from transpile.errors import SourceErrors, Span

DATA = """
01 G1. 05 F PIC 9. 05 H. 10 K PIC X.
01 G2. 05 F PIC 9.
01 C PIC 9. 88 BIG VALUE 5.
01 AMOUNT PIC 9.
01 T. 05 E PIC 9 OCCURS 3 INDEXED BY IX.
"""
HEAD = f"IDENTIFICATION DIVISION.\nPROGRAM-ID. T1.\nDATA DIVISION.\nWORKING-STORAGE SECTION.{DATA}PROCEDURE DIVISION.\n"


def refer(name: str, *qualifiers: str) -> Reference:
    return Reference(name, qualifiers, span=Span("", 1))


def test_qualifiers_choose(program: Callable[..., Program]) -> None:
    names = names_of(program("CONTINUE.", DATA))
    assert names.resolve(refer("F", "G2")).owners == ("G2",)
    assert names.resolve(refer("K", "G1")).owners == ("H", "G1")
    condition = names.resolve(refer("BIG"))
    assert condition.item is not None and condition.item.name == "C"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("MOVE F TO C.", "t.cob:11:6: 'F' is ambiguous"),
        ("MOVE F OF G3 TO C.", "t.cob:11:6: 'F' is not in 'G3'"),
        ("MOVE K OF G1 OF H TO C.", "t.cob:11:6: 'K' is not in 'G1 OF H'"),
        ("MOVE 1 TO AMUONT.", "t.cob:11:11: the name 'AMUONT' is not declared"),
        ("IF AMOUNT DISPLAY 'x'.", "t.cob:11:4: 'AMOUNT' is no condition"),
        ("PERFORM P2.", "t.cob:11:9: the paragraph or section 'P2' is not declared"),
        ("GO TO P1 OF S.", "t.cob:11:7: the section 'S' is not declared"),
        ("OPEN INPUT F1.", "t.cob:11:12: the file 'F1' is not declared"),
        ("DISPLAY FUNCTION MAXI(1).", "t.cob:11:9: the function 'MAXI' is not declared"),
        ("DISPLAY C UPON NOWHERE.", "t.cob:11:1: the device 'NOWHERE' is not declared"),
        ("MOVE P1 TO C.", "t.cob:11:6: the name 'P1' is not declared as data"),
    ],
)
def test_errors(code: str, message: str) -> None:
    unit = parse_text(HEAD + code + "\nP1. CONTINUE.\n", "t.cob", Options("free"))
    with pytest.raises(SourceErrors) as caught:
        check(unit)
    assert str(caught.value.errors[0]) == message


def test_hints() -> None:
    unit = parse_text(HEAD + "MOVE F TO AMUONT.\n", "t.cob", Options("free"))
    with pytest.raises(SourceErrors) as caught:
        check(unit)
    assert [error.hint for error in caught.value.errors] == ["say which: F OF G1, F OF G2", "did you mean 'AMOUNT'?"]


def test_what_is_fine() -> None:
    code = "P1. MOVE F OF G1 TO E (IX). IF BIG SET IX UP BY 1. MOVE RETURN-CODE TO C. PERFORM P1. DISPLAY LENGTH OF T."
    check(parse_text(HEAD + code, "t.cob", Options("free")))


@pytest.mark.parametrize(("globally", "errors"), [(" GLOBAL", 0), ("", 1)])
def test_nested_programs_see_what_is_global(globally: str, errors: int) -> None:
    text = f"""IDENTIFICATION DIVISION. PROGRAM-ID. OUT1.
DATA DIVISION. WORKING-STORAGE SECTION. 01 A{globally} PIC 9. 88 ONE VALUE 1.
PROCEDURE DIVISION. CONTINUE.
IDENTIFICATION DIVISION. PROGRAM-ID. IN1.
PROCEDURE DIVISION. IF ONE DISPLAY 'x'.
END PROGRAM IN1.
END PROGRAM OUT1."""
    unit = parse_text(text, "t.cob", Options("free"))
    assert unit.program("in1").name == "IN1"
    if not errors:
        check(unit)
        return
    with pytest.raises(SourceErrors):
        check(unit)


def test_paragraphs_of_sections() -> None:
    text = HEAD + "A SECTION. P1. GO TO P1. B SECTION. P1. GO TO P1. PERFORM P1 OF A. C SECTION. P3. PERFORM P1."
    with pytest.raises(SourceErrors) as caught:
        check(parse_text(text, "t.cob", Options("free")))
    (error,) = caught.value.errors
    assert error.message == "the paragraph 'P1' is ambiguous"
