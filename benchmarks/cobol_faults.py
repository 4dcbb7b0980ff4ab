"""Faults put into Python that was made of the COBOL corpus: are they refuted, with an input in the program's own terms?

    python benchmarks/cobol_faults.py [--each 1] [--programs payroll,…] [--kinds "sign,wrong scale"] [--seed N]
        [--states 5000] [--json FILE]

``--each``: so many of each kind in each program, drawn by the seed. A fault climbs the checks of a translation: its
paragraph on states at the bounds and at random, then the whole program with its inputs and others made from them,
both against GnuCOBOL. What is no fault counts neither as refuted nor as a survivor: the proof of the paragraph holds
("proved equal"), all values of what it reads were tried ("all values"), or ``cobol_equivalents.py`` has the reason
("a reason"), and 20,000 states more do not show it. Else it survived. For a method that is no range of paragraphs
those that call it are looked at. The exit status is 1 where fewer than 99 % of the kinds that matter most are refuted.
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cobol_equivalents import explained
from cobol_mutation import KINDS, Mutant, mutants
from harness import markdown, share, write_json

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.corpora.programs import Program, load
from transpile.differential import paragraphs, programs
from transpile.differential.running import Inputs
from transpile.errors import TranspileError
from transpile.python import rules as rules_package
from transpile.python.correspondence import Correspondence
from transpile.python.emitter import Module, emit
from transpile.restructure.program import Restructured, restructured
from transpile.solvers.paragraphs.proving import prove

CORPUS = Path(__file__).parents[1] / "datasets" / "cobol"
FLOOR = 0.99
FOREMOST = (
    "banker's rounding",
    "rounding dropped",
    "truncation dropped",
    "wrong scale",
    "float arithmetic",
    "off by one",
    "sign",
)
MORE_STATES = 20_000
RESTARTS, MORE_RESTARTS = 80, 200
RUNS = 120
WORDS = ("refuted by paragraph", "refuted by program", "survived", "proved equal", "all values", "a reason")


@dataclass(frozen=True, slots=True)
class Subject:
    """A program and its translation. ``builds`` keeps what GnuCOBOL makes."""

    program: Program
    found: Restructured
    module: Module
    builds: Path
    states: int
    seed: int


@dataclass(frozen=True, slots=True)
class Fault:
    program: str
    kind: str
    method: str
    line: int
    description: str
    word: str
    said: str


def subject(program: Program, builds: Path, states: int, seed: int) -> Subject:
    unit = parse_file(program.source, Options(copy_paths=(CORPUS / "copybooks",)))
    found = restructured(unit)
    return Subject(program, found, emit(*found.programs), builds, states, seed)


def drawn(
    given: Subject, each: int, kinds: Sequence[str], rng: random.Random
) -> Iterator[tuple[Correspondence, Mutant]]:
    """``each`` faults of each kind, of all classes of a program."""
    found: dict[str, list[tuple[Correspondence, Mutant]]] = {}
    for one in given.module.classes:
        for mutant in mutants(given.module.text, one.class_name):
            if mutant.text != given.module.text:
                found.setdefault(mutant.kind, []).append((one, mutant))
    for kind in kinds:
        some = found.get(kind, [])
        yield from rng.sample(some, min(each, len(some)))


def broken(module: Module, mutant: Mutant) -> Module:
    """The module with the fault in it, beside all the rules: the fault may need one that it had no use for."""
    rules = (Path(rules_package.__file__).parent / "cobol_rules.py").read_text()
    return replace(module, files={**module.files, "cobol_rules.py": rules, module.name: mutant.text})


def judge(given: Subject, one: Correspondence, mutant: Mutant) -> Fault:
    word, said = _climb(given, one, mutant)
    return Fault(given.program.name, mutant.kind, mutant.method, mutant.line, mutant.description, word, said)


def _climb(given: Subject, one: Correspondence, mutant: Mutant) -> tuple[str, str]:
    changed = broken(given.module, mutant)
    alone = _alone(given, one, mutant, changed, given.states)
    if found := _difference(alone):
        return "refuted by paragraph", found
    ranges = _ranges(given.module, one, mutant)
    if ranges and all(proof.proved for proof in prove(given.found, one, mutant.text, ranges).values()):
        return "proved equal", "on all values"
    known = Inputs(given.program.stdin, given.program.reads, "the corpus")
    settings = programs.Settings(given.builds, (known,), RUNS, given.seed, shrinking_s=1.0)
    whole = programs.compare(given.found.unit, changed, settings)
    if isinstance(whole, programs.Different):
        return "refuted by program", f"{whole.what}, with {whole.inputs.about or 'other inputs'}"
    word, said = _longer(given, one, mutant, changed, alone)
    not_run = f"; the program was not run: {whole.reason}" if isinstance(whole, programs.NotRun) else ""
    return word, said + not_run


def _longer(
    given: Subject, one: Correspondence, mutant: Mutant, changed: Module, alone: Sequence[paragraphs.Outcome]
) -> tuple[str, str]:
    """What to say of a fault that no check of a translation has shown."""
    if not all(isinstance(each, paragraphs.Compared) for each in alone):
        why = "; ".join(each.reason for each in alone if isinstance(each, paragraphs.NotRun))
        return "survived", f"the paragraph is not run alone: {why}"
    if all(isinstance(each, paragraphs.Compared) and each.exhaustive for each in alone):
        return "all values", "no difference"
    longer = _alone(given, one, mutant, changed, MORE_STATES, MORE_RESTARTS)
    if found := _difference(longer):
        return "survived", found
    if reason := explained(given.program.name, given.module.text, mutant):
        return "a reason", reason
    runs = min((each.runs for each in longer if isinstance(each, paragraphs.Compared)), default=0)
    return "survived", f"no difference on {runs} states"


def _alone(
    given: Subject,
    one: Correspondence,
    mutant: Mutant,
    changed: Module,
    states: int,
    restarts: int = RESTARTS,
) -> list[paragraphs.Outcome]:
    ranges = _ranges(given.module, one, mutant)
    settings = paragraphs.Settings(states=states, seed=given.seed, restarts=restarts, folder=given.builds)
    found = paragraphs.compare(given.found, one.program.origin, changed, ranges, settings) if ranges else {}
    return list(found.values()) or [paragraphs.NotRun("it is no paragraph")]


def _difference(alone: Sequence[paragraphs.Outcome]) -> str:
    compared = [each for each in alone if isinstance(each, paragraphs.Compared)]
    return next((str(each.difference) for each in compared if each.difference is not None), "")


def _ranges(module: Module, one: Correspondence, mutant: Mutant) -> list[tuple[int, int]]:
    """What the method stands for; where that is no range of paragraphs, the ranges of the methods that call it."""
    wanted, seen = [mutant.method], {mutant.method}
    found = []
    for name in wanted:
        range_ = next((each.paragraphs for each in one.methods if each.name == name), None)
        if range_ is not None:
            found.append(range_)
            continue
        callers = [each for each in _callers(module, one, name) if each not in seen]
        wanted += callers
        seen.update(callers)
    return found


def _callers(module: Module, one: Correspondence, name: str) -> list[str]:
    tree = ast.parse(module.text)
    program = next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == one.class_name)
    methods = [each for each in program.body if isinstance(each, ast.FunctionDef)]
    return [each.name for each in methods if f"self.{name}()" in ast.unparse(each)]


def table(faults: Sequence[Fault]) -> str:
    rows = []
    for kind in (*KINDS, "all"):
        counts = Counter(each.word for each in faults if kind in ("all", each.kind))
        total = sum(counts.values())
        rows.append((kind, total, *(counts[word] for word in WORDS), share(_refuted(counts), _faults(counts))))
    return markdown(("fault", "number", *WORDS, "refuted"), [row for row in rows if row[1]])


def _shown(fault: Fault) -> str:
    where = f"{fault.program}, {fault.method}, line {fault.line}"
    return f"{fault.word}: {where}: {fault.kind}, {fault.description}; {fault.said}"


def _refuted(counts: Counter[str]) -> int:
    return counts[WORDS[0]] + counts[WORDS[1]]


def _faults(counts: Counter[str]) -> int:
    """Those that make a difference."""
    return sum(counts[word] for word in WORDS[:3])


def _meets_floor(faults: Sequence[Fault]) -> bool:
    counts = Counter(each.word for each in faults if each.kind in FOREMOST)
    return _refuted(counts) >= FLOOR * _faults(counts)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=1, help="faults of each kind in each program")
    parser.add_argument("--programs", default="", help="names, with commas; all if none is given")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--states", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args(arguments)
    only = set(filter(None, given.programs.split(",")))
    faults: list[Fault] = []
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
            made = [judge(one, *each) for each in drawn(one, given.each, given.kinds.split(","), rng)]
            faults += made
            if given.json is not None:
                write_json(given.json, [asdict(each) for each in faults])
            print(program.name, dict(Counter(each.word for each in made)), file=sys.stderr, flush=True)
            print("".join(f"{_shown(each)}\n" for each in made if each.word in WORDS[2:]), end="", flush=True)
    print(table(faults))
    return int(not _meets_floor(faults))


if __name__ == "__main__":
    sys.exit(main())
