"""INSPECT and STRING as terms: with unknown characters, for which known ones are put in then, they give what the rules
give."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from unknowns import Unknown

from transpile.python.rules import cobol_rules
from transpile.solvers.storage.bounds import bounds
from transpile.solvers.storage.inspecting import converted, inspected, region
from transpile.solvers.storage.stringing import strung
from transpile.solvers.storage.values import NoTerm, Text, text

letters = st.sampled_from("aab ")
patterns = st.text(letters, min_size=1, max_size=3)
bounds_of = st.lists(
    st.tuples(st.sampled_from(["BEFORE", "AFTER"]), st.text(letters, min_size=1, max_size=2)), max_size=2
)
WORDS = ("CHARACTERS", "ALL", "LEADING", "FIRST", "TRAILING")
phrases = st.lists(
    st.tuples(st.booleans(), st.sampled_from(WORDS), patterns, st.none() | bounds_of), min_size=1, max_size=3
)


def _twice(value: str) -> str:
    return value[::-1].upper()


@settings(max_examples=150, deadline=None)
@given(st.text(letters, max_size=7), phrases, st.booleans())
def test_phrases_of_an_inspection(value: str, steps: Sequence[tuple], certain: bool) -> None:
    """``certain``: the patterns are known, as in most programs."""
    unknown = Unknown()
    theirs = cobol_rules.Inspection(value)
    content = unknown.text(value)
    mine = inspected(content)
    for counts, what, pattern, given_bounds in steps:
        pattern = "" if what == "CHARACTERS" else pattern
        their_region = None if given_bounds is None else theirs.region(*given_bounds)
        made = text if certain else unknown.text
        region_ = None if given_bounds is None else region(content, [(side, made(mark)) for side, mark in given_bounds])
        if counts:
            count, mine = mine.tally(what, made(pattern), region_)
            assert unknown.known(count) == theirs.tally(what, pattern, their_region)
        else:
            by = _twice(pattern) or "X"
            mine = mine.replace(what, made(pattern), made(by), region_)
            theirs.replace(what, pattern, by, their_region)
    assert unknown.words(Text(mine.new)) == theirs.replaced()


@settings(max_examples=50, deadline=None)
@given(st.text(letters, max_size=7), st.text(letters, max_size=3), st.none() | bounds_of)
def test_converting(value: str, old: str, given_bounds: Sequence[tuple[str, str]] | None) -> None:
    unknown = Unknown()
    content, new = unknown.text(value), "xyz"[: len(old)]
    their_region = None if given_bounds is None else cobol_rules.Inspection(value).region(*given_bounds)
    within = None if given_bounds is None else region(content, [(side, text(mark)) for side, mark in given_bounds])
    made = converted(content, old.encode(), new.encode(), within)
    assert unknown.words(made) == cobol_rules.convert(value, old, new, their_region)


@settings(max_examples=100, deadline=None)
@given(
    st.text("....", min_size=1, max_size=6),
    st.lists(st.tuples(st.text(letters, max_size=5), st.none() | patterns), min_size=1, max_size=3),
    st.integers(-1, 8),
    st.booleans(),
)
def test_string(target: str, parts: Sequence[tuple[str, str | None]], pointer: int, certain: bool) -> None:
    """``certain``: the pointer and the delimiters are known."""
    unknown = Unknown()
    made = text if certain else unknown.text
    start = z3.IntVal(pointer) if certain else unknown.number(pointer)
    given_parts = [(unknown.text(part), None if mark is None else made(mark)) for part, mark in parts]
    mine = strung(unknown.text(target), given_parts, start)
    theirs = cobol_rules.string(target, parts, pointer)
    assert (unknown.words(mine.target), unknown.known(mine.pointer)) == (theirs.target, theirs.pointer)
    assert unknown.holds(mine.overflow) == theirs.overflow


def test_what_is_not_looked_for() -> None:
    unknown = Unknown()
    content = inspected(unknown.text("abc"))
    with pytest.raises(NoTerm, match="empty"):
        content.tally("ALL", text(""))
    with pytest.raises(NoTerm, match="another length"):
        content.replace("ALL", text("a"), text("bc"))
    with pytest.raises(NoTerm, match="another text"):
        content.tally("ALL", text("a"), region(unknown.text("ab"), []))
    with pytest.raises(NoTerm, match="5000 characters"):
        inspected(text("a" * 5000)).tally("ALL", text("b"))
    with pytest.raises(NoTerm, match="MOST"):
        content.tally("MOST", text("a"))


def test_bounds_are_seen_of_counts_and_pointers() -> None:
    unknown = Unknown()
    count, _ = inspected(unknown.text("abcde")).tally("ALL", text("a"))
    assert bounds(count) == (0, 5)
    made = strung(unknown.text("....."), [(unknown.text("abc"), text(" "))], z3.IntVal(2))
    assert bounds(made.pointer) == (2, 6)
    assert bounds(unknown.number(1) + 1) is None
