"""A plan: which loops of a function run on the device, and how.

A plan says everything that the emitter does; whether that is right is for a checker to decide. Loops are named by the
line of their ``for``. ``span`` is a place in the plan's own text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from transpile.errors import Span

Axis: TypeAlias = Literal["x", "y", "z"]
Copies: TypeAlias = Literal["in", "out", "inout", "scratch"]
Operator: TypeAlias = Literal["+", "*", "min", "max", "&", "|", "^", "&&", "||"]
AXES: tuple[Axis, ...] = get_args(Axis)
COPIES: tuple[Copies, ...] = get_args(Copies)
OPERATORS: tuple[Operator, ...] = get_args(Operator)


@dataclass(frozen=True, slots=True)
class LoopName:
    """The ``for`` on a line; a ``column`` of 0 means that it is the first one there."""

    line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.line}:{self.column}" if self.column else str(self.line)


@dataclass(frozen=True, slots=True)
class ArrayPlan:
    """An array with its number of elements, as C, and when it is copied between host and device.

    ``out``: the device writes every element before it reads it; ``scratch``: what it holds means nothing before and
    after. Elements are those of the innermost dimension.
    """

    name: str
    extent: str
    copies: Copies
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Distinct:
    """Arrays that are checked at run time not to overlap; the function runs on the host if they do."""

    names: tuple[str, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reduction:
    """``variable`` is combined over all iterations.

    With ``at``, these variables have the values of the iteration that gave the minimum or maximum; among equals, of the
    one where they are smallest, or largest if ``last``.
    """

    variable: str
    operator: Operator
    at: tuple[str, ...] = ()
    last: bool = False


@dataclass(frozen=True, slots=True)
class HaloTile:
    """Each block keeps its part of ``array`` in shared memory, and ``halo`` more elements on each side."""

    array: str
    halo: int


@dataclass(frozen=True, slots=True)
class StripTile:
    """The loop runs in strips of ``size``; what all threads read in a strip is kept in shared memory."""

    loop: LoopName
    size: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One thread for each iteration of the loops in ``axes``; all loops inside run in the thread.

    ``stride``: at most so many blocks, whose threads take several iterations. ``per_block``: of these atomic arrays,
    each block has a copy that it adds to first. ``private``: variables of the function of which each thread has its
    own; ``lastprivate``: and the last iteration's value is kept.
    """

    axes: tuple[tuple[Axis, LoopName], ...]
    block: tuple[int, ...] = ()
    stride: int = 0
    reductions: tuple[Reduction, ...] = ()
    atomic: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    lastprivate: tuple[str, ...] = ()
    tiles: tuple[HaloTile, ...] = ()
    strip: StripTile | None = None
    per_block: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """A prefix sum or the like: ``variable`` is a scalar, or an array each element of which adds to the one before."""

    variable: str
    operator: Operator
    block: int = 256


@dataclass(frozen=True, slots=True)
class Wavefront:
    """The iterations of two loops in fronts: all with the same sum of ``weights`` times counters at once, one front
    after another. A thread for each iteration of the outer loop finds the one of the inner loop that is on the front.
    """

    weights: tuple[tuple[str, int], tuple[str, int]]
    block: int = 256
    private: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The sum as C."""
        texts = [f"{'' if abs(by) == 1 else f'{abs(by)} * '}{name}" for name, by in self.weights]
        (_, one), (_, two) = self.weights
        return f"{'-' * (one < 0)}{texts[0]} {'-' if two < 0 else '+'} {texts[1]}"


@dataclass(frozen=True, slots=True)
class Single:
    """A loop or statement that one thread of the device runs, so that its data stays there."""


@dataclass(frozen=True, slots=True)
class Host:
    """A loop that runs on the host, with all in it."""


How: TypeAlias = Grid | Scan | Wavefront | Single | Host


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the loop, or the statement, at ``loop``."""

    loop: LoopName
    how: How
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """``file`` is what messages call the plan."""

    arrays: tuple[ArrayPlan, ...] = ()
    distinct: tuple[Distinct, ...] = ()
    steps: tuple[Step, ...] = ()
    file: str = field(default="<plan>", compare=False)
