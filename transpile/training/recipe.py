"""The whole recipe: data, training, expert iteration, quantisation, evaluation, a plot and a card; each step once.

``state.json`` in the output folder says what is done, so that the same command goes on where it stopped.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from transpile.corpora.pairs import assemble, collect
from transpile.errors import UsageError
from transpile.lm.embedded import build
from transpile.lm.seats import Seat, chain, settings_of
from transpile.options import Options
from transpile.targets import target_isa
from transpile.training import data
from transpile.training.card import card
from transpile.training.config import Config
from transpile.training.evaluate import BUDGET, greedy_rate, held_out, score
from transpile.training.iterate import append, better
from transpile.training.quantise import quantise
from transpile.training.train import LOSS, trainer

STATE = "state.json"
CARD = "model.md"


@dataclass(slots=True)
class Recipe:
    """``corpus``: ``<project>/**/*.s``; ``out``: receives ``shards``, ``data``, ``checkpoints`` and ``weights``."""

    config: Config
    corpus: Path
    out: Path
    tell: Callable[[str], None]
    options: Options = field(default_factory=lambda: Options(jobs=1))
    """``store`` and ``lm``: a proof store, and the models whose translations in it are learned from."""

    def run(self) -> dict[str, Any]:
        """Do what is left to do; what is known afterwards, for the model card.

        Raises:
            UsageError: the corpus has no assembly files, or no block could be learned from.
        """
        if not any(self.corpus.glob("*/**/*.s")):
            raise UsageError(
                f"no assembly files in '{self.corpus}'", "it must hold PROJECT/*.s; see python -m transpile.corpora"
            )
        self.out.mkdir(parents=True, exist_ok=True)
        for target in self.config.targets:
            self._once(f"data {target}", partial(self._collect, target))
        self._once("split", self._split)
        for target in self.config.targets:
            self._once(f"train {target}", partial(self._train, target, self.config.train.minutes))
            self._once(f"quantise {target}", partial(self._quantise, target))
            for turn in range(1, self.config.iterate.rounds + 1):
                self._once(f"iterate {target} {turn}", partial(self._iterate, target))
                total = self.config.train.minutes + turn * self.config.iterate.minutes
                self._once(f"train {target} {turn}", partial(self._train, target, total))
                self._once(f"quantise {target} {turn}", partial(self._quantise, target))
        for target in self.config.targets:
            self._once(f"evaluate {target}", partial(self._evaluate, target))
        self._plot()
        found = self._state()
        (self.out / CARD).write_text(card(self.config, found, self._curves()))
        return found

    def _collect(self, target: str) -> dict[str, int]:
        return collect(self.corpus, self.out / "shards", target, self.config.pairs_per_project or None, self.options)

    def _state(self) -> dict[str, Any]:
        path = self.out / STATE
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def _once(self, step: str, do: Callable[[], Any]) -> None:
        state = self._state()
        if step in state:
            self.tell(f"{step}: done before")
            return
        self.tell(step)
        state[step] = do()
        partial = self.out / f"{STATE}.part"
        partial.write_text(json.dumps(state, indent=1))
        partial.rename(self.out / STATE)

    def _split(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for target in self.config.targets:
            found = assemble(self.out / "shards" / target, self._data(target))
            counts |= {f"{target} {split}": n for split, n in found.items()}
            if not (self._data(target) / "train.jsonl").stat().st_size:
                raise UsageError("no block of the corpus could be learned from")
        return counts

    def _data(self, target: str) -> Path:
        return self.out / "data" / target

    def _train(self, target: str, minutes: float) -> dict[str, Any]:
        found = trainer(
            self.out / "checkpoints" / target, self._data(target), self.config.model, self.config.train, self.tell
        )
        exact = found.run(minutes)
        self.tell(f"{target}: {exact:.1%} of held-out blocks exactly as the data has them")
        return {"exact": exact, "steps": found.step, "pairs": found.seen, "minutes": found.spent_s / 60}

    def _quantise(self, target: str) -> dict[str, int]:
        weights = self.out / "weights" / target
        quantise(self.out / "checkpoints" / target, weights)
        return {"bytes": sum(path.stat().st_size for path in weights.iterdir())}

    def _iterate(self, target: str) -> dict[str, int]:
        path = self._data(target) / "train.jsonl"
        known = {row["hash"] for row in data.rows(path)}
        plan = self.config.iterate
        found = better(self.corpus, self.out / "weights", target, known, plan.blocks, plan.samples, self.tell)
        append(path, found)
        return {"cheaper pairs": len(found)}

    def _evaluate(self, target: str) -> dict[str, Any]:
        """Held-out blocks: of the projects that are split off, or of the validation pairs where there are none."""
        wanted = self.config.evaluate_blocks
        options = replace(BUDGET, seed=self.config.train.seed)
        found = held_out(self.corpus, target, self._data(target), wanted, options.seed)
        if not found:
            return {"blocks": 0}
        weights = self.out / "weights" / target
        isa = target_isa(target)
        seats = {
            "embedded": Seat(build(isa, settings_of(options), self.out / "weights"), "embedded"),
            "random": chain(replace(options, lm="random"), isa, {})[0],
        }
        rows = {name: score(found, target, seat, options).row() for name, seat in seats.items()}
        return {**rows, "blocks": len(found), "greedy blocks/s": greedy_rate(found, weights)}

    def _curves(self) -> dict[str, list[list[str]]]:
        """``loss.csv`` of each target: seconds, steps, pairs, loss."""
        paths = {target: self.out / "checkpoints" / target / LOSS for target in self.config.targets}
        return {
            target: list(csv.reader(path.read_text().splitlines())) if path.exists() else []
            for target, path in paths.items()
        }

    def _plot(self) -> None:
        """Loss curves of all targets as ``loss.svg``."""
        import matplotlib

        matplotlib.use("svg")
        from matplotlib import pyplot

        figure, axes = pyplot.subplots(figsize=(7, 4))
        for target in self.config.targets:
            rows = self._curves()[target]
            axes.plot([float(row[0]) / 60 for row in rows], [float(row[3]) for row in rows], label=target)
        axes.set_xlabel("minutes")
        axes.set_ylabel("loss (nats per token)")
        axes.set_yscale("log")
        axes.legend()
        figure.savefig(self.out / "loss.svg")
