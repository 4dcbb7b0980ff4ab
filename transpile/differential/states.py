"""The states of a COBOL program as bytes: all its records behind one another, then its indexes and registers.

``storage_of`` says where every item lies in them, and what COBOL calls the first byte of each record. Behind the
storage may be what is typed, the standard input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from transpile.cobol import layout
from transpile.cobol.names import Names, names_of
from transpile.cobol.programs import Item, Program
from transpile.differential.opened import openable

NUMBER_BYTES = 4
"""Indexes and registers are kept as native numbers of this size."""
RECORDS = "records of each file that is read"
"""What this number is called, where the program has files that can be opened. It is no name in COBOL."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The bytes of one record in a state. ``address`` is an identifier of something in it, ``ahead`` bytes from its
    start. ``linked``: it is in the LINKAGE SECTION, and lies where the state lies."""

    offset: int
    size: int
    address: str
    ahead: int
    record: layout.Record
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An item in a state; ``start`` is where its record begins."""

    start: int
    laid: layout.Field


@dataclass(frozen=True, slots=True)
class Storage:
    """``places`` are found by the identity of the item, ``numbers`` (indexes and registers) by name. A record with
    nothing in it that has a name is in no state: nothing can change it."""

    names: Names
    slots: tuple[Slot, ...]
    places: Mapping[int, Place]
    numbers: Mapping[str, int]
    size: int

    @property
    def area(self) -> int:
        """The bytes of the records alone."""
        return self.size - NUMBER_BYTES * len(self.numbers)


@dataclass(slots=True)
class _Making:
    names: Names
    slots: list[Slot] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    size: int = 0

    def add(self, record: layout.Record, linked: bool = False) -> None:
        found = _addressed(self.names, record)
        if found is None:
            return
        self.slots.append(Slot(self.size, record.size, *found, record, linked))
        for laid in record.walk():
            self.places.setdefault(id(laid.item), Place(self.size, laid))
        self.size += record.size


def storage_of(program: Program, registers: tuple[str, ...] = ()) -> Storage:
    """The states of ``program``. What is in its LINKAGE SECTION is part of them, each record in a place of its own.
    Raises ``SourceError`` where a description is wrong, and ``UnsupportedError`` where it is not laid out."""
    special, data = program.environment.special_names, program.data
    making = _Making(names_of(program))

    def laid_out(items: tuple[Item, ...]) -> tuple[layout.Record, ...]:
        return layout.lay_out(
            items, decimal_comma=special.decimal_comma, currency=special.currency, sign=special.sign
        ).records

    for file in data.files:
        records = laid_out(file.records)
        fields = tuple(each for record in records for each in record.fields)
        if fields:
            making.add(layout.Record(records[0].name, max(record.size for record in records), fields))
    for record in (*laid_out(data.working_storage), *laid_out(data.local_storage)):
        making.add(record)
    for record in laid_out(data.linkage):
        making.add(record, linked=True)
    names = [*_indexes(making.names), *registers, *([RECORDS] if openable(making.names) else [])]
    numbers = {name: making.size + NUMBER_BYTES * at for at, name in enumerate(names)}
    size = making.size + NUMBER_BYTES * len(numbers)
    return Storage(making.names, tuple(making.slots), making.places, numbers, size)


def _addressed(names: Names, record: layout.Record) -> tuple[str, int] | None:
    """What in ``record`` has a name that means nothing else, the first of it, and how far from the start it is."""
    found = [each for each in record.walk() if each.item.level != 66 and _alone(names, each)]
    if not found:
        return None
    first = min(found, key=lambda each: each.offset)
    return identifier(first), first.offset


def _alone(names: Names, laid: layout.Field) -> bool:
    return bool(laid.name) and len(names.find(laid.name, _qualifiers(laid))) == 1


def _qualifiers(laid: layout.Field) -> tuple[str, ...]:
    return tuple(name for name in reversed(laid.path[:-1]) if name)


def identifier(laid: layout.Field, element: tuple[int, ...] | None = None) -> str:
    """``NAME OF GROUP (1 1)``: an element of a table, the first one if none is given."""
    subscripts = element if element is not None else (1,) * len(laid.dimensions)
    shown = f" ({' '.join(map(str, subscripts))})" if subscripts else ""
    return " OF ".join((laid.name, *_qualifiers(laid))) + shown


def elements(laid: layout.Field) -> Iterator[tuple[tuple[int, ...], int]]:
    """The subscripts, from 1, of every element, and where it begins in its record."""
    found: list[tuple[tuple[int, ...], int]] = [((), laid.offset)]
    for dimension in laid.dimensions:
        found = [
            ((*numbers, at + 1), start + at * dimension.stride)
            for numbers, start in found
            for at in range(dimension.count)
        ]
    yield from found


def _indexes(names: Names) -> list[str]:
    """The names of INDEXED BY that one table only has."""
    declared: dict[str, int] = {}
    for place in names.declared.values():
        for each in place:
            if each.item is None and type(each.meaning).__name__ == "Index":
                name = getattr(each.meaning, "name", "")
                declared[name] = declared.get(name, 0) + 1
    return [name for name, count in declared.items() if count == 1]
