"""Arithmetic of complex numbers: each operation is a static function over ``struct { double re, im; }``."""

from __future__ import annotations

from pareval.cpp_types import COMPLEX, DOUBLE, Type
from pareval.state import Unit, Value

_PRODUCT = "(Complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}"
FUNCTIONS = {
    "complex_add": ("Complex a, Complex b", "(Complex){a.re + b.re, a.im + b.im}"),
    "complex_subtract": ("Complex a, Complex b", "(Complex){a.re - b.re, a.im - b.im}"),
    "complex_multiply": ("Complex a, Complex b", _PRODUCT),
    "complex_negate": ("Complex a", "(Complex){-a.re, -a.im}"),
    "complex_conjugate": ("Complex a", "(Complex){a.re, -a.im}"),
    "complex_scale": ("Complex a, double factor", "(Complex){a.re * factor, a.im * factor}"),
    "complex_shrink": ("Complex a, double divisor", "(Complex){a.re / divisor, a.im / divisor}"),
    "complex_polar": ("double radius, double angle", "(Complex){radius * cos(angle), radius * sin(angle)}"),
}
"""Their parameters and results. The rules for infinite parts that C++ has are not followed."""
_OF_TWO = {"+": "complex_add", "-": "complex_subtract", "*": "complex_multiply"}


def is_complex(kind: Type) -> bool:
    return kind == COMPLEX


def call(unit: Unit, name: str, *arguments: str) -> Value:
    unit.use(COMPLEX)
    unit.arithmetic.add(name)
    return Value(f"{name}({', '.join(arguments)})", COMPLEX)


def made(unit: Unit, real: str, imaginary: str) -> Value:
    unit.use(COMPLEX)
    return Value(f"(Complex){{{real}, {imaginary}}}", COMPLEX, members=(real, imaginary))


def promoted(unit: Unit, value: Value) -> Value:
    """A real number as a complex one."""
    return value if is_complex(value.type) else made(unit, value.text, "0")


def binary(unit: Unit, operator: str, left: Value, right: Value) -> Value | None:
    """The value of ``left operator right``, one of which is complex; None where there is no such operation."""
    if operator == "*" and not is_complex(left.type):
        return call(unit, "complex_scale", right.text, left.text)
    if operator in ("*", "/") and not is_complex(right.type):
        return call(unit, "complex_scale" if operator == "*" else "complex_shrink", left.text, right.text)
    if operator not in _OF_TWO:
        return None
    return call(unit, _OF_TWO[operator], promoted(unit, left).text, promoted(unit, right).text)


def magnitude(value: Value) -> Value:
    return Value(f"hypot({field(value, 're').text}, {field(value, 'im').text})", DOUBLE)


def field(value: Value, name: str) -> Value:
    return Value(f"{value.at(15)}.{name}", DOUBLE)


def definitions(unit: Unit) -> list[str]:
    """The functions that are used."""
    chosen = [name for name in FUNCTIONS if name in unit.arithmetic]
    rows = [(name, *FUNCTIONS[name]) for name in chosen]
    return [f"static Complex {name}({parameters}) {{\n    return {result};\n}}" for name, parameters, result in rows]
