"""The kernels of datasets/loops, translated to CUDA and checked once more.

    python benchmarks/cuda_kernels.py [NAME …] [--seconds 0.5] [--limit-s 90] [--output FOLDER] [--json FILE]

Each kernel is translated; then C and CUDA run in the emulator on the inputs and sizes of kernels.toml, in all orders of
threads, whatever the translation's own trial has said. Results must be equal to the bit, but within the tolerance of
kernels.toml where the plan takes sums in another order. The translator knows what is workspace (not with --no-scratch).
The exit code is 1 if a translation that was accepted is wrong.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import sys
import tempfile
import time
import tomllib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

from harness import markdown, write_json

from transpile.corpora.loops import TYPECODES, Kernel, initial, load, value
from transpile.cuda.plan import Grid, Host, Plan, Scan, Wavefront
from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.build import build, build_c
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.emulators.cuda.run import ORDERS, Program
from transpile.errors import TranspileError
from transpile.offload.translate import Choices, Offloaded, translate_c, translate_c_text

LOOPS = Path(__file__).parents[1] / "datasets" / "loops"
PRODUCT_RUNGS = ("analysis", "tested", "race-free", "proved")
"""What a translation takes its time for, but for NVIDIA's compiler."""
_LIMITS = Limits(cpu_s=20, wall_s=40)


@dataclass(frozen=True, slots=True)
class Judged:
    """``wrong`` is empty when all runs agreed, ``error`` when there is a translation. ``verdicts`` are those of its
    nests, ``race_free`` the number of nests for which that is proved, ``parallel`` that of kernels with a grid."""

    kernel: str
    plan: tuple[str, ...] = ()
    parallel: int = 0
    verdicts: tuple[str, ...] = ()
    race_free: int = 0
    runs: int = 0
    wrong: str = ""
    error: str = ""
    reasons: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return not self.error and "refuted" not in self.verdicts and bool(self.verdicts)

    @property
    def proved(self) -> bool:
        """Every nest: the grid does each iteration once and as C does it, and threads do not race."""
        return self.accepted and set(self.verdicts) == {"proved"} and self.race_free == len(self.verdicts)

    @property
    def nest_s(self) -> float:
        """The time for one nest, without NVIDIA's compiler."""
        return sum(self.seconds.get(rung, 0.0) for rung in PRODUCT_RUNGS) / max(len(self.verdicts), 1)


def judged(kernel: Kernel, choices: Choices, tolerances: Mapping[str, float], limit_s: int) -> Judged:
    """The kernel, translated and checked within ``limit_s``."""
    signal.signal(signal.SIGALRM, _overdue)
    signal.alarm(limit_s)
    try:
        offloaded = translate_c(kernel.source, choices)
    except (TranspileError, TimeoutError) as error:
        return Judged(kernel.name, error=str(error))
    finally:
        signal.alarm(0)
    translation = offloaded.translation
    if offloaded.plan is None or not translation.text:
        return Judged(kernel.name, error="; ".join(d.message for d in translation.diagnostics[:3]))
    blocks = list(translation.blocks)
    free = sum(any(rung.name == "race-free" and rung.outcome == "passed" for rung in block.rungs) for block in blocks)
    reasons = tuple(f"{block.label}: {block.reason}" for block in blocks if block.reason)
    found = Judged(
        kernel.name, tuple(_summary(offloaded.plan)), _parallel(offloaded.plan), tuple(b.verdict.word for b in blocks),
        free, reasons=reasons, seconds=offloaded.seconds,
    )  # fmt: skip
    if not found.accepted:
        return found
    runs, wrong = _tried(kernel, offloaded, tolerances)
    return replace(found, runs=runs, wrong=wrong)


