"""Run a program that may misbehave: it has limits, no network where the system allows that, and nothing of the
environment but what it is given.

How it ended is in ``Ended``; only a program that cannot be started raises.
"""

from __future__ import annotations

import functools
import os
import resource
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. ``cpu_s`` is in whole seconds, as the system counts. ``memory_bytes`` is what an emulated
    program may map beside what the emulator itself reserves."""

    cpu_s: int = 10
    wall_s: float = 30.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 64 << 20


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Ended:
    """``exit_code`` is negative for a signal, as in ``subprocess``. ``report`` is what it wrote to its report file.
    ``offline``: the system kept it from the network. ``cut``: it had written more than it may before its limits were
    set."""

    stdout: bytes
    stderr: bytes
    report: bytes
    exit_code: int
    timed_out: bool
    offline: bool
    cut: bool = False


def run_bounded(
    command: Sequence[str],
    limits: Limits,
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    report_variable: str = "",
    cwd: Path | None = None,
    data_bytes: int = resource.RLIM_INFINITY,
) -> Ended:
    """Run ``command`` in ``cwd``, or in a folder of its own that is removed afterwards. ``report_variable`` tells it
    the number of a file to write a report to. ``data_bytes`` bounds the memory of a program that does not do so
    itself."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="transpile-"))
        given, out, err, report = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(4))
        given.write(stdin)
        given.seek(0)
        variables = {"LC_ALL": "C", "TMPDIR": folder, **(environment or {})}
        if report_variable:
            variables[report_variable] = str(report.fileno())
        isolation = without_network()
        process = subprocess.Popen(
            [*isolation, *command],
            stdin=given,
            stdout=out,
            stderr=err,
            env=variables,
            cwd=cwd or folder,
            pass_fds=(report.fileno(),),
            start_new_session=True,
        )
        timed_out = _wait(process, limits, data_bytes)
        whole = [_content(file) for file in (out, err, report)]
        said = [text[: limits.output_bytes] for text in whole]
        return Ended(said[0], said[1], said[2], process.returncode, timed_out, bool(isolation), said != whole)


def _wait(process: subprocess.Popen[bytes], limits: Limits, data_bytes: int) -> bool:
    """Until the program ends or its time is up; then everything it started is ended with it."""
    bounds = (
        (resource.RLIMIT_CORE, 0, 0),
        # The first second over the limit is for the program to say where it was.
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1),
        (resource.RLIMIT_DATA, data_bytes, data_bytes),
        (resource.RLIMIT_FSIZE, limits.output_bytes, limits.output_bytes),
    )
    for limit, soft, hard in bounds:
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(process.pid, limit, (soft, hard))
    try:
        return not _ends_within(process, limits.wall_s)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait without looking again and again, which ``Popen.wait`` with a time-out does: at most 50 ms late."""
    with suppress(OSError):
        end = os.pidfd_open(process.pid)
        try:
            waiting = select.poll()
            waiting.register(end, select.POLLIN)
            waiting.poll(seconds * 1000)
        finally:
            os.close(end)
        return process.poll() is not None
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


@functools.cache
def without_network() -> tuple[str, ...]:
    """The command that runs another one in a network of its own, if the system permits that."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--user", "--map-root-user", "--net", "--")
    probe = subprocess.run([*command, "true"], capture_output=True, check=False)
    return () if probe.returncode else command
