"""Inputs that the C function accepts, with what it made of them."""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace

from transpile.emulators.cuda.run import Run
from transpile.trials.inputs import Input, Recipe
from transpile.trials.plan import Used
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