def _overdue(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("the translation took too long")


def _fields(found: Judged) -> dict[str, object]:
    return {name: getattr(found, name) for name in Judged.__slots__}


def _parallel(plan: Plan) -> int:
    return sum(isinstance(step.how, Grid | Scan | Wavefront) for step in plan.steps)


def _summary(plan: Plan) -> Iterator[str]:
    """One word or two for each nest on the device."""
    for step in plan.steps:
        match step.how:
            case Grid(axes=axes, reductions=reductions, atomic=atomic):
                marks = "+reduction" * bool(reductions) + "+atomics" * bool(atomic)
                yield f"{step.loop} {len(axes)}-D{marks}"
            case Host():
                pass
            case other:
                yield f"{step.loop} {type(other).__name__.lower()}"


# The check on its own


def _signature(kernel: Kernel) -> Signature:
    parameters = [
        Parameter(p.name, p.type, (f"({p.extent})",) if p.extent else (), p.access == "in") for p in kernel.parameters
    ]
    return Signature(kernel.function, tuple(parameters))


def _tried(kernel: Kernel, offloaded: Offloaded, tolerances: Mapping[str, float]) -> tuple[int, str]:
    """How many runs agreed, and what is wrong with the one that did not."""
    rig = harness(_signature(kernel))
    regrouped = any(
        isinstance(step.how, Scan) or (isinstance(step.how, Grid) and (step.how.reductions or step.how.atomic))
        for step in (offloaded.plan.steps if offloaded.plan else ())
    )
    runs = 0
    with tempfile.TemporaryDirectory() as name:
        try:
            reference = build_c(kernel.source.read_text(), rig, Path(name))
            program = build(offloaded.translation.text, rig, Path(name))
        except TranspileError as error:
            return runs, f"it does not compile: {error}"
        for seed, sizes in enumerate(kernel.sizes):
            given = _given(kernel, sizes, seed)
            expected = reference.run(given, limits=_LIMITS)
            if not expected.ok:
                return runs, f"the C function fails on {sizes}: {expected.faults[:1]}"
            for order in ORDERS:
                wrong = _compared(kernel, sizes, program, given, order, expected.outputs, regrouped, tolerances)
                if wrong:
                    return runs, f"{dict(sizes)}, {order}: {wrong}"
                runs += 1
    return runs, ""


def _given(kernel: Kernel, sizes: Mapping[str, int], seed: int) -> bytes:
    rng = random.Random(seed)
    held = {parameter.name: initial(parameter, sizes, rng).tobytes() for parameter in kernel.parameters}
    return b"".join(held[parameter.name] for parameter in (*kernel.scalars, *kernel.arrays))


def _compared(
    kernel: Kernel, sizes: Mapping[str, int], program: Program, given: bytes, order: str, expected: bytes,
    regrouped: bool, tolerances: Mapping[str, float],
) -> str:  # fmt: skip
    """How one run differs from C's; empty when it does not."""
    run = program.run(given, order, seed=1, limits=_LIMITS)  # type: ignore[arg-type]
    if not run.ok:
        return "; ".join(f"{fault.kind}: {fault.message}" for fault in run.faults[:2]) or run.messages[-200:]
    at = 0
    for parameter in (p for p in kernel.arrays if p.access != "in"):
        kind = TYPECODES[parameter.type]
        wanted, got = array(kind), array(kind)
        end = at + value(parameter.extent, sizes) * wanted.itemsize
        wanted.frombytes(expected[at:end])
        got.frombytes(run.outputs[at:end])
        at = end
        tolerance = tolerances.get(parameter.type, 0.0) if regrouped else 0.0
        if parameter.access != "scratch" and not _alike(wanted, got, tolerance):
            return f"'{parameter.name}' differs"
    return "" if at == len(run.outputs) == len(expected) else "another number of bytes"


def _alike(wanted: Sequence[float], got: Sequence[float], tolerance: float) -> bool:
    if not tolerance:
        return bytes(memoryview(wanted)) == bytes(memoryview(got))  # type: ignore[arg-type]
    largest = max([1.0, *(abs(one) for one in wanted if one == one)])
    return all(
        abs(a - b) <= tolerance * largest or (a != a and b != b) for a, b in zip(wanted, got, strict=True)
    )  # fmt: skip


# What is shown


def table(rows: Sequence[Judged]) -> str:
    header = [
        "kernel",
        "plan",
        "parallel",
        "verdicts",
        "race-free",
        "runs",
        "analysis s",
        "trial s",
        "races s",
        "proof s",
    ]
    shown = [
        [
            row.kernel, (row.error and f"no: {row.error[:60]}") or ", ".join(row.plan), row.parallel,
            _counted(row.verdicts), row.race_free, f"WRONG: {row.wrong}" if row.wrong else row.runs,
            *(f"{row.seconds.get(rung, 0.0):.1f}" for rung in PRODUCT_RUNGS),
        ]
        for row in rows
    ]  # fmt: skip
    return markdown(header, shown)


def _counted(verdicts: Sequence[str]) -> str:
    return ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts))


