"""What values an expression may have, and with how many decimals: whether a field can hold them without loss.

Fields of shared records may contain anything: nothing is known of their values but the number of decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from transpile.legacy.expressions import Arithmetic, Constant, Expression, Fit, Intrinsic, Load, Negative
from transpile.legacy.types import Number, Text


@dataclass(frozen=True, slots=True)
class Extent:
    """From ``low`` to ``high``, None where there is no bound; ``scale`` is the exact number of decimals that the
    Python value has, None where that is not known."""

    low: Fraction | None
    high: Fraction | None
    scale: int | None

    def within(self, type: Number) -> bool:
        """Every value, without decimals that ``type`` lacks, has room."""
        if self.low is None or self.high is None:
            return False
        unit = Fraction(10) ** -type.scale
        return self.low > (type.smallest - 1) * unit and self.high < (type.largest + 1) * unit

    def inside(self, low: int, high: int) -> bool:
        return self.low is not None and self.high is not None and low <= self.low and self.high <= high

    @property
    def never_negative(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def magnitude(self) -> Extent:
        if self.low is None or self.high is None:
            return Extent(Fraction(0), None, self.scale)
        low = Fraction(0) if self.low <= 0 <= self.high else min(abs(self.low), abs(self.high))
        return Extent(low, max(abs(self.low), abs(self.high)), self.scale)


UNKNOWN = Extent(None, None, None)


def extent(expression: Expression) -> Extent:
    match expression:
        case Constant(value=bool() | str() | float()):
            return UNKNOWN
        case Constant(value=int() | Decimal() as value, type=type):
            scale = type.scale if isinstance(type, Number) else _decimals(value)
            return Extent(Fraction(value), Fraction(value), scale)
        case Load(place=place) if isinstance(place.field.type, Number):
            known = of_type(place.field.beyond or place.field.type)
            return Extent(None, None, known.scale) if place.field.shared else known
        case Fit(value=value, type=type):
            inner = extent(value)
            return Extent(inner.low, inner.high, type.scale) if _kept(inner, type, expression) else of_type(type)
        case Negative(operand=operand):
            inner = extent(operand)
            return Extent(_negated(inner.high), _negated(inner.low), inner.scale)
        case Arithmetic(operator="+", left=left, right=right):
            return _sum(extent(left), extent(right))
        case Arithmetic(operator="-", left=left, right=right):
            return _sum(extent(left), extent(Negative(right)))
        case Arithmetic(operator="*", left=left, right=right):
            return _product(extent(left), extent(right))
        case Arithmetic(operator="/", left=left, right=right):
            return _quotient(extent(left), extent(right))
        case Intrinsic(name="mod", arguments=(_, modulus)):
            return _modulus(extent(modulus))
        case Intrinsic(name="length", arguments=(Load(place=place),)) if isinstance(place.field.type, Text):
            return Extent(Fraction(0), Fraction(place.field.view.size), 0)
    return UNKNOWN


def of_type(type: Number) -> Extent:
    unit = Fraction(10) ** -type.scale
    return Extent(type.smallest * unit, type.largest * unit, type.scale)


def _kept(inner: Extent, type: Number, fit: Fit) -> bool:
    exact = inner.scale is not None and inner.scale <= type.scale
    return exact and inner.within(type)


def _decimals(value: int | Decimal) -> int:
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def _negated(bound: Fraction | None) -> Fraction | None:
    return None if bound is None else -bound


def _sum(left: Extent, right: Extent) -> Extent:
    low = None if left.low is None or right.low is None else left.low + right.low
    high = None if left.high is None or right.high is None else left.high + right.high
    return Extent(low, high, None if left.scale is None or right.scale is None else max(left.scale, right.scale))


def _product(left: Extent, right: Extent) -> Extent:
    scale = None if left.scale is None or right.scale is None else left.scale + right.scale
    bounds = _bounds(left, right)
    if bounds is None:
        return Extent(None, None, scale)
    products = [a * b for a in bounds[:2] for b in bounds[2:]]
    return Extent(min(products), max(products), scale)


def _quotient(left: Extent, right: Extent) -> Extent:
    bounds = _bounds(left, right)
    if bounds is None or bounds[2] <= 0 <= bounds[3]:
        return UNKNOWN
    quotients = [a / b for a in bounds[:2] for b in bounds[2:]]
    return Extent(min(quotients), max(quotients), None)


def _modulus(modulus: Extent) -> Extent:
    if modulus.low is None or modulus.high is None or modulus.low <= 0:
        return Extent(None, None, 0)
    return Extent(Fraction(0), modulus.high - 1, 0)


def _bounds(left: Extent, right: Extent) -> Sequence[Fraction] | None:
    bounds = (left.low, left.high, right.low, right.high)
    known = [bound for bound in bounds if bound is not None]
    return known if len(known) == 4 else None
