"""Operations on packed lanes as terms, shared by the ISAs so that equal operations become equal terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from transpile.solvers import conversions as f
from transpile.solvers import terms as t
from transpile.solvers.terms import Term

LaneOperation = Callable[..., Term]


def split(value: Term, lane: int) -> list[Term]:
    """Lanes of ``lane`` bits, lowest first."""
    return [t.extract(value, at, lane) for at in range(0, value.width, lane)]


def join(lanes: Sequence[Term]) -> Term:
    """The value whose lanes, lowest first, are these."""
    value = lanes[0]
    for lane in lanes[1:]:
        value = t.concat(lane, value)
    return value


def mapped(lane: int, function: LaneOperation) -> LaneOperation:
    """``function`` on corresponding lanes of ``lane`` bits."""

    def operate(*values: Term) -> Term:
        return join([function(*lanes) for lanes in zip(*(split(v, lane) for v in values), strict=True)])

    return operate


def mapped_to(lane: int, function: LaneOperation) -> LaneOperation:
    """``function`` on the lanes of one value; results may have another width."""
    return lambda value: join([function(x) for x in split(value, lane)])


def clamp(value: Term, low: int, high: int, width: int) -> Term:
    """A signed ``value`` limited to ``low`` … ``high``, in ``width`` bits."""
    bottom, top = t.const(low, value.width), t.const(high, value.width)
    limited = t.ite(t.slt(top, value), top, t.ite(t.slt(value, bottom), bottom, value))
    return t.extract(limited, 0, width)


def to_signed(value: Term, width: int) -> Term:
    """Saturate a signed value to ``width`` bits."""
    return clamp(value, -(1 << width - 1), (1 << width - 1) - 1, width)


def to_unsigned(value: Term, width: int) -> Term:
    """Saturate a signed value to an unsigned one of ``width`` bits."""
    return clamp(value, 0, (1 << width) - 1, width)


def unsigned_to_unsigned(value: Term, width: int) -> Term:
    top = t.const((1 << width) - 1, value.width)
    return t.extract(t.ite(t.ult(top, value), top, value), 0, width)


def add_signed(a: Term, b: Term) -> Term:
    return to_signed(t.add(t.sext(a, a.width + 2), t.sext(b, a.width + 2)), a.width)


def add_unsigned(a: Term, b: Term) -> Term:
    return to_unsigned(t.add(t.zext(a, a.width + 2), t.zext(b, a.width + 2)), a.width)


def sub_signed(a: Term, b: Term) -> Term:
    return to_signed(t.sub(t.sext(a, a.width + 2), t.sext(b, a.width + 2)), a.width)


def sub_unsigned(a: Term, b: Term) -> Term:
    return to_unsigned(t.sub(t.zext(a, a.width + 2), t.zext(b, a.width + 2)), a.width)


def average(a: Term, b: Term) -> Term:
    """Rounded up."""
    wide = a.width + 1
    return t.extract(t.add(t.add(t.zext(a, wide), t.zext(b, wide)), t.const(1, wide)), 1, a.width)


def high_product_signed(a: Term, b: Term) -> Term:
    return t.extract(t.mul(t.sext(a, 2 * a.width), t.sext(b, 2 * a.width)), a.width, a.width)


def high_product_unsigned(a: Term, b: Term) -> Term:
    return t.extract(t.mul(t.zext(a, 2 * a.width), t.zext(b, 2 * a.width)), a.width, a.width)


def difference(a: Term, b: Term) -> Term:
    """Absolute, unsigned."""
    return t.ite(t.ult(a, b), t.sub(b, a), t.sub(a, b))


def difference_signed(a: Term, b: Term) -> Term:
    return t.ite(t.slt(a, b), t.sub(b, a), t.sub(a, b))


def absolute(a: Term) -> Term:
    return t.ite(t.slt(a, t.const(0, a.width)), t.neg(a), a)


def min_signed(a: Term, b: Term) -> Term:
    return t.ite(t.slt(a, b), a, b)


def max_signed(a: Term, b: Term) -> Term:
    return t.ite(t.slt(b, a), a, b)


def min_unsigned(a: Term, b: Term) -> Term:
    return t.ite(t.ult(a, b), a, b)


def max_unsigned(a: Term, b: Term) -> Term:
    return t.ite(t.ult(b, a), a, b)


def all_ones(test: LaneOperation) -> LaneOperation:
    """A comparison whose result fills the lane."""
    return lambda *args: t.sext(test(*args), args[0].width)


def sum_of(values: Sequence[Term]) -> Term:
    total = values[0]
    for value in values[1:]:
        total = t.add(total, value)
    return total


def arithmetic(name: str) -> LaneOperation:
    """The floating-point function ``name`` at the width of its arguments."""
    return lambda *args: t.apply(f"{name}{args[0].width}", args[0].width, *args)


def unordered(a: Term, b: Term) -> Term:
    return t.bor(t.float_is_nan(a), t.float_is_nan(b))


FLOAT_PREDICATES: tuple[LaneOperation, ...] = (
    t.float_eq,
    t.float_lt,
    t.float_le,
    unordered,
    lambda a, b: t.bnot(t.float_eq(a, b)),
    lambda a, b: t.bnot(t.float_lt(a, b)),
    lambda a, b: t.bnot(t.float_le(a, b)),
    lambda a, b: t.bnot(unordered(a, b)),
)
"""In the order of the immediate of ``cmpps``."""


def truncated(width: int, rounding: str = "") -> LaneOperation:
    """x86's float to integer conversion of a lane."""
    return lambda a: f.indefinite(a, width, rounding)
