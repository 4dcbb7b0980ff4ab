"""File statements as events: what is asked, what changes, and which phrase is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import z3

from transpile.solvers.storage.steps import Answer, End, Event, Reached
from transpile.solvers.storage.values import NoTerm, Text, known_text

if TYPE_CHECKING:
    from conftest import Built

    Files = Callable[..., Built]

TEXT = """IDENTIFICATION DIVISION.
PROGRAM-ID. T.
ENVIRONMENT DIVISION.
INPUT-OUTPUT SECTION.
FILE-CONTROL.
    SELECT LINES-IN ASSIGN TO "a" ORGANIZATION LINE SEQUENTIAL.
    SELECT ITEMS ASSIGN TO "b" ORGANIZATION INDEXED ACCESS DYNAMIC RECORD KEY I-KEY FILE STATUS ST.
DATA DIVISION.
FILE SECTION.
FD LINES-IN.
01 L PIC X(6).
FD ITEMS.
01 I-RECORD.
   05 I-KEY PIC X(2).
   05 I-TEXT PIC X(3).
WORKING-STORAGE SECTION.
01 ST PIC XX.
01 W PIC X(4).
01 A PIC 9(3).
PROCEDURE DIVISION.
"""


@pytest.fixture
def files(built: Callable[[str], Built]) -> Files:
    return lambda statements: built(f"{TEXT}P.\n{statements}.\nQ.\nSTOP RUN.\n")


def _event(made: Built) -> tuple[Reached, Event]:
    (reached,) = made.start("P")
    assert isinstance(reached.at, Event)
    return reached, reached.at


def _answer(event: Event) -> Answer:
    return Answer({name: z3.Bool(name) for name in event.truths})


@pytest.mark.parametrize(
    ("statement", "options", "values"),
    [
        ("OPEN INPUT LINES-IN", ("open", "input"), 0),
        ("CLOSE LINES-IN", ("close",), 0),
        ('READ LINES-IN AT END MOVE "E" TO W END-READ', ("read_next", "expects=1"), 0),
        ("READ LINES-IN", ("read_next",), 0),
        ('READ ITEMS INVALID KEY MOVE "E" TO W END-READ', ("read",), 1),
        ('READ ITEMS NEXT AT END MOVE "E" TO W END-READ', ("read_next",), 0),
        ("WRITE L", ("write",), 1),
        ("WRITE L AFTER ADVANCING 2 LINES", ("write", "after=2"), 1),
        ("WRITE L AFTER ADVANCING A LINES", ("write", "after=value"), 2),
        ("WRITE L BEFORE ADVANCING PAGE", ("write", "before=0", "page=True"), 1),
        ("REWRITE I-RECORD", ("rewrite",), 1),
        ("DELETE ITEMS", ("delete",), 1),
        ("START ITEMS KEY IS NOT LESS THAN I-KEY", ("start", ">="), 1),
    ],
)
def test_what_is_asked(files: Files, statement: str, options: tuple[str, ...], values: int) -> None:
    _, event = _event(files(statement))
    assert (event.kind, event.options, len(event.values)) == ("file", options, values)


def test_the_record_and_the_status_change(files: Files) -> None:
    made = files("READ ITEMS NEXT")
    _, event = _event(made)
    assert event.changes == {made.fields["I-RECORD"].number, made.fields["ST"].number}


def test_a_record_is_filled_before_it_is_written(files: Files) -> None:
    _, event = _event(files('WRITE L FROM "AB"'))
    (written,) = event.values
    assert isinstance(written, Text) and known_text(written) == b"AB    "


def test_each_outcome_has_its_phrase(files: Files) -> None:
    made = files('READ LINES-IN AT END MOVE "END" TO W NOT AT END MOVE L TO W END-READ')
    reached, event = _event(made)
    found = []
    for each in made.machine.advance(reached, _answer(event)):
        assert isinstance(each.at, End)
        solver = z3.Solver()
        solver.add(*each.path.conditions, z3.Bool("at end"))
        word = each.storage.read(made.fields["W"])
        assert isinstance(word, Text)
        found.append((solver.check() == z3.sat, known_text(word)))
    assert sorted(found, key=str) == [(False, None), (True, b"END ")]


def test_a_status_tells_the_outcome(files: Files) -> None:
    made = files('READ ITEMS NEXT AT END MOVE "END" TO W END-READ')
    reached, event = _event(made)
    ways = made.machine.advance(reached, _answer(event))
    status = reached.storage.read(made.fields["ST"])
    assert isinstance(status, Text)
    for each in ways:
        solver = z3.Solver()
        solver.add(*each.path.conditions, z3.Bool("at end"), status.chars[0] != ord("1"))
        assert solver.check() == z3.unsat


def test_files_are_opened_one_after_the_other(files: Files) -> None:
    made = files("OPEN INPUT LINES-IN OUTPUT ITEMS")
    reached, event = _event(made)
    (after,) = made.machine.advance(reached, _answer(event))
    assert isinstance(after.at, Event)
    assert (event.name, after.at.name, after.at.options) == ("LINES-IN", "ITEMS", ("open", "output"))


def test_the_end_of_a_run_has_its_code(files: Files) -> None:
    made = files("STOP RUN")
    _, event = _event(made)
    assert event.kind == "stop" and len(event.values) == 1


def test_end_of_page_has_no_meaning(files: Files) -> None:
    with pytest.raises(NoTerm):
        files("WRITE L AT END-OF-PAGE MOVE 1 TO A END-WRITE").start("P")
