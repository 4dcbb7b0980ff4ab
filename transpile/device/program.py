"""Programs that are built for a GPU: what a run gives, and how long kernels and copies took.

A run has bounds: processor time, time, memory of the host, output; it has a temporary folder of its own and, where the
system allows, no network. How it ended is told as the emulator tells it.
"""

from __future__ import annotations

import re
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile.device.gpu import device_environment
from transpile.emulators.cuda.bounded import USUAL, Ended, Limits, run_bounded
from transpile.emulators.cuda.faults import Fault
from transpile.emulators.cuda.run import Order, Run

_HOST_BYTES = 64 << 30
"""Drivers map much more than they use."""
_REPORT = "TRANSPILE_DEVICE_REPORT"
_SUM = re.compile(r"(?P<what>call|kernels|copies) (?P<count>\d+) (?P<ms>[\d.]+)(?: (?P<bytes>\d+))?")
_KERNEL = re.compile(r"kernel (?P<name>.+) (?P<count>\d+) (?P<ms>[\d.]+)")
_FOUND_ERRORS = 87
"""The exit code that compute-sanitizer is asked for."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How often something was done, how long that took together, and how many bytes it moved."""

    count: int
    milliseconds: float
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """``call`` is the whole host function, ``kernels`` and ``copies`` what the device did in it, each by itself."""

    call: Sum
    kernels: Sum
    copies: Sum
    by_kernel: tuple[tuple[str, Sum], ...] = ()

    def __str__(self) -> str:
        return (
            f"kernels {self.kernels.milliseconds:.3f} ms ({_times(self.kernels.count, 'launch', 'launches')}), "
            f"copies {self.copies.milliseconds:.3f} ms ({_times(self.copies.count, 'copy', 'copies')}, "
            f"{self.copies.bytes / 1e6:.3g} MB), whole call {self.call.milliseconds:.3f} ms"
        )


@dataclass(frozen=True, slots=True)
class Sanitized:
    """What a tool of compute-sanitizer says; ``findings`` is empty if it found nothing."""

    tool: str
    findings: tuple[str, ...]


def read_figures(report: str) -> Figures | None:
    """None if the report does not end as one of a complete run does."""
    rows = report.splitlines()
    if not rows or rows[-1] != "end":
        return None
    sums = {m["what"]: _sum(m, int(m["bytes"] or 0)) for row in rows if (m := _SUM.fullmatch(row))}
    if sums.keys() != {"call", "kernels", "copies"}:
        return None
    kernels = ((_plain(m["name"]), _sum(m)) for row in rows if (m := _KERNEL.fullmatch(row)))
    return Figures(sums["call"], sums["kernels"], sums["copies"], tuple(kernels))


@dataclass(frozen=True, slots=True)
class DeviceProgram:
    """Runs as programs of the emulator do."""

    path: Path

    def run(self, stdin: bytes = b"", order: Order = "forward", seed: int = 0, limits: Limits = USUAL) -> Run:
        """Run it once. The device orders its threads itself: ``order`` and ``seed`` only tell runs apart."""
        return _as_run(self._ended(stdin, limits))

    def timed(self, stdin: bytes, limits: Limits = USUAL) -> tuple[Run, Figures | None]:
        ended = self._ended(stdin, limits)
        return _as_run(ended), read_figures(ended.report.decode(errors="replace"))

    def sanitized(self, sanitizer: Path, tool: str, stdin: bytes, limits: Limits = USUAL) -> Sanitized | None:
        """Run it under ``tool`` of compute-sanitizer: None if that gave no answer."""
        command = [str(sanitizer), "--tool", tool, "--error-exitcode", str(_FOUND_ERRORS), "--log-file", "findings"]
        with tempfile.TemporaryDirectory(prefix="transpile-") as scratch:
            ended = self._ended(stdin, limits, command, Path(scratch))
            log = Path(scratch) / "findings"
            findings = tuple(_findings(log.read_text(errors="replace") if log.exists() else ""))
        if ended.timed_out or ended.exit_code not in (0, _FOUND_ERRORS):
            return None
        if ended.exit_code == _FOUND_ERRORS:
            return Sanitized(tool, findings or ("it found errors",))
        return Sanitized(tool, ())

    def _ended(self, stdin: bytes, limits: Limits, under: Sequence[str] = (), cwd: Path | None = None) -> Ended:
        return run_bounded(
            [*under, str(self.path.absolute())],
            limits,
            stdin=stdin,
            environment={"CUDA_MODULE_LOADING": "EAGER", **device_environment()},
            report_variable=_REPORT,
            cwd=cwd,
            data_bytes=_HOST_BYTES,
        )


def _as_run(ended: Ended) -> Run:
    return Run(
        ended.stdout,
        tuple(_faults(ended)),
        ended.stderr.decode(errors="replace"),
        ended.exit_code,
        confined=False,
        offline=ended.offline,
    )


def _faults(ended: Ended) -> list[Fault]:
    """What went wrong, if anything did."""
    rows = ended.report.decode(errors="replace").splitlines()
    said = {word: text for word, _, text in (row.partition(" ") for row in rows)}
    if ended.timed_out or -ended.exit_code in (signal.SIGXCPU, signal.SIGKILL):
        return [Fault("time", "the program runs for too long")]
    if ended.exit_code == -signal.SIGXFSZ or ended.cut:
        return [Fault("output", "the program writes too much")]
    if ended.exit_code < 0:
        return [Fault("crash", f"signal {-ended.exit_code}: {signal.strsignal(-ended.exit_code)}")]
    if "none" in said:
        return [Fault("unsupported", f"there is no GPU: {said['none']}")]
    if "fault" in said:
        return [Fault("device", said["fault"])]
    if "harness" in said:
        return [Fault("unsupported", said["harness"])]
    if "missing" in said:
        return [Fault("harness", f"the text does not define {said['missing']}")]
    if ended.exit_code:
        last = ended.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return [Fault("exit", f"the program ends with exit status {ended.exit_code}: {''.join(last)}")]
    return [] if rows[-1:] == ["end"] else [Fault("unfinished", "the program ended before the function returned")]


def _findings(log: str) -> list[str]:
    """The first line of each finding in a log of compute-sanitizer."""
    rows = [row.removeprefix("=========") for row in log.splitlines() if row.startswith("=========")]
    words = ("Invalid ", "Error: ", "Warning: ", "Program hit ", "Misaligned ", "Uninitialized ", "Barrier error")
    return list(dict.fromkeys(row.strip() for row in rows if row.strip().startswith(words)))[:5]


def _sum(match: re.Match[str], moved: int = 0) -> Sum:
    return Sum(int(match["count"]), float(match["ms"]), moved)


def _times(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _plain(name: str) -> str:
    """``kernel`` of ``_Z6kernelif``."""
    match = re.fullmatch(r"_Z(\d+)(\w+)", name)
    return match[2][: int(match[1])] if match else name
