"""The intrinsic functions that are plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import z3

from transpile.cobol import tree
from transpile.solvers.cobol.operands import Characters, Evaluation
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    absolute,
    choose,
    compared,
    integer,
    multiply,
    related,
    subtract,
    units_at,
)


def number_function(evaluation: Evaluation, call: tree.FunctionCall) -> Number:
    if call.name == "LENGTH" and len(call.arguments) == 1:
        return Number(integer(evaluation.length(call.arguments[0])))
    made = _FUNCTIONS.get(call.name)
    if made is None:
        raise NoTerm(f"FUNCTION {call.name} is not in the model")
    if any(isinstance(each, tree.Reference) and any(isinstance(s, tree.Figurative) for s in each.subscripts)
           for each in call.arguments):  # fmt: skip
        raise NoTerm(f"FUNCTION {call.name} of all elements")
    return made(evaluation, [evaluation.number(each) for each in call.arguments])


def text_function(evaluation: Evaluation, call: tree.FunctionCall) -> Text | None:
    """None where the function gives a number."""
    if call.name not in ("UPPER-CASE", "LOWER-CASE") or len(call.arguments) != 1:
        return None
    if call.slice is not None:
        raise NoTerm("reference modification of a function")
    given = evaluation.operand(call.arguments[0])
    if not isinstance(given, Characters):
        raise NoTerm(f"FUNCTION {call.name} of a number")
    first, by = (97, -32) if call.name == "UPPER-CASE" else (65, 32)
    return Text(tuple(_cased(each, first, by) for each in given.text.chars))


def _cased(char: Int, first: int, by: int) -> Int:
    made = z3.simplify(z3.If(z3.And(char >= first, char < first + 26), char + by, char))
    assert isinstance(made, z3.ArithRef)
    return made


def _integer(evaluation: Evaluation, given: list[Number]) -> Number:
    return Number(units_at(given[0], 0, "TOWARD-LESSER"))


def _integer_part(evaluation: Evaluation, given: list[Number]) -> Number:
    return Number(units_at(given[0], 0))


def _abs(evaluation: Evaluation, given: list[Number]) -> Number:
    if given[0].divisor is not None:
        raise NoTerm("FUNCTION ABS of a quotient")
    return Number(absolute(given[0].units), given[0].scale)


def _mod(evaluation: Evaluation, given: list[Number]) -> Number:
    left, right = (units_at(each, 0) for each in given)
    evaluation.assume(related("<>", right, integer(0)), "no divisor is zero")
    floor = units_at(Number(left, 0, right), 0, "TOWARD-LESSER")
    return subtract(Number(left), multiply(Number(right), Number(floor)))


def _extreme(least: bool) -> Callable[[Evaluation, list[Number]], Number]:
    def chosen(evaluation: Evaluation, given: list[Number]) -> Number:
        return reduce(lambda one, other: choose(compared("<=" if least else ">=", one, other), one, other), given)

    return chosen


_FUNCTIONS: dict[str, Callable[[Evaluation, list[Number]], Number]] = {
    "ABS": _abs,
    "INTEGER": _integer,
    "INTEGER-PART": _integer_part,
    "MAX": _extreme(False),
    "MIN": _extreme(True),
    "MOD": _mod,
}
