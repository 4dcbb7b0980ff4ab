"""What the benchmarks share: translate a file and survive it, judge two runs, sum verdicts, write results.

A fault of the translator is a result like any other: it is recorded with its reason and the benchmark goes on.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import transpile
from transpile.core.verdict import WORDS
from transpile.emulators.qemu import Completed
from transpile.errors import TranspileError
from transpile.options import Options, Target

BATCH = 64
A = TypeVar("A")
X86_FLAGS = ("-w", "-fcf-protection=none")
CONTROL_FLAGS = ("-w", "-fsigned-char", "-ffp-contract=off")
"""How the target's own compiler gets the results of x86-64: its char is unsigned, and it fuses multiply and add."""


@dataclass(frozen=True, slots=True)
class Translated:
    """One translated file, or why there is none."""

    source: str
    target: str
    verdicts: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(WORDS, 0))
    reasons: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""

    @property
    def blocks(self) -> int:
        return sum(self.verdicts.values())


def translate_file(
    source: Path, target: Target, output: Path, store: Path | None, lm: str = "none", limit_s: int = 900
) -> Translated:
    """Translate ``source`` to ``output``; blocks without proof or test become traps. Runs in a worker's main thread."""
    start = time.monotonic()
    options = Options(jobs=1, allow_untranslated=True, store=store, lm=lm)
    signal.signal(signal.SIGALRM, _overdue)
    signal.alarm(limit_s)
    try:
        done = transpile.translate(source.read_text(), to=target, file=str(source), options=options)
        output.write_text(done.text)
    except TranspileError as error:
        return Translated(source.name, target, seconds=time.monotonic() - start, error=error.render())
    except Exception:
        return Translated(source.name, target, seconds=time.monotonic() - start, error=traceback.format_exc(limit=-4))
    finally:
        signal.alarm(0)
    reasons: dict[str, int] = {}
    for block in done.blocks:
        if block.verdict.word != "proved":
            reason = f"{block.verdict.word}: {block.reason}"
            reasons[reason] = reasons.get(reason, 0) + 1
    return Translated(source.name, target, done.verdicts, reasons, time.monotonic() - start)


def _overdue(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("the translation took too long")


def in_workers(work: Callable[..., A], jobs: Sequence[tuple[Any, ...]], workers: int) -> Iterator[A | str]:
    """``work(*job)`` for each job, in order, by processes that are replaced now and then to give their memory back.

    A job whose worker dies yields a message instead of a result.
    """
    for start in range(0, len(jobs), BATCH):
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            futures = [pool.submit(work, *job) for job in jobs[start : start + BATCH]]
            for future in futures:
                try:
                    yield future.result()
                except BrokenProcessPool:
                    yield "a worker process died"


def difference(expected: Completed, actual: Completed) -> str:
    """How two runs differ in output or exit code, in one line; empty when they agree."""
    if actual.timed_out:
        return "did not end in time"
    if actual.exit_code < 0 and actual.exit_code != expected.exit_code:
        said = actual.stderr[-200:].decode(errors="replace")
        return f"ended by {signal.Signals(-actual.exit_code).name}: {said}"
    if actual.exit_code != expected.exit_code:
        return f"exit code {actual.exit_code}, not {expected.exit_code}"
    if actual.stdout != expected.stdout:
        return f"output differs at line {_first_difference(expected.stdout, actual.stdout)}"
    return ""


def _first_difference(expected: bytes, actual: bytes) -> str:
    wanted, found = expected.splitlines(), actual.splitlines()
    for number, (a, b) in enumerate(zip(wanted, found, strict=False), start=1):
        if a != b:
            return f"{number}: {b[:60]!r}, not {a[:60]!r}"
    return f"{min(len(wanted), len(found)) + 1}: {len(found)} lines, not {len(wanted)}"


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of several counters, largest first."""
    total: dict[str, int] = {}
    for count in counts:
        for key, number in count.items():
            total[key] = total.get(key, 0) + number
    return dict(sorted(total.items(), key=lambda item: -item[1]))


def geometric_mean(ratios: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def share(part: int, whole: int) -> str:
    """``"92.1 %"``, rounded down so that only all of them are 100 %."""
    return f"{math.floor(1000 * part / whole) / 10:.1f} %" if whole else "—"


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for docs/benchmarks.md."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, default=str) + "\n")


def processors() -> int:
    return len(os.sched_getaffinity(0))
