"""What is wrong with a program, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.cobol.problems import MAX_ERRORS
from transpile.errors import SourceError, UnsupportedError

HEAD = "IDENTIFICATION DIVISION.\nPROGRAM-ID. T1.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n"
Errors = Callable[..., list[SourceError]]


@pytest.mark.parametrize(
    ("code", "place", "message"),
    [
        ("MOVE 1 A.", "7:8", "'TO' is expected after the value of MOVE, not 'A'"),
        ("IF A = 1 MOVE 1 TO A END-IF END-IF.", "7:29", "'END-IF' without IF"),
        ("PERFORM UNTIL A = 1 MOVE 1 TO A.", "7:32", "'END-PERFORM' is expected for the PERFORM in line 7, not '.'"),
        ("ELSE MOVE 1 TO A.", "7:1", "'ELSE' without IF"),
        ("FOO BAR.", "7:1", "a statement is expected here, not 'FOO'"),
        ("COMPUTE A = A -1.", "7:15", "a statement is expected here, not '-'"),
        ("MOVE 'abc TO A.", "7:6", "the literal is not closed"),
        ("EVALUATE A ALSO A WHEN 1 CONTINUE.", "7:19", "WHEN has 1 objects, but EVALUATE 2 subjects"),
        ("MOVE 1 TO SECTION.", "7:11", "a name is expected here, not 'SECTION'"),
        ("IF A = 1 OR DISPLAY 'x'.", "7:13", "a name is expected here, not 'DISPLAY'"),
        ("IF (A = 1 DISPLAY 'x'.", "7:11", "')' is expected to close the bracket, not 'DISPLAY'"),
        ("MOVE X'414' TO A.", "7:6", "'414' is not a whole number of hexadecimal bytes"),
        ("MOVE A ? 1 TO A.", "7:8", "'?' is no part of COBOL"),
    ],
)
def test_statements(errors: Errors, code: str, place: str, message: str) -> None:
    text = HEAD + "01 A PIC 9.\nPROCEDURE DIVISION.\n" + code + "\n"
    first = errors(text)[0]
    assert (f"{first.span.line}:{first.span.column}", first.message) == (place, message)


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        ("01 A PIC X\n01 B PIC X.", "5:10", "the period at the end of the entry of A is missing"),
        ("01 A PIC X. 50 B PIC X.", "5:13", "50 is no level number"),
        ("01 A. 05 B PIC X. 03 C PIC X.", "5:19", "level 03 belongs to no group: the items before it have level 05"),
        ("01 A PIC X. 02 B PIC X.", "5:1", "the group 'A' has a PICTURE"),
        ("05 A PIC X.", "5:1", "level 05 without a level 01 before it"),
        ("88 A VALUE 1.", "5:1", "level 88 without an item before it"),
        ("01 A PIC X FOO 1.", "5:12", "'FOO' is no clause of a data description"),
        ("01 A PIC X PIC X.", "5:16", "PICTURE is given twice"),
        ("01 A OCCURS B TIMES PIC X.", "5:13", "a number of occurrences is expected here, not 'B'"),
        ("FOO SECTION.", "5:1", "a level number is expected here, not 'FOO'"),
    ],
)
def test_data(errors: Errors, data: str, place: str, message: str) -> None:
    first = errors(HEAD + data + "\nPROCEDURE DIVISION.\nCONTINUE.\n")[0]
    assert (f"{first.span.line}:{first.span.column}", first.message) == (place, message)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("01 A USAGE OBJECT REFERENCE.", "USAGE OBJECT"),
        ("01 A PIC X BASED.", "BASED in a data description"),
        ("01 A PIC N VALUE N'a'.", "literals of the form N'…'"),
        ("01 A. 02 B OCCURS 1 TO UNBOUNDED PIC X.", "OCCURS … UNBOUNDED"),
    ],
)
def test_what_is_not_translated_is_named(errors: Errors, data: str, what: str) -> None:
    first = errors(HEAD + data + "\n")[0]
    assert isinstance(first, UnsupportedError)
    assert (first.message, first.mnemonic) == (f"not translated: {what}", what)


def test_several_errors_are_told(errors: Errors) -> None:
    text = HEAD + "01 A PIC Q X.\n01 B FOO.\nPROCEDURE DIVISION.\nMOVE 1.\nMOVE 2 TO.\nDISPLAY B.\nADD.\n"
    assert [error.span.line for error in errors(text)] == [5, 6, 8, 9, 11]


def test_not_more_errors_than_help(errors: Errors) -> None:
    assert len(errors(HEAD + "PROCEDURE DIVISION.\n" + "MOVE.\n" * 100)) == MAX_ERRORS


def test_a_file_that_is_no_program(errors: Errors) -> None:
    (first,) = errors("hello world\n")
    assert first.render() == (
        "t.cob:1:1: error: 'IDENTIFICATION DIVISION' is expected here, not 'HELLO'\n    hello world\n    ^~~~~\n"
        "  help: text in columns 1 to 7? then give --format free"
    )


def test_the_wrong_end(errors: Errors) -> None:
    text = HEAD + "PROCEDURE DIVISION.\nCONTINUE.\nEND PROGRAM T2.\n"
    (first,) = errors(text)
    assert str(first) == "t.cob:7:13: END PROGRAM names 'T2', but the program is 'T1'"
