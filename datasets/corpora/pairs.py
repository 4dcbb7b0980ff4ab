"""Canonical pairs of a block and a proved translation, from folders of assembly files.

A corpus is ``<folder>/<project>/**/*.s``. Every distinct canonical block is proved once, in the very spelling that a
model would have to give. What is kept are canonical tokens only; no text of the sources.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from transpile.checker import BlockChecker
from transpile.core.loop import Candidate
from transpile.core.verdict import Proved, Refuted
from transpile.errors import TranspileError
from transpile.models import choice_key, chosen_before
from transpile.native.abi import TargetIsa
from transpile.native.canonical.repair import repair_tokens
from transpile.native.canonical.source import CanonicalBlock, canonical
from transpile.native.canonical.syntax import Syntax, shapes
from transpile.native.canonical.target import Unspeakable, read, write
from transpile.options import Options
from transpile.planning import BlockUnit, Body, Proposal, cost, label_map, plan_file
from transpile.search import Search
from transpile.searching import Trials
from transpile.sizes import Sizes
from transpile.store import ProofStore
from transpile.targets import fusions_of, syntax_of, target_isa

MAX_SOURCE = 180
MAX_OUTPUT = 190
"""Tokens of a pair; longer blocks are left to the rules."""
MUTATED = 0.25
"""Share of the blocks for which a wrong body is made too, as a repair to learn from."""
MAX_BYTES = 300_000
"""Assembly files larger than this are left out."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A block of a planned file in canonical form, with the rules' translation."""

    unit: BlockUnit
    canonical: CanonicalBlock
    body: Body


@dataclass(slots=True)
class Reader:
    """Distinct canonical blocks of one target, file after file; ``seen`` holds the hashes met so far."""

    target: TargetIsa
    syntax: Syntax
    options: Options
    seen: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def blocks(self, path: Path) -> list[Spoken]:
        """The blocks of a file that were not met before; a file that cannot be read has none."""
        if path.stat().st_size > MAX_BYTES:
            self.counts["files too large"] += 1
            return []
        try:
            plan = plan_file(path.read_text(errors="replace"), path.name, self.target, self.options)
        except TranspileError:
            self.counts["files not read"] += 1
            return []
        self.counts["files"] += 1
        found: list[Spoken] = []
        for function in plan.program.functions:
            proposal = plan.lower(function.name)
            if isinstance(proposal, Proposal):
                found.extend(self._spoken(proposal))
        return found

    def _spoken(self, proposal: Proposal) -> Iterator[Spoken]:
        lowered = proposal.lowered
        labels = label_map(lowered.function.blocks)
        for block in lowered.blocks:
            body = proposal.bodies.get(block.source.label)
            self.counts["blocks"] += 1
            form = canonical(block, lowered, self.target.abi) if body is not None else None
            if body is None or form is None or len(form.tokens) > MAX_SOURCE:
                self.counts["left to the rules"] += 1
                continue
            if form.hash in self.seen:
                self.counts["seen before"] += 1
                continue
            self.seen.add(form.hash)
            unit = BlockUnit(lowered, block, block.lowered.next_label, labels)
            yield Spoken(unit, form, body)


