"""Training: goes on where it stopped, and int8 weights answer as the checkpoint does."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from transpile.errors import UsageError
from transpile.training import data
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
