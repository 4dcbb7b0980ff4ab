"""A sandboxed command while it runs: it is watched, and ended with all its processes when these take too much."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from transpile.sandbox.bounds import Bounds

_PAGE = resource.getpagesize()
_LOOK_S = 0.05
"""How often processes are looked at."""
_MOST_LOOKED_AT = 4096
"""Processes; there are never so many within bounds."""


class _Starter:
    """A thread that starts processes and lives as long as this one.

    The kernel ends a sandbox with the thread that started it, not with the process.
    """

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "sandbox")
        os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        """A child of a fork has no such thread."""
        self.thread = ThreadPoolExecutor(1, "sandbox")

    def start(self, make: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        return self.thread.submit(make).result()


_starter = _Starter()


@dataclass(slots=True)
class Running:
    """``scratch`` is a folder of this machine that goes with the command, where it has no room of its own."""

    process: subprocess.Popen[bytes]
    bounds: Bounds
    scratch: Path | None = None
    overrun: str = ""
    """What all processes together took and may not, in words; empty while they are within bounds."""
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look at the processes until the end, and end them when they take too much."""
        while not self.ended.wait(_LOOK_S):
            self.overrun = self._overrun()
            if self.overrun:
                self._end()
                return

    def _overrun(self) -> str:
        count = held = 0
        for pid in descendants(self.process.pid):
            count += 1
            held += _resident(pid)
        if count > self.bounds.processes:
            return f"it started more than {self.bounds.processes} processes"
        if held > self.bounds.memory_bytes:
            return f"it took more than {self.bounds.memory_bytes >> 20} MiB of memory"
        return ""

    def wait(self, seconds: float) -> int | None:
        """Its exit status, or None while it runs on."""
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(seconds)
        return None

    def kill(self) -> None:
        """End it and everything that it started; to be called in every case, and any number of times."""
        self.ended.set()
        self._end()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _end(self) -> None:
        left = list(descendants(self.process.pid))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for pid in left if self.scratch is not None else ():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def start(
    command: Sequence[str],
    bounds: Bounds,
    environment: Mapping[str, str],
    stderr: int | IO[bytes],
    scratch: Path | None,
) -> Running:
    """Start ``command`` with pipes to it and from it, in a session of its own."""

    def make() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=dict(environment),
            cwd=scratch or "/",
            start_new_session=True,
        )

    running = Running(_starter.start(make), bounds, scratch)
    threading.Thread(target=running.watch, name="sandbox watch", daemon=True).start()
    return running


def descendants(pid: int) -> Iterator[int]:
    """The process and all below it, as far as this system says; the children of one that ended are not found."""
    pending = [pid]
    for _ in range(_MOST_LOOKED_AT):
        if not pending:
            return
        one = pending.pop()
        yield one
        with suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                with suppress(OSError):
                    children = Path(f"/proc/{one}/task/{task}/children").read_text()
                    pending += map(int, children.split())


def _resident(pid: int) -> int:
    """Bytes that a process holds in memory."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0
