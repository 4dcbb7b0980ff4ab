"""Input that nobody would write: each ends soon, with the tree or with an error."""

from __future__ import annotations

import random
import time

import pytest

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.cobol.source import source_bytes
from transpile.cobol.words import RESERVED
from transpile.errors import SourceError, SourceErrors, TranspileError

DATA = "IDENTIFICATION DIVISION.\nPROGRAM-ID. T1.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n01 A PIC 9.\n"
HEAD = DATA + "PROCEDURE DIVISION.\n"
DEEP = 10_000


@pytest.mark.parametrize(
    "text",
    [
        "IF A = 1 " * DEEP + "CONTINUE.",
        "IF A = 1 CONTINUE ELSE " * DEEP + "CONTINUE.",
        "IF " + "(" * DEEP + "A = 1" + ")" * DEEP + " CONTINUE.",
        "COMPUTE A = " + "(" * DEEP + "A" + ")" * DEEP + ".",
        "COMPUTE A = " + "- " * DEEP + "A.",
        "COMPUTE A = " + "A ** " * DEEP + "A.",
        "IF " + "NOT " * DEEP + "A = 1 CONTINUE.",
        "MOVE " + "A(" * DEEP + "1" + ")" * DEEP + " TO A.",
        "MOVE " + "FUNCTION MAX(" * DEEP + "1" + ")" * DEEP + " TO A.",
        "MOVE " + "LENGTH OF " * DEEP + "A TO A.",
        "PERFORM UNTIL A = 1 " * DEEP,
        "EVALUATE A WHEN 1 " * DEEP,
        "ADD 1 TO A ON SIZE ERROR " * DEEP,
    ],
)
def test_deep_nesting_is_an_error(text: str) -> None:
    with pytest.raises(SourceErrors, match="nested too deeply"):
        parse_text(HEAD + text, "t.cob", Options("free"))


def test_programs_in_programs() -> None:
    text = "".join(f"IDENTIFICATION DIVISION. PROGRAM-ID. P{at}.\n" for at in range(1000))
    with pytest.raises(SourceErrors, match="nested too deeply"):
        parse_text(text, "t.cob", Options("free"))


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "DISPLAY " + "A " * 50_000 + ".",
        HEAD + "DISPLAY '" + "A" * 500_000 + "'.",
        HEAD + "A" * 500_000,
        HEAD + "EXEC SQL " * 10_000,
        HEAD + "REPLACE " + "=" * 10_000 + ".",
        HEAD + "-" * 100_000,
        HEAD + "." * 500_000,
        DATA + "01 B PIC " + "X" * 500_000 + ".",
        DATA + "88 C VALUE " + "1 " * 20_000 + ".",
        HEAD + "FREE A " * 50_000 + ".",
        HEAD + "DISPLAY A LINE 1 " * 20_000 + ".",
        HEAD + "XML X " * 50_000 + ".",
        HEAD + "MOVE B TO C.\n" * 20_000,
        ">>DEFINE A AS" + " " * 200_000 + "B\n",
        "(" * 50_000,
        "'" * 100_001,
        ">>IF A = 1\n" * 10_000,
        "000100 IDENTIFICATION DIVISION.\n" + "000100-    'AAAA\n" * 10_000,
    ],
)
@pytest.mark.parametrize("source_format", ["free", "fixed"])
def test_long_input_ends_soon(text: str, source_format: str) -> None:
    start = time.process_time()
    try:
        check(parse_text(text, "t.cob", Options("free" if source_format == "free" else "fixed")))
    except TranspileError as error:
        assert all(diagnostic.span is not None for diagnostic in error.diagnostics)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_words_ends(seed: int) -> None:
    chosen = random.Random(seed)
    words = [*sorted(RESERVED), *("A", "1", "(", ")", ".", "'x'", "==", ":", "=", "PIC X") * 20]
    text = " ".join(chosen.choice(words) for _ in range(3000))
    for head in ("", "ENVIRONMENT DIVISION. ", DATA, HEAD):
        with pytest.raises(SourceErrors):
            parse_text(head + text, "t.cob", Options("free"))


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (HEAD.encode("utf-16"), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
        (HEAD.encode("utf-16-le"), "UTF-16LE", "iconv -f UTF-16LE"),
        (HEAD.encode("utf-16-be"), "UTF-16BE", "iconv -f UTF-16BE"),
        (HEAD.encode("utf-32"), "UTF-32", "iconv -f UTF-32"),
        (HEAD.encode("utf-32-le"), "UTF-32LE", "iconv -f UTF-32LE"),
        (HEAD.encode("cp037"), "EBCDIC", "iconv -f IBM1047"),
        (b"".join(line.ljust(80).encode("cp037") for line in HEAD.splitlines()), "EBCDIC", "dd conv=ascii"),
        (HEAD.encode() + b"\0\0", "0x00", "tr -d"),
    ],
)
def test_other_encodings_are_named(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        source_bytes(data, "t.cob")
    assert hint in raised.value.hint


def test_what_is_behind_column_72_is_told() -> None:
    text = "".join(f"       {line}\n" for line in HEAD.splitlines()) + " " * 65 + "MOVE 1 TO A.\n"
    assert len(text.splitlines()[-1]) > 72
    with pytest.raises(SourceErrors) as raised:
        parse_text(text, "t.cob", Options("fixed"))
    assert "column 72" in raised.value.diagnostics[0].hint
