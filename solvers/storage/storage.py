"""What is in the cells, at one moment: an immutable mapping, and how fields and bytes are read and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import z3

from transpile.legacy.fields import Field
from transpile.legacy.types import Number as NumberType
from transpile.solvers.storage.cells import Cell, Layout, Place
from transpile.solvers.storage.coding import Codings, coding_of
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    Truth,
    Value,
    choose,
    choose_text,
    integer,
    known,
    same,
    units_at,
)

MAX_BYTES = 4096
"""Bytes that are looked at together."""
MAX_ELEMENTS = 64
"""Elements of a table in shared bytes that an unknown subscript may choose between."""


@dataclass(frozen=True, slots=True)
class Elements:
    """A table: ``parts`` are Z3 arrays from the number of an element, one of units, or one for each character."""

    parts: tuple[z3.ArrayRef, ...]


@dataclass(frozen=True, slots=True)
class Spelled:
    """A table of numbers whose bytes may be no digits: an array for each byte of an element."""

    parts: tuple[z3.ArrayRef, ...]


Held: TypeAlias = Int | Text | Elements | Spelled
"""Of a number its units, or bytes that may be no digits; of text its characters."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Places of the same program share ``layout`` and ``codings``."""

    layout: Layout
    codings: Codings
    held: Mapping[Cell, Held]

    # Elementary fields

    def read(self, field: Field, subscripts: Sequence[Int] = ()) -> Value:
        """The value of an element; ``subscripts`` count from 0, are in their tables, and one for each dimension."""
        place = self.layout.places[field.number]
        if place.cell.field is None:
            return self._shared(place, subscripts)
        held = self.held[place.cell]
        if isinstance(held, Elements | Spelled):
            chosen = _selected(held, _flat(place.cell.counts, subscripts))
            if isinstance(held, Spelled):
                return self._value(field, Text(chosen))
            return Number(chosen[0], _scale(field)) if place.cell.number is not None else Text(chosen)
        if place.cell.number is None:
            assert isinstance(held, Text)
            return held
        return self._value(field, held) if isinstance(held, Text) else Number(held, _scale(field))

    def write(self, field: Field, value: Value, subscripts: Sequence[Int] = ()) -> Storage:
        """``value`` has what the field has room for: its scale and no more digits, or as many characters."""
        place = self.layout.places[field.number]
        if place.cell.field is None:
            data = value if isinstance(value, Text) else self.codings.encode(coding_of(field), _units(field, value))
            return self._put_slice(place, subscripts, data)
        if place.cell.number is None:
            if not isinstance(value, Text) or len(value) != place.cell.size:
                raise NoTerm(f"{field.origin} is given something that is not text of its size")
            return self._put(place.cell, value, subscripts)
        if isinstance(value, Text):
            raise NoTerm(f"{field.origin} is given text")
        return self._put(place.cell, _units(field, value), subscripts)

    def _put(self, cell: Cell, new: Int | Text, subscripts: Sequence[Int]) -> Storage:
        held = self.held[cell]
        if not isinstance(held, Elements | Spelled):
            return self.having(cell, new)
        if isinstance(held, Spelled):
            new = _as_text(self, cell, new)
        parts = new.chars if isinstance(new, Text) else (new,)
        return self.having(cell, replace(held, parts=_stored(held, _flat(cell.counts, subscripts), parts)))

    def having(self, cell: Cell, held: Held) -> Storage:
        return replace(self, held={**self.held, cell: held})

    def _value(self, field: Field, data: Text) -> Value:
        if not isinstance(field.type, NumberType):
            return data
        return Number(self.codings.decode(coding_of(field), data), field.type.scale)

    # Bytes

    def bytes(self, record: int, start: int, size: int) -> Text:
        """``size`` bytes of a record, from offset ``start``."""
        if size > MAX_BYTES:
            raise NoTerm(f"{size} bytes at once")
        found: dict[int, Int] = {}
        for cell in self.layout.cells[record]:
            for at, number in cell.starts():
                if at < start + size and at + cell.size > start:
                    chars = self._chars(cell, number)
                    found |= {at + n: char for n, char in enumerate(chars.chars)}
        return Text(tuple(found[at] for at in range(start, start + size)))

    def put_bytes(self, record: int, start: int, data: Text) -> Storage:
        """The same bytes replaced by ``data``."""
        if len(data) > MAX_BYTES:
            raise NoTerm(f"{len(data)} bytes at once")
        storage = self
        for cell in self.layout.cells[record]:
            for at, number in cell.starts():
                low, high = max(at, start), min(at + cell.size, start + len(data))
                if low < high:
                    old = storage._chars(cell, number).chars if (low, high) != (at, at + cell.size) else ()
                    new = (*old[: low - at], *data.chars[low - start : high - start], *old[high - at :])
                    storage = storage._put_chars(cell, number, Text(new))
        return storage

    def _chars(self, cell: Cell, number: int) -> Text:
        held = self.held[cell]
        if isinstance(held, Elements | Spelled):
            chosen = _selected(held, integer(number))
            held = chosen[0] if cell.number is not None and isinstance(held, Elements) else Text(chosen)
        return _as_text(self, cell, held)

    def _put_chars(self, cell: Cell, number: int, data: Text) -> Storage:
        held = self.held[cell]
        if cell.number is None or cell.field is None:
            return self._put(cell, data, self._subscripts(cell, number))
        coding = coding_of(cell.field)
        if self.codings.holds_digits(coding, data):
            return self._put(cell, self.codings.decode(coding, data), self._subscripts(cell, number))
        if isinstance(held, Elements | Spelled):
            spelled = _spelled(self, cell, held)
            return self.having(cell, replace(spelled, parts=_stored(spelled, integer(number), data.chars)))
        return self.having(cell, data)

    @staticmethod
    def _subscripts(cell: Cell, number: int) -> list[Int]:
        found: list[int] = []
        for count in reversed(cell.counts):
            number, at = divmod(number, count)
            found.append(at)
        return [integer(at) for at in reversed(found)]

    # Fields in shared bytes

    def _shared(self, place: Place, subscripts: Sequence[Int]) -> Value:
        held = self.held[place.cell]
        assert isinstance(held, Text)
        chosen: Value | None = None
        for condition, start in _starts(place, subscripts):
            found = self._value(place.field, Text(held.chars[start : start + place.field.view.size]))
            match found, chosen:
                case Number(), Number():
                    chosen = choose(condition, found, chosen)
                case Text(), Text():
                    chosen = choose_text(condition, found, chosen)
                case _:
                    chosen = found
        assert chosen is not None
        return chosen

    def _put_slice(self, place: Place, subscripts: Sequence[Int], data: Text) -> Storage:
        held = self.held[place.cell]
        assert isinstance(held, Text)
        size = place.field.view.size
        if len(data) != size:
            raise NoTerm(f"{place.field.origin} is given something that is not of its size")
        chars = list(held.chars)
        for condition, start in _starts(place, subscripts):
            old = Text(tuple(chars[start : start + size]))
            chars[start : start + size] = choose_text(condition, data, old).chars
        return self.having(place.cell, Text(tuple(chars)))


