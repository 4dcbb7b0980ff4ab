"""What the parts of one emission share: names that are free, and what the kernels need of the rest of the text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from transpile.c.tree import Node, Statement, Variable
from transpile.c.types import CType
from transpile.c.unit import Function, Unit
from transpile.c.walking import transform
from transpile.cuda.dialect import RESERVED, Dialect, unsupported
from transpile.cuda.plan import Operator
from transpile.cuda.resolve import DeviceArray, Nest, Resolved
from transpile.errors import SourceError, Span
from transpile.loops.counted import Counted

S = TypeVar("S", bound=Statement)
_ROUNDED = re.compile(
    r"(std::)?(cbrt|exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos|atan|sinh|cosh|tanh|asinh|acosh|atanh|pow|"
    r"atan2|hypot|erf|erfc|tgamma|lgamma)f?"
)
"""Functions whose last bits differ between libraries."""
_WIDTH = 96
INDENT = "    "
_DEVICE_CALLS = re.compile(
    r"(std::)?(f?abs|labs|llabs|max|min|printf|assert|memcpy|memset|"
    r"(sqrt|cbrt|exp|exp2|expm1|log|log2|log10|log1p|logb|ilogb|sin|cos|tan|asin|acos|atan|sinh|cosh|tanh|asinh|acosh|"
    r"atanh|pow|atan2|fmod|hypot|fabs|floor|ceil|round|trunc|rint|nearbyint|lround|llround|lrint|llrint|erf|erfc|tgamma|"
    r"lgamma|fmin|fmax|fdim|fma|ldexp|scalbn|scalbln|frexp|modf|copysign|remainder|remquo|nextafter|isnan|isinf|"
    r"isfinite|isnormal|signbit|abs)f?)|"
    r"atomic(Add|Sub|Min|Max|And|Or|Xor)|"
    r"__builtin_(inff?|huge_valf?|nanf?|isnan|isinf|isinf_sign|isfinite|signbitf?|expect)"
)


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel as text, and the host's lines that launch it (at no indentation)."""

    name: str
    text: str
    nest: Span
    grid: str
    block: str


@dataclass(frozen=True, slots=True)
class BlockOperation:
    """A function of the device for all threads of a block: ``combine`` or ``scan`` of values of ``type``."""

    kind: str
    operator: Operator
    type: CType
    at: tuple[CType, ...] = ()
    last: bool = False


@dataclass(slots=True)
class Context:
    unit: Unit
    dialect: Dialect
    resolved: Resolved
    taken: set[str]
    devices: dict[Variable, str] = field(default_factory=dict)
    sizes: dict[Variable, str] = field(default_factory=dict)
    searches: dict[Variable, str] = field(default_factory=dict)
    """Functions that find out how large arrays are."""
    kernels: list[Kernel] = field(default_factory=list)
    device_functions: dict[str, None] = field(default_factory=dict)
    block_operations: dict[BlockOperation, int] = field(default_factory=dict)
    assumptions: dict[str, None] = field(default_factory=dict)

    @property
    def function(self) -> Function:
        return self.resolved.function

    @property
    def global_names(self) -> list[str]:
        """What is defined for this function beside itself."""
        return [*(kernel.name for kernel in self.kernels), *self.searches.values()]

    def share(self, other: Context) -> None:
        """Let this function stand in one text with that of ``other``."""
        self.kernels = other.kernels
        self.device_functions = other.device_functions
        self.block_operations = other.block_operations
        self.assumptions = other.assumptions

    def fresh(self, name: str) -> str:
        """``name``, or one like it that nothing else has."""
        found, number = name, 2
        while found in self.taken or found in RESERVED:
            found, number = f"{name}_{number}", number + 1
        self.taken.add(found)
        return found

    def local(self, name: str) -> str:
        """A name for inside of one kernel, or one block of the host's function, that hides no other."""
        while name in self.taken or name in RESERVED:
            name += "_"
        return name

    def array(self, variable: Variable) -> DeviceArray | None:
        return self.resolved.arrays.get(variable)

    def device(self, array: DeviceArray) -> str:
        """What the host calls the device's copy of ``array``."""
        if array.variable not in self.devices:
            self.devices[array.variable] = self.fresh(f"d_{array.name}")
        return self.devices[array.variable]

    def size(self, array: DeviceArray) -> str:
        """What the host calls the number of bytes of ``array``."""
        if array.variable not in self.sizes:
            self.sizes[array.variable] = self.fresh(f"{array.name}_bytes")
        return self.sizes[array.variable]

    def extent(self, array: DeviceArray) -> str:
        """The number of elements of ``array``, as the host computes it."""
        extent = array.extent
        if not extent.search:
            return extent.text
        if array.variable not in self.searches:
            self.searches[array.variable] = self.fresh(f"{array.name}_extent")
        return f"{self.searches[array.variable]}({', '.join(variable.name for variable in extent.variables)})"

    def call(self, name: str, span: Span) -> None:
        """A kernel, or a function that one calls, calls ``name``."""
        if any(function.name == name for function in self.unit.functions):
            self.device_functions.setdefault(name)
        elif not _DEVICE_CALLS.fullmatch(name):
            raise unsupported(span, f"a call of '{name}' on the device", "keep its loop on the host")
        elif _ROUNDED.fullmatch(name):
            self.assumptions.setdefault(f"'{name}' gives the same on the device as on the host")

    def assume_room(self, loop: Counted) -> None:
        """The counter of ``loop`` has 64 bits, in which threads behind the last iteration count on."""
        where = f"the counter '{loop.counter.name}' of the loop on line {loop.span.line}"
        self.assumptions.setdefault(f"{where} stays a block away from the ends of its type")

    def use(self, operation: BlockOperation, threads: int) -> None:
        self.block_operations[operation] = max(self.block_operations.get(operation, 0), threads)


def refuse(nest: Nest, message: str, hint: str = "") -> SourceError:
    """The plan asks for what cannot be."""
    return SourceError(nest.span, message, hint)


def controlled(head: str, lines: Sequence[str]) -> list[str]:
    """``lines`` under ``if (...)`` or ``for (...)``, with braces if there are several."""
    if len(lines) == 1:
        return [*wrapped(head), INDENT + lines[0]]
    return [*wrapped(f"{head} {{"), *indented(lines), "}"]


def wrapped(head: str) -> list[str]:
    """A long ``for (...)`` or ``if (...)`` in several lines."""
    if len(head) <= _WIDTH:
        return [head]
    if head.startswith("for (") and head.count("; ") == 2:
        first, _, last = head.rpartition("; ")
        return [f"{first};", " " * len("for (") + last]
    ends = [at for at in range(_WIDTH) if head.startswith(" && ", at)]
    breaks = [at for at in ends if head[:at].count("(") == head[:at].count(")") + 1]
    if not head.startswith("if (") or not breaks:
        return [head]
    at = breaks[-1]
    return [head[:at] + " &&", *(INDENT + line for line in wrapped(head[at + 4 :]))]


def indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    return [INDENT * depth + line if line else line for line in lines]


def without_pragmas(statement: S) -> S:
    """``statement`` without what only compilers for the host are told."""

    def change(node: Node) -> Node:
        if isinstance(node, Statement) and node.notes.pragmas:
            return dataclasses.replace(node, notes=dataclasses.replace(node.notes, pragmas=()))
        return node

    return transform(statement, change)
