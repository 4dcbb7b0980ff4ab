"""What everything is called in Python: attributes, methods and classes, without clashes."""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from transpile.legacy.fields import Field, Record
from transpile.legacy.statements import Function, Operation, Program
from transpile.python.walking import statements_of

_TYPES = {"int", "str", "float", "bool", "list", "bytes", "object", "property", "field", "range", "len", "self", "l"}
_OF_RECORDS = {"data", "text", "initialize", "SIZE"}


def snake(words: tuple[str, ...]) -> str:
    """An identifier of ``words``: ``("net", "pay")`` is ``net_pay``."""
    text = re.sub(r"\W+", "_", "_".join(words), flags=re.ASCII).strip("_").lower() or "filler"
    text = f"n{text}" if text[0].isdigit() else text
    return f"{text}_" if keyword.iskeyword(text) or text in _TYPES else text


def camel(words: tuple[str, ...]) -> str:
    text = "".join(word[:1].upper() + word[1:].lower() for part in words for word in re.split(r"\W+|_", part))
    return f"N{text}" if not text or text[0].isdigit() else text


class Scope:
    """Names that are taken; ``new`` adds a number to one that is."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def new(self, name: str, *others: str) -> str:
        """``name``, or the first of ``others`` that is free, or ``name`` with a number."""
        for chosen in itertools.chain((name, *others), _numbered(name)):
            if chosen not in self.taken:
                self.taken.add(chosen)
                return chosen
        raise AssertionError("numbers do not end")


def _numbered(name: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{name.rstrip('_')}_{number}"
        number += 1


@dataclass(slots=True)
class Names:
    """``attributes`` and ``parents`` by the number of a field; ``classes`` by that of a group."""

    program: str
    attributes: dict[int, str] = field(default_factory=dict)
    parents: dict[int, Field] = field(default_factory=dict)
    roots: dict[int, Record] = field(default_factory=dict)
    """Of every field, the record that it is in."""
    classes: dict[int, str] = field(default_factory=dict)
    methods: dict[tuple[str, ...], str] = field(default_factory=dict)
    conditions: dict[tuple[int, tuple[str, ...]], str] = field(default_factory=dict)
    """The properties that conditions are, by the number of the field and their name."""
    of_files: frozenset[int] = frozenset()
    """The roots of the areas of files."""
    files: dict[str, str] = field(default_factory=dict)
    interfaces: dict[str, str] = field(default_factory=dict)
    """The methods that EXEC statements are, by their texts."""
    own: Scope = field(default_factory=Scope)
    """The names of the program's class."""

    def is_area(self, record: Record) -> bool:
        """Its bytes are kept: it is an area that all its fields are views of."""
        own = record.root.number in self.of_files or record.root.shared or bool(record.overlays)
        return own or any(each.shared for each in inside(record.root))

    def function(self, name: tuple[str, ...]) -> str:
        return self.methods[name]


def names_of(program: Program, module: Scope) -> Names:
    """The names in ``program``; those of its classes become taken in ``module``."""
    of_files = frozenset(file.record.root.number for file in program.files)
    taken = {"call", "called", "outer"}
    names = Names(module.new(camel(program.name)), of_files=of_files, own=Scope(taken))
    for function in program.functions:
        _name_function(names, function)
    for record in records_of(program):
        root = record.root
        names.attributes[root.number] = names.own.new(snake(root.name))
        if names.is_area(record):
            _name_shared(names, record, module)
        else:
            _name_plain(names, record, root, module)
    for file in program.files:
        names.files[file.origin] = names.own.new(snake((*file.name, "file") if "file" not in file.name else file.name))
    for each in executed(program):
        text = next(value for key, value in each.options if key == "text")
        if text not in names.interfaces:
            names.interfaces[text] = names.own.new(snake(_interface(text)))
    return names


def executed(program: Program) -> list[Operation]:
    """The EXEC statements, in the order of the functions."""
    found = (each for function in program.functions for each in statements_of(function.body))
    return [each for each in found if isinstance(each, Operation) and each.name == "execute"]


_TABLES = {"SELECT": "FROM", "DELETE": "FROM", "INSERT": "INTO", "MERGE": "INTO"}
"""The word before the table that a statement of SQL is about."""


def _interface(text: str) -> tuple[str, ...]:
    """``("sql", "select", "customer")``, ``("cics", "send", "map", "m1")``."""
    language, *words = re.findall(r"[^\W_](?:[\w$#@.-]*\w)?|\(", text)
    if language != "SQL":
        before = words[: words.index("(")] if "(" in words else words
        given = words[len(before) + 1 : len(before) + 2]
        return (language, *before[:3], *given)
    words = [each.upper().rpartition(".")[2] for each in words if each != "("]
    verb = words[0] if words else ""
    marker = "INTO" if verb == "FETCH" else _TABLES.get(verb, "")
    at = words.index(marker) if marker in words else 0
    return (language, *words[:2]) if not at else (language, verb, words[at + (-1 if verb == "FETCH" else 1)])


def records_of(program: Program) -> list[Record]:
    """Its parameters, records, and the areas of its files, each once."""
    found: dict[int, Record] = {}
    for record in (*program.parameters, *program.records, *(file.record for file in program.files)):
        found.setdefault(record.root.number, record)
    return list(found.values())


def inside(group: Field) -> Iterator[Field]:
    """All fields in ``group``, without itself."""
    for member in group.members:
        yield member
        yield from inside(member)


def _name_function(names: Names, function: Function) -> None:
    names.methods[function.name] = names.own.new(snake(function.name))


def _name_plain(names: Names, record: Record, group: Field, module: Scope) -> None:
    names.roots[group.number] = record
    if group.type is not None:
        return
    names.classes[group.number] = _class(names, group, module)
    scope = Scope()
    for member in group.members:
        names.parents[member.number] = group
        names.attributes[member.number] = scope.new(snake(member.name))
        _name_plain(names, record, member, module)


def _class(names: Names, group: Field, module: Scope) -> str:
    """A name for a class; that of the program comes before it where another class has it."""
    return module.new(camel(group.name), f"{names.program}{camel(group.name)}")


def _name_shared(names: Names, record: Record, module: Scope) -> None:
    names.classes[record.root.number] = _class(names, record.root, module)
    scope = Scope(_OF_RECORDS)
    names.roots[record.root.number] = record
    for top in (record.root, *record.overlays):
        if top is not record.root:
            _name_view(names, record, top, None, scope)
        _name_views(names, record, top, scope)


def _name_views(names: Names, record: Record, group: Field, scope: Scope) -> None:
    for member in group.members:
        _name_view(names, record, member, group, scope)
        _name_views(names, record, member, scope)


def _name_view(names: Names, record: Record, view: Field, group: Field | None, scope: Scope) -> None:
    names.roots[view.number] = record
    if group is not None:
        names.parents[view.number] = group
    others = [f"{snake(group.name)}_{snake(view.name)}"] if group is not None and view.name != ("filler",) else []
    names.attributes[view.number] = scope.new(snake(view.name), *others)
