"""Statements of C++ as statements of C."""

from __future__ import annotations

from tree_sitter import Node

from pareval import algorithms, complexes, sequences
from pareval.calls import complex_parts
from pareval.capacities import at_start
from pareval.cpp_types import (
    AUTO,
    BOOL,
    COMPLEX,
    SIZE,
    Queue,
    Record,
    Scalar,
    Type,
    Vector,
    declaration,
    type_of,
)
from pareval.lambdas import branch
from pareval.operators import converted
from pareval.state import ASSIGNMENT, Lowering, Value
from pareval.syntax import assigned_names, declared_name, identifiers, named, parse, part, refuse, text, walk


def statement(f: Lowering, node: Node) -> None:
    match node.type:
        case "comment":
            f.lines += [f"{'    ' * f.depth}{line.strip()}" for line in text(node).splitlines()]
        case "compound_statement":
            with f.block(""):
                body(f, node)
        case "declaration":
            _declaration(f, node)
        case "expression_statement":
            _expression(f, node)
        case "if_statement":
            _if(f, node)
        case "for_statement":
            _for(f, node)
        case "for_range_loop":
            _for_range(f, node)
        case "while_statement":
            with f.uncertain():
                condition = f.expression(f, part(node, "condition")).text
            with f.block(f"while ({condition})"):
                body(f, part(node, "body"))
        case "return_statement":
            f.sink(f, node)
        case "break_statement" | "continue_statement":
            if any(f.owned[1:]):
                raise refuse(node, "a loop that is left before its vectors are freed")
            f.emit(text(node))
        case _:
            raise refuse(node, f"this {node.type.replace('_', ' ')} has no lowering")


def body(f: Lowering, node: Node) -> None:
    """The statements of a block, or one that stands alone, with the empty lines between them."""
    inner = node.named_children if node.type == "compound_statement" else [node]
    end = inner[0].start_point[0] if inner else 0
    for child in inner:
        if child.type == "comment" and child.start_point[0] == end and f.lines and child is not inner[0]:
            f.lines[-1] += f"  {text(child)}"
            continue
        if child.start_point[0] > end + 1 and f.lines and f.lines[-1]:
            f.lines.append("")
        statement(f, child)
        end = child.end_point[0]


def give_back(f: Lowering, node: Node) -> None:
    """``return``: after what is still allocated has been freed."""
    owned = [name for names in f.owned for name in names]
    inner = named(node)
    if not inner:
        f.free(owned)
        f.emit("return;")
        return
    value = converted(f, f.expression(f, inner[0]), f.returns)
    if f.returns == AUTO:
        f.returns = value.type
    if owned and any(name in value.text for name in owned):
        result = f.fresh("result")
        f.emit(f"const {declaration(f.returns, result)} = {value.text};")
        value = Value(result, f.returns)
    f.free(owned)
    f.emit(f"return {value.text};")


def _expression(f: Lowering, node: Node) -> None:
    inner = named(node)
    if not inner:
        return
    if sequences.changed(f, inner[0]) or algorithms.run(f, inner[0]):
        return
    if inner[0].type == "assignment_expression" and text(part(inner[0], "operator")) == "=":
        target, value = (f.expression(f, part(inner[0], side)) for side in ("left", "right"))
        algorithms.assign(f, target, converted(f, value, target.type))
        return
    f.emit(f"{f.expression(f, inner[0]).text};")


def _if(f: Lowering, node: Node, head: str = "") -> None:
    condition = f.expression(f, part(node, "condition")).text
    f.emit(f"{head}if ({condition}) {{")
    with f.scope():
        body(f, part(node, "consequence"))
    other = node.child_by_field_name("alternative")
    if other is None:
        f.emit("}")
    elif len(branch(other)) == 1 and branch(other)[0].type == "if_statement":
        with f.uncertain():
            _if(f, branch(other)[0], "} else ")
    else:
        f.emit("} else {")
        with f.scope():
            body(f, other if other.type != "else_clause" else named(other)[0])
        f.emit("}")


def _for(f: Lowering, node: Node) -> None:
    start = part(node, "initializer")
    with f.bound({}):
        with f.captured() as lines:
            statement(f, start)
        if len(lines) != 1:
            raise refuse(start, "a loop that starts with more than an assignment")
        first = lines[0].strip()
        with f.uncertain():
            condition = f.expression(f, part(node, "condition")).text
            update = f.expression(f, part(node, "update")).text
        with f.block(f"for ({first} {condition}; {update})"):
            body(f, part(node, "body"))


