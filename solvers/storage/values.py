"""Values of fields as Z3 terms: exact decimal numbers, and text of a known length.

Numbers are integers with a scale, over an integer: nothing is rounded before it is asked for. Both sides of a proof
build their terms here, in one form, so that equal computations mostly give equal terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

import z3

from transpile.solvers.storage.bounds import within

Int: TypeAlias = z3.ArithRef
Truth: TypeAlias = z3.BoolRef
Rounding: TypeAlias = Literal[
    "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO",
    "TOWARD-GREATER",
    "TOWARD-LESSER",
    "PROHIBITED",
]
Relation: TypeAlias = Literal["=", "<", ">", "<=", ">=", "<>"]
SPACE = 32


class NoTerm(Exception):
    """Something has no meaning here; the message says what, in words for the user."""


@dataclass(frozen=True, slots=True)
class Number:
    """``units / (10 ** scale * divisor)``; without ``divisor`` it is 1. The divisor is not zero."""

    units: Int
    scale: int = 0
    divisor: Int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """``chars``: the codes of its characters, 0 to 255, one term each."""

    chars: tuple[Int, ...]

    def __len__(self) -> int:
        return len(self.chars)


Value: TypeAlias = Number | Text


def integer(value: int) -> Int:
    return z3.IntVal(value)


def constant(value: int | Decimal) -> Number:
    if isinstance(value, int):
        return Number(integer(value))
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise NoTerm(f"{value} is no number")
    units = int("".join(map(str, digits)) or "0") * (-1 if sign else 1)
    return Number(integer(units), -exponent) if exponent < 0 else Number(integer(units * 10**exponent))


def text(value: str | bytes) -> Text:
    data = value.encode("latin-1") if isinstance(value, str) else value
    return Text(tuple(integer(code) for code in data))


def known(term: Int) -> int | None:
    """The value of a term that is a constant."""
    made = term if isinstance(term, z3.IntNumRef) else z3.simplify(term)
    return int(made.as_string()) if isinstance(made, z3.IntNumRef) else None


def known_text(value: Text) -> bytes | None:
    codes = [known(each) for each in value.chars]
    return None if any(code is None for code in codes) else bytes(code for code in codes if code is not None)


# Arithmetic, exact


def times(term: Int, factor: int) -> Int:
    return term if factor == 1 else _simple(term * factor)


def add(left: Number, right: Number) -> Number:
    left, right = _together(left, right)
    return Number(_simple(left.units + right.units), left.scale, left.divisor)


def subtract(left: Number, right: Number) -> Number:
    return add(left, negative(right))


def negative(value: Number) -> Number:
    return Number(_simple(-value.units), value.scale, value.divisor)


def multiply(left: Number, right: Number) -> Number:
    divisor = left.divisor if right.divisor is None else right.divisor
    if left.divisor is not None and right.divisor is not None:
        divisor = _simple(left.divisor * right.divisor)
    return Number(_simple(left.units * right.units), left.scale + right.scale, divisor)


def exact_quotient(left: Number, right: Number) -> Number:
    """``left / right`` with all its digits; the caller sees to it that ``right`` is not zero."""
    units = left.units if right.divisor is None else _simple(left.units * right.divisor)
    divisor = right.units if left.divisor is None else _simple(right.units * left.divisor)
    scale = left.scale - right.scale
    if scale < 0:
        units, scale = times(units, 10**-scale), 0
    return Number(units, scale, None if known(divisor) == 1 else divisor)


def choose(condition: Truth, yes: Number, no: Number) -> Number:
    yes, no = _together(yes, no)
    return Number(_either(condition, yes.units, no.units), yes.scale, yes.divisor)


def choose_text(condition: Truth, yes: Text, no: Text) -> Text:
    if len(yes) != len(no):
        raise NoTerm("text of a length that depends on the data")
    return Text(tuple(_either(condition, a, b) for a, b in zip(yes.chars, no.chars, strict=True)))


def compared(relation: Relation, left: Number, right: Number) -> Truth:
    left, right = _together(left, right)
    a, b = left.units, right.units
    if left.divisor is not None:
        a, b = _simple(z3.If(left.divisor > 0, a, -a)), _simple(z3.If(left.divisor > 0, b, -b))
    return related(relation, a, b)


def related(relation: Relation, a: Int, b: Int) -> Truth:
    match relation:
        case "=":
            found = a == b
        case "<>":
            found = a != b
        case "<":
            found = a < b
        case "<=":
            found = a <= b
        case ">":
            found = a > b
        case ">=":
            found = a >= b
    return _true(z3.simplify(found))


# Where digits get lost


def units_at(value: Number, scale: int, mode: Rounding = "TRUNCATION") -> Int:
    """``value`` in units of ``10 ** -scale``, rounded as ``mode`` says."""
    above = value.units if scale <= value.scale else times(value.units, 10 ** (scale - value.scale))
    below: Int = integer(10 ** max(0, value.scale - scale))
    if value.divisor is not None:
        below = _simple(below * value.divisor)
    if known(below) == 1:
        return above
    if (known(below) or -1) < 0:
        above, below = _simple(z3.If(below < 0, -above, above)), _simple(z3.If(below < 0, -below, below))
    size = _simple(z3.If(above < 0, -above, above))
    return _simple(z3.If(above < 0, -_away(size, below, mode, True), _away(size, below, mode, False)))


def _away(size: Int, below: Int, mode: Rounding, is_negative: bool) -> Int:
    """``size / below`` as a whole number, both positive, for a number of that sign."""
    floor = size / below
    rest = size - floor * below
    match mode:
        case "TRUNCATION":
            return floor
        case "NEAREST-AWAY-FROM-ZERO":
            return (2 * size + below) / (2 * below)
        case "NEAREST-TOWARD-ZERO":
            return z3.If(2 * rest > below, floor + 1, floor)
        case "NEAREST-EVEN":
            up = z3.Or(2 * rest > below, z3.And(2 * rest == below, floor % 2 == 1))
            return z3.If(up, floor + 1, floor)
        case "AWAY-FROM-ZERO":
            return z3.If(rest > 0, floor + 1, floor)
        case "TOWARD-GREATER":
            return floor if is_negative else z3.If(rest > 0, floor + 1, floor)
        case "TOWARD-LESSER":
            return z3.If(rest > 0, floor + 1, floor) if is_negative else floor
    raise NoTerm(f"rounding mode {mode}")


def low_digits(units: Int, digits: int) -> Int:
    """The last ``digits`` digits, with the sign."""
    limit = 10**digits
    if within(units, 1 - limit, limit - 1):
        return units
    return _simple(z3.If(units < 0, -((-units) % limit), units % limit))


def absolute(units: Int) -> Int:
    if within(units, 0):
        return units
    return _simple(z3.If(units < 0, -units, units))


def fits(units: Int, digits: int, signed: bool = True) -> Truth:
    """Whether a number has no more digits, and no sign unless it is ``signed``."""
    below, limit = -(10**digits) if signed else -1, 10**digits
    if within(units, below + 1, limit - 1):
        return z3.BoolVal(True)
    return _true(z3.simplify(z3.And(units < limit, units > below)))


# Text


def resized(value: Text, size: int) -> Text:
    """Cut or filled with spaces at its end."""
    chars = value.chars[:size]
    return Text(chars + (integer(SPACE),) * (size - len(chars)))


def texts_related(relation: Relation, left: Text, right: Text) -> Truth:
    """By the codes of the characters; the shorter one counts as filled with spaces."""
    size = max(len(left), len(right))
    pairs = list(zip(resized(left, size).chars, resized(right, size).chars, strict=True))
    equal = [_true(z3.simplify(a == b)) for a, b in pairs]
    if relation in ("=", "<>"):
        same = z3.And(equal) if equal else z3.BoolVal(True)
        return _true(z3.simplify(same if relation == "=" else z3.Not(same)))
    if relation in (">", "<="):
        less = texts_related("<", right, left)
        return less if relation == ">" else _true(z3.simplify(z3.Not(less)))
    found: Truth = z3.BoolVal(False)
    for (a, b), same in zip(reversed(pairs), reversed(equal), strict=True):
        found = z3.Or(a < b, z3.And(same, found))
    return _true(z3.simplify(found if relation == "<" else z3.Not(found)))


def same(left: Value, right: Value) -> Truth:
    """Whether two values are one and the same; text of another length is not."""
    if isinstance(left, Number) and isinstance(right, Number):
        return compared("=", left, right)
    if isinstance(left, Text) and isinstance(right, Text) and len(left) == len(right):
        return texts_related("=", left, right)
    return z3.BoolVal(False)


def both(conditions: Sequence[Truth]) -> Truth:
    return _true(z3.simplify(z3.And(*conditions))) if conditions else z3.BoolVal(True)


def _together(left: Number, right: Number) -> tuple[Number, Number]:
    """Both with one scale and one divisor."""
    if left.divisor is not None or right.divisor is not None:
        a, b = left.divisor, right.divisor
        if a is None or b is None or not a.eq(b):
            one = a if a is not None else integer(1)
            other = b if b is not None else integer(1)
            divisor = _simple(one * other)
            left = Number(_simple(left.units * other), left.scale, divisor)
            right = Number(_simple(right.units * one), right.scale, divisor)
    scale = max(left.scale, right.scale)
    return (
        Number(times(left.units, 10 ** (scale - left.scale)), scale, left.divisor),
        Number(times(right.units, 10 ** (scale - right.scale)), scale, right.divisor),
    )


def _either(condition: Truth, yes: Int, no: Int) -> Int:
    if yes.eq(no) or z3.is_true(condition):
        return yes
    return no if z3.is_false(condition) else z3.If(condition, yes, no)


def _simple(term: z3.ExprRef) -> Int:
    made = z3.simplify(term)
    assert isinstance(made, z3.ArithRef)
    return made


def _true(term: z3.ExprRef) -> Truth:
    assert isinstance(term, z3.BoolRef)
    return term
