"""Pictures: what they mean, what is wrong with them and where, and that GnuCOBOL accepts the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.cobol.pictures import Picture, PictureError, parse_picture
from transpile.emulators.cobol.build import build_program
from transpile.errors import SourceErrors

needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")


@pytest.mark.parametrize(
    ("text", "category", "size", "digits", "scale", "signed"),
    [
        ("9(5)", "numeric", 5, 5, 0, False),
        ("S9(5)V99", "numeric", 7, 7, 2, True),
        ("SV999", "numeric", 3, 3, 3, True),
        ("99PPP", "numeric", 2, 5, -3, False),
        ("P(3)99", "numeric", 2, 5, 5, False),
        ("VPP9", "numeric", 1, 3, 3, False),
        ("A(10)", "alphabetic", 10, 0, 0, False),
        ("X9A", "alphanumeric", 3, 1, 0, False),
        ("XXBXX/99", "alphanumeric-edited", 8, 4, 0, False),
        ("AAB", "alphanumeric-edited", 3, 2, 0, False),
        ("ZZ,ZZ9.99", "numeric-edited", 9, 7, 2, False),
        ("99/99/9999", "numeric-edited", 10, 8, 0, False),
        ("$$,$$9.99CR", "numeric-edited", 11, 6, 2, True),
        ("+(5)9.9-", None, 0, 0, 0, False),
        ("-(5)9.9", "numeric-edited", 8, 6, 1, True),
        ("*(4).**", "numeric-edited", 7, 6, 2, False),
    ],
)
def test_what_a_picture_means(
    text: str, category: str | None, size: int, digits: int, scale: int, signed: bool
) -> None:
    if category is None:
        with pytest.raises(PictureError):
            parse_picture(text)
        return
    picture = parse_picture(text)
    got = (picture.category, picture.size, picture.digits, picture.scale, picture.signed)
    assert got == (category, size, digits, scale, signed)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "missing"),
        ("9(3", 2, "never closed"),
        ("9(0)", 3, "greater than zero"),
        ("9(x)", 3, "unsigned integer"),
        ("9()", 3, "unsigned integer"),
        ("(3)9", 1, "follow the symbol"),
        ("9Q", 2, "'Q' is not a symbol"),
        ("9C", 2, "followed by R"),
        ("9D", 2, "followed by B"),
        ("9S", 2, "S must be the first"),
        ("9V9V9", 4, "more than one decimal point"),
        ("9P9", 2, "P must be at"),
        ("Z*9", 2, "Z and *"),
        ("9Z", 2, "may not follow"),
        ("S", 1, "no place for"),
        ("9(39)", 1, "at most 38"),
        ("NN", 1, "national"),
        ("9E+99", 2, "floating-point"),
        ("9(9999999999)", 3, "9 digits"),
    ],
)
def test_what_is_wrong_and_where(text: str, column: int, message: str) -> None:
    with pytest.raises(PictureError, match=re.escape(message)) as caught:
        parse_picture(text)
    assert caught.value.column == column


def test_a_comma_can_be_the_decimal_point() -> None:
    assert parse_picture("Z.ZZ9,99", decimal_comma=True).scale == 2
    assert parse_picture("Z.ZZ9", decimal_comma=True).scale == 0


def test_another_currency_symbol() -> None:
    assert parse_picture("££9.99", currency="£").digits == 4
    with pytest.raises(PictureError):
        parse_picture("$$9", currency="£")


@given(st.text("9XASVPB0/*Z+-$.,CRD()12N", max_size=12))
def test_a_picture_is_understood_or_refused(text: str) -> None:
    try:
        picture = parse_picture(text)
    except PictureError as error:
        assert 1 <= error.column <= max(len(text), 1) + 1
        assert error.message
    else:
        shown = [count * len(symbol) for symbol, count in picture.symbols if symbol not in "VP"]
        assert picture.size == sum(shown)


def _program(pictures: list[str]) -> bytes:
    items = "".join(f"       01 F{n}\n         PIC {text}.\n" for n, text in enumerate(pictures))
    shows = "".join(f"           DISPLAY LENGTH OF F{n}.\n" for n in range(len(pictures)))
    return (
        "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. T.\n       DATA DIVISION.\n"
        f"       WORKING-STORAGE SECTION.\n{items}       PROCEDURE DIVISION.\n{shows}           GOBACK.\n"
    ).encode()


def _accepted(pictures: list[str]) -> list[Picture | None]:
    accepted: list[Picture | None] = []
    for text in pictures:
        try:
            accepted.append(parse_picture(text))
        except PictureError:
            accepted.append(None)
    return accepted


FLOATING = ["Z", "*", "+", "-", "$"]
ENDS = ["", "+", "-", "CR", "DB", "$"]
EDITED = [f"{head}{sign}{body}{point}{tail}{end}" for head in ("", "$", "+", "-$") for sign in FLOATING
          for body in (f"{sign}9", f"{sign}{sign},{sign}{sign}9", f"{sign}B{sign}") for point, tail in
          (("", ""), (".", "99"), ("V", sign), (".", sign * 2), ("P", "")) for end in ENDS]  # fmt: skip
PLAIN = [f"{s}{a}{p}9{q}9{z}" for s in ("", "S") for a in ("", "V", "P", "VPP") for p in ("", "V", "P") for q in
         ("", "V", "P", "B", "/") for z in ("", "V", "P", "PV", "X")]  # fmt: skip


@needs_cobc
@pytest.mark.parametrize("pictures", [EDITED[::3], PLAIN], ids=["edited", "plain"])
def test_gnucobol_accepts_the_same_and_gives_the_same_sizes(pictures: list[str], tmp_path: Path) -> None:
    accepted = _accepted(pictures)
    known = [(text, picture.size) for text, picture in zip(pictures, accepted, strict=True) if picture]
    run = build_program(_program([text for text, _ in known]), tmp_path).run()
    assert [int(line) for line in run.stdout.split()] == [size for _, size in known]
    refused = [text for text, picture in zip(pictures, accepted, strict=True) if picture is None]
    while refused:
        with pytest.raises(SourceErrors) as caught:
            build_program(_program(refused), tmp_path)
        lines = {(error.span.line - 5) // 2 for error in caught.value.errors}
        assert lines & set(range(len(refused))), f"GnuCOBOL accepts {refused}"
        refused = [text for n, text in enumerate(refused) if n not in lines]
