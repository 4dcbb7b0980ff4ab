"""Pairs for the model of plans: nests of random programs, and the plan among their variants that costs least.

A plan is taken if the emitter carries it out. Every program is analysed as a user's is. Programs are held out by the
number that they are drawn with, and nests by their hash: a nest that is learned from is not asked about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from transpile.c.parse import parse_text
from transpile.c.unit import Unit
from transpile.corpora.nests import program
from transpile.cuda.emit import emit
from transpile.cuda.plan import Step
from transpile.errors import TranspileError
from transpile.offload.cost import Model
from transpile.offload.nest_tokens import Unspeakable, write
from transpile.offload.proposers import Nest, nests
from transpile.offload.rules import completed, proposals
from transpile.offload.variants import preferred, variants
from transpile.solvers.loops.analysis import Analysis, analyse

_ARRAY = re.compile(r"A\d+")
_TOUCH = re.compile(r"(?:rd|wr|up)\d+")
_NEXT = re.compile(r"[{}]|L\d+")
TARGET = "cuda"
SPLITS = ("train", "valid", "test")
HELD_OUT = 20
"""One of so many nests is for validation, another one for the test."""
EMITTED = 8
"""Variants of a nest that the emitter is given."""


def pairs(unit: Unit, analysis: Analysis) -> Iterator[tuple[Nest, tuple[Step, ...]]]:
    """Each nest of a function with the steps to learn."""
    first = next(proposals(analysis), None)
    if first is None:
        return
    model = Model(analysis)
    for nest in nests(analysis, first.plan.steps):
        if nest.form is None:
            continue
        rest = [step for step in first.plan.steps if step not in nest.usual]
        ways = preferred(variants(nest.loop, model), model, nest.usual)[:EMITTED]
        found = next((way for way in ways if _emits(unit, analysis, (*rest, *way))), None)
        if found is not None:
            yield nest, found


def _emits(unit: Unit, analysis: Analysis, steps: Sequence[Step]) -> bool:
    try:
        emit(unit, analysis.function, completed(analysis, steps))
    except TranspileError:
        return False
    return True


def rows(seed: int) -> Iterator[Mapping[str, str]]:
    """The pairs of one random program."""
    found = program(Random(f"nests {seed}"))
    unit = parse_text(found.text, "work.c")
    analysis = analyse(unit, unit.function("work"), found.extents)
    for nest, steps in pairs(unit, analysis):
        if nest.form is None:
            continue
        try:
            output = write(steps, nest.form)
        except Unspeakable:
            continue
        changed = "other" if steps != nest.usual else "usual"
        source = " ".join(nest.form.tokens)
        yield {"source": source, "output": " ".join(output), "hash": nest.form.hash, "kind": changed}


def collect(folder: Path, programs: int, tell: Callable[[str], None], first: int = 0) -> dict[str, int]:
    """Write ``train.jsonl``, ``valid.jsonl`` and ``test.jsonl`` below ``folder``; how many pairs there are of each."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys((*SPLITS, "other", "refused"), 0)
    seen: set[tuple[str, str]] = set()
    with (
        open(folder / "train.jsonl", "w") as train,
        open(folder / "valid.jsonl", "w") as valid,
        open(folder / "test.jsonl", "w") as test,
    ):
        files = dict(zip(SPLITS, (train, valid, test), strict=True))
        for seed in range(first, first + programs):
            try:
                found = list(rows(seed))
            except TranspileError:
                counts["refused"] += 1
                continue
            for row in found:
                if (row["hash"], row["output"]) not in seen:
                    seen.add((row["hash"], row["output"]))
                    split = split_of(row["hash"])
                    counts[split] += 1
                    counts["other"] += row["kind"] == "other"
                    files[split].write(json.dumps(row) + "\n")
            if seed % 200 == 199:
                tell(f"{seed + 1} programs, {sum(counts[s] for s in SPLITS)} pairs")
    return counts


def varied(row: Mapping[str, str], draw: Random) -> dict[str, str]:
    """The same nest with other names for its arrays, and accesses in another order: its plan is the same."""
    tokens = row["source"].split()
    arrays = sorted({token for token in tokens if _ARRAY.fullmatch(token)})
    others = dict(zip(arrays, draw.sample(arrays, len(arrays)), strict=True))
    found: list[str] = []
    run: list[list[str]] = []
    for token in [others.get(token, token) for token in tokens]:
        if _TOUCH.fullmatch(token):
            run.append([token])
        elif run and not _NEXT.fullmatch(token):
            run[-1].append(token)
        else:
            found += _shuffled(run, draw)
            run = []
            found.append(token)
    return {**row, "source": " ".join(found)}


def _shuffled(run: list[list[str]], draw: Random) -> list[str]:
    draw.shuffle(run)
    return [token for touch in run for token in touch]


def enlarge(folder: Path, times: int, seed: int) -> int:
    """Write ``train.jsonl`` again with ``times`` variations of each pair; how many lines it has."""
    path = folder / "train.jsonl"
    draw = Random(seed)
    found = [json.loads(line) for line in path.read_text().splitlines()]
    lines = [row for one in found for row in (one, *(varied(one, draw) for _ in range(times)))]
    path.write_text("".join(json.dumps(row) + "\n" for row in lines))
    return len(lines)


def split_of(hash: str) -> str:
    """Where a nest belongs."""
    place = int(hash[:8], 16) % HELD_OUT
    return "valid" if place == 0 else "test" if place == 1 else "train"
