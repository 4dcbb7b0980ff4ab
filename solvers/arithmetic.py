"""p-code's computing operations as functions from terms to a term.

Truth values are one bit wide; where p-code keeps one in a byte, ``boolean`` and ``widen`` convert. Floating-point
operations are uninterpreted functions (``fadd64`` …), except for comparisons, negation and absolute value.
"""

from __future__ import annotations

from collections.abc import Callable

import pypcode

from transpile.solvers import terms as t
from transpile.solvers.rewrite_divide import IMPOSSIBLE
from transpile.solvers.terms import Term

Operation = Callable[..., Term]


def boolean(value: Term) -> Term:
    """A p-code truth value as one bit."""
    return value if value.width == 1 else t.extract(value, 0, 1)


def widen(value: Term, bits: int) -> Term:
    """``value``, zero-extended if it is narrower than ``bits``."""
    return value if value.width >= bits else t.zext(value, bits)


def _pair(a: Term, b: Term) -> tuple[Term, Term]:
    width = max(a.width, b.width)
    return widen(a, width), widen(b, width)


def _compare(function: Operation) -> Operation:
    return lambda bits, a, b: function(a, b) if a.width == b.width else function(*_pair(a, b))


def _binary(function: Operation) -> Operation:
    return lambda bits, a, b: function(widen(a, bits), widen(b, bits))


def _bitwise(function: Operation) -> Operation:
    """Truth values stay one bit wide; wide operands are taken by 64-bit parts, as registers hold them."""

    def operate(bits: int, a: Term, b: Term) -> Term:
        if a.width == b.width and bits <= 64:
            return function(a, b)
        a, b = widen(a, bits), widen(b, bits)
        if bits <= 64:
            return function(a, b)
        parts = [function(t.extract(a, i, 64), t.extract(b, i, 64)) for i in range(0, bits - bits % 64, 64)]
        if rest := bits % 64:
            parts.append(function(t.extract(a, bits - rest, rest), t.extract(b, bits - rest, rest)))
        return join(parts)

    return operate


def join(parts: list[Term]) -> Term:
    """Concatenate, lowest part first."""
    value = parts[0]
    for part in parts[1:]:
        value = t.concat(part, value)
    return value


def shift(function: Operation, bits: int, value: Term, count: Term) -> Term:
    """``value`` shifted by a count of any width; counts from ``bits`` on give 0 or the sign, as in p-code."""
    value = widen(value, bits)
    if count.width <= bits:
        return function(value, widen(count, bits))
    if count.op == "const":
        return function(value, t.const(min(count.value, (1 << bits) - 1), bits))
    low = t.extract(count, 0, bits)
    if t.zext(low, count.width) is count:
        return function(value, low)
    in_range = t.ult(count, t.const(bits, count.width))
    return function(value, t.ite(in_range, low, t.const(bits, bits)))


def _shift(function: Operation) -> Operation:
    return lambda bits, a, b: shift(function, bits, a, b)


def _negate(bits: int, a: Term) -> Term:
    a = widen(a, bits)
    return t.bnot(a) if bits <= 64 else join([t.bnot(t.extract(a, i, 64)) for i in range(0, bits, 64)])


def equal(a: Term, b: Term) -> Term:
    """Whether ``a`` and ``b`` are equal, by what is known here."""
    found = t.eq(a, b)
    return t.FALSE if found in IMPOSSIBLE else found


def _float(name: str) -> Operation:
    return lambda bits, *args: t.apply(f"{name}{bits}", bits, *args)


def int_to_float(bits: int, value: Term) -> Term:
    """A signed integer rounded to a float of ``bits``; narrow ones go through their sign extension."""
    wide = t.sext(value, 64) if value.width < 64 else value
    return t.apply(f"i{wide.width}tof{bits}", bits, wide)


def float_to_float(bits: int, value: Term) -> Term:
    """Between 32 and 64 bits."""
    return value if value.width == bits else t.apply(f"f{value.width}to{bits}", bits, value)


_BY_NAME: dict[str, Operation] = {
    "INT_EQUAL": _compare(equal),
    "INT_NOTEQUAL": _compare(t.ne),
    "INT_LESS": _compare(t.ult),
    "INT_LESSEQUAL": _compare(t.ule),
    "INT_SLESS": _compare(t.slt),
    "INT_SLESSEQUAL": _compare(t.sle),
    "INT_CARRY": _compare(t.carry),
    "INT_SCARRY": _compare(t.scarry),
    "INT_SBORROW": _compare(t.sborrow),
    "INT_ZEXT": lambda bits, a: widen(a, bits),
    "INT_SEXT": lambda bits, a: t.sext(widen(a, 8), bits),
    "INT_ADD": _binary(t.add),
    "INT_SUB": _binary(t.sub),
    "INT_MULT": _binary(t.mul),
    "INT_DIV": _binary(t.udiv),
    "INT_REM": _binary(t.urem),
    "INT_SDIV": _binary(t.sdiv),
    "INT_SREM": _binary(t.srem),
    "INT_AND": _bitwise(t.band),
    "INT_OR": _bitwise(t.bor),
    "INT_XOR": _bitwise(t.bxor),
    "INT_NEGATE": _negate,
    "INT_2COMP": lambda bits, a: t.neg(widen(a, bits)),
    "INT_LEFT": _shift(t.shl),
    "INT_RIGHT": _shift(t.lshr),
    "INT_SRIGHT": _shift(t.ashr),
    "BOOL_NEGATE": lambda bits, a: t.bnot(boolean(a)),
    "BOOL_AND": lambda bits, a, b: t.band(boolean(a), boolean(b)),
    "BOOL_OR": lambda bits, a, b: t.bor(boolean(a), boolean(b)),
    "BOOL_XOR": lambda bits, a, b: t.bxor(boolean(a), boolean(b)),
    "PIECE": lambda bits, a, b: t.concat(widen(a, 8), widen(b, 8)),
    "SUBPIECE": lambda bits, a, b: t.extract(widen(a, 8 * b.value + bits), 8 * b.value, bits),
    "POPCOUNT": lambda bits, a: t.popcount(widen(a, 8), bits),
    "LZCOUNT": lambda bits, a: t.lzcount(widen(a, 8), bits),
    "FLOAT_EQUAL": lambda bits, a, b: t.float_eq(a, b),
    "FLOAT_NOTEQUAL": lambda bits, a, b: t.bnot(t.float_eq(a, b)),
    "FLOAT_LESS": lambda bits, a, b: t.float_lt(a, b),
    "FLOAT_LESSEQUAL": lambda bits, a, b: t.float_le(a, b),
    "FLOAT_NAN": lambda bits, a: t.float_is_nan(a),
    "FLOAT_ADD": _float("fadd"),
    "FLOAT_SUB": _float("fsub"),
    "FLOAT_MULT": _float("fmul"),
    "FLOAT_DIV": _float("fdiv"),
    "FLOAT_SQRT": _float("fsqrt"),
    "FLOAT_NEG": lambda bits, a: t.float_neg(a),
    "FLOAT_ABS": lambda bits, a: t.float_abs(a),
    "FLOAT_INT2FLOAT": int_to_float,
    "FLOAT_FLOAT2FLOAT": float_to_float,
    "FLOAT_CEIL": _float("fceil"),
    "FLOAT_FLOOR": _float("ffloor"),
    "FLOAT_ROUND": _float("fround"),
}

PURE: dict[int, Operation] = {int(pypcode.OpCode[name].value): f for name, f in _BY_NAME.items()}
"""p-code operation number -> function of the result's width in bits and the inputs."""
