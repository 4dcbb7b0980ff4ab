"""Calls: of functions by name, through pointers, of the compiler's builtins and of ``std``; and assertions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from tree_sitter import Node

from transpile.c.builtins import GENERIC, UNLIMITED
from transpile.c.context import Context, TypeName
from transpile.c.conversions import common, plain
from transpile.c.cplusplus import STD_FUNCTIONS
from transpile.c.grammar import named, part
from transpile.c.operators import argument, assigned, convert, is_lvalue, scalar, value
from transpile.c.spelling import type_text
from transpile.c.tree import Call, CallThrough, Constant, Dereference, Expression, Variable
from transpile.c.types import (
    BOOL,
    DOUBLE,
    INT,
    VOID,
    Arithmetic,
    Bool,
    CType,
    Float,
    Function,
    Integer,
    Pointer,
    Reference,
    Void,
    is_arithmetic,
    is_integer,
)

_FAILURE = "__assert_fail"
_PREDICATES = {"isnan", "isinf", "isfinite", "signbit"}
_INTEGER_ABS = {"int": "abs", "long": "labs", "long long": "llabs"}


def call(context: Context, node: Node) -> Expression:
    """``f(x)``."""
    callee, nodes = part(node, "function"), named(part(node, "arguments"))
    while callee.type == "parenthesized_expression" and named(callee)[0].type == "identifier":
        callee = named(callee)[0]
    if any(child.type == "compound_statement" for child in nodes):
        raise context.unsupported(node, "statements within an expression", "write a function")
    if callee.type == "identifier":
        name = context.token(callee).text
        symbol = context.find(name)
        if isinstance(symbol, Variable) and isinstance(symbol.type, Function):
            return _named(context, node, name, symbol.type, nodes)
        if isinstance(symbol, TypeName):
            raise context.unsupported(node, f"'{name}(...)' as a conversion", f"write '({name})(...)'")
        if symbol is None:
            return _unknown(context, node, name, nodes)
    designator = context.convert(context, callee)
    match designator:
        case Dereference(operand) if isinstance(designator.type, Function):
            pointer = operand
        case _:
            pointer = value(designator)
    type = pointer.type.to if isinstance(pointer.type, Pointer) else None
    if not isinstance(type, Function):
        raise context.wrong(node, f"'{type_text(pointer.type)}' is not a function")
    arguments = _arguments(context, node, "the function", type, nodes)
    return CallThrough(pointer, arguments, type=context.complete(type.result), span=context.span(node))


def _named(context: Context, node: Node, name: str, type: Function, nodes: Sequence[Node]) -> Expression:
    macro = context.token(node).macro
    if name in UNLIMITED:
        shown = f'{name}("")' if "nan" in name else f"{name}()"
        return Constant(UNLIMITED[name], shown, macro, type=type.result, span=context.span(node))
    arguments = _arguments(context, node, f"'{name}'", type, nodes)
    return Call(name, arguments, type=context.complete(type.result), span=context.span(node))


def _arguments(
    context: Context, node: Node, what: str, type: Function, nodes: Sequence[Node]
) -> tuple[Expression, ...]:
    given, wanted = len(nodes), len(type.parameters)
    if type.prototyped and (given < wanted or (given > wanted and not type.variadic)):
        raise context.wrong(node, f"{what} takes {wanted} argument{'s' * (wanted != 1)}; {given} given")
    found: list[Expression] = []
    for index, child in enumerate(nodes):
        operand = context.convert(context, child)
        if index < wanted:
            found.append(_passed(context, child, operand, type.parameters[index], f"argument {index + 1} of {what}"))
        else:
            found.append(argument(operand))
    return tuple(found)


def _passed(context: Context, node: Node, operand: Expression, type: CType, to: str) -> Expression:
    if isinstance(type, Reference):
        if not type.const and not (is_lvalue(operand) and operand.type == type.to):
            raise context.wrong(node, f"{to} is a reference: it takes a variable of type '{type_text(type.to)}'")
        return assigned(context, node, operand, type.to, to)
    return assigned(context, node, operand, type, to)


def _unknown(context: Context, node: Node, name: str, nodes: Sequence[Node]) -> Expression:
    """A call of what no declaration names."""
    if name in GENERIC:
        operands = tuple(value(context.convert(context, child)) for child in nodes)
        macro = context.token(node).macro
        shown = macro if name == f"__builtin_{macro}" else name
        return Call(shown, operands, type=GENERIC[name], span=context.span(node))
    plain_name = name.removeprefix("std::").partition("<")[0]
    if context.cplusplus and plain_name in STD_FUNCTIONS:
        return _standard(context, node, name, plain_name, nodes)
    if name in context.reading.dialect.generic:
        return _generic(context, node, name, nodes)
    if context.is_poisoned(name):
        raise context.consequence(node, name)
    if name.startswith("__builtin_"):
        raise context.unsupported(node, f"the builtin '{name}'")
    if context.cplusplus:
        raise context.wrong(node, f"'{name}' is not declared", context.suggestion(name))
    hint = context.suggestion(name) or f"declare '{name}', or include the header that does"
    context.warn(node, f"'{name}' is not declared; it is taken to return int", hint)
    operands = tuple(argument(context.convert(context, child)) for child in nodes)
    return Call(name, operands, type=INT, span=context.span(node))


def _generic(context: Context, node: Node, name: str, nodes: Sequence[Node]) -> Expression:
    """A function of the dialect, typed by what it is given."""
    operands = tuple(value(context.convert(context, child)) for child in nodes)
    span = context.span(node)
    rule = context.reading.dialect.generic[name]
    if not isinstance(rule, int | str):
        return Call(name, operands, type=rule, span=span)
    if len(operands) <= (rule if isinstance(rule, int) else 0):
        raise context.wrong(node, f"'{name}' takes more arguments than {len(operands)}")
    if isinstance(rule, int):
        return Call(name, operands, type=context.complete(operands[rule].type), span=span)
    if rule == "common":
        types = [operand.type for operand in operands if isinstance(operand.type, Bool | Integer | Float)]
        if len(types) != len(operands):
            raise context.wrong(node, f"'{name}' takes numbers")
        type: CType = reduce(common, types)
        return Call(name, tuple(convert(operand, type) for operand in operands), type=type, span=span)
    first = operands[0]
    if not isinstance(first.type, Pointer) or isinstance(first.type.to, Void):
        raise context.wrong(node, f"the first argument of '{name}' is not a pointer to a number")
    type = plain(first.type.to) if isinstance(first.type.to, Bool | Integer | Float) else first.type.to
    others = (
        convert(other, type) if is_arithmetic(type) and is_arithmetic(other.type) else other for other in operands[1:]
    )
    return Call(name, (first, *others), type=type, span=span)


def _standard(context: Context, node: Node, name: str, plain_name: str, nodes: Sequence[Node]) -> Expression:
    """A function of ``std`` for its arguments' type, by the name that C has for it; ``max`` and ``min`` stay."""
    operands = [value(context.convert(context, child)) for child in nodes]
    types = [operand.type for operand in operands if isinstance(operand.type, Bool | Integer | Float)]
    if len(types) != len(operands) or not types:
        raise context.wrong(node, f"'{name}' takes numbers")
    span = context.span(node)
    if plain_name in ("max", "min"):
        type = _chosen(context, node, name, types)
        return Call(f"std::{plain_name}", tuple(convert(o, type) for o in operands), type=type, span=span)
    if plain_name == "abs" and is_integer(types[0]):
        type = common(types[0], INT)
        if not isinstance(type, Integer) or type.name not in _INTEGER_ABS:
            raise context.wrong(node, f"'{name}' of a value of type '{type_text(type)}'")
        return Call(_INTEGER_ABS[type.name], (convert(operands[0], type),), type=type, span=span)
    widest = types[0]
    for other in types:
        widest = common(widest, other)
    type = plain(widest) if isinstance(widest, Float) and all(isinstance(t, Float) for t in types) else DOUBLE
    c_name = "fabs" if plain_name == "abs" else plain_name
    if c_name in _PREDICATES:
        return Call(f"__builtin_{c_name}", tuple(operands), type=BOOL, span=span)
    assert isinstance(type, Float)
    suffix = {32: "f", 80: "l"}.get(type.bits, "")
    return Call(c_name + suffix, tuple(convert(o, type) for o in operands), type=type, span=span)


