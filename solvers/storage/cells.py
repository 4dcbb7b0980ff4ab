"""The cells of a program's storage: each byte of a record belongs to exactly one.

A record whose fields do not overlap has a cell for each elementary field (with all of its elements, in a table) and for
what lies between. A record with overlapping fields, or a table of varying size, is one cell of bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transpile.legacy.fields import Field, Record
from transpile.legacy.statements import Program
from transpile.legacy.types import Floating
from transpile.legacy.types import Number as NumberType


@dataclass(frozen=True, slots=True)
class Cell:
    """``size`` bytes at ``offset`` in the record whose first field has the number ``record``; in a table those of the
    first element, the others ``strides`` further. ``field`` is None for bytes that several fields share, or none."""

    record: int
    offset: int
    size: int
    field: Field | None = None
    counts: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    @property
    def number(self) -> NumberType | None:
        return self.field.type if self.field is not None and isinstance(self.field.type, NumberType) else None

    @property
    def elements(self) -> int:
        total = 1
        for count in self.counts:
            total *= count
        return total

    def starts(self) -> Iterator[tuple[int, int]]:
        """The offset of each element, and its number, counted through all dimensions from 0."""
        starts = [self.offset]
        for count, stride in zip(self.counts, self.strides, strict=True):
            starts = [start + at * stride for start in starts for at in range(count)]
        for number, start in enumerate(starts):
            yield start, number


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is: in ``cell``, ``offset`` bytes behind its start."""

    cell: Cell
    field: Field
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """``cells`` by the number of a record's first field, in the order of their bytes; ``places`` of elementary fields
    by number; ``roots``: the record of each field, groups too, by number; ``sizes`` of records."""

    cells: Mapping[int, tuple[Cell, ...]]
    places: Mapping[int, Place]
    roots: Mapping[int, Record]
    sizes: Mapping[int, int]

    def all(self) -> Iterator[Cell]:
        for each in self.cells.values():
            yield from each


def layout_of(program: Program) -> Layout:
    """The cells of all records of ``program``, those of its files and its parameters too."""
    cells: dict[int, tuple[Cell, ...]] = {}
    places: dict[int, Place] = {}
    roots: dict[int, Record] = {}
    sizes: dict[int, int] = {}
    for record in (*program.parameters, *program.records, *(file.record for file in program.files)):
        key = record.root.number
        if key in cells:
            continue
        tops = (record.root, *record.overlays)
        sizes[key] = max(top.view.size * (top.dimensions[-1].count if top.dimensions else 1) for top in tops)
        found = [each for top in tops for each in _walk(top)]
        roots |= {each.number: record for each in found}
        leaves = [each for each in found if each.type is not None]
        made = None if record.overlays or any(_varies(each) for each in found) else _partition(key, leaves, sizes[key])
        if made is None:
            whole = Cell(key, 0, sizes[key])
            cells[key] = (whole,)
            places |= {each.number: Place(whole, each, each.view.offset) for each in leaves}
        else:
            cells[key] = made
            places |= {each.field.number: Place(each, each.field) for each in made if each.field is not None}
    return Layout(cells, places, roots, sizes)


def _partition(record: int, leaves: list[Field], size: int) -> tuple[Cell, ...] | None:
    """The cells of fields, if no byte is in two of them."""
    owner: list[Cell | None] = [None] * size
    for each in leaves:
        counts = tuple(dimension.count for dimension in each.dimensions)
        strides = tuple(dimension.stride for dimension in each.dimensions)
        cell = Cell(record, each.view.offset, each.view.size, each, counts, strides)
        for start, _ in cell.starts():
            for at in range(start, start + cell.size):
                if at >= size or owner[at] is not None:
                    return None
                owner[at] = cell
    found: dict[int, Cell] = {}
    at = 0
    while at < size:
        here = owner[at]
        if here is not None:
            found.setdefault(id(here), here)
            at += here.size
            continue
        end = next((each for each in range(at, size) if owner[each] is not None), size)
        gap = Cell(record, at, end - at)
        found[id(gap)] = gap
        at = end
    return tuple(found.values())


def _varies(field: Field) -> bool:
    return isinstance(field.type, Floating) or any(each.depending is not None for each in field.dimensions)


def _walk(field: Field) -> Iterator[Field]:
    yield field
    for member in field.members:
        yield from _walk(member)
