"""How a kernel is launched: the sizes of grid and block, as numbers or not known, and what holds of the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transpile.c.tree import Expression
from transpile.c.types import UNSIGNED
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.logic import Scope, Term, is_symbol

Size = tuple[int | None, int | None, int | None]
MAX_THREADS = 1024
MAX_ALL = (1 << 31) - MAX_THREADS - 1
_MAX_BLOCK = (1024, 1024, 64)
_MAX_OTHER_GRID = 65535
DIMENSIONS = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Launch:
    """``block`` and ``grid`` have None for sizes that are not known. ``assumptions`` are conditions over the kernel's
    parameters, as C expressions or trees that name them."""

    block: Size = (None, 1, 1)
    grid: Size = (None, 1, 1)
    assumptions: tuple[str | Expression, ...] = ()

    @property
    def concrete(self) -> bool:
        return None not in self.block

    @property
    def blocks(self) -> int | None:
        """How many there are, if that is known."""
        x, y, z = self.grid
        return None if x is None or y is None or z is None else x * y * z

    @property
    def threads(self) -> int | None:
        x, y, z = self.block
        return None if x is None or y is None or z is None else x * y * z


@dataclass(frozen=True, slots=True)
class Geometry:
    """The built-in variables of a thread, by name and dimension, and what holds of them."""

    builtins: Mapping[str, Mapping[str, Term]]
    facts: tuple[Term, ...]
    assumptions: tuple[str, ...]


def geometry(launch: Launch, arithmetic: Arithmetic) -> Geometry:
    found: dict[str, dict[str, Term]] = {name: {} for name in ("threadIdx", "blockIdx", "blockDim", "gridDim")}
    facts: list[Term] = []
    assumptions: list[str] = []
    for axis, dimension in enumerate(DIMENSIONS):
        threads, blocks = launch.block[axis], launch.grid[axis]
        most = _MAX_BLOCK[axis] if threads is None else threads
        most_blocks = _most_blocks(threads, axis) if blocks is None else blocks
        found["blockDim"][dimension] = _size(arithmetic, f"blockDim.{dimension}", threads, most)
        found["gridDim"][dimension] = _size(arithmetic, f"gridDim.{dimension}", blocks, most_blocks)
        for name, size, high, scope in (
            ("threadIdx", "blockDim", most, Scope.THREAD),
            ("blockIdx", "gridDim", most_blocks, Scope.BLOCK),
        ):
            made = _identity(arithmetic, f"{name}.{dimension}", high, scope)
            found[name][dimension] = made
            if (threads if name == "threadIdx" else blocks) is None:
                facts.append(arithmetic.compare("<", UNSIGNED, made, found[size][dimension]))
        if blocks is None and axis == 0:
            facts += _bounded_grid(arithmetic, found)
            assumptions.append("the grid has fewer than 2^31 - 1024 threads in x")
    if launch.threads is None and sum(size is None for size in launch.block) > 1:
        assumptions.append("the launch succeeds: a block has 1024 threads at most")
    return Geometry(found, tuple(facts), tuple(assumptions))


def _most_blocks(threads: int | None, axis: int) -> int:
    return _MAX_OTHER_GRID if axis else MAX_ALL // (threads or 1)


def _bounded_grid(arithmetic: Arithmetic, found: Mapping[str, Mapping[str, Term]]) -> list[Term]:
    """That the number of threads in x fits into ``int``. It has a symbol of its own, which the solver takes easier than
    a product."""
    block, index, grid = (found[name]["x"] for name in ("blockDim", "blockIdx", "gridDim"))
    if not arithmetic.unbounded or not (is_symbol(block) and is_symbol(index)):
        return []
    symbols = arithmetic.symbols
    symbols.products[frozenset((str(block.decl().name()), str(index.decl().name())))] = (0, MAX_ALL)
    total = symbols.bound(arithmetic.symbol("gridDim.x * blockDim.x", UNSIGNED, Scope.GRID), 1, MAX_ALL)
    symbols.replaced[frozenset((str(block.decl().name()), str(grid.decl().name())))] = total
    return [index * block + block <= total, total >= block, total >= grid]


def _size(arithmetic: Arithmetic, name: str, known: int | None, most: int) -> Term:
    if known is not None:
        return arithmetic.number(known, UNSIGNED)
    made = arithmetic.symbol(name, UNSIGNED, Scope.GRID, False)
    return arithmetic.symbols.bound(made, 1, most)


def _identity(arithmetic: Arithmetic, name: str, most: int, scope: Scope) -> Term:
    if most == 1:
        return arithmetic.number(0, UNSIGNED)
    made = arithmetic.symbol(name, UNSIGNED, scope, False)
    return arithmetic.symbols.bound(made, 0, most - 1)