def summary(rows: Sequence[Judged]) -> str:
    done = [row for row in rows if row.accepted]
    right = [row for row in done if not row.wrong]
    lines = [
        f"{len(rows)} kernels: {sum(bool(row.parallel) for row in right)} with a parallel kernel and all runs equal, "
        f"{sum(row.proved for row in right)} of them proved throughout, "
        f"{sum('proved' in row.verdicts for row in right)} with a nest that is proved"
    ]
    times = [row.nest_s for row in done for _ in row.verdicts]
    if times:
        lines.append(
            f"a nest from its text to all checks but nvcc: median {statistics.median(times):.1f} s, "
            f"most {max(times):.1f} s (one core; the emulator's own code is built beforehand)"
        )
    return "\n".join(lines) + "\n"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the kernels of datasets/loops, translated to CUDA and checked")
    parser.add_argument("names", nargs="*", help="names of kernels; default: all")
    parser.add_argument("--seconds", type=float, default=0.5, help="for the runs of a translation's own trial")
    parser.add_argument("--limit-s", type=int, default=90, help="for one translation")
    parser.add_argument("--no-scratch", action="store_true", help="the translator is not told what is workspace")
    parser.add_argument("--output", type=Path, default=Path("build/bench"), help="folder for cuda_kernels.md and .json")
    parser.add_argument("--json", type=Path, help="another place for the JSON file")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    tolerances = tomllib.loads((LOOPS / "kernels.toml").read_text())["tolerance"]
    rows: list[Judged] = []
    with tempfile.TemporaryDirectory() as cache:
        _warm(Path(cache))
        for kernel in load(LOOPS):
            if chosen.names and kernel.name not in chosen.names:
                continue
            scratch = frozenset(p.name for p in kernel.arrays if p.access == "scratch" and not chosen.no_scratch)
            choices = Choices(seconds=chosen.seconds, cache=Path(cache), scratch=scratch)
            start = time.monotonic()
            rows.append(judged(kernel, choices, tolerances, chosen.limit_s))
            row = rows[-1]
            said = row.error or row.wrong or f"{_counted(row.verdicts)}; {row.runs} runs"
            print(f"{kernel.name}: {said} ({time.monotonic() - start:.1f} s)", file=sys.stderr, flush=True)
    text = "\n".join([table(rows), summary(rows), *(reason for row in rows for reason in row.reasons), ""])
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "cuda_kernels.md").write_text(text)
    write_json(chosen.json or chosen.output / "cuda_kernels.json", [_fields(row) for row in rows])
    print(text)
    return 1 if any(row.wrong for row in rows) else 0


def _warm(cache: Path) -> None:
    """Have the emulator's own code compiled."""
    text = "void f(int n, float *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] = 1;\n}\n"
    translate_c_text(text, "f.c", Choices(seconds=0.1, cache=cache))


if __name__ == "__main__":
    sys.exit(main())
