"""Formulas of a caller, read in the words of the function they are about, and their values.

Values are those of unbounded integers. ``Unknown`` says that a formula has no value: a division by zero, an element
outside its array, or something else than integer arithmetic.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from transpile.c.parse import parse_text
from transpile.c.printing import text
from transpile.c.spelling import declaration
from transpile.c.tree import Binary, Cast, Conditional, Constant, Expression, Index, Name, Return, SizeOf, Unary
from transpile.c.types import size
from transpile.c.unit import Function, Unit
from transpile.c.walking import bare
from transpile.errors import SourceErrors, UsageError
from transpile.trials.facts import Formula

Environment: TypeAlias = Mapping[str, float | Sequence[float]]
"""The values of scalars, and of arrays whose elements a formula may name."""


class Unknown(Exception):
    """A formula has no value here."""


def shown(formula: Formula) -> str:
    """``formula`` as C."""
    return formula if isinstance(formula, str) else text(formula)


def read_formulas(unit: Unit, function: Function, formulas: Sequence[Formula]) -> list[Expression]:
    """All formulas as trees. UsageError when one is no expression over the parameters of ``function``."""
    written = dict.fromkeys(formula for formula in formulas if isinstance(formula, str))
    trees = dict(zip(written, _parsed(unit, function, list(written)), strict=True))
    return [trees[formula] if isinstance(formula, str) else formula for formula in formulas]


def _parsed(unit: Unit, function: Function, texts: Sequence[str]) -> list[Expression]:
    if not texts:
        return []
    parameters = ", ".join(declaration(variable, text) for variable in function.parameters) or "void"
    rows = [
        f"static long long transpile_formula_{number}({parameters}) {{ return (long long)({formula}); }}"
        for number, formula in enumerate(texts)
    ]
    try:
        read = _read(unit, rows)
    except SourceErrors as error:
        raise UsageError(f"a formula about '{function.name}' is no C expression: {error}") from error
    return [_returned(read, number, formula) for number, formula in enumerate(texts)]


def _read(unit: Unit, rows: Sequence[str]) -> Unit:
    """``rows`` behind the text of ``unit``, where its headers are found and its macros hold."""
    options, path = unit.origin.options, unit.origin.path
    if not path:
        return parse_text("\n".join([*unit.lines, *rows]) + "\n", unit.file, options, unit.cplusplus)
    options = replace(options, before=(*options.before, os.path.abspath(path)))
    return parse_text("\n".join([*rows, ""]), "<formulas>", options, unit.cplusplus)


def _returned(unit: Unit, number: int, formula: str) -> Expression:
    try:
        statements = unit.function(f"transpile_formula_{number}").body.statements
    except (KeyError, SourceErrors) as error:
        raise UsageError(f"'{formula}' is no formula: {error}") from error
    match statements:
        case (Return(value=Cast() as cast),):
            return cast.operand
    raise UsageError(f"'{formula}' is no formula")


def value(formula: Expression, environment: Environment) -> int:
    """The value of ``formula``."""
    match formula:
        case Constant(value=int(number)):
            return number
        case Name(variable):
            return _whole(environment.get(variable.name))
        case Cast(operand):
            return value(operand, environment)
        case SizeOf(of) if (bytes_ := size(of)) is not None:
            return bytes_
        case Unary(operator=sign, operand=operand) if sign in _UNARY:
            return _UNARY[sign](value(operand, environment))
        case Conditional(condition, yes, no):
            return value(yes if value(condition, environment) else no, environment)
        case Index(base, subscript):
            return _element(base, value(subscript, environment), environment)
        case Binary(operator=sign, left=left, right=right):
            return _binary(sign, left, right, environment)
    raise Unknown(f"'{text(formula)}' is not integer arithmetic")


def _binary(sign: str, left: Expression, right: Expression, environment: Environment) -> int:
    first = value(left, environment)
    if sign == "&&":
        return int(bool(first) and bool(value(right, environment)))
    if sign == "||":
        return int(bool(first) or bool(value(right, environment)))
    second = value(right, environment)
    if sign in ("<<", ">>") and not 0 <= second < 64:
        raise Unknown("a shift by too much")
    return int(_OPERATORS[sign](first, second))


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise Unknown("a division by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _element(base: Expression, index: int, environment: Environment) -> int:
    base = bare(base)
    held = environment.get(base.variable.name) if isinstance(base, Name) else None
    if not isinstance(held, Sequence) or not 0 <= index < len(held):
        raise Unknown(f"there is no element {index} of '{text(base)}'")
    return _whole(held[index])


def _whole(held: float | Sequence[float] | None) -> int:
    if isinstance(held, int):
        return held
    raise Unknown("not a whole number")


_UNARY: Mapping[str, Callable[[int], int]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "!": lambda value: int(not value),
}
_OPERATORS: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "%": lambda left, right: left - right * _quotient(left, right),
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
