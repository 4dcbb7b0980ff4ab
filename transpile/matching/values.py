"""What a CUDA host function computes for itself, in terms of the C side; and how C statements use arrays.

Expressions here have no effects and read no memory, so that it does not matter when they are computed as long as the
variables in them keep their values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from transpile.c.constants import integer_of
from transpile.c.tree import (
    AddressOf,
    Assign,
    Assignment,
    Binary,
    Block,
    Call,
    Cast,
    Conditional,
    Constant,
    Declare,
    Evaluate,
    Expression,
    Increment,
    Index,
    Name,
    Node,
    SizeOf,
    Statement,
    Unary,
    Variable,
)
from transpile.c.types import Array, CType, Pointer, Struct, element, is_arithmetic, size
from transpile.c.unit import Function
from transpile.c.walking import bare, substitute, targets, transform, variables, walk
from transpile.loops.libc import FRESH, PURE
from transpile.matching.bodies import Names, same_type
from transpile.matching.memory import Lost

OWN: Final = "cuda::"
"""What the names of functions of the CUDA side begin with in terms of the C side, which may have others so called."""
DIM3: Final = "struct dim3"
_COMPUTED = (Name, Constant, Cast, Binary, Unary, Conditional, Call, SizeOf)


def owned(helper: Function) -> Function:
    """``helper`` as expressions in terms of the C side call it."""
    return replace(helper, name=OWN + helper.name, body=transform(helper.body, _own_call))


def _own_call(node: Node) -> Node:
    if isinstance(node, Call) and node.name not in PURE | {"__dim3", "exit", "abort", "fprintf"}:
        return replace(node, name=OWN + node.name)
    return node


class Values:
    """``definitions`` are constants of the host function that the C side does not have; ``evaluated`` is all that was
    computed with them."""

    def __init__(self, names: Names, helpers: Collection[str], unsteady: Collection[Variable]) -> None:
        self.names = names
        self.helpers = helpers
        self.unsteady = unsteady
        self.definitions: dict[Variable, Expression] = {}
        self.evaluated: list[Expression] = []

    def define(self, statement: Declare) -> bool:
        """Whether ``statement`` defines a constant number or ``dim3``; it is then known."""
        variable, value = statement.variable, statement.initial
        own = variable.storage == "automatic" and variable.const and not (variable.volatile or variable.attributes)
        plain = is_arithmetic(variable.type) or (isinstance(variable.type, Struct) and variable.type.name == DIM3)
        if not (own and plain) or value is None:
            return False
        self.definitions[variable] = self.resolved(value)
        return True

    def resolved(self, expression: Expression) -> Expression:
        """``expression`` of the CUDA side in terms of the C side. Raises ``Lost``."""
        values = {**self.names.meaning, **self.definitions}
        plain = transform(expression, _without_operand)
        for node in walk(plain):
            if isinstance(node, Name) and node.variable not in values:
                raise Lost(f"the value of '{node.variable.name}' is not known here", node.span, node.span)
            if not isinstance(node, _COMPUTED):
                raise Lost("more than a computation", expression.span, expression.span)
            if isinstance(node, Call) and node.name not in self.helpers and node.name not in PURE | {"__dim3"}:
                raise Lost(f"what '{node.name}' does is not known", node.span, node.span)
        found = substitute(transform(plain, _own_call), values)
        for variable in variables(found):
            if variable in self.unsteady or not (variable.const or variable.storage in ("automatic", "parameter")):
                raise Lost(f"'{variable.name}' may change at any time", expression.span, expression.span)
        self.evaluated.append(found)
        return found

    def forget(self, changed: Collection[Variable]) -> None:
        """Constants that depend on these variables are not what they were."""
        for variable in [v for v, value in self.definitions.items() if set(changed).intersection(variables(value))]:
            del self.definitions[variable]


def _without_operand(node: Node) -> Node:
    return replace(node, operand=None) if isinstance(node, SizeOf) and size(node.of) is not None else node


def unsteady(body: Block) -> frozenset[Variable]:
    """Variables that change otherwise than by assignment: volatile ones, and those whose address is taken."""
    taken = (node.operand for node in walk(body) if isinstance(node, AddressOf))
    found = {operand.variable for operand in taken if isinstance(operand, Name)}
    return frozenset(found | {variable for variable in variables(body) if variable.volatile})


def alone(type: CType) -> CType | None:
    """The elements of an array or of what a pointer points to, if they hold no pointers themselves."""
    of = element(type)
    return None if of is None or points(of) or (isinstance(type, Pointer) and type.volatile) else of


def points(type: CType) -> bool:
    """Whether a value of this type may hold a pointer."""
    match type:
        case Array(of=of):
            return points(of)
        case Struct(fields=fields):
            return fields is None or any(points(one.type) for one in fields)
    return not is_arithmetic(type)


def is_size_of(given: Expression, type: CType | None) -> bool:
    """Whether ``given`` is the size of ``type`` in bytes."""
    match bare(given):
        case SizeOf(of=of, alignment=False):
            return type is not None and same_type(of, type)
    return type is not None and integer_of(given) == size(type) is not None


def only_element(ours: Node, array: Variable) -> Expression | None:
    """The subscript of the one element of ``array`` that ``ours`` uses, and uses whenever it is run."""
    if not isinstance(ours, Assign | Evaluate | Declare | Expression):
        return None
    found: list[Expression] = []
    direct = 0
    for node in walk(ours):
        match node:
            case Conditional() | SizeOf() | AddressOf() | Binary(operator="&&" | "||"):
                return None
            case Index(base=base, subscript=subscript) if isinstance(name := bare(base), Name):
                if name.variable == array:
                    found.append(subscript)
            case Name(variable=variable):
                direct += variable == array
    changed = {target.variable for target in targets(ours) if isinstance(target, Name)}
    same = found and all(one == found[0] for one in found) and direct == len(found)
    return found[0] if same and not changed.intersection(variables(found[0])) else None


def sets_element(ours: Node, array: Variable) -> bool:
    """Whether ``ours`` assigns to an element of ``array`` and does not look at what was there."""
    named = [node for node in walk(ours) if isinstance(node, Name) and node.variable == array]
    match ours:
        case Assign(target=Index(base=base), operator=""):
            return len(named) == 1 and isinstance(name := bare(base), Name) and name.variable == array
    return False


def require_no_pointers_kept(ours: Block, arrays: set[Variable], launched: Sequence[Statement]) -> None:
    """Nothing but its own name leads to an array that has a buffer. Pointers within a launched loop are the loop's own.
    Raises ``Lost``."""
    inside = {id(node) for statement in launched for node in walk(statement)}
    for node, target, value in kept(ours):
        if id(node) in inside and not (isinstance(target, Name) and target.variable in arrays):
            continue
        fresh = isinstance(made := _uncast(value), Call) and made.name in FRESH
        renamed = isinstance(target, Name) and target.variable in arrays and not fresh
        if renamed or arrays.intersection(variables(value)):
            raise Lost("a pointer into an array is kept", node.span, node.span)


def kept(ours: Node) -> Iterator[tuple[Node, Expression, Expression]]:
    """Where pointers are kept, and what is kept there."""
    for node in walk(ours):
        match node:
            case Declare(variable=variable, initial=Expression() as value) if points(variable.type):
                yield node, Name(span=node.span, type=variable.type, variable=variable), value
            case Assign(target=target, value=value) | Assignment(target=target, value=value) if points(target.type):
                yield node, target, value
            case Increment(target=target) if points(target.type):
                yield node, target, target
            case AddressOf(operand=Name() as name) if points(name.type):
                yield node, name, name


def _uncast(expression: Expression) -> Expression:
    while isinstance(expression, Cast):
        expression = expression.operand
    return expression
