"""The rules that are copied beside COBOL's translation, against GnuCOBOL, on fresh random cases.

    python benchmarks/cobol_rules.py [--cases N] [--seed N] [--rule NAME …]

Prints a line for each rule, and the first differences; the exit status is 1 where there are any. Needs cobc.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from rulefuzz.cases import Difference, Kind, differences
from rulefuzz.numbers import NUMBER_RULES
from rulefuzz.texts import TEXT_RULES

from transpile.emulators.cobol.build import facts
from transpile.python.rules.cobol_rules import use_exact_arithmetic

RULES = NUMBER_RULES | TEXT_RULES
KINDS, EACH = 100, 50
"""Shapes of cases that are compiled together, and cases of each."""


def check(rule: Callable[[Random], Kind], cases: int, random: Random, folder: Path) -> Iterator[Difference]:
    while cases > 0:
        kinds = [rule(random) for _ in range(min(KINDS, cases // EACH + 1))]
        yield from differences(kinds, EACH, random, folder)
        cases -= len(kinds) * EACH


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule", nargs="*", default=sorted(RULES), choices=sorted(RULES))
    parser.add_argument("--show", type=int, default=3)
    options = parser.parse_args()
    print(facts())
    use_exact_arithmetic()
    failed = 0
    for name in options.rule:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            found = list(check(RULES[name], options.cases, Random(f"{options.seed} {name}"), Path(folder)))
        print(f"{name:20} {options.cases:>9,} cases  {len(found):>6,} differences  {time.monotonic() - start:6.1f} s")
        for difference in found[: options.show]:
            print(difference)
        failed += len(found)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
