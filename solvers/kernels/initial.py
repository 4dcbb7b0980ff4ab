"""Initialiser lists as members with values."""

from __future__ import annotations

from transpile.c.tree import Expression, InitializerList
from transpile.c.types import Array, CType, Struct
from transpile.solvers.kernels.machine import Machine
from transpile.solvers.kernels.values import StructValue, Value

Path = tuple[str, ...]


def filled(machine: Machine, node: InitializerList, type: CType) -> dict[Path, Value]:
    """The members that ``node`` gives values to, as far as that is told by their order; all of it is evaluated."""
    type = machine.complete(type)
    names: list[tuple[str, CType]] = []
    if isinstance(type, Struct):
        names = [(member.name, member.type) for member in type.fields or ()]
    elif isinstance(type, Array):
        names = [(f"[{index}]", type.of) for index in range(len(node.items))]
    simple = not any(item.designators for item in node.items) and len(node.items) <= len(names)
    found: dict[Path, Value] = {}
    for index, item in enumerate(node.items):
        value = machine.evaluate(machine, item.value)
        if simple and (not isinstance(value, StructValue) or _nested(item.value, names[index][1])):
            _put(found, (names[index][0],), value)
    return found if simple and all(name for name, _ in names) else {}


def _nested(value: Expression, type: CType) -> bool:
    return isinstance(type, Struct | Array) and value.type == type


def _put(found: dict[Path, Value], path: Path, value: Value) -> None:
    if isinstance(value, StructValue):
        found.update({path + below: inner for below, inner in value.members.items()})
    else:
        found[path] = value
