"""The recipe of the model that proposes plans: random nests, training, quantisation, evaluation; each step once.

``state.json`` in the output folder says what is done, so that the same command goes on where it stopped.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from transpile.c.parse import parse_text
from transpile.corpora.nests import program
from transpile.errors import TranspileError
from transpile.offload.cost import Model as CostModel
from transpile.offload.embedded_plans import FOLDER, build
from transpile.offload.proposers import Nest, nests
from transpile.offload.rules import proposals
from transpile.offload.variants import preferred, variants
from transpile.solvers.loops.analysis import Analysis, analyse
from transpile.training import data, plans
from transpile.training.config import ModelShape, Schedule, merged, section
from transpile.training.quantise import quantise
from transpile.training.train import trainer

DEFAULT = Path(__file__).parent / "cuda.toml"
STATE = "state.json"
SAMPLES = 8
OTHERS = 1_000_000
"""Programs from this number on are for the evaluation."""


@dataclass(frozen=True, slots=True)
class PlanConfig:
    programs: int
    first: int
    variations: int
    evaluate_nests: int
    model: ModelShape
    train: Schedule


def load(path: Path | None) -> PlanConfig:
    """The defaults with what ``path`` changes; raises UsageError."""
    table = merged(tomllib.loads(DEFAULT.read_text()), path)
    model, train = section(ModelShape, table["model"]), section(Schedule, table["train"])
    return PlanConfig(
        table["programs"], table["first"], table["variations"], table["evaluate_nests"], model=model, train=train
    )


@dataclass(slots=True)
class PlanRecipe:
    """``out`` receives ``data``, ``checkpoint`` and ``weights``."""

    config: PlanConfig
    out: Path
    tell: Callable[[str], None]

    def run(self) -> dict[str, Any]:
        """Do what is left to do; what is known afterwards."""
        self.out.mkdir(parents=True, exist_ok=True)
        self._once("data", lambda: plans.collect(self.folder, self.config.programs, self.tell, self.config.first))
        self._once("variations", lambda: plans.enlarge(self.folder, self.config.variations, self.config.train.seed))
        self._once("train", self._train)
        self._once("quantise", self._quantise)
        self._once("evaluate", lambda: evaluate(self.out / "weights", self.folder, self.config.evaluate_nests))
        return self._state()

    @property
    def folder(self) -> Path:
        return self.out / "data"

    def _once(self, step: str, do: Callable[[], Any]) -> None:
        state = self._state()
        if step in state:
            self.tell(f"{step}: done before")
            return
        self.tell(step)
        state[step] = do()
        part = self.out / f"{STATE}.part"
        part.write_text(json.dumps(state, indent=1))
        part.rename(self.out / STATE)

    def _state(self) -> dict[str, Any]:
        path = self.out / STATE
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def _train(self) -> dict[str, Any]:
        found = trainer(self.out / "checkpoint", self.folder, self.config.model, self.config.train, self.tell)
        exact = found.run(self.config.train.minutes)
        return {"exact": exact, "steps": found.step, "pairs": found.seen, "minutes": found.spent_s / 60}

    def _quantise(self) -> dict[str, int]:
        weights = self.out / "weights" / FOLDER
        quantise(self.out / "checkpoint", weights)
        return {"bytes": sum(path.stat().st_size for path in weights.iterdir())}


def evaluate(weights: Path, learned: Path, wanted: int) -> dict[str, float]:
    """What the model says of nests that it has not learned from. ``read``: the first answer is a plan; ``best``: one
    within a tenth of the cheapest variant; ``best of 8``: one of the answers is. ``cheaper``: the first is clearly
    cheaper than the rules', and ``could be``: some variant is."""
    known = {row["hash"] for name in plans.SPLITS[:2] for row in data.rows(learned / f"{name}.jsonl")}
    model = build(SAMPLES, weights)
    counts = dict.fromkeys(("nests", "read", "best", "best of 8", "cheaper", "could be"), 0)
    for analysis, nest in _others(known):
        if counts["nests"] >= wanted:
            break
        assert nest.form is not None
        costs = CostModel(analysis)
        ways = preferred(variants(nest.loop, costs), costs, nest.usual)
        if not ways:
            continue
        answers = model.answered(nest)
        least, usual = costs.total(ways[0]), costs.total(nest.usual)
        near = [costs.total(way) <= 1.1 * least for way in answers]
        counts["nests"] += 1
        counts["read"] += bool(answers)
        counts["best"] += near[:1] == [True]
        counts["best of 8"] += any(near)
        counts["cheaper"] += any(costs.total(way) < 0.9 * usual for way in answers[:1])
        counts["could be"] += least < 0.9 * usual
    total = counts.pop("nests")
    return {"nests": total, **{name: count / max(total, 1) for name, count in counts.items()}}


def _others(known: set[str]) -> Iterator[tuple[Analysis, Nest]]:
    """Distinct nests of further random programs."""
    met = set(known)
    seed = OTHERS
    while True:
        seed += 1
        found = program(Random(f"nests {seed}"))
        try:
            unit = parse_text(found.text, "work.c")
            analysis = analyse(unit, unit.function("work"), found.extents)
        except TranspileError:
            continue
        first = next(proposals(analysis), None)
        for nest in nests(analysis, first.plan.steps if first else ()):
            if nest.form is not None and nest.form.hash not in met:
                met.add(nest.form.hash)
                yield analysis, nest
