"""BringUpBench: every program translated, linked and run; its output must be that of the native program.

    python benchmarks/bringup.py CHECKOUT [--only NAME,…] [--target riscv] [--level O2] [--count] [--control]

For each program, optimisation level and target: compile to x86-64 assembly with gcc, translate every file (the shared
libmin once per level and target), link with the cross compiler, run under qemu in the program's folder, and compare
standard output and exit code with the native run. ``--control`` compiles with the cross compiler instead of
translating, to learn what qemu alone does. ``--count`` compares executed instructions with the cross compiler's code.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from harness import (
    CONTROL_FLAGS,
    X86_FLAGS,
    Translated,
    added,
    difference,
    geometric_mean,
    in_workers,
    markdown,
    processors,
    share,
    translate_file,
    write_json,
)

from transpile import tools
from transpile.emulators import qemu
from transpile.emulators.qemu import Completed
from transpile.errors import ToolError
from transpile.options import TARGETS, Target

A = TypeVar("A")
B = TypeVar("B")
BASELINE_FLAGS = ("-w", "-fsigned-char")
DEFINES = ("-DTARGET_HOST", "-DTARGET_PERFHOOKS")


@dataclass(frozen=True, slots=True)
class Program:
    """One benchmark: its folder, and what its Makefile says."""

    name: str
    folder: Path
    sources: tuple[Path, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one program at one level for one target. ``status`` is ``equal``, ``differs``, ``failed``, or
    ``skipped`` when there is no native run to compare with."""

    program: str
    level: str
    target: str
    status: str
    reason: str = ""
    verdicts: dict[str, int] = field(default_factory=dict)
    run_s: float = 0.0
    instructions: int | None = None
    baseline: int | None = None

    @property
    def ratio(self) -> float | None:
        return self.instructions / self.baseline if self.instructions and self.baseline else None


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that stays the same during a run."""

    checkout: Path
    output: Path
    jobs: int
    timeout_s: float
    store: Path | None
    control: bool
    count: bool
    lm: str = "none"

    @property
    def libmin(self) -> Program:
        sources = sorted((self.checkout / "common").glob("*.c"))
        return Program("lib", self.checkout, (*sources, self.checkout / "target" / "libtarg.c"), ())

    def folder(self, level: str, isa: str) -> Path:
        path = self.output / level / isa
        path.mkdir(parents=True, exist_ok=True)
        return path

    def map(self, work: Callable[[A], B], items: Sequence[A]) -> list[B]:
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(work, items))


def programs(checkout: Path, only: Sequence[str]) -> list[Program]:
    found = []
    for makefile in sorted(checkout.glob("*/Makefile")):
        settings = dict(re.findall(r"^(\w+)[ \t]*=[ \t]*(.*?)[ \t]*$", makefile.read_text(), re.MULTILINE))
        name = makefile.parent.name
        if "PROG" not in settings or (only and name not in only):
            continue
        sources = tuple(makefile.parent / o.replace(".o", ".c") for o in settings["LOCAL_OBJS"].split())
        found.append(Program(name, makefile.parent, sources, tuple(settings.get("LOCAL_CFLAGS", "").split())))
    return found


def compiled(bench: Bench, program: Program, level: str, isa: str, flags: Sequence[str], folder: Path) -> list[Path]:
    """Assembly of every source of a program by the compiler of ``isa``, empty for this machine."""
    includes = [f"-I{bench.checkout / 'common'}", f"-I{bench.checkout / 'target'}"]
    command = [*tools.command("cc", isa), f"-{level}", "-S", *flags, *DEFINES, *program.flags, *includes]
    outputs = assembly_of(program, folder)
    for source, output in zip(program.sources, outputs, strict=True):
        tools.call([*command, str(source), "-o", str(output)])
    return outputs


def native_runs(bench: Bench, listed: Sequence[Program], level: str) -> dict[str, Completed]:
    """The expected outcome of each program that links natively; also leaves the x86-64 assembly of everything."""
    folder = bench.folder(level, "x86")
    library = archive(bench, compiled(bench, bench.libmin, level, "", X86_FLAGS, folder), "", folder / "lib.a")

    def run(program: Program) -> tuple[str, Completed] | None:
        own = compiled(bench, program, level, "", X86_FLAGS, folder)
        binary = folder / program.name
        try:
            tools.call([*tools.command("cc"), *map(str, own), str(library), "-lm", "-o", str(binary)])
        except ToolError:
            return None
        return program.name, qemu.run(binary, "", timeout_s=bench.timeout_s, cwd=program.folder)

    return dict(filter(None, bench.map(run, listed)))


def translations(bench: Bench, listed: Sequence[Program], level: str, target: Target) -> dict[str, list[Translated]]:
    """Translate every file of every program, in worker processes; results by program."""
    every = [bench.libmin, *listed]
    sources, outputs = bench.folder(level, "x86"), bench.folder(level, target)
    owners = [program.name for program in every for _ in program.sources]
    files = [path.name for program in every for path in assembly_of(program, sources)]
    jobs = [(sources / name, target, outputs / name, bench.store, bench.lm) for name in files]
    results: dict[str, list[Translated]] = {program.name: [] for program in every}
    for owner, name, done in zip(owners, files, in_workers(translate_file, jobs, bench.jobs), strict=True):
        results[owner].append(Translated(name, target, error=done) if isinstance(done, str) else done)
    return results


def archive(bench: Bench, assembly: Sequence[Path], isa: str, output: Path) -> Path:
    """A static library of the files that assemble; a program that needs another one fails to link and says so."""

    def assembled(path: Path) -> Path | None:
        if not path.exists():
            return None
        try:
            return qemu.assemble(path, isa, path.with_suffix(".o"))
        except ToolError:
            return None

    objects = [path for path in bench.map(assembled, assembly) if path]
    output.unlink(missing_ok=True)
    tools.call([*tools.command("ar", isa), "rcs", str(output), *map(str, objects)])
    return output


@dataclass(frozen=True, slots=True)
class Stage:
    """One level and target."""

    bench: Bench
    level: str
    target: Target
    expected: dict[str, Completed]
    libmin: Path
    translated: dict[str, list[Translated]]

    def judge(self, program: Program) -> Result:
        """Link and run one program; whatever goes wrong becomes its reason."""
        result = Result(program.name, self.level, self.target, "failed")
        files = self.translated.get(program.name, [])
        result = replace(result, verdicts=added(file.verdicts for file in files))
        errors = [file.error for file in files if file.error]
        if errors:
            return replace(result, reason=f"translate: {errors[0]}")
        native = self.expected.get(program.name)
        if native is None or native.timed_out:
            reason = "does not link natively" if native is None else "does not end in time natively"
            return replace(result, status="skipped", reason=reason)
        try:
            return self.ran(program, result)
        except ToolError as error:
            return replace(result, reason=f"link: {error.message}: {error.hint}")

    def ran(self, program: Program, result: Result) -> Result:
        folder = self.bench.folder(self.level, self.target)
        binary = qemu.link([*assembly_of(program, folder), self.libmin], self.target, folder / program.name)
        start = time.monotonic()
        count = None
        if self.bench.count:
            completed, count = self.counted(binary, program)
        else:
            completed = qemu.run(binary, self.target, timeout_s=self.bench.timeout_s, cwd=program.folder)
        run_s = round(time.monotonic() - start, 3)
        reason = difference(self.expected[program.name], completed)
        status = "differs" if reason else "equal"
        baseline = self.baseline(program) if count else None
        return replace(result, status=status, reason=reason, run_s=run_s, instructions=count, baseline=baseline)

    def counted(self, binary: Path, program: Program) -> tuple[Completed, int | None]:
        return qemu.instruction_count(binary, self.target, timeout_s=self.bench.timeout_s, cwd=program.folder)

    def baseline(self, program: Program) -> int | None:
        """Instructions that the cross compiler's own code executes."""
        folder = self.bench.folder(self.level, f"{self.target}-gcc")
        compiled(self.bench, program, self.level, self.target, BASELINE_FLAGS, folder)
        files = [*assembly_of(program, folder), folder / "lib.a"]
        return self.counted(qemu.link(files, self.target, folder / program.name), program)[1]


