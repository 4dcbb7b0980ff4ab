"""What a place keeps of a text, or of a whole number, that an operation gives."""

from __future__ import annotations

from transpile.legacy.expressions import (
    Constant,
    Edited,
    Expression,
    Fit,
    NumberIn,
    Padded,
    Part,
    Place,
    Target,
    ToFloat,
)
from transpile.legacy.fields import Field
from transpile.legacy.types import Floating, Number, Text
from transpile.restructure.moving import WIDE, edited, number_shown
from transpile.restructure.scope import Scope


def of_text(scope: Scope, given: Expression, made: Target) -> Expression:
    """``given``, a text, as ``MOVE`` brings it to ``made``."""
    if isinstance(made, Part):
        size = made.length.value if isinstance(made.length, Constant) and isinstance(made.length.value, int) else None
        return Padded(given, Text(size))
    laid = scope.laid.get(made.field.number)
    match made.field:
        case Field(type=Number() as type_, view=view):
            if view.coding == "display":
                return NumberIn(given, type_)
            return Fit(NumberIn(given, WIDE), type_)
        case Field(type=Floating() as type_):
            return ToFloat(NumberIn(given, WIDE), type_)
    if laid is not None and laid.picture is not None and edited(laid):
        source = given if number_shown(laid) is None else NumberIn(given, WIDE)
        return Edited(source, laid.picture.text, Text(laid.size), laid.item.blank_when_zero)
    return Padded(given, Text(made.field.view.size), laid is not None and laid.item.justified)


def of_count(given: Expression, made: Target) -> Expression:
    """``given``, a whole number, as a numeric field keeps it."""
    assert isinstance(made, Place)
    match made.field.type:
        case Number() as type_ if made.field.view.coding != "index":
            return Fit(given, type_)
        case Floating() as type_:
            return ToFloat(given, type_)
    return given
