"""Pointers to arrays that trade places, as in ``swap = u; u = v; v = swap;``: the device's pointers do the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transpile.c.tree import Assign, Declare, Expression, Name, Node, Variable
from transpile.c.types import Pointer
from transpile.c.walking import bare, walk
from transpile.cuda.resolve import DeviceArray


@dataclass(frozen=True, slots=True)
class Rotations:
    """``moves`` are the statements, by their ``id``, with the pointer that is set and the one it is set to (None in a
    bare declaration). ``arrays`` trade places; ``others`` only keep a pointer meanwhile."""

    moves: Mapping[int, tuple[Variable, Variable | None]]
    arrays: tuple[DeviceArray, ...]
    others: frozenset[Variable]


def rotations(body: Node, outside: Iterable[Node], arrays: Mapping[Variable, DeviceArray]) -> Rotations:
    """The moves of pointers ``outside`` of the nests in ``body``; none if they do more than to trade places."""
    moves: dict[int, tuple[Variable, Variable | None]] = {}
    for node in outside:
        match node:
            case Assign(Name(target), "", value) if (source := _pointer(value)) and isinstance(target.type, Pointer):
                moves[id(node)] = (target, source)
            case Declare(variable, initial) if isinstance(variable.type, Pointer) and variable not in arrays:
                moves[id(node)] = (variable, _pointer(initial) if initial else None)
    kept = {v for move in moves.values() for v in move if v and v not in arrays and _only_moved(body, v, moves)}
    known = kept | arrays.keys()
    moves = {key: move for key, move in moves.items() if all(v is None or v in known for v in move)}
    found = [array for variable, array in arrays.items() if any(variable in move for move in moves.values())]
    alike = len({(array.extent.text, array.copies, array.variable.type) for array in found}) == 1
    if not alike or not any(target in arrays for target, _ in moves.values()):
        return Rotations({}, (), frozenset())
    return Rotations(moves, tuple(found), frozenset(kept))


def _pointer(value: Expression) -> Variable | None:
    inner = bare(value)
    return inner.variable if isinstance(inner, Name) and isinstance(inner.variable.type, Pointer) else None


def _only_moved(body: Node, variable: Variable, moves: Mapping[int, tuple[Variable, Variable | None]]) -> bool:
    """Whether nothing else is done with a pointer."""
    named = sum(isinstance(node, Name) and node.variable == variable for node in walk(body))
    in_moves = sum(
        isinstance(inner, Name) and inner.variable == variable
        for node in walk(body)
        if id(node) in moves
        for inner in walk(node)
    )
    return named == in_moves
