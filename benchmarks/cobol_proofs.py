"""Can the proof of COBOL paragraphs be deceived? Faults in the Python of proved paragraphs must not be proved.

    python benchmarks/cobol_proofs.py [--each 1] [--programs payroll,…] [--kinds …] [--seed N] [--states 2000]
        [--json FILE]

Of each kind of fault so many in each program are put into methods that are proved. A fault that is proved, too, may be
none; it is run against GnuCOBOL, the paragraph on so many states and the whole program. If it differs there, the proof
is wrong: the exit status is 1. A proof that differs no more than the original does is counted as equal.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cobol_faults import CORPUS, Subject, broken, drawn, subject
from cobol_mutation import KINDS, Mutant
from harness import markdown, write_json

from transpile.corpora.programs import load
from transpile.differential import paragraphs, programs
from transpile.differential.running import Inputs
from transpile.errors import TranspileError
from transpile.python.correspondence import Correspondence
from transpile.solvers.paragraphs.proving import prove

WORDS = ("not proved", "proved and equal", "proved and WRONG")


@dataclass(frozen=True, slots=True)
class Tried:
    program: str
    kind: str
    method: str
    line: int
    description: str
    word: str
    said: str
    seconds: float


def tried(given: Subject, one: Correspondence, mutant: Mutant, paragraph: tuple[int, int]) -> Tried:
    start = time.monotonic()
    proof = prove(given.found, one, mutant.text, [paragraph])[paragraph]
    taken = time.monotonic() - start
    word, said = (WORDS[0], proof.reason) if not proof.proved else _run(given, one, mutant, paragraph)
    return Tried(given.program.name, mutant.kind, mutant.method, mutant.line, mutant.description, word, said, taken)


def _run(given: Subject, one: Correspondence, mutant: Mutant, paragraph: tuple[int, int]) -> tuple[str, str]:
    """A fault that is proved: does it make any difference?"""
    changed = broken(given.module, mutant)
    settings = paragraphs.Settings(states=given.states, seed=given.seed, folder=given.builds)
    alone = paragraphs.compare(given.found, one.program.origin, changed, [paragraph], settings)[paragraph]
    if isinstance(alone, paragraphs.Compared) and alone.difference is not None:
        return WORDS[2], str(alone.difference)
    known = Inputs(given.program.stdin, given.program.reads, "the corpus")
    whole = programs.compare(given.found.unit, changed, programs.Settings(given.builds, (known,), seed=given.seed))
    if isinstance(whole, programs.Different):
        return WORDS[2], whole.what
    runs = f"{alone.runs} states" if isinstance(alone, paragraphs.Compared) else f"whole runs only: {alone.reason}"
    return WORDS[1], runs


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=1, help="faults of each kind in each program")
    parser.add_argument("--programs", default="", help="names, with commas; all if none is given")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--states", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args(arguments)
    only = set(filter(None, given.programs.split(",")))
    found: list[Tried] = []
    with tempfile.TemporaryDirectory(prefix="transpile-") as builds:
        for program in load(CORPUS):
            if only and program.name not in only:
                continue
            rng = random.Random(f"{given.seed} {program.name}")
            try:
                one = subject(program, Path(builds), given.states, given.seed)
            except TranspileError as error:
                print(f"{program.name}: {error.render()}", file=sys.stderr)
                continue
            found += _of_program(one, given.each, given.kinds.split(","), rng)
            print(program.name, dict(Counter(each.word for each in found)), file=sys.stderr, flush=True)
    rows = []
    for kind in (*KINDS, "all"):
        counts = Counter(each.word for each in found if kind in ("all", each.kind))
        rows.append((kind, sum(counts.values()), *(counts[word] for word in WORDS)))
    print(markdown(("fault", "number", *WORDS), [row for row in rows if row[1]]))
    for each in found:
        if each.word != WORDS[0]:
            where = f"{each.program}, {each.method}, line {each.line}"
            print(f"{each.word}: {where}: {each.kind}, {each.description}; {each.said}")
    if given.json is not None:
        write_json(given.json, [asdict(each) for each in found])
    return int(any(each.word == WORDS[2] for each in found))


def _of_program(one: Subject, each: int, kinds: Sequence[str], rng: random.Random) -> list[Tried]:
    proofs = {made.class_name: prove(one.found, made, one.module.text) for made in one.module.classes}
    found: dict[str, int] = {}
    made: list[Tried] = []
    for correspondence, mutant in drawn(one, 10_000, kinds, rng):
        paragraph = next((m.paragraphs for m in correspondence.methods if m.name == mutant.method), None)
        if paragraph is None or not proofs[correspondence.class_name][paragraph].proved:
            continue
        if found.get(mutant.kind, 0) < each:
            found[mutant.kind] = found.get(mutant.kind, 0) + 1
            made.append(tried(one, correspondence, mutant, paragraph))
    return made


if __name__ == "__main__":
    sys.exit(main())
