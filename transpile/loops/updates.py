"""Statements that only update what was there: ``s += e``, ``s = fmax(s, e)``, ``if (e < s) { s = e; at = i; }``.

Found by their form alone. Such updates commute as their operator does: over the integers exactly, in floating point up
to rounding, minima and maxima up to the place of NaNs and of equal values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from transpile.c.tree import (
    Assign,
    Assignment,
    Binary,
    Block,
    Call,
    Conditional,
    Empty,
    Expression,
    If,
    Name,
    Return,
    Statement,
)
from transpile.c.types import Bool, is_arithmetic, is_integer
from transpile.c.unit import Unit
from transpile.c.walking import bare, walk
from transpile.loops.conditions import extreme
from transpile.loops.facts import Update
from transpile.loops.libc import LARGER, SMALLER

_OPERATORS = {"+": "+", "-": "+", "*": "*", "&": "&", "|": "|", "^": "^"}


@dataclass(frozen=True, slots=True)
class Found:
    """``target`` is updated with ``operands``."""

    update: Update
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """``if (others && value < target) { target = value; followers }``."""

    operator: str
    target: Expression
    value: Expression
    others: tuple[Expression, ...]
    followers: tuple[Assign, ...]


def update_of(unit: Unit, assignment: Assign | Assignment) -> Found | None:
    """How ``assignment`` updates its target, if that is all it does."""
    target = assignment.target
    if not is_arithmetic(target.type) or _rounds(assignment):
        return None
    if assignment.operator:
        operator = _OPERATORS.get(assignment.operator)
        operands: list[Expression] | None = [assignment.value]
    else:
        operator = _joined(unit, bare(assignment.value))
        operands = _operands(unit, assignment.value, target, operator) if operator else None
    if not operator or operands is None or any(_mentions(operand, target) for operand in operands):
        return None
    return Found(Update(operator), tuple(operands))


def _rounds(assignment: Assign | Assignment) -> bool:
    """Whether an integer takes the result of floating-point arithmetic: each step cuts something off."""
    computed = assignment.computed if assignment.operator else bare(assignment.value).type
    return is_integer(assignment.target.type) and not is_integer(computed)


def _joined(unit: Unit, value: Expression) -> str:
    match value:
        case Binary("+" | "-" | "*" | "&" | "|" | "^" | "&&" | "||" as operator):
            return _OPERATORS.get(operator, operator)
        case Binary("!=", left, right) if isinstance(bare(left).type, Bool) and isinstance(bare(right).type, Bool):
            return "^"
        case Conditional():
            return extreme(value)
        case Call(name):
            return chooser(unit, name)
    return ""


def _operands(unit: Unit, value: Expression, target: Expression, operator: str) -> list[Expression] | None:
    """What ``operator`` joins with ``target`` in ``value``; None if ``target`` is not on its spine."""
    inner = bare(value)
    if inner == target:
        return []
    if _joined(unit, inner) != operator:
        return None
    match inner:
        case Binary(sign, left, right):
            sides = [(left, right)] if sign == "-" else [(left, right), (right, left)]
        case Conditional(_, yes, no):
            sides = [(yes, no), (no, yes)]
        case Call(_, (one, two)):
            sides = [(one, two), (two, one)]
        case _:
            return None
    for spine, other in sides:
        found = _operands(unit, spine, target, operator)
        if found is not None:
            return [*found, other]
    return None


def chooser(unit: Unit, name: str) -> str:
    """``min`` or ``max`` if the function ``name`` is one of two arguments."""
    if name in LARGER or name in SMALLER:
        return "max" if name in LARGER else "min"
    for function in unit.functions:
        if function.name == name and len(function.parameters) == 2:
            match function.body.statements:
                case (Return(Expression() as value),) if isinstance(chosen := bare(value), Conditional):
                    arms = {bare(arm) for arm in (chosen.yes, chosen.no) if isinstance(bare(arm), Name)}
                    own = {arm.variable for arm in arms if isinstance(arm, Name)}
                    return extreme(chosen) if own == set(function.parameters) else ""
    return ""


def selection(statement: If) -> Selection | None:
    """``statement`` as the update of a minimum or maximum, perhaps with what is kept beside it."""
    assigns = list(_assigns(statement.then))
    if statement.otherwise is not None or not assigns or None in assigns:
        return None
    known = [assign for assign in assigns if assign is not None]
    conditions = list(_conjuncts(statement.condition))
    for index, condition in enumerate(conditions):
        others = (*conditions[:index], *conditions[index + 1 :])
        for best in known:
            operator = _chosen(condition, best)
            followers = tuple(assign for assign in known if assign is not best)
            parts = (best.value, *others, *(assign.value for assign in followers))
            if operator and not any(_mentions(part, best.target) for part in parts):
                return Selection(operator, best.target, best.value, others, followers)
    return None


def _assigns(statement: Statement) -> Iterator[Assign | None]:
    match statement:
        case Block(statements):
            for inner in statements:
                yield from _assigns(inner)
        case Assign(_, ""):
            yield statement
        case Empty():
            pass
        case _:
            yield None


def _conjuncts(condition: Expression) -> Iterator[Expression]:
    match bare(condition):
        case Binary("&&", left, right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case found:
            yield found


def _chosen(condition: Expression, best: Assign) -> str:
    match condition:
        case Binary("<" | "<=" | ">" | ">=" as operator, left, right):
            one, two, target, value = bare(left), bare(right), best.target, bare(best.value)
            if (one, two) == (value, target):
                return "min" if operator.startswith("<") else "max"
            if (one, two) == (target, value):
                return "max" if operator.startswith("<") else "min"
    return ""


def _mentions(expression: Expression, target: Expression) -> bool:
    if isinstance(target, Name):
        return any(isinstance(node, Name) and node.variable == target.variable for node in walk(expression))
    return any(node == target for node in walk(expression))
