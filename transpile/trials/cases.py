"""Inputs that the C function accepts, with what it made of them."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transpile.emulators.cuda.run import Run
from transpile.trials.inputs import Input, Recipe
from transpile.trials.plan import Used
from transpile.trials.subject import Subject
from transpile.trials.values import SMALL


def children_s() -> float:
    """Processor time of all programs that were run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Case:
    """A valid input, as bytes too, and what the C function made of it."""

    used: Used
    packed: bytes
    expected: Run

    @property
    def given(self) -> Input:
        return self.used.given


def plain(case: Case) -> Recipe:
    return replace(case.given.recipe, distribution=SMALL, overlap=None)


def said_sizes(case: Case) -> str:
    return ", ".join(f"{name} = {value}" for name, value in case.given.scalars.items()) or "this input"


def large(cases: Sequence[Case], most: int) -> list[Case]:
    """Of those that take little time, one with all sizes large, and for each size one where it is; then other large
    ones: one input may hide what is wrong."""
    cheap = [case for case in cases if case.used.cheap]
    names = dict.fromkeys(name for case in cheap for name in case.given.recipe.sizes)
    found = [max(cheap, key=lambda case: case.given.recipe.sizes.get(name, 0)) for name in names]
    found = [max(cheap, key=lambda case: min(case.used.sizes, default=0)), *found] if cheap else []
    found += sorted(cheap, key=lambda case: -sum(case.used.sizes))
    return list({id(case): case for case in found}.values())[:most]


def short(cases: Sequence[Case], subject: Subject, most: int) -> list[Case]:
    """One where no size is small, and some in which one is, so that things are done once."""
    filled = (case for case in cases if not case.given.empty and case.given.recipe.overlap is None)
    cheap = [case for case in filled if case.used.cheap]
    cheap.sort(key=lambda case: -sum(size > 2 for size in case.used.sizes))
    names = (*subject.counts, *subject.dimensions)
    small = [(name, size) for size in (1, 2) for name in names]
    found = (next((c for c in cheap if c.given.recipe.sizes[name] == size), None) for name, size in small)
    chosen = (*cheap[:1], *(case for case in found if case is not None))
    return list({id(case): case for case in chosen}.values())[:most]
