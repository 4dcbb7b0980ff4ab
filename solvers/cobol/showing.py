"""DISPLAY and ACCEPT."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.legacy.types import Text as TextType
from transpile.solvers.cobol.moving import move
from transpile.solvers.cobol.operands import Characters, Evaluation, Numeric, Repeated, Spot
from transpile.solvers.storage.steps import Event
from transpile.solvers.storage.values import Int, NoTerm, Text, Value, text

_OUT = frozenset({"", "CONSOLE", "CRT", "SYSOUT", "STDOUT", "SYSLIST", "SYSLST", "PRINTER", "PRINT", "SYSPCH"})
_ERROR = frozenset({"SYSERR", "STDERR"})
_IN = frozenset({"", "CONSOLE", "CRT", "SYSIN", "STDIN"})
_CLOCK = {"DATE": 6, "DATE YYYYMMDD": 8, "DAY": 5, "DAY YYYYDDD": 7, "DAY-OF-WEEK": 1, "TIME": 8}
_NATIVE = {1: 3, 2: 5, 4: 10, 8: 19}


def display(evaluation: Evaluation, statement: verbs.Display) -> Event:
    device = _device(evaluation, statement.upon)
    if device not in _OUT | _ERROR:
        raise NoTerm(f"DISPLAY UPON {statement.upon} is not in the model")
    chars: list[Int] = []
    for each in statement.values:
        chars += _shown(evaluation, each).chars
    options = ("newline" if statement.advancing else "",)
    return Event("display", "err" if device in _ERROR else "", options, (Text(tuple(chars)),))


def _device(evaluation: Evaluation, name: str) -> str:
    return dict(evaluation.scene.tree.environment.special_names.mnemonics).get(name, name)


def _shown(evaluation: Evaluation, value: tree.Expression) -> Text:
    match value:
        case tree.Number(_, literal):
            return text(literal)
        case tree.Unary(sign, tree.Number(_, literal)):
            return text(sign + literal)
    found = evaluation.operand(value)
    match found:
        case Repeated():
            return found.filled(len(found.pattern))
        case Characters():
            return found.text
        case Numeric(spot=spot) if spot is not None:
            return _number(evaluation, found, spot)
        case Numeric() if isinstance(value, tree.Reference):
            constant = evaluation.scene.constant(value)
            if constant is not None:
                return _shown(evaluation, constant)
    raise NoTerm("DISPLAY of an expression or function is not in the model")


def _number(evaluation: Evaluation, value: Numeric, spot: Spot) -> Text:
    type_, view = spot.number, spot.field.view
    assert type_ is not None
    if view.coding in ("native", "index", "pointer") and not type_.scale:
        digits = _NATIVE[view.size] if type_.signed or view.size < 8 else 20
        return evaluation.storage.codings.shown(
            f"show_native {view.size} {type_.signed}", value.number, digits + type_.signed
        )
    if type_.scale == 0 and not type_.signed:
        return evaluation.digits(value)
    if type_.scale < 0:
        raise NoTerm(f"DISPLAY of {spot.field.origin}, which has P in its PICTURE")
    trailing = view.separate and not view.leading
    size = type_.digits + (type_.scale > 0) + type_.signed
    return evaluation.storage.codings.shown(
        f"show {type_.digits} {type_.scale} {type_.signed} {trailing}", value.number, size
    )


# ACCEPT


def accept(evaluation: Evaluation, statement: verbs.Accept) -> Event:
    """The event; what it brings is a text of the item's size, or of the clock's."""
    source = statement.source
    if source not in _CLOCK and _device(evaluation, source) not in _IN:
        raise NoTerm(f"ACCEPT FROM {source} is not in the model")
    name = source if source in _CLOCK else ""
    return Event("accept", name, results=(_CLOCK.get(source, _most(evaluation.spot(statement.target))),))


def _most(goal: Spot) -> int:
    laid = goal.laid
    if not goal.group and goal.number is None and not isinstance(goal.field.type, TextType):
        raise NoTerm(f"ACCEPT {goal.field.origin} is not in the model")
    if goal.number is not None and (laid is None or laid.usage != "DISPLAY"):
        raise NoTerm(f"ACCEPT {goal.field.origin}, which is not DISPLAY, is not in the model")
    if laid is not None and (laid.item.justified or "edited" in (laid.category or "")):
        raise NoTerm(f"ACCEPT {goal.field.origin}, which is edited or justified, is not in the model")
    return goal.size


def accepted(evaluation: Evaluation, statement: verbs.Accept, given: Value) -> None:
    assert isinstance(given, Text)
    move(evaluation, Characters(given), evaluation.spot(statement.target))
