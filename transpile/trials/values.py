"""Values of elements: distributions that find different errors, each the same for the same seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from transpile.trials.elements import Leaf

_POOL = 509
"""How many different values are made; elements are drawn from these."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """``whole``: floating values are small whole numbers, so that their sums and products are exact in any order.
    ``special``: there are infinities and NaNs."""

    name: str
    whole: bool = False
    special: bool = False


SMALL = Distribution("small whole numbers", whole=True)
NORMAL = Distribution("normal")
TIES = Distribution("few values, many ties", whole=True)
ASCENDING = Distribution("ascending", whole=True)
DESCENDING = Distribution("descending", whole=True)
EQUAL = Distribution("all equal", whole=True)
ZEROS = Distribution("zeros of either sign", whole=True)
"""Among ones of one sign, so that a zero is the largest or the smallest, but seldom the first."""
UNIT = Distribution("between 0 and 1")
WIDE = Distribution("large and tiny")
NANS = Distribution("some NaNs", special=True)
INFINITIES = Distribution("some infinities", special=True)
USUAL = (SMALL, NORMAL, TIES, ASCENDING, UNIT, EQUAL, DESCENDING, WIDE, ZEROS)


def column(distribution: Distribution, leaf: Leaf, count: int, random: Random) -> Sequence[float]:
    """``count`` values for ``leaf``."""
    if leaf.code == "?":
        return random.choices((0, 1), k=count)
    if distribution in (ASCENDING, DESCENDING):
        step = max(1, count // 64)
        ordered = [_clamped(leaf, place // step - 20) for place in range(count)]
        return ordered[:: -1 if distribution is DESCENDING else 1]
    return random.choices(_pool(distribution, leaf, random), k=count)


def scalar(distribution: Distribution, leaf: Leaf, number: int) -> float:
    """A value for a scalar that is no size, the ``number``-th of a few."""
    if leaf.code == "?":
        return number % 2
    if not leaf.floating:
        return _clamped(leaf, (2, 1, 3, -1, 0, 7, 4)[number % 7])
    if distribution.special:
        return (math.nan, math.inf, -0.0, -math.inf)[number % 4]
    if distribution.whole:
        return float((2, -1, 3, 0, 1)[number % 5])
    if distribution is WIDE:
        return (1e12, -1e-12, 0.1, -1e6)[number % 4]
    return (1.5, -0.7, 0.1, 2.3)[number % 4]


def _pool(distribution: Distribution, leaf: Leaf, random: Random) -> Sequence[float]:
    if distribution is EQUAL:
        return (_clamped(leaf, random.randint(1, 3)),)
    if distribution is ZEROS:
        return (0.0, -0.0, *[random.choice((-1.0, 1.0))] * 4) if leaf.floating else (0,)
    if distribution is TIES:
        return [_clamped(leaf, value) for value in (-1, 2, 3)]
    if distribution is SMALL:
        return [_clamped(leaf, value) for value in range(-4, 5)]
    return _floats(distribution, random) if leaf.floating else _integers(distribution, leaf, random)


def _floats(distribution: Distribution, random: Random) -> Sequence[float]:
    normal = [random.gauss(0, 1) for _ in range(_POOL)]
    if distribution is UNIT:
        return [random.random() for _ in range(_POOL)]
    if distribution is WIDE:
        return [value * 10.0 ** random.randint(-12, 12) for value in normal] + [-0.0]
    if distribution is NANS:
        return normal[:30] + [math.nan] * 10 + [0.0, -0.0]
    if distribution is INFINITIES:
        return [*normal[:30], math.inf, -math.inf, 0.0, -0.0]
    return normal


def _integers(distribution: Distribution, leaf: Leaf, random: Random) -> Sequence[float]:
    least, most = leaf.range
    if distribution is UNIT:
        return (0, 1)
    if distribution is WIDE:
        return [random.randint(least, most) for _ in range(_POOL)] + [least, most, 0]
    return [random.randint(max(least, -1000), min(most, 1000)) for _ in range(_POOL)]


def _clamped(leaf: Leaf, value: int) -> int:
    least, most = leaf.range
    return min(max(value, least), most)
