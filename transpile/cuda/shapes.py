"""Blocks and grids: their sides as the host computes them, within what devices allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transpile.cuda.counting import Count
from transpile.cuda.plan import Grid
from transpile.cuda.threads import Threads

_USUAL = {1: (256,), 2: (16, 16), 3: (8, 8, 4)}


@dataclass(frozen=True, slots=True)
class Shape:
    """``entered`` is when there is an iteration at all."""

    block: tuple[int, ...]
    grid: tuple[str, ...]
    entered: str
    called: tuple[str, str]
    """What the host calls the grid and the block where they have several sides."""

    @property
    def lines(self) -> list[str]:
        """The declarations that a launch needs."""
        if len(self.block) == 1:
            return []
        grid, block = self.called
        sides = ", ".join(map(str, self.block))
        return [f"const dim3 {block}({sides});", f"const dim3 {grid}({', '.join(self.grid)});"]

    @property
    def names(self) -> tuple[str, str]:
        """The grid and the block where a kernel is launched."""
        return (self.grid[0], str(self.block[0])) if len(self.block) == 1 else self.called


def block_of(grid: Grid) -> tuple[int, ...]:
    return grid.block or _USUAL[len(grid.axes)]


def shape(
    parts: Sequence[Threads], numbers: Sequence[Count], block: tuple[int, ...], most: int, called: tuple[str, str]
) -> Shape:
    """``most`` blocks if it is not 0; the threads then take several iterations."""
    side_most = _side(most, len(block))
    grid = [""] * len(block)
    entered = []
    for part, count in zip(parts, numbers, strict=True):
        place = "xyz".index(part.axis)
        arguments = f"{count.threads}, {block[place]}"
        limit = side_most if most else 65535 if part.strided else 0
        grid[place] = f"blocks_up_to({limit}, {arguments})" if limit else f"blocks({arguments})"
        entered.append(count.entered or f"{count.threads} > 0")
    return Shape(block, tuple(grid), " && ".join(dict.fromkeys(entered)), called)


def _side(most: int, sides: int) -> int:
    """The largest side of a grid of ``sides`` equal ones that has at most ``most`` blocks."""
    side = 1
    while (side + 1) ** sides <= most:
        side += 1
    return side
