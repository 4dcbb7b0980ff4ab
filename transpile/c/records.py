"""Structures, unions and enumerations (C11 6.7.2.1 and 6.7.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from transpile.c.context import Context, Enumerator, TypeName
from transpile.c.grammar import named, part
from transpile.c.types import INT, LONG, UNSIGNED, UNSIGNED_LONG, CType, Field, Function, Integer, Struct, members

if TYPE_CHECKING:
    from transpile.c.declare import Declared

Fields = Callable[[Context, Node], Iterator[tuple["Declared", Node | None]]]


def record(context: Context, node: Node, typedef: str, fields_of: Fields) -> Struct:
    """The structure or union that ``node`` defines or mentions; ``typedef`` names it if it has no tag, or else a
    number does."""
    union = node.type == "union_specifier"
    tag, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    keyword = "union" if union else "struct"
    name = f"{keyword} {context.text(tag)}" if tag else typedef
    if not name:
        name = f"{keyword} unnamed_{context.new_number()}"
    known = context.find_tag(name)
    if body is None and isinstance(known, Struct):
        return context.structs.get(name, known)
    if body is not None and name in context.structs:
        if context.at_file_scope:
            raise context.wrong(node, f"'{name}' is defined a second time")
        raise context.unsupported(node, f"a second '{name}' within a function", "give it another name")
    _register(context, tag, Struct(name, None, union))
    if body is None:
        return Struct(name, None, union)
    struct = Struct(name, tuple(_fields(context, body, fields_of)), union)
    _check_names(context, node, struct)
    context.structs[name] = struct
    _register(context, tag, struct)
    return struct


def _register(context: Context, tag: Node | None, struct: Struct) -> None:
    context.scopes[-1].tags[struct.name] = struct
    if context.cplusplus and tag is not None:
        name = context.text(tag)
        context.declare(TypeName(name, replace(struct, alias=name)))


def _fields(context: Context, body: Node, fields_of: Fields) -> Iterator[Field]:
    for node in named(body):
        if node.type == "function_definition":
            raise context.unsupported(node, "member functions", "write a function that takes the structure")
        if node.type != "field_declaration":
            raise context.wrong(node, "this is not a member of a structure")
        for found, width in fields_of(context, node):
            if isinstance(found.type, Function):
                raise context.unsupported(node, "member functions", "write a function that takes the structure")
            if width is not None:
                yield Field(found.name, found.type, _width(context, width, found.type), found.const)
            elif found.name or isinstance(found.type, Struct):
                yield Field(found.name, found.type, None, found.const)


def _width(context: Context, node: Node, type: CType) -> int:
    value = context.integer(context.convert(context, named(node)[0]))
    if value is None or value < 0 or (isinstance(type, Integer) and value > type.bits):
        raise context.wrong(node, "this is not the width of a bit-field")
    return value


def _check_names(context: Context, node: Node, struct: Struct) -> None:
    seen: set[str] = set()
    for _, member in members(struct):
        if member.name in seen:
            raise context.wrong(node, f"'{struct.name}' has two members called '{member.name}'")
        seen.add(member.name)


def enumeration(context: Context, node: Node) -> CType:
    """The integer type of an enumeration; its constants become names in the open scope."""
    tag, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    name = f"enum {context.text(tag)}" if tag else ""
    if body is None:
        return context.find_tag(name) or Integer(32, False, UNSIGNED.name, alias=name)
    values = list(_enumerators(context, body))
    low, high = min(values, default=0), max(values, default=0)
    wide = high >= 1 << 32 or low < -(1 << 31) or (low < 0 and high >= 1 << 31)
    best = (LONG if wide else INT) if low < 0 else (UNSIGNED_LONG if wide else UNSIGNED)
    type = Integer(best.bits, best.signed, best.name, alias=name)
    context.scopes[-1].tags[name] = type
    if context.cplusplus and tag is not None:
        context.declare(TypeName(context.text(tag), replace(type, alias=context.text(tag))))
    return type


def _enumerators(context: Context, body: Node) -> Iterator[int]:
    following = 0
    for node in named(body):
        name = context.text(part(node, "name"))
        given = node.child_by_field_name("value")
        if given is not None:
            value = context.integer(context.convert(context, given))
            if value is None:
                raise context.wrong(given, f"the value of '{name}' is not constant")
            following = value
        fits_int = -(1 << 31) <= following < 1 << 31
        fits_unsigned = 0 <= following < 1 << 32
        context.declare(Enumerator(name, following, INT if fits_int else UNSIGNED if fits_unsigned else LONG))
        yield following
        following += 1
