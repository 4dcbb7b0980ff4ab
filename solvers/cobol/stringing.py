"""STRING … INTO."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.restructure.sharing import plain_digits
from transpile.solvers.cobol.inspecting import pattern_of, refuse_shared
from transpile.solvers.cobol.moving import kept, put, put_units
from transpile.solvers.cobol.operands import Evaluation, Numeric, Spot
from transpile.solvers.storage.stringing import strung
from transpile.solvers.storage.values import Int, NoTerm, Number, Text, Truth, integer

_POINTER_DIGITS = 9
"""GnuCOBOL looks at the low 32 bits of a pointer."""
_ROOM_DIGITS = 3
"""They count all characters that are followed up."""


def string(evaluation: Evaluation, statement: verbs.StringTogether) -> Truth:
    """Whether there is an overflow."""
    _apart(evaluation, statement)
    goal = evaluation.spot(statement.target)
    pointer = pointer_of(evaluation, statement.pointer)
    parts = [
        (_piece(evaluation, each), None if part.delimiter is None else pattern_of(evaluation, part.delimiter))
        for part in statement.parts
        for each in part.values
    ]
    made = strung(evaluation.bytes(goal), parts, start_of(evaluation, pointer))
    put(evaluation, goal, made.target)
    if pointer is not None and pointer.number is not None:
        put_units(evaluation, pointer, kept(pointer.number, Number(made.pointer)))
    return made.overflow


def _piece(evaluation: Evaluation, source: tree.Expression) -> Text:
    """Of a number with a sign its bytes."""
    if isinstance(source, tree.Reference):
        found = evaluation.operand(source)
        if isinstance(found, Numeric) and found.spot is not None:
            laid = found.spot.laid
            if laid is not None and laid.usage == "DISPLAY" and not plain_digits(laid):
                return evaluation.bytes(found.spot)
    return pattern_of(evaluation, source)


def pointer_of(evaluation: Evaluation, reference: tree.Reference | None) -> Spot | None:
    return None if reference is None else evaluation.spot(reference)


def start_of(evaluation: Evaluation, pointer: Spot | None) -> Int:
    if pointer is None:
        return integer(1)
    held, type_ = evaluation.held(pointer), pointer.number
    if not isinstance(held, Numeric) or type_ is None or type_.scale or type_.digits > _POINTER_DIGITS:
        raise NoTerm(f"STRING or UNSTRING with the pointer {pointer.field.origin}")
    if type_.digits < _ROOM_DIGITS and pointer.field.view.coding == "packed":
        raise NoTerm("a pointer of few packed digits, with which GnuCOBOL 3.1 forgets an overflow,")
    return held.number.units


def _apart(evaluation: Evaluation, statement: verbs.StringTogether) -> None:
    """GnuCOBOL changes the target with each part."""
    target, pointer = statement.target, statement.pointer
    looked_at = [*statement.parts, *target.subscripts, *filter(None, (target.slice, pointer))]
    refuse_shared(evaluation, target, looked_at)
