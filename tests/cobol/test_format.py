"""Fixed and free format: columns, continuation, comments, directives, and what is no source text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file, parse_text
from transpile.cobol.statements import Display
from transpile.cobol.tree import Text
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.errors import SourceError, SourceErrors

HEAD = (" IDENTIFICATION DIVISION.", " PROGRAM-ID. T1.", " PROCEDURE DIVISION.")
RECORDS = "       IDENTIFICATION DIVISION.".ljust(80) * 30
FREE_HEAD = "IDENTIFICATION DIVISION.\nPROGRAM-ID. T1.\nPROCEDURE DIVISION.\n"


def displays(unit: Unit) -> list[Display]:
    return [node for program in unit.programs for node in walk(program) if isinstance(node, Display)]


def shown(unit: Unit) -> list[bytes]:
    return [value.value for found in displays(unit) for value in found.values if isinstance(value, Text)]


def fixed_unit(fixed: Callable[..., str], *lines: str, options: Options | None = None) -> Unit:
    return parse_text(fixed(*HEAD, *lines), "t.cob", options or Options())


def test_columns_outside_the_text_do_not_count(fixed: Callable[..., str]) -> None:
    line = "     DISPLAY 'a'".ljust(66) + "IDENT001"
    unit = fixed_unit(fixed, line, "     .")
    assert shown(unit) == [b"a"]
    (found,) = displays(unit)
    assert (found.span.line, found.span.column) == (4, 12)


def test_literals_go_on_from_column_72(fixed: Callable[..., str]) -> None:
    unit = fixed_unit(fixed, "     DISPLAY 'short", "-     'er'.")
    assert shown(unit) == [b"short" + b" " * (72 - 7 - 18) + b"er"]


def test_a_doubled_quotation_mark_may_be_broken(fixed: Callable[..., str]) -> None:
    first = "     DISPLAY '" + "x" * 51 + "'"
    assert len(first) == 66
    assert shown(fixed_unit(fixed, first, "-    ''y'.")) == [b"x" * 51 + b"'y"]


def test_words_go_on_without_blanks(fixed: Callable[..., str]) -> None:
    assert shown(fixed_unit(fixed, "     DIS", "* a comment", "-    PLAY 'a'.")) == [b"a"]


def test_comments_are_kept_with_their_places(fixed: Callable[..., str]) -> None:
    unit = fixed_unit(fixed, "* first", "     DISPLAY 'a *> b' *> second 'c'", "/    .", "     .")
    assert [(c.line, c.column, c.text, c.inline) for c in unit.comments] == [
        (4, 7, "first", False),
        (5, 29, "second 'c'", True),
        (6, 7, ".", False),
    ]
    assert shown(unit) == [b"a *> b"]


def test_comment_entries_may_hold_anything(fixed: Callable[..., str]) -> None:
    text = fixed(" IDENTIFICATION DIVISION.", " PROGRAM-ID. T1.", " AUTHOR. O'BRIEN.", '     "x. DATA DIVISION.')
    unit = parse_text(text + fixed(" PROCEDURE DIVISION.", "     DISPLAY 'a'."), "t.cob")
    assert shown(unit) == [b"a"]
    assert [comment.text for comment in unit.comments] == ["AUTHOR. O'BRIEN.", '"x. DATA DIVISION.']


@pytest.mark.parametrize("mode", [False, True])
def test_debugging_lines(fixed: Callable[..., str], mode: bool) -> None:
    computer = " SOURCE-COMPUTER. X" + (" WITH DEBUGGING MODE." if mode else ".")
    head = (" IDENTIFICATION DIVISION.", " PROGRAM-ID. T1.", " ENVIRONMENT DIVISION.", " CONFIGURATION SECTION.")
    text = fixed(*head, computer, " PROCEDURE DIVISION.", "D    DISPLAY 'd'.", "     DISPLAY 'a'.")
    assert shown(parse_text(text, "t.cob")) == ([b"d", b"a"] if mode else [b"a"])
    assert shown(parse_text(text, "t.cob", Options(debugging=True))) == [b"d", b"a"]


def test_tabs_keep_their_columns() -> None:
    text = "\tIDENTIFICATION DIVISION.\n\tPROGRAM-ID. T1.\n\tPROCEDURE DIVISION.\n\tDISPLAY\t'a\tb'.\n"
    unit = parse_text(text, "t.cob", Options(format="fixed"))
    (found,) = displays(unit)
    assert (found.span.column, found.values[0].span.column) == (2, 10)
    assert shown(unit) == [b"a      b"]


@pytest.mark.parametrize(
    ("text", "fixed_format"),
    [
        (FREE_HEAD + "DISPLAY 'a'.\n", False),
        ("".join(f"       {line}\n" for line in (FREE_HEAD + "DISPLAY 'a'.").split("\n")), True),
        ("      >>SOURCE FORMAT IS FREE\n" + FREE_HEAD + "DISPLAY 'a'.\n", False),
        ('      $SET SOURCEFORMAT"FREE"\n' + FREE_HEAD + "DISPLAY 'a'.\n", False),
    ],
)
def test_the_format_is_found_out(text: str, fixed_format: bool) -> None:
    unit = parse_text(text, "t.cob")
    assert shown(unit) == [b"a"]
    assert unit.fixed == fixed_format or ">>" in text or "$" in text


def test_bytes_are_what_the_file_has(tmp_path: Path) -> None:
    path = tmp_path / "u.cob"
    path.write_bytes(b"\xef\xbb\xbf" + (FREE_HEAD + "DISPLAY 'ä' FOO.\n*> größe\n").replace("\n", "\r\n").encode())
    unit = parse_file(path)
    assert shown(unit) == ["ä".encode()]
    assert unit.comments[0].text == "größe"
    (found,) = displays(unit)
    assert found.values[1].span.column == 13 and found.values[1].span.line_text == "DISPLAY 'ä' FOO."
    path.write_bytes((FREE_HEAD + "DISPLAY 'ä'.\n").encode("latin-1"))
    assert shown(parse_file(path)) == [b"\xe4"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x7fELF\x00\x01", "t.cob:1:1: error: the file is not text: it holds the byte 0x7f"),
        (RECORDS.encode("cp037"), "t.cob:1:1: error: the file looks like EBCDIC"),
        (FREE_HEAD.encode("utf-16"), "t.cob:1:1: error: the file is UTF-16; COBOL source has one byte for a character"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.cob").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        parse_file("t.cob")
    assert caught.value.render().splitlines()[0] == message


def test_conditional_compilation() -> None:
    code = FREE_HEAD + (
        ">>DEFINE V AS 5\n>>IF V = 5\nDISPLAY 'a'.\n>>IF W IS DEFINED\nDISPLAY ' .\n>>END-IF\n"
        ">>ELSE\nDISPLAY 'b'.\n>>END-IF\n>>IF W IS NOT DEFINED\nDISPLAY 'c'.\n>>END-IF\n"
    )
    assert shown(parse_text(code, "t.cob", Options("free"))) == [b"a", b"c"]
    text = code.replace("DISPLAY ' .", "DISPLAY 'w'.")
    assert shown(parse_text(text, "t.cob", Options("free", defines=(("W", ""),)))) == [b"a", b"w"]


def test_wrong_columns_are_told(errors: Callable[..., list[SourceError]]) -> None:
    first = errors("IDENTIFICATION DIVISION.\n", Options(format="fixed"))[0]
    assert first.render().splitlines() == [
        "t.cob:1:7: error: column 7 holds 'F', which is no indicator",
        "    IDENTIFICATION DIVISION.",
        "          ^",
        "  help: fixed format has its text in columns 8 to 72; for free format give --format free",
    ]


def test_text_behind_column_72_is_told(fixed: Callable[..., str]) -> None:
    long = "     IF RETURN-CODE = 1 AND".ljust(58) + "RETURN-CODE > 2"
    unit = fixed_unit(fixed, long, "     DISPLAY 'x'.")
    with pytest.raises(SourceErrors) as caught:
        check(unit)
    (error,) = caught.value.errors
    assert error.message == "the name 'RETURN-C' is not declared"
    assert "the line goes on behind column 72" in error.hint
