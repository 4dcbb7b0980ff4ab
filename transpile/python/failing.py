"""Which computations may be a size error, and which results depend on each other."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.legacy.expressions import Arithmetic, Expression, Place
from transpile.legacy.statements import Store
from transpile.python.extents import extent


def parts(expression: Expression) -> Iterator[Expression]:
    """``expression`` and all that is in it."""
    yield expression
    for name in expression.PARTS:
        match getattr(expression, name):
            case Expression() as inner:
                yield from parts(inner)
            case tuple() as several:
                for inner in several:
                    yield from parts(inner)


def may_fail(value: Expression) -> bool:
    """Computing it may be a size error."""
    for each in parts(value):
        match each:
            case Arithmetic(operator="/", right=right):
                divisor = extent(right)
                if divisor.low is None or divisor.high is None or divisor.low <= 0 <= divisor.high:
                    return True
            case Arithmetic(operator="**"):
                return True
    return False


def depend(store: Store) -> bool:
    """A value is computed from a place that an earlier result has changed."""
    changed: set[int] = set()
    shared = False
    for place, value, _ in store.results:
        for each in (*parts(value), *(inner for subscript in place.subscripts for inner in parts(subscript))):
            if isinstance(each, Place) and (each.field.number in changed or (shared and each.field.shared)):
                return True
        changed.add(place.field.number)
        shared = shared or place.field.shared
    return False
