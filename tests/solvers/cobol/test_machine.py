"""Heads, events, keys and what is assumed: paragraphs of which nothing is known but their text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import z3

from transpile.solvers.storage.steps import Answer, End, Event, Head, Reached
from transpile.solvers.storage.values import NoTerm, Number, Text, known, known_text

if TYPE_CHECKING:
    from conftest import Built

    Paragraph = Callable[..., Built]

NUMBERS = "01 A PIC 9(3). 01 B PIC 9(3). 01 S PIC S9(3). 01 W PIC X(4)."
TABLE = """01 T. 05 E PIC 9(3) OCCURS 8 ASCENDING KEY IS E INDEXED BY I.
01 A PIC 9(3). 01 W PIC X(4) VALUE SPACES."""


def _value(made: Built, reached: Reached, name: str) -> z3.ArithRef:
    found = reached.storage.read(made.fields[name])
    assert isinstance(found, Number)
    return found.units


def _follows(reached: Reached, consequence: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(*reached.path.conditions, z3.Not(consequence))
    return bool(solver.check() == z3.unsat)


def test_both_ways_of_a_plain_if_are_one_path(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "IF A > 5 MOVE 1 TO B ELSE MOVE 2 TO B END-IF.")
    (reached,) = made.start("P")
    assert isinstance(reached.at, End)
    a = _value(made, reached, "A")
    assert _follows(reached, _value(made, reached, "B") == z3.If(a > 5, 1, 2))


def test_a_way_with_an_event_is_a_path_of_its_own(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, 'IF A > 5 DISPLAY "BIG" END-IF.')
    ends = sorted(type(each.at).__name__ for each in made.start("P"))
    assert ends == ["End", "Event"]


@pytest.mark.parametrize(
    ("loop", "heads"),
    [
        ("PERFORM UNTIL A > 5 ADD 1 TO A END-PERFORM", 1),
        ("PERFORM VARYING A FROM 1 BY 1 UNTIL A > 5 ADD 1 TO B END-PERFORM", 1),
        ("PERFORM VARYING A FROM 1 BY 1 UNTIL A > 5 AFTER B FROM 1 BY 1 UNTIL B > A ADD 1 TO S END-PERFORM", 2),
        ("PERFORM WITH TEST AFTER UNTIL A > 5 ADD 1 TO A END-PERFORM", 1),
        ("PERFORM B TIMES ADD 1 TO A END-PERFORM", 1),
        ("PERFORM Q UNTIL A > 5", 1),
    ],
)
def test_every_round_comes_to_the_same_head(paragraph: Paragraph, loop: str, heads: int) -> None:
    made = paragraph(NUMBERS, f"{loop}.", Q="ADD 1 TO A.")
    keys: set[object] = set()
    todo = made.start("P")
    ended = False
    for _ in range(60):
        if not todo:
            break
        reached = todo.pop(0)
        if isinstance(reached.at, End):
            ended = True
        elif isinstance(reached.at, Head):
            keys.add(reached.key)
            todo += made.machine.advance(reached, Answer())
        else:
            todo += made.machine.enter(reached)
    assert len(keys) == heads
    assert ended


def test_rounds_of_times_are_hidden_values(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "PERFORM B TIMES ADD 1 TO A END-PERFORM.")
    (reached,) = made.start("P")
    assert isinstance(reached.at, Head)
    done, total = reached.at.hidden
    assert known(done) == 0 and total.eq(_value(made, reached, "B"))
    other = made.machine.with_hidden(reached, (z3.IntVal(3), z3.IntVal(3)))
    assert other.key == reached.key
    (after,) = made.machine.advance(other, Answer())
    assert isinstance(after.at, End)


def test_performed_ranges_are_named_by_their_paragraphs(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "PERFORM Q THRU Q-END.", Q="GO TO Q-END.", R="ADD 1 TO A.", **{"Q-END": "ADD 1 TO B."})
    (reached,) = made.start("P")
    first, last = made.paragraph("Q"), made.paragraph("Q-END")
    assert isinstance(reached.at, Event) and reached.at.name == f"{first}-{last}" and reached.at.changes is not None
    records = {record.root.number: record.root.origin for record in made.machine.scene.program.records}
    assert {records[number] for number in reached.at.changes} == {"A", "B"}
    (inner,) = made.machine.enter(reached)
    assert inner.at == Head(label="forward")
    (after,) = made.machine.advance(inner, Answer())
    assert isinstance(after.at, End)
    assert _value(made, after, "A").eq(_value(made, reached, "A"))
    assert not _value(made, after, "B").eq(_value(made, reached, "B"))


def test_a_range_runs_on_into_the_next_paragraph_by_a_label(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "ADD 1 TO A.", Q="ADD 1 TO B.")
    (reached,) = made.start("P", last="Q")
    assert reached.at == Head(label="forward")
    (after,) = made.machine.advance(reached, Answer())
    assert isinstance(after.at, End)


def test_behind_the_last_paragraph_the_program_is_left(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "GO TO Q.", Q="ADD 1 TO B.")
    (reached,) = made.start("P")
    (after,) = made.machine.advance(reached, Answer())
    assert isinstance(after.at, Event) and after.at.kind == "leave"


def test_subscripts_are_assumed_to_lie_in_their_tables_where_they_are_looked_at(paragraph: Paragraph) -> None:
    made = paragraph(TABLE, 'IF A > 0 AND E(A) = 7 MOVE "X" TO W END-IF.')
    (reached,) = made.start("P")
    assert reached.path.assumed == {"subscripts lie in their tables"}
    a = _value(made, reached, "A")
    assert _follows(reached, a <= 8)
    assert not _follows(reached, a > 0)


def test_a_size_error_leaves_the_receiver_alone(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, 'MULTIPLY 7 BY A ON SIZE ERROR MOVE "E" TO W END-MULTIPLY.')
    before = made.storage().read(made.fields["A"])
    (reached,) = made.start("P", made.storage())
    assert isinstance(before, Number)
    product = before.units * 7
    wanted = _value(made, reached, "A") == z3.If(product > 999, before.units, product)
    assert _follows(reached, z3.Implies(z3.And(before.units >= 0, before.units <= 999), wanted))


def test_division_by_zero_is_a_size_error(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "DIVIDE A BY B GIVING S.")
    start = made.storage()
    (reached,) = made.start("P", start)
    b, s = (start.read(made.fields[name]) for name in "BS")
    assert isinstance(b, Number) and isinstance(s, Number)
    assert _follows(reached, z3.Implies(b.units == 0, _value(made, reached, "S") == s.units))


def test_zero_to_the_zero_is_a_size_error_that_is_stored(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, 'COMPUTE A = B ** 0 ON SIZE ERROR MOVE "E" TO W NOT ON SIZE ERROR MOVE "O" TO W.')
    start = made.storage()
    (reached,) = made.start("P", start)
    b, w = start.read(made.fields["B"]), reached.storage.read(made.fields["W"])
    assert isinstance(b, Number) and isinstance(w, Text)
    assert _follows(reached, _value(made, reached, "A") == 1)
    assert _follows(reached, w.chars[0] == z3.If(b.units == 0, z3.IntVal(ord("E")), z3.IntVal(ord("O"))))


def test_search_runs_to_its_branches(paragraph: Paragraph) -> None:
    text = 'SET I TO 1. SEARCH E AT END MOVE "NONE" TO W WHEN E(I) = A MOVE "HIT" TO W END-SEARCH.'
    made = paragraph(TABLE, text)
    (head,) = made.start("P")
    assert isinstance(head.at, Head) and not head.at.label
    kinds = [type(each.at).__name__ for each in made.machine.advance(head, Answer())]
    assert sorted(kinds) == ["End", "Head"]


@pytest.mark.parametrize(("wanted", "found"), [(3, 2), (15, 8), (1, 1), (4, None)])
def test_search_all_finds_the_element(paragraph: Paragraph, wanted: int, found: int | None) -> None:
    text = 'SEARCH ALL E AT END MOVE "NONE" TO W WHEN E(I) = A MOVE "HIT" TO W END-SEARCH.'
    made = paragraph(TABLE, text)
    storage = made.storage().write(made.fields["A"], Number(z3.IntVal(wanted)))
    for at in range(8):
        storage = storage.write(made.fields["E"], Number(z3.IntVal(2 * at + 1)), (z3.IntVal(at),))
    todo = made.start("P", storage)
    while not isinstance(todo[0].at, End):
        todo = made.machine.advance(todo[0], Answer())
        assert len(todo) == 1
    word = todo[0].storage.read(made.fields["W"])
    assert isinstance(word, Text)
    assert known_text(word) == (b"HIT " if found else b"NONE")
    assert found is None or known(_value(made, todo[0], "I")) == found


def test_what_is_accepted_is_the_answer(paragraph: Paragraph) -> None:
    made = paragraph(NUMBERS, "ACCEPT W.")
    (reached,) = made.start("P")
    assert isinstance(reached.at, Event) and (reached.at.kind, reached.at.name, reached.at.results) == (
        "accept",
        "",
        (4,),
    )
    given = Text(tuple(z3.Int(f"c{at}") for at in range(4)))
    (after,) = made.machine.advance(reached, Answer(results=(given,)))
    assert after.storage.read(made.fields["W"]) == given


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CANCEL W", "CANCEL is not in the model"),
        ("MOVE W(A:1) TO W", "reference modification with variable bounds"),
        ("COMPUTE A = B ** S", "a power whose exponent is no small constant"),
        ("COMPUTE A = FUNCTION SQRT(B)", "FUNCTION SQRT is not in the model"),
    ],
)
def test_what_has_no_meaning_says_so(paragraph: Paragraph, statement: str, reason: str) -> None:
    made = paragraph(NUMBERS, f"{statement}.")
    with pytest.raises(NoTerm, match="^" + reason.replace("*", r"\*")):
        made.start("P")
