"""Updates of shared elements as atomic operations, for the types that CUDA has them for."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from transpile.c.tree import (
    AddressOf,
    Assign,
    Binary,
    Block,
    Call,
    Cast,
    Constant,
    Evaluate,
    Expression,
    If,
    Increment,
    Name,
    Node,
    Statement,
    Unary,
    Variable,
)
from transpile.c.types import (
    DOUBLE,
    FLOAT,
    INT,
    LONG_LONG,
    UNSIGNED,
    UNSIGNED_LONG_LONG,
    CType,
    Float,
    Integer,
    Pointer,
)
from transpile.c.walking import bare, transform, walk
from transpile.cuda.context import refuse
from transpile.cuda.resolve import Nest
from transpile.loops.counted import base_variable

_BITS = {"&": "atomicAnd", "|": "atomicOr", "^": "atomicXor"}


def with_atomics(nest: Nest, body: Statement, arrays: Collection[Variable]) -> Statement:
    """``body`` with atomic updates of ``arrays``; it must not use them otherwise."""
    if not arrays:
        return body

    def change(node: Node) -> Node:
        match node:
            case Assign(target, operator, value, computed) if operator and _of(target, arrays):
                return _update(nest, node, target, operator, value, computed)
            case Evaluate(Increment(target, step)) if _of(target, arrays):
                one = Constant(1, "1", type=target.type, span=target.span)
                return _update(nest, node, target, "+" if step > 0 else "-", one, target.type)
            case If(condition, then, None):
                return _extreme(nest, node, condition, then, arrays) or node
        return node

    changed = transform(body, change)
    calls = [node for node in walk(changed) if isinstance(node, Call) and node.name.startswith("atomic")]
    known = {id(node) for call in calls for node in walk(call.arguments[0])}
    for node in walk(changed):
        if isinstance(node, Name) and node.variable in arrays and id(node) not in known:
            raise refuse(
                nest,
                f"'{node.variable.name}' is used on line {node.span.line} in another way than by an atomic update",
                "updates are += -= &= |= ^= ++ --, and 'if (v < a[i]) a[i] = v;'",
            )
    return changed


def _of(target: Expression, arrays: Collection[Variable]) -> bool:
    return not isinstance(target, Name) and base_variable(target) in arrays


def _update(
    nest: Nest, node: Statement, target: Expression, operator: str, value: Expression, computed: CType
) -> Statement:
    type = target.type
    if operator not in ("+", "-", *_BITS) or (isinstance(computed, Float) and computed != type):
        raise refuse(nest, f"CUDA has no atomic operation for the update on line {node.span.line}")
    if operator in _BITS:
        return _call(nest, node, _BITS[operator], target, value)
    if operator == "-" and type in (INT, UNSIGNED):
        return _call(nest, node, "atomicSub", target, value)
    if operator == "-":
        value = Unary("-", value, type=value.type, span=value.span)
    return _call(nest, node, "atomicAdd", target, value)


def _extreme(
    nest: Nest, node: If, condition: Expression, then: Statement, arrays: Collection[Variable]
) -> Statement | None:
    """``if (v < a[i]) a[i] = v;`` as an atomic minimum, and its likes."""
    while isinstance(then, Block) and len(then.statements) == 1:
        then = then.statements[0]
    if not (isinstance(then, Assign) and not then.operator and _of(then.target, arrays)):
        return None
    match condition:
        case Binary("<" | "<=" | ">" | ">=" as written, left, right):
            sign: str = written
        case _:
            return None
    value, target = bare(then.value), then.target
    if (bare(left), bare(right)) == (target, value):
        sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[sign]
    elif (bare(left), bare(right)) != (value, target):
        return None
    if not _fits(value.type, target.type):
        raise refuse(nest, f"CUDA has no atomic operation for the update on line {node.span.line}")
    return _call(nest, node, "atomicMin" if sign.startswith("<") else "atomicMax", target, value)


def _fits(value: CType, target: CType) -> bool:
    """Whether both are compared as what is stored: integers, the value no wider than the element."""
    return isinstance(value, Integer) and isinstance(target, Integer) and value.bits <= target.bits


def _call(nest: Nest, node: Statement, name: str, target: Expression, value: Expression) -> Statement:
    """The call, with the type that CUDA knows for elements of this size."""
    type = target.type
    known: CType | None = type if type in (INT, UNSIGNED) or type in (FLOAT, DOUBLE) else None
    if isinstance(type, Integer) and type.bits == 64:
        order = name in ("atomicMin", "atomicMax") and type.signed
        known = LONG_LONG if order else UNSIGNED_LONG_LONG
    if known is None:
        raise refuse(nest, f"CUDA has no atomic operations for the elements written on line {node.span.line}")
    address: Expression = AddressOf(target, type=Pointer(type), span=target.span)
    if known != type:
        address = Cast(address, type=Pointer(known), span=target.span)
    if bare(value).type != known:
        value = Cast(bare(value) if value.type == known else value, type=known, span=value.span)
    call = Call(name, (address, value), type=type, span=node.span)
    return Evaluate(call, span=node.span, notes=dataclasses.replace(node.notes))
