"""UNSTRING … INTO."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.solvers.cobol.inspecting import IN_PICTURE, count_in, pattern_of, refuse_shared
from transpile.solvers.cobol.moving import kept, move, put_units
from transpile.solvers.cobol.operands import Characters, Evaluation, Numeric, Spot
from transpile.solvers.cobol.stringing import pointer_of, start_of
from transpile.solvers.storage.storage import merged
from transpile.solvers.storage.unstringing import Piece, Varying, unstring
from transpile.solvers.storage.values import Int, NoTerm, Number, Truth, fits


def take_apart(evaluation: Evaluation, statement: verbs.Unstring) -> Truth:
    """Whether there is an overflow."""
    _apart(evaluation, statement)
    handler = statement.on_overflow
    if statement.tallying is not None and handler is not None and handler.yes is None:
        raise NoTerm("NOT ON OVERFLOW alone beside TALLYING, which GnuCOBOL 3.1 passes by where the counter overflows,")
    delimiters = [(pattern_of(evaluation, each), every) for each, every in statement.delimiters]
    pointer = pointer_of(evaluation, statement.pointer)
    state = unstring(pattern_of(evaluation, statement.source), delimiters, start_of(evaluation, pointer))
    for target in statement.targets:
        present, piece, state = state.next(0 if delimiters else _room(evaluation.spot(target.target)))
        if z3.is_false(present):
            break
        before = evaluation.storage
        with evaluation.where(present):
            _into(evaluation, target, piece)
        if not z3.is_true(present):
            evaluation.storage = merged(present, evaluation.storage, before)
    if pointer is not None and pointer.number is not None:
        put_units(evaluation, pointer, kept(pointer.number, Number(state.pointer)))
    if statement.tallying is not None:
        count_in(evaluation, evaluation.spot(statement.tallying), state.count)
    return state.overflow


def _into(evaluation: Evaluation, target: verbs.UnstringTarget, piece: Piece) -> None:
    _move(evaluation, piece.text, evaluation.spot(target.target))
    if target.delimiter is not None:
        goal = evaluation.spot(target.delimiter)
        if goal.laid is None or goal.laid.category not in ("alphanumeric", "alphabetic"):
            raise NoTerm(f"DELIMITER IN {goal.field.origin}, which is no plain text")
        _move(evaluation, piece.delimiter, goal)
    if target.count is not None:
        _count(evaluation, evaluation.spot(target.count), piece.text.length)


def _move(evaluation: Evaluation, value: Varying, goal: Spot) -> None:
    """Spaces behind text change nothing, also where a number is read from it."""
    if goal.laid is None or goal.laid.item.justified:
        raise NoTerm(f"UNSTRING to {goal.field.origin}, whose end counts")
    plain = goal.number is None and goal.laid.category != "numeric-edited"
    move(evaluation, Characters(value.filled(goal.size) if plain else value.all()), goal)


def _count(evaluation: Evaluation, spot: Spot, length: Int) -> None:
    held, type_ = evaluation.held(spot), spot.number
    if not isinstance(held, Numeric) or type_ is None or type_.scale:
        raise NoTerm(f"UNSTRING that counts in {spot.field.origin}")
    if spot.field.view.coding != "display":
        evaluation.assume(fits(length, type_.digits), IN_PICTURE)
    put_units(evaluation, spot, kept(type_, Number(length)))


def _room(spot: Spot) -> int:
    """How many characters a field takes where there are no delimiters."""
    if spot.number is not None and spot.laid is not None and spot.field.view.separate:
        return spot.number.digits
    return spot.size


def _apart(evaluation: Evaluation, statement: verbs.Unstring) -> None:
    """GnuCOBOL changes one field after the other, and looks at the source and the delimiters each time."""
    looked_at = [statement.source, *(each for each, _ in statement.delimiters)]
    changed = list(_changed(statement))
    for each in changed:
        refuse_shared(evaluation, each, looked_at)
    last = [each for each in (statement.pointer, statement.tallying) if each is not None]
    for each in last:
        refuse_shared(evaluation, each, [other for other in (*changed, *last) if other is not each])


def _changed(statement: verbs.Unstring) -> Iterator[tree.Reference]:
    for target in statement.targets:
        yield from (each for each in (target.target, target.delimiter, target.count) if each is not None)
