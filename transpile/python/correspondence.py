"""Which Python stands for what: methods for paragraphs, attributes for fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transpile.legacy.fields import Field
from transpile.legacy.statements import Program
from transpile.python.names import Names, inside, records_of


@dataclass(frozen=True, slots=True)
class Method:
    """``paragraphs``: the numbers of the paragraph where it begins and the one at whose end it returns, from 0 in the
    order of the text, declaratives included; None for one that was no paragraph."""

    name: str
    origin: str
    paragraphs: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One program and its class.

    ``places``: the Python of each elementary field by its number, with ``{0}``, ``{1}`` … for the subscripts of tables
    counted from 0: ``self.rows[{0}].net_pay``, or ``self.area.cells[{0}, {1}]`` where the bytes of the record are kept.
    FILLERs have none. ``areas``: by the number of their first field, the records whose bytes are kept
    (``self.detail_line``); all their fields are views. ``files``: by their COBOL names. ``counters``: the numbers of
    fields that are nothing but variables of ``for`` loops, and their names; what their places hold means nothing.
    ``interfaces``: by the names of their methods, the EXEC statements that somebody else writes.
    """

    program: Program
    class_name: str
    methods: tuple[Method, ...]
    places: Mapping[int, str]
    areas: Mapping[int, str]
    files: Mapping[str, str]
    counters: Mapping[int, str]
    interfaces: Mapping[str, str]

    def method(self, paragraphs: tuple[int, int]) -> Method | None:
        """The one that runs from the start of a paragraph to the end of another."""
        return next((each for each in self.methods if each.paragraphs == paragraphs), None)


def correspondence(program: Program, names: Names, counted: set[int]) -> Correspondence:
    """``counted`` are the numbers of fields that became variables of loops."""
    methods = tuple(Method(names.function(f.name), f.origin, f.paragraphs) for f in program.functions)
    places: dict[int, str] = {}
    areas: dict[int, str] = {}
    for record in records_of(program):
        owner = f"self.{names.attributes[record.root.number]}"
        if not names.is_area(record):
            places |= _plain(names, record.root, owner, 0)
            continue
        areas[record.root.number] = owner
        for top in (record.root, *record.overlays):
            for each in (top, *inside(top)):
                if each is record.root and each.type is not None:
                    places[each.number] = f"{owner}.value"
                elif each.type is not None and each.name != ("filler",):
                    places[each.number] = f"{owner}.{names.attributes[each.number]}{_subscripts(each)}"
    files = {origin: f"self.{name}" for origin, name in names.files.items()}
    counters = {number: names.attributes[number] for number in sorted(counted)}
    interfaces = {method: text for text, method in names.interfaces.items()}
    return Correspondence(program, names.program, methods, places, areas, files, counters, interfaces)


def _subscripts(field: Field) -> str:
    numbers = ", ".join(f"{{{at}}}" for at in range(len(field.dimensions)))
    return f"[{numbers}]" if numbers else ""


def _plain(names: Names, field: Field, owner: str, outer: int) -> dict[int, str]:
    """The places of ``field``, whose Python is ``owner``, and of all in it; ``outer`` of its dimensions are written."""
    written = owner + "".join(f"[{{{at}}}]" for at in range(outer, len(field.dimensions)))
    if field.type is not None:
        return {field.number: written}
    places: dict[int, str] = {}
    for member in field.members:
        places |= _plain(names, member, f"{written}.{names.attributes[member.number]}", len(field.dimensions))
    return places