def fresh(layout: Layout, codings: Codings, prefix: str, cells: Iterable[Cell] | None = None) -> tuple[Storage, Truth]:
    """Storage of which only this is known: numbers have the digits of their pictures, characters are bytes. The
    condition says so. ``cells``: only these, else all."""
    held: dict[Cell, Held] = {}
    facts: list[Truth] = []
    for cell in layout.all() if cells is None else cells:
        name = f"{prefix} {cell.field.origin if cell.field is not None else 'bytes'} {cell.record}+{cell.offset}"
        held[cell], found = _unknown(cell, name)
        facts += found
    return Storage(layout, codings, held), z3.And(*facts)


def _unknown(cell: Cell, name: str) -> tuple[Held, list[Truth]]:
    type_ = cell.number
    parts = 1 if type_ is not None else cell.size
    if type_ is None and cell.size > MAX_BYTES:
        raise NoTerm(f"a record of {cell.size} bytes that are shared")
    low, high = (type_.smallest, type_.largest) if type_ is not None else (0, 255)
    if cell.counts:
        arrays = tuple(z3.Array(f"{name} {at}", z3.IntSort(), z3.IntSort()) for at in range(parts))
        index = z3.Int("element")
        within = [z3.ForAll([index], z3.And(a[index] >= low, a[index] <= high), patterns=[a[index]]) for a in arrays]
        return Elements(arrays), within
    terms = tuple(z3.Int(f"{name} {at}") for at in range(parts))
    facts = [z3.And(term >= low, term <= high) for term in terms]
    return (terms[0] if type_ is not None else Text(terms)), facts


def merged(condition: Truth, yes: Storage, no: Storage) -> Storage:
    """What is in the cells after one way or the other."""
    held = dict(no.held)
    for cell, value in yes.held.items():
        other = no.held[cell]
        if value is not other:
            held[cell] = _merged(yes, cell, condition, value, other)
    return replace(no, held=held)


