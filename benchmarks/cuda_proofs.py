"""Broken CUDA programs that must not be proved.

    python benchmarks/cuda_proofs.py [--only NAME …] [--every 3] [--seconds 2]

Emits the programs of tests/cuda/plans, breaks each in every way that cuda_mutation.py and the kinds below know, and
tries to prove the mutants. What is still proved runs in the emulator against the C function: it must not differ. All
such mutants are listed, with their lines. Programs whose iterations depend on each other are left out: that they do not
is not for this proof to show. The exit code is 1 if a mutant differs, or an unbroken program is not proved.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cuda_mutation import mutants
from cuda_pairs import Pair, pairs
from harness import markdown

from transpile.c.parse import parse_file
from transpile.c.tree import Variable
from transpile.c.unit import Function, Unit
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse
from transpile.errors import Span, TranspileError
from transpile.kernels.reading import read_cuda
from transpile.matching.nests import Same
from transpile.matching.proof import Proof, prove_program
from transpile.solvers.loops.analysis import analyse
from transpile.trials.compare import Close
from transpile.trials.outcome import Differs
from transpile.trials.trial import Settings, trial

ROOT = Path(__file__).parents[1]
LOOPS = ROOT / "datasets" / "loops"
PLANS = [ROOT / "tests" / room / "plans" for room in ("cuda", "matching")]
JUDGED = ("unreadable", "lost", "unproved", "does not compile", "proved, agrees", "proved, DIFFERS")
REORDERED = 1e-9
"""How far results may be from those of C, relative to the largest, where sums are taken in another order."""
_SWAPS = {
    "int": "unsigned", "unsigned": "int", "long long": "int", "double": "float", "float": "double",
    "size_t": "int", "const ": "", "const": "static const", "static ": "", "dim3": "int", "==": "!=", "!=": "==",
    "||": "&&", "__restrict__": "", "return;": "", "[i ": "[j ", "(int)": "(short)", "(size_t)": "(unsigned)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Program:
    """An emitted program, and what its proof needs."""

    name: str
    pair: Pair
    unit: Unit
    function: Function
    text: str
    extents: dict[str, str]
    workspace: tuple[str, ...]
    filled: frozenset[str]
    private: dict[Span, tuple[Variable, ...]]

    def prove(self, text: str) -> Proof:
        cuda = read_cuda(text, f"{self.name}.cu")
        return prove_program(self.unit, self.function, cuda, self.extents, self.private, self.workspace)


@dataclass(frozen=True, slots=True)
class Broken:
    kind: str
    description: str
    line: int
    text: str


def programs(names: Collection[str] = ()) -> Iterator[Program]:
    """The programs of these plans, or of all."""
    described = tomllib.loads((LOOPS / "kernels.toml").read_text())["kernel"]
    with tempfile.TemporaryDirectory() as folder:
        for plan_file in sorted(path for folder in PLANS for path in folder.glob("*.plan")):
            if names and plan_file.stem not in names:
                continue
            unit = parse_file(LOOPS / f"{plan_file.stem}.c")
            function = unit.function(described[plan_file.stem].get("function", plan_file.stem))
            plan = parse(plan_file.read_text())
            text = emit(unit, function, plan).text
            (Path(folder) / plan_file.name).with_suffix(".cu").write_text(text)
            pair = next(one for one in pairs(LOOPS, Path(folder)) if one.name == plan_file.stem)
            written = ("out", "scratch")
            yield Program(
                plan_file.stem,
                pair,
                unit,
                function,
                text,
                {array.name: array.extent for array in plan.arrays},
                tuple(array.name for array in plan.arrays if array.copies == "scratch"),
                frozenset(array.name for array in plan.arrays if array.copies in written),
                _private(unit, function),
            )
            (Path(folder) / plan_file.name).with_suffix(".cu").unlink()


def _private(unit: Unit, function: Function) -> dict[Span, tuple[Variable, ...]]:
    """Variables of which each iteration has its own, as the analysis of the loops has it."""
    found = analyse(unit, function)
    return {
        loop.span: tuple(use.variable for use in loop.scalars if use.role == "private" and not use.live_out)
        for loop in found.walk()
    }


def broken(text: str) -> Iterator[Broken]:
    for one in mutants(text):
        yield Broken(one.kind, one.description, one.line, one.text)
    yield from _lines(text)
    yield from _words(text)
    yield from _arguments(text)


def _lines(text: str) -> Iterator[Broken]:
    """A statement is missing, stands there twice, or after the next one."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if not line.startswith("    ") or not line.endswith(";") or line.lstrip().startswith(("//", "*")):
            continue
        said = line.strip()
        yield Broken("statement missing", said, at + 1, "\n".join([*lines[:at], *lines[at + 1 :]]))
        yield Broken("statement twice", said, at + 1, "\n".join([*lines[:at], line, *lines[at:]]))
        if at + 1 < len(lines) and lines[at + 1].endswith(";"):
            swapped = [*lines[:at], lines[at + 1], line, *lines[at + 2 :]]
            yield Broken("statements swapped", said, at + 1, "\n".join(swapped))


