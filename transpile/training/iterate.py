"""Expert iteration: a model's own samples, proved; the cheapest proved one of a block becomes what it learns next."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from transpile.corpora.pairs import Prover, Reader, Spoken, row
from transpile.lm.embedded import EmbeddedProposer, build
from transpile.lm.settings import Settings
from transpile.options import Options
from transpile.planning import Body, cost
from transpile.targets import syntax_of, target_isa

WEIGHT = 3
"""Times that a pair cheaper than the rules' is learned from."""


def better(
    folder: Path, weights: Path, target_name: str, known: set[str], blocks: int, samples: int,
    tell: Callable[[str], None],
) -> list[dict[str, object]]:  # fmt: skip
    """Rows for blocks of ``folder`` with a hash in ``known`` of which a proved sample is cheaper than the rules'."""
    target = target_isa(target_name)
    model = build(target, Settings(samples=samples), weights)
    prover = Prover(target, Options(jobs=1))
    reader = Reader(target, syntax_of(target_name), Options(jobs=1))
    counts: Counter[str] = Counter()
    found: list[dict[str, object]] = []
    for project, spoken in _spoken(folder, reader, prover, known):
        if counts["asked"] >= blocks:
            break
        counts["asked"] += 1
        best = cheapest(spoken, model, prover)
        if best is not None:
            pair = prover.pair(spoken, best)
            if pair is not None:
                counts["cheaper"] += 1
                found += [row(spoken, *pair, project, target_name)] * WEIGHT
        if counts["asked"] % 500 == 0:
            tell(f"{target_name}: {counts['asked']} blocks asked, {counts['cheaper']} with a cheaper translation")
    return found


def _spoken(folder: Path, reader: Reader, prover: Prover, known: set[str]) -> Iterator[tuple[str, Spoken]]:
    paths = sorted(folder.glob("*/**/*.s"))
    Random(0).shuffle(paths)
    for path in paths:
        batch = [spoken for spoken in reader.blocks(path) if spoken.canonical.hash in known]
        prover.learn(batch)
        for spoken in batch:
            yield path.relative_to(folder).parts[0], spoken


def cheapest(spoken: Spoken, model: EmbeddedProposer, prover: Prover) -> Body | None:
    """The cheapest proved sample that is cheaper than the rules' translation."""
    model.prepare([spoken.unit])
    for candidate in sorted(model.propose(spoken.unit, ()), key=lambda c: c.cost):
        if candidate.cost >= cost(spoken.body):
            return None
        if prover.proves(spoken, candidate.body):
            return candidate.body
    return None


def append(path: Path, rows: list[dict[str, object]]) -> None:
    """Add rows to a data file."""
    with path.open("a") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