def _for_range(f: Lowering, node: Node) -> None:
    sequence = sequences.whole(f, part(node, "right"))
    name, inner = declared_name(part(node, "declarator")), part(node, "body")
    declared = type_of(part(node, "type"), f.unit.records)
    kind = sequence.element if declared == AUTO else declared
    i = f.index(node)
    element = Value(f"{sequence.pointer}[{i}]", sequence.element)
    if sequence.columns or sequence.head:
        raise refuse(node, "a loop over this")
    with f.block(sequences.loop(i, sequence.size)), f.bound({i: Value(i, SIZE)}):
        if part(node, "declarator").type == "reference_declarator" and (
            not _is_constant(node) or text(part(node, "right")) in identifiers(inner)
        ):
            if kind != sequence.element:
                raise refuse(node, "a reference of another type")
            f.bind(name, element)
        else:
            f.emit(f"{declaration(kind, name, constant=_is_constant(node))} = {element.text};")
            f.bind(name, Value(name, kind))
        body(f, inner)


def _is_constant(node: Node) -> bool:
    return any(child.type == "type_qualifier" and text(child) == "const" for child in node.children)


def _declaration(f: Lowering, node: Node) -> None:
    kind = type_of(part(node, "type"), f.unit.records)
    declarators = node.children_by_field_name("declarator")
    if any(text(child) == "static" for child in node.children if child.type == "storage_class_specifier"):
        raise refuse(node, "a static variable")
    parts = []
    for declarator in declarators:
        value = declarator.child_by_field_name("value")
        inner = part(declarator, "declarator") if declarator.type == "init_declarator" else declarator
        if inner.type == "structured_binding_declarator" and value:
            _unpack(f, inner, f.expression(f, value))
        elif isinstance(kind, Vector | Queue):
            name, arguments = _named(declarator, inner, value)
            sequences.declare(f, node, kind, name, arguments)
        elif value is not None and value.type == "lambda_expression":
            f.bind(declared_name(inner), f.static(f.unit, declared_name(inner), value))
        elif inner.type != "identifier":
            raise refuse(node, "this declaration")
        elif not _by_loop(f, kind, text(inner), value):
            parts.append(_variable(f, node, kind, text(inner), value))
    if parts:
        shown = declaration(parts[0][0], "", _is_constant(node)).rstrip()
        f.emit(f"{shown} {', '.join(shown for _, shown in parts)};")


def _named(declarator: Node, inner: Node, value: Node | None) -> tuple[str, Node | None]:
    """The name and the arguments in ``v(n, 0)``, which looks like the declaration of a function."""
    if inner.type == "identifier":
        return text(inner), value
    if inner.type == "function_declarator":
        again = parse(f"int v = f{text(part(inner, 'parameters'))};")
        return declared_name(inner), next(n for n in walk(again) if n.type == "call_expression")
    raise refuse(declarator, "this declaration of a vector")


def _by_loop(f: Lowering, kind: Type, name: str, value: Node | None) -> bool:
    """Declare ``name`` by the loop that finds its value."""
    found = None
    if value is not None and value.type == "binary_expression" and kind == BOOL:
        found = algorithms.membership(f, value, name)
    elif value is not None and value.type == "call_expression" and kind != AUTO:
        function = text(part(value, "function")).removeprefix("std::")
        found = algorithms.valued(f, value, function, named(part(value, "arguments")), name, kind)
    if found is None:
        return False
    if found.text != name:
        f.emit(f"{declaration(kind, name)} = {found.text};")
    f.bind(name, Value(name, kind))
    return True


def _variable(f: Lowering, node: Node, kind: Type, name: str, value: Node | None) -> tuple[Type, str]:
    """The type of a variable, and ``name = value``."""
    if value is None:
        f.bind(name, Value(name, kind))
        return kind, f"{name} = {{0, 0}}" if kind == COMPLEX else name
    start = at_start(f, value) if isinstance(kind, Scalar) and value.type != "argument_list" else None
    if value.type == "argument_list" and kind == COMPLEX:
        first = complexes.made(f.unit, *complex_parts(f, value, named(value)))
    elif value.type in ("argument_list", "initializer_list"):
        raise refuse(node, "this initialiser")
    else:
        first = f.expression(f, value)
    kind = first.type if kind == AUTO else kind
    first = converted(f, first, kind)
    f.bind(name, Value(name, kind))
    if start is not None and name not in assigned_names(f.body):
        f.initial[name] = start
    return kind, f"{name} = {_braced(first)}"


def _braced(value: Value) -> str:
    return f"{{{', '.join(value.members)}}}" if value.members else value.at(ASSIGNMENT)


def _unpack(f: Lowering, binding: Node, value: Value) -> None:
    """``auto [a, b] = …``."""
    names = [text(name) for name in named(binding)]
    if not isinstance(value.type, Record) or len(names) != len(value.type.fields):
        raise refuse(binding, "this binding")
    for name, (field, kind) in zip(names, value.type.fields, strict=True):
        f.emit(f"{declaration(kind, name)} = {value.text}.{field};")
        f.bind(name, Value(name, kind))
