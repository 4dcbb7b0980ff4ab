"""The embedded model on held-out blocks: pass@k, after sketches and feedback, and what is cheaper than the rules'.

Held out are the projects of a corpus that ``transpile.corpora.pairs.split_of`` calls ``test``, without the canonical
blocks that the other projects have too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from random import Random

from transpile.checker import BlockChecker
from transpile.core.loop import Candidate, Judged, Limits, Seats, translate_unit
from transpile.core.verdict import Proved
from transpile.corpora.pairs import Prover, Reader, Spoken, split_of
from transpile.judging import Replayed
from transpile.lm.seats import Model, Seat
from transpile.options import Options
from transpile.planning import BlockUnit, Body, cost
from transpile.sketches import SketchFiller
from transpile.targets import syntax_of, target_isa
from transpile.training import data

BUDGET = Options(jobs=1, candidates=32, sketches=4, feedback=2)
"""What one block may cost: more than a translation spends, where the rules stand ready."""
CHOICE = 8
"""Held-out blocks that are read for one that is asked about."""
LONG = 4
"""Source instructions from which on a block counts for the comparison of costs."""


@dataclass(slots=True)
class NoRules:
    """The rules, silent."""

    name: str = "rules"

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        return []


@dataclass(slots=True)
class Score:
    """Counts over blocks."""

    blocks: int = 0
    long: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def row(self) -> dict[str, float]:
        shares = {name: self.counts[name] / max(self.blocks, 1) for name in ("pass@1", "pass@8", "repaired", "rules")}
        return shares | {"cheaper": self.counts["cheaper"] / max(self.long, 1), "blocks": self.blocks}


def held_out(corpus: Path, target: str, seen: Path, blocks: int, seed: int) -> list[Spoken]:
    """A sample of held-out blocks, without those that the training data in ``seen`` have.

    They are drawn from several times as many, of as many files as those take: one of each project in turn.
    """
    reader = Reader(target_isa(target), syntax_of(target), Options(jobs=1))
    reader.seen.update(row["hash"] for row in data.rows(seen / "train.jsonl"))
    draw = Random(seed)
    projects = [p for p in sorted(corpus.iterdir()) if p.is_dir() and split_of(p.name, "0" * 8) == "test"]
    files = [sorted(project.rglob("*.s")) for project in projects]
    turns = zip_longest(*(draw.sample(paths, len(paths)) for paths in files))
    found: list[Spoken] = []
    for path in (path for turn in turns for path in turn if path is not None):
        found += reader.blocks(path)
        if len(found) >= CHOICE * blocks:
            break
    return draw.sample(found, min(blocks, len(found)))


def score(found: Sequence[Spoken], target: str, seat: Seat, options: Options) -> Score:
    """Ask the model in ``seat`` about every block and prove what it says."""
    isa = target_isa(target)
    prover = Prover(isa, options)
    total = Score()
    for start in range(0, len(found), 64):
        group = found[start : start + 64]
        prover.learn(group)
        seat.forget()
        seat.prepare([s.unit for s in group])
        for spoken in group:
            _block(spoken, seat, prover, options, total)
    return total


def _block(spoken: Spoken, seat: Seat, prover: Prover, options: Options, total: Score) -> None:
    total.blocks += 1
    long = len(spoken.unit.block.source.insns) >= LONG
    total.long += long
    answers = seat.propose(spoken.unit, ())[: options.samples]
    proved = [prover.proves(spoken, c.body) for c in answers]
    total.counts["pass@1"] += bool(proved and proved[0])
    total.counts["pass@8"] += any(proved)
    cheapest = min((c.cost for c, ok in zip(answers, proved, strict=True) if ok), default=None)
    total.counts["cheaper"] += long and cheapest is not None and cheapest < cost(spoken.body)
    total.counts["rules"] += prover.proves(spoken, spoken.body)
    if any(proved):
        total.counts["repaired"] += 1
    else:
        total.counts["repaired"] += _repaired(spoken, seat, prover.checker, options)


def _repaired(spoken: Spoken, seat: Model, checker: BlockChecker, options: Options) -> bool:
    limits = Limits(options.candidates, options.sketches, options.feedback)
    filler = SketchFiller(checker, target_isa(checker.isa)) if options.sketches else None
    seats: Seats[BlockUnit, Body] = Seats((seat,), (), filler, Replayed(checker), limits)
    return isinstance(translate_unit(spoken.unit, NoRules(), checker, seats).verdict, Proved)


def greedy_rate(found: Sequence[Spoken], weights: Path) -> float:
    """Blocks per second on one core, batch 16, greedy."""
    from transpile.lm.engine import Engine

    engine = Engine(weights)
    engine.greedy([s.canonical.tokens for s in found[:16]])
    start = time.perf_counter()
    engine.greedy([s.canonical.tokens for s in found])
    return len(found) / (time.perf_counter() - start)
