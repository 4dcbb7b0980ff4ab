"""Emulated programs that are built, and what a run of one gave."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from transpile.emulators.cuda.bounded import USUAL, Ended, Limits, run_bounded
from transpile.emulators.cuda.faults import END, FAILING, UNCONFINED, Fault, read_report

Order = Literal["forward", "reverse", "random"]
ORDERS: tuple[Order, ...] = ("forward", "reverse", "random")
"""How threads take turns within a block, and blocks within a grid."""
Rounding = Literal["nearest", "upward", "downward", "to-zero"]
"""How floating-point operations are rounded."""
_STOPPED = 86
"""The exit code of a program that the emulator stopped at a fault."""


@dataclass(frozen=True, slots=True)
class Run:
    """``outputs``: what the program wrote to its standard output; ``messages``: to its standard error. ``confined``:
    the system let the program make no system calls but harmless ones; ``offline``: it had no network besides."""

    outputs: bytes
    faults: tuple[Fault, ...]
    messages: str
    exit_code: int
    confined: bool
    offline: bool
    failed_call: Fault | None = None
    """The call that failed on purpose, if one did."""

    @property
    def ok(self) -> bool:
        """It ended by itself, with success, and nothing was wrong."""
        return self.exit_code == 0 and not self.faults


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is built. ``source_name`` is what its text is called in the debug information."""

    path: Path
    source_name: str

    def run(
        self,
        stdin: bytes = b"",
        order: Order = "forward",
        seed: int = 0,
        limits: Limits = USUAL,
        races: bool = True,
        rounding: Rounding = "nearest",
        failing: int = 0,
    ) -> Run:
        """Run it once. ``seed`` chooses among random orders; ``races``: look for conflicting accesses, which costs time
        and memory. ``rounding`` is for functions without kernels: how far a result moves with it shows what rounding
        errors do to it. ``failing``: the first call from the place with this number fails on purpose; places are
        counted from 1 as the program comes to them."""
        environment = {
            "CUDA_EMULATOR_ORDER": order,
            "CUDA_EMULATOR_SEED": str(seed),
            "CUDA_EMULATOR_RACES": str(int(races)),
            "CUDA_EMULATOR_ROUNDING": rounding,
            "CUDA_EMULATOR_MEMORY": str(limits.memory_bytes),
            "CUDA_EMULATOR_FAILING": str(failing),
        }
        command = [str(self.path.absolute())]
        ended = run_bounded(
            command, limits, stdin=stdin, environment=environment, report_variable="CUDA_EMULATOR_FAULTS"
        )
        faults = read_report(ended.report, self.path, self.source_name)
        found = [fault for fault in faults if fault.kind not in (UNCONFINED, FAILING)]
        return Run(
            ended.stdout,
            (*found, *_unreported(ended, bool(found))),
            ended.stderr.decode(errors="replace"),
            ended.exit_code,
            confined=all(fault.kind != UNCONFINED for fault in faults),
            offline=ended.offline,
            failed_call=next((fault for fault in faults if fault.kind == FAILING), None),
        )


def _unreported(ended: Ended, any_found: bool) -> list[Fault]:
    """How a program ended that could not say so itself."""
    if ended.timed_out or -ended.exit_code in (signal.SIGXCPU, signal.SIGKILL):
        return [Fault("time", "the program runs for too long")]
    if ended.exit_code == -signal.SIGXFSZ:
        return [Fault("output", "the program writes too much")]
    if ended.exit_code < 0:
        return [Fault("crash", f"signal {-ended.exit_code}: {signal.strsignal(-ended.exit_code)}")]
    stopped = ended.exit_code == _STOPPED and any_found
    if not stopped and not ended.report.endswith(END + b"\n"):
        return [Fault("unfinished", f"the program ended with exit status {ended.exit_code} and no report")]
    return []