def _words(text: str) -> Iterator[Broken]:
    """One word for another."""
    start = text.index("*/") if "*/" in text else 0
    for old, new in _SWAPS.items():
        left = r"\b" if old[0].isalpha() else ""
        for found in re.finditer(left + re.escape(old), text[start:]):
            at = start + found.start()
            line = text.count("\n", 0, at) + 1
            yield Broken("other word", f"'{old}' becomes '{new}'", line, text[:at] + new + text[at + len(old) :])


def _arguments(text: str) -> Iterator[Broken]:
    """Two neighbours in a list trade places."""
    for found in re.finditer(r"(?<=[(, ])(\w+), (\w+)(?=[,)])", text):
        made = text[: found.start()] + f"{found[2]}, {found[1]}" + text[found.end() :]
        line = text.count("\n", 0, found.start()) + 1
        yield Broken("arguments swapped", f"'{found[0]}'", line, made)


def judged(program: Program, loops: list[tuple[object, ...]], mutant: Broken, folder: Path, seconds: float) -> str:
    try:
        proof = program.prove(mutant.text)
    except TranspileError:
        return "unreadable"
    if not proof.followed:
        return "lost"
    if not proof.proved or not program.filled.issuperset(one.name for one in proof.unset) or loops_of(proof) != loops:
        return "unproved"
    reordered = any("another order" in one for one in proof.assumptions)
    settings = Settings(Close(REORDERED) if reordered else program.pair.comparison, seconds=seconds, shrinking_s=0.0)
    pair = program.pair
    facts = replace(pair.facts, distinct=bool(proof.apart))
    outcome = trial(pair.c_text, pair.function, mutant.text, facts, folder, settings, f"{pair.name}.cu")
    match outcome:
        case Differs(failures=(first, *_)) if first.kind == "compile":
            return "does not compile"
        case Differs():
            print(outcome, flush=True)
            return "proved, DIFFERS"
    return "proved, agrees"


def loops_of(proof: Proof) -> list[tuple[object, ...]]:
    found = (one.outcome for one in proof.nests)
    return [(*(loop.span for loop in one.loops), *one.combined) for one in found if isinstance(one, Same)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="broken CUDA programs that must not be proved")
    parser.add_argument("--only", action="append", help="names of programs; default: all")
    parser.add_argument("--every", type=int, default=1, help="try every N-th mutant")
    parser.add_argument("--seconds", type=float, default=2.0, help="for the runs of one trial")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    counts: dict[str, Counter[str]] = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for program in programs(chosen.only or ()):
            unbroken = program.prove(program.text)
            if not unbroken.proved:
                wrong += not _expected(unbroken)
                print(f"{program.name}: not proved unbroken: {unbroken.lost}", file=sys.stderr, flush=True)
                continue
            right = Broken("none", "", 0, program.text)
            if judged(program, loops_of(unbroken), right, Path(folder), chosen.seconds) != "proved, agrees":
                print(f"{program.name}: its iterations depend on each other", file=sys.stderr, flush=True)
                continue
            counts[program.name] = Counter()
            for number, mutant in enumerate(broken(program.text)):
                if number % chosen.every == 0 and mutant.text != program.text:
                    word = judged(program, loops_of(unbroken), mutant, Path(folder), chosen.seconds)
                    counts[program.name][word] += 1
                    if word.startswith("proved"):
                        said = f"{mutant.kind}: {mutant.description}"
                        print(f"{word}: {program.name}.cu:{mutant.line}: {said}", flush=True)
    rows = [[name, count.total(), *(count[word] for word in JUDGED)] for name, count in counts.items()]
    total = sum(counts.values(), Counter())
    print(markdown(["program", "mutants", *JUDGED], [*rows, ["all", total.total(), *(total[w] for w in JUDGED)]]))
    return 1 if wrong or total["proved, DIFFERS"] else 0


def _expected(proof: Proof) -> bool:
    """Whether the program holds what is not followed: reductions."""
    return proof.lost is not None and proof.lost.message == "more than a launch"


if __name__ == "__main__":
    sys.exit(main())
