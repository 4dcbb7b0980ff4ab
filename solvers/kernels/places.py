"""Reading from and writing to lvalues, whether variables of the thread or memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from transpile.c.tree import Expression, Variable
from transpile.c.types import CType, Struct, is_integer, size
from transpile.solvers.kernels.logic import TRUE
from transpile.solvers.kernels.machine import Machine
from transpile.solvers.kernels.values import Base, FunctionValue, PointerValue, StructValue, Value

DYNAMIC = "?"
"""A part of a variable that is chosen at run time."""


@dataclass(frozen=True, slots=True)
class Local:
    """A variable of the thread, or the member of one that ``path`` leads to."""

    variable: Variable
    path: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return DYNAMIC not in self.path

    @property
    def certain(self) -> tuple[str, ...]:
        """The part of the path that is known."""
        return self.path if self.exact else self.path[: self.path.index(DYNAMIC)]


Place = Local | PointerValue


def read(machine: Machine, place: Place, type: CType, node: Expression) -> Value:
    if isinstance(place, Local):
        if not place.exact:
            return machine.unknown(machine.complete(type))
        return machine.read_local((place.variable, place.path), type)
    local = _local_target(machine, place)
    if local is not None and local.exact and _whole(machine, local, type):
        return machine.read_local((local.variable, local.path), type)
    return machine.load(place, type, node)


def write(machine: Machine, place: Place, value: Value, type: CType, node: Expression) -> None:
    if isinstance(place, Local):
        if place.exact:
            machine.write_local((place.variable, place.path), value)
        else:
            machine.forget(place.variable, place.certain)
        return
    local = _local_target(machine, place)
    if local is not None and local.exact and _whole(machine, local, type):
        machine.write_local((local.variable, local.path), value)
        return
    stored = None if isinstance(value, PointerValue | FunctionValue | StructValue) else value
    if stored is not None and is_integer(type):
        stored = machine.arithmetic.convert(stored, type, type)
    machine.touch(place, size(machine.complete(type)), node, "write", stored)


def _local_target(machine: Machine, pointer: PointerValue) -> Local | None:
    """The variable of the thread that ``pointer`` certainly points to."""
    condition, address = pointer.choices[0]
    if len(pointer.choices) > 1 or address is None or not condition.eq(TRUE):
        return None
    base = address.base
    if base.space != "private" or base.variable is None or machine.base_of(base.variable) is not None:
        return None
    return Local(base.variable, address.path)


def _whole(machine: Machine, local: Local, type: CType) -> bool:
    """Whether what ``local`` is has just ``type``."""
    found: CType | None = local.variable.type
    for name in local.path:
        struct = machine.complete(found) if found is not None else None
        member = machine.member(struct, name) if isinstance(struct, Struct) else None
        found = member[1] if member is not None else None
    return found == type


def address_of(machine: Machine, place: Place) -> PointerValue:
    if isinstance(place, PointerValue):
        return place
    pointer = machine.start(Base(f"{place.variable.name}#{place.variable.number}", "private", place.variable))
    condition, address = pointer.choices[0]
    assert address is not None
    return PointerValue(((condition, replace(address, path=place.path)),))
