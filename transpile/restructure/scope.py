"""What the statements of one program may name, as fields of the form."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from transpile.cobol import layout
from transpile.cobol.names import Declared, Index, Names, Register
from transpile.cobol.programs import Item, Program
from transpile.cobol.tree import Reference
from transpile.errors import Span, UnsupportedError
from transpile.legacy.expressions import Constant
from transpile.legacy.fields import Coding, Field, Record, View
from transpile.legacy.types import Number, Text
from transpile.restructure.naming import Namer
from transpile.restructure.sharing import Sharing

_REGISTERS = {
    "RETURN-CODE": Number(10, 0, True, 32),
    "SORT-RETURN": Number(10, 0, True, 32),
    "NUMBER-OF-CALL-PARAMETERS": Number(10, 0, True, 32),
    "TALLY": Number(5),
    "LINAGE-COUNTER": Number(10, 0, False, 32),
}


def unsupported(span: Span, what: str) -> UnsupportedError:
    """``what`` is the name of what is not translated."""
    return UnsupportedError(span, f"{what} is not translated", mnemonic=what)


@dataclass(slots=True)
class Scope:
    """``fields`` are found by the identity of their item, and shared by all programs of a unit."""

    names: Names
    sharing: Sharing
    fields: dict[int, Field]
    laid: dict[int, layout.Field]
    """The items in their places, by the numbers of their fields."""
    numbers: itertools.count[int]
    namer: Namer
    records: list[Record] = field(default_factory=list)
    remarks: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """The comments before a statement, by the identity of the statement."""
    extremes: Mapping[str, str] = field(default_factory=dict)
    """HIGH-VALUE and LOW-VALUE, where the program has a collating sequence of its own."""
    indexes: dict[tuple[int, str], Field] = field(default_factory=dict)
    registers: dict[str, Field] = field(default_factory=dict)
    altered: dict[str, tuple[Field, list[str]]] = field(default_factory=dict)
    """For a paragraph that ALTER changes: the field that says where it goes, and where that may be."""
    outer: Scope | None = None
    """Of the program around this one."""

    @property
    def program(self) -> Program:
        return self.names.program

    @property
    def decimal_comma(self) -> bool:
        return self.program.environment.special_names.decimal_comma

    def declared(self, reference: Reference) -> Declared:
        return self.names.resolve(reference)

    def item(self, reference: Reference) -> layout.Field | None:
        """The item that ``reference`` names, in its place; None if it is no item."""
        meaning = self.declared(reference).meaning
        return self.sharing.laid.get(id(meaning)) if isinstance(meaning, Item) else None

    def field(self, reference: Reference) -> Field:
        """The field that ``reference`` names, be it an item, an index or a register."""
        meaning = self.declared(reference).meaning
        match meaning:
            case Item() if id(meaning) in self.fields:
                return self.fields[id(meaning)]
            case Index(name, item):
                return self.index(name, item)
            case Register(name) if name in _REGISTERS:
                return self.register(name)
        raise unsupported(reference.span, f"'{reference.name}' here")

    def index(self, name: str, item: Item) -> Field:
        own = (each.meaning for each in self.names.declared.get(name, ()))
        if self.outer is not None and not any(isinstance(each, Index) and each.item is item for each in own):
            return self.outer.index(name, item)
        key = (id(item), name)
        if key not in self.indexes:
            self.indexes[key] = self.add(name, Number(10, 0, True, 32), 1, "index")
        return self.indexes[key]

    def register(self, name: str) -> Field:
        return self.register_of(name, _REGISTERS[name])

    def switch(self, name: str) -> Field:
        """The field of a switch of SPECIAL-NAMES: 1 for on."""
        return self.register_of(name, Number(1))

    def register_of(self, name: str, type_: Number) -> Field:
        """A field that the translation needs, or has already, under ``name``."""
        if name not in self.registers:
            self.registers[name] = self.add(name, type_, 0)
        return self.registers[name]

    def means_on(self, name: str) -> bool:
        return next(on for known, _, on in self.program.environment.special_names.switches if known == name)

    def add(self, name: str, type_: Number | Text, initial: int | str, coding: Coding = "native") -> Field:
        """A record of its own, beside those that the program describes."""
        size = type_.size or 0 if isinstance(type_, Text) else (type_.bits or 32) // 8
        view = View(0, size, "text" if isinstance(type_, Text) else coding)
        made = Field(next(self.numbers), self.namer.name(name), name, type_, view, initial=initial)
        self.records.append(Record(made))
        return made

    def said(self, node: object) -> tuple[str, ...]:
        return self.remarks.get(id(node), ())


def whole(value: int) -> Constant:
    """A whole number that stands in the program."""
    return Constant(value, Number(max(1, len(str(abs(value)))), 0, value < 0))


def text(value: str) -> Constant:
    return Constant(value, Text(len(value)))
