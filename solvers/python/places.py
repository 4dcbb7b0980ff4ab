"""Attributes, elements of lists, and views of records: what they read, and what an assignment to them does."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from transpile.legacy.fields import Field
from transpile.legacy.types import Number as NumberType
from transpile.python.correspondence import Correspondence
from transpile.python.names import inside, records_of
from transpile.solvers.python.classes import Class, Module, View, view_of
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
)


@dataclass(frozen=True, slots=True)
class Ref:
    """A place as it is written: attributes, and ``[n]`` for n subscripts between one pair of brackets."""

    words: tuple[str, ...] = ()
    subscripts: tuple[Int, ...] = ()

    def attribute(self, name: str) -> Ref:
        return Ref((*self.words, name), self.subscripts)

    def element(self, subscripts: tuple[Int, ...]) -> Ref:
        return Ref((*self.words, f"[{len(subscripts)}]"), (*self.subscripts, *subscripts))

    def __str__(self) -> str:
        return ".".join(("self", *self.words)).replace(".[", "[")


@dataclass(frozen=True, slots=True)
class Area:
    """A record whose bytes are kept."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes of an area that no elementary field of its own name has: a group, or a FILLER."""

    area: Area
    view: View


@dataclass(frozen=True, slots=True)
class Whole:
    """``text`` of an area."""

    area: Area


Target = Field | Raw | Whole


@dataclass(frozen=True, slots=True)
class Places:
    """The fields of a program by their Python."""

    module: Module
    own: Class
    fields: Mapping[tuple[str, ...], Field]
    areas: Mapping[str, Area]
    groups: Mapping[int, tuple[Field, ...]]
    """Of an area, by its number: all groups in it."""
    views: frozenset[int]
    """The numbers of fields that are views of an area, which has rules of its own for what is assigned."""

    def class_of(self, ref: Ref) -> Class | None:
        """The class of what is at ``ref``."""
        here: Class | None = self.own
        for word in ref.words:
            if word.startswith("["):
                continue
            if here is None or word not in here.types:
                return None
            here = self.module.classes.get(here.types[word])
        return here

    def property_of(self, ref: Ref) -> tuple[Ref, ast.expr] | None:
        """The expression of a property, and the object that ``self`` is in it."""
        if not ref.words or ref.words[-1].startswith("["):
            return None
        owner = Ref(ref.words[:-1], ref.subscripts)
        found = self.class_of(owner)
        if found is None or ref.words[-1] not in found.properties:
            return None
        return owner, found.properties[ref.words[-1]]

    def target(self, ref: Ref) -> Target:
        """Raises NoTerm for what is no field."""
        area = self.areas.get(ref.words[0]) if ref.words else None
        if area is None:
            field = self.fields.get(ref.words)
            if field is None:
                raise NoTerm(f"{ref} is no field")
            return field
        if ref.words[1:] == ("text",):
            return Whole(area)
        view = self.view(ref, area)
        field = self.fields.get(ref.words)
        if field is None:
            if view.kind != "text":
                raise NoTerm(f"{ref} is no field")
            return Raw(area, view)
        if view != view_of(field):
            raise NoTerm(f"{ref} does not lie where {field.origin} does, or is of another kind")
        return field

    def view(self, ref: Ref, area: Area) -> View:
        """What the class of the area says of ``ref``."""
        found = self.class_of(Ref(ref.words[:1]))
        view = found.views.get(ref.words[1]) if found is not None and found.record and len(ref.words) > 1 else None
        if view is None or found is None or found.size != area.size:
            raise NoTerm(f"{ref} is no field of a record")
        wanted = (f"[{len(view.dimensions)}]",) if view.dimensions else ()
        if ref.words[2:] != wanted:
            raise NoTerm(f"{ref} has not the subscripts that its table needs")
        return view

    def area(self, ref: Ref) -> Area | None:
        """The area that ``ref`` is, if its class is a record of that size."""
        area = self.areas.get(ref.words[0]) if len(ref.words) == 1 else None
        found = self.class_of(ref) if area is not None else None
        if area is None or found is None or not found.record or found.size != area.size:
            return None
        return area

    def takes_any_text(self, target: Target) -> TypeGuard[Field | Raw]:
        """Whether text that is assigned is cut, or filled with spaces."""
        is_view = isinstance(target, Raw) or (isinstance(target, Field) and target.number in self.views)
        return is_view and not (isinstance(target, Field) and isinstance(target.type, NumberType))

    def counts(self, target: Target) -> tuple[int, ...]:
        """How many elements the tables around it have."""
        match target:
            case Field(dimensions=dimensions):
                return tuple(each.count for each in dimensions)
            case Raw(view=view):
                return tuple(count for count, _ in view.dimensions)
        return ()


def places_of(correspondence: Correspondence, module: Module) -> Places:
    own = module.classes.get(correspondence.class_name)
    if own is None:
        raise NoTerm(f"there is no class {correspondence.class_name}")
    roots = {record.root.number: record for record in records_of(correspondence.program)}
    by_number = {
        each.number: each
        for record in roots.values()
        for top in (record.root, *record.overlays)
        for each in (top, *inside(top))
    }
    fields = {words_of(text): by_number[number] for number, text in correspondence.places.items()}
    areas: dict[str, Area] = {}
    groups: dict[int, tuple[Field, ...]] = {}
    for number, text in correspondence.areas.items():
        record = roots[number]
        tops = (record.root, *record.overlays)
        (name,) = words_of(text)
        areas[name] = Area(number, max(top.view.size for top in tops))
        groups[number] = tuple(each for top in tops for each in (top, *inside(top)) if each.type is None)
    views = frozenset(each.number for words, each in fields.items() if words[0] in areas)
    return Places(module, own, fields, areas, groups, views)


def words_of(template: str) -> tuple[str, ...]:
    """The words of a ``Ref`` to a place whose subscripts are written ``{0}``, ``{1}`` …"""
    node = ast.parse(template.replace("{", "_").replace("}", ""), mode="eval").body
    return tuple(reversed(list(_words(node))))


def _words(node: ast.expr) -> Iterator[str]:
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=value, attr=name):
                yield name
            case ast.Subscript(value=value, slice=ast.Tuple(elts=elements)):
                yield f"[{len(elements)}]"
            case ast.Subscript(value=value):
                yield "[1]"
            case _:
                raise NoTerm(f"the place {ast.unparse(node)}")
        node = value
