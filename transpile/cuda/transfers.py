"""Where arrays are up to date, host or device, and the copies that keep both right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from transpile.c.printing import text
from transpile.c.tree import Expression, Name, Variable
from transpile.c.types import Pointer
from transpile.c.walking import substitute
from transpile.cuda.capture import row
from transpile.cuda.context import Context
from transpile.cuda.effects import Element


@dataclass(frozen=True, slots=True)
class Place:
    """Whether the copy of an array on either side holds its values."""

    host: bool
    device: bool


class State:
    """The places of all arrays at one point of the function."""

    def __init__(self, context: Context, places: dict[Variable, Place]) -> None:
        self._context = context
        self.places = places

    def copy(self) -> State:
        return State(self._context, dict(self.places))

    def to_device(self, variables: Iterable[Variable]) -> list[str]:
        """Copies that make the device's arrays valid."""
        lines = []
        for variable in self._known(variables):
            if not self.places[variable].device:
                array = self._context.resolved.arrays[variable]
                copied = f"{self._context.device(array)}, {variable.name}, {self._context.size(array)}"
                lines.append(f"CHECK(cudaMemcpy({copied}, cudaMemcpyHostToDevice));")
                self.places[variable] = replace(self.places[variable], device=True)
        return lines

    def to_host(self, variables: Iterable[Variable]) -> list[str]:
        lines = []
        for variable in self._known(variables):
            if not self.places[variable].host:
                array = self._context.resolved.arrays[variable]
                copied = f"{variable.name}, {self._context.device(array)}, {self._context.size(array)}"
                lines.append(f"CHECK(cudaMemcpy({copied}, cudaMemcpyDeviceToHost));")
                self.places[variable] = replace(self.places[variable], host=True)
        return lines

    def fetch(self, elements: Iterable[Element]) -> list[str]:
        """Copies of single elements that the host is about to read."""
        return [
            self._moved(element, to_device=False)
            for element in elements
            if element.array.variable in self.places and not self.places[element.array.variable].host
        ]

    def push(self, elements: Iterable[Element]) -> list[str]:
        """Copies of single elements that the host has written."""
        return [
            self._moved(element, to_device=True)
            for element in elements
            if element.array.variable in self.places and self.places[element.array.variable].device
        ]

    def _moved(self, element: Element, to_device: bool) -> str:
        array = element.array
        device = replace(array.variable, number=-1, name=self._context.device(array))
        shown = text(element.expression, macros=True)
        pointer = Name(device, type=Pointer(row(array.variable)), span=element.expression.span)
        there: Expression = substitute(element.expression, {array.variable: pointer})
        far, near = f"&{text(there, macros=True)}", f"&{shown}"
        if to_device:
            return f"CHECK(cudaMemcpy({far}, {near}, sizeof {shown}, cudaMemcpyHostToDevice));"
        return f"CHECK(cudaMemcpy({near}, {far}, sizeof {shown}, cudaMemcpyDeviceToHost));"

    def device_wrote(self, variables: Iterable[Variable]) -> None:
        for variable in self._known(variables):
            self.places[variable] = Place(False, True)

    def host_wrote(self, variables: Iterable[Variable]) -> None:
        for variable in self._known(variables):
            self.places[variable] = Place(True, False)

    def meet(self, other: State) -> None:
        """What holds in both; an array that would be valid nowhere is to be made so on the device."""
        for variable, place in self.places.items():
            there = other.places.get(variable, place)
            found = Place(place.host and there.host, place.device and there.device)
            self.places[variable] = found if found.host or found.device else Place(False, True)

    def become(self, wanted: State) -> list[str]:
        """Copies after which at least all is valid that is in ``wanted``; then exactly that."""
        lines = self.to_device([v for v, place in wanted.places.items() if place.device])
        lines += self.to_host([v for v, place in wanted.places.items() if place.host])
        for variable in self._known(wanted.places):
            self.places[variable] = wanted.places[variable]
        return lines

    def _known(self, variables: Iterable[Variable]) -> list[Variable]:
        """Those with a copy on the device, in the order of the plan."""
        asked = set(variables)
        return [variable for variable in self.places if variable in asked]