def assembly_of(program: Program, folder: Path) -> list[Path]:
    return [folder / f"{program.name}__{source.stem}.s" for source in program.sources]


def stage(bench: Bench, listed: Sequence[Program], level: str, target: Target, expected: dict[str, Completed]) -> Stage:
    """Everything up to linking, for one level and target."""
    folder = bench.folder(level, target)
    translated: dict[str, list[Translated]] = {}
    if bench.control:
        for program in [bench.libmin, *listed]:
            compiled(bench, program, level, target, CONTROL_FLAGS, folder)
    else:
        translated = translations(bench, listed, level, target)
    if bench.count:
        own = bench.folder(level, f"{target}-gcc")
        archive(bench, compiled(bench, bench.libmin, level, target, BASELINE_FLAGS, own), target, own / "lib.a")
    library = archive(bench, assembly_of(bench.libmin, folder), target, folder / "lib.a")
    return Stage(bench, level, target, expected, library, translated)


def summary(results: Sequence[Result], files: Sequence[Translated]) -> dict[str, object]:
    """Totals of one level and target."""
    verdicts = added(file.verdicts for file in files)
    ratios = [result.ratio for result in results if result.ratio and result.status == "equal"]
    return {
        "programs": sum(result.status != "skipped" for result in results),
        "equal": sum(result.status == "equal" for result in results),
        "verdicts": verdicts,
        "proved": share(verdicts.get("proved", 0), sum(verdicts.values())),
        "files_failed": sum(bool(file.error) for file in files),
        "translate_s": round(sum(file.seconds for file in files), 1),
        "instruction_ratio": round(geometric_mean(ratios), 3) if ratios else None,
        "reasons": dict(list(added(file.reasons for file in files).items())[:30]),
    }


