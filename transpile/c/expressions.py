"""Expressions: from nodes of the grammar to typed trees (C11 6.5). One row per kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tree_sitter import Node

from transpile.c.calls import asserted, asserted_statement, call, fails_assertion, is_assert
from transpile.c.context import MAX_LEVEL, Context, Enumerator, TypeName
from transpile.c.conversions import compatible
from transpile.c.declare import type_of
from transpile.c.grammar import named, part
from transpile.c.initialisers import filled
from transpile.c.literals import BadLiteral, character, number, string_type
from transpile.c.operators import (
    assigned,
    binary,
    compound,
    conditional,
    is_const,
    is_lvalue,
    scalar,
    unary,
    value,
)
from transpile.c.spelling import type_text
from transpile.c.tree import (
    AddressOf,
    Assignment,
    Cast,
    Comma,
    CompoundLiteral,
    Constant,
    Dereference,
    Expression,
    Increment,
    Index,
    Member,
    Name,
    SizeOf,
    String,
    Variable,
)
from transpile.c.types import (
    BOOL,
    CHAR,
    UNSIGNED_LONG,
    VOID,
    Array,
    CType,
    Function,
    Pointer,
    Reference,
    Struct,
    Void,
    is_arithmetic,
    is_integer,
    is_scalar,
    members,
    size,
)

Handler = Callable[[Context, Node], Expression]
_FUNCTION_NAMES = {"__func__", "__FUNCTION__", "__PRETTY_FUNCTION__"}


def expression(context: Context, node: Node) -> Expression:
    """The expression that ``node`` is."""
    handler = EXPRESSIONS.get(node.type)
    if handler is None:
        raise context.wrong(node, f"'{shortened(context.text(node))}' is not an expression")
    if context.level >= MAX_LEVEL:
        raise context.too_deep(node)
    context.level += 1
    try:
        return handler(context, node)
    finally:
        context.level -= 1


def shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(context: Context, node: Node) -> Expression:
    token = context.token(node)
    found, type = _literal(context, node, lambda: number(token.text))
    macro = token.macro if token.alone else ""
    return Constant(found, token.text, macro, type=type, span=context.span(node))


def _character(context: Context, node: Node) -> Expression:
    token = context.token(node)
    found, type = _literal(context, node, lambda: character(token.text, context.cplusplus))
    macro = token.macro if token.alone else ""
    return Constant(found, token.text, macro, type=type, span=context.span(node))


def _literal(context: Context, node: Node, read: Callable[[], tuple[int | float, CType]]) -> tuple[int | float, CType]:
    try:
        return read()
    except BadLiteral as error:
        if error.unsupported:
            raise context.unsupported(node, error.message) from None
        raise context.wrong(node, error.message) from None


def _string(context: Context, node: Node) -> Expression:
    texts = tuple(token.text for token in context.tokens(node))
    try:
        of, length = string_type(texts)
    except BadLiteral as error:
        raise context.wrong(node, error.message) from None
    return String(texts, type=Array(of, length), span=context.span(node))


def _boolean(context: Context, node: Node) -> Expression:
    text = context.text(node)
    return Constant(int(text == "true"), text, type=BOOL, span=context.span(node))


def _null(context: Context, node: Node) -> Expression:
    return Constant(0, "nullptr", type=Pointer(VOID), span=context.span(node))


def _identifier(context: Context, node: Node) -> Expression:
    name = context.token(node).text
    symbol = context.find(name)
    span = context.span(node)
    match symbol:
        case Variable():
            type = symbol.type.to if isinstance(symbol.type, Reference) else symbol.type
            return Name(symbol, type=context.complete(type), span=span)
        case Enumerator():
            return Constant(symbol.value, name, type=symbol.type, span=span)
        case TypeName():
            raise context.wrong(node, f"'{name}' is a type, not a value")
    if name in _FUNCTION_NAMES and context.function:
        return String((f'"{context.function}"',), type=Array(CHAR, len(context.function) + 1), span=span)
    if name.startswith(("__builtin_", "std::")):
        raise context.unsupported(node, f"'{name}'")
    if context.is_poisoned(name):
        raise context.consequence(node, name)
    raise context.wrong(node, f"'{name}' is not declared", context.suggestion(name))


def _parenthesised(context: Context, node: Node) -> Expression:
    inner = named(node)[0]
    if inner.type == "compound_statement":
        found = asserted_statement(context, inner)
        if found is None:
            raise context.unsupported(node, "statements within an expression", "write a function")
        return found
    return expression(context, inner)


def _index(context: Context, node: Node) -> Expression:
    base = expression(context, part(node, "argument"))
    sign = context.token(node.children[1])
    if sign.text in ("++", "--"):
        return _counted(context, node, base, sign.text, False)
    subscript = expression(context, part(node, "index"))
    if is_integer(base.type) and isinstance(subscript.type, Pointer | Array):
        base, subscript = subscript, base
    match base.type:
        case Pointer(of) | Array(of):
            pass
        case _:
            raise context.wrong(node, f"'{type_text(base.type)}' is neither an array nor a pointer")
    if not is_integer(subscript.type):
        raise context.wrong(part(node, "index"), f"a subscript of type '{type_text(subscript.type)}'")
    of = context.complete(of)
    if size(of) is None and isinstance(of, Struct):
        raise context.incomplete(node, of)
    return Index(base, subscript, type=of, span=context.span(node))


def _member(context: Context, node: Node) -> Expression:
    base = expression(context, part(node, "argument"))
    name_node = part(node, "field")
    name = context.token(name_node).text
    if any(child.type == "->" for child in node.children):
        base = _dereferenced(context, node, base)
    type = context.complete(base.type)
    if not isinstance(type, Struct):
        hint = f"write '->{name}'" if isinstance(type, Pointer) and isinstance(type.to, Struct) else ""
        raise context.wrong(node, f"'{type_text(type)}' has no members", hint)
    if type.fields is None:
        raise context.incomplete(node, type)
    for path, member in members(type):
        if member.name == name:
            if member.width is not None:
                raise context.unsupported(name_node, f"the bit-field '{name}'", "use a whole integer")
            for step in path:
                base = Member(base, "", type=step.type, span=context.span(node))
            return Member(base, name, type=context.complete(member.type), span=context.span(node))
    raise context.wrong(name_node, f"'{type_text(type)}' has no member '{name}'")


def _dereferenced(context: Context, node: Node, operand: Expression) -> Expression:
    pointer = value(operand)
    if not isinstance(pointer.type, Pointer):
        raise context.wrong(node, f"'{type_text(operand.type)}' is not a pointer")
    if isinstance(pointer.type.to, Void):
        raise context.wrong(node, "a pointer to void does not lead to a value", "convert it to another type first")
    return Dereference(pointer, type=context.complete(pointer.type.to), span=context.span(node))


def _pointer(context: Context, node: Node) -> Expression:
    """``*x`` and ``&x``."""
    operand = expression(context, part(node, "argument"))
    if context.text(part(node, "operator")) == "*":
        return _dereferenced(context, node, operand)
    if not is_lvalue(operand) and not isinstance(operand.type, Function):
        raise context.wrong(node, "only what is stored somewhere has an address")
    return AddressOf(operand, type=Pointer(operand.type, is_const(operand)), span=context.span(node))


def _update(context: Context, node: Node) -> Expression:
    """``++x``; the grammar sees ``x++`` as a subscript."""
    sign = context.token(part(node, "operator")).text
    return _counted(context, node, expression(context, part(node, "argument")), sign, True)


def _counted(context: Context, node: Node, target: Expression, sign: str, prefix: bool) -> Expression:
    _check_writable(context, node, target)
    if not is_scalar(target.type):
        raise context.wrong(node, f"a value of type '{type_text(target.type)}' is not counted")
    return Increment(target, 1 if sign == "++" else -1, prefix, type=target.type, span=context.span(node))


def _check_writable(context: Context, node: Node, target: Expression) -> None:
    if not is_lvalue(target) or isinstance(target.type, Array | Function):
        raise context.wrong(node, "this cannot be assigned to")
    if is_const(target):
        raise context.wrong(node, "this is constant and cannot be assigned to")


def _unary(context: Context, node: Node) -> Expression:
    sign = context.token(part(node, "operator")).text
    return unary(context, node, sign, expression(context, part(node, "argument")))


def _binary(context: Context, node: Node) -> Expression:
    """Long sums lean to the left; they are taken apart in a loop."""
    spine = [node]
    while (left := part(spine[-1], "left")).type == "binary_expression":
        spine.append(left)
        if context.level + len(spine) > MAX_LEVEL:
            raise context.too_deep(node)
    context.level += len(spine)
    try:
        found = expression(context, left)
        for inner in reversed(spine):
            sign = context.token(part(inner, "operator")).text
            found = binary(context, inner, sign, found, expression(context, part(inner, "right")))
        return found
    finally:
        context.level -= len(spine)


def _conditional(context: Context, node: Node) -> Expression:
    chosen = node.child_by_field_name("consequence")
    if chosen is None:
        raise context.unsupported(node, "'?:' without a middle operand", "write the operand twice")
    condition = scalar(context, node, expression(context, part(node, "condition")))
    if fails_assertion(context, node):
        return asserted(context, node, condition)
    return conditional(
        context, node, condition, expression(context, chosen), expression(context, part(node, "alternative"))
    )


def _cast(context: Context, node: Node) -> Expression:
    type = type_of(context, part(node, "type"))
    operand = value(expression(context, part(node, "value")))
    if not isinstance(type, Void):
        fits = is_scalar(type) and is_scalar(operand.type)
        mixed = isinstance(type, Pointer) and not is_integer(operand.type) and is_arithmetic(operand.type)
        if not fits or mixed:
            raise context.wrong(node, f"'{type_text(operand.type)}' cannot become '{type_text(type)}'")
    return Cast(operand, type=type, span=context.span(node))


def _sizeof(context: Context, node: Node) -> Expression:
    span = context.span(node)
    if described := node.child_by_field_name("type"):
        type, operand = type_of(context, described), None
    else:
        operand = expression(context, part(node, "value"))
        type = operand.type
    type = context.complete(type)
    if isinstance(type, Struct) and type.fields is None:
        raise context.incomplete(node, type)
    return SizeOf(type, operand, node.type == "alignof_expression", type=UNSIGNED_LONG, span=span)


def _assignment(context: Context, node: Node) -> Expression:
    target = expression(context, part(node, "left"))
    _check_writable(context, node, target)
    sign = context.token(part(node, "operator")).text.removesuffix("=")
    source = expression(context, part(node, "right"))
    if sign:
        source, computed = compound(context, node, sign, target, source)
    else:
        source, computed = assigned(context, node, source, target.type, "what is assigned to"), target.type
    return Assignment(target, sign, source, computed, type=target.type, span=context.span(node))


def _comma(context: Context, node: Node) -> Expression:
    left = expression(context, part(node, "left"))
    right = value(expression(context, part(node, "right")))
    if is_assert(right):
        return right
    return Comma(left, right, type=right.type, span=context.span(node))


def _compound_literal(context: Context, node: Node) -> Expression:
    type = type_of(context, part(node, "type"))
    initial = filled(context, part(node, "value"), type)
    return CompoundLiteral(initial, type=initial.type, span=context.span(node))


def _generic(context: Context, node: Node) -> Expression:
    """``_Generic`` is the expression it selects."""
    parts = named(node)
    control = value(expression(context, parts[0])).type
    fallback: Node | None = None
    for described, chosen in zip(parts[1::2], parts[2::2], strict=True):
        if context.text(described) == "default":
            fallback = chosen
        elif compatible(type_of(context, described), control):
            return expression(context, chosen)
    if fallback is None:
        raise context.wrong(node, f"'_Generic' has no choice for '{type_text(control)}'")
    return expression(context, fallback)


def _assembly(context: Context, node: Node) -> Expression:
    raise context.unsupported(node, "inline assembly", "write it in C")


EXPRESSIONS: Mapping[str, Handler] = {
    "identifier": _identifier,
    "number_literal": _number,
    "char_literal": _character,
    "string_literal": _string,
    "concatenated_string": _string,
    "true": _boolean,
    "false": _boolean,
    "null": _null,
    "generic_expression": _generic,
    "parenthesized_expression": _parenthesised,
    "subscript_expression": _index,
    "call_expression": call,
    "field_expression": _member,
    "update_expression": _update,
    "compound_literal_expression": _compound_literal,
    "pointer_expression": _pointer,
    "unary_expression": _unary,
    "sizeof_expression": _sizeof,
    "alignof_expression": _sizeof,
    "cast_expression": _cast,
    "binary_expression": _binary,
    "conditional_expression": _conditional,
    "assignment_expression": _assignment,
    "comma_expression": _comma,
    "gnu_asm_expression": _assembly,
}
