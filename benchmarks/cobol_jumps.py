"""Proofs of generated paragraphs that jump: how many there are, and whether any can be deceived.

    python benchmarks/cobol_jumps.py [--programs 100] [--faults 6] [--states 300] [--seed N] [--keep FOLDER]

Each program is a range of paragraphs with GO TO forwards and back. Its Python is proved; so are faults in it, if it is.
What is proved runs against GnuCOBOL on so many states: if it differs there, the proof is wrong, the exit status is 1,
and ``--keep`` gets the program and the Python.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from cobol_faults import broken
from cobol_mutation import mutants
from harness import markdown

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.corpora.cobol_jumps import jumping
from transpile.differential.paragraphs import Compared, Settings, compare
from transpile.python.emitter import Module, emit
from transpile.restructure.program import Restructured, restructured
from transpile.solvers.paragraphs.proving import prove

WRONG = "proved and WRONG"


def judged(seed: int, faults: int, settings: Settings, keep: Path | None) -> Counter[str]:
    """What became of one program and its faults."""
    text, last = jumping(seed)
    found = restructured(parse_text(text, "jumps.cob", Options(format="free")))
    module = emit(*found.programs)
    one, where = module.classes[-1], (1, last)
    counted: Counter[str] = Counter()
    if not prove(found, one, module.text, [where])[where].proved:
        return Counter({"not proved": 1})
    every = [module]
    made = [each for each in mutants(module.text, one.class_name) if each.text != module.text]
    random.Random(seed).shuffle(made)
    for mutant in made[:faults]:
        proved = prove(found, one, mutant.text, [where])[where].proved
        counted["faults not proved"] += not proved
        every += [broken(module, mutant)] if proved else []
    for each in every:
        word = "proved" if each is module else "faults proved and equal"
        if differs(found, each, where, settings):
            word = WRONG
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}.cob").write_text(text)
                (keep / f"{seed}.py").write_text(each.files.get(each.name, each.text))
        counted[word] += 1
    return counted


def differs(found: Restructured, module: Module, where: tuple[int, int], settings: Settings) -> bool:
    name = module.classes[-1].program.origin
    outcome = compare(found, name, module, [where], settings)[where]
    return isinstance(outcome, Compared) and outcome.difference is not None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--faults", type=int, default=6, help="in each program")
    parser.add_argument("--states", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="of the first program")
    parser.add_argument("--keep", type=Path, help="where programs go whose proof is wrong")
    given = parser.parse_args()
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        for seed in range(given.seed, given.seed + given.programs):
            counted += judged(seed, given.faults, Settings(given.states, seed=seed, folder=Path(folder)), given.keep)
            print(seed, dict(counted), file=sys.stderr, flush=True)
    words = ("proved", "not proved", "faults not proved", "faults proved and equal", WRONG)
    print(markdown(words, [[counted[word] for word in words]]))
    return int(counted[WRONG] > 0)


if __name__ == "__main__":
    sys.exit(main())
