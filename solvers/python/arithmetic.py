"""Operators of ``int`` and ``Decimal``, exact as ``rules.use_exact_arithmetic`` makes them."""

from __future__ import annotations

from collections.abc import Callable

import z3

from transpile.solvers.python.values import Kind, Num, whole
from transpile.solvers.storage import values
from transpile.solvers.storage.values import Int, NoTerm, Number, Relation, Truth, integer, known, times

Certain = Callable[[Truth], bool]
MAX_POWER = 8


def compared(relation: Relation, left: Num, right: Num) -> Truth:
    for each in (left, right):
        each.units  # noqa: B018
    return values.compared(relation, left.number, right.number)


def negated(value: Num) -> Num:
    return Num(values.negative(Number(value.units, value.number.scale)), value.kind, value.least, value.digits)


def absolute(value: Num) -> Num:
    return Num(Number(values.absolute(value.units), value.number.scale), value.kind, value.least, value.digits)


def computed(operator: str, left: Num, right: Num, certain: Certain) -> Num:
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
    return _divided(operator, left, right, kind, certain)


def _power(base: Num, exponent: Num) -> Num:
    times_ = known(exponent.units)
    if base.kind != "int" or exponent.kind != "int" or times_ is None or not 0 <= times_ <= MAX_POWER:
        raise NoTerm("this power")
    made = whole(integer(1), 1)
    for _ in range(times_):
        made = computed("*", made, base, lambda _: False)
    return made


def _divided(operator: str, left: Num, right: Num, kind: Kind, certain: Certain) -> Num:
    """``//`` and ``%``: of ints down, of Decimals towards zero."""
    scale = max(left.number.scale, right.number.scale)
    above = times(left.units, 10 ** (scale - left.number.scale))
    below = times(right.units, 10 ** (scale - right.number.scale))
    if not certain(_truth(below > 0)):
        raise NoTerm(f"{operator} by something that may not be positive")
    digits = max(left.digits, right.digits) + scale + 1
    if kind == "int":
        return whole(_simple(above / below if operator == "//" else above % below), digits)
    if operator == "//":
        return Num(Number(_simple(z3.If(above < 0, -((-above) / below), above / below))), kind, 0, digits)
    rest = _simple(z3.If(above < 0, -((-above) % below), above % below))
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
    return value if value.kind == "int" else whole(values.units_at(value.number, 0), size_of_whole(value))


def size_of_whole(value: Num) -> int:
    """How many digits there may be before the point, or more."""
    return max(1, value.digits + max(0, -value.number.scale))


def _truth(condition: z3.ExprRef) -> Truth:
    made = z3.simplify(condition)
    assert isinstance(made, z3.BoolRef)
    return made


def _simple(term: z3.ExprRef) -> Int:
    made = z3.simplify(term)
    assert isinstance(made, z3.ArithRef)
    return made
