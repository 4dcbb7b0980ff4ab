"""``Worker``: a worker process in a sandbox, and a conversation with it that always ends.

    with Worker(Sandbox.detect()) as worker:
        for row in worker.ask(Request("1", unit, asked)):
            …

A worker that says nothing for too long, takes too much, or dies is killed with everything that it started, and
``WorkerLost`` says why; ``start`` makes it anew.
"""

from __future__ import annotations

import importlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO

from transpile.directions.guessing import NATIVE
from transpile.directions.protocol import Request, Row, line_of, request_row, row_of
from transpile.errors import ToolError, TranspileError, UsageError
from transpile.sandbox import Bounds, Running, Sandbox, View

_PACKAGES = ("transpile", "transpile.solvers", "transpile.emulators", "transpile.corpora")
_LOOK_S = 0.5
"""How often the clock is looked at."""
_READY_S = 120.0
MAX_LINE = 512 << 20


class WorkerLost(ToolError):
    """The worker process is no more; ``cause`` is ``died``, ``silent``, ``time``, ``memory`` or ``nonsense``."""

    def __init__(self, message: str, hint: str = "", cause: str = "died") -> None:
        super().__init__(message, hint)
        self.cause = cause

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint, self.cause)


@dataclass(frozen=True, slots=True)
class Limits:
    """For one unit: ``wall_s`` from question to answer, ``silence_s`` between two events, ``cpu_s`` for each process,
    ``address_bytes`` of address space for the worker, except where it runs code of the unit. ``bounds`` are of the
    whole sandbox."""

    wall_s: float = 900.0
    silence_s: float = 300.0
    cpu_s: int = 600
    address_bytes: int = 6 << 30
    bounds: Bounds = field(default_factory=lambda: Bounds(cpu_s=86_400))

    @property
    def lm_total(self) -> float:
        """Seconds that a language model may be waited for. An endpoint that hangs takes up to twice as long as it may,
        and what the rules gave must still be checked."""
        return min(self.wall_s, self.silence_s) / 3


