"""The embedded model as a proposer of plans: nests as tokens in, steps as tokens out; no torch, no network.

What the model answers is read by ``nest_tokens``, which gives nothing but what the analysis allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from transpile.cuda.plan import Step
from transpile.lm.embedded import WEIGHTS
from transpile.offload.nest_tokens import Unspeakable, read
from transpile.offload.proposers import Idea, Nest, Task, Tried, combined, nests

if TYPE_CHECKING:
    from transpile.lm.engine import Engine

FOLDER = "cuda"


@dataclass(slots=True)
class EmbeddedPlans:
    """``samples`` answers by beam search for each nest; it learns nothing from feedback."""

    engine: Engine
    samples: int
    name: str = "embedded"
    learns: bool = False
    unread: int = 0
    known: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """Answers by the hash of the nest."""

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]:
        if task.usual is None:
            return []
        found = list(nests(task.analysis, task.usual.plan.steps))
        self._ask(found)
        ways = [self.ways(nest) or [nest.usual] for nest in found]
        return [Idea(plan) for plan, _ in zip(combined(task, ways), range(self.samples), strict=False)]

    def _ask(self, found: Sequence[Nest]) -> None:
        forms = {nest.form.hash: nest.form.tokens for nest in found if nest.form is not None}
        fresh = {key: tokens for key, tokens in forms.items() if key not in self.known}
        if fresh:
            answers = self.engine.generate(list(fresh.values()), self.samples)
            self.known |= {key: [one.tokens for one in row] for key, row in zip(fresh, answers, strict=True)}

    def answered(self, nest: Nest) -> list[tuple[Step, ...]]:
        """``ways`` of a nest that may not have been asked about."""
        self._ask([nest])
        return self.ways(nest)

    def ways(self, nest: Nest) -> list[tuple[Step, ...]]:
        """The distinct steps that the answers for a nest say, the likeliest first."""
        if nest.form is None:
            return []
        ways: dict[tuple[Step, ...], None] = {}
        for tokens in self.known.get(nest.form.hash, []):
            try:
                ways.setdefault(read(tokens, nest.form))
            except Unspeakable:
                self.unread += 1
        return list(ways)


def build(samples: int, weights: Path = WEIGHTS) -> EmbeddedPlans:
    """The model of the package, or of a folder that ``transpile train`` wrote.

    Raises:
        ToolError: the weights or the engine are missing.
    """
    return EmbeddedPlans(_engine(weights / FOLDER), samples)


@cache
def _engine(folder: Path) -> Engine:
    from transpile.lm.engine import Engine

    return Engine(folder)
