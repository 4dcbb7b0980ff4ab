"""Which inputs to try, the most revealing and cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from transpile.trials.inputs import Input, Overlap, Recipe, overlaps
from transpile.trials.sizes import combinations, edges
from transpile.trials.subject import Subject
from transpile.trials.values import ASCENDING, DESCENDING, INFINITIES, NANS, NORMAL, SMALL, USUAL, ZEROS

_FIRST, _MOST, _SHIFTS = 12, 60, 3
MOST_PAIRS = 3
"""How many pairs of arrays are made to overlap."""
_SPECIAL = (NANS, INFINITIES, ZEROS, NANS, ZEROS, NANS, ZEROS, ZEROS)


def core(subject: Subject, blocks: Sequence[int], seed: int, used: Sequence[Input], special: bool) -> Iterator[Recipe]:
    """Recipes that every trial needs: sizes around blocks, the edges of sizes, arrays that overlap, and all kinds of
    values; with ``special``, also those that show in which order things are computed. ``used`` grows while they are
    tried; what comes later builds on it."""
    yield from islice(_sized(subject, blocks, seed), _FIRST)
    usual = _usual(used)
    if usual is not None:
        for number, distribution in enumerate(_SPECIAL if special else ()):
            yield Recipe(usual.sizes, distribution, usual.turn + number, seed + 400 + number)
        yield from _overlapping(subject, usual, used)
    for number, sizes in enumerate(edges(subject.dimensions, subject.counts, blocks)):
        yield Recipe(sizes, NORMAL, 0, seed + 300 + number)
    for number, distribution in enumerate((ASCENDING, DESCENDING) if subject.dimensions else ()):
        yield Recipe(dict.fromkeys((*subject.dimensions, *subject.counts), 2), distribution, 0, seed + 500 + number)
    if usual is not None:
        for number, distribution in enumerate(USUAL):
            yield Recipe(usual.sizes, distribution, usual.turn + number, seed + 100 + number)


def more(subject: Subject, blocks: Sequence[int], seed: int) -> Iterator[Recipe]:
    """Recipes with other sizes, for the time that is left."""
    yield from islice(_sized(subject, blocks, seed), _FIRST, _MOST)


def skipped_pairs(subject: Subject) -> Sequence[Overlap]:
    """The pairs of arrays that may overlap and are not made to."""
    return list(overlaps(subject))[_SHIFTS * MOST_PAIRS :: _SHIFTS]


def _usual(used: Sequence[Input]) -> Recipe | None:
    """That of an input in which no size hides anything."""
    filled = [given.recipe for given in used if not given.empty]
    return next((recipe for recipe in filled if min(recipe.sizes.values(), default=3) > 2), next(iter(filled), None))


def _sized(subject: Subject, blocks: Sequence[int], seed: int) -> Iterator[Recipe]:
    for turn, sizes in enumerate(combinations(subject.dimensions, subject.counts, blocks)):
        yield Recipe(sizes, USUAL[turn % len(USUAL)], turn, seed + turn)


def _overlapping(subject: Subject, usual: Recipe, used: Sequence[Input]) -> Iterator[Recipe]:
    """With the usual sizes, or small ones if the function does not accept those."""
    small: Mapping[str, int] = min(
        [usual.sizes, *(given.recipe.sizes for given in used if not given.empty)], key=lambda sizes: sum(sizes.values())
    )
    for overlap in islice(overlaps(subject), _SHIFTS * MOST_PAIRS):
        recipe = replace(usual, distribution=SMALL, overlap=overlap)
        yield recipe
        if not used or used[-1].recipe != recipe:
            yield replace(recipe, sizes=small)
