"""Declarations: from specifiers and declarators to types and names (C11 6.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from transpile.c.context import Context, TypeName
from transpile.c.grammar import named, part
from transpile.c.records import enumeration, record
from transpile.c.tree import Variable
from transpile.c.types import (
    BOOL,
    CHAR,
    DOUBLE,
    FLOAT,
    FLOAT128,
    INT,
    INT128,
    LONG,
    LONG_DOUBLE,
    LONG_LONG,
    SHORT,
    SIGNED_CHAR,
    UNSIGNED,
    UNSIGNED_CHAR,
    UNSIGNED_INT128,
    UNSIGNED_LONG,
    UNSIGNED_LONG_LONG,
    UNSIGNED_SHORT,
    VOID,
    Array,
    Bool,
    CType,
    Function,
    Pointer,
    Reference,
    Struct,
    Void,
    is_integer,
)
from transpile.c.words import KEYWORDS

MAX_DERIVED = 40
STORAGE = {"static", "extern", "typedef", "register", "auto", "inline", "_Noreturn"}
_INTEGERS = {
    "char": (CHAR, UNSIGNED_CHAR), "short": (SHORT, UNSIGNED_SHORT), "": (INT, UNSIGNED), "long": (LONG, UNSIGNED_LONG),
    "long long": (LONG_LONG, UNSIGNED_LONG_LONG), "__int128": (INT128, UNSIGNED_INT128),
}  # fmt: skip
_SINGLE: dict[str, CType] = {
    "void": VOID, "float": FLOAT, "double": DOUBLE, "double long": LONG_DOUBLE, "_Bool": BOOL,
    "_Float32": FLOAT, "_Float64": DOUBLE, "_Float32x": DOUBLE, "_Float64x": LONG_DOUBLE, "_Float128": FLOAT128,
    "__float128": FLOAT128, "__builtin_va_list": Struct("__builtin_va_list"),
    "bool": Bool(alias="bool"),
}  # fmt: skip
_STDINT = re.compile(r"u?int(_fast|_least)?\d+_t$")
_HEADERS = {"bool": "<stdbool.h>", "size_t": "<stddef.h>", "ptrdiff_t": "<stddef.h>", "FILE": "<stdio.h>"}


@dataclass(frozen=True, slots=True)
class Specified:
    """What stands before the declarators: a type with its qualifiers, and ``static``, ``typedef`` and the like."""

    type: CType
    const: bool = False
    volatile: bool = False
    storage: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Declared:
    """One declarator. ``name`` is empty for an abstract one. ``parameters`` are those of the function it declares."""

    node: Node | None
    name: str
    type: CType
    const: bool = False
    volatile: bool = False
    parameters: tuple[Variable, ...] = ()


def specified(context: Context, node: Node, typedef: str = "") -> Specified:
    """The specifiers of the declaration ``node``. ``typedef`` names a structure that has no tag."""
    words: list[str] = []
    qualifiers: set[str] = set()
    found: CType | None = None
    at = node
    for child in _specifiers(node):
        match child.type:
            case "storage_class_specifier" | "type_qualifier" | "typedef":
                qualifiers.add(context.text(child))
            case "struct_specifier" | "union_specifier":
                found = record(context, child, typedef, declared_fields)
            case "enum_specifier":
                found = enumeration(context, child)
            case "primitive_type" | "type_identifier" | "sized_type_specifier":
                at = child if not words else at
                for word in context.words(child):
                    (qualifiers.add if word in ("const", "volatile") else words.append)(word)
            case _:
                raise context.unsupported(child, f"'{context.text(child)}' in a declaration")
    if found is None:
        alias = context.find(words[0]) if len(words) == 1 else None
        if isinstance(alias, TypeName):
            qualifiers |= {"const"} if alias.const else set()
            qualifiers |= {"volatile"} if alias.volatile else set()
        found = named_type(context, at, words)
    return Specified(found, "const" in qualifiers, "volatile" in qualifiers, frozenset(qualifiers & STORAGE))


def _specifiers(node: Node) -> Iterator[Node]:
    """The children of a declaration that are not declarators; a structure that stands alone is its own."""
    if node.type in ("struct_specifier", "union_specifier", "enum_specifier"):
        yield node
        return
    for index, child in enumerate(node.children):
        role = node.field_name_for_child(index)
        if role in ("declarator", "body", "value") or child.type in (";", ",", "bitfield_clause"):
            continue
        if child.is_named or child.type == "typedef":
            yield child


def named_type(context: Context, node: Node, words: Sequence[str]) -> CType:
    """The type that a typedef names, or words like ``unsigned long`` make, in whatever order."""
    alias = context.find(words[0]) if len(words) == 1 else None
    if isinstance(alias, TypeName):
        return context.complete(alias.type)
    rest = sorted(word for word in words if word not in ("signed", "unsigned", "int"))
    key = " ".join(rest)
    if key in _SINGLE and len(rest) == len(words):
        return _SINGLE[key]
    if words and key in _INTEGERS and not ("signed" in words and "unsigned" in words):
        signed, unsigned = _INTEGERS[key]
        if key == "char" and "signed" in words:
            return SIGNED_CHAR
        return unsigned if "unsigned" in words else signed
    if len(words) == 1 and context.is_poisoned(words[0]):
        raise context.consequence(node, words[0])
    if len(words) == 1:
        raise _unknown(context, node, words[0])
    raise context.wrong(node, f"'{' '.join(words)}' is not a type" if words else "the type is missing here")


def _unknown(context: Context, node: Node, word: str) -> Exception:
    if word in KEYWORDS:
        return context.wrong(node, f"'{word}' is not expected here")
    header = _HEADERS.get(word, "<stdint.h>" if _STDINT.match(word) else "")
    return context.wrong(node, f"unknown type '{word}'", f"#include {header}" if header else "")


def declared(context: Context, node: Node | None, base: Specified) -> Declared:
    """What the declarator ``node`` makes of ``base``."""
    type, const, volatile = base.type, base.const, base.volatile
    parameters: tuple[Variable, ...] = ()
    outermost, depth = node, 0
    while node is not None:
        depth += 1
        if depth > MAX_DERIVED and outermost is not None:
            raise context.unsupported(outermost, f"a declaration with more than {MAX_DERIVED} parts")
        match node.type:
            case "identifier" | "field_identifier" | "type_identifier" | "primitive_type":
                token = context.token(node)
                name = token.text if token.kind == "name" else ""
                return Declared(node, name, type, const, volatile, parameters)
            case "pointer_declarator" | "abstract_pointer_declarator":
                type, const, volatile = _pointer(context, node, type, const, volatile)
            case "array_declarator" | "abstract_array_declarator":
                type = _array(context, node, type)
            case "function_declarator" | "abstract_function_declarator":
                type, parameters = _function(context, node, type)
                const = volatile = False
            case "parenthesized_declarator" | "abstract_parenthesized_declarator" | "init_declarator":
                pass
            case _:
                raise context.unsupported(node, f"'{context.text(node)}' in a declaration")
        node = _inner(node)
    return Declared(None, "", type, const, volatile, parameters)


def _inner(node: Node) -> Node | None:
    found = node.child_by_field_name("declarator")
    if found is None and "parenthesized" in node.type:
        return next(iter(named(node)), None)
    return found


def _pointer(context: Context, node: Node, to: CType, const: bool, volatile: bool) -> tuple[CType, bool, bool]:
    qualifiers = {context.text(child) for child in named(node) if child.type == "type_qualifier"}
    if context.token(node).kind == "reference":
        return Reference(to, const), False, False
    type = Pointer(to, const, "restrict" in qualifiers, volatile)
    return type, "const" in qualifiers, "volatile" in qualifiers


def _array(context: Context, node: Node, of: CType) -> Array:
    if isinstance(of, Struct) and of.fields is None and not context.system:
        raise context.incomplete(node, of)
    if isinstance(of, Function | Void):
        raise context.wrong(node, "an array of what has no size")
    bound = node.child_by_field_name("size")
    if bound is None or context.text(bound) == "*":
        return Array(of)
    extent = context.convert(context, bound)
    length = context.integer(extent)
    if not is_integer(extent.type):
        raise context.wrong(bound, "the bound of an array is not an integer")
    if length is not None and length < 0:
        raise context.wrong(bound, f"the bound of an array is negative: {length}")
    return Array(of, length, extent)


def _function(context: Context, node: Node, result: CType) -> tuple[Function, tuple[Variable, ...]]:
    nodes = named(part(node, "parameters"))
    with context.scope():
        parameters = [parameter(context, child) for child in nodes if child.type == "parameter_declaration"]
    for child in nodes:
        if child.type not in ("parameter_declaration", "variadic_parameter"):
            raise context.wrong(child, f"'{context.text(child)}' needs a type")
    variadic = any(child.type == "variadic_parameter" for child in nodes)
    types = tuple(variable.type for variable in parameters)
    if types == (VOID,) and not parameters[0].name:
        return Function(result), ()
    return Function(result, types, variadic, bool(nodes) or context.cplusplus), tuple(parameters)


def parameter(context: Context, node: Node) -> Variable:
    """The parameter that ``node`` declares, in the scope that is open. Arrays and functions become pointers."""
    base = specified(context, node)
    found = declared(context, node.child_by_field_name("declarator"), base)
    type, const = found.type, found.const
    if isinstance(type, Array):
        restrict = any("restrict" in context.text(child).split() for child in _brackets(node))
        type, const = Pointer(type.of, const, restrict, found.volatile), False
    elif isinstance(type, Function):
        type = Pointer(type)
    span = context.span(found.node or node)
    variable = context.new_variable(found.name, type, "parameter", span, found.type)
    variable = replace(variable, const=const, volatile=found.volatile)
    if found.name:
        if found.name in context.scopes[-1].symbols:
            raise context.wrong(node, f"two parameters are called '{found.name}'")
        context.declare(variable)
    return variable


def _brackets(node: Node) -> Iterator[Node]:
    """The qualifiers inside the first brackets of a parameter: the ``restrict`` of ``double a[restrict n][m]``."""
    first: Node | None = None
    inner = node.child_by_field_name("declarator")
    while inner is not None:
        first = inner if "array" in inner.type else first
        inner = _inner(inner)
    if first is not None:
        yield from (child for child in named(first) if child.type == "type_qualifier")


def type_of(context: Context, node: Node) -> CType:
    """The type that a ``type_descriptor`` names."""
    return declared(context, node.child_by_field_name("declarator"), specified(context, node)).type


def declared_fields(context: Context, node: Node) -> Iterator[tuple[Declared, Node | None]]:
    """The members that one ``field_declaration`` declares, each with the width of its bit-field."""
    base = specified(context, node)
    widths: list[Node | None] = []
    names: list[Node] = []
    for index, child in enumerate(node.children):
        if node.field_name_for_child(index) == "declarator":
            names.append(child)
            widths.append(None)
        elif child.type == "bitfield_clause":
            if not names:
                yield declared(context, None, base), child
            else:
                widths[-1] = child
    if not names and not any(child.type == "bitfield_clause" for child in node.children):
        yield declared(context, None, base), None
    for name, width in zip(names, widths, strict=True):
        yield declared(context, name, base), width
