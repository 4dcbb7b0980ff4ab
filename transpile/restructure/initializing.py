"""INITIALIZE: every elementary item gets the value of its category."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from transpile.cobol import layout
from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.legacy.expressions import (
    Arithmetic,
    Compare,
    Constant,
    Edited,
    Expression,
    Load,
    Part,
    Place,
    Repeated,
    Target,
    ToFloat,
)  # fmt: skip
from transpile.legacy.statements import Assign, Body, Statement, While
from transpile.legacy.types import Floating, Number, Text
from transpile.restructure.expressions import place, target
from transpile.restructure.moving import edited, fit, into
from transpile.restructure.scope import Scope, text, unsupported, whole

_CATEGORIES = {
    "alphabetic": "ALPHABETIC",
    "alphanumeric": "ALPHANUMERIC",
    "alphanumeric-edited": "ALPHANUMERIC-EDITED",
    "numeric": "NUMERIC",
    "numeric-edited": "NUMERIC-EDITED",
}


def initialize(scope: Scope, statement: verbs.Initialize) -> Body:
    if statement.to_value:
        raise unsupported(statement.span, "INITIALIZE TO VALUE")
    values = dict(statement.replacing)
    made: list[Statement] = []
    for goal in statement.targets:
        laid = scope.item(goal)
        if goal.slice is not None:
            part = target(scope, goal)
            assert isinstance(part, Part)
            made.append(Assign(part, Repeated(text(" "), Text(None))))
        elif laid is None:
            made.append(Assign(place(scope, goal), whole(0)))
        else:
            subscripts = place(scope, goal).subscripts
            made += _Filling(scope, values, statement.fillers).fill(laid, subscripts, 0)
    return tuple(made)


class _Filling:
    def __init__(self, scope: Scope, values: dict[str, cobol.Expression], fillers: bool) -> None:
        self.scope, self.values, self.fillers = scope, values, fillers

    def fill(self, laid: layout.Field, subscripts: tuple[Expression, ...], depth: int) -> Iterator[Statement]:
        """All of ``laid``, whose last subscripts may be missing."""
        if len(subscripts) < len(laid.dimensions):
            yield from self.elements(laid, subscripts, depth)
        elif laid.group:
            for child in laid.children:
                if not child.item.redefines and (child.name or child.group or self.fillers):
                    yield from self.fill(child, subscripts, depth)
        elif laid.usage not in ("INDEX", "POINTER"):
            yield from self.item(laid, subscripts)

    def elements(self, laid: layout.Field, subscripts: tuple[Expression, ...], depth: int) -> Iterator[Statement]:
        """A loop over the elements of a table."""
        counter = Place(self.scope.register_of(f"INITIALIZE-{depth + 1}", Number(9)))
        body = tuple(self.fill(laid, (*subscripts, Load(counter)), depth + 1))
        if not body:
            return
        step = Assign(counter, Arithmetic("+", Load(counter), whole(1)))
        yield Assign(counter, whole(1))
        count = laid.dimensions[len(subscripts)].count
        yield While(Compare("<=", Load(counter), whole(count)), (*body, step))

    def item(self, laid: layout.Field, subscripts: tuple[Expression, ...]) -> Iterator[Statement]:
        made = Place(self.scope.fields[id(laid.item)], subscripts)
        category = _CATEGORIES[laid.category] if laid.category is not None else "NUMERIC"
        if self.values:
            if category in self.values:
                yield Assign(made, into(self.scope, self.values[category], laid, self.values[category]))
            return
        yield Assign(made, _zero(laid, made))


def _zero(laid: layout.Field, made: Target) -> Expression:
    assert isinstance(made, Place)
    match made.field.type:
        case Number() as number:
            return fit(Constant(0 if number.scale <= 0 else Decimal(0), Number(1)), number)
        case Floating() as floating:
            return ToFloat(whole(0), floating)
    size = Text(laid.size)
    if laid.picture is not None and edited(laid):
        shown = whole(0) if laid.category == "numeric-edited" else text("")
        return Edited(shown, laid.picture.text, size, laid.item.blank_when_zero)
    return Repeated(text(" "), size)
