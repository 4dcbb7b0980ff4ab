"""ParEval, sequential C to CUDA: every baseline as C, translated, and judged by ParEval's own driver.

    python benchmarks/pareval_cuda.py CHECKOUT [--only WORD,…] [--translator COMMAND] [--check-c] [--jobs 1]

For each problem: lower ``baseline.hpp`` from C++ to C, translate that, and run the driver's validation with the CUDA
text on the emulator, in every order of threads, at sizes within a block of threads and across blocks. Whatever the
emulator finds wrong is a failure. ``--check-c`` stops after the C text, which must pass itself. The exit code is 1 if
a translation is wrong, or if a C text is.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from harness import write_json
from pareval.evaluation import LIMITS, Failed, evaluate, evaluate_c, launches
from pareval.lowering import Lowered
from pareval.problems import Problem, problems
from pareval.report import Outcome, summary, tables
from pareval.syntax import Unconvertible
from pareval.translator import DEFAULT, translate

from transpile.errors import ToolError


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that stays the same during a run."""

    output: Path
    translator: str
    timeout_s: float
    only_c: bool

    def judge(self, problem: Problem) -> Outcome:
        """Everything that is done with one problem; whatever goes wrong becomes its reason."""
        start = time.monotonic()
        outcome = self._judged(problem)
        print(f"{problem.name}: {outcome.status}", file=sys.stderr, flush=True)
        return replace(outcome, seconds=round(time.monotonic() - start, 1))

    def _judged(self, problem: Problem) -> Outcome:
        outcome = Outcome(problem.name, problem.type, "passed")
        try:
            lowered = problem.lowered()
            file = self.output / f"{problem.name}.c"
            file.write_text(lowered.text)
            result = evaluate_c(problem, lowered, self.output / "programs")
        except Unconvertible as error:
            return replace(outcome, status="unconverted", reason=str(error))
        except ToolError as error:
            return replace(outcome, status="broken", reason=f"{error.message}: {error.hint}")
        if isinstance(result, Failed):
            return replace(outcome, status="broken", reason=f"the C version: {result.reason}")
        return replace(outcome, status="checked") if self.only_c else self._translated(problem, lowered, file, outcome)

    def _translated(self, problem: Problem, lowered: Lowered, file: Path, outcome: Outcome) -> Outcome:
        made = translate(self.translator, file, lowered.function.name, file.with_suffix(".cu"), self.timeout_s)
        if not made.text:
            return replace(outcome, status="refused" if made.refused else "untranslated", reason=made.reason)
        if not launches(made.text):
            return replace(outcome, status="untranslated", reason="the text launches no kernel")
        limits = replace(LIMITS, cpu_s=max(1, int(self.timeout_s)), wall_s=self.timeout_s)
        result = evaluate(problem, lowered, made.text, self.output / "programs", limits=limits)
        if isinstance(result, Failed):
            return replace(outcome, status="wrong", reason=result.reason)
        return outcome


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("checkout", type=Path, help="a checkout of parallelcodefoundry/ParEval")
    parser.add_argument("--only", default="", help="parts of problem names, separated by commas")
    parser.add_argument("--translator", default=DEFAULT, help=f"default: {DEFAULT}")
    parser.add_argument("--check-c", action="store_true", help="only convert to C, and check that")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one translation, and for one run")
    parser.add_argument("--output", type=Path, default=Path("build/pareval"), help="folder for all that is made")
    parser.add_argument("--json", type=Path, help="where to write the results; default: OUTPUT/pareval.json")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    output = chosen.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    bench = Bench(output, chosen.translator, chosen.timeout, chosen.check_c)
    listed = problems(chosen.checkout, [word for word in chosen.only.split(",") if word])
    with ThreadPoolExecutor(chosen.jobs) as pool:
        outcomes = list(pool.map(bench.judge, listed))
    print(tables(outcomes))
    rows = [asdict(outcome) for outcome in outcomes]
    write_json(chosen.json or output / "pareval.json", {"totals": summary(outcomes), "results": rows})
    return 1 if any(outcome.status in ("wrong", "broken") for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
