"""Broken CUDA programs that a trial must find out.

    python benchmarks/cuda_faults.py [FOLDER] [--cuda FOLDER] [--only NAME …] [--every 3]

FOLDER holds pairs NAME.c and NAME.cu with a kernels.toml (default: the programs of the tests); with --cuda, the CUDA
texts lie elsewhere: translations of datasets/loops, say. Each program must pass unbroken, then every mutant of it is
tried. A mutant that no trial tells apart may be equivalent; all such are listed, with their lines. The exit code is 1
if an unbroken program fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cuda_mutation import KINDS, Mutant, mutants
from cuda_pairs import Pair, pairs
from harness import markdown, share, write_json

from transpile.trials.outcome import Differs, Outcome, Unusable
from transpile.trials.trial import Settings, trial

PROGRAMS = Path(__file__).parents[1] / "tests" / "trials" / "programs"
JUDGED = ("wrong output", "fault", "no verdict", "survives", "does not compile")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a trial says of a mutant: an entry of JUDGED, and in words."""

    program: str
    mutant: Mutant
    word: str
    said: str
    seconds: float


def tried(pair: Pair, cuda_text: str, folder: Path, seconds: float) -> Outcome:
    settings = Settings(pair.comparison, seconds=seconds, shrinking_s=0.0)
    return trial(pair.c_text, pair.function, cuda_text, pair.facts, folder, settings, f"{pair.name}.cu")


def judged(pair: Pair, mutant: Mutant, folder: Path, seconds: float) -> Judged:
    start = time.monotonic()
    outcome = tried(pair, mutant.text, folder, seconds)
    match outcome:
        case Differs(failures=(first, *_)):
            word = "does not compile" if first.kind == "compile" else "fault"
        case Differs():
            word = "wrong output"
        case Unusable():
            word = "no verdict"
        case _:
            word = "survives"
    return Judged(pair.name, mutant, word, str(outcome), time.monotonic() - start)


def judged_all(pair: Pair, every: int, folder: Path, seconds: float) -> Iterator[Judged]:
    for number, mutant in enumerate(mutants(pair.cuda_text)):
        if number % every == 0:
            yield judged(pair, mutant, folder, seconds)


def table(rows: list[Judged], column: str) -> str:
    """Counts for each kind of fault, or each program."""
    names = list(KINDS) if column == "fault" else list(dict.fromkeys(row.program for row in rows))
    counts = {
        name: Counter(row.word for row in rows if name == (row.mutant.kind if column == "fault" else row.program))
        for name in names
    }
    shown = [[name, count.total(), *(count[w] for w in JUDGED), _refuted(count)] for name, count in counts.items()]
    total: Counter[str] = sum(counts.values(), Counter())
    shown.append(["all", total.total(), *(total[w] for w in JUDGED), _refuted(total)])
    return markdown([column, "mutants", *JUDGED, "refuted"], [row for row in shown if row[1]])


def _refuted(count: Counter[str]) -> str:
    """The share of the mutants that compile."""
    return share(count["wrong output"] + count["fault"], count.total() - count["does not compile"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="broken CUDA programs that a trial must find out")
    parser.add_argument("folder", nargs="?", type=Path, default=PROGRAMS)
    parser.add_argument("--cuda", type=Path, help="folder of the CUDA texts; default: the same")
    parser.add_argument("--only", action="append", help="names of programs; default: all")
    parser.add_argument("--every", type=int, default=1, help="try every N-th mutant")
    parser.add_argument("--seconds", type=float, default=Settings().seconds, help="for the runs of one trial")
    parser.add_argument("--output", type=Path, default=Path("build/bench"), help="folder for cuda_faults.json and .md")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    rows: list[Judged] = []
    broken = 0
    with tempfile.TemporaryDirectory() as scratch:
        for pair in pairs(chosen.folder, chosen.cuda):
            if chosen.only and pair.name not in chosen.only:
                continue
            unbroken = tried(pair, pair.cuda_text, Path(scratch), chosen.seconds)
            if unbroken.word != "tested":
                broken += 1
                print(f"{pair.name}: the unbroken program: {unbroken}", file=sys.stderr, flush=True)
                continue
            rows += judged_all(pair, chosen.every, Path(scratch), chosen.seconds)
    survivors = [
        f"{row.program}.cu:{row.mutant.line}: {row.mutant.kind}: {row.mutant.description}"
        for row in rows
        if row.word == "survives"
    ]
    text = "\n".join([table(rows, "fault"), table(rows, "program"), *survivors, ""])
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "cuda_faults.md").write_text(text)
    details = [
        {"program": r.program, "kind": r.mutant.kind, "line": r.mutant.line, "description": r.mutant.description,
         "judged": r.word, "said": r.said, "seconds": round(r.seconds, 3)}
        for r in rows
    ]  # fmt: skip
    write_json(chosen.output / "cuda_faults.json", details)
    print(text)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