@dataclass(slots=True)
class Worker:
    """``store`` is the proof store's file, in a folder that the worker may write to.

    Directions in ``NATIVE`` run code of strangers in the sandbox: each of their units gets a process that is new, does
    not see the store, which others trust, and is ended with the unit."""

    sandbox: Sandbox
    limits: Limits = field(default_factory=Limits)
    store: Path | None = None
    readable: tuple[Path, ...] = ()
    stderr: int | IO[bytes] = subprocess.DEVNULL
    running: Running | None = None
    _held: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.process.poll() is None

    def start(self, trusted: bool = True) -> None:
        """Start the process anew and wait until it is ready; it sees the store if it is ``trusted``. Raises WorkerLost
        if it does not get so far."""
        self.kill()
        words = [sys.executable, "-P", "-m", "transpile.directions.worker"]
        words += ["--cpu-s", str(self.limits.cpu_s), "--address-bytes", str(self.limits.address_bytes)]
        words += ["--lm-total", str(self.limits.lm_total)]
        writable: tuple[Path, ...] = ()
        if self.store is not None and trusted:
            self.store.parent.mkdir(parents=True, exist_ok=True)
            words += ["--store", str(self.store.absolute())]
            writable = (self.store.parent.absolute(),)
        self._held.clear()
        self.running = self.sandbox.start(words, view(self.readable, writable), self.limits.bounds, self.stderr)
        os.set_blocking(_pipe(self.running.process.stdin), False)
        now = time.monotonic()
        row = row_of(self._line(now + _READY_S, now + _READY_S))
        if row.get("event") != "ready":
            raise self._lost("the worker process said something else than that it is ready", "nonsense")

    def ask(self, request: Request) -> Iterator[Row]:
        """The rows of the protocol, as they come; the last is ``done`` or ``error``. Whoever stops listening before
        loses the worker. Raises WorkerLost."""
        native = request.asked.to in NATIVE
        if native or not self.alive:
            self.start(trusted=not native)
        ended = False
        try:
            deadline = time.monotonic() + self.limits.wall_s
            self._send(line_of(request_row(request)), deadline)
            while not ended:
                row = self._row(request, deadline)
                ended = row["event"] in ("done", "error")
                yield row
        finally:
            if native or not ended:
                self.kill()

    def kill(self) -> None:
        """End the process and everything that it started."""
        if self.running is not None:
            self.running.kill()
            self.running = None

    def _row(self, request: Request, deadline: float) -> Row:
        line = self._line(deadline, time.monotonic() + self.limits.silence_s)
        try:
            row = row_of(line)
        except UsageError as error:
            raise self._lost(f"the worker process talks nonsense: {error.message}", "nonsense") from None
        if row.get("id") != request.id or not isinstance(row.get("event"), str):
            raise self._lost("the worker process talks of something else", "nonsense")
        return row

    def _send(self, line: bytes, deadline: float) -> None:
        assert self.running is not None
        pipe = _pipe(self.running.process.stdin)
        left = memoryview(line)
        while left:
            self._require(deadline, deadline)
            if select.select([], [pipe], [], _LOOK_S)[1]:
                try:
                    left = left[os.write(pipe, left) :]
                except OSError:
                    raise self._died() from None

    def _line(self, deadline: float, patience: float) -> bytes:
        """The next line from the worker."""
        assert self.running is not None
        pipe = _pipe(self.running.process.stdout)
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            self._require(deadline, patience)
            if not select.select([pipe], [], [], _LOOK_S)[0]:
                continue
            part = os.read(pipe, 1 << 20)
            if not part:
                raise self._died()
            self._held += part
            if len(self._held) > MAX_LINE:
                raise self._lost("the worker process says too much", "nonsense")
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line

    def _require(self, deadline: float, patience: float) -> None:
        """Raises WorkerLost when a limit is passed."""
        assert self.running is not None
        now = time.monotonic()
        if now > deadline:
            raise self._lost(f"it takes more than {self.limits.wall_s:g} seconds", "time")
        if now > patience:
            raise self._lost(f"nothing was heard of it for {self.limits.silence_s:g} seconds", "silent")

    def _died(self) -> WorkerLost:
        assert self.running is not None
        status = self.running.wait(5.0)
        if self.running.overrun:
            return self._lost(self.running.overrun, "memory")
        return self._lost(f"its worker process died (exit status {status})", "died")

    def _lost(self, message: str, cause: str) -> WorkerLost:
        self.kill()
        return WorkerLost(message, cause=cause)


def view(readable: tuple[Path, ...] = (), writable: tuple[Path, ...] = ()) -> View:
    """What a worker sees beside the system: Python, this package and its libraries."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("TRANSPILE_")}
    kept.pop("TRANSPILE_STORE", None)
    search = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    if search:
        kept["PYTHONPATH"] = os.pathsep.join(search)
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    programs = (str(Path(sys.prefix) / "bin"),)
    own = tuple(path for path in (*_python(), *map(Path, search)) if path.exists())
    return View((*own, *readable), writable, kept, programs)


@cache
def _python() -> tuple[Path, ...]:
    """Where Python, its libraries and the parts of this package are, wherever links lead."""
    places = {Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    places.add(Path(os.path.realpath(sys.executable)).parent)
    for name in _PACKAGES:
        try:
            package = importlib.import_module(name)
        except (ImportError, TranspileError):
            continue
        for folder in package.__path__:
            places |= {Path(folder), Path(os.path.realpath(folder))}
            places |= {_home(one.path) for one in os.scandir(folder) if one.is_symlink()}
    return tuple(sorted(places))


def _home(link: str) -> Path:
    """The folder that a link leads to, or that has the file that it leads to."""
    real = Path(os.path.realpath(link))
    return real if real.is_dir() else real.parent


def _pipe(stream: IO[bytes] | None) -> int:
    assert stream is not None
    return stream.fileno()
