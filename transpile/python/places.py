"""Places of the form as Python: attributes, elements of lists, views of records; and kinds of values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from transpile.errors import Span, UnsupportedError
from transpile.legacy.expressions import (
    Arithmetic,
    Both,
    Compare,
    Consists,
    Constant,
    Either,
    Expression,
    Fit,
    Intrinsic,
    Load,
    Local,
    Named,
    Negative,
    Not,
    NumberIn,
    Place,
    ToFloat,
    Unedited,
)
from transpile.legacy.fields import Field, Record
from transpile.legacy.statements import Program
from transpile.legacy.types import Floating, Number, Text, Truth
from transpile.python.code import (
    PRODUCT,
    Code,
    attribute,
    binary,
    call,
    item,
    literal,
    method,
    quoted,
    shifted,
)
from transpile.python.names import Names
from transpile.python.rules import cobol_rules as rules

Kind: TypeAlias = Literal["int", "decimal", "float", "text", "truth"]
_WHOLE = frozenset(
    {"pointer", "count", "length", "returned", "integer", "integer-part", "mod", "factorial", "sign", "ord", "ord-max"}
    | {"ord-min", "integer-of-date", "integer-of-day", "date-of-integer", "day-of-integer", "stored-char-length"}
    | {"seconds-past-midnight"}
)
"""What gives ``int``."""
SELF = Code("self")


@dataclass(slots=True)
class Uses:
    """What a module needs: names by the module that they come from."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def use(self, module: str, name: str) -> str:
        self.names.setdefault(module, set()).add(name)
        return name

    def rule(self, name: str) -> str:
        return self.use("cobol_rules", name)


