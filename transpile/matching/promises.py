"""What is only read through: sources of copies, and parameters that promise it where nobody takes a promise away.

``const`` of what a pointer points to can be cast away in C. A promise counts where no cast of the whole unit does that,
nothing else makes pointers from something else, and all that is called is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from transpile.c.constants import integer_of
from transpile.c.tree import AddressOf, Call, Cast, Expression, InitializerList, Name, Node, Variable
from transpile.c.types import Bool, CType, Integer, Pointer, Struct, Void, element
from transpile.c.unit import Unit
from transpile.c.walking import variables, walk
from transpile.loops.libc import COPY, PURE
from transpile.matching.values import kept, points

_SOURCE: Final = frozenset((1,))
_NOTHING: Final[Mapping[str, frozenset[int]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Promises:
    """``read`` are the positions of parameters through which functions of the unit only read; ``kept`` says whether
    pointers to constants are never used to write."""

    read: Mapping[str, frozenset[int]] = field(default_factory=lambda: _NOTHING)
    kept: bool = False

    def given_away(self, node: Node) -> set[Variable]:
        """Variables that functions get pointers to, or with, and may write through."""
        found: set[Variable] = set()
        for call in (one for one in walk(node) if isinstance(one, Call) and one.name not in PURE):
            read = _SOURCE if call.name in COPY else self.read.get(call.name, frozenset())
            for position, argument in enumerate(call.arguments):
                if points(argument.type) and position not in read:
                    found |= set(variables(argument))
        return found

    def pointed_into(self, node: Node) -> set[Variable]:
        """Variables that may be written through pointers which ``node`` keeps."""
        found: set[Variable] = set()
        for _, target, value in kept(node):
            if not (self.kept and isinstance(target.type, Pointer) and target.type.const):
                found |= set(variables(value))
        return found


def promises(unit: Unit, quiet: frozenset[str]) -> Promises:
    """What holds of ``unit``; functions that are not ``quiet`` promise nothing."""
    if any(_breaks(function.body) for function in unit.functions) or any(map(_hides, unit.structs.values())):
        return Promises()
    read = {
        function.name: frozenset(
            position
            for position, type in enumerate(function.type.parameters)
            if isinstance(type, Pointer) and type.const
        )
        for function in unit.functions
        if function.name in quiet and not function.type.variadic
    }
    return Promises(read, True)


def _breaks(body: Node) -> bool:
    for node in walk(body):
        match node:
            case Cast() if _unpromised(node):
                return True
            case Call(name=name, arguments=arguments) if name in COPY and any(map(_of_pointers, arguments)):
                return True
            case AddressOf(operand=Expression(type=type)) | InitializerList(type=type) if points(type):
                return True
    return False


def _unpromised(cast: Cast) -> bool:
    """Whether a pointer through which one may write comes out of ``cast``, but none went in."""
    match cast.type, cast.operand.type:
        case Pointer() as new, Pointer() as old:
            inner = (_deep(new.to) or _deep(old.to)) and new.to != old.to
            return inner or (old.const and not new.const)
        case Pointer() as new, Integer() | Bool():
            return (_deep(new.to) or not new.const) and integer_of(cast.operand) != 0
    return False


def _deep(type: CType) -> bool:
    return points(type) and not isinstance(type, Void)


def _of_pointers(argument: Node) -> bool:
    """Whether it points to memory that holds pointers."""
    return any(
        isinstance(node, Name) and (of := element(node.type)) is not None and points(of) for node in walk(argument)
    )


def _hides(struct: Struct) -> bool:
    """Whether a pointer may be written as one of its members and read as another."""
    return struct.union and points(struct)
