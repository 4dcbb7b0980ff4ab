"""Conditions with names, as COBOL's level 88: which of them are properties, and of which class."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.legacy.expressions import Bytes, Expression, Load, Named, Part, Place
from transpile.legacy.fields import Field
from transpile.legacy.statements import Program
from transpile.legacy.types import Text
from transpile.python.names import Names, Scope, inside, snake
from transpile.python.walking import expressions_in, expressions_of, parts_of

_OF_RECORDS = {"data", "text", "value", "area", "set_area", "view", "SIZE", "INITIAL"}


def name_conditions(program: Program, names: Names) -> tuple[Named, ...]:
    """Names for the conditions that are properties in ``program``; each of them once."""
    made: dict[tuple[int, tuple[str, ...]], Named] = {}
    scopes: dict[int, Scope] = {}
    for condition in _used(program):
        key = condition.of.number, condition.name
        if key not in made and _is_property(condition, names):
            name = snake(condition.name)
            names.conditions[key] = _scope(condition.of, names, scopes).new(name, f"is_{name}")
            made[key] = condition
    return tuple(made.values())


def class_of(field: Field, names: Names) -> int:
    """The number of the group or record whose class a field is in; 0 for that of the program."""
    record = names.roots[field.number]
    if names.is_area(record):
        return record.root.number
    parent = names.parents.get(field.number)
    return parent.number if parent else 0


def place_of(condition: Named) -> Place:
    """The field that a condition looks at, with its subscripts."""
    return next(
        each for each in expressions_of(condition.condition) if isinstance(each, Place) and each.field == condition.of
    )


def _used(program: Program) -> Iterator[Named]:
    for function in program.functions:
        for statement in function.body:
            yield from (each for each in expressions_in(statement) if isinstance(each, Named))
    for inner in program.programs:
        yield from _used(inner)


def _is_property(condition: Named, names: Names) -> bool:
    """The object that has the field knows all that the condition looks at."""
    of = condition.of
    if of.number not in names.roots or of.type is None:
        return False
    area, parent = names.is_area(names.roots[of.number]), names.parents.get(of.number)
    around = len(parent.dimensions) if parent and not area else 0
    if len(of.dimensions) != around:
        return False
    looked_at = list(_looked_at(condition.condition))
    return bool(looked_at) and all(_of_its_own(each, of, area) for each in looked_at)


def _looked_at(expression: Expression) -> Iterator[Expression]:
    """What is read to know it, without what says which elements."""
    if isinstance(expression, Load | Bytes | Part):
        yield expression
        return
    for each in parts_of(expression):
        yield from _looked_at(each)


def _of_its_own(value: Expression, of: Field, area: bool) -> bool:
    match value:
        case Load(place=Place(field=field)):
            return field == of
        case Bytes(target=Place(field=field)):
            return field == of and (isinstance(of.type, Text) or not area)
    return False


def _scope(field: Field, names: Names, scopes: dict[int, Scope]) -> Scope:
    """The names in the class that a field is in."""
    number = class_of(field, names)
    if not number:
        return names.own
    if number not in scopes:
        record = names.roots[field.number]
        tops = (record.root, *record.overlays)
        fields = [each for top in tops for each in (top, *inside(top))]
        if not names.is_area(record):
            fields = list(names.parents[field.number].members)
        taken = {names.attributes[each.number] for each in fields if each.number in names.attributes}
        scopes[number] = Scope(taken | _OF_RECORDS)
    return scopes[number]
