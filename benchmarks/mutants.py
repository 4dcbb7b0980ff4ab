"""Broken translations that the checker must refuse.

    python benchmarks/mutants.py [FILE.c … | FILE.s …] [--target riscv] [--level O2] [--count 5000]

Takes proved blocks of real programs, breaks one instruction of each translation, and asks two independent judges: the
prover, and Unicorn, which runs source and mutant from many random states. A mutant that is proved although Unicorn
tells it apart is a fault of the prover, and the exit code is 1. Every unbroken block is judged the same way.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness import X86_FLAGS, in_workers, markdown, processors, share, write_json
from mutation import broken

from transpile import tools
from transpile.checker import BlockChecker
from transpile.core.verdict import Proved, Refuted, Tested, Verdict
from transpile.emulators.differential import Differential
from transpile.native.block import TargetLine
from transpile.options import TARGETS, Options, Target
from transpile.planning import BlockUnit, Body, Proposal, label_map, plan_file
from transpile.solvers import terms
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encoding import EncodingError
from transpile.solvers.prove import Case, prove
from transpile.solvers.step import Step, label_step
from transpile.store import ProofStore
from transpile.targets import target_isa

DEFAULT_FILES = (Path(__file__).parent / "workload.c", Path(__file__).parents[1] / "examples" / "tally.c")
RLIMIT = 300_000
STATES = 96
JUDGED = ("proved, told apart", "proved, equal in all tests", "refused, told apart", "refused, not told apart",
          "refused, not testable", "proved, not testable")  # fmt: skip
"""What the prover and Unicorn say of a mutant. The first must not happen; the second are mutants without effect."""


@dataclass(slots=True)
class Tally:
    """Counts of one file and target. ``violations`` are proofs that a run contradicts, ``proof_faults`` crashes."""

    target: str
    file: str
    identity: Counter[str] = field(default_factory=Counter)
    mutants: dict[str, Counter[str]] = field(default_factory=dict)
    replays: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Examples of mutants that neither judge could tell from the source."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A proved block: its case and the lines it came from."""

    name: str
    case: Case
    body: Body


def subjects(text: str, file: str, target: Target, checker: BlockChecker, tally: Tally) -> Iterator[Subject]:
    """The blocks of a file whose translation is proved; all others are counted in ``tally``."""
    options = checker.options
    plan = plan_file(text, file, target_isa(target), options)
    for name in plan.prepared:
        proposal = plan.lower(name)
        if not isinstance(proposal, Proposal):
            tally.identity["not lowered"] += 1
            continue
        checker.learn([proposal])
        labels = label_map(proposal.lowered.function.blocks)
        for block in proposal.lowered.blocks:
            body = proposal.bodies.get(block.source.label, ())
            unit = BlockUnit(proposal.lowered, block, block.lowered.next_label, labels)
            try:
                case = checker.case(unit, body)
            except KeyError:
                tally.identity["no semantics"] += 1
                continue
            if body and case.source:
                yield Subject(f"{file}:{block.source.label}", case, body)


def judged_by_prover(case: Case, checker: BlockChecker, differential: Differential, tally: Tally) -> bool:
    """Is it proved? A difference that the solver claims is replayed, for the record."""
    terms.reset()
    outcome = prove(case, checker.convention, checker.options.rlimit)
    if outcome.difference is not None:
        found = differential.replay(case, outcome.difference.model, 8)
        tally.replays["shown by running" if found is not None else "not shown"] += 1
    return isinstance(outcome.verdict, Proved)


def category(proved: bool, tested: Verdict) -> str:
    """The entry of JUDGED."""
    match proved, tested:
        case True, Refuted():
            return JUDGED[0]
        case True, Tested():
            return JUDGED[1]
        case False, Refuted():
            return JUDGED[2]
        case False, Tested():
            return JUDGED[3]
        case False, _:
            return JUDGED[4]
        case _:
            return JUDGED[5]


def encoded(target: Target, texts: Sequence[str]) -> dict[str, Step]:
    """The steps of all texts that mean something."""
    texts = list(dict.fromkeys(texts))
    try:
        return dict(zip(texts, encode_target(target, texts), strict=True))
    except EncodingError as error:
        good = [text for i, text in enumerate(texts) if i not in error.messages]
        return dict(zip(good, encode_target(target, good), strict=True))


