"""Small programs for the tests, and what of them the tests look at."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.cobol.programs import Program
from transpile.cobol.statements import Sentence
from transpile.cobol.tree import Statement
from transpile.errors import SourceError, SourceErrors

FREE = Options(format="free")
FIXED = Options(format="fixed")

DATA = """
01 A PIC S9(4).
01 B PIC S9(4).
01 C PIC S9(4).
   88 BIG VALUE 100 THRU 999.
01 X PIC X(10).
01 T.
   02 E PIC 9 OCCURS 5 TIMES INDEXED BY I.
"""


def _program(code: str, data: str = DATA) -> Program:
    """The program with ``code`` in its procedure division."""
    text = f"""IDENTIFICATION DIVISION.
PROGRAM-ID. T1.
DATA DIVISION.
WORKING-STORAGE SECTION.
{data}
PROCEDURE DIVISION.
{textwrap.dedent(code)}
"""
    (found,) = parse_text(text, "t.cob", FREE).programs
    return found


def _sentence(code: str, data: str = DATA) -> Sentence:
    procedure = _program(code, data).procedure
    assert procedure
    (section,) = procedure.sections
    (paragraph,) = section.paragraphs
    (found,) = paragraph.sentences
    return found


def _statement(code: str, data: str = DATA) -> Statement:
    (found,) = _sentence(code + " .", data).statements
    return found


def _errors(text: str, options: Options = FREE) -> list[SourceError]:
    """What is wrong with ``text``, in its order."""
    with pytest.raises(SourceErrors) as caught:
        parse_text(text, "t.cob", options)
    return list(caught.value.errors)


def _fixed(*lines: str) -> str:
    """Lines of fixed format, given from column 7 on."""
    return "".join(f"{number * 100:06}{line}\n" for number, line in enumerate(lines, 1))


@pytest.fixture
def program() -> Callable[..., Program]:
    return _program


@pytest.fixture
def statement() -> Callable[..., Statement]:
    return _statement


@pytest.fixture
def sentence() -> Callable[..., Sentence]:
    return _sentence


@pytest.fixture
def errors() -> Callable[..., list[SourceError]]:
    return _errors


@pytest.fixture
def fixed() -> Callable[..., str]:
    return _fixed