def _chosen(context: Context, node: Node, name: str, types: Sequence[Arithmetic]) -> CType:
    """The type in which ``std::max`` compares: that of both operands, or the one in angle brackets."""
    if "<" in name:
        words = name.partition("<")[2].removesuffix(">").split()
        return context.named_type(context, node, words)
    if len(types) != 2 or types[0] != types[1]:
        shown = " and ".join(f"'{type_text(type)}'" for type in types)
        raise context.wrong(node, f"'{name}' takes two numbers of one type, not {shown}", f"write {name}<double>(…)")
    return plain(types[0])


def asserted_statement(context: Context, body: Node) -> Expression | None:
    """The ``assert`` that glibc writes as ``({ if (x) ; else __assert_fail(…); })``."""
    statements = named(body)
    if len(statements) != 1 or statements[0].type != "if_statement" or not fails_assertion(context, statements[0]):
        return None
    condition = part(statements[0], "condition")
    return asserted(context, body, scalar(context, condition, context.convert(context, condition)))


def fails_assertion(context: Context, node: Node) -> bool:
    """Whether what the conditional ``node`` does otherwise is ``__assert_fail(…)``."""
    otherwise = node.child_by_field_name("alternative")
    return otherwise is not None and _FAILURE in [token.text for token in context.tokens(otherwise)[:3]]


def asserted(context: Context, node: Node, condition: Expression) -> Expression:
    return Call("assert", (condition,), type=VOID, span=context.span(node))


def is_assert(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.name == "assert" and expression.type == VOID