def tables(results: Sequence[Result], totals: dict[str, dict[str, object]]) -> str:
    """The Markdown fragment: totals, then every program."""
    head = markdown(
        ("run", "programs equal", "blocks proved", "instructions against gcc (geometric mean)"),
        [
            (key, f"{t['equal']} of {t['programs']}", t["proved"], t["instruction_ratio"] or "—")
            for key, t in totals.items()
        ],
    )
    rows = [
        (r.program, f"{r.level} {r.target}", r.status, r.run_s, f"{r.ratio:.2f}" if r.ratio else "—", r.reason[:160])
        for r in results
    ]
    cleaned = [tuple(str(cell).replace("\n", " ") for cell in row) for row in rows]
    return head + "\n" + markdown(("program", "run", "status", "seconds", "ratio", "reason"), cleaned)


def compared(results: Sequence[Result], earlier: Path) -> list[str]:
    """For each level and target: executed instructions as a share of those of an earlier run, and the worst program."""
    listed = json.loads(earlier.read_text())["results"]
    before = {(r["program"], r["level"], r["target"]): r["instructions"] for r in listed}
    ratios: dict[str, list[tuple[float, str]]] = {}
    for r in results:
        other = before.get((r.program, r.level, r.target))
        if r.instructions and other and r.status == "equal":
            ratios.setdefault(f"{r.level} {r.target}", []).append((r.instructions / other, r.program))
    return [
        f"{key}: {geometric_mean([ratio for ratio, _ in found]):.4f} of the instructions before, "
        f"{len(found)} programs; most: {max(found)[0]:.4f} {max(found)[1]}, fewest: {min(found)[0]:.4f} {min(found)[1]}"
        for key, found in ratios.items()
    ]


def keep_failures(bench: Bench, results: Sequence[Result]) -> None:
    """One text per program that failed, with the reason in full."""
    folder = bench.output / "failures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for result in results:
        if result.status in ("differs", "failed"):
            path = folder / f"{result.program}.{result.level}.{result.target}.txt"
            path.write_text(f"{result.status}: {result.reason}\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("checkout", type=Path, help="a checkout of toddmaustin/bringup-bench")
    parser.add_argument("--only", default="", help="program names, separated by commas")
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    parser.add_argument("--level", choices=("O0", "O1", "O2", "O3", "Os"), action="append", help="default: O0 and O2")
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one run under qemu")
    parser.add_argument("--output", type=Path, default=Path("build/bringup"), help="folder for all that is made")
    parser.add_argument("--json", type=Path, help="where to write the results; default: OUTPUT/bringup.json")
    parser.add_argument("--store", type=Path, help="proof store to read and add to; default: none")
    parser.add_argument("--count", action="store_true", help="count executed instructions")
    parser.add_argument("--control", action="store_true", help="cross-compile instead of translating")
    parser.add_argument("--lm", default="none", help="language models, as transpile has them; default: none")
    parser.add_argument("--against", type=Path, help="results of an earlier run (--json) to compare instructions with")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    checkout, output = chosen.checkout.resolve(), chosen.output.resolve()
    bench = Bench(checkout, output, chosen.jobs, chosen.timeout, chosen.store, chosen.control, chosen.count, chosen.lm)
    listed = programs(checkout, [name for name in chosen.only.split(",") if name])
    results: list[Result] = []
    totals: dict[str, dict[str, object]] = {}
    for level in chosen.level or ("O0", "O2"):
        expected = native_runs(bench, listed, level)
        for target in chosen.target or TARGETS:
            start = time.monotonic()
            current = stage(bench, listed, level, target, expected)
            judged = bench.map(current.judge, listed)
            results += judged
            files = [file for group in current.translated.values() for file in group]
            key = f"{level} {target}"
            totals[key] = {**summary(judged, files), "wall_s": round(time.monotonic() - start, 1)}
            print(f"{key}: {totals[key]}", file=sys.stderr, flush=True)
    keep_failures(bench, results)
    text = tables(results, totals)
    (output / "bringup.md").write_text(text)
    rows = [{**asdict(result), "ratio": result.ratio} for result in results]
    write_json(chosen.json or output / "bringup.json", {"totals": totals, "results": rows})
    print(text)
    for line in compared(results, chosen.against) if chosen.against else ():
        print(line)
    return 0 if all(result.status in ("equal", "skipped") for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
