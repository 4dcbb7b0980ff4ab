"""What places read, and what an assignment to them does."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from transpile.legacy.fields import Field
from transpile.legacy.types import Number as NumberType
from transpile.legacy.types import Text as TextType
from transpile.solvers.python.classes import View, view_of
from transpile.solvers.python.places import Area, Places, Raw, Target, Whole
from transpile.solvers.python.values import Kind, Num, PyValue, units_of
from transpile.solvers.storage.bounds import within
from transpile.solvers.storage.coding import coding_of
from transpile.solvers.storage.storage import Storage
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    Truth,
    Value,
    choose_text,
    fits,
    integer,
    known,
    resized,
    units_at,
)

MAX_CHOICES = 64
"""Elements that an unknown subscript may choose between, where bytes are looked at."""


def read(places: Places, storage: Storage, target: Target, subscripts: tuple[Int, ...]) -> PyValue:
    match target:
        case Whole(area=area):
            return storage.bytes(area.number, 0, area.size)
        case Raw(area=area, view=view):
            return _read_raw(places, storage, area, view, subscripts)
        case Field(type=NumberType(digits=digits, scale=scale, bits=bits)):
            value = storage.read(target, subscripts)
            assert isinstance(value, Number)
            kind = kind_of(target)
            return Num(value, kind, scale, max(digits, len(str(1 << bits)) if bits else 0))
        case Field(type=TextType()):
            value = storage.read(target, subscripts)
            assert isinstance(value, Text)
            return value
    raise NoTerm(f"{target.origin} is a floating-point number or a pointer")


def kind_of(field: Field) -> Kind:
    assert isinstance(field.type, NumberType)
    return "decimal" if field.type.scale else "int"


def _read_raw(places: Places, storage: Storage, area: Area, view: View, subscripts: tuple[Int, ...]) -> Text:
    starts = _starts(view, subscripts)
    if len(starts) == 1:
        return storage.bytes(area.number, starts[0][1], view.size)
    group = _group(places, area, view)
    if group is not None and storage.layout.places[next(_leaves(group)).number].cell.field is not None:
        return _read_group(storage, group, subscripts)
    chosen: Text | None = None
    for condition, start in starts:
        data = storage.bytes(area.number, start, view.size)
        chosen = data if chosen is None else choose_text(condition, data, chosen)
    assert chosen is not None
    return chosen


def _group(places: Places, area: Area, view: View) -> Field | None:
    return next((each for each in places.groups[area.number] if view_of(each) == view), None)


def _leaves(group: Field) -> Iterator[Field]:
    for member in group.members:
        if member.type is None:
            yield from _leaves(member)
        else:
            yield member


def _elements(group: Field, subscripts: tuple[Int, ...]) -> Iterator[tuple[Field, tuple[Int, ...]]]:
    """The elementary fields of one element of ``group``, in the order of their bytes."""
    for member in group.members:
        inner = member.dimensions[len(group.dimensions) :]
        for more in _products([each.count for each in inner]):
            here = (*subscripts, *more)
            if member.type is None:
                yield from _elements(member, here)
            else:
                yield member, here


def _products(counts: list[int]) -> Iterator[tuple[Int, ...]]:
    if not counts:
        yield ()
        return
    for at in range(counts[0]):
        for rest in _products(counts[1:]):
            yield (integer(at), *rest)


def _read_group(storage: Storage, group: Field, subscripts: tuple[Int, ...]) -> Text:
    chars: list[Int] = []
    for member, here in _elements(group, subscripts):
        value = storage.read(member, here)
        if isinstance(value, Number):
            value = storage.codings.encode(coding_of(member), value.units)
        chars += value.chars
    if len(chars) != group.view.size:
        raise NoTerm(f"the group {group.origin} has bytes that belong to no field")
    return Text(tuple(chars))


def _starts(view: View, subscripts: tuple[Int, ...]) -> list[tuple[Truth, int]]:
    starts: list[tuple[Truth, int]] = [(z3.BoolVal(True), view.offset)]
    for (count, stride), subscript in zip(view.dimensions, subscripts, strict=True):
        number = known(subscript)
        if number is not None:
            starts = [(condition, start + number * stride) for condition, start in starts]
            continue
        if len(starts) * count > MAX_CHOICES:
            raise NoTerm("an element of a large table, as bytes")
        starts = [
            (z3.And(condition, subscript == at), start + at * stride)
            for condition, start in starts
            for at in range(count)
        ]
    return starts


def write(places: Places, storage: Storage, target: Target, subscripts: tuple[Int, ...], value: PyValue) -> Storage:
    """What an assignment does where nothing goes wrong; see ``wrong``."""
    match target:
        case Whole(area=area):
            return storage.put_bytes(area.number, 0, resized(_text(value, target), area.size))
        case Raw(area=area, view=view):
            return _write_raw(places, storage, area, view, subscripts, resized(_text(value, target), view.size))
        case Field(type=NumberType()):
            return storage.write(target, _number(places, target, value), subscripts)
        case Field(type=TextType()):
            text = _text(value, target)
            if target.number in places.views:
                text = resized(text, target.view.size)
            elif len(text) != target.view.size:
                raise NoTerm(f"{target.origin} is given {len(text)} characters, and not its {target.view.size}")
            return storage.write(target, text, subscripts)
    raise NoTerm(f"{target.origin} is a floating-point number or a pointer")


def _write_raw(
    places: Places, storage: Storage, area: Area, view: View, subscripts: tuple[Int, ...], data: Text
) -> Storage:
    starts = _starts(view, subscripts)
    if len(starts) == 1:
        return storage.put_bytes(area.number, starts[0][1], data)
    group = _group(places, area, view)
    if group is not None and storage.layout.places[next(_leaves(group)).number].cell.field is not None:
        return _write_group(storage, group, subscripts, data)
    for condition, start in starts:
        old = storage.bytes(area.number, start, view.size)
        storage = storage.put_bytes(area.number, start, choose_text(condition, data, old))
    return storage


def _write_group(storage: Storage, group: Field, subscripts: tuple[Int, ...], data: Text) -> Storage:
    at = 0
    for member, here in _elements(group, subscripts):
        piece = Text(data.chars[at : at + member.view.size])
        at += member.view.size
        value: Value = piece
        if isinstance(member.type, NumberType):
            coding = coding_of(member)
            if not storage.codings.holds_digits(coding, piece):
                raise NoTerm(f"bytes that may be no digits, in the table of {member.origin}")
            value = Number(storage.codings.decode(coding, piece), member.type.scale)
        storage = storage.write(member, value, here)
    if at != group.view.size:
        raise NoTerm(f"the group {group.origin} has bytes that belong to no field")
    return storage


def _text(value: PyValue, target: Target) -> Text:
    if not isinstance(value, Text):
        raise NoTerm(f"{_named(target)} is given something that is no text")
    return value


def _named(target: Target) -> str:
    return target.origin if isinstance(target, Field) else "a record"


def _number(places: Places, field: Field, value: PyValue) -> Number:
    """``value`` as a field holds it: a view cuts decimals and drops the sign; an attribute takes what it has."""
    type_ = field.type
    assert isinstance(type_, NumberType)
    if not isinstance(value, Num):
        raise NoTerm(f"{field.origin} is given something that is no number")
    if field.number in places.views:
        if not type_.scale and value.kind != "int":
            raise NoTerm(f"{field.origin} is given a Decimal")
        return Number(stored_units(field, units_at(value.number, type_.scale)), type_.scale)
    if value.kind != kind_of(field):
        raise NoTerm(f"{field.origin} is given {'an int' if value.kind == 'int' else 'a Decimal'}")
    if value.number.divisor is not None or not value.least == value.number.scale == type_.scale:
        raise NoTerm(f"{field.origin} may be given a number with other decimals than its {type_.scale}")
    return value.number


def stored_units(field: Field, units: Int) -> Int:
    """What the bytes of a field hold that is given so many units, if they have room (see ``room``)."""
    type_, coding = field.type, coding_of(field)
    assert isinstance(type_, NumberType)
    if coding.kind in ("display", "packed"):
        return units if type_.signed else units_of(z3.If(units < 0, -units, units))
    return wrapped(units, coding.size, type_.signed)


def wrapped(units: Int, size: int, signed: bool) -> Int:
    """The low bytes of a number, as ``rules.fit_native`` has it."""
    half = 1 << 8 * size - 1
    if within(units, -half if signed else 0, half - 1):
        return units
    if not signed:
        return units_of(z3.If(units < 0, -units, units) % (1 << 8 * size))
    return units_of((units + half) % (2 * half) - half)


def room(places: Places, target: Target, value: PyValue) -> Truth | None:
    """The condition under which the bytes of a view have room for a number; without it they are spoilt. None where
    there is no such condition."""
    if not isinstance(target, Field) or not isinstance(target.type, NumberType) or not isinstance(value, Num):
        return None
    if target.number not in places.views or coding_of(target).kind not in ("display", "packed"):
        return None
    return fits(units_at(value.number, target.type.scale), coding_of(target).digits)
