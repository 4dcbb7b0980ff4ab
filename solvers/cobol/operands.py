"""What references, literals and expressions are worth in one moment.

What is taken for granted on the way (subscripts within their tables, divisors that are not zero) is collected, each
under the condition that it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

import z3

from transpile.cobol import tree
from transpile.cobol.layout import Field as Laid
from transpile.cobol.names import Symbol
from transpile.cobol.programs import Item
from transpile.legacy.fields import Field
from transpile.legacy.types import Number as NumberType
from transpile.python.rules.cobol_rules import QUOTIENT_DIGITS
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.storage.coding import Coding
from transpile.solvers.storage.steps import Path
from transpile.solvers.storage.storage import MAX_ELEMENTS, Storage
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    Truth,
    absolute,
    add,
    both,
    choose_text,
    compared,
    constant,
    exact_quotient,
    integer,
    known,
    multiply,
    negative,
    subtract,
    text,
    units_at,
)

MAX_POWER = 8
_FIGURATIVES = {"SPACE": b" ", "ZERO": b"0", "QUOTE": b'"', "HIGH-VALUE": b"\xff", "LOW-VALUE": b"\0", "NULL": b"\0"}
_NATIVE_DIGITS = {1: 2, 2: 4, 4: 9, 8: 18}
"""The digits of BINARY-CHAR, -SHORT, -LONG and -DOUBLE as text; larger numbers lose some."""
IN_TABLES = "subscripts lie in their tables"


@dataclass(frozen=True, slots=True)
class Spot:
    """A field, one element of a table, or some bytes of it: ``start`` counts from 0, None for all of it.
    ``subscripts`` count from 0; ``laid`` is None for indexes and special registers."""

    field: Field
    laid: Laid | None
    subscripts: tuple[Int, ...]
    size: int
    start: int | None = None

    @property
    def group(self) -> bool:
        return self.field.type is None

    @property
    def number(self) -> NumberType | None:
        """What it is as a number; None for text, groups and parts."""
        return self.field.type if isinstance(self.field.type, NumberType) and self.start is None else None


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number; ``digits`` are those of the item or literal, ``scale`` those of them that are decimals."""

    number: Number
    digits: int
    scale: int = 0
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Characters:
    """Text; ``spot``: where it came from, None for literals."""

    text: Text
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A figurative constant, or ALL: as long as it is needed."""

    pattern: bytes
    zero: bool = False

    def filled(self, size: int) -> Text:
        return text((self.pattern * (size // len(self.pattern) + 1))[:size])


Operand: TypeAlias = Numeric | Characters | Repeated


@dataclass(slots=True)
class Evaluation:
    """Reads ``storage``. ``assumed``: what was taken for granted, and its reason in words. ``failing``: where it is
    given, it gets the conditions under which there is no result. ``stored_failing`` are those of a size error for which
    there is one: 0 ** 0."""

    scene: Scene
    storage: Storage
    assumed: list[tuple[Truth, str]] = field(default_factory=list)
    failing: list[Truth] | None = None
    stored_failing: list[Truth] = field(default_factory=list)
    _guards: list[Truth] = field(default_factory=list)

    def assume(self, condition: Truth, words: str) -> None:
        if not z3.is_true(z3.simplify(condition)):
            made = z3.simplify(z3.Implies(z3.And(*self._guards), condition)) if self._guards else condition
            assert isinstance(made, z3.BoolRef)
            self.assumed.append((made, words))

    @contextmanager
    def where(self, condition: Truth) -> Iterator[None]:
        """What is looked at within counts only if ``condition`` holds."""
        self._guards.append(condition)
        try:
            yield
        finally:
            self._guards.pop()

    def settle(self, path: Path) -> Path | None:
        """``path`` with all that was taken for granted."""
        for condition, words in self.assumed:
            longer = path.assuming(condition, words)
            if longer is None:
                return None
            path = longer
        self.assumed = []
        return path

    # Places

    def spot(self, reference: tree.Reference) -> Spot:
        found = self.scene.field(reference)
        laid = self.scene.laid.get(found.number)
        return self.sliced(self.element(found, laid, reference.subscripts), reference.slice)

    def item(self, item: Item, subscripts: Sequence[tree.Expression]) -> Spot:
        found = self.scene.fields.get(id(item))
        if found is None:
            raise NoTerm(f"{item.name or 'FILLER'} is not in the model")
        return self.element(found, self.scene.laid[found.number], subscripts)

    def element(self, found: Field, laid: Laid | None, subscripts: Sequence[tree.Expression]) -> Spot:
        if len(subscripts) != len(found.dimensions):
            raise NoTerm(f"{found.origin} with {len(subscripts)} subscripts")
        if laid is not None and laid.varies is not None:
            raise NoTerm(f"{found.origin} has no fixed size")
        given = tuple(self._subscript(each) for each in subscripts)
        for at, dimension in zip(given, found.dimensions, strict=True):
            self.assume(z3.And(at >= 0, at < dimension.count), IN_TABLES)
        if any((at := known(each)) is not None and not 0 <= at < dimension.count
               for each, dimension in zip(given, found.dimensions, strict=True)):  # fmt: skip
            raise NoTerm(f"an element of {found.origin} that is not in the table")
        return Spot(found, laid, given, found.view.size)

    def _subscript(self, expression: tree.Expression) -> Int:
        made = z3.simplify(units_at(self.number(expression), 0) - 1)
        assert isinstance(made, z3.ArithRef)
        return made

    def sliced(self, spot: Spot, part: tree.Slice | None) -> Spot:
        if part is None:
            return spot
        start = known(units_at(self.number(part.start), 0))
        size = None if part.length is None else known(units_at(self.number(part.length), 0))
        if start is None or (part.length is not None and size is None):
            raise NoTerm("reference modification with variable bounds")
        size = spot.size - start + 1 if size is None else size
        if not (start >= 1 and size >= 1 and start - 1 + size <= spot.size):
            raise NoTerm("reference modification beyond the item")
        return Spot(spot.field, spot.laid, spot.subscripts, size, start - 1)

    # Bytes

    def bytes(self, spot: Spot) -> Text:
        """The bytes of a group, of a part of an item, or of any item."""
        whole = spot.field
        if not isinstance(whole.type, NumberType) and whole.type is not None:
            found = self.storage.read(whole, spot.subscripts)
            assert isinstance(found, Text)
            return found if spot.start is None else Text(found.chars[spot.start : spot.start + spot.size])
        chosen: Text | None = None
        for condition, start in self.starts(spot):
            here = self.storage.bytes(self.record(spot), start, spot.size)
            chosen = here if chosen is None else choose_text(condition, here, chosen)
        assert chosen is not None
        return chosen

    def record(self, spot: Spot) -> int:
        return self.storage.layout.roots[spot.field.number].root.number

    def starts(self, spot: Spot) -> list[tuple[Truth, int]]:
        """Where in its record it may begin, each with its condition."""
        begin, ways = spot.field.view.offset + (spot.start or 0), 1
        ranges: list[list[tuple[Truth | None, int]]] = []
        for at, dimension in zip(spot.subscripts, spot.field.dimensions, strict=True):
            fixed = known(at)
            if fixed is not None:
                ranges.append([(None, fixed * dimension.stride)])
                continue
            ways *= dimension.count
            ranges.append([(at == each, each * dimension.stride) for each in range(dimension.count)])
        if ways > MAX_ELEMENTS:
            raise NoTerm(f"an element of {spot.field.origin}, a table with many elements, as bytes")
        found: list[tuple[Truth, int]] = []
        for choice in product(*ranges):
            conditions = [each for each, _ in choice if each is not None]
            found.append((both(conditions), begin + sum(offset for _, offset in choice)))
        return found

    # Values

    def operand(self, expression: tree.Expression) -> Operand:
        """``expression`` as MOVE and comparisons see it."""
        match expression:
            case tree.Number(value, literal):
                digits = "".join(c for c in literal if c.isdigit())
                number = constant(value)
                return Numeric(number, len(digits), number.scale)
            case tree.Unary("-", tree.Number() as inner):
                found = self.operand(inner)
                assert isinstance(found, Numeric)
                return Numeric(negative(found.number), found.digits, found.scale)
            case tree.Text(value, every):
                return Repeated(value) if every else Characters(text(value))
            case tree.Figurative(name) if name in _FIGURATIVES:
                return Repeated(_FIGURATIVES[name], name == "ZERO")
            case tree.Reference():
                return self._reference(expression)
            case tree.FunctionCall():
                return self._function(expression)
        return Numeric(self.number(expression), 0)

    def _function(self, call: tree.FunctionCall) -> Operand:
        from transpile.solvers.cobol.functions import text_function

        found = text_function(self, call)
        return Characters(found) if found is not None else Numeric(self.number(call), 18)

    def _reference(self, reference: tree.Reference) -> Operand:
        if (meant := self.scene.constant(reference)) is not None:
            return self.operand(meant)
        meaning = self.scene.names.resolve(reference).meaning
        if isinstance(meaning, Symbol) and isinstance(meaning.value, int):
            return Repeated(bytes((meaning.value - 1,)))
        return self.held(self.spot(reference))

    def held(self, spot: Spot) -> Operand:
        """What lies there."""
        type_ = spot.number
        if type_ is None:
            return Characters(self.bytes(spot), spot)
        found = self.storage.read(spot.field, spot.subscripts)
        assert isinstance(found, Number)
        digits = type_.digits
        if spot.laid is not None and spot.laid.picture is None:
            digits = _NATIVE_DIGITS[spot.size]
        return Numeric(found, digits, type_.scale, spot)

    def digits(self, operand: Numeric) -> Text:
        """The digits of a number as text: without sign and point."""
        if not operand.digits:
            raise NoTerm("an arithmetic expression as text")
        size = operand.digits + max(0, -operand.scale)
        units = absolute(units_at(operand.number, max(0, operand.scale)))
        type_ = operand.spot.number if operand.spot is not None else None
        if type_ is None or type_.bits:
            units = _low(units, size)
        return self.storage.codings.encode(Coding("display", size, size, False), units)

    def characters(self, operand: Numeric | Characters) -> Text:
        return operand.text if isinstance(operand, Characters) else self.digits(operand)

    # Numbers

    def number(self, expression: tree.Expression, last: bool = False) -> Number:
        """``last``: a quotient is rounded or cut to the digits of an item at once."""
        match expression:
            case tree.Figurative("ZERO"):
                return Number(integer(0))
            case tree.Number(value):
                return constant(value)
            case tree.Unary(operator, operand):
                inner = self.number(operand)
                return negative(inner) if operator == "-" else inner
            case tree.Binary("**", left, right):
                return self._power(self.number(left), self.number(right))
            case tree.Binary(operator, left, right):
                return self.computed(operator, self.number(left), self.number(right), last)
            case tree.LengthOf(operand):
                return Number(integer(self.length(operand)))
            case tree.FunctionCall():
                from transpile.solvers.cobol.functions import number_function

                return number_function(self, expression)
            case tree.Reference():
                found = self._reference(expression)
                if isinstance(found, Numeric):
                    return found.number
        raise NoTerm("this is not a number in the model")

    def computed(self, operator: str, left: Number, right: Number, last: bool = False) -> Number:
        match operator:
            case "+":
                return add(left, right)
            case "-":
                return subtract(left, right)
            case "*":
                return multiply(left, right)
        if known(right.units) == 0:
            if self.failing is None:
                raise NoTerm("a division by a constant zero")
            self.failing.append(z3.BoolVal(True))
            return left
        if self.failing is not None:
            self.failing.append(is_zero(right))
        else:
            self.assume(z3.Not(is_zero(right)), "no divisor is zero")
        return exact_quotient(left, right) if last else quotient(left, right)

    def _power(self, base: Number, exponent: Number) -> Number:
        times = known(exponent.units)
        if times is None or exponent.scale or exponent.divisor is not None or not 0 <= times <= MAX_POWER:
            raise NoTerm("a power whose exponent is no small constant")
        if not times:
            self.stored_failing.append(is_zero(base))
            return Number(integer(1))
        made = base
        for _ in range(times - 1):
            made = multiply(made, base)
        return made

    def length(self, operand: tree.Expression) -> int:
        match operand:
            case tree.Text(value):
                return len(value)
            case tree.Figurative():
                return 1
            case tree.Number(_, literal):
                return len([c for c in literal if c.isdigit()])
            case tree.Reference():
                return self.spot(operand).size
        raise NoTerm("LENGTH OF an expression")


def quotient(left: Number, right: Number) -> Number:
    """``left / right`` in the middle of an expression, with as many decimals as GnuCOBOL keeps."""
    decimals = max(0, left.scale - right.scale) + QUOTIENT_DIGITS
    return Number(units_at(exact_quotient(left, right), decimals), decimals)


def is_zero(value: Number) -> Truth:
    return compared("=", value, Number(integer(0)))


def _low(units: Int, digits: int) -> Int:
    made = z3.simplify(units % 10**digits)
    assert isinstance(made, z3.ArithRef)
    return made