def _merged(storage: Storage, cell: Cell, condition: Truth, yes: Held, no: Held) -> Held:
    if isinstance(yes, Spelled) or isinstance(no, Spelled):
        yes, no = _spelled(storage, cell, yes), _spelled(storage, cell, no)
    match yes, no:
        case (Elements(parts=left), Elements(parts=right)) | (Spelled(parts=left), Spelled(parts=right)):
            parts = tuple(a if a.eq(b) else z3.If(condition, a, b) for a, b in zip(left, right, strict=True))
            return type(yes)(parts)
        case z3.ArithRef(), z3.ArithRef():
            return yes if yes.eq(no) else z3.If(condition, yes, no)
    left_text, right_text = (_as_text(storage, cell, each) for each in (yes, no))
    return choose_text(condition, left_text, right_text)


def _selected(held: Elements | Spelled, at: Int) -> tuple[Int, ...]:
    return tuple(_integer(z3.simplify(z3.Select(part, at))) for part in held.parts)


def _stored(held: Elements | Spelled, at: Int, parts: Sequence[Int]) -> tuple[z3.ArrayRef, ...]:
    return tuple(z3.Store(array, at, part) for array, part in zip(held.parts, parts, strict=True))


def _spelled(storage: Storage, cell: Cell, held: Held) -> Spelled:
    """The bytes of the numbers in a table."""
    if isinstance(held, Spelled):
        return held
    assert isinstance(held, Elements)
    if cell.elements > MAX_ELEMENTS:
        raise NoTerm(f"bytes that may be no digits, in the table of {'' if cell.field is None else cell.field.origin}")
    made = Spelled((z3.K(z3.IntSort(), integer(0)),) * cell.size)
    for number in range(cell.elements):
        (units,) = _selected(held, integer(number))
        made = Spelled(_stored(made, integer(number), _as_text(storage, cell, units).chars))
    return made


def _as_text(storage: Storage, cell: Cell, held: Held) -> Text:
    if isinstance(held, Text):
        return held
    assert isinstance(held, z3.ArithRef) and cell.field is not None
    return storage.codings.encode(coding_of(cell.field), held)


def differences(left: Storage, right: Storage, ignored: frozenset[Cell] = frozenset()) -> list[tuple[Cell, Truth]]:
    """Of each cell that is not one and the same term: the condition under which it is equal."""
    found: list[tuple[Cell, Truth]] = []
    for cell, value in left.held.items():
        other = right.held[cell]
        if value is other or cell in ignored:
            continue
        if isinstance(value, Spelled) or isinstance(other, Spelled):
            value, other = _spelled(left, cell, value), _spelled(right, cell, other)
        match value, other:
            case (Elements(parts=a), Elements(parts=b)) | (Spelled(parts=a), Spelled(parts=b)):
                condition = z3.And(*(x == y for x, y in zip(a, b, strict=True)))
            case z3.ArithRef(), z3.ArithRef():
                condition = value == other
            case _:
                condition = same(_as_text(left, cell, value), _as_text(right, cell, other))
        condition = z3.simplify(condition)
        if not z3.is_true(condition):
            found.append((cell, condition))
    return found


def _units(field: Field, value: Value) -> Int:
    assert isinstance(value, Number), field
    return units_at(value, _scale(field))


def _scale(field: Field) -> int:
    assert isinstance(field.type, NumberType)
    return field.type.scale


def _starts(place: Place, subscripts: Sequence[Int]) -> list[tuple[Truth, int]]:
    """Where the element may begin in its cell, each with its condition; the first needs none."""
    starts: list[tuple[Truth, int]] = [(z3.BoolVal(True), place.offset)]
    for dimension, subscript in zip(place.field.dimensions, subscripts, strict=True):
        number = known(subscript)
        if number is not None:
            if not 0 <= number < dimension.count:
                raise NoTerm(f"element {number + 1} of {place.field.origin}, which has {dimension.count}")
            starts = [(condition, start + number * dimension.stride) for condition, start in starts]
            continue
        if len(starts) * dimension.count > MAX_ELEMENTS:
            raise NoTerm(f"an element of {place.field.origin}, a table in shared bytes")
        starts = [
            (z3.And(condition, subscript == at), start + at * dimension.stride)
            for condition, start in starts
            for at in range(dimension.count)
        ]
    return starts


def _flat(counts: Sequence[int], subscripts: Sequence[Int]) -> Int:
    """The number of an element, counted through all dimensions."""
    total: Int = integer(0)
    for count, subscript in zip(counts, subscripts, strict=True):
        total = total * count + subscript
    return _integer(z3.simplify(total))


def _integer(term: z3.ExprRef) -> Int:
    assert isinstance(term, z3.ArithRef)
    return term
