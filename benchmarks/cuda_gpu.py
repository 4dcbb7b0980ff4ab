"""C to CUDA on a real GPU: five functions, translated, checked against C, and timed; kernels and copies apart.

Kernels that memory bounds are measured by the bytes that they cannot do without, against the rate of copies within the
device; the floor is 80 % of it. Without a GPU, or nvcc, one line says that nothing was run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transpile.device.build import build
from transpile.device.gpu import device_environment
from transpile.emulators.cuda.bounded import Limits, run_bounded
from transpile.errors import ToolError
from transpile.offload.translate import Choices, translate_c
from transpile.trials.device import Device, find_device

HERE = Path(__file__).parent / "gpu"
FLOOR = 0.8
_LIMITS = Limits(cpu_s=300, wall_s=400.0, output_bytes=1 << 20)
_HOST_BYTES = 64 << 30


@dataclass(frozen=True, slots=True)
class Case:
    """``small`` and ``large``: sizes at which results are compared, and times taken. ``bound`` by memory or not.
    ``plan`` is the kind of plan that stands in place of the rules'; theirs is the one that is proved."""

    name: str
    small: int
    large: int
    bound: bool = True
    extents: Mapping[str, str] = field(default_factory=dict)
    plan: str = ""

    @property
    def source(self) -> Path:
        return HERE / f"{self.name}.c"

    @property
    def shown(self) -> str:
        return f"{self.name}, {self.plan}" if self.plan else self.name


CASES = (
    Case("saxpy", 100_003, 1 << 27),
    Case("stencil", 333, 1 << 14),
    Case("dot", 10_007, 1 << 27),
    Case("histogram", 100_003, 1 << 27, extents={"count": "256"}, plan="per-block"),
    Case("histogram", 100_003, 1 << 27, bound=False, extents={"count": "256"}),
    Case("matmul", 257, 2048, bound=False),
    Case("matmul", 257, 2048, bound=False, plan="tiled"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """``rate``: bytes per second of copies within the device. A row with an ``error`` has no figures."""

    case: Case
    verdict: str
    kernels_ms: float = 0.0
    copies_ms: float = 0.0
    copied: int = 0
    bytes: float = 0.0
    operations: float = 0.0
    rate: float = 0.0
    error: str = ""

    @property
    def ratio(self) -> float:
        """Of the copy rate."""
        return self.bytes / (self.kernels_ms / 1e3) / self.rate if self.kernels_ms and self.rate else 0.0

    @property
    def low(self) -> bool:
        return bool(self.error) or (self.case.bound and self.ratio < FLOOR)


def measured(case: Case, device: Device, folder: Path, repeats: int, copied: int) -> Row:
    """Translate ``case``, build it, and run it on ``device``."""
    plan = (HERE / f"{case.name}-{case.plan}.plan").read_text() if case.plan else ""
    translation = translate_c(case.source, Choices(extents=case.extents, plan=plan, cache=folder)).translation
    verdict = translation.functions[0].blocks[0].verdict.word if translation.text else "refused"
    if verdict not in ("proved", "tested"):
        return Row(case, verdict, error=f"the translation is {verdict}")
    head = f'#define SOURCE "{case.source.resolve()}"\n#define CASE "{case.source.with_suffix(".h").resolve()}"\n'
    try:
        program = build(
            translation.text,
            head + (HERE / "main.cu").read_text(),
            folder / case.shown.replace(", ", "-"),
            device.nvcc,
            device.architecture,
            ("stopwatch.cu",),
        )
    except ToolError as error:
        return Row(case, verdict, error=f"{error}: {error.hint}")
    words = [str(program.absolute()), *map(str, (case.small, case.large, repeats, copied))]
    done = run_bounded(words, _LIMITS, environment=device_environment(), data_bytes=_HOST_BYTES)
    said = {name: rest.split() for name, _, rest in (row.partition(" ") for row in done.stdout.decode().splitlines())}
    if done.timed_out or done.exit_code or "rate" not in said:
        why = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [" ".join(said.get("failed", ["?"]))]
        return Row(case, verdict, error=f"exit status {done.exit_code}: {why[0]}")
    if said["right"] != ["1"]:
        return Row(case, verdict, error="the result differs from that of C")
    return Row(
        case,
        verdict,
        float(said["kernels"][1]),
        float(said["copies"][1]),
        int(said["copies"][2]),
        float(said["bytes"][0]),
        float(said["operations"][0]),
        float(said["rate"][0]),
    )


def table(device: Device, rows: Sequence[Row]) -> str:
    rate = max((row.rate for row in rows), default=0.0)
    lines = [
        f"On {device.name}; copies within the device move {rate / 1e9:.0f} GB/s (read and written).",
        "",
        "| function | size | verdict | kernels, ms | GB/s | of the copy rate | GFLOP/s | copies, ms | copied, MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_line, rows)])


def _line(row: Row) -> str:
    if row.error:
        return f"| {row.case.shown} | {row.case.large} | {row.verdict} | {row.error} | | | | | |"
    seconds = row.kernels_ms / 1e3
    rates = [figure / seconds / 1e9 if seconds else 0.0 for figure in (row.bytes, row.operations)]
    ratio = f"{100 * row.ratio:.0f} %{' (below the floor)' if row.low else ''}" if row.case.bound else ""
    figures = f"{row.kernels_ms:.3f} | {rates[0]:.0f} | {ratio} | {rates[1]:.0f}"
    return (
        f"| {row.case.shown} | {row.case.large} | {row.verdict} | {figures} | "
        f"{row.copies_ms:.1f} | {row.copied / 1e6:.0f} |"
    )


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="functions to measure (default: all)")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--copied", type=int, default=1 << 30, help="bytes that are copied to learn the copy rate")
    parser.add_argument("-o", "--output", type=Path, help="a file for the table")
    chosen = parser.parse_args(words)
    try:
        device = find_device("the benchmark")
    except ToolError as error:
        print(f"not run: {error}")
        return 0
    with tempfile.TemporaryDirectory(prefix="transpile-") as scratch:
        rows = []
        for case in CASES:
            if not chosen.names or case.name in chosen.names:
                rows.append(measured(case, device, Path(scratch), chosen.repeats, chosen.copied))
                print(f"{case.shown}: {rows[-1].error or 'measured'}", file=sys.stderr, flush=True)
    text = table(device, rows)
    print(text)
    if chosen.output:
        chosen.output.write_text(f"{text}\n")
    return 1 if any(row.low for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
