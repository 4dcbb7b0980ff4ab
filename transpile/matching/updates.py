"""Variables that a loop does nothing with but to combine values into them, and what may be said of their order.

``s += e``, ``s = s * e``, ``s++``, ``if (e < s) s = e;`` and ``s = e < s ? e : s``, where ``e`` knows nothing of ``s``.
Whoever combines the same values in another order, or in parts, gets the same result exactly where the operation is
associative and commutative: on unsigned integers, on bits, and for minima and maxima of integers. Elsewhere it is
assumed, in the words of ``assumption``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from transpile.c.tree import (
    Assign,
    Assignment,
    Binary,
    Block,
    CallThrough,
    Cast,
    Conditional,
    Evaluate,
    Expression,
    If,
    Increment,
    Name,
    Statement,
    Variable,
)
from transpile.c.types import CType, Float, Integer
from transpile.c.walking import walk
from transpile.solvers.launches.joined import Operation

_JOINED = {"+": "+", "-": "+", "*": "*", "&": "&", "|": "|", "^": "^"}
_COMPARED = {"<": "min", "<=": "min", ">": "max", ">=": "max"}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS = {"+": "sums", "*": "products"}
REORDERED = "{} of '{}' may be taken in another order: they are equal over the reals, not to the bit"
NO_OVERFLOW = "{} of '{}', taken in another order, do not overflow '{}'"
ZEROS = "0.0 and -0.0 are the same in '{}'"


@dataclass(frozen=True, slots=True)
class Update:
    """``statement`` combines ``value`` into ``target``, or its ``negative``; without a value it is 1.

    ``named`` is how often the target stands in the statement.
    """

    statement: Statement
    target: Expression
    operation: Operation
    value: Expression | None
    named: int
    negative: bool = False


def update(statement: Statement) -> Update | None:
    """What ``statement`` combines, if that is all it does."""
    match statement:
        case Assign(target=target, operator="", value=value):
            return _assigned(statement, target, value)
        case Assign(target=target, operator=sign, value=value, computed=computed) if sign in _JOINED:
            known = _computed_in(target.type, computed, sign)
            return _update(statement, target, sign, value, 1) if known else None
        case Evaluate(expression=Increment(target=target, step=step)) if _arithmetic(target.type):
            return _update(statement, target, "+" if step > 0 else "-", None, 1)
        case If(condition=condition, then=then, otherwise=None):
            match condition, _only(then):
                case Binary() as compared, Assign(target=target, operator="", value=value):
                    return _extreme(statement, compared, target, value)
    return None


def combined(loop: Statement, variable: Variable) -> Operation | None:
    """The operation by which ``loop`` combines values into ``variable``, if it does nothing else with it."""
    named = sum(isinstance(node, Name) and node.variable == variable for node in walk(loop))
    found: list[Update] = []
    for node in walk(loop):
        one = update(node) if isinstance(node, Statement) else None
        if one is not None and isinstance(one.target, Name) and one.target.variable == variable:
            found.append(one)
    inside = {id(below) for one in found if isinstance(one.statement, If) for below in walk(one.statement.then)}
    found = [one for one in found if id(one.statement) not in inside]
    operations = {one.operation for one in found}
    if len(operations) != 1 or named != sum(one.named for one in found):
        return None
    return operations.pop()


def assumption(what: str, operation: Operation, atomically: bool = False) -> Iterator[str]:
    """What is taken for granted when values are combined into ``what`` in another order than C does."""
    word = _WORDS.get(operation.operator)
    match operation.type:
        case Float() if word:
            yield REORDERED.format(word, what)
        case Float():
            yield ZEROS.format(what)
        case Integer(signed=True) if word and not atomically:
            yield NO_OVERFLOW.format(word, what, operation.type.name)


def _assigned(statement: Assign, target: Expression, value: Expression) -> Update | None:
    """``s = s + e``, ``s = e + s``, ``s = s - e``, and ``s = e < s ? e : s``."""
    inner = _without_widening(value, target.type)
    match inner:
        case Binary(operator=sign, left=left, right=right) if sign in _JOINED:
            if not _computed_in(target.type, inner.type, sign):
                return None
            for own, other in [(left, right), *([(right, left)] if sign != "-" else [])]:
                if _without_widening(own, target.type) == target:
                    return _update(statement, target, sign, other, 2)
        case Conditional(condition=Binary() as compared, yes=yes, no=no) if no == target:
            return _extreme(statement, compared, target, yes, named=3)
    return None


def _extreme(
    statement: Statement, compared: Binary, target: Expression, value: Expression, named: int = 2
) -> Update | None:
    """``value`` in the place of ``target`` where it compares so. Both are compared as what they are kept as."""
    sign = compared.operator
    if sign not in _COMPARED or not _arithmetic(target.type) or value.type != target.type:
        return None
    if (compared.left, compared.right) == (target, value):
        sign = _FLIPPED[sign]
    elif (compared.left, compared.right) != (value, target):
        return None
    return _update(statement, target, _COMPARED[sign], value, named)


def _update(
    statement: Statement, target: Expression, operator: str, value: Expression | None, named: int
) -> Update | None:
    for node in walk(value) if value is not None else ():
        if isinstance(node, Assignment | Increment | CallThrough) or node == target:
            return None
    operation = Operation(_JOINED.get(operator, operator), target.type)
    return Update(statement, target, operation, value, named, operator == "-")


def _computed_in(type: CType, computed: CType, sign: str) -> bool:
    """Whether what is computed in one type and kept in the other is what ``sign`` does in ``type``: integers modulo
    two to their width, and floating point as exact as the type or more."""
    match type, computed:
        case Integer(bits=a), Integer(bits=b):
            return b >= a
        case Float(bits=a), Float(bits=b):
            return b >= a and sign in "+-*"
    return False


def _without_widening(expression: Expression, type: CType) -> Expression:
    """``expression`` without conversions from ``type`` to types that hold it, or back to ``type``."""
    while isinstance(expression, Cast) and (expression.type == type or _computed_in(type, expression.type, "+")):
        expression = expression.operand
    return expression


def _arithmetic(type: CType) -> bool:
    return isinstance(type, Integer | Float)


def _only(statement: Statement) -> Statement:
    while isinstance(statement, Block) and len(statement.statements) == 1:
        (statement,) = statement.statements
    return statement
