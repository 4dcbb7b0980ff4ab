"""Intrinsic functions: their arguments, and the types of what they give."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

from transpile.cobol import tree as cobol
from transpile.errors import SourceError
from transpile.legacy.expressions import Expression, Intrinsic
from transpile.legacy.types import Exact, Floating, Text, Type
from transpile.restructure.expressions import is_text, is_zero, kind, length, number, value
from transpile.restructure.scope import Scope, unsupported, whole

_NUMERIC = """
ABS ACOS ANNUITY ASIN ATAN COMBINED-DATETIME COS DATE-OF-INTEGER DATE-TO-YYYYMMDD DAY-OF-INTEGER DAY-TO-YYYYDDD
E EXP EXP10 FACTORIAL FRACTION-PART HIGHEST-ALGEBRAIC INTEGER INTEGER-OF-DATE INTEGER-OF-DAY INTEGER-PART LOG
LOG10 LOWEST-ALGEBRAIC MEAN MEDIAN MIDRANGE MOD NUMVAL NUMVAL-C NUMVAL-F ORD ORD-MAX ORD-MIN PI PRESENT-VALUE
RANGE REM SECONDS-PAST-MIDNIGHT SIGN SIN SQRT STANDARD-DEVIATION STORED-CHAR-LENGTH SUM TAN TEST-DATE-YYYYMMDD
TEST-DAY-YYYYDDD TEST-NUMVAL TEST-NUMVAL-C TEST-NUMVAL-F VARIANCE YEAR-TO-YYYY
"""
_NUMBERS = frozenset(_NUMERIC.split())
_SAME_SIZE = frozenset({"LOWER-CASE", "UPPER-CASE", "REVERSE"})
_TEXTS = {"CHAR": 1, "CURRENT-DATE": 21, "WHEN-COMPILED": 21}
_ANY_SIZE = frozenset({"TRIM", "CONCAT", "CONCATENATE", "SUBSTITUTE", "SUBSTITUTE-CASE"})
_NONE = frozenset({"CURRENT-DATE", "E", "PI", "SECONDS-PAST-MIDNIGHT", "WHEN-COMPILED"})
_TWO = frozenset({"ANNUITY", "MOD", "REM"})
_ONE = frozenset(
    {
        "ABS", "ACOS", "ASIN", "ATAN", "CHAR", "COS", "DATE-OF-INTEGER", "DAY-OF-INTEGER", "EXP", "EXP10", "FACTORIAL",
        "FRACTION-PART", "INTEGER", "INTEGER-OF-DATE", "INTEGER-OF-DAY", "INTEGER-PART", "LOG", "LOG10", "LOWER-CASE",
        "NUMVAL", "ORD", "REVERSE", "SIGN", "SIN", "SQRT", "STORED-CHAR-LENGTH", "TAN", "UPPER-CASE",
    }
)  # fmt: skip
"""Functions by how many arguments they have; the others have one or more."""
_COMPARING = frozenset({"MAX", "MIN", "ORD-MAX", "ORD-MIN", "MEDIAN", "RANGE", "MIDRANGE", "MEAN", "SUM"})
"""Functions of several numbers, or texts; ZERO among numbers is one."""
_OF_TEXTS = frozenset(
    {"NUMVAL", "NUMVAL-C", "NUMVAL-F", "ORD", "STORED-CHAR-LENGTH", "TEST-NUMVAL", "TEST-NUMVAL-C", "TEST-NUMVAL-F"}
)
"""Functions that give numbers and are given texts; all others that give numbers are given numbers."""
_MOST_ELEMENTS = 4096


def call(scope: Scope, function: cobol.FunctionCall) -> Expression:
    made = _call(scope, function)
    if function.slice is None:
        return made
    start = number(scope, function.slice.start)
    size = (number(scope, function.slice.length),) if function.slice.length is not None else ()
    return Intrinsic("slice", (made, start, *size), Text(None))


def _call(scope: Scope, function: cobol.FunctionCall) -> Expression:
    if function.name in ("LENGTH", "BYTE-LENGTH") and len(function.arguments) == 1:
        return length(scope, function.arguments[0])
    given = [part for each in function.arguments for part in _parted(scope, each)]
    arguments = tuple(made for each in given for made in _argument(scope, each))
    of_numbers = function.name in _NUMBERS - _COMPARING - _OF_TEXTS
    if of_numbers or (function.name in _COMPARING and not all(map(is_text, arguments))):
        numbers = ((whole(0),) if is_zero(each) else _argument(scope, each) for each in given)
        arguments = tuple(made for each in numbers for made in each)
    type_ = _type(function, arguments)
    _counted(function, len(arguments))
    name = " ".join((function.name, function.option)).strip().lower()
    return Intrinsic(name, arguments, type_)


def _counted(function: cobol.FunctionCall, given: int) -> None:
    """Raises SourceError if the function has another number of arguments."""
    name = function.name
    low = 0 if name in _NONE or name == "RANDOM" else 2 if name in _TWO else 1
    high = 0 if name in _NONE else 2 if name in _TWO else 1 if name in _ONE else None
    if given < low or (high is not None and given > high):
        wanted = f"{low}" if low == high else f"at least {low}"
        raise SourceError(function.span, f"FUNCTION {name} has {given} arguments; it takes {wanted}")


def _type(function: cobol.FunctionCall, arguments: tuple[Expression, ...]) -> Type:
    name = function.name
    if name in _NUMBERS:
        return Exact()
    if name == "RANDOM":
        return Floating(64)
    if name in ("MAX", "MIN"):
        return Text(None) if arguments and is_text(arguments[0]) else Exact()
    if name in _SAME_SIZE and arguments:
        return kind(arguments[0]) if is_text(arguments[0]) else Text(None)
    if name in _TEXTS:
        return Text(_TEXTS[name])
    if name in _ANY_SIZE:
        return Text(None)
    raise unsupported(function.span, f"FUNCTION {name}")


def _parted(scope: Scope, argument: cobol.Expression) -> tuple[cobol.Expression, ...]:
    """``B (C + 1) / 2`` are two arguments where B is no table: a comma between arguments counts as a blank."""
    match argument:
        case cobol.Reference(subscripts=(_, *_)) if not _table(scope, argument):
            if argument.slice is not None or len(argument.subscripts) != 1:
                return (argument,)
            return replace(argument, subscripts=()), argument.subscripts[0]
        case cobol.Binary():
            *before, left = _parted(scope, argument.left)
            right, *behind = _parted(scope, argument.right)
            return (*before, replace(argument, left=left, right=right), *behind)
    return (argument,)


def _table(scope: Scope, reference: cobol.Reference) -> bool:
    laid = scope.item(reference)
    return laid is None or bool(laid.dimensions)


def _argument(scope: Scope, argument: cobol.Expression) -> tuple[Expression, ...]:
    if not isinstance(argument, cobol.Reference) or not any(map(_all, argument.subscripts)):
        return (value(scope, argument),)
    counts = scope.field(argument).dimensions
    if len(counts) != len(argument.subscripts):
        raise SourceError(argument.span, f"'{argument.name}' needs {len(counts)} subscripts")
    if any(_all(each) and table.depending for each, table in zip(argument.subscripts, counts, strict=True)):
        raise unsupported(argument.span, "ALL of a table whose size varies")
    ways = [
        [_literal(argument, at + 1) for at in range(table.count)] if _all(subscript) else [subscript]
        for subscript, table in zip(argument.subscripts, counts, strict=True)
    ]
    elements = list(itertools.islice(itertools.product(*ways), _MOST_ELEMENTS + 1))
    if len(elements) > _MOST_ELEMENTS:
        raise unsupported(argument.span, "ALL of so large a table")
    return tuple(
        value(scope, cobol.Reference(argument.name, argument.qualifiers, each, argument.slice, span=argument.span))
        for each in elements
    )


def _all(subscript: cobol.Expression) -> bool:
    return isinstance(subscript, cobol.Figurative) and subscript.name == "ALL"


def _literal(at: cobol.Reference, count: int) -> cobol.Expression:
    return cobol.Number(Decimal(count), str(count), span=at.span)
