"""Functions and lambda functions of C++ as functions of C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from pareval.cpp_types import AUTO, Fixed, Queue, Record, Type, Vector, declaration, pointer, spelled, type_of
from pareval.expressions import expression
from pareval.state import UNARY, Lowering, Sequence, Signature, Unit, Value
from pareval.statements import body, give_back, statement
from pareval.syntax import ancestors, declared_name, identifiers, method, named, part, refuse, text, walk

_RESIZING = frozenset({"resize", "assign", "push_back", "clear", "insert", "pop_back"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the C++ function. ``required``: the elements that a vector must have before the call, in terms of
    the other parameters in C, ``overwritten``: whatever is in them. ``capacities``: bounds of what it has afterwards,
    where only the function knows."""

    name: str
    type: Type
    constant: bool
    reference: bool
    required: str = ""
    overwritten: bool = False
    capacities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function in C; ``parameters`` are those it has in C++."""

    name: str
    returns: Type
    declaration: str
    text: str
    parameters: tuple[Parameter, ...]


def signature(unit: Unit, node: Node) -> Signature:
    """What callers of a helper need to know."""
    name = function_name(node)
    parameters = list(_parameters(unit, node))
    sizes = tuple(isinstance(p.type, Vector) and _needs_size(node, name, p.name) for p in parameters)
    return Signature(
        name,
        type_of(part(node, "type"), unit.records),
        tuple(p.type for p in parameters),
        tuple(_by_address(p) for p in parameters),
        sizes,
    )


def function_name(node: Node) -> str:
    return declared_name(part(part(node, "declarator"), "declarator"))


def define(unit: Unit, node: Node, name: str, known: Signature | None = None) -> Function:
    """Lower a function; ``known`` is the signature of a helper, which gets a size only where it needs one."""
    parameters = list(_parameters(unit, node))
    inner = part(node, "body")
    f = _lowering(unit, inner, type_of(part(node, "type"), unit.records))
    shown = []
    for at, parameter in enumerate(parameters):
        shown += _declared(f, parameter, inner, known is None or known.passes_size[at])
    lines = _lines(f, inner)
    head = f"{spelled(f.returns)} {name}({', '.join(shown)})"
    return Function(name, f.returns, head, "\n".join([f"{head} {{", *lines, "}"]), tuple(_facts(f, parameters)))


def static(unit: Unit, name: str, node: Node) -> Signature:
    """A lambda function without captures, as a static function called ``name``."""
    captured = named(part(node, "captures"))
    if any(child.type == "trailing_return_type" for child in part(node, "declarator").children):
        raise refuse(node, "a lambda that names its result's type")
    parameters = list(_parameters(unit, node))
    kinds = tuple(parameter.type for parameter in parameters)
    if captured or any(isinstance(kind, Vector | Fixed | Queue) or kind == AUTO for kind in kinds):
        raise refuse(node, "a lambda that is more than a function of numbers")
    f = _lowering(unit, part(node, "body"), AUTO)
    shown = [", ".join(declaration(p.type, p.name) for p in parameters)]
    for parameter in parameters:
        f.bind(parameter.name, Value(parameter.name, parameter.type))
    lines = _lines(f, part(node, "body"))
    head = f"static {spelled(f.returns)} {name}({', '.join(shown)}) {{"
    unit.statics.append("\n".join([head, *lines, "}"]))
    return Signature(name, f.returns, kinds, (False,) * len(kinds), (False,) * len(kinds))


def _lowering(unit: Unit, node: Node, returns: Type) -> Lowering:
    return Lowering(unit, node, identifiers(node), expression, statement, give_back, static, returns)


def _lines(f: Lowering, node: Node) -> list[str]:
    body(f, node)
    f.free(f.owned[0])
    return f.lines


def _parameters(unit: Unit, node: Node) -> Iterator[Parameter]:
    for child in named(part(part(node, "declarator"), "parameters")):
        declarator = part(child, "declarator")
        kind = type_of(part(child, "type"), unit.records)
        constant = any(c.type == "type_qualifier" and text(c) == "const" for c in child.children)
        if isinstance(kind, Record):
            unit.use(kind)
        if isinstance(kind, Vector) and isinstance(kind.element, Record):
            unit.use(kind.element)
        yield Parameter(declared_name(declarator), kind, constant, declarator.type == "reference_declarator")


def _by_address(parameter: Parameter) -> bool:
    return parameter.reference and not parameter.constant and not isinstance(parameter.type, Vector | Fixed | Queue)


def _needs_size(function: Node, name: str, parameter: str) -> bool:
    """Whether a vector is used for more than its elements, here or where it is passed on."""
    for node in walk(part(function, "body")):
        if node.type != "identifier" or text(node) != parameter or node.parent is None:
            continue
        above, outer = node.parent, node.parent.parent
        if above.type == "subscript_expression" and part(above, "argument") == node:
            continue
        recursive = above.type == "argument_list" and outer is not None and text(part(outer, "function")) == name
        if not recursive:
            return True
    return False


def _declared(f: Lowering, parameter: Parameter, inner: Node, passes_size: bool) -> list[str]:
    """The parameters of C for one of C++, which is bound."""
    name, kind = parameter.name, parameter.type
    if isinstance(kind, Vector):
        return _vector(f, parameter, kind.element, inner, passes_size)
    if _by_address(parameter):
        f.bind(name, Value(f"*{name}", kind, UNARY))
        return [f"{spelled(kind)} *{name}"]
    f.bind(name, Value(name, kind))
    return [declaration(kind, name, parameter.constant and isinstance(kind, Fixed))]


def _vector(f: Lowering, parameter: Parameter, element: Type, inner: Node, passes_size: bool) -> list[str]:
    name, size = parameter.name, f"{parameter.name}_size"
    if isinstance(element, Vector):
        raise refuse(inner, f"the parameter '{name}', a vector of vectors")
    if size in f.names:
        raise refuse(inner, f"the name '{size}' is taken")
    shown = pointer(element, name, parameter.constant)
    changes = list(_changes(inner, name))
    if not changes:
        f.bind(name, Sequence(name, element, size if passes_size else ""))
    elif len(changes) == 1 and _certain(changes[0], inner):
        f.bind(name, Sequence(name, element, size, required="?"))
    else:
        f.bind(name, Sequence(name, element, f"*{size}", counter=True))
        return [shown, f"size_t *{size}"]
    return [shown, f"size_t {size}"] if passes_size else [shown]


def _changes(inner: Node, name: str) -> Iterator[Node]:
    """What may change the size of the vector ``name``."""
    for node in walk(inner):
        if node.type == "assignment_expression" and text(part(node, "left")) == name:
            yield node
        elif node.type == "call_expression":
            called = method(node)
            if called and called[0] == name and called[1] in _RESIZING:
                yield node


def _certain(node: Node, inner: Node) -> bool:
    """Whether this is done in every run: not in a loop or branch, and before any return."""
    around = [above.type for above in ancestors(node)]
    before = (n for n in walk(inner) if n.type == "return_statement" and n.start_byte < node.start_byte)
    return (
        around[:2] == ["expression_statement", "compound_statement"]
        and around[2] == "function_definition"
        and not any(before)
    )


def _facts(f: Lowering, parameters: list[Parameter]) -> Iterator[Parameter]:
    """What the body has told about the sizes of the vectors."""
    for p in parameters:
        found = f.scopes[0].get(p.name)
        if not isinstance(found, Sequence):
            yield p
            continue
        if found.counter and not found.copies:
            raise refuse(f.body, f"how much '{p.name}' grows is not known")
        copies = tuple(found.copies)
        yield Parameter(p.name, p.type, p.constant, p.reference, found.required, found.overwritten, copies)
