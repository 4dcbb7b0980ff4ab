"""Lambda functions that are given to algorithms, written out where they are applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from pareval.cpp_types import AUTO, Scalar, spelled, type_of
from pareval.operators import binary
from pareval.state import UNARY, Binding, Lowering, Value
from pareval.syntax import assigned_names, declared_name, named, part, refuse, text, walk

Store = Callable[[Value], None]
_OPERATORS = {"plus": "+", "multiplies": "*", "minus": "-", "less": "<", "greater": ">"}


def applied(f: Lowering, node: Node, operation: Node | None, values: Sequence[Value], default: str) -> Value | None:
    """The value of ``operation``, an operator by default, of ``values``; None where it takes statements."""
    operator = functor(f, operation, values, default)
    if operator or operation is None:
        return binary(f, node, operator, values[0], values[1])
    if operation.type != "lambda_expression":
        raise refuse(operation, "this operation")
    body = named(part(operation, "body"))
    if len(body) != 1 or body[0].type != "return_statement":
        return None
    with f.bound(_parameters(f, operation, values)):
        return f.expression(f, named(body[0])[0])


def functor(f: Lowering, operation: Node | None, values: Sequence[Value], default: str) -> str:
    """The operator that ``std::plus()`` and its like stand for; empty for a lambda."""
    if operation is None:
        return default
    if operation.type != "call_expression" or named(part(operation, "arguments")):
        return ""
    function = part(operation, "function")
    name, _, kind = text(function).removeprefix("std::").partition("<")
    if kind.rstrip(">") and any(value.type != Scalar(kind.rstrip(">")) for value in values):
        raise refuse(operation, "an operation on other types")
    return _OPERATORS.get(name, "")


def stored(f: Lowering, operation: Node, values: Sequence[Value], store: Store) -> None:
    """Write the statements of a lambda out, with ``store`` in place of ``return``."""
    with f.bound(_parameters(f, operation, values)):
        _tail(f, named(part(operation, "body")), store)


def parameters(operation: Node) -> list[Node]:
    return named(part(part(operation, "declarator"), "parameters"))


def _parameters(f: Lowering, operation: Node, values: Sequence[Value]) -> dict[str, Binding]:
    listed = parameters(operation)
    if len(listed) != len(values):
        raise refuse(operation, "the number of parameters")
    if _changes(part(operation, "body")):
        raise refuse(operation, "a lambda that changes what is not its own")
    if any(child.type == "trailing_return_type" for child in part(operation, "declarator").children):
        raise refuse(operation, "a lambda that names its result's type")
    names = [declared_name(part(parameter, "declarator")) for parameter in listed]
    return {name: _as(f, p, value) for name, p, value in zip(names, listed, values, strict=True)}


def _as(f: Lowering, parameter: Node, value: Value) -> Value:
    """``value`` as what the parameter's type makes of it."""
    kind = type_of(part(parameter, "type"), f.unit.records)
    if kind in (AUTO, value.type):
        return value
    if not isinstance(kind, Scalar) or not isinstance(value.type, Scalar):
        raise refuse(parameter, "a conversion to this type")
    return Value(f"({spelled(kind)}){value.at(UNARY)}", kind, UNARY)


def _changes(body: Node) -> bool:
    """Whether anything is assigned that ``body`` does not declare."""
    own = {declared_name(node) for node in walk(body) if node.type == "init_declarator"}
    targets = (part(node, "left") for node in walk(body) if node.type == "assignment_expression")
    return bool(assigned_names(body) - own) or any(target.type != "identifier" for target in targets)


def _returns(node: Node) -> bool:
    return any(inner.type == "return_statement" for inner in walk(node))


def _always_returns(statements: Sequence[Node]) -> bool:
    if not statements:
        return False
    last = statements[-1]
    if last.type == "if_statement":
        other = last.child_by_field_name("alternative")
        return other is not None and all(map(_always_returns, (branch(part(last, "consequence")), branch(other))))
    return last.type == "return_statement" or (last.type == "compound_statement" and _always_returns(named(last)))


def branch(node: Node) -> list[Node]:
    """The statements of a branch of an ``if``."""
    if node.type == "else_clause":
        inner = named(node)
        return branch(inner[0]) if inner else []
    return named(node) if node.type == "compound_statement" else [node]


def _tail(f: Lowering, statements: Sequence[Node], store: Store) -> None:
    for at, statement in enumerate(statements):
        if not _returns(statement):
            f.statement(f, statement)
            continue
        if statement.type == "return_statement":
            store(f.expression(f, named(statement)[0]))
        elif statement.type == "compound_statement":
            _tail(f, [*named(statement), *statements[at + 1 :]], store)
        elif statement.type == "if_statement":
            _if(f, statement, statements[at + 1 :], store)
        else:
            raise refuse(statement, "a lambda that returns from a loop")
        return


def _if(f: Lowering, node: Node, rest: Sequence[Node], store: Store) -> None:
    chosen, other = branch(part(node, "consequence")), node.child_by_field_name("alternative")
    if rest and not _always_returns(chosen):
        raise refuse(node, "a lambda that returns in a part of its cases")
    alternatives = [*(branch(other) if other else []), *rest]
    condition = f.expression(f, part(node, "condition")).text
    with f.captured() as then, f.scope():
        _tail(f, chosen, store)
    with f.captured() as otherwise, f.scope():
        _tail(f, alternatives, store)
    if not then and otherwise:
        condition, then, otherwise = negated(condition), otherwise, []
    f.emit(f"if ({condition}) {{")
    f.lines += then
    if otherwise:
        f.emit("} else {")
        f.lines += otherwise
    f.emit("}")


def negated(condition: str) -> str:
    for operator, opposite in ((" == ", " != "), (" != ", " == ")):
        if condition.count(operator) == 1 and not any(word in condition for word in ("&&", "||", "<", ">")):
            return condition.replace(operator, opposite)
    return f"!({condition})"
