"""The C++ types of the baselines, and how C spells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tree_sitter import Node

from pareval.syntax import named, part, refuse, text


@dataclass(frozen=True, slots=True)
class Scalar:
    """An arithmetic type, or ``void``."""

    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """A structure, with its fields in order."""

    name: str
    fields: tuple[tuple[str, Type], ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """``std::string``."""


@dataclass(frozen=True, slots=True)
class Vector:
    """``std::vector``."""

    element: Type


@dataclass(frozen=True, slots=True)
class Queue:
    """``std::queue``."""

    element: Type


@dataclass(frozen=True, slots=True)
class Fixed:
    """``std::array``, or an array of C."""

    element: Type
    extent: str


Type: TypeAlias = Scalar | Record | Text | Vector | Queue | Fixed

BOOL, INT, DOUBLE, FLOAT, SIZE = Scalar("bool"), Scalar("int"), Scalar("double"), Scalar("float"), Scalar("size_t")
VOID, AUTO = Scalar("void"), Scalar("auto")
COMPLEX = Record("Complex", (("re", DOUBLE), ("im", DOUBLE)))
RANKS = ("bool", "char", "int", "unsigned int", "long", "size_t", "float", "double", "long double")
"""Arithmetic types: of two operands, the later is that of the result."""
_SPELLED = {"unsigned": "unsigned int", "unsigned long": "size_t", "long int": "long", "uint32_t": "unsigned int"}


def spelled(kind: Type) -> str:
    """The C type of a value of this type."""
    match kind:
        case Scalar(name) | Record(name):
            return name
        case Text():
            return "const char *"
        case Vector(element) | Queue(element) | Fixed(element):
            return f"{spelled(element)} *"


def declaration(kind: Type, name: str, constant: bool = False) -> str:
    """``const double x``, ``int k[3][3]``."""
    extents = ""
    while isinstance(kind, Fixed):
        extents += f"[{kind.extent}]"
        kind = kind.element
    spelling = spelled(kind)
    return f"{'const ' if constant else ''}{spelling}{'' if spelling.endswith('*') else ' '}{name}{extents}"


def pointer(element: Type, name: str, constant: bool) -> str:
    """A parameter through which the elements are reached."""
    if isinstance(element, Text):
        return f"{spelled(element)}{'const ' if constant else ''}*{name}"
    return f"{'const ' if constant else ''}{spelled(element)} *{name}"


def arithmetic(left: Type, right: Type) -> Type:
    """The type of a sum."""
    names = [kind.name for kind in (left, right) if isinstance(kind, Scalar) and kind.name in RANKS]
    if len(names) < 2:
        return left
    return Scalar(RANKS[max(RANKS.index("int"), *map(RANKS.index, names))])


def type_of(node: Node, records: dict[str, Record]) -> Type:
    """The type that a type's node names."""
    name = text(node).removeprefix("std::")
    if node.type == "type_descriptor":
        return type_of(part(node, "type"), records)
    if node.type == "placeholder_type_specifier":
        return AUTO
    if name in records:
        return records[name]
    if name == "string":
        return Text()
    name = _SPELLED.get(name, name)
    if name in RANKS or name == "void":
        return Scalar(name)
    return _template(node, records)


def _template(node: Node, records: dict[str, Record]) -> Type:
    inner = part(node, "name") if node.type == "qualified_identifier" else node
    if inner.type not in ("template_type", "template_function"):
        raise refuse(node, "this type is not known")
    arguments = named(part(inner, "arguments"))
    match text(part(inner, "name")), arguments:
        case "vector", [element]:
            return Vector(type_of(element, records))
        case "queue", [element]:
            return Queue(type_of(element, records))
        case "complex", [element] if text(element) == "double":
            return COMPLEX
        case "array", [element, extent]:
            return Fixed(type_of(element, records), text(extent))
        case "pair", [first, second]:
            return _pair(type_of(first, records), type_of(second, records))
    raise refuse(node, "this type is not known")


def _pair(first: Type, second: Type) -> Record:
    kinds = [kind.name for kind in (first, second) if isinstance(kind, Scalar)]
    name = "".join(word.capitalize() for word in " ".join(kinds).split())
    return Record(f"{name}Pair", (("first", first), ("second", second)))


def record_of(node: Node, records: dict[str, Record]) -> Record:
    """The structure that ``struct S { … };`` defines."""
    fields = []
    for member in named(part(node, "body")):
        kind = type_of(part(member, "type"), records)
        fields += [(text(name), kind) for name in member.children_by_field_name("declarator")]
    return Record(text(part(node, "name")), tuple(fields))


def definition(record: Record) -> str:
    """The structure in C."""
    rows = [f"    {declaration(kind, name)};" for name, kind in record.fields]
    return "\n".join([f"typedef struct {record.name} {{", *rows, f"}} {record.name};"])
