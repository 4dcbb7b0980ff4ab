"""Integer operations of C on numbers, exactly as the program would compute them; undefined ones have no value."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping

from transpile.c.constants import fitted
from transpile.c.tree import Expression
from transpile.c.types import Bool, Integer

_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "+": operators.add, "-": operators.sub, "*": operators.mul,
    "&": operators.and_, "|": operators.or_, "^": operators.xor,
}  # fmt: skip
_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge,
    "==": operators.eq, "!=": operators.ne,
}  # fmt: skip


class Undefined(Exception):
    """C does not define this, or it is no operation on integers."""


def computed(operator: str, left: int, right: int, at: Expression) -> int:
    """The result in the type of ``at``, to which both operands have been converted, but for shifts."""
    if operator in _COMPARISONS:
        return int(_COMPARISONS[operator](left, right))
    type = at.type
    if not isinstance(type, Integer | Bool):
        raise Undefined("this computation is not followed")
    value = _value(operator, left, right, type)
    wrapped = fitted(value, type)
    if not isinstance(wrapped, int) or (wrapped != value and (isinstance(type, Bool) or type.signed)):
        raise Undefined("this overflows")
    return wrapped


def _value(operator: str, left: int, right: int, type: Integer | Bool) -> int:
    bits = type.bits if isinstance(type, Integer) else 1
    match operator:
        case "/" | "%" if right != 0:
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return quotient if operator == "/" else left - quotient * right
        case "<<" if 0 <= right < bits and left >= 0:
            return left << right
        case ">>" if 0 <= right < bits:
            return left >> right
    if operator not in _ARITHMETIC:
        raise Undefined("this computation is not followed")
    return _ARITHMETIC[operator](left, right)
