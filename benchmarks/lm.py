"""The embedded model on held-out blocks, beside ``random`` and the rules; see ``transpile.training.evaluate``."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from transpile.lm.embedded import WEIGHTS
from transpile.lm.seats import chain
from transpile.targets import target_isa
from transpile.training.evaluate import BUDGET, greedy_rate, held_out, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder PROJECT/**/*.s, from python -m transpile.corpora")
    parser.add_argument("data", type=Path, help="the folder data of transpile train's output")
    parser.add_argument("-n", type=int, default=500, help="held-out blocks for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lm", default="embedded,random", help="models to compare, with commas between")
    parser.add_argument("--candidates", type=int, default=BUDGET.candidates)
    parser.add_argument("--sketches", type=int, default=BUDGET.sketches)
    parser.add_argument("--feedback", type=int, default=BUDGET.feedback)
    parser.add_argument("--target", action="append", choices=("riscv", "aarch64"))
    given = parser.parse_args()
    budget = {"candidates": given.candidates, "sketches": given.sketches, "feedback": given.feedback}
    options = replace(BUDGET, seed=given.seed, **budget)
    print(json.dumps({"samples": options.samples} | budget), flush=True)
    for target in given.target or ("riscv", "aarch64"):
        found = held_out(given.corpus, target, given.data / target, given.n, given.seed)
        if "embedded" in given.lm:
            rate = greedy_rate(found, WEIGHTS / target)
            print(json.dumps({"target": target, "greedy blocks/s": round(rate, 1)}), flush=True)
        for lm in given.lm.split(","):
            (seat,) = chain(replace(options, lm=lm), target_isa(target), {})
            row = score(found, target, seat, options).row()
            print(json.dumps({"target": target, "lm": lm} | {k: round(v, 4) for k, v in row.items()}), flush=True)


if __name__ == "__main__":
    main()
