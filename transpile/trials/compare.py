"""What two runs of the same input gave, compared: to the bit, or as closely as sums in another order can agree.

NaNs are equal to each other. Padding of structures does not count, nor does what is left in scratch memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from transpile.trials.elements import Element, Leaf
from transpile.trials.inputs import Input
from transpile.trials.subject import Subject


@dataclass(frozen=True, slots=True)
class Exact:
    """Equal bits; ``-0.0`` is not ``0.0``."""

    def __str__(self) -> str:
        return "equal bits"


@dataclass(frozen=True, slots=True)
class Close:
    """Floating values differ by at most ``relative`` times the largest magnitude in the array, or in the arguments.
    Small whole numbers in a function that only adds, subtracts and multiplies must come out equal."""

    relative: float
    products: bool = False
    """Values are multiplied in another order, too: they must be such that no product overflows in any order."""

    def __str__(self) -> str:
        return f"floating values within {self.relative:g} of the largest"


Comparison: TypeAlias = Exact | Close
EXACT = Exact()
_FLOAT_EXPONENTS, _DOUBLE_EXPONENTS = 120, 1000
_EXACT_BELOW = {"f": 2.0**20, "d": 2.0**49}


@dataclass(frozen=True, slots=True)
class Difference:
    """The first element that differs: ``where`` as C names it, how many more there are, and how far apart they may be:
    not at all if ``allowed`` is 0."""

    where: str
    expected: str
    got: str
    elements: int = 1
    allowed: float = 0.0

    def __str__(self) -> str:
        others = f" (and {self.elements - 1} more)" if self.elements > 1 else ""
        return f"{self.where} is {self.got}, not {self.expected}{others}"


def may_overflow(subject: Subject, given: Input, how: Comparison) -> bool:
    """Whether the order of multiplications may decide whether there is a result."""
    if isinstance(how, Exact) or not how.products:
        return False
    sizes = (abs(math.log2(abs(v))) for values in _floats(subject, given) for v in values if v and math.isfinite(v))
    narrow = any(leaf.code == "f" for array in subject.arrays for leaf in array.element.leaves)
    return sum(sizes) >= (_FLOAT_EXPONENTS if narrow else _DOUBLE_EXPONENTS)


def compare(subject: Subject, given: Input, expected: bytes, got: bytes, how: Comparison) -> Difference | None:
    """How the output ``got`` differs from ``expected``; both as the harness wrote them."""
    if len(got) != len(expected):
        return Difference("the size of the output", f"{len(expected)} bytes", f"{len(got)} bytes")
    if isinstance(how, Exact) and got == expected:
        return None
    at = 0
    for name, element, count, index_shift in _memories(subject, given):
        end = at + count * element.width
        found = _first(name, element, expected[at:end], got[at:end], _tolerance(subject, given, how), index_shift)
        if found is not None:
            return found
        at = end
    return None


def _memories(subject: Subject, given: Input) -> Iterator[tuple[str, Element, int, int]]:
    """What the output consists of: a name, its type, how many, and where among them the name's own elements begin."""
    if subject.result is not None:
        yield "the result", Element((subject.result,), subject.result.width), 1, 0
    for array in subject.arrays:
        own = given.memory.get(array.name)
        if own is None:
            continue
        width = array.element.width
        units = len(own) // width
        if array.access == "scratch":
            yield "", Element((), width), units, 0
        else:
            yield array.name, array.element, units, given.placements[array.name].offset // width


@dataclass(frozen=True, slots=True)
class _Tolerance:
    """``relative`` is 0 for equality; ``whole``: exact results of whole numbers must be equal all the same."""

    relative: float
    whole: bool
    magnitude: float


def _tolerance(subject: Subject, given: Input, how: Comparison) -> _Tolerance:
    if isinstance(how, Exact):
        return _Tolerance(0.0, True, 0.0)
    whole = subject.exact and given.recipe.distribution.whole
    return _Tolerance(how.relative, whole, _magnitude(_floats(subject, given)))


def _floats(subject: Subject, given: Input) -> Iterator[Sequence[float]]:
    yield [given.scalars[scalar.name] for scalar in subject.scalars if scalar.leaf.floating]
    for array in subject.arrays:
        for leaf, values in array.element.unpacked(given.memory.get(array.name, b"")):
            if leaf.floating:
                yield values


def _magnitude(columns: Iterator[Sequence[float]]) -> float:
    return max((abs(v) for values in columns for v in values if math.isfinite(v)), default=0.0)


def _first(
    name: str, element: Element, expected: bytes, got: bytes, tolerance: _Tolerance, shift: int
) -> Difference | None:
    if expected == got:
        return None
    found: list[tuple[int, Leaf, float, float, float]] = []
    for (leaf, wanted), (_, held) in zip(element.unpacked(expected), element.unpacked(got), strict=True):
        allowed = _allowed(leaf, wanted, tolerance)
        found += [
            (place, leaf, a, b, allowed)
            for place, (a, b) in enumerate(zip(wanted, held, strict=True))
            if a != b or (a == 0 and leaf.floating)
            if not _equal(leaf, a, b, allowed, tolerance.relative == 0.0)
        ]
    if not found:
        return None
    place, leaf, a, b, allowed = min(found, key=lambda row: (row[0], row[1].offset))
    where = name if name == "the result" else f"{name}[{place - shift}]{leaf.path}"
    return Difference(where, _shown(leaf, a), _shown(leaf, b), len(found), allowed)


def _allowed(leaf: Leaf, wanted: Sequence[float], tolerance: _Tolerance) -> float:
    """How far values of ``leaf`` may be apart."""
    if not leaf.floating or tolerance.relative == 0.0:
        return 0.0
    largest = _magnitude(iter((wanted,)))
    if tolerance.whole and largest < _EXACT_BELOW[leaf.code] and all(map(_is_whole, wanted)):
        return 0.0
    return tolerance.relative * max(largest, tolerance.magnitude)


def _is_whole(value: float) -> bool:
    return math.isfinite(value) and float(value * 1024).is_integer()


def _equal(leaf: Leaf, expected: float, got: float, allowed: float, signs: bool) -> bool:
    if not leaf.floating:
        return expected == got
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    if expected == got:
        return not signs or math.copysign(1.0, expected) == math.copysign(1.0, got)
    return abs(expected - got) <= allowed < math.inf


def _shown(leaf: Leaf, value: float) -> str:
    if leaf.code == "f":
        return f"{value:.9g}f" if math.isfinite(value) else str(value)
    return repr(value)
