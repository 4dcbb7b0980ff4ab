"""Statements that change several items, where one of these counts again for the next.

GnuCOBOL adds up what ADD and SUBTRACT are given once, if that is several, and then changes one receiver after the
other. What MULTIPLY and DIVIDE, and ADD and SUBTRACT of one item, are given is read anew for each receiver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transpile.legacy.expressions import Bytes, Constant, Expression, Load, Local, Part, Place, Rounding
from transpile.legacy.statements import Body, If, SetLocal, Statement, Store
from transpile.legacy.types import Truth

_FAILED = Local(("size", "error"), Truth())
Result = tuple[Place, Expression, Rounding]


def named_again(given: Sequence[Expression], results: Sequence[Result]) -> bool:
    """What is given is changed before the last receiver is."""
    return any(_meets(result[0], place) for result in results[:-1] for each in given for place in places(each))


def changed_twice(results: Sequence[Result]) -> bool:
    """A receiver, or a subscript of it, is one that was changed before."""
    return any(
        _meets(first[0], place) for at, later in enumerate(results) for first in results[:at] for place in _own(later)
    )


def in_turn(stores: Sequence[Store], wrong: Body, right: Body) -> Body:
    """One store after the other; ``wrong`` is done if any did not fit."""
    failed = SetLocal(_FAILED, Constant(True, Truth()))
    body: list[Statement] = [SetLocal(_FAILED, Constant(False, Truth()))]
    body += [Store(each.results, (failed,)) for each in stores]
    return (*body, If(_FAILED, wrong, right))


def _own(result: Result) -> Iterator[Place]:
    place = result[0]
    yield place
    for subscript in place.subscripts:
        yield from places(subscript)


def _meets(changed: Place, read: Place) -> bool:
    """Whether a change of one may be seen in the other."""
    one, other = changed.field, read.field
    return one.number == other.number or bool(one.shared and other.shared)


def places(expression: Expression) -> Iterator[Place]:
    """What ``expression`` reads."""
    if isinstance(expression, Bytes):
        yield expression.target.place if isinstance(expression.target, Part) else expression.target
    if isinstance(expression, Load):
        yield expression.place
    for name in expression.PARTS:
        match getattr(expression, name):
            case Expression() as inner:
                yield from places(inner)
            case tuple() as several:
                for each in several:
                    yield from places(each)
