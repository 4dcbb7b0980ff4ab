"""Whole programs: their data, files, alphabets and classes around their functions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from transpile.cobol import layout, tree
from transpile.cobol import programs as cobol
from transpile.cobol.names import Names, names_of
from transpile.cobol.unit import Unit
from transpile.errors import SourceError
from transpile.legacy.fields import Field, Record
from transpile.legacy.statements import Program
from transpile.restructure.alphabets import extremes, orders
from transpile.restructure.conditions import class_characters
from transpile.restructure.describing import describe
from transpile.restructure.dividing import division
from transpile.restructure.fields import Builder, share_by_contents
from transpile.restructure.naming import Namer, words
from transpile.restructure.procedures import Division
from transpile.restructure.remarks import remarks
from transpile.restructure.renaming import renamed_program
from transpile.restructure.scope import Scope, unsupported
from transpile.restructure.sharing import Sharing

DIALECT = "GnuCOBOL 3.1.2 -std=default"


@dataclass(frozen=True, slots=True)
class Restructured:
    """``programs`` are those of a file, those nested in others within them. ``fields``: what became of an item, by its
    identity; ``laid``: the item in its place, by the number of the field. ``scopes``: what the statements of a program
    may name, with what became of indexes and special registers, by the identity of its syntax tree."""

    unit: Unit
    programs: tuple[Program, ...]
    fields: Mapping[int, Field]
    laid: Mapping[int, layout.Field]
    scopes: Mapping[int, Scope]


def restructured(unit: Unit) -> Restructured:
    """The programs of a file, and what became of their items."""
    building = _Building(remarks(unit), {each.name for each in _all(unit.programs)})
    programs = tuple(_restructured(building, each) for each in unit.programs)
    return Restructured(unit, programs, building.fields, building.laid, building.scopes)


def restructure(unit: Unit) -> tuple[Program, ...]:
    """The programs of a file, those nested in others within them."""
    return restructured(unit).programs


def _restructured(building: _Building, program: cobol.Program) -> Program:
    try:
        return building.program(program, None)
    except RecursionError:
        what = f"something in {program.name} that is nested so deeply"
        raise unsupported(program.span, what) from None


def _all(found: tuple[cobol.Program, ...]) -> list[cobol.Program]:
    return [each for program in found for each in (program, *_all(program.programs))]


@dataclass(slots=True)
class _Storage:
    """The laid-out data of one program."""

    names: Names
    working: layout.Storage
    local: layout.Storage
    linkage: layout.Storage
    areas: list[tuple[list[cobol.FileDescription], layout.Record]]
    inner: list[_Storage] = field(default_factory=list)


@dataclass(slots=True)
class _Building:
    remarks: dict[int, tuple[str, ...]]
    known: set[str]
    """The names of all programs in the file."""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    fields: dict[int, Field] = field(default_factory=dict)
    laid: dict[int, layout.Field] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)

    def program(self, program: cobol.Program, outer: Names | None) -> Program:
        sharing = Sharing()
        storage = self._lay_out(program, outer, sharing)
        self._look(storage, sharing)
        sharing.settle()
        return self._built(storage, sharing)

    def _lay_out(self, program: cobol.Program, outer: Names | None, sharing: Sharing) -> _Storage:
        for refused in program.data.refused:
            raise unsupported(refused.span, f"the {refused.name} SECTION")
        names, special = names_of(program, outer), program.environment.special_names

        def laid_out(items: tuple[cobol.Item, ...]) -> layout.Storage:
            made = layout.lay_out(
                items, decimal_comma=special.decimal_comma, currency=special.currency, sign=special.sign
            )
            sharing.add(made)
            return made

        data = program.data
        areas = []
        for files in _areas(program):
            parts = [laid_out(each.records).records for each in files]
            records = [record for part in parts for record in part]
            if not records:
                raise SourceError(files[0].span, f"the file '{files[0].name}' has no record")
            area = layout.Record(
                records[0].name, max(each.size for each in records), tuple(f for each in records for f in each.fields)
            )
            areas.append((files, area))
            self._area(sharing, records, area)
            if any(file.external for file in files):
                sharing.share(area.fields[0].item, "it is EXTERNAL")
        made = _Storage(
            names, laid_out(data.working_storage), laid_out(data.local_storage), laid_out(data.linkage), areas
        )
        for record in made.linkage.records:
            sharing.share(record.fields[0].item, "it lies with the caller")
        for record in (*made.working.records, *made.local.records):
            if record.fields[0].item.external:
                sharing.share(record.fields[0].item, "it is EXTERNAL")
        made.inner = [self._lay_out(inner, names, sharing) for inner in program.programs]
        return made

    def _area(self, sharing: Sharing, records: list[layout.Record], area: layout.Record) -> None:
        """The records of a file are one area."""
        reasons = [sharing.reasons.pop(id(record)) for record in records if id(record) in sharing.reasons]
        for each in area.walk():
            sharing.roots[id(each.item)] = area
        first = area.fields[0]
        if len(area.fields) > 1:
            reasons.append("a file has several kinds of records in it")
        elif first.group:
            reasons.append("files read and write it as bytes")
        elif first.numeric:
            reasons.append(f"files read and write the bytes of {first.name}")
        if reasons:
            sharing.share(first.item, reasons[0])

    def _look(self, storage: _Storage, sharing: Sharing) -> None:
        sharing.look(storage.names)
        special = storage.names.program.environment.special_names
        areas = [area for _, area in storage.areas]
        for record in (*areas, *storage.working.records, *storage.local.records):
            share_by_contents(sharing, record, special.decimal_comma, special.currency)
        for inner in storage.inner:
            self._look(inner, sharing)

    def _built(self, storage: _Storage, sharing: Sharing, outer: Division | None = None) -> Program:
        program, special = storage.names.program, storage.names.program.environment.special_names
        namer = Namer()
        scope = Scope(storage.names, sharing, self.fields, self.laid, self.numbers, namer, remarks=self.remarks)
        scope.outer = outer.scope if outer is not None else None
        scope.extremes = extremes(special, program.environment.collating)
        self.scopes[id(program)] = scope
        builder = Builder(
            sharing,
            self.numbers,
            scope.field,
            lambda item: " ".join(self.remarks.get(id(item), ())),
            special.decimal_comma,
            special.currency,
            self.fields,
            self.laid,
        )
        areas, working, local, linkage = self._records(builder, namer, storage)
        made = division(scope, outer)
        files = tuple(
            describe(scope, file, area)
            for (described, _), area in zip(storage.areas, areas, strict=True)
            for file in described
        )
        inner = tuple(self._built(each, sharing, made) for each in storage.inner)
        functions, entry = made.finished()
        inner = tuple(renamed_program(each, made.named) for each in inner)
        return Program(
            words(program.name),
            program.name,
            (*areas, *working, *local, *scope.records),
            functions,
            entry,
            DIALECT,
            self._parameters(scope, linkage),
            inner,
            files,
            orders(special),
            tuple((each.name.lower(), class_characters(each)) for each in special.classes),
            special.decimal_comma,
            special.currency,
            program.initial,
            self.remarks.get(id(program), ()),
        )

    def _records(self, builder: Builder, namer: Namer, storage: _Storage) -> tuple[list[Record], ...]:
        """Areas of files, working, local and linkage storage, each in order. Records with tables of varying size are
        made after the others, which say how large they are."""
        outside = {id(area): file.name for files, area in storage.areas for file in files if file.external}
        sections = (
            [area for _, area in storage.areas],
            list(storage.working.records),
            list(storage.local.records),
            list(storage.linkage.records),
        )
        made: dict[int, Record] = {}
        for now in (False, True):
            for at, section in enumerate(sections):
                for record in section:
                    if _varies(record) == now:
                        made[id(record)] = builder.record(
                            record, namer, given=at == 3, local=at == 2, external=outside.get(id(record), "")
                        )
        return tuple([made[id(record)] for record in section] for section in sections)

    def _parameters(self, scope: Scope, linkage: list[Record]) -> tuple[Record, ...]:
        """The records of USING, in its order, then the others of the linkage section."""
        procedure = scope.program.procedure
        using = [] if procedure is None else [each.value for each in procedure.using]
        wanted = [scope.field(each) for each in using if isinstance(each, tree.Reference)]
        first = [record for each in wanted for record in linkage if record.root is each]
        return (*first, *(record for record in linkage if not any(record is each for each in first)))


def _varies(record: layout.Record) -> bool:
    return any(dimension.occurs.depending for each in record.walk() for dimension in each.dimensions)


def _areas(program: cobol.Program) -> list[list[cobol.FileDescription]]:
    """The files by the record area that they have: SAME RECORD AREA makes it one."""
    groups = [list(names) for names in program.environment.same_record_areas]
    made: list[list[cobol.FileDescription]] = []
    for file in program.data.files:
        together = next((group for group in groups if file.name in group), [file.name])
        if not any(each.name in together for area in made for each in area):
            made.append([each for each in program.data.files if each.name in together])
    return made
