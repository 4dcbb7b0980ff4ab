"""A CUDA translation unit: kernels, functions of the device and of the host, variables by memory space, launches.

Function bodies are trees of ``transpile.c``. A launch is there ``Comma(Call("__launch", (grid, block, …)), Call(kernel,
arguments))``; ``launches`` finds them. Synchronisation, atomics and exchanges are calls by their CUDA names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.c.tree import Call, Comma, Declare, Expression, Variable
from transpile.c.unit import Function, Unit
from transpile.c.walking import walk
from transpile.errors import Span
from transpile.kernels.words import LAUNCH

Space: TypeAlias = Literal["shared", "constant", "device", "managed", "host"]
_SPACES: tuple[Space, ...] = ("shared", "constant", "managed", "device")


def space(variable: Variable) -> Space:
    """The memory that ``variable`` was declared for. ``host`` is that of the host, or of the thread in a kernel."""
    return next((space for space in _SPACES if space in variable.attributes), "host")


def launch_bounds(function: Function) -> tuple[str, ...]:
    """What ``__launch_bounds__`` says of a kernel, as written; empty without."""
    for attribute in function.variable.attributes:
        if attribute.startswith("launch_bounds("):
            return tuple(attribute.removeprefix("launch_bounds(").removesuffix(")").split(","))
    return ()


@dataclass(frozen=True, slots=True)
class KernelLaunch:
    """``kernel<<<configuration>>>(arguments)`` within the host function ``caller``."""

    kernel: str
    configuration: tuple[Expression, ...]
    arguments: tuple[Expression, ...]
    caller: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CudaUnit:
    """``unit`` has everything in the order of the text. A function may be one of the host and of the device."""

    unit: Unit

    @property
    def kernels(self) -> tuple[Function, ...]:
        return self._functions("global")

    @property
    def device_functions(self) -> tuple[Function, ...]:
        return self._functions("device")

    @property
    def host_functions(self) -> tuple[Function, ...]:
        only_device = {"global", "device"}
        return tuple(
            function
            for function in self.unit.functions
            if "host" in function.variable.attributes or not only_device & set(function.variable.attributes)
        )

    @property
    def globals(self) -> tuple[Declare, ...]:
        """The variables at file scope; ``space`` says whose they are."""
        return self.unit.globals

    def kernel(self, name: str) -> Function:
        """The kernel called ``name``; raises what refuses it, or KeyError."""
        function = self.unit.function(name)
        if "global" not in function.variable.attributes:
            raise KeyError(name)
        return function

    def launches(self) -> Iterator[KernelLaunch]:
        """Every launch, in the order of the text."""
        for function in self.unit.functions:
            for node in walk(function.body):
                match node:
                    case Comma(Call(name, configuration), Call(kernel, arguments)) if name == LAUNCH:
                        yield KernelLaunch(kernel, configuration, arguments, function.name, node.right.span)

    def _functions(self, attribute: str) -> tuple[Function, ...]:
        return tuple(f for f in self.unit.functions if attribute in f.variable.attributes)
