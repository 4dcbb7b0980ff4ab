"""What a piece of code needs from around it to run on the device: parameters of its kernel, and what it may not do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from transpile.c.printing import text
from transpile.c.spelling import parts
from transpile.c.tree import (
    Assign,
    Assignment,
    Call,
    CallThrough,
    Continue,
    Declare,
    DoWhile,
    Evaluate,
    Expression,
    For,
    Goto,
    Label,
    Name,
    Node,
    Return,
    Statement,
    Variable,
    While,
)
from transpile.c.types import Array, CType, Pointer, Struct, is_arithmetic
from transpile.c.walking import children, free, targets, transform, walk
from transpile.cuda.context import Context, refuse
from transpile.cuda.dialect import on_device, unsupported
from transpile.cuda.resolve import DeviceArray, Nest
from transpile.loops.counted import base_variable


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kernel as declared, and the argument as the host writes it."""

    declaration: str
    argument: str


def parameters(
    context: Context, nest: Nest, code: Sequence[Node], own: Collection[Variable], written: Collection[Variable]
) -> list[Parameter]:
    """What ``code`` names but ``own`` variables, in the order of the function's parameters."""
    used = dict.fromkeys(variable for node in code for variable in free(node) if variable not in own)
    order = {parameter: place for place, parameter in enumerate(context.function.parameters)}
    found: list[Parameter] = []
    for variable in sorted(used, key=lambda variable: order.get(variable, len(order))):
        if variable.storage == "function":
            raise refuse(nest, f"the loop takes the address of the function '{variable.name}'")
        found.append(_parameter(context, nest, variable, variable in written))
    return found


def _parameter(context: Context, nest: Nest, variable: Variable, written: bool) -> Parameter:
    array = context.array(variable)
    if array is not None:
        return Parameter(pointer(array, variable.name, written), context.device(array))
    if variable.volatile:
        raise refuse(nest, f"'{variable.name}' is volatile, so it stays on the host")
    if not (is_arithmetic(variable.type) or isinstance(variable.type, Struct)):
        hint = f"array {variable.name}: SIZE in"
        raise refuse(nest, f"the loop uses '{variable.name}', which the plan does not say how to copy", hint)
    return Parameter(declared(variable.name, variable.type), variable.name)


def pointer(array: DeviceArray, name: str, written: bool) -> str:
    """A parameter, or a variable of the host, that points to the device's copy of ``array``."""
    base, inner = parts(Pointer(row(array.variable)), f"__restrict__ {name}", _extent, const=False)
    return f"{'' if written else 'const '}{base} {inner}"


def row(variable: Variable) -> CType:
    assert isinstance(variable.type, Pointer | Array)
    return variable.type.to if isinstance(variable.type, Pointer) else variable.type.of


def declared(name: str, type: CType) -> str:
    base, inner = parts(type, name, _extent)
    return f"{base} {inner}"


def _extent(expression: Expression) -> str:
    return text(expression, macros=True)


def written_arrays(context: Context, code: Node) -> frozenset[Variable]:
    """The arrays that ``code`` may write, through whatever pointer."""
    bases = pointers(code)
    found: set[Variable] = set()
    for target in targets(code):
        base = base_variable(target)
        if base is not None and not isinstance(target, Name):
            found |= _roots(base, bases)
    for node in walk(code):
        if isinstance(node, Call | CallThrough):
            for argument in node.arguments:
                type = argument.type
                base = base_variable(argument)
                if isinstance(type, Pointer) and not type.const and base is not None:
                    found |= _roots(base, bases)
    return frozenset(variable for variable in found if context.array(variable))


def pointers(code: Node) -> Mapping[Variable, frozenset[Variable]]:
    """For each pointer that ``code`` sets, the variables it may point into."""
    found: dict[Variable, set[Variable]] = {}
    for node in walk(code):
        match node:
            case Declare(variable, Expression() as value) if isinstance(variable.type, Pointer):
                found.setdefault(variable, set()).update(_named(value))
            case Assign(Name(variable), _, value) | Assignment(Name(variable), _, value) if isinstance(
                variable.type, Pointer
            ):
                found.setdefault(variable, set()).update(_named(value))
    return {variable: frozenset(values) for variable, values in found.items()}


def _named(value: Expression) -> Iterator[Variable]:
    for node in walk(value):
        if isinstance(node, Name) and isinstance(node.variable.type, Pointer | Array):
            yield node.variable


def _roots(variable: Variable, bases: Mapping[Variable, frozenset[Variable]]) -> set[Variable]:
    found: set[Variable] = set()
    waiting = [variable]
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting.extend(bases.get(other, ()))
    return found


def check(context: Context, nest: Nest, code: Node, own: Collection[Variable]) -> None:
    """Refuses what threads cannot do, or what the plan does not explain: writing variables of the function."""
    on_device(code)
    for node in walk(code):
        match node:
            case Call(name):
                context.call(name, node.span)
            case CallThrough():
                raise unsupported(node.span, "a call through a pointer on the device", "keep its loop on the host")
            case Return() | Goto() | Label():
                raise refuse(nest, f"a jump out of the code, on line {node.span.line}, cannot be made on the device")
            case Declare(variable) if variable.storage != "automatic":
                raise unsupported(node.span, f"the static variable '{variable.name}' on the device")
            case Declare(variable) if variable in context.dialect.of_variable_length:
                raise unsupported(node.span, f"the array '{variable.name}' of variable length on the device")
    for target in targets(code):
        if isinstance(target, Name) and target.variable in free(code) and target.variable not in own:
            name = target.variable.name
            raise refuse(
                nest,
                f"'{name}' is written on line {target.span.line}: say what becomes of it",
                f"reduce {name} +, private {name}, or lastprivate {name}",
            )


def inner_counters(code: Node) -> frozenset[Variable]:
    """Counters that loops in ``code`` set first, declared outside: each thread has its own."""
    found: set[Variable] = set()
    for node in walk(code):
        if isinstance(node, For):
            for statement in node.initial:
                match statement:
                    case Assign(Name(variable), "") | Evaluate(Assignment(Name(variable), "")):
                        found.add(variable)
    return frozenset(found & set(free(code)))


def continues(body: Node) -> bool:
    """Whether ``body`` goes on with the next iteration of the loop that it is the body of."""
    return any(isinstance(node, Continue) for node in own_level(body))


def without_continue(body: Statement) -> Statement:
    """``body`` for a thread that has one iteration only: ``continue`` ends it."""
    own = {id(node) for node in own_level(body) if isinstance(node, Continue)}

    def change(node: Node) -> Node:
        return (
            Return(None, span=node.span, notes=node.notes) if id(node) in own and isinstance(node, Continue) else node
        )

    return transform(body, change)


def own_level(body: Node) -> Iterator[Node]:
    """The nodes of ``body`` outside of the loops in it."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(c for c in children(node) if not isinstance(c, For | While | DoWhile))
