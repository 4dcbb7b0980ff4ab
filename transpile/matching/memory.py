"""Which side has the current values of each array: the host, the buffer of the device, or one element alone.

A buffer that nothing was copied into may be used all the same: it has the current values of all elements that have been
written since. That no other element is read is for others to show; such arrays are ``unset``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from transpile.c.tree import Expression, Variable
from transpile.c.walking import variables
from transpile.errors import Span
from transpile.matching.bodies import Mismatch


class Lost(Exception):
    """The two functions could not be followed any further."""

    def __init__(self, reason: str, ours: Span, theirs: Span) -> None:
        super().__init__(reason)
        self.mismatch = Mismatch(reason, ours, theirs)


@dataclass(frozen=True, slots=True)
class Buffer:
    """Memory of the device for ``array``; ``size`` in bytes, in terms of the C side."""

    array: Variable
    size: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Sides:
    """Who has the current values of an array.

    ``unset``: nothing has been copied into the buffer. ``element`` is the subscript of an element that the host has
    even if it has no other; ``owed``: that one is newer than the device's.
    """

    host: bool = True
    device: bool = False
    unset: bool = True
    element: Expression | None = None
    owed: bool = False

    @property
    def on_device(self) -> bool:
        return self.device and not self.owed

    def meet(self, other: Sides) -> Sides:
        element = self.element if self.element == other.element else None
        owed = self.owed or other.owed
        device = self.device and other.device and not (owed and element is None)
        return Sides(self.host and other.host, device, self.unset or other.unset, element, owed and element is not None)


@dataclass(frozen=True, slots=True)
class State:
    """What holds at one place of the program."""

    sizes: dict[Variable, Expression]
    sides: dict[Variable, Sides]
    live: set[Variable]


@dataclass(slots=True)
class Memory:
    """``written`` are arrays that the C function has written to before they had a buffer."""

    sizes: dict[Variable, Expression] = field(default_factory=dict)
    """By the pointers of the CUDA side: the buffers that there are, and how many bytes they have."""
    sides: dict[Variable, Sides] = field(default_factory=dict)
    made: dict[Variable, Buffer] = field(default_factory=dict)
    unset: dict[Variable, None] = field(default_factory=dict)
    written: set[Variable] = field(default_factory=set)
    live: set[Variable] = field(default_factory=set)
    """Pointers to memory that is not freed yet."""

    def state(self) -> State:
        return State(dict(self.sizes), dict(self.sides), set(self.live))

    def restore(self, state: State) -> None:
        self.sizes, self.sides, self.live = dict(state.sizes), dict(state.sides), set(state.live)

    def allocate(self, pointer: Variable, array: Variable, size: Expression, span: Span) -> None:
        if array in (buffer.array for buffer in self.made.values()):
            raise Lost(f"'{array.name}' has two buffers", span, span)
        self.sizes[pointer] = size
        self.live.add(pointer)
        self.made[pointer] = Buffer(array, size, span)
        self.sides[array] = Sides(device=array not in self.written)

    def release(self, pointer: Variable, span: Span) -> None:
        if pointer not in self.live:
            raise Lost(f"'{pointer.name}' has no memory to free", span, span)
        self.live.remove(pointer)
        self.sizes.pop(pointer, None)

    def to_device(self, array: Variable, span: Span) -> None:
        self._need(self.sides[array].host, f"the host's '{array.name}' is out of date here", span)
        self.sides[array] = Sides(True, True, False)

    def to_host(self, array: Variable, span: Span) -> None:
        sides = self.sides[array]
        self._need(sides.on_device, f"the device's '{array.name}' is out of date here", span)
        if sides.unset:
            self.unset[array] = None
        self.sides[array] = replace(sides, host=True)

    def lend(self, array: Variable, element: Expression, span: Span) -> None:
        """One element is copied to the host."""
        sides = self.sides[array]
        self._need(sides.on_device, f"the device's '{array.name}' is out of date here", span)
        if sides.unset:
            self.unset[array] = None
        self.sides[array] = replace(sides, element=element)

    def give_back(self, array: Variable, element: Expression, span: Span) -> None:
        """One element is copied to the device."""
        sides = self.sides[array]
        self._need(sides.host or sides.element == element, f"the host's '{array.name}' is out of date here", span)
        if sides.element == element:
            self.sides[array] = replace(sides, owed=False)

    def read(self, array: Variable, ours: Span, theirs: Span) -> None:
        """The host reads any of the array's elements."""
        self._need(self.sides[array].host, f"the host's '{array.name}' is out of date here", theirs, ours)

    def write(self, array: Variable) -> None:
        """The host has written any of the array's elements."""
        self.written.add(array)
        if array in self.sides:
            self.sides[array] = replace(self.sides[array], device=False, element=None, owed=False)

    def write_element(self, array: Variable, element: Expression) -> None:
        """The host has written this element alone, and the device does not have it yet."""
        sides = self.sides[array]
        device = sides.on_device or (sides.device and sides.element == element)
        self.sides[array] = replace(sides, device=device, element=element, owed=True)
        self.written.add(array)

    def launch(self, named: set[Variable], written: set[Variable], ours: Span, theirs: Span) -> None:
        """The device reads ``named`` and writes some of them."""
        for array in [array for array in self.sides if array in named]:
            sides = self.sides[array]
            self._need(sides.on_device, f"the device's '{array.name}' is out of date", theirs, ours)
            if sides.unset:
                self.unset[array] = None
            if array in written:
                self.sides[array] = replace(sides, host=False, element=None)

    def forget(self, changed: Iterable[Variable]) -> None:
        """What depends on the values of these variables is not known any more."""
        lost = set(changed)
        for pointer in [p for p, size in self.sizes.items() if lost.intersection(variables(size))]:
            del self.sizes[pointer]
        for array, sides in self.sides.items():
            if sides.element is not None and lost.intersection(variables(sides.element)):
                self.sides[array] = replace(sides, device=sides.on_device, element=None, owed=False)

    def meet(self, other: Mapping[Variable, Sides]) -> None:
        self.sides = {array: sides.meet(other.get(array, sides)) for array, sides in self.sides.items()}

    def leave(self, discarded: set[Variable], ours: Span, theirs: Span) -> None:
        for pointer in sorted(self.live, key=lambda one: one.number):
            raise Lost(f"'{pointer.name}' is not freed", ours, theirs)
        for array, sides in self.sides.items():
            if array not in discarded:
                self._need(sides.host, f"'{array.name}' is not copied back", theirs, ours)

    def _need(self, holds: bool, reason: str, theirs: Span, ours: Span | None = None) -> None:
        if not holds:
            raise Lost(reason, ours or theirs, theirs)
