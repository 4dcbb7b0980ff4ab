"""Which inputs to try, the most revealing and cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from transpile.trials.inputs import Input, Overlap, Recipe, overlaps
from transpile.trials.sizes import combinations
from transpile.trials.subject import Subject
from transpile.trials.values import INFINITIES, NANS, SMALL, USUAL

CORE = 24
"""How many recipes are tried even if time runs short."""
_FIRST, _MOST = 8, 60
MOST_PAIRS = 3
"""How many pairs of arrays are made to overlap."""


def plan(subject: Subject, blocks: Sequence[int], seed: int, used: Sequence[Input], special: bool) -> Iterator[Recipe]:
    """Recipes until there are no more. ``used`` grows while they are tried; what comes later builds on it. ``special``:
    also values whose order of computation shows."""
    sizes = list(islice(combinations(subject.dimensions, subject.counts, blocks), _MOST))
    recipes = (Recipe(each, USUAL[turn % len(USUAL)], turn, seed + turn) for turn, each in enumerate(sizes))
    yield from islice(recipes, _FIRST)
    usual = next((given.recipe for given in used if not given.empty), None)
    if usual is not None:
        for number, distribution in enumerate((NANS, INFINITIES, NANS) if special else ()):
            yield Recipe(usual.sizes, distribution, usual.turn + number, seed + 400 + number)
        for number, overlap in enumerate(list(overlaps(subject))[: 3 * MOST_PAIRS]):
            yield Recipe(usual.sizes, SMALL, usual.turn, seed + 200 + number, overlap)
    if sizes and sizes[0]:
        yield Recipe(dict.fromkeys(sizes[0], -1), SMALL, 0, seed + 300)
    if usual is not None:
        for number, distribution in enumerate(USUAL):
            yield Recipe(usual.sizes, distribution, usual.turn + number, seed + 100 + number)
    yield from recipes


def skipped_pairs(subject: Subject) -> Sequence[Overlap]:
    """The pairs of arrays that may overlap and are not made to."""
    return list(overlaps(subject))[3 * MOST_PAIRS :: 3]
