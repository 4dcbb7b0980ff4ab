"""Which inputs to try, the most revealing and cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice

from transpile.trials.inputs import Input, Overlap, Recipe, overlaps
from transpile.trials.sizes import combinations, edges
from transpile.trials.subject import Subject
from transpile.trials.values import ASCENDING, DESCENDING, INFINITIES, NANS, NORMAL, SMALL, USUAL, ZEROS

_FIRST, _MOST, _SHIFTS = 18, 60, 3
MOST_PAIRS = 3
"""How many pairs of arrays are made to overlap."""
_SPECIAL = (NANS, INFINITIES, ZEROS, NANS, ZEROS, NANS, ZEROS, ZEROS)


_FEW = 3
_CHEAP_S = 0.05
"""What a run may take for an input whose sizes serve for all kinds of values."""


@dataclass(slots=True)
class Used:
    """An input that is tried, and the processor time that the C function and a run of the CUDA program took for it."""

    given: Input
    seconds: float = 0.0

    @property
    def sizes(self) -> Sequence[int]:
        return list(self.given.recipe.sizes.values())

    @property
    def cheap(self) -> bool:
        return self.seconds <= _CHEAP_S


def core(subject: Subject, blocks: Sequence[int], seed: int, used: Sequence[Used], special: bool) -> Iterator[Recipe]:
    """Recipes that every trial needs: sizes around blocks, the edges of sizes, arrays that overlap, and all kinds of
    values; with ``special``, also those that show in which order things are computed. ``used`` grows while they are
    tried; what comes later builds on it."""
    yield from islice(_sized(subject, blocks, seed), _FIRST)
    usual = revealing(used, blocks[0])
    kinds = _SPECIAL if special else ()
    for number, (one, distribution) in enumerate(zip(_usual(usual, blocks[0]), kinds, strict=False)):
        yield Recipe(one.given.recipe.sizes, distribution, number, seed + 400 + number)
    for one in usual[:1]:
        yield from _overlapping(subject, one.given.recipe, used)
    for number, sizes in enumerate(edges(subject.dimensions, subject.counts, blocks)):
        yield Recipe(sizes, NORMAL, 0, seed + 300 + number)
    for number, distribution in enumerate((ASCENDING, DESCENDING) if subject.dimensions else ()):
        yield Recipe(dict.fromkeys((*subject.dimensions, *subject.counts), 2), distribution, 0, seed + 500 + number)
    for number, (one, distribution) in enumerate(zip(_usual(usual, blocks[0]), USUAL, strict=False)):
        turn = one.given.recipe.turn + number
        yield Recipe(one.given.recipe.sizes, distribution, turn, seed + 100 + number)


def more(subject: Subject, blocks: Sequence[int], seed: int) -> Iterator[Recipe]:
    """Recipes with other sizes, for the time that is left."""
    yield from islice(_sized(subject, blocks, seed), _FIRST, _MOST)


def skipped_pairs(subject: Subject) -> Sequence[Overlap]:
    """The pairs of arrays that may overlap and are not made to."""
    return list(overlaps(subject))[_SHIFTS * MOST_PAIRS :: _SHIFTS]


def revealing(used: Sequence[Used], block: int) -> list[Used]:
    """Inputs in which no size hides anything and nothing overlaps, the best first: for each size the cheapest one with
    several blocks along it, then the others, the cheapest first."""
    filled = [one for one in used if not one.given.empty and one.given.recipe.overlap is None]
    found = sorted((one for one in filled if min(one.sizes, default=3) > 2), key=lambda one: one.seconds) or filled
    names = dict.fromkeys(name for one in found for name in one.given.recipe.sizes)
    several = [next((one for one in found if one.given.recipe.sizes[name] > block), None) for name in names]
    return list({id(one): one for one in (*several, *found) if one is not None}.values())


def _usual(known: Sequence[Used], block: int) -> Iterator[Used]:
    """Again and again the best inputs that take little time; at first the best of all."""
    cheap = [one for one in known if one.cheap]
    several = [one for one in cheap if max(one.sizes, default=0) > block][:_FEW]
    largest = sorted(cheap, key=lambda one: -sum(one.sizes))[:1]
    return chain(known[:1], cycle(several or largest or known[:1]))


def _sized(subject: Subject, blocks: Sequence[int], seed: int) -> Iterator[Recipe]:
    for turn, sizes in enumerate(combinations(subject.dimensions, subject.counts, blocks)):
        yield Recipe(sizes, USUAL[turn % len(USUAL)], turn, seed + turn)


def _overlapping(subject: Subject, usual: Recipe, used: Sequence[Used]) -> Iterator[Recipe]:
    """With the usual sizes, or small ones if the function does not accept those."""
    small: Mapping[str, int] = min(
        [usual.sizes, *(one.given.recipe.sizes for one in used if not one.given.empty)],
        key=lambda sizes: sum(sizes.values()),
    )
    for overlap in islice(overlaps(subject), _SHIFTS * MOST_PAIRS):
        recipe = replace(usual, distribution=SMALL, overlap=overlap)
        yield recipe
        if not used or used[-1].given.recipe != recipe:
            yield replace(recipe, sizes=small)
