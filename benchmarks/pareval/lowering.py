"""A sequential function in the C++ of ParEval's baselines as a file of C with the same meaning.

Vectors become pointers with sizes, algorithms become loops, complex numbers become structures. What has no lowering
raises ``Unconvertible`` with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from pareval import complexes
from pareval.cpp_types import Fixed, Record, declaration, definition, record_of, type_of
from pareval.functions import Function, define, function_name, signature
from pareval.state import Unit, Value
from pareval.syntax import (
    Unconvertible,
    declared_name,
    identifiers,
    named,
    parse,
    part,
    preprocessed,
    refuse,
    text,
    walk,
)

_HEADERS = {
    "float.h": r"\b(DBL|FLT)_\w+",
    "limits.h": r"\bINT_(MAX|MIN)\b",
    "math.h": r"\b(M_PI|(fabs|sqrt|pow|exp|log|log2|sin|cos|hypot|floor|ceil)f?\()",
    "stdbool.h": r"\bbool\b",
    "stddef.h": r"\bsize_t\b",
    "stdint.h": r"\bSIZE_MAX\b",
    "stdlib.h": r"\b(malloc|realloc|free|abs|labs)\(",
}


@dataclass(frozen=True, slots=True)
class Lowered:
    """``text`` is the C file; ``records`` the structures it defines, ``function`` the one that callers call,
    ``entry`` what that is called in C++."""

    text: str
    function: Function
    records: tuple[Record, ...]
    entry: str


def lower(context: str, baseline: str, entry: str, name: str) -> Lowered:
    """The function ``entry`` of ``baseline`` as C, called ``name``. ``context`` is C++ that stands before: structures,
    constants and functions."""
    before, root = parse(preprocessed(context)), parse(preprocessed(baseline))
    for tree in (before, root):
        _check(tree)
    unit = Unit()
    for node in walk(before):
        if node.type == "struct_specifier" and node.child_by_field_name("body"):
            record = record_of(node, unit.records)
            unit.records[record.name] = record
    functions = {function_name(n): n for tree in (before, root) for n in named(tree) if n.type == "function_definition"}
    needed = _reachable(functions, entry)
    constants = list(_constants(unit, before, frozenset().union(*(identifiers(functions[n]) for n in needed))))
    for helper in needed[:-1]:
        known = signature(unit, functions[helper])
        unit.globals[helper] = known
        made = define(unit, functions[helper], helper, known)
        unit.statics.append(f"static {made.text}")
    function = define(unit, functions[entry], name)
    comment = _comment(functions[entry])
    parts = [
        *map(definition, unit.used),
        *complexes.definitions(unit),
        *constants,
        *unit.statics,
        comment + function.text,
    ]
    whole = "\n\n".join(parts) + "\n"
    return Lowered(f"{_includes(whole)}\n{whole}", function, tuple(unit.used), entry)


def entry_of(baseline: str) -> str:
    """The function of a baseline that its driver calls."""
    found = [function_name(n) for n in named(parse(preprocessed(baseline))) if n.type == "function_definition"]
    entries = [name for name in found if name.startswith("correct")]
    if len(entries) != 1:
        raise Unconvertible(f"one function 'correct…' was expected, not {entries}")
    return entries[0]


def _check(tree: Node) -> None:
    for node in walk(tree):
        if node.is_error or node.is_missing:
            raise refuse(node, "this does not parse")


def _reachable(functions: Mapping[str, Node], entry: str) -> list[str]:
    """``entry`` after all functions that it needs, callees first."""
    order: list[str] = []
    open_calls: list[str] = []

    def visit(name: str) -> None:
        if name in open_calls[:-1]:
            raise Unconvertible(f"'{name}' calls itself through other functions")
        if name in order or name in open_calls:
            return
        open_calls.append(name)
        for callee in sorted(_called(functions[name]) & functions.keys()):
            visit(callee)
        order.append(open_calls.pop())

    if entry not in functions:
        raise Unconvertible(f"there is no function '{entry}'")
    visit(entry)
    return order


def _called(node: Node) -> set[str]:
    local = {declared_name(n) for n in walk(node) if n.type == "init_declarator"}
    return {text(part(n, "function")) for n in walk(node) if n.type == "call_expression"} - local


def _constants(unit: Unit, tree: Node, used: frozenset[str]) -> Iterator[str]:
    """Arrays and numbers outside of functions."""
    for node in named(tree):
        if node.type != "declaration" or part(node, "declarator").type != "init_declarator":
            continue
        declarator = part(part(node, "declarator"), "declarator")
        name, kind = declared_name(declarator), type_of(part(node, "type"), unit.records)
        while declarator.type == "array_declarator":
            kind = Fixed(kind, text(part(declarator, "size")))
            declarator = part(declarator, "declarator")
        unit.globals[name] = Value(name, kind)
        if name in used:
            value = text(part(part(node, "declarator"), "value"))
            yield f"static {declaration(kind, name, constant=True)} = {value};"


def _comment(node: Node) -> str:
    before = node.prev_named_sibling
    return f"{text(before)}\n" if before is not None and before.type == "comment" else ""


def _includes(shown: str) -> str:
    return "".join(f"#include <{header}>\n" for header, use in _HEADERS.items() if re.search(use, shown))
