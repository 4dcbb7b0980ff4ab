"""UNSTRING as terms: with unknown characters, for which known ones are put in then, they give what the rules give."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from unknowns import Unknown

from transpile.python.rules import cobol_rules
from transpile.solvers.storage.unstringing import unstring
from transpile.solvers.storage.values import NoTerm, text

letters = st.sampled_from("aab, ")
marks = st.lists(st.tuples(st.text("a,", min_size=1, max_size=2), st.booleans()), max_size=3)


@settings(max_examples=200, deadline=None)
@given(st.text(letters, min_size=1, max_size=8), marks, st.integers(-1, 9), st.booleans(), st.integers(1, 4))
def test_pieces(value: str, delimiters: Sequence[tuple[str, bool]], pointer: int, certain: bool, size: int) -> None:
    """``certain``: the pointer and the delimiters are known, as in most programs."""
    unknown = Unknown()
    made = text if certain else unknown.text
    start = z3.IntVal(pointer) if certain else unknown.number(pointer)
    mine = unstring(unknown.text(value), [(made(mark), every) for mark, every in delimiters], start)
    theirs = cobol_rules.Unstring(value, delimiters, pointer)
    for _ in range(3):
        present, piece, mine = mine.next(size)
        expected = theirs.next(size)
        assert unknown.holds(present) == (expected is not None)
        if expected is not None:
            assert unknown.words(piece.text.filled(10)) == expected.text.ljust(10)
            assert unknown.words(piece.text.filled(2)) == expected.text.ljust(2)[:2]
            assert unknown.known(piece.text.length) == len(expected.text)
            assert unknown.words(piece.delimiter.filled(2)) == expected.delimiter.ljust(2)
            assert unknown.known(piece.delimiter.length) == len(expected.delimiter)
        assert unknown.known(mine.pointer) == theirs.pointer
        assert unknown.known(mine.count) == theirs.count
        assert unknown.holds(mine.overflow) == theirs.overflow


@given(st.text("12-+., \tA", max_size=6), st.integers(1, 5), st.integers(0, 3), st.integers(0, 3))
def test_spaces_behind_a_number_change_nothing(value: str, digits: int, scale: int, spaces: int) -> None:
    """So that a piece may be filled before it is read as a number."""
    found = cobol_rules.number_of_text(value, digits, scale)
    assert cobol_rules.number_of_text(value + " " * spaces, digits, scale) == found
    assert abs(found) < 10**digits


def test_what_is_not_taken_apart() -> None:
    with pytest.raises(NoTerm, match="empty"):
        unstring(text("abc"), [(text(""), False)], z3.IntVal(1))
    with pytest.raises(NoTerm, match="300 characters"):
        unstring(text("a" * 300), [], z3.IntVal(1))
    with pytest.raises(NoTerm, match="nothing"):
        unstring(text("abc"), [], z3.IntVal(1)).next()
