"""Floating-point conversions and selections as the three ISAs define them, over one set of uninterpreted functions.

``ftoi64_64(x)`` is the double ``x`` truncated to a signed 64-bit integer where that fits (``ftoi64_32``: the float
``x``), ``frtoi64_…`` rounded to nearest even, ``ftou64_…`` truncated to an unsigned one. What happens outside the
range is said here for each ISA.
"""

from __future__ import annotations

import struct

from transpile.solvers import terms as t
from transpile.solvers.terms import Term

CANONICAL_NAN = {32: 0x7FC00000, 64: 0x7FF8000000000000}


def literal(value: float, bits: int) -> Term:
    """The float constant ``value``, which must be exact in ``bits``."""
    layout, integer = ("<f", "<I") if bits == 32 else ("<d", "<Q")
    return t.const(struct.unpack(integer, struct.pack(layout, value))[0], bits)


def canonical_nan(bits: int) -> Term:
    return t.const(CANONICAL_NAN[bits], bits)


def sign(value: Term) -> Term:
    return t.extract(value, value.width - 1, 1)


def converted(value: Term, width: int, signed: bool, rounding: str) -> Term:
    """``value`` as an integer of ``width`` bits, where it fits; ``rounding`` is ``""`` (truncate) or ``"r"``."""
    kind = "i" if signed or width == 32 else "u"
    return t.extract(t.apply(f"f{rounding}to{kind}64_{value.width}", 64, value), 0, width)


def in_range(value: Term, width: int, signed: bool, rounding: str) -> Term:
    """Whether the truncated or rounded ``value`` fits an integer of ``width`` bits; false for a NaN."""
    if signed and not rounding:
        return t.float_in_range(value, value.width, width)
    limit = 2.0 ** (width - 1 if signed else width)
    exact = value.width == 64 and width == 32
    below = t.float_lt(value, literal(limit - 0.5 if rounding and exact else limit, value.width))
    if not rounding:
        return t.band(below, t.float_lt(literal(-1.0, value.width), value))
    low = -limit if signed else 0.0
    smallest = literal(low - 0.5 if exact or not signed else low, value.width)
    return t.band(below, t.float_le(smallest, value))


def saturated(value: Term, width: int, signed: bool, rounding: str, nan: int) -> Term:
    """Conversion that clamps; a NaN gives ``nan``."""
    low = 1 << (width - 1) if signed else 0
    high = (1 << (width - 1)) - 1 if signed else (1 << width) - 1
    clamped = t.ite(sign(value), t.const(low, width), t.const(high, width))
    outside = t.ite(t.float_is_nan(value), t.const(nan, width), clamped)
    return t.ite(in_range(value, width, signed, rounding), converted(value, width, signed, rounding), outside)


def indefinite(value: Term, width: int, rounding: str) -> Term:
    """x86: everything that does not fit, and a NaN, gives the smallest integer."""
    inside = in_range(value, width, True, rounding)
    return t.ite(inside, converted(value, width, True, rounding), t.const(1 << (width - 1), width))


def lesser(a: Term, b: Term) -> Term:
    """The smaller of two that are no NaN; -0 is below +0."""
    return t.ite(t.bor(t.float_lt(a, b), t.band(t.float_eq(a, b), sign(a))), a, b)


def greater(a: Term, b: Term) -> Term:
    return t.ite(t.bor(t.float_lt(b, a), t.band(t.float_eq(a, b), sign(b))), a, b)


def number_min(a: Term, b: Term) -> Term:
    """IEEE 754-2019 minimumNumber, RISC-V fmin: a NaN loses against a number; two give the canonical one."""
    return _prefer_number(a, b, lesser(a, b))


def number_max(a: Term, b: Term) -> Term:
    return _prefer_number(a, b, greater(a, b))


def _prefer_number(a: Term, b: Term, chosen: Term) -> Term:
    a_nan, b_nan = t.float_is_nan(a), t.float_is_nan(b)
    return t.ite(a_nan, t.ite(b_nan, canonical_nan(a.width), b), t.ite(b_nan, a, chosen))


def signaling(value: Term) -> Term:
    quiet = 22 if value.width == 32 else 51
    return t.band(t.float_is_nan(value), t.bnot(t.extract(value, quiet, 1)))


def quiet_min(a: Term, b: Term) -> Term:
    """IEEE 754-2008 minNum, AArch64 fminnm: a quiet NaN loses against a number, a signaling one gives a NaN."""
    return _unless_signaling(a, b, number_min(a, b))


def quiet_max(a: Term, b: Term) -> Term:
    return _unless_signaling(a, b, number_max(a, b))


def _unless_signaling(a: Term, b: Term, chosen: Term) -> Term:
    either = t.bor(signaling(a), signaling(b))
    return t.ite(either, t.apply(f"fadd{a.width}", a.width, a, b), chosen)


def nan_min(a: Term, b: Term) -> Term:
    """AArch64 fmin: a NaN operand gives a NaN."""
    return _prefer_nan(a, b, lesser(a, b))


def nan_max(a: Term, b: Term) -> Term:
    return _prefer_nan(a, b, greater(a, b))


def _prefer_nan(a: Term, b: Term, chosen: Term) -> Term:
    either = t.bor(t.float_is_nan(a), t.float_is_nan(b))
    return t.ite(either, t.apply(f"fadd{a.width}", a.width, a, b), chosen)


def x86_min(a: Term, b: Term) -> Term:
    """minsd: the second operand unless the first is below it."""
    return t.ite(t.float_lt(a, b), a, b)


def x86_max(a: Term, b: Term) -> Term:
    return t.ite(t.float_lt(b, a), a, b)
