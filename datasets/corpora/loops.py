"""The kernels of ``datasets/loops``: how to call each of them, and what with.

``kernels.toml`` says it; ``datasets/loops/README.md`` explains its keys.
"""

from __future__ import annotations

import math
import random
import tomllib
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TYPECODES = {"int": "i", "size_t": "Q", "float": "f", "double": "d", "unsigned char": "B"}
"""C types and what ``array`` calls them."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """``extent`` and ``access`` are empty for scalars."""

    name: str
    type: str
    extent: str = ""
    access: str = ""
    values: str = ""
    range: Sequence[float] = ()

    @property
    def declaration(self) -> str:
        const = "const " if self.access == "in" else ""
        return f"{const}{self.type} {'*' if self.extent else ''}{self.name}"


@dataclass(frozen=True, slots=True)
class Kernel:
    """``tolerance`` is ``exact`` or ``associative``; ``sizes`` give a value to every integer that has no ``values``."""

    name: str
    source: Path
    function: str
    tolerance: str
    parameters: Sequence[Parameter]
    sizes: Sequence[Mapping[str, int]]
    requires: Sequence[str] = ()

    @property
    def arrays(self) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.extent]

    @property
    def scalars(self) -> list[Parameter]:
        return [parameter for parameter in self.parameters if not parameter.extent]


def load(folder: Path) -> list[Kernel]:
    """The kernels in ``folder``, in the order of its ``kernels.toml``."""
    table = tomllib.loads((folder / "kernels.toml").read_text())
    return [_kernel(folder, name, row) for name, row in table["kernel"].items()]


def _kernel(folder: Path, name: str, row: dict[str, Any]) -> Kernel:
    parameters = [Parameter(**parameter) for parameter in row["parameters"]]
    return Kernel(name, folder / f"{name}.c", **row | {"parameters": parameters})


def value(expression: str, sizes: Mapping[str, int]) -> int:
    """An extent or a condition of ``kernels.toml`` in numbers."""
    return int(eval(expression, {"__builtins__": {}}, dict(sizes)))


def initial(parameter: Parameter, sizes: Mapping[str, int], rng: random.Random) -> array[Any]:
    """What a parameter holds before the call; nothing may depend on the poison in ``out`` and ``scratch`` arrays."""
    typecode = TYPECODES[parameter.type]
    if parameter.name in sizes:
        return array(typecode, [sizes[parameter.name]])
    count = value(parameter.extent or "1", sizes)
    if not parameter.values:
        return array(typecode, [math.nan if typecode in "fd" else 99] * count)
    columns = value(parameter.extent.rpartition("*")[2] or "1", sizes)
    return array(typecode, GENERATORS[parameter.values](rng, count, columns, *parameter.range))


def _uniform(rng: random.Random, count: int, columns: int, low: float, high: float) -> list[float]:
    return [rng.uniform(low, high) for _ in range(count)]


def _nonneg_int(rng: random.Random, count: int, columns: int, low: int, high: int) -> list[int]:
    return [rng.randint(low, high) for _ in range(count)]


def _diagdominant(rng: random.Random, count: int, columns: int, low: float, high: float) -> list[float]:
    a = _uniform(rng, count, columns, low, high)
    for i in range(min(columns, count // max(columns, 1))):
        row = a[i * columns : (i + 1) * columns]
        a[i * columns + i] = 1 + sum(map(abs, row)) - abs(row[i])
    return a


def _spd(rng: random.Random, count: int, columns: int, low: float, high: float) -> list[float]:
    a, n = _uniform(rng, count, columns, low, high), columns
    a = [a[max(i, j) * n + min(i, j)] for i in range(n) for j in range(n)]
    for i in range(n):
        a[i * n + i] = 1 + sum(abs(a[i * n + j]) for j in range(n) if j != i)
    return a


def _decaying(rng: random.Random, count: int, columns: int, low: float, high: float) -> list[float]:
    return [x / 2 ** (k + 1) for k, x in enumerate(_uniform(rng, count, columns, low, high))]


GENERATORS: Mapping[str, Callable[..., list[Any]]] = {
    "uniform": _uniform,
    "nonneg_int": _nonneg_int,
    "diagdominant": _diagdominant,
    "spd": _spd,
    "decaying": _decaying,
}
"""Values by the names of ``[values]``: a generator, how many, how many in a row, and the bounds."""
