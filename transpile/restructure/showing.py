"""DISPLAY and ACCEPT, and what comes from outside the program."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.legacy.expressions import Constant, Expression, Intrinsic, Place, Target
from transpile.legacy.statements import Assign, Body, Operation
from transpile.legacy.types import Number, Text
from transpile.restructure.block import Block
from transpile.restructure.expressions import pattern, target, value
from transpile.restructure.scope import Scope, text, unsupported, whole
from transpile.restructure.sources import of_text

_ERROR = frozenset({"SYSERR", "STDERR"})
_OUT = frozenset({"", "CONSOLE", "CRT", "SYSOUT", "STDOUT", "SYSLIST", "SYSLST", "PRINTER", "PRINT", "SYSPCH"})
_IN = frozenset({"", "CONSOLE", "CRT", "SYSIN", "STDIN"})
_CLOCK = {
    "DATE": 6,
    "DATE YYYYMMDD": 8,
    "DAY": 5,
    "DAY YYYYDDD": 7,
    "DAY-OF-WEEK": 1,
    "TIME": 8,
}


def display(block: Block, statement: verbs.Display) -> Body:
    device = _device(block.scope, statement.upon)
    if device not in _OUT | _ERROR:
        raise unsupported(statement.span, f"DISPLAY UPON {statement.upon}")
    values = tuple(shown(block.scope, each) for each in statement.values)
    upon = "err" if device in _ERROR else "out"
    options = (("upon", upon), ("advancing", "yes" if statement.advancing else "no"))
    return (Operation("display", values, (), options),)


def _device(scope: Scope, name: str) -> str:
    """What a mnemonic name stands for."""
    known = dict(scope.program.environment.special_names.mnemonics)
    return known.get(name, name)


def shown(scope: Scope, expression: cobol.Expression) -> Expression:
    """What DISPLAY writes: literals as they are written."""
    if (repeated := pattern(scope, expression)) is not None:
        return text(repeated)
    match expression:
        case cobol.Number():
            return text(expression.text)
        case cobol.Unary(sign, cobol.Number() as number):
            return text(sign + number.text)
    return value(scope, expression)


def accept(block: Block, statement: verbs.Accept) -> Body:
    scope, goal = block.scope, statement.target
    made = target(scope, goal)
    source = statement.source
    if source in _CLOCK:
        given: Expression = Intrinsic(f"accept {source.lower()}", (), Text(_CLOCK[source]))
    elif source in ("ENVIRONMENT-VALUE", "ARGUMENT-VALUE", "ARGUMENT-NUMBER", "COMMAND-LINE"):
        given = Intrinsic(f"accept {source.lower()}", (), Text(None))
    elif _device(scope, source) in _IN:
        given = Intrinsic("accept", (_most(made),), Text(None))
    else:
        raise unsupported(statement.span, f"ACCEPT FROM {source}")
    return (Assign(made, of_text(scope, given, made)),)


def _most(made: Target) -> Constant:
    """How many characters of a line count: a number takes no more than it has digits."""
    if isinstance(made, Place) and isinstance(made.field.type, Number) and made.field.view.coding == "display":
        return whole(made.field.view.size)
    return whole(0)
