"""The values that a program distinguishes: per item, the literals that it is compared with, directly or through items
that it is moved to or compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from transpile.cobol import statements as verbs
from transpile.cobol.initial import initial_bytes
from transpile.cobol.layout import Field, Record, Storage, lay_out
from transpile.cobol.names import Names
from transpile.cobol.programs import Item, Program
from transpile.cobol.tree import Comparison, Expression, Figurative, Node, Number, Range, Reference, Text, Unary
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.differential.external import programs_of
from transpile.errors import TranspileError

Value: TypeAlias = Decimal | bytes
_FIGURATIVES = {"SPACE": b" ", "HIGH-VALUE": b"\xff", "LOW-VALUE": b"\0", "QUOTE": b'"'}
_MOST = 40


@dataclass(slots=True)
class Literals:
    """``words`` are the short texts of the program, ``storage`` the laid-out sections. ``sources`` are the items that
    a record or line is moved to as a whole, by the item that it is read to."""

    words: list[bytes] = field(default_factory=list)
    storage: list[Storage] = field(default_factory=list)
    sources: dict[int, list[Item]] = field(default_factory=dict)
    _values: dict[int, list[Value]] = field(default_factory=dict)
    _joined: dict[int, int] = field(default_factory=dict)

    def of(self, item: Item) -> list[Value]:
        """What ``item``, or one that shares values with it, is compared with."""
        return self._values.get(self._root(id(item)), [])

    def field_of(self, item: Item) -> Field | None:
        for storage in self.storage:
            for _, each in storage.walk():
                if each.item is item:
                    return each
        return None

    def add(self, item: Item, values: Iterable[Value]) -> None:
        known = self._values.setdefault(self._root(id(item)), [])
        for value in values:
            if value not in known and len(known) < _MOST:
                known.append(value)

    def join(self, one: Item, other: Item) -> None:
        first, second = self._root(id(one)), self._root(id(other))
        if first != second:
            self._joined[second] = first
            values = self._values.pop(second, [])
            self.add(one, values)

    def _root(self, key: int) -> int:
        while key in self._joined:
            key = self._joined[key]
        return key


def literals(unit: Unit) -> Literals:
    """What the programs of ``unit`` distinguish."""
    found = Literals()
    for program, names in programs_of(unit):
        found.storage += _storage(program)
        for storage in found.storage:
            for _, each in storage.walk():
                for condition in each.item.conditions:
                    found.add(each.item, _ranges(condition.values))
        _Looking(found, names).look(program)
    return found


def _storage(program: Program) -> list[Storage]:
    special, data = program.environment.special_names, program.data
    sections = [each.records for each in data.files] + [data.working_storage, data.local_storage, data.linkage]
    return [
        lay_out(items, decimal_comma=special.decimal_comma, currency=special.currency, sign=special.sign)
        for items in sections
    ]


@dataclass(slots=True)
class _Looking:
    found: Literals
    names: Names

    def look(self, program: Program) -> None:
        words: dict[bytes, None] = {}
        for each in walk(program.procedure) if program.procedure is not None else ():
            match each:
                case Comparison(left=left, right=right):
                    self._compared(left, right)
                    self._compared(right, left)
                case verbs.Evaluate():
                    self._evaluated(each)
                case verbs.Move(value=Reference() as value):
                    for target in each.targets:
                        self._moved(value, target)
                case verbs.Read(into=Reference() as into) | verbs.Return(into=Reference() as into):
                    for record in self.names.file(each.file).records:
                        self._sent(record, self._item(into))
                case Text(value=text) if 0 < len(text) <= 12:
                    words[text] = None
        self.found.words += list(words)[:_MOST]

    def _item(self, given: Node) -> Item | None:
        if not isinstance(given, Reference):
            return None
        known = self.names.find(given.name, given.qualifiers)
        return known[0].item if known else None

    def _compared(self, one: Expression, other: Expression) -> None:
        item = self._item(one)
        if item is None:
            return
        self.found.add(item, (value for each in walk(other) for value in values(each)))
        against = self._item(other)
        if against is not None:
            self.found.add(item, self._initial(against))
            self.found.join(item, against)

    def _evaluated(self, statement: verbs.Evaluate) -> None:
        for at, subject in enumerate(statement.subjects):
            if isinstance(subject, Reference) and (item := self._item(subject)) is not None:
                objects = [choice[at].object for when in statement.branches for choice in when.choices]
                self.found.add(item, _ranges(each for each in objects if isinstance(each, Range)))

    def _moved(self, value: Reference, target: Reference) -> None:
        source, item = self._item(value), self._item(target)
        if source is None or item is None:
            return
        if source.children or item.children:
            self._sent(source, item)
        else:
            self.found.join(source, item)

    def _sent(self, source: Item, item: Item | None) -> None:
        if item is not None and item.children:
            self.found.sources.setdefault(id(source), []).append(item)

    def _initial(self, item: Item) -> Iterator[Value]:
        """What ``item``, perhaps in a table, holds at the start."""
        for storage in self.found.storage:
            for record, each in storage.walk():
                if each.item is item:
                    yield from _held(record, each)


def _held(record: Record, field: Field) -> Iterator[Value]:
    try:
        data = initial_bytes(record)
    except TranspileError:
        return
    places = [field.offset]
    for dimension in field.dimensions:
        places = [at + number * dimension.stride for at in places for number in range(min(dimension.count, _MOST))]
    for at in places[:_MOST]:
        held = data[at : at + field.size]
        if not field.numeric and held.strip(b" \0"):
            yield held
        elif field.usage == "DISPLAY" and held.isdigit() and field.picture is not None:
            yield Decimal(int(held)).scaleb(-field.picture.scale)


def _ranges(ranges: Iterable[Range]) -> Iterator[Value]:
    for each in ranges:
        yield from values(each.low)
        if each.high is not None:
            yield from values(each.high)


def values(node: Node) -> Iterator[Value]:
    """The value of a literal; nothing for what is none."""
    match node:
        case Number():
            yield node.value
        case Unary(operator="-", operand=Number(value=value)):
            yield value.copy_negate()
        case Text():
            yield node.value
        case Figurative(name="ZERO"):
            yield Decimal(0)
        case Figurative():
            yield _FIGURATIVES.get(node.name, b" ")
