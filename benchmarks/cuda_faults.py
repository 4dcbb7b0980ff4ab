"""CUDA programs that are broken on purpose, and that the checks must find out.

    python benchmarks/cuda_faults.py [NAME …] [--each 2] [--seconds 0.5] [--output FOLDER]

Each kernel of datasets/loops is translated; of the CUDA text that is accepted, mutants are made, some of each kind, and
climb the whole ladder: trials, the race checker, the proof. A mutant is refuted, or undecided (it is accepted neither
way), or it survives. A survivor that is the same program is no fault and counted apart: the compiler makes the same
code of it, or it is proved to do what C does, or cuda_equivalents.py gives a reason. All are listed. The exit code is 1
if less than 99 % of the faults are found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cuda_equivalents import explained
from cuda_mutation import KINDS, Mutant, mutants
from harness import markdown, share, write_json

from transpile.core.verdict import Proved, Refuted
from transpile.corpora.loops import Kernel, load
from transpile.emulators.cuda import rewrite as emulator
from transpile.errors import TranspileError
from transpile.offload.ladder import Climb, climb
from transpile.offload.subject import Subject
from transpile.offload.translate import Choices, translate_c

FLOOR = 0.99
LOOPS = Path(__file__).parents[1] / "datasets" / "loops"
SHIM = Path(emulator.__file__).parent / "shim"
JUDGED = ("refuted", "undecided", "survives", "equivalent", "same code", "proved equal", "does not compile")
FLAGS = ("-std=c++17", "-w", "-O2", "-S", "-g0", "-ffp-contract=off", "-fno-strict-aliasing", "-o", "-")


@dataclass(frozen=True, slots=True)
class Judged:
    """What the ladder says of a mutant: an entry of JUDGED, in words, and why a survivor is none."""

    program: str
    mutant: Mutant
    word: str
    said: str
    seconds: float
    reason: str = ""


def subject_of(kernel: Kernel, choices: Choices) -> Subject | None:
    """What was checked for the kernel, if its translation was accepted."""
    try:
        done = translate_c(kernel.source, choices)
    except TranspileError as error:
        print(f"{kernel.name}: {error}", file=sys.stderr)
        return None
    if done.subject is None or not done.translation.meets("tested"):
        return None
    return replace(done.subject, settings=replace(done.subject.settings, shrinking_s=0.0))


def chosen(text: str, each: int, only: Sequence[str]) -> Iterator[Mutant]:
    """Up to ``each`` mutants of every kind, drawn by chance, always the same for the same text."""
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in mutants(text):
        by_kind.setdefault(mutant.kind, []).append(mutant)
    draw = random.Random(hashlib.sha256(text.encode()).digest())
    for kind, found in by_kind.items():
        taken = draw.sample(found, min(each, len(found)))
        yield from taken if not only or kind in only else ()


def judged(program: str, subject: Subject, mutant: Mutant, folder: Path) -> Judged:
    start = time.monotonic()
    word, said = _judged(climb(replace(subject, text=mutant.text), folder))
    if word in ("survives", "proved equal") and code(subject.text) == code(mutant.text):
        word = "same code"
    reason = explained(subject.text, mutant, subject.discarded) if word == "survives" else ""
    word = "equivalent" if reason else word
    return Judged(program, mutant, word, said, time.monotonic() - start, reason)


def _judged(found: Climb) -> tuple[str, str]:
    verdicts = [one.verdict for one in found.kernels.values()]
    told = "; ".join(dict.fromkeys(f"{one.name}: {one.detail}" for c in found.kernels.values() for one in c.rungs))
    errors = [d.message for d in found.diagnostics if d.severity == "error"]
    if any(message.startswith("compile: ") for message in errors):
        return "does not compile", "; ".join(errors)
    if found.refuted or any(isinstance(one, Refuted) for one in verdicts):
        return "refuted", told or "; ".join(errors)
    if not verdicts or any(one.word == "undecided" for one in verdicts):
        return "undecided", told
    return ("proved equal" if all(isinstance(one, Proved) for one in verdicts) else "survives"), told


def code(text: str) -> str:
    """What the compiler makes of ``text`` for the emulator, but for the lines of launches."""
    rewritten = re.sub(r"__LINE__", "0", emulator.rewrite(text).text)
    command = ["g++", *FLAGS, "-I", str(SHIM), "-include", "cuda_runtime.h", "-x", "c++", "-"]
    done = subprocess.run(command, input=rewritten, capture_output=True, text=True, check=False)
    return done.stdout if not done.returncode else text


def table(rows: list[Judged], column: str) -> str:
    """Counts for each kind of fault, or each program."""
    names = list(KINDS) if column == "fault" else list(dict.fromkeys(row.program for row in rows))
    counts = {
        name: Counter(row.word for row in rows if name == (row.mutant.kind if column == "fault" else row.program))
        for name in names
    }
    shown = [[name, count.total(), *(count[w] for w in JUDGED), _found(count)] for name, count in counts.items()]
    total: Counter[str] = sum(counts.values(), Counter())
    shown.append(["all", total.total(), *(total[w] for w in JUDGED), _found(total)])
    return markdown([column, "mutants", *JUDGED, "found"], [row for row in shown if row[1]])


def _found(count: Counter[str]) -> str:
    """The share of the faults that are not accepted."""
    found = count["refuted"] + count["undecided"]
    return share(found, found + count["survives"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CUDA programs, broken on purpose, on the ladder")
    parser.add_argument("names", nargs="*", help="names of kernels; default: all")
    parser.add_argument("--each", type=int, default=2, help="mutants of a kind for each kernel")
    parser.add_argument("--kind", action="append", default=[], help="kinds of faults; default: all")
    parser.add_argument("--seconds", type=float, default=0.5, help="for the runs of one trial")
    parser.add_argument("--output", type=Path, default=Path("build/bench"), help="folder for cuda_faults.json and .md")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    rows: list[Judged] = []
    with tempfile.TemporaryDirectory() as scratch:
        for kernel in load(LOOPS):
            if asked.names and kernel.name not in asked.names:
                continue
            workspace = frozenset(p.name for p in kernel.arrays if p.access == "scratch")
            choices = Choices(seconds=asked.seconds, cache=Path(scratch), scratch=workspace)
            subject = subject_of(kernel, choices)
            for mutant in chosen(subject.text, asked.each, asked.kind) if subject else ():
                assert subject is not None
                rows.append(judged(kernel.name, subject, mutant, Path(scratch)))
                if rows[-1].word in ("survives", "undecided"):
                    print(_line(rows[-1]), file=sys.stderr, flush=True)
    survivors = [_line(row) for row in rows if row.word in ("survives", "undecided", "equivalent")]
    text = "\n".join([table(rows, "fault"), table(rows, "program"), *survivors, ""])
    asked.output.mkdir(parents=True, exist_ok=True)
    (asked.output / "cuda_faults.md").write_text(text)
    details = [
        {"program": r.program, "kind": r.mutant.kind, "line": r.mutant.line, "description": r.mutant.description,
         "judged": r.word, "said": r.said, "reason": r.reason, "seconds": round(r.seconds, 3)}
        for r in rows
    ]  # fmt: skip
    write_json(asked.output / "cuda_faults.json", details)
    print(text)
    words = Counter(row.word for row in rows)
    found = words["refuted"] + words["undecided"]
    return 1 if found < FLOOR * (found + words["survives"]) else 0


def _line(row: Judged) -> str:
    why = f": {row.reason}" if row.reason else ""
    return f"{row.program}.cu:{row.mutant.line}: {row.mutant.kind}: {row.mutant.description}: {row.word}{why}"


if __name__ == "__main__":
    sys.exit(main())
