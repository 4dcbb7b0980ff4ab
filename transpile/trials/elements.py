"""Elements of arrays as numbers and as bytes: structures and nested arrays become rows of arithmetic leaves."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transpile.c.tree import Expression
from transpile.c.types import Array, Bool, CType, Float, Integer, Struct, layout, size
from transpile.c.unit import Unit
from transpile.trials.formulas import Environment, value

_INTEGERS = {8: "b", 16: "h", 32: "i", 64: "q"}
_FLOATS = {32: "f", 64: "d"}


class Unsuited(Exception):
    """A type that no trial can make values of."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An arithmetic value ``offset`` bytes into an element; ``code`` is that of ``struct``, ``path`` how C names it."""

    code: str
    offset: int = 0
    path: str = ""

    @property
    def floating(self) -> bool:
        return self.code in "fd"

    @property
    def width(self) -> int:
        return struct.calcsize(f"={self.code}")

    @property
    def range(self) -> tuple[int, int]:
        """The least and the largest whole number; those that it holds exactly if it is floating."""
        if self.code == "?":
            return 0, 1
        bits = {"f": 25, "d": 54}.get(self.code) or 8 * self.width
        signed = self.floating or self.code.islower()
        return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


@dataclass(frozen=True, slots=True)
class Element:
    """What an array parameter points to: ``per_element`` units of ``width`` bytes that have these leaves.
    ``bounds`` are dimensions that are not known before the arguments are."""

    leaves: tuple[Leaf, ...]
    width: int
    per_element: int = 1
    bounds: tuple[Expression, ...] = ()

    @property
    def simple(self) -> bool:
        """One leaf and nothing else: no structure."""
        return len(self.leaves) == 1 and self.leaves[0].width == self.width

    def count(self, environment: Environment) -> int:
        """How many units one element has."""
        count = self.per_element
        for bound in self.bounds:
            count *= max(value(bound, environment), 0)
        return count

    def packed(self, columns: Sequence[Sequence[float]]) -> bytes:
        """Bytes of units whose leaves have the values of ``columns``. What no leaf covers is zero."""
        if self.simple:
            return _packed(self.leaves[0], columns[0])
        memory = bytearray(len(columns[0]) * self.width if columns else 0)
        for leaf, column in zip(self.leaves, columns, strict=True):
            step = leaf.width
            narrow = _packed(leaf, column)
            for number in range(len(column)):
                at = number * self.width + leaf.offset
                memory[at : at + step] = narrow[number * step : (number + 1) * step]
        return bytes(memory)

    def unpacked(self, memory: bytes) -> Iterator[tuple[Leaf, Sequence[float]]]:
        """The values of each leaf, in all units of ``memory``."""
        for leaf in self.leaves:
            if self.simple:
                yield leaf, _unpacked(leaf, memory)
                continue
            step = leaf.width
            starts = range(leaf.offset, len(memory), self.width)
            yield leaf, _unpacked(leaf, b"".join(memory[at : at + step] for at in starts))


def _packed(leaf: Leaf, values: Sequence[float]) -> bytes:
    if leaf.code == "?":
        return bytes(map(bool, values))
    if leaf.floating:
        return array(leaf.code, values).tobytes()
    return array(leaf.code, map(int, values)).tobytes()


def _unpacked(leaf: Leaf, memory: bytes) -> Sequence[float]:
    if leaf.code == "?":
        return memory
    values = array(leaf.code)
    values.frombytes(memory)
    return values


def scalar_leaf(type: CType) -> Leaf:
    """The leaf of an arithmetic type."""
    match type:
        case Bool():
            return Leaf("?")
        case Integer(bits, signed) if bits in _INTEGERS:
            return Leaf(_INTEGERS[bits] if signed else _INTEGERS[bits].upper())
        case Float(bits) if bits in _FLOATS:
            return Leaf(_FLOATS[bits])
    raise Unsuited("a type that is neither a structure nor a number of at most 64 bits")


def element_of(unit: Unit, type: CType) -> Element:
    """The element of an array of ``type``. Raises Unsuited for pointers and what no device has."""
    per_element, bounds = 1, []
    while isinstance(type, Array):
        if type.length is not None:
            per_element *= type.length
        elif type.extent is not None:
            bounds.append(type.extent)
        else:
            raise Unsuited("an array without bounds")
        type = type.of
    leaves = tuple(_leaves(unit, type, 0, ""))
    whole = size(unit.complete(type)) if isinstance(type, Struct) else size(type)
    if not leaves or not whole:
        raise Unsuited("a type without a size")
    return Element(leaves, whole, per_element, tuple(bounds))


def _leaves(unit: Unit, type: CType, offset: int, path: str) -> Iterator[Leaf]:
    match type:
        case Struct():
            yield from _members(unit.complete(type), unit, offset, path)
        case Array(of, length) if length is not None and (step := size(of)) is not None:
            for number in range(length):
                yield from _leaves(unit, of, offset + number * step, f"{path}[{number}]")
        case _:
            yield replace(scalar_leaf(type), offset=offset, path=path)


def _members(struct_: Struct, unit: Unit, offset: int, path: str) -> Iterator[Leaf]:
    placed = layout(struct_)
    if placed is None:
        raise Unsuited("a structure that is not complete")
    offsets, whole = placed
    fields = struct_.fields or ()
    if struct_.union or any(field.width is not None for field in fields):
        yield from (Leaf("B", offset + at, f"{path} byte {at}") for at in range(whole))
        return
    for field, at in zip(fields, offsets, strict=True):
        yield from _leaves(unit, field.type, offset + at, f"{path}.{field.name}" if field.name else path)
