"""How fast it translates, with an empty and with a full proof store, and how fast what it makes runs.

    python benchmarks/speed.py [FILE.c … | FILE.s …] [--target riscv] [--level O2] [--jobs N]

Every measurement is a fresh process; importing the package is not part of it. Executed instructions are counted under
qemu for the C files that have a ``main``, against the code of the cross compiler at the same level.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from harness import X86_FLAGS, difference, markdown, processors, share, translate_file, write_json

import transpile
from transpile import tools
from transpile.emulators import qemu
from transpile.options import TARGETS, Options, Target

WORKLOAD = Path(__file__).parent / "workload.c"


@dataclass(frozen=True, slots=True)
class Speed:
    """Blocks and seconds of one pass over the files; ``peak_mib`` is the largest process."""

    target: str
    level: str
    store: str
    blocks: int
    proved: int
    seconds: float
    peak_mib: int

    @property
    def rate(self) -> float:
        return self.blocks / self.seconds


@dataclass(frozen=True, slots=True)
class Executed:
    """Instructions that one program executes, and those of the cross compiler's code."""

    program: str
    target: str
    level: str
    translated: int | None
    baseline: int | None
    reason: str = ""


def measure(files: Sequence[tuple[str, str]], target: Target, level: str, store: Path, jobs: int, kind: str) -> Speed:
    """One pass in this process. ``files``: name and text."""
    options = Options(jobs=jobs, allow_untranslated=True, store=store)
    blocks = proved = 0
    start = time.monotonic()
    for name, text in files:
        counted = transpile.translate(text, to=target, file=name, options=options).verdicts
        blocks += sum(counted.values())
        proved += counted["proved"]
    seconds = time.monotonic() - start
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Speed(target, level, kind, blocks, proved, seconds, peak // 1024)


def assembly(source: Path, level: str, folder: Path) -> Path:
    """``source`` itself, or what gcc makes of a C file."""
    if source.suffix == ".s":
        return source
    output = folder / f"{source.stem}.{level}.s"
    tools.call([*tools.command("cc"), f"-{level}", *X86_FLAGS, "-S", str(source), "-o", str(output)])
    return output


def speeds(sources: Sequence[Path], target: Target, level: str, jobs: int, folder: Path) -> list[Speed]:
    """The empty store, then the one that this filled."""
    texts = [(path.name, path.read_text()) for path in (assembly(source, level, folder) for source in sources)]
    store = folder / f"{target}.{level}.sqlite"
    results = []
    for kind in ("empty", "full"):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            results.append(pool.submit(measure, texts, target, level, store, jobs, kind).result())
    return results


def executed(source: Path, target: Target, level: str, folder: Path) -> Executed:
    """Run the translated program and the cross compiler's own."""
    x86 = assembly(source, level, folder)
    output = folder / f"{source.stem}.{level}.{target}.s"
    done = translate_file(x86, target, output, folder / f"{target}.{level}.sqlite")
    if done.error:
        return Executed(source.name, target, level, None, None, done.error)
    native, mine, theirs = folder / "native", folder / "translated", folder / "baseline"
    tools.call([*tools.command("cc"), str(x86), "-lm", "-o", str(native)])
    qemu.link([output], target, mine)
    qemu.link([source], target, theirs, [f"-{level}", "-w", "-fsigned-char"])
    completed, count = qemu.instruction_count(mine, target)
    reason = difference(qemu.run(native), completed)
    return Executed(source.name, target, level, count, qemu.instruction_count(theirs, target)[1], reason)


def tables(measured: Sequence[Speed], counted: Sequence[Executed]) -> str:
    rows = [
        (f"{m.level} {m.target}", m.store, m.blocks, share(m.proved, m.blocks), f"{m.rate:.0f}", m.peak_mib)
        for m in measured
    ]
    text = markdown(("run", "store", "blocks", "proved", "blocks/s", "peak MiB"), rows)
    executions = [
        (
            e.program,
            f"{e.level} {e.target}",
            e.translated or "—",
            e.baseline or "—",
            f"{e.translated / e.baseline:.2f}" if e.translated and e.baseline else "—",
            e.reason.replace("\n", " ")[:160],
        )
        for e in counted
    ]
    header = ("program", "run", "instructions", "cross gcc", "ratio", "problem")
    return text + "\n" + markdown(header, executions)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", type=Path, nargs="*", default=[WORKLOAD], help="C or assembly; default: workload.c")
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    parser.add_argument("--level", choices=("O0", "O1", "O2", "O3", "Os"), action="append", help="default: O0 and O2")
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--output", type=Path, default=Path("build/speed"), help="folder for the results")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    measured: list[Speed] = []
    counted: list[Executed] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for level in chosen.level or ("O0", "O2"):
            for target in chosen.target or TARGETS:
                measured += speeds(chosen.files, target, level, chosen.jobs, folder)
                programs = [path for path in chosen.files if path.suffix == ".c" and "main(" in path.read_text()]
                counted += [executed(path, target, level, folder) for path in programs]
    chosen.output.mkdir(parents=True, exist_ok=True)
    text = tables(measured, counted)
    (chosen.output / "speed.md").write_text(text)
    rows = [{**asdict(m), "blocks_per_s": m.rate} for m in measured]
    write_json(chosen.output / "speed.json", {"speed": rows, "executed": [asdict(e) for e in counted]})
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
