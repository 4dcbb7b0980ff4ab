"""Random C programs: the checksum of every translation must be the native program's.

    python benchmarks/csmith.py [--seeds 50] [--first SEED] [--target riscv] [--level O2]
    python benchmarks/csmith.py --still-fails FILE.c --level O2 --target riscv

Seeds are fresh unless ``--first`` names the first one; it is printed, so that a run can be repeated. A program that
does not end natively in time is skipped. Failing programs are kept with their reason; ``--still-fails`` exits with 0
while a program fails, which is what C-Vise and C-Reduce ask of an interestingness test.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from harness import X86_FLAGS, added, difference, in_workers, markdown, processors, share, translate_file, write_json

from transpile import tools
from transpile.emulators import qemu
from transpile.errors import ToolError
from transpile.options import TARGETS, Target

HEADERS = ("/usr/include/csmith", "/usr/local/include/csmith")
SHAPE = ("--max-funcs", "4", "--max-block-size", "4", "--no-packed-struct")
NATIVE_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Case:
    """One program at one level for one target."""

    seed: int
    level: str
    target: Target
    source: Path
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """``status`` is ``equal``, ``skipped``, ``differs`` or ``failed``."""

    seed: int
    level: str
    target: str
    status: str
    reason: str = ""
    verdicts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def generate(seed: int, folder: Path) -> Path:
    """The program that csmith makes of ``seed``."""
    if not shutil.which("csmith"):
        raise ToolError("csmith is not installed", hint="run 'apt-get install csmith libcsmith-dev'")
    source = folder / f"{seed}.c"
    # csmith leaves a file named platform.info in the current folder.
    source.write_bytes(tools.call(["csmith", "--seed", str(seed), *SHAPE], cwd=folder))
    return source


def judge(case: Case) -> Outcome:
    """Compile, translate, link, run and compare; never raises for what the program or its translation does."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            return compare(case, folder)
        except ToolError as error:
            return Outcome(case.seed, case.level, case.target, "failed", f"{error.message}: {error.hint}")


def compare(case: Case, folder: Path) -> Outcome:
    x86, output, native = folder / "x86.s", folder / "target.s", folder / "native"
    includes = [f"-I{path}" for path in HEADERS if Path(path).is_dir()]
    compile_c = [*tools.command("cc"), f"-{case.level}", *X86_FLAGS, *includes, "-S", str(case.source), "-o", str(x86)]
    tools.call(compile_c)
    tools.call([*tools.command("cc"), str(x86), "-o", str(native)])
    expected = qemu.run(native, timeout_s=NATIVE_LIMIT_S, cwd=folder)
    if expected.timed_out or expected.exit_code < 0:
        return Outcome(case.seed, case.level, case.target, "skipped", "the native program does not end well")
    done = translate_file(x86, case.target, output, None)
    outcome = Outcome(
        case.seed, case.level, case.target, "failed", done.error, dict(done.verdicts), round(done.seconds, 2)
    )
    if done.error:
        return outcome
    binary = qemu.link([output], case.target, folder / "target")
    reason = difference(expected, qemu.run(binary, case.target, timeout_s=case.timeout_s, cwd=folder))
    status = "differs" if reason else "equal"
    return Outcome(case.seed, case.level, case.target, status, reason, outcome.verdicts, outcome.seconds)


def keep(outcome: Outcome, source: Path, output: Path) -> None:
    """A failing program, its reason, and how to reduce it."""
    folder = output / f"{outcome.seed}.{outcome.level}.{outcome.target}"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, folder / "program.c")
    script = Path(__file__).resolve()
    test = f"{sys.executable} {script} --still-fails program.c --level {outcome.level} --target {outcome.target}"
    (folder / "reason.txt").write_text(f"{outcome.status}: {outcome.reason}\n\nreduce: cvise '{test}' program.c\n")


def summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    counted = [outcome for outcome in outcomes if outcome.status != "skipped"]
    equal = sum(outcome.status == "equal" for outcome in counted)
    verdicts = added(outcome.verdicts for outcome in counted)
    return {
        "programs": len(counted),
        "skipped": len(outcomes) - len(counted),
        "equal": equal,
        "share": share(equal, len(counted)),
        "verdicts": verdicts,
        "proved": share(verdicts.get("proved", 0), sum(verdicts.values())),
    }


def table(outcomes: Sequence[Outcome]) -> str:
    keys = sorted({(outcome.level, outcome.target) for outcome in outcomes})
    rows = []
    for level, target in keys:
        total = summary([o for o in outcomes if (o.level, o.target) == (level, target)])
        row = (f"{level} {target}", f"{total['equal']} of {total['programs']}", total["skipped"], total["proved"])
        rows.append(row)
    return markdown(("run", "equal checksums", "skipped", "blocks proved"), rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=50, help="how many programs")
    parser.add_argument("--first", type=int, help="the first seed; default: a fresh one")
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    parser.add_argument("--level", choices=("O0", "O1", "O2", "O3", "Os"), action="append", help="default: O0 and O2")
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one run under qemu")
    parser.add_argument("--output", type=Path, default=Path("build/csmith"), help="folder for failing programs")
    parser.add_argument("--json", type=Path, help="where to write the results; default: OUTPUT/csmith.json")
    parser.add_argument("--still-fails", type=Path, metavar="FILE", help="exit with 0 if this program still fails")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    levels, targets = chosen.level or ["O0", "O2"], chosen.target or list(TARGETS)
    if chosen.still_fails:
        source = chosen.still_fails.resolve()
        outcomes = [judge(Case(0, level, target, source, chosen.timeout)) for level in levels for target in targets]
        return 0 if any(outcome.status == "differs" for outcome in outcomes) else 1
    first = chosen.first if chosen.first is not None else random.SystemRandom().randrange(1 << 31)
    print(f"seeds {first} to {first + chosen.seeds - 1}", file=sys.stderr)
    output = chosen.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    outcomes = []
    with tempfile.TemporaryDirectory() as scratch:
        sources = {seed: generate(seed, Path(scratch)) for seed in range(first, first + chosen.seeds)}
        cases = [Case(s, level, t, sources[s], chosen.timeout) for s in sources for level in levels for t in targets]
        done = in_workers(judge, [(case,) for case in cases], chosen.jobs)
        for case, result in zip(cases, done, strict=True):
            died = Outcome(case.seed, case.level, case.target, "failed", str(result))
            outcome = died if isinstance(result, str) else result
            outcomes.append(outcome)
            if outcome.status in ("differs", "failed"):
                keep(outcome, case.source, output)
                told = f"{outcome.seed} {outcome.level} {outcome.target}: {outcome.status}: {outcome.reason}"
                print(told, file=sys.stderr, flush=True)
    total = summary(outcomes)
    rows = [asdict(outcome) for outcome in outcomes]
    write_json(chosen.json or output / "csmith.json", {"first": first, "totals": total, "results": rows})
    (output / "csmith.md").write_text(table(outcomes))
    print(table(outcomes), total, sep="\n")
    return 0 if total["equal"] == total["programs"] else 1


if __name__ == "__main__":
    sys.exit(main())
