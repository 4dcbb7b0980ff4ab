"""Generated COBOL paragraphs against their Python: no difference on states at the bounds and at random.

    python benchmarks/cobol_generated.py [--programs 20] [--paragraphs 15] [--states 100] [--seed SEED]
        [--keep FOLDER] [--json FILE] [--jobs 1] [--whole] [--again]

Programs are made from fresh seeds unless ``--seed`` names the first one; it is printed, so that a run can be repeated.
Each is translated, and each of its paragraphs runs with GnuCOBOL and as Python on so many states. A paragraph that
differs is shown with the smallest program that still does (``--whole``: as it is) and with the state; ``--keep`` writes
that program there. ``--again``: the runs on so many states are the verdict, as a translation has it, and what they do
not refute runs on as many other states; only what differs there counts. The exit status is 1 if anything differs, or if
a translation ends in an internal error.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from harness import added, in_workers, markdown, share, write_json

from transpile.cobol.checking import check
from transpile.cobol.parse import parse_text
from transpile.corpora.cobol_paragraphs import Program, alone, generate, smaller, without_unused
from transpile.differential.paragraphs import Compared, NotRun, Outcome, Settings, compare
from transpile.errors import TranspileError, UnsupportedError
from transpile.python.emitter import emit
from transpile.restructure.program import restructured

_REDUCING_S = 90.0
OTHER_STATES = 1_000_003


@dataclass(frozen=True, slots=True)
class Case:
    seed: int
    paragraphs: int
    states: int
    builds: Path
    reduce: bool = True
    again: bool = False

    @property
    def settings(self) -> Settings:
        return Settings(states=self.states, seed=self.seed, folder=self.builds)

    @property
    def others(self) -> Settings:
        """The same with other states."""
        return replace(self.settings, seed=self.seed + OTHER_STATES)


@dataclass(frozen=True, slots=True)
class Found:
    """A difference: ``text`` is a program that shows it in ``paragraph``."""

    seed: int
    paragraph: str
    said: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the paragraphs of one program. ``runs`` are the states compared."""

    seed: int
    verdicts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    runs: int = 0
    dropped: int = 0
    differences: tuple[Found, ...] = ()
    seconds: float = 0.0
    error: str = ""


def outcomes(program: Program, settings: Settings, only: str = "") -> dict[str, Outcome]:
    """By the names of paragraphs. Raises ``TranspileError`` where the program has no Python."""
    unit = parse_text(program.text, f"{program.name.lower()}.cob")
    check(unit)
    found = restructured(unit)
    module = emit(*found.programs)
    ranges = {name: where for name, where in program.ranges().items() if only in ("", name)}
    made = {each.paragraphs for each in module.classes[-1].methods}
    compared = compare(found, program.name, module, [each for each in ranges.values() if each in made], settings)
    return {name: compared.get(where, NotRun("there is no method for it")) for name, where in ranges.items()}


def judge(case: Case) -> Result:
    """Never raises for what a program or its translation does."""
    start = time.monotonic()
    program = generate(case.seed, case.paragraphs)
    known: dict[str, Outcome] = {}
    try:
        each = outcomes(program, case.settings)
        if case.again:
            known, each = each, outcomes(program, case.others)
    except UnsupportedError as error:
        reasons = {f"unsupported: {error.message}": case.paragraphs}
        return Result(case.seed, {"not translated": case.paragraphs}, reasons)
    except TranspileError as error:
        return Result(case.seed, error=error.render())
    except Exception:
        return Result(case.seed, error=traceback.format_exc(limit=-4))
    refuted = {name for name, outcome in known.items() if verdict(outcome) == "differs"}
    each = {name: outcome for name, outcome in each.items() if name not in refuted}
    verdicts, reasons = Counter(map(verdict, each.values())), Counter(map(reason, each.values()))
    verdicts["refuted"] += len(refuted)
    del reasons[""]
    compared = [outcome for outcome in each.values() if isinstance(outcome, Compared)]
    differences = tuple(
        _found(case, program, name, outcome) for name, outcome in each.items() if verdict(outcome) == "differs"
    )
    return Result(
        case.seed,
        dict(+verdicts),
        dict(reasons),
        sum(outcome.runs for outcome in compared),
        sum(outcome.dropped for outcome in compared),
        differences,
        round(time.monotonic() - start, 2),
    )


