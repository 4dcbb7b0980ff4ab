"""Expressions of C++ as expressions of C. What needs a loop is written before the statement it stands in."""

from __future__ import annotations

from tree_sitter import Node

from pareval import algorithms, complexes
from pareval.calls import call
from pareval.cpp_types import (
    BOOL,
    COMPLEX,
    DOUBLE,
    INT,
    SIZE,
    Fixed,
    Record,
    Scalar,
    Text,
    Type,
    arithmetic,
    spelled,
    type_of,
)
from pareval.lambdas import negated
from pareval.operators import binary, converted
from pareval.state import (
    ASSIGNMENT,
    CONDITIONAL,
    EQUALITY,
    OR,
    POSTFIX,
    PRODUCT,
    UNARY,
    Choice,
    Lowering,
    Sequence,
    Signature,
    Value,
)
from pareval.syntax import named, part, refuse, text

_CONSTANTS = {"M_PI": DOUBLE, "INT_MAX": INT, "INT_MIN": INT, "RAND_MAX": INT, "DBL_MAX": DOUBLE}


def expression(f: Lowering, node: Node) -> Value:
    match node.type:
        case "identifier":
            return _name(f, node)
        case "number_literal":
            return Value(text(node), _number(text(node)))
        case "char_literal":
            return Value(text(node), Scalar("char"))
        case "true" | "false":
            return Value(text(node), BOOL)
        case "parenthesized_expression":
            inner = expression(f, named(node)[0])
            return inner if inner.level >= POSTFIX else Value(f"({inner.text})", inner.type)
        case "condition_clause":
            return expression(f, part(node, "value"))
        case "unary_expression":
            return _unary(f, node)
        case "update_expression":
            return _update(f, node)
        case "binary_expression":
            return _binary(f, node)
        case "assignment_expression":
            return _assignment(f, node)
        case "conditional_expression":
            return _conditional(f, node)
        case "cast_expression":
            return cast(f, part(node, "type"), part(node, "value"))
        case "call_expression":
            return call(f, node)
        case "subscript_expression":
            return _subscript(f, node)
        case "field_expression":
            return _field(f, node)
    raise refuse(node, f"this {node.type.replace('_', ' ')} has no lowering")


def _name(f: Lowering, node: Node) -> Value:
    match f.find(text(node)):
        case Value() as value:
            return value
        case Sequence():
            raise refuse(node, "a vector as a whole")
        case Signature():
            raise refuse(node, "a function as a value")
    if text(node) in _CONSTANTS:
        return Value(text(node), _CONSTANTS[text(node)])
    raise refuse(node, "this name is not known")


def _number(literal: str) -> Type:
    lowered = literal.lower()
    if lowered.startswith("0x") or not any(c in lowered for c in ".ef"):
        return SIZE if "ul" in lowered else Scalar("unsigned int") if "u" in lowered else INT
    return Scalar({"f": "float", "l": "long double"}.get(lowered[-1], "double"))


def _unary(f: Lowering, node: Node) -> Value:
    value, operator = expression(f, part(node, "argument")), text(part(node, "operator"))
    if complexes.is_complex(value.type):
        if operator != "-":
            raise refuse(node, "this operation on a complex number")
        return complexes.call(f.unit, "complex_negate", value.text)
    if operator == "!" and value.level == EQUALITY:
        return Value(negated(value.text), BOOL, EQUALITY)
    operand = value.at(UNARY)
    space = " " if operand.startswith(operator) else ""
    return Value(f"{operator}{space}{operand}", BOOL if operator == "!" else value.type, UNARY)


def _update(f: Lowering, node: Node) -> Value:
    value, operator = expression(f, part(node, "argument")), text(part(node, "operator"))
    if node.children[0].type in ("++", "--"):
        return Value(operator + value.at(UNARY), value.type, UNARY)
    return Value(value.at(POSTFIX) + operator, value.type, POSTFIX)


