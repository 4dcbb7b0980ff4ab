"""What stands at file scope: functions, globals, prototypes and types (C11 6.9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tree_sitter import Node

from transpile.c.context import Context
from transpile.c.conversions import compatible
from transpile.c.declare import Declared, Specified, declared, specified
from transpile.c.grammar import named, part
from transpile.c.jumps import misplaced
from transpile.c.spelling import type_text
from transpile.c.statements import define_types, defines_type, definition, initialised, statements
from transpile.c.tree import Declare, Definition, Notes, Variable
from transpile.c.types import Function as FunctionType
from transpile.c.unit import Function, Prototype, Typedef


@dataclass(slots=True)
class Found:
    """What a file has at file scope, so far."""

    functions: list[Function] = field(default_factory=list)
    globals: list[Declare] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    typedefs: dict[str, Typedef] = field(default_factory=dict)
    prototypes: dict[str, Prototype] = field(default_factory=dict)


def external(context: Context, node: Node, found: Found) -> None:
    """Adds what ``node``, a declaration at file scope, declares."""
    match node.type:
        case "function_definition":
            _define(context, node, found)
        case "type_definition":
            for name in define_types(context, node):
                found.typedefs[name.name] = Typedef(name.name, name.type, context.span(node))
            _definition(context, node, context.written(node), found)
        case "declaration":
            _declare(context, node, found)
        case "struct_specifier" | "union_specifier" | "enum_specifier":
            type = specified(context, node).type
            _definition(context, node, definition(context, node, type), found)
        case "linkage_specification":
            external(context, part(node, "body"), found)
        case "expression_statement" if not named(node):
            pass
        case _:
            raise context.wrong(node, f"'{context.token(node).text}' is not expected outside of a function")


def _definition(context: Context, node: Node, text: str, found: Found) -> None:
    if not context.system:
        notes = context.notes_around(node, context.notes_before(node), False)
        found.definitions.append(Definition(text, notes=notes, span=context.span(node)))


def _declare(context: Context, node: Node, found: Found) -> None:
    """Globals and prototypes."""
    base = specified(context, node)
    if defines_type(node):
        _definition(context, node, definition(context, part(node, "type"), base.type), found)
    notes = context.notes_around(node, context.notes_before(node))
    for child in node.children_by_field_name("declarator"):
        with context.guarded():
            made = declared(context, child, base)
            if isinstance(made.type, FunctionType):
                _prototype(context, child, made, base, found)
            else:
                _global(context, child, made, base, replace(notes), found)
                notes = Notes(trailing=notes.trailing)


def _prototype(context: Context, node: Node, made: Declared, base: Specified, found: Found) -> Variable:
    """The function that ``made`` declares; one variable for all of its declarations."""
    assert isinstance(made.type, FunctionType)
    known = context.find(made.name)
    span = context.span(made.node or node)
    attributes = context.attributes(node)
    variable = replace(context.new_variable(made.name, made.type, "function", span), attributes=attributes)
    if isinstance(known, Variable):
        if not isinstance(known.type, FunctionType):
            raise context.wrong(node, f"'{made.name}' is a variable as well as a function")
        if not compatible(known.type, made.type):
            _conflict(context, node, made, known)
        type = made.type if made.type.prototyped else known.type
        variable = replace(known, type=type, declared=type, attributes=known.attributes + attributes)
    context.declare(variable)
    if made.name not in found.prototypes or not context.system:
        names = tuple(parameter.name for parameter in made.parameters)
        found.prototypes[made.name] = Prototype(made.name, made.type, names, context.system, span)
    return variable


def _conflict(context: Context, node: Node, made: Declared, known: Variable) -> None:
    if context.cplusplus:
        raise context.unsupported(node, f"overloaded functions ('{made.name}')", "give each a name of its own")
    raise context.wrong(node, f"'{made.name}' is declared with another type, '{type_text(known.type)}', before")


def _global(context: Context, node: Node, made: Declared, base: Specified, notes: Notes, found: Found) -> None:
    outside = "extern" in base.storage
    known = context.find(made.name)
    if isinstance(known, Variable) and not compatible(known.type, made.type):
        raise context.wrong(node, f"'{made.name}' is declared with another type, '{type_text(known.type)}', before")
    declaration = initialised(context, node, made, "static" if "static" in base.storage else "global", outside)
    if isinstance(known, Variable):
        variable = replace(declaration.variable, number=known.number)
        context.declare(variable)
        declaration = replace(declaration, variable=variable)
        found.globals = [other for other in found.globals if other.variable != variable or other.initial is not None]
    if not context.system:
        found.globals.append(replace(declaration, notes=notes))


def _define(context: Context, node: Node, found: Found) -> None:
    """A function definition; its body is converted even if something in it is wrong, to find all of that."""
    base = specified(context, node)
    made = declared(context, part(node, "declarator"), base)
    if not isinstance(made.type, FunctionType):
        raise context.wrong(node, f"'{made.name}' is not a function, but has a body")
    for parameter in made.parameters:
        if not parameter.name:
            raise context.wrong(part(node, "declarator"), f"a parameter of '{made.name}' has no name")
    variable = _prototype(context, part(node, "declarator"), made, base, found)
    if any(function.name == made.name for function in found.functions):
        raise context.wrong(part(node, "declarator"), f"'{made.name}' is defined twice")
    context.function, context.result = made.name, made.type.result
    first_line = context.reading.remarks.first_line(context.first(node))
    before = context.notes_before(node)
    with context.scope():
        for parameter in made.parameters:
            context.declare(parameter)
        body = statements(context, part(node, "body"))
    context.errors += misplaced(body)
    notes = context.notes_around(node, before)
    found.functions.append(
        Function(
            made.name,
            made.type.result,
            made.parameters,
            body,
            variable,
            "static" in base.storage,
            "inline" in base.storage,
            min([first_line, *(pragma.span.line for pragma in before.pragmas)]),
            context.last(node).line,
            notes,
            context.span(made.node or node),
        )
    )