def drawn(
    chosen: Sequence[Subject], target: Target, count: int, seed: int
) -> Iterator[tuple[str, Subject, Case, tuple[TargetLine, ...]]]:
    """About ``count`` mutants that assemble, each block and kind of fault with its share."""
    generator = random.Random(seed)
    pools: dict[str, list[tuple[Subject, tuple[TargetLine, ...]]]] = {}
    for subject in chosen:
        by_kind: dict[str, list[tuple[TargetLine, ...]]] = {}
        for kind, body in broken(target, subject.body):
            by_kind.setdefault(kind, []).append(body)
        for kind, bodies in by_kind.items():
            picked = generator.sample(bodies, min(len(bodies), 12))
            pools.setdefault(kind, []).extend((subject, body) for body in picked)
    for kind, pool in sorted(pools.items()):
        picked_pairs = generator.sample(pool, min(len(pool), -(-count // len(pools))))
        steps = encoded(target, [line.text for _, body in picked_pairs for line in body if line.text])
        for subject, body in picked_pairs:
            if all(line.label or line.text in steps for line in body):
                lines = [label_step(line.label) if line.label else steps[line.text] for line in body]
                yield kind, subject, replace(subject.case, target=lines), body


def judge_file(path: str, text: str, target: Target, count: int, seed: int, states: int) -> Tally:
    """Everything about one file and target."""
    tally = Tally(target, path)
    checker = BlockChecker(target_isa(target), Options(rlimit=RLIMIT), ProofStore(None))
    differential = Differential(checker.convention)
    proved: list[Subject] = []
    for subject in list(subjects(text, path, target, checker, tally)):
        if judged_by_prover(subject.case, checker, differential, Tally(target, path)):
            proved.append(subject)
        else:
            tally.identity["not proved"] += 1
    for subject, tested in zip(proved, _tested(differential, [s.case for s in proved], states, seed), strict=True):
        tally.identity[category(True, tested)] += 1
        if isinstance(tested, Refuted):
            tally.violations.append(f"{subject.name}: {shown(subject.body)}: {', '.join(tested.differs)}")
    mutants = list(drawn(proved, target, count, seed))
    verdicts = _tested(differential, [case for _, _, case, _ in mutants], states, seed)
    for (kind, subject, case, body), tested in zip(mutants, verdicts, strict=True):
        found = category(judged_by_prover(case, checker, differential, tally), tested)
        tally.mutants.setdefault(kind, Counter())[found] += 1
        if isinstance(tested, Refuted) and found == JUDGED[0]:
            tally.violations.append(f"{subject.name}: {shown(body)}: {', '.join(tested.differs)}")
        elif found == JUDGED[3] and len(tally.missed) < 20:
            tally.missed.append(f"{subject.name}: {shown(subject.body)} => {shown(body)}")
    return tally


def _tested(differential: Differential, cases: Sequence[Case], states: int, seed: int) -> list[Verdict]:
    return differential.test(cases, states, seed, ["a benchmark"] * len(cases))


def shown(body: Sequence[TargetLine]) -> str:
    return "; ".join(line.text or f"{line.label}:" for line in body)


def tables(tallies: Sequence[Tally]) -> str:
    """The Markdown fragment."""
    parts = []
    for target in dict.fromkeys(t.target for t in tallies):
        ours = [t for t in tallies if t.target == target]
        kinds: dict[str, Counter[str]] = {}
        for tally in ours:
            for kind, counts in tally.mutants.items():
                kinds.setdefault(kind, Counter()).update(counts)
        total: Counter[str] = sum(kinds.values(), Counter())
        rows = [[kind, counts.total(), *(counts[c] for c in JUDGED)] for kind, counts in sorted(kinds.items())]
        rows.append(["all", total.total(), *(total[c] for c in JUDGED)])
        identity: Counter[str] = sum((t.identity for t in ours), Counter())
        proved = sum(n for word, n in identity.items() if word.startswith("proved"))
        listed = ", ".join(f"{word}: {n}" for word, n in identity.most_common())
        parts.append(f"**{target}**, {proved} of {identity.total()} unbroken blocks proved ({listed})\n")
        parts.append(markdown(["fault", "mutants", *JUDGED], rows))
    return "\n".join(parts)


def assembly(source: Path, level: str, folder: Path) -> tuple[str, str]:
    """Name and text of ``source``, or of what gcc makes of a C file."""
    if source.suffix == ".s":
        return source.name, source.read_text()
    output = folder / f"{source.stem}.{level}.s"
    tools.call([*tools.command("cc"), f"-{level}", *X86_FLAGS, "-S", str(source), "-o", str(output)])
    return output.name, output.read_text()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="broken translations that the checker must refuse")
    parser.add_argument("files", nargs="*", type=Path, default=list(DEFAULT_FILES), help="C or x86-64 assembly")
    parser.add_argument("--target", action="append", choices=TARGETS, help="default: all")
    parser.add_argument("--level", action="append", help="of gcc, for C files; default: O0 and O2")
    parser.add_argument("--count", type=int, default=6000, help="mutants, over all files and targets")
    parser.add_argument("--states", type=int, default=STATES, help="random states for every mutant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--output", type=Path, default=Path("build/bench"), help="folder for mutants.json and .md")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    targets = chosen.target or list(TARGETS)
    with tempfile.TemporaryDirectory() as scratch:
        levels = chosen.level or ["O0", "O2"]
        texts = dict(assembly(f, level, Path(scratch)) for f in chosen.files for level in levels)
    share_of_each = -(-chosen.count // (len(texts) * len(targets)))
    jobs: list[tuple[Any, ...]] = [
        (name, text, target, share_of_each, chosen.seed, chosen.states)
        for name, text in texts.items()
        for target in targets
    ]
    tallies: list[Tally] = []
    for job, result in zip(jobs, in_workers(judge_file, jobs, chosen.jobs), strict=True):
        tally = Tally(job[2], job[0], error=result) if isinstance(result, str) else result
        tallies.append(tally)
        for violation in tally.violations:
            print(f"{tally.target}: proved, but different: {violation}", file=sys.stderr, flush=True)
        if tally.error:
            print(f"{tally.target} {tally.file}: {tally.error}", file=sys.stderr, flush=True)
    counts: Counter[str] = sum((c for t in tallies for c in t.mutants.values()), Counter())
    replays: Counter[str] = sum((t.replays for t in tallies), Counter())
    text = tables(tallies)
    text += f"\nDifferences that the solver claimed: {dict(replays)}; refused: "
    text += share(sum(n for word, n in counts.items() if word.startswith("refused")), counts.total()) + "\n"
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "mutants.md").write_text(text)
    rows = [{name: getattr(t, name) for name in Tally.__slots__} for t in tallies]
    write_json(chosen.output / "mutants.json", {"seed": chosen.seed, "states": chosen.states, "results": rows})
    print(text)
    return 1 if any(t.violations or t.error for t in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
