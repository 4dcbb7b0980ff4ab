"""Types and declarations as C writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from transpile.c.tree import Expression, Variable
from transpile.c.types import (
    Array,
    Bool,
    CType,
    Float,
    Function,
    Integer,
    Pointer,
    Reference,
    Struct,
    Void,
)

_FLOATS = {32: "float", 64: "double", 80: "long double", 128: "_Float128"}
Extent = Callable[[Expression], str]


def no_extent(expression: Expression) -> str:
    return "*"


def type_text(type: CType, extent: Extent = no_extent) -> str:
    """``type`` as in a cast: ``double (*)[8]``. ``extent`` writes the bounds that are not known numbers."""
    base, inner = parts(type, "", extent)
    return f"{base} {inner}".rstrip()


def declaration(variable: Variable, extent: Extent = no_extent) -> str:
    """``variable`` as its declaration writes it, without initialiser or storage class: ``const double *restrict a``."""
    base, inner = declarator(variable, extent)
    return f"{base} {inner}".rstrip()


def declarator(variable: Variable, extent: Extent = no_extent) -> tuple[str, str]:
    """The type before the name and the rest: several variables of one type can share the former."""
    const, type = variable.const, variable.declared
    if isinstance(type, Array) and isinstance(variable.type, Pointer):
        const = variable.type.const
        if variable.type.restrict:
            const, type = variable.const, variable.type
    return parts(type, variable.name, extent, const, variable.volatile)


def parts(type: CType, name: str, extent: Extent, const: bool = False, volatile: bool = False) -> tuple[str, str]:
    """``name`` declared as ``type``: the specifiers, and the declarator."""
    qualifiers = "const " * const + "volatile " * volatile
    inner = name
    while True:
        if type.alias:
            return qualifiers + type.alias, inner
        match type:
            case Pointer(to, to_const, restrict, to_volatile):
                inner = f"*{qualifiers}{'restrict ' * restrict}{inner}".rstrip() if inner else f"*{qualifiers}".rstrip()
                qualifiers = "const " * to_const + "volatile " * to_volatile
                type = to
                if isinstance(to, Array | Function) and not to.alias:
                    inner = f"({inner})"
            case Reference(to, to_const):
                inner, qualifiers, type = f"&{inner}", "const " * to_const, to
            case Array(of, length, bound):
                shown = extent(bound) if bound is not None else "" if length is None else str(length)
                inner, type = f"{inner}[{str(length) if shown == '*' and length is not None else shown}]", of
            case Function(result, parameters, variadic, prototyped):
                inner, type = f"{inner}({_parameters(parameters, variadic, prototyped, extent)})", result
            case Void() | Bool() | Integer() | Float() | Struct():
                return qualifiers + _base(type), inner
            case _:
                assert_never(type)


def _parameters(parameters: tuple[CType, ...], variadic: bool, prototyped: bool, extent: Extent) -> str:
    shown = [type_text(parameter, extent) for parameter in parameters] + ["..."] * variadic
    return ", ".join(shown) or ("void" if prototyped else "")


def _base(type: Void | Bool | Integer | Float | Struct) -> str:
    match type:
        case Void():
            return "void"
        case Bool():
            return "_Bool"
        case Integer() | Struct():
            return type.name
        case Float(bits):
            return _FLOATS[bits]
    assert_never(type)
