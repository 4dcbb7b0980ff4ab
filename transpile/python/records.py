"""Records as classes: dataclasses of values, and areas of bytes with views."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from transpile.legacy.expressions import Named
from transpile.legacy.fields import Field, Record
from transpile.legacy.types import Floating, Number, Text
from transpile.python.code import Code, call, decimal_code, literal, quoted
from transpile.python.expressions import Expressions
from transpile.python.lines import Lines
from transpile.python.named import class_of
from transpile.python.places import fills, kind_of, sign_of, text_code
from transpile.python.rules import cobol_rules as rules


@dataclass(slots=True)
class Records:
    """``conditions`` are those that are properties."""

    expressions: Expressions
    lines: Lines
    conditions: tuple[Named, ...] = ()

    def classes(self, record: Record) -> None:
        """The classes of a record, inner ones first; none for a number or text of its own."""
        if self.expressions.names.is_area(record):
            self._area(record)
        elif record.root.type is None:
            self._values(record.root)

    def attribute(self, field: Field, dimensions: int = 0) -> None:
        """A line of a dataclass for ``field``, which is in groups with so many dimensions."""
        name = self.expressions.names.attributes[field.number]
        counts = [dimension.count for dimension in field.dimensions[dimensions:]]
        inner, value = self._value(field)
        annotation = "list[" * len(counts) + inner + "]" * len(counts)
        if not counts and field.type is not None:
            self.lines.remarked(f"{name}: {annotation} = {value}", field.remark or picture(field.type))
            return
        self.expressions.uses.use("dataclasses", "field")
        factory = _filled(value, counts, field.type is not None) if counts else inner
        self.lines.remarked(f"{name}: {annotation} = field(default_factory={factory})", field.remark)

    def area_attribute(self, record: Record) -> None:
        names = self.expressions.names
        made = names.classes[record.root.number]
        self.expressions.uses.use("dataclasses", "field")
        factory = made
        if record.external:
            rule = self.expressions.uses.use("cobol_programs", "external")
            factory = f"lambda: {call(rule, quoted(record.external), made)}"
        attribute = f"{names.attributes[record.root.number]}: {made} = field(default_factory={factory})"
        self.lines.remarked(attribute, "" if record.root.type is not None else record.root.remark)

    def _value(self, field: Field) -> tuple[str, Code]:
        """The type, and what it starts with."""
        match field.type:
            case None:
                made = self.expressions.names.classes[field.number]
                return made, call(made)
            case Text(size=size):
                text = field.initial if isinstance(field.initial, str) else ""
                return "str", _padded(text, size or 0)
            case Floating():
                value = field.initial if isinstance(field.initial, int | float) else 0.0
                return "float", literal(float(value))
            case Number(scale=scale) as type:
                digits = field.initial if isinstance(field.initial, int) else 0
                if kind_of(type) == "int":
                    return "int", literal(digits)
                self.expressions.uses.use("decimal", "Decimal")
                return "Decimal", decimal_code(rules.scaled(digits, scale))
        raise AssertionError(field)

    def _values(self, group: Field) -> None:
        for member in group.members:
            if member.type is None:
                self._values(member)
        uses = self.expressions.uses
        uses.use("dataclasses", "dataclass")
        self.lines.add("@dataclass(slots=True)")
        with self.lines.block(f"class {self.expressions.names.classes[group.number]}:"):
            for member in group.members:
                self.attribute(member, len(group.dimensions))
            self.properties(group.number)
        self.lines.add("", "")

    def properties(self, number: int) -> None:
        """The conditions of the fields that are in a class: that of the group or record ``number``."""
        names, counters = self.expressions.names, self.expressions.counters
        for condition in self.conditions:
            if class_of(condition.of, names) != number:
                continue
            field, area = condition.of, names.is_area(names.roots[condition.of.number])
            root = area and field == names.roots[field.number].root
            counters[field.number] = Code("self.value" if root else f"self.{names.attributes[field.number]}")
            meaning = self.expressions.truth(condition.condition)
            del counters[field.number]
            self.lines.add("", "@property")
            with self.lines.block(f"def {names.conditions[field.number, condition.name]}(self) -> bool:"):
                self.lines.add(f"return {meaning}")

    # Areas of bytes

    def _area(self, record: Record) -> None:
        uses, root = self.expressions.uses, record.root
        base = uses.use("cobol_records", "Record")
        with self.lines.block(f"class {self.expressions.names.classes[root.number]}({base}):"):
            if record.reason:
                self.lines.add(f'"""{record.reason[:1].upper()}{record.reason[1:].rstrip(".")}."""', "")
            size = max(top.view.size for top in (root, *record.overlays))
            self.lines.add(f"SIZE = {size}")
            of_file = root.number in self.expressions.names.of_files
            starts = {} if of_file else self._starts(root, size)
            if of_file:
                self.lines.add(f"INITIAL = {bytes_literal(bytes(size))}")
            elif starts is None and isinstance(root.initial, bytes) and root.initial.strip(b" "):
                self.lines.add(f"INITIAL = {bytes_literal(root.initial)}")
            views = [(root, "value")] if root.type is not None or not fills(record) else []
            names = self.expressions.names.attributes
            views += [
                (each, names[each.number]) for top in (root, *record.overlays) for each in _views(top, top is root)
            ]
            for view, name in views:
                start = (starts or {}).get(view.number)
                if start is not None or view.name != ("filler",):
                    self.lines.remarked(f"{name} = {self.view(view, start)}", view.remark)
            self.properties(root.number)
        self.lines.add("", "")

    def view(self, field: Field, start: Code | None) -> Code:
        given = [] if start is None else [start]
        view, type = field.view, field.type
        place: list[Code] = [literal(view.offset), literal(view.size)]
        match type:
            case Number(scale=scale) if scale:
                code = self._of("Scaled", self.whole(field, []), literal(scale), *given)
            case Number():
                code = self.whole(field, given)
            case Floating():
                code = self._of("Float", *place, *given)
            case _:
                code = self._of("Text", *place, *given)
        if not field.dimensions:
            return code
        dimensions = [f"({each.count}, {each.stride})" for each in field.dimensions]
        return self._of("Table", code, *dimensions)

    def whole(self, field: Field, start: list[Code]) -> Code:
        assert isinstance(field.type, Number)
        view, type = field.view, field.type
        match view.coding:
            case "display":
                sign = [] if (shown := sign_of(field)) == "none" else [f"sign={literal(shown)}"]
                return self._of("Display", literal(view.offset), literal(view.size), *start, *sign)
            case "packed":
                signed = [] if type.signed else ["signed=False"]
                return self._of("Packed", literal(view.offset), literal((field.beyond or type).digits), *start, *signed)
        signed = [] if type.signed else ["signed=False"]
        native = [] if view.coding == "binary" else ["native=True"]
        return self._of("Binary", literal(view.offset), literal(view.size), *start, *signed, *native)

    def _of(self, name: str, *arguments: Code | str) -> Code:
        return call(self.expressions.uses.use("cobol_records", name), *arguments)

    def _starts(self, root: Field, size: int) -> dict[int, Code] | None:
        """The first value of each field that is not spaces, if that gives the first contents of the record."""
        if isinstance(root.initial, str):
            return {root.number: text_code(root.initial.rstrip(" "))} if root.initial.strip(" ") else {}
        if not isinstance(root.initial, bytes):
            return {}
        made, starts = bytearray(b" " * size), {}
        for field in [root] if root.type is not None else _leaves(root):
            value = _initial(field, root.initial)
            if value is None:
                return None
            code, data = value
            if data.strip(b" "):
                starts[field.number] = code
                for at in _places(field):
                    made[at : at + field.view.size] = data
        if any(code.text.startswith("Decimal") for code in starts.values()):
            self.expressions.uses.use("decimal", "Decimal")
        return starts if bytes(made) == root.initial else None


def picture(type: Number | Text | Floating | None) -> str:
    """What a number was declared as: its type in Python does not say how many digits it has."""
    if not isinstance(type, Number) or type.bits:
        return ""
    sign, whole = "S" if type.signed else "", type.digits - max(type.scale, 0)
    before, behind = (f"9({whole})" if whole > 0 else ""), (f"V9({type.scale})" if type.scale > 0 else "")
    return f"PIC {sign}{before}{behind}" if type.scale >= 0 else f"PIC {sign}9({type.digits})P({-type.scale})"


def _views(top: Field, is_root: bool) -> Iterator[Field]:
    if not is_root:
        yield top
    for member in top.members:
        yield from _views(member, False)


def _leaves(group: Field) -> Iterator[Field]:
    for member in group.members:
        if member.type is None:
            yield from _leaves(member)
        else:
            yield member


def _places(field: Field) -> Iterator[int]:
    places = [field.view.offset]
    for dimension in field.dimensions:
        places = [at + number * dimension.stride for at in places for number in range(dimension.count)]
    yield from places


def _initial(field: Field, record: bytes) -> tuple[Code, bytes] | None:
    """What the first element of ``field`` holds, as value and bytes; None if no value gives these bytes."""
    view, type = field.view, field.type
    data = record[view.offset : view.offset + view.size]
    match type:
        case Text():
            text = data.decode("latin-1")
            return text_code(text.rstrip(" ")), data
        case Floating(bits=bits):
            value = struct.unpack("<f" if bits == 32 else "<d", data)[0]
            return literal(float(value)), data
        case Number(scale=scale):
            number = decoded(field, data)
            if number is None:
                return None
            if not scale:
                return literal(number), data
            return decimal_code(rules.scaled(number, scale)), data
    return None


def decoded(field: Field, data: bytes) -> int | None:
    """The digits of a number whose bytes are ``data``; None if they are not those that it is written with."""
    type, view = field.type, field.view
    assert isinstance(type, Number)
    match view.coding:
        case "display":
            if data.strip(b" 0123456789pqrstuvwxy+-"):
                return None
            number = rules.decode_display(data, sign_of(field))
            shown = rules.encode_display(number, view.size - view.separate, sign_of(field))
        case "packed":
            digits = (field.beyond or type).digits
            number = rules.decode_packed(data, digits, type.signed)
            shown = rules.encode_packed(number, digits, type.signed)
        case coding:
            number = rules.decode_binary(data, type.signed, coding != "binary")
            shown = data
    return number if shown == data else None


def bytes_literal(data: bytes) -> str:
    """An expression for ``data``, with long runs of one byte as a product."""
    parts, at, plain = [], 0, b""
    while at < len(data):
        end = at
        while end < len(data) and data[end] == data[at]:
            end += 1
        if end - at > 8:
            parts += [_bytes(plain)] if plain else []
            parts.append(f"{_bytes(data[at : at + 1])} * {end - at}")
            plain = b""
        else:
            plain += data[at:end]
        at = end
    parts += [_bytes(plain)] if plain else []
    return " + ".join(parts) or 'b""'


def _bytes(data: bytes) -> str:
    return "b" + quoted(data.decode("latin-1"))


def _padded(text: str, size: int) -> Code:
    return text_code(text.ljust(size))


def _filled(value: Code, counts: list[int], immutable: bool) -> str:
    """A function that makes a list, of lists where there are several dimensions."""
    *outer, last = counts
    made = f"[{value}] * {last}" if immutable else f"[{value} for _ in range({last})]"
    for count in reversed(outer):
        made = f"[{made} for _ in range({count})]"
    return f"lambda: {made}"