class Prover:
    """Proves canonical bodies: batches of blocks are assembled together."""

    def __init__(self, target: TargetIsa, options: Options) -> None:
        self.options = options
        self.syntax = syntax_of(target.abi.name)
        self.store = ProofStore(options.store)
        self.checker = BlockChecker(target, options, self.store)
        self.sizes = Sizes(target.abi.name, "")
        self.search = Search(self.syntax, fusions_of(target.abi.name))

    def learn(self, batch: Sequence[Spoken]) -> None:
        """Assemble the blocks to come together with the rules' translations."""
        self.checker.learn([only(s.unit, {s.unit.block.source.label: s.body}) for s in batch])

    def proves(self, spoken: Spoken, body: Body) -> bool:
        """Whether ``body`` is a proved translation; faults of the checker are a no."""
        try:
            verdict = self.checker.check(spoken.unit, Candidate(body, cost(body), "data"))
        except Exception:
            return False
        return isinstance(verdict, Proved)

    def cheaper(self, spoken: Spoken, tokens: Sequence[str]) -> tuple[list[str], Body] | None:
        """A proved body with fewer machine instructions than ``tokens``, if the search finds one."""
        found = self.search.cheaper(tokens, spoken.canonical, Trials(self.checker, self.sizes, spoken.unit))
        if found is None:
            return None
        try:
            tidy = write(read(found, spoken.canonical, self.syntax).body, spoken.canonical, self.syntax)
            body = read(tidy, spoken.canonical, self.syntax).body
        except Unspeakable:
            return None
        return (tidy, body) if self.proves(spoken, body) else None

    def remembered(self, spoken: Spoken) -> Body | None:
        """What the models of the options gave for a block, if the store has it."""
        choice = self.store.choice(choice_key(self.checker, spoken.unit, self.options))
        return chosen_before(choice, spoken.unit).body if choice else None

    def best(self, spoken: Spoken) -> tuple[list[str], Body] | None:
        """The pair to learn: the rules' translation, or what the store or the search has that is cheaper."""
        pair = self.pair(spoken, spoken.body)
        if pair is None:
            return None
        chosen = self.remembered(spoken) if self.options.lm != "none" else None
        given = self.pair(spoken, chosen) if chosen is not None else None
        if given is not None and cost(given[1]) < cost(pair[1]):
            pair = given
        return self.cheaper(spoken, pair[0]) or pair

    def repair(self, spoken: Spoken, wrong: Sequence[str]) -> tuple[str, ...] | None:
        """What a model reads after ``wrong`` was refuted; None if it was not."""
        try:
            body = read(wrong, spoken.canonical, self.syntax).body
            verdict = self.checker.check(spoken.unit, Candidate(body, cost(body), "data"))
        except Exception:
            return None
        return repair_tokens(spoken.canonical, wrong, verdict) if isinstance(verdict, Refuted) else None

    def pair(self, spoken: Spoken, body: Body) -> tuple[list[str], Body] | None:
        """The tokens of ``body``, and the body they give when read back, if that one is proved."""
        try:
            tokens = write(body, spoken.canonical, self.syntax)
            again = read(tokens, spoken.canonical, self.syntax).body
        except Unspeakable:
            return None
        if len(tokens) > MAX_OUTPUT or not self.proves(spoken, again):
            return None
        return tokens, again


@dataclass(slots=True)
class Mutants:
    """Bodies with one wrong token, as a model gets them wrong: an operand, or a form with the same operands."""

    forms: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def broken(self, key: str, tokens: Sequence[str]) -> list[str] | None:
        """``tokens`` with one changed, for a share of the keys; the same for the same key."""
        draw = Random(key)
        for token in tokens:
            known = self.forms.setdefault(tuple(shapes(token)), [])
            if "{" in token and token not in known:
                known.append(token)
        if not tokens or draw.random() >= MUTATED:
            return None
        place = draw.randrange(len(tokens))
        token = tokens[place]
        if "{" in token:
            choices = self.forms[tuple(shapes(token))]
        else:
            choices = [t for t in tokens if t[:1] == token[:1] or {t[:1], token[:1]} == {"x", "$"}]
        others = [t for t in dict.fromkeys(choices) if t != token]
        if not others:
            return None
        return [*tokens[:place], draw.choice(others), *tokens[place + 1 :]]


def only(unit: BlockUnit, bodies: dict[str, Body]) -> Proposal:
    """A proposal of one block."""
    return Proposal(replace(unit.function, blocks=[unit.block]), bodies)


def row(spoken: Spoken, tokens: Sequence[str], body: Body, project: str, target: str) -> dict[str, object]:
    """One line of a data file."""
    return {
        "target": target,
        "source": " ".join(spoken.canonical.tokens),
        "output": " ".join(tokens),
        "hash": spoken.canonical.hash,
        "project": project,
        "cost": cost(body),
        "insns": len(spoken.unit.block.source.insns),
    }


