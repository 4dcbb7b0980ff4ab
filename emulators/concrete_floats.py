"""The uninterpreted floating-point functions of the terms, computed: rounding to nearest even, exact where C is.

``compute`` is the callback that ``terms.evaluate`` asks. A NaN result is the positive quiet one.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction

_NAN = {32: 0x7FC00000, 64: 0x7FF8000000000000}
_INFINITY = {32: 0x7F800000, 64: 0x7FF0000000000000}
_MANTISSA = {32: 23, 64: 52}
_BIAS = {32: 127, 64: 1023}


def decode(pattern: int, bits: int) -> float:
    """The value of a bit pattern; a float's is exact in Python's double."""
    layout, integer = ("<f", "<I") if bits == 32 else ("<d", "<Q")
    return float(struct.unpack(layout, struct.pack(integer, pattern))[0])


def is_nan(pattern: int, bits: int) -> bool:
    return pattern & (1 << bits - 1) - 1 > _INFINITY[bits]


def encode(value: Fraction, bits: int, negative_zero: bool = False) -> int:
    """The pattern nearest to an exact value, ties to even."""
    if value == 0:
        return 1 << bits - 1 if negative_zero else 0
    sign = 1 << bits - 1 if value < 0 else 0
    magnitude = abs(value)
    mantissa, bias = _MANTISSA[bits], _BIAS[bits]
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if magnitude < Fraction(2) ** exponent:
        exponent -= 1
    exponent = max(exponent, 1 - bias)
    scaled = round(magnitude / Fraction(2) ** (exponent - mantissa))
    if scaled < 1 << mantissa:
        return sign | scaled
    pattern = ((exponent + bias - 1) << mantissa) + scaled
    return sign | min(pattern, _INFINITY[bits])


def compute(name: str, width: int, args: tuple[int, ...]) -> int:
    """The value of the function ``name``; raises KeyError for a name nobody gave a meaning."""
    return _FUNCTIONS[name](*args)


def encode_double(value: float, bits: int) -> int:
    """The pattern nearest to a Python float."""
    if math.isnan(value):
        return _NAN[bits]
    if math.isinf(value):
        return _INFINITY[bits] | (1 << bits - 1 if value < 0 else 0)
    return encode(Fraction(value), bits, math.copysign(1, value) < 0)


def _arithmetic(exact: Callable[[Fraction, Fraction], Fraction], special: Callable[[float, float], float], bits: int):  # type: ignore[no-untyped-def]
    """``special`` decides where an operand is not finite or the result is zero."""

    def operate(a: int, b: int) -> int:
        x, y = decode(a, bits), decode(b, bits)
        if math.isfinite(x) and math.isfinite(y):
            try:
                value = exact(Fraction(x), Fraction(y))
            except ZeroDivisionError:
                value = Fraction(0)
            else:
                if value:
                    return encode(value, bits)
        return encode_double(special(x, y), bits)

    return operate


def _divide(x: float, y: float) -> float:
    if y == 0:
        if x == 0 or math.isnan(x):
            return math.nan
        return math.inf * math.copysign(1, x) * math.copysign(1, y)
    return x / y


def _square_root(bits: int) -> Callable[[int], int]:
    def operate(a: int) -> int:
        x = decode(a, bits)
        return encode_double(math.sqrt(x) if x >= 0 else math.nan, bits)

    return operate


def _fused(bits: int) -> Callable[[int, int, int], int]:
    def operate(a: int, b: int, c: int) -> int:
        x, y, z = (decode(v, bits) for v in (a, b, c))
        if all(map(math.isfinite, (x, y, z))):
            value = Fraction(x) * Fraction(y) + Fraction(z)
            if value:
                return encode(value, bits)
            product_negative = (math.copysign(1, x) < 0) != (math.copysign(1, y) < 0)
            return encode(value, bits, product_negative and math.copysign(1, z) < 0 and x * y == 0)
        if math.isfinite(x) and math.isfinite(y):
            return encode_double(z, bits)
        return encode_double(x * y + z, bits)

    return operate


def _to_float(source: int, signed: bool, bits: int) -> Callable[[int], int]:
    def operate(a: int) -> int:
        return encode(Fraction(a - (1 << source) if signed and a >> source - 1 else a), bits)

    return operate


def _to_integer(convert: Callable[[float], int], bits: int) -> Callable[[int], int]:
    def operate(a: int) -> int:
        x = decode(a, bits)
        return convert(x) & (1 << 64) - 1 if math.isfinite(x) else 0

    return operate


def _rounded(convert: Callable[[float], int], bits: int) -> Callable[[int], int]:
    def operate(a: int) -> int:
        x = decode(a, bits)
        if not math.isfinite(x):
            return encode_double(x, bits)
        return encode(Fraction(convert(x)), bits, math.copysign(1, x) < 0)

    return operate


def _half_away(value: float) -> int:
    return math.floor(abs(Fraction(value)) + Fraction(1, 2)) * (1 if value > 0 else -1)


def _table() -> dict[str, Callable[..., int]]:
    table: dict[str, Callable[..., int]] = {
        "f32to64": lambda a: encode_double(decode(a, 32), 64),
        "f64to32": lambda a: encode_double(decode(a, 64), 32),
    }
    for bits in (32, 64):
        table[f"fadd{bits}"] = _arithmetic(lambda x, y: x + y, lambda x, y: x + y, bits)
        table[f"fsub{bits}"] = _arithmetic(lambda x, y: x - y, lambda x, y: x - y, bits)
        table[f"fmul{bits}"] = _arithmetic(lambda x, y: x * y, lambda x, y: x * y, bits)
        table[f"fdiv{bits}"] = _arithmetic(lambda x, y: x / y, _divide, bits)
        table[f"fsqrt{bits}"] = _square_root(bits)
        table[f"fma{bits}"] = _fused(bits)
        table[f"i64tof{bits}"] = _to_float(64, True, bits)
        table[f"u64tof{bits}"] = _to_float(64, False, bits)
        table[f"ftoi64_{bits}"] = table[f"ftou64_{bits}"] = _to_integer(math.trunc, bits)
        table[f"frtoi64_{bits}"] = table[f"frtou64_{bits}"] = _to_integer(round, bits)
        table[f"fceil{bits}"] = _rounded(math.ceil, bits)
        table[f"ffloor{bits}"] = _rounded(math.floor, bits)
        table[f"ftrunc{bits}"] = _rounded(math.trunc, bits)
        table[f"frint{bits}"] = _rounded(round, bits)
        table[f"fround{bits}"] = _rounded(_half_away, bits)
    return table


_FUNCTIONS = _table()
