"""The values of constant expressions (C11 6.6), exactly as the program would compute them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from transpile.c.literals import to_float
from transpile.c.tree import Binary, Cast, Conditional, Constant, Expression, SizeOf, Unary
from transpile.c.types import Bool, CType, Float, Integer, alignment, size

Value = int | float


def value_of(expression: Expression) -> Value | None:
    """The value of ``expression``; None when it is not constant, is undefined, or is a ``long double``."""
    match expression:
        case Constant(value):
            return value if _exact(expression.type) else None
        case Cast(operand):
            return fitted(value_of(operand), expression.type)
        case SizeOf(of, _, is_alignment):
            return alignment(of) if is_alignment else size(of)
        case Unary(sign, operand):
            return _unary(sign, value_of(operand), expression.type)
        case Binary(sign, left, right):
            return _binary(sign, left, right, expression.type)
        case Conditional(condition, yes, no):
            chosen = value_of(condition)
            return None if chosen is None else value_of(yes if chosen else no)
    return None


def integer_of(expression: Expression) -> int | None:
    """The value of an integer constant expression."""
    value = value_of(expression)
    return value if isinstance(value, int) else None


def fitted(value: Value | None, type: CType) -> Value | None:
    """``value`` converted to ``type``; None when that is undefined, or not a number."""
    if value is None or not _exact(type):
        return None
    match type:
        case Bool():
            return int(value != 0)
        case Integer(bits, signed):
            if isinstance(value, float):
                if not math.isfinite(value):
                    return None
                value = int(value)
                low = -(1 << (bits - 1)) if signed else 0
                return value if low <= value < low + (1 << bits) else None
            value &= (1 << bits) - 1
            return value - (1 << bits) if signed and value >> (bits - 1) else value
        case Float(bits):
            return to_float(float(_sticky(value))) if bits == 32 else float(value)
    return None


def _sticky(value: Value) -> Value:
    """``value`` in 53 bits such that rounding it to fewer gives what rounding ``value`` would."""
    extra = abs(value).bit_length() - 53 if isinstance(value, int) else 0
    if not isinstance(value, int) or extra <= 0:
        return value
    kept = abs(value) >> extra | int(abs(value) & ((1 << extra) - 1) != 0)
    return (kept << extra) * (1 if value > 0 else -1)


def _exact(type: CType) -> bool:
    return isinstance(type, Bool | Integer) or (isinstance(type, Float) and type.bits <= 64)


def _unary(sign: str, value: Value | None, type: CType) -> Value | None:
    if value is None:
        return None
    if sign == "!":
        return int(not value)
    if sign == "~":
        return fitted(~int(value), type)
    return _defined(-value if sign == "-" else value, type)


def _binary(sign: str, left: Expression, right: Expression, type: CType) -> Value | None:
    first = value_of(left)
    if first is None:
        return None
    if sign in ("&&", "||"):
        if bool(first) == (sign == "||"):
            return int(bool(first))
        second = value_of(right)
        return None if second is None else int(bool(second))
    second = value_of(right)
    if second is None:
        return None
    if sign in _COMPARISONS:
        return int(_COMPARISONS[sign](first, second))
    if isinstance(first, float) and isinstance(second, float):
        return _floating(sign, first, second, type)
    return _integer(sign, int(first), int(second), type)


def _integer(sign: str, left: int, right: int, type: CType) -> Value | None:
    assert isinstance(type, Integer)
    if sign in ("<<", ">>"):
        if not 0 <= right < type.bits or (sign == "<<" and type.signed and left < 0):
            return None
        return fitted(left << right if sign == "<<" else left >> right, type)
    if sign in ("/", "%"):
        if not right:
            return None
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return _defined(quotient, type) if sign == "/" else left - quotient * right
    return _defined(_ARITHMETIC[sign](left, right), type)


def _floating(sign: str, left: float, right: float, type: CType) -> Value | None:
    if sign == "/":
        return fitted(left / right, type) if right else None
    try:
        return fitted(_ARITHMETIC[sign](left, right), type)
    except OverflowError:
        return None


def _defined(value: Value, type: CType) -> Value | None:
    """``value`` in ``type``; None where a signed integer overflows."""
    result = fitted(value, type)
    return None if isinstance(type, Integer) and type.signed and result != value else result


_COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_ARITHMETIC: Mapping[str, Callable[..., Value]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip
