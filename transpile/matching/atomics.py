"""Atomic operations of a kernel in the place of plain updates of the C code.

``atomicAdd(&a[i], v);`` does what ``a[i] += v;`` does, whoever else does so at the same time. Both sides are written as
the same call of an operation that no program has, with the element and the value in its type; the comparison of
bodies then sees that they are alike. All that either side does with such an array must be updates of one operation:
then their order is the only thing that may differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from transpile.c.constants import fitted, value_of
from transpile.c.tree import (
    AddressOf,
    Call,
    Cast,
    Constant,
    Evaluate,
    Expression,
    Name,
    Node,
    Statement,
    Unary,
    Variable,
)
from transpile.c.types import CType, Float, Integer, Pointer, is_integer
from transpile.c.walking import transform, walk
from transpile.errors import Span
from transpile.loops.counted import base_variable
from transpile.matching.bodies import exact
from transpile.matching.updates import update
from transpile.solvers.launches.joined import Operation
from transpile.solvers.launches.shared import ATOMIC

_SUBTRACTED = "atomicSub"
_UPDATE = "update "
"""With the operator behind it, no C function is called so."""


class NoUpdate(Exception):
    """An atomic operation that is not known to be a plain update, or an array that is used otherwise as well."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.span = span


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Both bodies with updates of the arrays ``combined``, by one operation each, as calls of ``functions``."""

    ours: Statement
    theirs: tuple[Statement, ...]
    combined: tuple[tuple[Variable, Operation], ...]
    functions: Mapping[str, str]


def rewritten(
    loop: Statement, ours: Statement, kernel: Node, theirs: list[Statement], meaning: Mapping[Variable, Expression]
) -> Rewritten:
    """``ours`` is the body of ``loop``, ``theirs`` is what ``kernel`` does for it. Raises ``NoUpdate``."""
    arrays = dict.fromkeys(_array(node) for node in walk(kernel) if _is_atomic(node) and isinstance(node, Call))
    if not arrays:
        return Rewritten(ours, tuple(theirs), (), {})
    meant: dict[Variable, Variable] = {}
    for array in arrays:
        given = meaning.get(array)
        if not isinstance(given, Name):
            raise NoUpdate(f"it is not clear what '{array.name}' is", kernel.span)
        meant[given.variable] = array
    operations = {mine: _only_updated(kernel, yours) for mine, yours in meant.items()}
    for mine in meant:
        _require_updates(loop, mine)
    plain = transform(ours, lambda node: _plain(node, meant))
    called = {_UPDATE + operation.operator for operation in operations.values()}
    return Rewritten(
        plain,
        tuple(transform(statement, _atomically) for statement in theirs),
        tuple(operations.items()),
        {name: name for name in called},
    )


def _is_atomic(node: Node) -> bool:
    return isinstance(node, Call) and (node.name in ATOMIC or node.name == _SUBTRACTED)


def _array(call: Call) -> Variable:
    found = base_variable(_element(call))
    if found is None or found.storage != "parameter":
        raise NoUpdate("an atomic operation on memory that is not a parameter of the kernel", call.span)
    return found


def _element(call: Call) -> Expression:
    """What an atomic operation updates; a conversion of the address to integers of the same size changes nothing."""
    address = call.arguments[0] if call.arguments else None
    as_type = address.type.to if isinstance(address, Expression) and isinstance(address.type, Pointer) else None
    while isinstance(address, Cast):
        address = address.operand
    if not isinstance(address, AddressOf) or len(call.arguments) != 2:
        raise NoUpdate("an atomic operation that is not followed", call.span)
    own = address.operand.type
    match own, as_type:
        case Integer(bits=a, signed=s), Integer(bits=b, signed=t) if a == b:
            if s != t and ATOMIC.get(call.name) in ("min", "max"):
                raise NoUpdate("an atomic comparison with the other sign", call.span)
        case Float(), Float() if own == as_type:
            pass
        case _:
            raise NoUpdate("an atomic operation on elements of another type", call.span)
    return address.operand


def _only_updated(kernel: Node, array: Variable) -> Operation:
    """The one operation by which the kernel updates ``array``; it does nothing else with it."""
    calls = [node for node in walk(kernel) if isinstance(node, Call) and _is_atomic(node) and _array(node) == array]
    named = [node for node in walk(kernel) if isinstance(node, Name) and node.variable == array]
    operations = {Operation(ATOMIC.get(call.name, "+"), _element(call).type) for call in calls}
    alone = {id(node.expression) for node in walk(kernel) if isinstance(node, Evaluate)}
    if len(named) != len(calls) or len(operations) != 1 or any(id(call) not in alone for call in calls):
        raise NoUpdate(f"'{array.name}' is used in another way than by atomic updates of one kind", named[0].span)
    return operations.pop()


def _require_updates(loop: Statement, array: Variable) -> None:
    """The C loop uses ``array`` in updates alone."""
    named = sum(isinstance(node, Name) and node.variable == array for node in walk(loop))
    for node in walk(loop):
        found = update(node) if isinstance(node, Statement) else None
        if found is not None and base_variable(found.target) == array:
            named -= found.named
    if named != 0:
        raise NoUpdate(f"the C loop uses '{array.name}' in another way than by updates", loop.span)


def _plain(node: Node, arrays: Collection[Variable]) -> Node:
    """An update of the C code."""
    found = update(node) if isinstance(node, Statement) else None
    if found is None or isinstance(found.target, Name) or base_variable(found.target) not in arrays:
        return node
    one = Constant(1, "1", type=found.target.type, span=node.span)
    return _call(found.operation, found.target, found.value or one, found.negative, node.span)


def _atomically(node: Node) -> Node:
    """An update of the kernel."""
    match node:
        case Evaluate(expression=Call() as call) if _is_atomic(call):
            target = _element(call)
            operation = Operation(ATOMIC.get(call.name, "+"), target.type)
            return _call(operation, target, call.arguments[1], call.name == _SUBTRACTED, node.span)
    return node


def _call(operation: Operation, target: Expression, value: Expression, negative: bool, span: Span) -> Evaluate:
    type = operation.type
    kept = _compared(value, type) if operation.operator in ("min", "max") else _combined(value, type)
    if negative:
        kept = _negated(kept, type)
    call = Call(_UPDATE + operation.operator, (target, kept), type=type, span=span)
    return Evaluate(call, span=span)


def _compared(value: Expression, type: CType) -> Expression:
    """``value`` as ``type``, which holds it."""
    inner = exact(value)
    return inner if inner.type == type else Cast(inner, type=type, span=value.span)


def _combined(value: Expression, type: CType) -> Expression:
    """``value`` as ``type``, of which only counts what it is modulo two to the width, if it is an integer."""
    if not isinstance(type, Integer):
        if value.type != type:
            raise NoUpdate("an update that is computed in another type", value.span)
        return _constant(value, type) or _minus(value, type) or value
    while isinstance(value, Cast) and is_integer(value.operand.type) and _as_wide(value.type, type):
        value = value.operand
    if not is_integer(value.type):
        raise NoUpdate("an update that is computed in another type", value.span)
    plain = value if value.type == type else Cast(value, type=type, span=value.span)
    return _constant(value, type) or _minus(value, type) or plain


def _minus(value: Expression, type: CType) -> Expression | None:
    if isinstance(value, Unary) and value.operator == "-" and _as_wide(value.type, type):
        return _negated(_combined(value.operand, type), type)
    return None


def _negated(value: Expression, type: CType) -> Expression:
    minus = Unary("-", value, type=type, span=value.span)
    if isinstance(value, Constant):
        return _constant(replace(value, value=-value.value), type) or minus
    return minus


def _constant(value: Expression, type: CType) -> Constant | None:
    found = fitted(value_of(value), type)
    return None if found is None else Constant(found, str(found), type=type, span=value.span)


def _as_wide(one: CType, other: CType) -> bool:
    match one, other:
        case Integer(bits=a), Integer(bits=b):
            return a >= b
    return one == other
