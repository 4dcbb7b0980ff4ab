"""A small program in fixed format, and what becomes of it without any check but the weakest."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.modernize.checks import Compiles
from transpile.modernize.translate import Choices, Modernized, translate_bytes

sys.path[:0] = [str(Path(__file__).parent)]
HEAD = """\
IDENTIFICATION DIVISION.
PROGRAM-ID. {name}.
DATA DIVISION.
WORKING-STORAGE SECTION.
01  AMOUNT      PIC S9(5)V99 VALUE 10.
01  RATE        PIC V999 VALUE .050.
01  INTEREST    PIC S9(5)V99 VALUE ZERO.
01  COUNTER     PIC 9(3) VALUE ZERO.
PROCEDURE DIVISION.
"""

BODY = """\
MAIN-LINE.
    PERFORM ADD-INTEREST.
    PERFORM COUNT-UP THRU COUNT-END.
    DISPLAY AMOUNT.
    STOP RUN.
ADD-INTEREST.
    COMPUTE INTEREST ROUNDED = AMOUNT * RATE.
    ADD INTEREST TO AMOUNT.
COUNT-UP.
    ADD 1 TO COUNTER.
    IF COUNTER > 2 GO TO COUNT-END.
    GO TO COUNT-UP.
COUNT-END.
    EXIT.
UNUSED.
    MOVE 1 TO COUNTER.
"""


def fixed(body: str = BODY, name: str = "SAVINGS") -> bytes:
    """A whole program of the paragraphs in ``body``."""
    return textwrap.indent(HEAD.format(name=name) + body, " " * 7).encode()


@pytest.fixture
def translated() -> Callable[..., Modernized]:
    def translate(body: str = BODY, choices: Choices | None = None, name: str = "SAVINGS") -> Modernized:
        return translate_bytes(fixed(body, name), "savings.cob", choices or Choices(checks=(Compiles(),)))

    return translate