def split_of(project: str, key: str) -> str:
    """``test`` by project; of the other projects' blocks, ``valid`` or ``train`` by canonical hash."""
    if int(hashlib.sha256(project.encode()).hexdigest()[:8], 16) % 20 < 2:
        return "test"
    return "valid" if int(key[:8], 16) % 50 == 0 else "train"


def collect(
    folder: Path, out: Path, target_name: str, limit: int | None = None, options: Options | None = None
) -> Counter[str]:
    """Write ``out/<target>/<project>.jsonl`` for each project of ``folder``; projects that are there are kept.

    With a store and models in ``options``, what those models gave is learned from where it is cheaper.
    """
    target = target_isa(target_name)
    options = options or Options(jobs=1)
    reader = Reader(target, syntax_of(target_name), options)
    prover = Prover(target, options)
    shards = out / target_name
    shards.mkdir(parents=True, exist_ok=True)
    for shard in sorted(shards.glob("*.jsonl")):
        reader.seen.update(json.loads(line)["hash"] for line in shard.read_text().splitlines())
    for project in sorted(p for p in folder.iterdir() if p.is_dir()):
        shard = shards / f"{project.name}.jsonl"
        if shard.exists():
            continue
        rows = list(_project(project, reader, prover, target_name, limit))
        partial = shard.with_suffix(".part")
        partial.write_text("".join(json.dumps(r) + "\n" for r in rows))
        partial.rename(shard)
        print(f"{target_name} {project.name}: {len(rows)} pairs; {dict(reader.counts)}", flush=True)
    return reader.counts


def _project(
    project: Path, reader: Reader, prover: Prover, target: str, limit: int | None
) -> Iterator[dict[str, object]]:
    kept = 0
    mutants = Mutants()
    for path in sorted(project.rglob("*.s"), key=_shuffled):
        batch = reader.blocks(path)
        prover.learn(batch)
        for spoken in batch:
            pair = prover.best(spoken)
            reader.counts["proved" if pair else "not proved as canonical"] += 1
            if pair is None:
                continue
            kept += 1
            reader.counts["made cheaper"] += cost(pair[1]) < cost(spoken.body)
            yield row(spoken, *pair, project.name, target)
            broken = mutants.broken(spoken.canonical.hash, pair[0])
            repair = prover.repair(spoken, broken) if broken is not None else None
            if repair is not None:
                reader.counts["repairs"] += 1
                yield row(spoken, *pair, project.name, target) | {"source": " ".join(repair), "kind": "repair"}
        if limit is not None and kept >= limit:
            return


def _shuffled(path: Path) -> str:
    """An order that mixes compilers and levels, the same everywhere."""
    return hashlib.sha256(path.name.encode()).hexdigest()


def assemble(shards: Path, out: Path) -> Counter[str]:
    """Join the shards of a target to ``train.jsonl``, ``valid.jsonl`` and ``test.jsonl``, split by project and hash.

    A block that several projects have stays with those that are not held out.
    """
    counts: Counter[str] = Counter()
    rows: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
    found = [(shard, line) for shard in sorted(shards.glob("*.jsonl")) for line in shard.read_text().splitlines()]
    keys = [json.loads(line)["hash"] for _, line in found]
    splits = [split_of(shard.stem, key) for (shard, _), key in zip(found, keys, strict=True)]
    known = {key for key, split in zip(keys, splits, strict=True) if split != "test"}
    for (_, line), key, split in zip(found, keys, splits, strict=True):
        if split == "test" and key in known:
            continue
        rows[split].append(line)
        counts[split] += 1
    out.mkdir(parents=True, exist_ok=True)
    for split, lines in rows.items():
        (out / f"{split}.jsonl").write_text("".join(line + "\n" for line in lines))
    return counts
