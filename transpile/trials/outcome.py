"""What a trial can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from transpile.emulators.cuda.run import Order
from transpile.errors import Diagnostic, Span
from transpile.trials.compare import Comparison, Difference
from transpile.trials.inputs import Input


@dataclass(frozen=True, slots=True)
class Schedule:
    """How threads and blocks took turns."""

    order: Order
    seed: int = 0

    def __str__(self) -> str:
        return f"{self.order} {self.seed}" if self.order == "random" else self.order


@dataclass(frozen=True, slots=True)
class Failure:
    """Something wrong at ``span`` of the CUDA text, if anybody knows where. ``kind`` is one of the emulator's, or
    ``compile``, or ``exit``."""

    kind: str
    message: str
    span: Span | None = None

    @property
    def diagnostic(self) -> Diagnostic:
        return Diagnostic("error", f"{self.kind}: {self.message}", self.span)


@dataclass(frozen=True, slots=True)
class Tested:
    """No difference and no fault in ``runs`` runs of the CUDA program; says nothing about other inputs.

    ``discarded`` counts inputs that were not used, by reason; ``sizes`` are those that were.
    """

    runs: int
    inputs: int
    sizes: tuple[Mapping[str, int], ...]
    schedules: tuple[Schedule, ...]
    discarded: Mapping[str, int]
    comparison: Comparison
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]

    word = "tested"


@dataclass(frozen=True, slots=True)
class Differs:
    """The CUDA program is wrong: its output differs, or it has faults, or both. ``input`` under ``schedule`` shows it
    again; without an input, the text does not compile."""

    difference: Difference | None
    failures: tuple[Failure, ...]
    input: Input | None = None
    schedule: Schedule | None = None

    word = "differs"

    @property
    def circumstances(self) -> str:
        """The input in words: sizes, kind of data, seed, order."""
        if self.input is None:
            return ""
        recipe = self.input.recipe
        said = [", ".join(f"{name} = {value}" for name, value in self.input.scalars.items())]
        said += [f"values: {recipe.distribution.name}, seed {recipe.seed}"]
        said += [f"threads {self.schedule}"] * (self.schedule is not None)
        said += [f"overlapping: {recipe.overlap}"] * (recipe.overlap is not None)
        return "; ".join(filter(None, said))

    def __str__(self) -> str:
        said = [failure.diagnostic.render() for failure in self.failures]
        said += [str(self.difference)] * (self.difference is not None)
        said += [self.circumstances] * (self.input is not None)
        return "\n".join(said)


@dataclass(frozen=True, slots=True)
class Unusable:
    """No trial is possible, or too little of one."""

    reason: str
    discarded: Mapping[str, int]

    word = "unusable"


Outcome: TypeAlias = Tested | Differs | Unusable
