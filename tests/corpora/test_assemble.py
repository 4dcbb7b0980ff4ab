"""Shards of one target become three files: whole projects are held out, and blocks that others have are not."""

from __future__ import annotations

import json
from pathlib import Path

from transpile.corpora.pairs import assemble, split_of


def projects(split: str) -> str:
    """A project's name whose blocks with the hash 0…1 are of ``split``."""
    return next(name for name in (f"project{n}" for n in range(1000)) if split_of(name, key(1)) == split)


def key(number: int) -> str:
    return f"{number:024x}"[::-1]


def rows(path: Path) -> list[str]:
    return [json.loads(line)["hash"] for line in path.read_text().splitlines()]


def test_splits(tmp_path: Path) -> None:
    shards = tmp_path / "shards"
    shards.mkdir()
    ours, held_out = projects("train"), projects("test")
    (shards / f"{ours}.jsonl").write_text("".join(json.dumps({"hash": key(n)}) + "\n" for n in range(1, 40)))
    (shards / f"{held_out}.jsonl").write_text("".join(json.dumps({"hash": key(n)}) + "\n" for n in range(30, 50)))
    counts = assemble(shards, tmp_path / "data")
    found = {split: rows(tmp_path / "data" / f"{split}.jsonl") for split in ("train", "valid", "test")}
    assert {split: len(hashes) for split, hashes in found.items() if hashes} == counts
    assert sorted(found["train"] + found["valid"]) == sorted(map(key, range(1, 40)))
    assert sorted(found["test"]) == sorted(map(key, range(40, 50)))