def _binary(f: Lowering, node: Node) -> Value:
    operator = text(part(node, "operator"))
    found = algorithms.membership(f, node)
    if found:
        return found
    left = expression(f, part(node, "left"))
    if operator in ("&&", "||"):
        with f.uncertain():
            right = expression(f, part(node, "right"))
    else:
        right = expression(f, part(node, "right"))
    return binary(f, node, operator, left, right)


def _assignment(f: Lowering, node: Node) -> Value:
    target, operator = expression(f, part(node, "left")), text(part(node, "operator"))
    value = expression(f, part(node, "right"))
    if complexes.is_complex(target.type) and operator != "=":
        value = binary(f, node, operator.removesuffix("="), target, value)
        operator = "="
    value = converted(f, value, target.type)
    return Value(f"{target.text} {operator} {value.at(ASSIGNMENT)}", target.type, ASSIGNMENT)


def _conditional(f: Lowering, node: Node) -> Value:
    condition = expression(f, part(node, "condition"))
    with f.uncertain():
        chosen = expression(f, part(node, "consequence"))
        other = expression(f, part(node, "alternative"))
    kind = arithmetic(chosen.type, other.type)
    shown = f"{condition.at(OR)} ? {chosen.at(CONDITIONAL)} : {other.at(CONDITIONAL)}"
    return Value(shown, kind, CONDITIONAL, Choice(condition.text, chosen.text, other.text))


def cast(f: Lowering, kind_node: Node, node: Node) -> Value:
    """``(T)x``."""
    kind, value = type_of(kind_node, f.unit.records), expression(f, node)
    if not isinstance(kind, Scalar) or not isinstance(value.type, Scalar):
        raise refuse(node, f"a cast to '{text(kind_node)}'")
    return Value(f"({spelled(kind)}){value.at(UNARY)}", kind, UNARY)


def _subscript(f: Lowering, node: Node) -> Value:
    base = part(node, "argument")
    indices = [expression(f, index) for index in named(part(node, "indices"))]
    if len(indices) != 1:
        raise refuse(node, "a subscript of several values")
    index = indices[0]
    if base.type == "subscript_expression":
        row = _row(f, base)
        if row:
            rows, number = row
            shown = f"{rows.pointer}[{number.at(PRODUCT)} * {rows.columns} + {index.at(PRODUCT)}]"
            return Value(shown, rows.element, POSTFIX)
    sequence = f.find(text(base)) if base.type == "identifier" else None
    if isinstance(sequence, Sequence):
        if sequence.columns:
            raise refuse(node, "a row as a whole")
        return Value(f"{sequence.pointer}[{index.text}]", sequence.element, POSTFIX)
    value = expression(f, base)
    match value.type:
        case Fixed(element):
            return Value(f"{value.at(POSTFIX)}[{index.text}]", element, POSTFIX)
        case Text():
            return Value(f"{value.at(POSTFIX)}[{index.text}]", Scalar("char"), POSTFIX)
    raise refuse(node, "this has no elements")


def _row(f: Lowering, node: Node) -> tuple[Sequence, Value] | None:
    """The vector of vectors and the number of the row in ``m[i]``."""
    base = part(node, "argument")
    sequence = f.find(text(base)) if base.type == "identifier" else None
    if not isinstance(sequence, Sequence) or not sequence.columns:
        return None
    indices = named(part(node, "indices"))
    if len(indices) != 1:
        raise refuse(node, "a subscript of several values")
    return sequence, expression(f, indices[0])


def _field(f: Lowering, node: Node) -> Value:
    value, name = expression(f, part(node, "argument")), text(part(node, "field"))
    if isinstance(value.type, Record) and value.type != COMPLEX:
        for field, kind in value.type.fields:
            if field == name:
                return Value(f"{value.at(POSTFIX)}.{name}", kind, POSTFIX)
    raise refuse(node, "this has no such member")
