"""Loops that count: ``for … in range`` where nobody sees the difference.

The counter becomes a variable of the loop. That is right where the field is named nowhere in the program but inside
such loops of its own, as nobody can then see its value before, after, or from another function.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from transpile.legacy.expressions import (
    Arithmetic,
    Compare,
    Constant,
    Expression,
    Fit,
    Intrinsic,
    Load,
    Not,
    Place,
)
from transpile.legacy.fields import Field
from transpile.legacy.files import File
from transpile.legacy.statements import Assign, Body, Continue, Program, Return, Statement, While
from transpile.legacy.types import Number
from transpile.python.code import literal, shifted
from transpile.python.expressions import Expressions
from transpile.python.extents import extent
from transpile.python.walking import expressions_in, expressions_of, pieces_of, statements_of


@dataclass(frozen=True, slots=True)
class Counting:
    """``body`` is that of ``loop`` without its last statement, which counts."""

    field: Field
    variable: str
    range: str
    loop: While
    body: Body
    remarks: tuple[str, ...]


def counting(statements: Body, expressions: Expressions) -> Counting | None:
    """The loop that an assignment and a ``while`` are."""
    match statements:
        case (
            Assign(target=Place(field=field, subscripts=()), value=start) as first,
            While(condition=condition, after=False, body=(*rest, last)) as loop,
        ) if condition is not None and not loop.remarks:
            pass
        case _:
            return None
    step, limit = _step(last, field), _limit(condition, field)
    if step is None or limit is None or field.shared or field.number not in expressions.names.roots:
        return None
    if not _alone(field, expressions.program):
        return None
    operator, end = limit
    if (step > 0) != (operator in ("<", "<=")) or not _steady(end, tuple(rest)) or _continues(tuple(rest)):
        return None
    if not _has_room(field, last, end, step) or expressions.kind(end) != "int":
        return None
    stop = expressions.code(end)
    if operator in ("<=", ">="):
        stop = shifted(stop, 1 if step > 0 else -1)
    begin = expressions.code(start)
    parts = [] if begin.text == "0" and step == 1 else [begin.text]
    parts += [stop.text] + ([] if step == 1 else [literal(step).text])
    seen = any(_names(each, field) for inner in rest for each in expressions_in(inner))
    variable = expressions.names.attributes[field.number] if seen else "_"
    return Counting(field, variable, f"range({', '.join(parts)})", loop, tuple(rest), (*first.remarks,))


def _step(statement: Statement, field: Field) -> int | None:
    load = Load(Place(field))
    match statement:
        case Assign(
            target=Place(field=target, subscripts=()), value=Fit(value=Arithmetic() as sum) | (Arithmetic() as sum)
        ):
            if target != field:
                return None
        case _:
            return None
    match sum:
        case Arithmetic(operator="+", left=Constant(value=int(step)), right=other) if other == load and step:
            return step
        case Arithmetic(operator="+", left=other, right=Constant(value=int(step))) if other == load and step:
            return step
        case Arithmetic(operator="-", left=other, right=Constant(value=int(step))) if other == load and step:
            return -step
    return None


_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _limit(condition: Expression | None, field: Field) -> tuple[str, Expression] | None:
    load, opposite = Load(Place(field)), False
    while isinstance(condition, Not):
        condition, opposite = condition.operand, not opposite
    match condition:
        case Compare(operator="<" | "<=" | ">" | ">=" as operator, left=left, right=right) if left == load:
            return (_OPPOSITE[operator] if opposite else operator), right
    return None


def _kept(counts: Statement, field: Field) -> object:
    """The type that the counter is kept in when ``counts`` has counted."""
    match counts:
        case Assign(value=Fit(type=kind)):
            return kind
    return field.type


def _has_room(field: Field, counts: Statement, end: Expression, step: int) -> bool:
    """The counter holds every value that it takes, the last one too."""
    kind, last = _kept(counts, field), extent(end)
    if not isinstance(kind, Number) or kind.scale or last.low is None or last.high is None:
        return False
    if step > 0:
        return last.high + step <= kind.largest
    return last.low + step >= kind.smallest


def _steady(end: Expression, body: Body) -> bool:
    """``end`` keeps its value in the loop: a constant, or fields that nothing there can change."""
    loads = [each for each in expressions_of(end) if isinstance(each, Place | Intrinsic)]
    if not loads:
        return True
    if any(isinstance(each, Intrinsic) or each.subscripts or each.field.shared for each in loads):
        return False
    numbers = {each.field.number for each in loads if isinstance(each, Place)}
    for statement in statements_of(body):
        if type(statement).__name__ in ("Perform", "Operation", "Store"):
            return False
        if isinstance(statement, Assign) and _target(statement) in numbers:
            return False
    return True


def _target(statement: Assign) -> int:
    target = statement.target
    return (target if isinstance(target, Place) else target.place).field.number


def _continues(body: Body) -> bool:
    """It goes on before its end: then the counter would count in a ``for``, and not in the ``while``."""
    return any(isinstance(each, Continue | Return) for each in statements_of(body))


def _alone(field: Field, program: Program) -> bool:
    """``field`` is named only in loops that count it, each of which starts by setting it."""
    if program.programs or any(_names(place, field) for file in program.files for place in _of_file(file)):
        return False
    return not any(_loose(function.body, field, False) for function in program.functions)


def _of_file(file: File) -> Iterator[Expression]:
    yield from (each for each in (file.outside, file.depending, file.relative, file.status) if each is not None)
    yield from (key.place for key in file.keys)
    if file.linage is not None:
        linage = file.linage
        parts = (linage.lines, linage.counter, linage.footing, linage.top, linage.bottom)
        yield from (each for each in parts if each is not None)


def _loose(body: Body, field: Field, inside: bool) -> bool:
    at = 0
    while at < len(body):
        match body[at : at + 2]:
            case (
                Assign(target=Place(field=counter, subscripts=()), value=start),
                While(condition=condition) as loop,
            ) if (
                counter == field
                and not inside
                and loop.body
                and _step(loop.body[-1], field) is not None
                and _limit(condition, field) is not None
            ):
                limit = _limit(condition, field)
                if _names(start, field) or (limit and _names(limit[1], field)) or _changes(loop.body[:-1], field):
                    return True
                if not _countable(field, loop):
                    return True
                at += 2
                continue
        if _loose_in(body[at], field, inside):
            return True
        at += 1
    return False


def _countable(field: Field, loop: While) -> bool:
    limit, step = _limit(loop.condition, field), _step(loop.body[-1], field)
    assert limit is not None and step is not None
    steady = _steady(limit[1], loop.body[:-1]) and not _continues(loop.body[:-1]) and not loop.remarks
    right_way = (step > 0) == (limit[0] in ("<", "<=")) and not loop.after
    return steady and right_way and _has_room(field, loop.body[-1], limit[1], step) and _whole(limit[1])


def _whole(end: Expression) -> bool:
    known = extent(end)
    return (known.scale == 0 and not isinstance(end, Constant)) or (
        isinstance(end, Constant) and isinstance(end.value, int)
    )


def _changes(body: Body, field: Field) -> bool:
    for statement in statements_of(body):
        if isinstance(statement, Assign) and _target(statement) == field.number:
            return True
        if type(statement).__name__ in ("Store", "Operation") and any(
            isinstance(each, Place) and each.field == field for each in expressions_in(statement)
        ):
            return True
    return False


def _loose_in(statement: Statement, field: Field, inside: bool) -> bool:
    for each in pieces_of(statement):
        if isinstance(each, Expression):
            if _names(each, field):
                return True
        elif _loose(each, field, inside):
            return True
    return False


def _names(expression: Expression, field: Field) -> bool:
    return any(isinstance(each, Place) and each.field == field for each in expressions_of(expression))
