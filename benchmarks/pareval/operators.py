"""Operators, of numbers and of complex numbers."""

from __future__ import annotations

from tree_sitter import Node

from pareval import complexes
from pareval.cpp_types import BOOL, INT, Type, arithmetic
from pareval.state import (
    AND,
    BIT_AND,
    BIT_OR,
    BIT_XOR,
    COMPARISON,
    EQUALITY,
    OR,
    PRODUCT,
    SHIFT,
    SUM,
    Lowering,
    Value,
)
from pareval.syntax import refuse

_LEVELS = {
    **dict.fromkeys(("*", "/", "%"), PRODUCT), **dict.fromkeys(("+", "-"), SUM), **dict.fromkeys(("<<", ">>"), SHIFT),
    **dict.fromkeys(("<", ">", "<=", ">="), COMPARISON), **dict.fromkeys(("==", "!="), EQUALITY),
    "&": BIT_AND, "^": BIT_XOR, "|": BIT_OR, "&&": AND, "||": OR,
}  # fmt: skip
_TRUTHS = frozenset({"<", ">", "<=", ">=", "==", "!=", "&&", "||"})


def binary(f: Lowering, node: Node, operator: str, left: Value, right: Value) -> Value:
    """``left operator right``; ``node`` is where it stands."""
    if complexes.is_complex(left.type) or complexes.is_complex(right.type):
        value = complexes.binary(f.unit, operator, left, right)
        if value is None:
            raise refuse(node, "this operation on complex numbers")
        return value
    level = _LEVELS.get(operator)
    if level is None:
        raise refuse(node, f"the operator '{operator}'")
    kind = BOOL if operator in _TRUTHS else arithmetic(left.type, right.type)
    if operator in ("<<", ">>"):
        kind = arithmetic(left.type, INT)
    return Value(f"{left.at(level)} {operator} {right.at(level + 1)}", kind, level)


def converted(f: Lowering, value: Value, kind: Type) -> Value:
    """``value`` where one of type ``kind`` is needed: C does all but one of the conversions itself."""
    return complexes.promoted(f.unit, value) if complexes.is_complex(kind) else value