def verdict(outcome: Outcome) -> str:
    match outcome:
        case NotRun():
            return "not run"
        case Compared(difference=None, runs=0):
            return "nothing compared"
        case Compared(difference=None, exhaustive=True):
            return "same on all values"
        case Compared(difference=None):
            return "same"
    return "differs"


def reason(outcome: Outcome) -> str:
    return f"not run: {outcome.reason}" if isinstance(outcome, NotRun) else ""


def _found(case: Case, program: Program, name: str, outcome: Outcome) -> Found:
    if case.reduce:
        program, outcome = reduced(program, name, outcome, case.others if case.again else case.settings)
    assert isinstance(outcome, Compared)
    return Found(case.seed, name, str(outcome.difference), program.text)


def reduced(program: Program, name: str, outcome: Outcome, settings: Settings) -> tuple[Program, Outcome]:
    """The smallest program found in which the paragraph still differs, and how."""
    end = time.monotonic() + _REDUCING_S
    differs = _still(alone(program, name), name, settings)
    if differs is not None:
        program, outcome = alone(program, name), differs
    again = True
    while again:
        again = False
        for less in smaller(program):
            if time.monotonic() > end:
                break
            if any(each.name == name for each in less.paragraphs):
                differs = _still(less, name, settings)
                if differs is not None:
                    program, outcome, again = less, differs, True
                    break
    least = without_unused(program)
    differs = _still(least, name, settings)
    return (program, outcome) if differs is None else (least, differs)


def _still(program: Program, name: str, settings: Settings) -> Outcome | None:
    try:
        outcome = outcomes(program, settings, only=name)[name]
    except TranspileError:
        return None
    return outcome if verdict(outcome) == "differs" else None


def report(results: Sequence[Result], keep: Path | None) -> str:
    verdicts = added(each.verdicts for each in results)
    total = sum(verdicts.values())
    text = markdown(
        ("paragraphs", "number", "share"), [(word, count, share(count, total)) for word, count in verdicts.items()]
    )
    reasons = added(each.reasons for each in results)
    if reasons:
        text += "\n" + markdown(("reason", "paragraphs"), reasons.items())
    runs, dropped = sum(each.runs for each in results), sum(each.dropped for each in results)
    text += f"\n{total} paragraphs of {len(results)} programs, {runs} runs compared, {dropped} said nothing\n"
    for found in (each for result in results for each in result.differences):
        text += f"\nseed {found.seed}, {found.paragraph}: {found.said}\n\n{found.text}"
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{found.seed}-{found.paragraph}.cob").write_text(found.text)
    for result in results:
        if result.error:
            text += f"\nseed {result.seed}: {result.error}\n"
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=20)
    parser.add_argument("--paragraphs", type=int, default=15, help="of each program")
    parser.add_argument("--states", type=int, default=100, help="for each paragraph")
    parser.add_argument("--seed", type=int, default=None, help="of the first program")
    parser.add_argument("--whole", action="store_true", help="programs that differ are not made smaller")
    parser.add_argument("--again", action="store_true", help="judge first, then look at what was not refuted")
    parser.add_argument("--keep", type=Path, default=None, help="where programs that differ are written")
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args(arguments)
    first = random.SystemRandom().randrange(10**9) if given.seed is None else given.seed
    print(f"seeds {first} to {first + given.programs - 1}")
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        cases = [
            (Case(first + at, given.paragraphs, given.states, Path(folder), not given.whole, given.again),)
            for at in range(given.programs)
        ]
        made = map(judge, (case for (case,) in cases)) if given.jobs == 1 else in_workers(judge, cases, given.jobs)
        results = [
            Result(case.seed, error=each) if isinstance(each, str) else each
            for (case,), each in zip(cases, made, strict=True)
        ]
    print(report(results, given.keep))
    if given.json is not None:
        write_json(given.json, [asdict(each) for each in results])
    return int(any(each.differences or each.error for each in results))


if __name__ == "__main__":
    sys.exit(main())
