"""Conditions of C as formulas over polynomials, where they are about integers that are known."""

from __future__ import annotations

from transpile.c.printing import text
from transpile.c.tree import Binary, Conditional, Constant, Expression, Unary
from transpile.c.types import is_integer
from transpile.c.walking import bare
from transpile.loops.facts import Compare, Condition, Data, Every, Some, negated
from transpile.loops.polynomial import Polynomial, number
from transpile.loops.state import State


def condition(state: State, expression: Expression) -> Condition:
    """When ``expression`` is true. What it reads is noted."""
    match bare(expression):
        case Binary("&&" | "||" as operator, left, right):
            first = condition(state, left)
            with state.branch(state.number(), 0, first if operator == "&&" else negated(first)):
                second = condition(state, right)
            return Every((first, second)) if operator == "&&" else Some((first, second))
        case Unary("!", operand):
            return negated(condition(state, operand))
        case Binary("<" | "<=" | ">" | ">=" | "==" | "!=" as operator, left, right):
            return _comparison(state, operator, left, right, expression)
        case Constant(int() as value):
            return Every(()) if value else Some(())
        case inner if is_integer(inner.type):
            return _truth(state, inner)
    state.rules.evaluate(state, expression)
    return Data(text(expression))


def _truth(state: State, expression: Expression) -> Condition:
    value = state.rules.evaluate(state, expression)
    state.use(value, expression.type, expression.span)
    return Compare(value, "!=") if isinstance(value, Polynomial) else Data(text(expression))


def _comparison(state: State, operator: str, left: Expression, right: Expression, whole: Expression) -> Condition:
    one, two = state.rules.evaluate(state, left), state.rules.evaluate(state, right)
    if not (isinstance(one, Polynomial) and isinstance(two, Polynomial)):
        return Data(text(whole))
    state.use(one, left.type, left.span)
    state.use(two, right.type, right.span)
    return compared(one, operator, two)


def compared(one: Polynomial, operator: str, two: Polynomial) -> Condition:
    match operator:
        case "<":
            return Compare(two - one - number(1), ">=")
        case "<=":
            return Compare(two - one, ">=")
        case ">":
            return Compare(one - two - number(1), ">=")
        case ">=":
            return Compare(one - two, ">=")
        case "==":
            return Compare(one - two, "==")
    return Compare(one - two, "!=")


def extreme(expression: Conditional) -> str:
    """``min`` or ``max`` if that is what ``expression`` chooses, or nothing."""
    match bare(expression.condition):
        case Binary("<" | "<=" | ">" | ">=" as operator, left, right):
            one, two, yes, no = bare(left), bare(right), bare(expression.yes), bare(expression.no)
            if (yes, no) == (one, two):
                return "min" if operator.startswith("<") else "max"
            if (yes, no) == (two, one):
                return "max" if operator.startswith("<") else "min"
    return ""
