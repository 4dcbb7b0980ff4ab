"""COPY and REPLACE, and the places of what they bring."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.cobol.programs import Item, Program
from transpile.cobol.walking import walk
from transpile.errors import SourceErrors

HEAD = "IDENTIFICATION DIVISION.\nPROGRAM-ID. T1.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n"


@pytest.fixture
def parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Program]:
    monkeypatch.chdir(tmp_path)

    def parse(text: str, **books: str) -> Program:
        for name, book in books.items():
            path = Path(name.replace("__", "/") + ".cpy")
            path.parent.mkdir(exist_ok=True)
            path.write_text(book)
        Path("t.cob").write_text(HEAD + text)
        (found,) = parse_file("t.cob", Options("free", (Path("inc"),))).programs
        return found

    return parse


def items(program: Program) -> list[tuple[str, str, str]]:
    return [(node.name, node.picture, str(node.span)) for node in walk(program) if isinstance(node, Item)]


def test_what_is_copied_stands_in_the_copybook(parsed: Callable[..., Program]) -> None:
    found = parsed("COPY REC.\n01 B PIC X.\n", inc__rec="*> a record\n01 A PIC X.\n")
    assert items(found) == [("A", "X", "inc/rec.cpy:2:1"), ("B", "X", "t.cob:6:1")]


def test_replacing(parsed: Callable[..., Program]) -> None:
    book = "01 :TAG:-A PIC X(:N:).\n01 PRE-B PIC X.\n01 C-SUF PIC X.\n01 D OF E PIC 9.\n"
    replacing = (
        "==:TAG:== BY ==WS== ==:N:== BY ==5==, LEADING ==PRE== BY ==POST== TRAILING ==SUF== BY ==END==\nD OF E BY F"
    )
    found = parsed(f"COPY 'rec' REPLACING {replacing}.\n", rec=book)
    assert [(name, picture) for name, picture, _ in items(found)] == [
        ("WS-A", "X(5)"),
        ("POST-B", "X"),
        ("C-END", "X"),
        ("F", "9"),
    ]
    assert items(found)[3][2] == "rec.cpy:4:1"


def test_copybooks_copy(parsed: Callable[..., Program]) -> None:
    found = parsed("COPY A OF LIB REPLACING X BY Y.\n", lib__a="COPY b.\n01 X PIC 9.\n", lib__b="77 X PIC A.\n")
    assert items(found) == [("Y", "A", "lib/b.cpy:1:1"), ("Y", "9", "lib/a.cpy:2:1")]


def test_replace(parsed: Callable[..., Program]) -> None:
    found = parsed("REPLACE ==X (1)== BY ==PIC 9==.\n01 A X ( 1 ).\nREPLACE OFF.\n01 B PIC X(1).\n")
    assert items(found) == [("A", "9", "t.cob:6:1"), ("B", "X(1)", "t.cob:8:1")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "COPY NONE.\n",
            "t.cob:5:6: error: the copybook 'NONE' is not found\n    COPY NONE.\n         ^~~~\n"
            "  help: searched: inc/, ./; as it is and with .cpy .cbl .cob\n    add a folder with -I",
        ),
        (
            "COPY a.\n",
            "a.cpy:1:6: error: the copybook 'a' copies itself: t.cob → a.cpy → a.cpy\n    COPY a.",
        ),
        ("COPY b REPLACING ==X BY Y.\n", "t.cob:5:18: error: the pseudo-text has no end: == is missing"),
        ("COPY b REPLACING X Y.\n", "t.cob:5:20: error: BY is missing in REPLACING"),
        ("COPY b\n01 A PIC X.\n", "t.cob:6:1: error: the COPY statement is not understood here; it ends with a period"),
        ("REPLACE ==A== BY ==B==\n01 A PIC X.\n", "t.cob:6:4: error: BY is missing in REPLACING"),
    ],
)
def test_errors(parsed: Callable[..., Program], text: str, message: str) -> None:
    with pytest.raises(SourceErrors) as caught:
        parsed(text, a="COPY a.\n", b="01 B PIC X.\n")
    assert caught.value.errors[0].render().startswith(message)


def test_copybooks_that_grow_without_end(parsed: Callable[..., Program]) -> None:
    books = {f"c{at}": f"COPY c{at + 1}.\n" * 10 for at in range(12)}
    with pytest.raises(SourceErrors, match="more than 4096 COPY statements"):
        parsed("COPY c0.\n", **books, c12="01 A PIC X.\n")
