"""The types of operations (C11 6.5), with every implicit conversion as a ``Cast``."""

from __future__ import annotations

from tree_sitter import Node

from transpile.c.context import Context
from transpile.c.conversions import (
    assignable,
    common,
    compatible,
    composite,
    decayed,
    default_promoted,
    plain,
    promoted,
)
from transpile.c.spelling import type_text
from transpile.c.tree import (
    Binary,
    Cast,
    CompoundLiteral,
    Conditional,
    Constant,
    Dereference,
    Expression,
    Index,
    Member,
    Name,
    String,
    Unary,
)
from transpile.c.types import (
    BOOL,
    INT,
    LONG,
    VOID,
    Array,
    Bool,
    CType,
    Float,
    Function,
    Integer,
    Pointer,
    Struct,
    Void,
    is_arithmetic,
    is_integer,
    is_scalar,
)

LOGICAL = {"&&", "||"}
COMPARISONS = {"<", ">", "<=", ">=", "==", "!="}
SHIFTS = {"<<", ">>"}
INTEGER_ONLY = {"%", "&", "|", "^", "<<", ">>"}


def truth(context: Context) -> CType:
    """The type of a comparison."""
    return BOOL if context.cplusplus else INT


def convert(expression: Expression, type: CType) -> Expression:
    """``expression`` as a value of ``type``."""
    if expression.type == type:
        return expression
    return Cast(expression, True, type=type, span=expression.span)


def value(expression: Expression) -> Expression:
    """``expression`` as a value: arrays and functions become pointers."""
    if isinstance(expression.type, Array | Function):
        return convert(expression, decayed(expression.type, is_const(expression)))
    return expression


def is_const(expression: Expression) -> bool:
    """Whether ``expression`` designates an object that may not be written."""
    match expression:
        case Name(variable):
            return variable.const
        case Index(base):
            return base.type.const if isinstance(base.type, Pointer) else is_const(base)
        case Dereference(operand):
            return isinstance(operand.type, Pointer) and operand.type.const
        case Member(base, name):
            fields = base.type.fields or () if isinstance(base.type, Struct) else ()
            return is_const(base) or any(field.const for field in fields if field.name == name)
    return False


def is_lvalue(expression: Expression) -> bool:
    """Whether ``expression`` designates an object."""
    match expression:
        case Name(variable):
            return variable.storage != "function"
        case Member(base):
            return is_lvalue(base)
    return isinstance(expression, Index | Dereference | String | CompoundLiteral)


def scalar(context: Context, node: Node, expression: Expression) -> Expression:
    """``expression`` as a condition."""
    operand = value(expression)
    if not is_scalar(operand.type):
        raise context.wrong(node, f"a value of type '{type_text(operand.type)}' is neither true nor false")
    return operand


def unary(context: Context, node: Node, sign: str, expression: Expression) -> Expression:
    """``+ - ~ !`` (6.5.3.3)."""
    operand = value(expression)
    span = context.span(node)
    if sign == "!":
        return Unary("!", scalar(context, node, operand), type=truth(context), span=span)
    type = operand.type
    if not isinstance(type, Bool | Integer | Float) or (sign == "~" and isinstance(type, Float)):
        raise context.wrong(node, f"'{sign}' does not take a value of type '{type_text(type)}'")
    result = promoted(type)
    return Unary(sign, convert(operand, result), type=result, span=span)


def binary(context: Context, node: Node, sign: str, first: Expression, second: Expression) -> Expression:
    """All operators of two values but assignment and comma (6.5.5 to 6.5.14)."""
    left, right = value(first), value(second)
    if sign in LOGICAL:
        left, right = scalar(context, node, left), scalar(context, node, right)
        return Binary(sign, left, right, type=truth(context), span=context.span(node))
    if isinstance(left.type, Pointer) or isinstance(right.type, Pointer):
        return _pointers(context, node, sign, left, right)
    a, b = left.type, right.type
    if not (isinstance(a, Bool | Integer | Float) and isinstance(b, Bool | Integer | Float)):
        raise _operands(context, node, sign, left, right)
    if sign in INTEGER_ONLY and not (is_integer(a) and is_integer(b)):
        raise _operands(context, node, sign, left, right)
    if sign in SHIFTS:
        type = promoted(a)
        left, right = convert(left, type), convert(right, promoted(b))
    else:
        type = common(a, b)
        left, right = convert(left, type), convert(right, type)
    result = truth(context) if sign in COMPARISONS else type
    return Binary(sign, left, right, type=result, span=context.span(node))


