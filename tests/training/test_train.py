"""Training: goes on where it stopped, and int8 weights answer as the checkpoint does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest

from transpile.corpora.pairs import split_of
from transpile.errors import UsageError
from transpile.lm.embedded import WEIGHTS
from transpile.training import data, recipe
from transpile.training.config import load

WORDS = [f"w{n}" for n in range(12)]


def rows(count: int, seed: int) -> list[dict[str, str]]:
    draw = Random(seed)
    found = []
    for _ in range(count):
        words = draw.choices(WORDS, k=draw.randrange(2, 6))
        found.append({"source": " ".join(words), "output": " ".join(reversed(words))})
    return found


def written(folder: Path) -> Path:
    for name, count in (("train", 200), ("valid", 20)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows(count, len(name))))
    return folder


def test_settings_are_merged_and_unknown_ones_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[train]\nminutes = 2.0\n")
    assert load(path).train.minutes == 2.0
    path.write_text("[train]\nminuts = 2.0\n")
    with pytest.raises(UsageError, match=r"train\.minuts"):
        load(path)


def test_batches_keep_to_the_budget_and_hold_every_pair() -> None:
    found = rows(100, 1)
    pairs = data.encode(found, data.vocabulary(found))
    stream = data.batches(pairs, 60, Random(0))
    met: list[data.Pair] = []
    while len(met) < len(pairs):
        batch = next(stream)
        assert len(batch) * max(len(p.source) + len(p.output) for p in batch) <= 60
        met += batch
    assert sorted(map(id, met)) == sorted(map(id, pairs))


def test_short_sources_come_first() -> None:
    found = rows(100, 1)
    pairs = data.encode(found, data.vocabulary(found))
    limit = 4
    stream = data.batches(pairs, 60, Random(0), lambda: limit)
    assert all(len(p.source) <= 4 for _ in range(6) for p in next(stream))
    limit = 99
    assert any(len(p.source) > 4 for _ in range(200) for p in next(stream))


def test_the_rate_rises_stays_and_falls() -> None:
    schedule = load(None).train
    assert schedule.rate(0, 0.0) < schedule.rate(schedule.warmup_steps, 0.3) == schedule.learning_rate
    assert schedule.rate(10**6, 1.0) == 0.0
    assert schedule.longest(0.0) < schedule.longest(0.5)


def test_a_checkpoint_is_taken_up_and_quantised(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra 'train'")
    pytest.importorskip("transformers", reason="needs the extra 'train'")
    from transpile.lm.engine import Engine
    from transpile.training.config import ModelShape, Schedule
    from transpile.training.quantise import quantise
    from transpile.training.train import trainer

    source = written(tmp_path)
    shape, schedule = ModelShape(32, 64, 1, 1, 2), Schedule(1.0, 1e-3, 5, 400, 1, 0, 5.0, 0.5, [[0.01, 4]])
    out = tmp_path / "checkpoint"
    first = trainer(out, source, shape, schedule, lambda _: None)
    first.run(0.02)
    again = trainer(out, source, shape, schedule, lambda _: None)
    again.run(0.03)
    assert again.step > first.step
    quantise(out, tmp_path / "weights", "float32")
    answers = Engine(tmp_path / "weights").greedy([r["source"].split() for r in rows(8, 5)])
    assert len(answers) == 8


class Untrained:
    """Stands in for torch: learns nothing, at once."""

    step, seen, spent_s = 3, 24, 60.0

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data

    def run(self, minutes: float) -> float:
        assert (self.data / "train.jsonl").stat().st_size
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "loss.csv").write_text("30,1,8,2.5\n60,3,24,1.5\n")
        return 0.25


def test_the_recipe_goes_from_a_corpus_to_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the learning itself: the weights are those of the package."""
    monkeypatch.setattr(recipe, "trainer", lambda folder, data, *rest: Untrained(folder, data))
    monkeypatch.setattr(recipe, "quantise", lambda trained, out: shutil.copytree(WEIGHTS / "riscv", out))
    monkeypatch.setattr(recipe.Recipe, "_plot", lambda self: None)
    names = {split_of(name, "1" * 24): name for name in (f"project{n}" for n in range(100))}
    for split, source in (("train", "examples/tally.s"), ("test", "tests/golden/sources/calls.s")):
        (tmp_path / "corpus" / names[split]).mkdir(parents=True)
        shutil.copy(Path(__file__).parents[2] / source, tmp_path / "corpus" / names[split])
    path = tmp_path / "own.toml"
    path.write_text('targets = ["riscv"]\npairs_per_project = 20\nevaluate_blocks = 3\n[iterate]\nrounds = 0\n')
    told: list[str] = []
    work = recipe.Recipe(load(path), tmp_path / "corpus", tmp_path / "out", told.append)
    state = work.run()
    assert state["split"]["riscv train"] > 10
    assert state["split"]["riscv test"] > 3
    assert state["evaluate riscv"]["embedded"]["rules"] == 1.0
    card = (tmp_path / "out" / "model.md").read_text()
    assert f"| train pairs | {state['split']['riscv train']} |" in card
    assert "| riscv | 1 | 24 | 1.5 | 25.0% |" in card
    told.clear()
    assert work.run() == state
    assert all(line.endswith("done before") for line in told)
