"""Numbers as bytes and back. What was encoded is decoded to the very same term; digits of constants are computed by the
rules that the translated program has; everything else is a function that nothing is known about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import z3

from transpile.legacy.fields import Field
from transpile.legacy.types import Floating
from transpile.legacy.types import Number as NumberType
from transpile.python.rules import cobol_rules as rules
from transpile.solvers.storage.bounds import NUMBER_OF_TEXT
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    Truth,
    absolute,
    integer,
    known,
    known_text,
    text,
)


@dataclass(frozen=True, slots=True)
class Coding:
    """How the bytes of a numeric field hold it."""

    kind: str
    size: int
    digits: int
    signed: bool
    sign: rules.Sign = "none"

    @property
    def name(self) -> str:
        return f"{self.kind} {self.size} {self.digits} {'signed' if self.signed else 'unsigned'} {self.sign}"


def coding_of(field: Field) -> Coding:
    """Raises NoTerm for COMP-1, COMP-2 and pointers."""
    if isinstance(field.type, Floating) or field.view.coding in ("float", "pointer"):
        raise NoTerm(f"{field.origin} is a floating-point number or a pointer")
    assert isinstance(field.type, NumberType), field
    signed, view = field.type.signed, field.view
    if view.coding != "display":
        return Coding(view.coding, view.size, field.type.digits, signed)
    sign: rules.Sign = "leading" if view.leading else "trailing"
    if view.separate:
        sign = "leading separate" if view.leading else "trailing separate"
    return Coding("display", view.size, field.type.digits, signed, sign if signed else "none")


@dataclass(slots=True)
class Codings:
    """Remembers what was encoded, so that decoding finds it. One for both sides of a proof.

    ``facts``: bytes that are not known hold digits, as their field's PICTURE says; what the rules make of constants.
    """

    encoded: dict[tuple[int, ...], tuple[Coding, Int]] = field(default_factory=dict)
    facts: list[Truth] = field(default_factory=list)
    _kept: list[Text] = field(default_factory=list)
    _said: set[int] = field(default_factory=set)

    def encode(self, coding: Coding, units: Int) -> Text:
        """The bytes of ``units``, which must fit."""
        value = known(units)
        if value is not None:
            made = text(_bytes_of(coding, value))
        elif coding.kind == "display" and coding.sign == "none":
            made = Text(tuple(_digit(units, at) for at in reversed(range(coding.digits))))
        else:
            made = Text(tuple(opaque(f"byte {at} of {coding.name}", (units,)) for at in range(coding.size)))
        if value is None:
            self._kept.append(made)
            self.encoded[_identity(made)] = (coding, units)
        return made

    def decode(self, coding: Coding, data: Text) -> Int:
        found = self.encoded.get(_identity(data))
        if found is not None and found[0] == coding:
            return found[1]
        given = known_text(data)
        if given is not None:
            return integer(_value_of(coding, given))
        made = opaque(f"number of {coding.name}", data.chars)
        if coding.digits:
            most = 10**coding.digits - 1
            self._fact(z3.And(made >= (-most if coding.signed else 0), made <= most))
        return made

    def shown(self, name: str, value: Number, size: int) -> Text:
        """``size`` characters of which only this is known: they depend on ``value`` and on the rule called ``name``.
        Those of a constant are computed, if ``name`` is ``edit``, a picture and options, or ``show`` and its
        arguments."""
        if value.divisor is not None:
            raise NoTerm("the digits of a quotient")
        value = _short(value)
        any_one = tuple(opaque(f"{name}, scale {value.scale}, character {at}", (value.units,)) for at in range(size))
        number = known(value.units)
        found = None if number is None else _computed(name.split(), rules.scaled(number, value.scale))
        if found is None or len(found) != size:
            return Text(any_one)
        made = text(found)
        for mine, theirs in zip(any_one, made.chars, strict=True):
            self._fact(mine == theirs)
        return made

    def _fact(self, fact: z3.ExprRef) -> None:
        assert isinstance(fact, z3.BoolRef)
        if fact.get_id() not in self._said:
            self._said.add(fact.get_id())
            self.facts.append(fact)

    def holds_digits(self, coding: Coding, data: Text) -> bool:
        """Whether ``data`` is, for certain, what ``encode`` gives for some number."""
        found = self.encoded.get(_identity(data))
        if found is not None:
            return found[0] == coding
        given = known_text(data)
        return given is not None and _encodes(coding, _value_of(coding, given), given)


def _computed(words: list[str], value: Decimal) -> str | None:
    match words:
        case ["edit", picture, *options]:
            currency = next((each.removeprefix("currency=") for each in options if each.startswith("currency=")), "$")
            blank, comma = "blank" in options, "comma" in options
            return rules.edit(value, picture, blank_when_zero=blank, comma=comma, currency=currency)
        case ["show", digits, scale, signed, trailing]:
            return rules.show(value, int(digits), int(scale), signed == "True", trailing == "True")
        case ["show_native", size, signed]:
            return rules.show_native(int(value), int(size), signed == "True")
    return None


def number_in(data: Text, digits: int, scale: int) -> Number:
    """What a numeric field of so many digits gets from text that is moved to it."""
    given = known_text(data)
    if given is not None:
        return Number(integer(rules.number_of_text(given.decode("latin-1"), digits, scale)), scale)
    return Number(opaque(f"{NUMBER_OF_TEXT}{digits} {scale}", data.chars), scale)


def _short(value: Number) -> Number:
    return Number(z3.simplify(value.units), value.scale)


def _identity(data: Text) -> tuple[int, ...]:
    return tuple(each.get_id() for each in data.chars)


def _digit(units: Int, at: int) -> Int:
    """The character of the digit with weight ``10 ** at`` of a number that is not negative."""
    made = z3.simplify(absolute(units) / 10**at % 10 + 48)
    assert isinstance(made, z3.ArithRef)
    return made


def opaque(name: str, arguments: tuple[Int, ...]) -> Int:
    """A number of which only this is known: it depends on ``arguments`` and on the rule called ``name``."""
    function = z3.Function(name, *(z3.IntSort() for _ in arguments), z3.IntSort())
    made = function(*arguments)
    assert isinstance(made, z3.ArithRef)
    return made


def _bytes_of(coding: Coding, value: int) -> bytes:
    match coding.kind:
        case "display":
            return rules.encode_display(value, coding.digits, coding.sign)
        case "packed":
            return rules.encode_packed(value, coding.digits, coding.signed)
    return rules.encode_binary(value, coding.size, coding.signed, coding.kind != "binary")


def _encodes(coding: Coding, value: int, data: bytes) -> bool:
    try:
        return _bytes_of(coding, value) == data
    except (ValueError, OverflowError):
        return False


def _value_of(coding: Coding, data: bytes) -> int:
    match coding.kind:
        case "display":
            return rules.decode_display(data, coding.sign)
        case "packed":
            return rules.decode_packed(data, coding.digits, coding.signed)
    return rules.decode_binary(data, coding.signed, coding.kind != "binary")
