"""Operators of ``int`` and ``Decimal``, exact as ``rules.use_exact_arithmetic`` makes them."""

from __future__ import annotations

import z3

from transpile.solvers.python.values import Kind, Num, units_of, whole
from transpile.solvers.storage import values
from transpile.solvers.storage.values import Int, NoTerm, Number, Relation, Rounding, Truth, integer, known, times

MAX_POWER = 8
SLACK = 4
"""Digits that a divisor may have more than its field, where bytes of a record are no digits."""


def compared(relation: Relation, left: Num, right: Num) -> Truth:
    for each in (left, right):
        each.units  # noqa: B018
    return values.compared(relation, left.number, right.number)


def negated(value: Num) -> Num:
    return Num(values.negative(Number(value.units, value.number.scale)), value.kind, value.least, value.digits)


def absolute(value: Num) -> Num:
    return Num(Number(values.absolute(value.units), value.number.scale), value.kind, value.least, value.digits)


def computed(operator: str, left: Num, right: Num) -> Num:
    for each in (left, right):
        each.units  # noqa: B018
    kind: Kind = "int" if left.kind == right.kind == "int" else "decimal"
    match operator:
        case "+" | "-":
            number = (values.add if operator == "+" else values.subtract)(left.number, right.number)
            digits = max(left.digits, right.digits) + abs(left.number.scale - right.number.scale) + 1
            return Num(number, kind, max(left.least, right.least), digits)
        case "*":
            number = values.multiply(left.number, right.number)
            return Num(number, kind, left.least + right.least, left.digits + right.digits)
        case "**":
            return _power(left, right)
    return _divided(operator, left, right, kind)


def _power(base: Num, exponent: Num) -> Num:
    times_ = known(exponent.units)
    if base.kind != "int" or exponent.kind != "int" or times_ is None or not 0 <= times_ <= MAX_POWER:
        raise NoTerm("this power")
    made = whole(integer(1), 1)
    for _ in range(times_):
        made = computed("*", made, base)
    return made


def _divided(operator: str, left: Num, right: Num, kind: Kind) -> Num:
    """``//`` and ``%`` by what is not zero: of ints down, of Decimals towards zero."""
    scale = max(left.number.scale, right.number.scale)
    above = times(left.units, 10 ** (scale - left.number.scale))
    below = times(right.units, 10 ** (scale - right.number.scale))
    size, turned = values.absolute(below), units_of(z3.If(below < 0, -above, above))
    digits = max(left.digits, right.digits) + scale + 1
    if kind == "int":
        rest = turned % size
        return whole(units_of(turned / size if operator == "//" else z3.If(below < 0, -rest, rest)), digits)
    if operator == "//":
        return Num(Number(units_of(z3.If(turned < 0, -((-turned) / size), turned / size))), kind, 0, digits)
    rest = units_of(z3.If(above < 0, -((-above) % size), above % size))
    return Num(Number(rest, scale), kind, max(left.least, right.least), digits)


def extreme(largest: bool, numbers: list[Num]) -> Num:
    """``max`` or ``min``: of equal ones the first."""
    best, *others = numbers
    for each in others:
        if each.kind != best.kind:
            raise NoTerm("the largest or smallest of an int and a Decimal")
        better = compared(">" if largest else "<", each, best)
        number = values.choose(better, each.number, best.number)
        apart = abs(each.number.scale - best.number.scale)
        best = Num(number, best.kind, min(best.least, each.least), max(best.digits, each.digits) + apart)
    return best


def truncated(value: Num) -> Num:
    """``int()``."""
    return value if value.kind == "int" else whole(units_at(value, 0), size_of_whole(value))


def units_at(value: Num, scale: int, mode: Rounding = "TRUNCATION") -> Int:
    """``value`` with so many decimals. Of a quotient that was cut far behind them, they are those of the whole one: its
    distance to where the rounding changes is nothing, or more than what was cut."""
    exact = value.exact
    if exact is not None and value.number.scale > exact.divisors + max(0, scale) + SLACK:
        return values.units_at(exact.number, scale, mode)
    return values.units_at(value.number, scale, mode)


def size_of_whole(value: Num) -> int:
    """How many digits there may be before the point, or more."""
    return max(1, value.digits + max(0, -value.number.scale))
