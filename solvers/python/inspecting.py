"""What ``Inspection`` and ``string`` of the rules mean. An inspection changes: it is the value of one variable, and it
changes only in statements of its own."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeGuard

from transpile.python.rules import cobol_rules
from transpile.solvers.python.rules import Arguments, bound, meaning
from transpile.solvers.python.values import Bool, Nothing, PyValue, Several, literal, whole
from transpile.solvers.storage.inspecting import Inspection, Region, inspected, region
from transpile.solvers.storage.stringing import Strung, strung
from transpile.solvers.storage.values import NoTerm, Text

if TYPE_CHECKING:
    from transpile.solvers.python.expressions import Evaluation

POINTER_DIGITS = 20
"""The pointer of a STRING has no more."""
_SIDES = ("BEFORE", "AFTER")


@meaning("cobol_rules.Inspection")
def _inspection(_: Evaluation, arguments: Arguments) -> PyValue:
    return inspected(arguments.text("text"))


def looked_into(evaluation: Evaluation, inspection: Inspection, name: str, node: ast.Call) -> PyValue:
    """The methods of an inspection that change nothing."""
    match name:
        case "region":
            bounds = _bound(evaluation, name, node).given["bounds"]
            assert isinstance(bounds, tuple)
            return region(inspection.text, [_bound_of(each) for each in bounds])
        case "replaced":
            _bound(evaluation, name, node)
            return Text(inspection.new)
    raise NoTerm(f"the method {name} of an inspection within an expression")


def _bound_of(given: object) -> tuple[str, Text]:
    match given:
        case Several(values=(Text() as side, Text() as mark)):
            word = Arguments("region", (0, 0), {"side": side}).word("side")
            if word in _SIDES:
                return word, mark
    raise NoTerm("a region of an inspection that is not in the model")


def is_step(node: ast.stmt) -> TypeGuard[ast.Expr]:
    """It looks like ``inspection.replace(…)``, as a statement."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="replace"))):
            return True
    return False


def counts(variables: Mapping[str, PyValue], node: ast.expr) -> bool:
    """It is ``inspection.tally(…)``."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="tally")):
            return isinstance(variables.get(name), Inspection)
    return False


def changed(evaluation: Evaluation, node: ast.expr) -> tuple[PyValue, Mapping[str, PyValue]] | None:
    """What ``inspection.tally(…)`` or ``inspection.replace(…)`` gives, and the variables then; None for others."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="tally" | "replace" as verb)):
            inspection = evaluation.locals.get(name)
            if not isinstance(inspection, Inspection):
                return None
        case _:
            return None
    arguments = _bound(evaluation, verb, node)
    within, what, pattern = arguments.given["region"], arguments.word("what"), _pattern(arguments)
    if within is not None and not isinstance(within, Nothing | Region):
        raise NoTerm("a region of an inspection that is not in the model")
    limits = within if isinstance(within, Region) else None
    found: PyValue = Nothing()
    if verb == "tally":
        count, after = inspection.tally(what, pattern, limits)
        found = whole(count, len(str(len(inspection.text))))
    else:
        after = inspection.replace(what, pattern, arguments.text("by"), limits)
    return found, {**evaluation.locals, name: after}


def _pattern(arguments: Arguments) -> Text:
    """It is left out for CHARACTERS."""
    return Text(()) if arguments.given["pattern"] == "" else arguments.text("pattern")


def _bound(evaluation: Evaluation, name: str, node: ast.Call) -> Arguments:
    """The arguments of a method of an inspection."""
    _, *others = inspect.signature(getattr(cobol_rules.Inspection, name)).parameters.values()
    return bound(evaluation, name, inspect.Signature(others), node)


# STRING


@meaning("cobol_rules.string")
def _string(_: Evaluation, arguments: Arguments) -> PyValue:
    given, pointer = arguments.given["parts"], arguments.given["pointer"]
    if not isinstance(given, Several):
        raise NoTerm("string with parts that are not in the model")
    start = literal(pointer) if isinstance(pointer, int) else arguments.whole("pointer")
    if start.digits > POINTER_DIGITS:
        raise NoTerm("string with a pointer of so many digits")
    return strung(arguments.text("target"), list(_parts(given)), start.units)


def _parts(given: Several) -> Iterator[tuple[Text, Text | None]]:
    for each in given.values:
        match each:
            case Several(values=(Text() as part, Text() as delimiter)):
                yield part, delimiter
            case Several(values=(Text() as part, Nothing())):
                yield part, None
            case _:
                raise NoTerm("string with a part that is not in the model")


def attribute(value: Strung, name: str) -> PyValue:
    match name:
        case "target":
            return value.target
        case "pointer":
            return whole(value.pointer, POINTER_DIGITS)
        case "overflow":
            return Bool(value.overflow)
    raise NoTerm(f"the attribute {name} of what string gives")