@dataclass(slots=True)
class Places:
    """``known`` are the values that outcomes of an operation may name; ``counters`` are fields that are variables of a
    loop here; ``owner`` is the program's object, in the words that are used here."""

    program: Program
    names: Names
    uses: Uses
    owner: Code = SELF
    outer: Places | None = None
    known: dict[str, Code] = field(default_factory=dict)
    counters: dict[int, Code] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    """The numbers of all fields that have been variables of a loop so far."""

    def further_out(self, programs: int) -> Places:
        """The same of the program that is so many programs further out."""
        found: Places | None = self
        for _ in range(programs):
            assert found is not None
            found = found.outer
        assert found is not None
        return found

    def place(self, place: Place) -> Code:
        """The attribute, or the element of a list."""
        if place.field.number in self.counters:
            return self.counters[place.field.number]
        return self._home(place.field)._element(place.field, [self.index(each) for each in place.subscripts])

    def _home(self, field: Field) -> Places:
        """Those of the program whose record has ``field``."""
        if field.number in self.names.roots:
            return self
        if self.outer is None:
            raise unsupported(field.origin, "it belongs to no record of the program")
        return self.outer._home(field)

    def _element(self, field: Field, subscripts: list[Code]) -> Code:
        record = self.names.roots[field.number]
        if not self.names.is_area(record):
            return self._plain(field, subscripts)
        owner = attribute(self.owner, self.names.attributes[record.root.number])
        if field is record.root or field == record.root:
            return attribute(owner, "text" if field.type is None and fills(record) else "value")
        view = attribute(owner, self.names.attributes[field.number])
        return item(view, *subscripts) if subscripts else view

    def _plain(self, field: Field, subscripts: list[Code]) -> Code:
        parent = self.names.parents.get(field.number)
        outer = len(parent.dimensions) if parent else 0
        owner = self._plain(parent, subscripts[:outer]) if parent else self.owner
        code = attribute(owner, self.names.attributes[field.number])
        for subscript in subscripts[outer:]:
            code = item(code, subscript)
        return code

    def holder(self, place: Place) -> Code:
        """The object whose attribute a field is, or whose bytes hold it."""
        record = self.names.roots[place.field.number]
        if self.names.is_area(record):
            return self.record(place.field)
        parent = self.names.parents.get(place.field.number)
        return self._plain(parent, [self.index(each) for each in place.subscripts]) if parent else self.owner

    def index(self, subscript: Expression) -> Code:
        return shifted(self.whole(subscript), -1)

    def record(self, field: Field) -> Code:
        """The object whose bytes hold ``field``."""
        if field.number not in self.names.roots and self.outer is not None:
            return self.outer.record(field)
        return attribute(self.owner, self.names.attributes[self.names.roots[field.number].root.number])

    def offset(self, place: Place) -> Code:
        """Where the field starts in its record."""
        total: Code = literal(place.field.view.offset)
        for subscript, dimension in zip(place.subscripts, place.field.dimensions, strict=True):
            index = self.index(subscript)
            if index.text.isdecimal():
                total = shifted(total, int(index.text) * dimension.stride)
            else:
                step = index if dimension.stride == 1 else binary(index, "*", literal(dimension.stride))
                total = step if total.text == "0" else binary(total, "+", step)
        return total

    def is_shared(self, field: Field) -> bool:
        if field.number in self.names.roots:
            return self.names.is_area(self.names.roots[field.number])
        return self.outer is not None and self.outer.is_shared(field)

    def kind(self, expression: Expression) -> Kind:
        match expression:
            case Arithmetic(operator="+" | "-" | "*", left=left, right=right):
                return "int" if self.kind(left) == self.kind(right) == "int" else "decimal"
            case Arithmetic() | Unedited():
                return "decimal"
            case Negative(operand=operand):
                return "int" if self.kind(operand) == "int" else "decimal"
            case Constant(value=bool()):
                return "truth"
            case Constant(value=value, type=type):
                return kind_of(type) if isinstance(type, Number | Text | Floating) else _kind_of_value(value)
            case Intrinsic(name=name) if name in _WHOLE or name.startswith("tally "):
                return "int"
            case Intrinsic(type=type):
                return kind_of(type) if isinstance(type, Number | Text | Floating) else "decimal"
            case Load(type=type) | Fit(type=type) | NumberIn(type=type) | ToFloat(type=type):
                return kind_of(type)
            case Compare() | Both() | Either() | Not() | Named() | Consists():
                return "truth"
            case Local(type=type):
                return "truth" if isinstance(type, Truth) else kind_of(type)
        return "text"

    def code(self, expression: Expression) -> Code:
        """Any expression; what is written depends on its kind."""
        raise NotImplementedError

    def named(self, condition: Named) -> Code:
        """A condition with a name."""
        raise NotImplementedError

    def call(self, rule: str, *arguments: Code | str, **named: Code | str) -> Code:
        return call(self.uses.rule(rule), *arguments, **named)

    def exact(self, expression: Expression) -> Code:
        """A number that arithmetic can be done with: ``int`` or ``Decimal``."""
        code = self.code(expression)
        return self.call("decimal_of", code) if self.kind(expression) == "float" else code

    def whole(self, expression: Expression) -> Code:
        code = self.exact(expression)
        return code if self.kind(expression) == "int" else call("int", code)


def unsupported(what: str, reason: str, span: Span | None = None) -> UnsupportedError:
    return UnsupportedError(span or Span("", 1), f"'{what}': {reason}", mnemonic=what)


def fills(record: Record) -> bool:
    """The record is as large as all that lies over it."""
    return all(each.view.size <= record.root.view.size for each in record.overlays)


def kind_of(type: Number | Floating | Text) -> Kind:
    match type:
        case Number(scale=scale):
            return "decimal" if scale else "int"
        case Floating():
            return "float"
    return "text"


def _kind_of_value(value: int | Decimal | float | str | bool) -> Kind:
    match value:
        case int():
            return "int"
        case Decimal():
            return "decimal"
        case float():
            return "float"
    return "text"


def sign_of(field: Field) -> rules.Sign:
    """Where the sign of digits is, in the words of the rules."""
    if not isinstance(field.type, Number) or not field.type.signed:
        return "none"
    if field.view.separate:
        return "leading separate" if field.view.leading else "trailing separate"
    return "leading" if field.view.leading else "trailing"


def text_code(text: str) -> Code:
    """A literal, or the repetition of one where that is shorter to read."""
    if len(text) > (8 if text.isprintable() else 2) and len(set(text)) == 1:
        return Code(f"{quoted(text[0])} * {len(text)}", PRODUCT)
    stripped = text.rstrip(" ")
    if len(text) - len(stripped) > 12:
        return method(literal(stripped), "ljust", literal(len(text)))
    return literal(text)