def _operands(context: Context, node: Node, sign: str, left: Expression, right: Expression) -> Exception:
    types = f"'{type_text(left.type)}' and '{type_text(right.type)}'"
    return context.wrong(node, f"'{sign}' does not take values of type {types}")


def _pointers(context: Context, node: Node, sign: str, left: Expression, right: Expression) -> Expression:
    """Pointer arithmetic and comparison (6.5.6, 6.5.8, 6.5.9)."""
    a, b = left.type, right.type
    span = context.span(node)
    match a, b:
        case (Pointer(), Pointer()) if sign == "-" and compatible(a.to, b.to):
            return Binary(sign, left, right, type=LONG, span=span)
        case (Pointer(), Pointer()) if sign in COMPARISONS:
            return Binary(sign, left, right, type=truth(context), span=span)
        case (Pointer(), Integer() | Bool()) if sign in ("+", "-"):
            return Binary(sign, left, right, type=_without_alias(a), span=span)
        case (Integer() | Bool(), Pointer()) if sign == "+":
            return Binary(sign, left, right, type=_without_alias(b), span=span)
        case (Pointer(), Integer() | Bool()) if sign in COMPARISONS:
            return Binary(sign, left, convert(right, a), type=truth(context), span=span)
        case (Integer() | Bool(), Pointer()) if sign in COMPARISONS:
            return Binary(sign, convert(left, b), right, type=truth(context), span=span)
    raise _operands(context, node, sign, left, right)


def _without_alias(pointer: Pointer) -> Pointer:
    return Pointer(pointer.to, pointer.const, False, pointer.volatile)


def conditional(
    context: Context, node: Node, condition: Expression, first: Expression, second: Expression
) -> Expression:
    """``condition ? first : second`` (6.5.15)."""
    yes, no = value(first), value(second)
    a, b = yes.type, no.type
    if isinstance(a, Bool | Integer | Float) and isinstance(b, Bool | Integer | Float):
        type: CType | None = common(a, b)
        if context.cplusplus and a == b:
            type = plain(a)
    elif isinstance(a, Pointer) and isinstance(b, Pointer) and (is_null(yes) or is_null(no)):
        type = b if is_null(yes) else a
    else:
        type = composite(a, b)
    if type is None:
        raise context.wrong(node, f"'?:' cannot choose between '{type_text(a)}' and '{type_text(b)}'")
    if not isinstance(type, Void):
        yes, no = convert(yes, type), convert(no, type)
    return Conditional(condition, yes, no, type=type, span=context.span(node))


def is_null(expression: Expression) -> bool:
    """Whether this is ``0``, ``NULL`` or ``nullptr``."""
    while isinstance(expression, Cast) and expression.type in (expression.operand.type, Pointer(VOID)):
        expression = expression.operand
    return isinstance(expression, Constant) and expression.value == 0 and is_integer(expression.type)


def assigned(context: Context, node: Node, expression: Expression, type: CType, to: str) -> Expression:
    """``expression`` as it is stored in an object of ``type`` (6.5.16.1); ``to`` says which, for messages."""
    source = value(expression)
    verdict = "" if isinstance(type, Pointer) and is_null(source) else assignable(type, source.type)
    if verdict == "error" or (verdict and context.cplusplus and not isinstance(source.type, Pointer)):
        raise context.wrong(node, f"'{type_text(source.type)}' does not fit {to}, which is '{type_text(type)}'")
    if verdict:
        context.warn(node, f"'{type_text(source.type)}' becomes '{type_text(type)}' in {to}")
    return convert(source, type)


def argument(expression: Expression) -> Expression:
    """``expression`` as an argument for which no prototype names a type (6.5.2.2p6)."""
    source = value(expression)
    return convert(source, default_promoted(source.type))


def compound(
    context: Context, node: Node, sign: str, target: Expression, second: Expression
) -> tuple[Expression, CType]:
    """What ``target sign= second`` computes with: the right operand, converted, and the type of the computation."""
    if isinstance(target.type, Pointer):
        source = value(second)
        if sign not in ("+", "-") or not is_integer(source.type):
            raise _operands(context, node, sign + "=", target, source)
        return source, target.type
    found = binary(context, node, sign, target, second)
    assert isinstance(found, Binary)
    if not is_arithmetic(target.type):
        raise _operands(context, node, sign + "=", target, found.right)
    return found.right, found.left.type
