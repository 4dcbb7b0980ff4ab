"""Worker processes that may die or hang without taking anything with them but one block.

A worker does one job at a time and says which block it is at before each. A worker that is silent for too long is
killed; then, as when it died by itself, the job goes to another worker, which skips that block. Memory of a worker is
bounded.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, TypeVar

from transpile.errors import ToolError, TranspileError

SILENCE = 120.0
"""Seconds that a worker may spend on one block, or on the passes before the first."""
MEMORY = 3 << 30
"""Bytes of address space that one worker may take."""
LOSSES = 4
"""After so many lost workers, the rest of a job's blocks is not tried; after twice as many, the job is given up."""

MODELS = "*"
"""Told to a Beat in place of a block while models are asked; a job that loses its worker there goes on without them."""

P = TypeVar("P")
R = TypeVar("R")
Skip = Mapping[tuple[str, str], str]
Beat = Callable[[str, str], None]
"""Told a function and a block before work on it begins; no block: what comes before the first."""
Work = Callable[[P, Skip, Beat], R]
"""Does a job: its payload, the blocks to leave alone and why, and what to call with each block."""


@dataclass(frozen=True, slots=True)
class Job(Generic[P]):
    """``number`` is the place of its result."""

    number: int
    payload: P
    skip: Skip = field(default_factory=dict)
    losses: int = 0


@dataclass(slots=True)
class _Worker(Generic[P]):
    process: BaseProcess
    connection: Connection
    job: Job[P] | None = None
    at: tuple[str, str] = ("", "")
    heard: float = 0.0


def silent(function: str, label: str) -> None:
    """A Beat that nobody listens to."""


def run(
    work: Work[P, R],
    payloads: Sequence[P],
    workers: int,
    beat: Beat = silent,
    ended: Callable[[int, R | TranspileError], None] = lambda jobs, result: None,
) -> list[R | TranspileError]:
    """The results of ``work`` on each payload, in their order, from at most ``workers`` processes.

    ``ended`` is told how many jobs are done, and what came of the last.
    """
    with warnings.catch_warnings():
        # Python 3.12 warns of threads at a fork; a worker touches nothing that a thread of ours locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        return _Pool(work, [Job(i, p) for i, p in enumerate(payloads)], beat, ended).run(min(workers, len(payloads)))


class _Pool(Generic[P, R]):
    def __init__(
        self,
        work: Work[P, R],
        jobs: Sequence[Job[P]],
        beat: Beat,
        ended: Callable[[int, R | TranspileError], None],
    ) -> None:
        self.work = work
        self.waiting = list(reversed(jobs))
        self.results: dict[int, R | TranspileError] = {}
        self.total = len(jobs)
        self.beat = beat
        self.ended = ended
        fork = "fork" in multiprocessing.get_all_start_methods()
        self.context: Any = multiprocessing.get_context("fork" if fork else "spawn")
        self.workers: list[_Worker[P]] = []

    def run(self, count: int) -> list[R | TranspileError]:
        try:
            for _ in range(count):
                self._start()
            while len(self.results) < self.total:
                self._listen()
        finally:
            for worker in self.workers:
                _end(worker)
        return [self.results[number] for number in range(self.total)]

    def _start(self) -> None:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_serve, args=(theirs, self.work), daemon=True)
        process.start()
        theirs.close()
        worker: _Worker[P] = _Worker(process, ours)
        self.workers.append(worker)
        self._next(worker)

    def _next(self, worker: _Worker[P]) -> None:
        """Give ``worker`` a job, if there is one."""
        worker.job = self.waiting.pop() if self.waiting else None
        worker.at, worker.heard = ("", ""), time.monotonic()
        if worker.job is not None:
            try:
                worker.connection.send((worker.job.payload, worker.job.skip))
            except OSError:
                self._lost(worker, "its worker process died")

    def _listen(self) -> None:
        busy = {w.connection: w for w in self.workers if w.job is not None}
        silent = min(worker.heard for worker in busy.values()) + SILENCE - time.monotonic()
        for ready in wait(list(busy), max(silent, 0.0)):
            self._hear(busy[ready])  # type: ignore[index]
        now = time.monotonic()
        for worker in list(self.workers):
            if worker.job is not None and now - worker.heard > SILENCE:
                self._lost(worker, f"no answer within {SILENCE:.0f} seconds")

    def _hear(self, worker: _Worker[P]) -> None:
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(1)
            self._lost(worker, f"its worker process died ({_status(worker.process)})")
            return
        assert worker.job is not None
        worker.heard = time.monotonic()
        if kind == "at":
            worker.at = value
            self.beat(*value)
            return
        self.results[worker.job.number] = value
        self.ended(len(self.results), value)
        self._next(worker)

    def _lost(self, worker: _Worker[P], reason: str) -> None:
        """Replace ``worker`` and do its job again without the block that it was at."""
        _end(worker)
        self.workers.remove(worker)
        job = worker.job
        assert job is not None
        function, label = worker.at
        skipped = (function, label) if job.losses < LOSSES else (function, "")
        if job.losses >= 2 * LOSSES or skipped in job.skip or not function:
            message = f"work on {function or 'the file'} was given up: {reason}"
            self.results[job.number] = ToolError(message, "this is a fault of transpile; please report it")
        else:
            self.waiting.append(replace(job, skip={**job.skip, skipped: reason}, losses=job.losses + 1))
        if self.waiting:
            self._start()


def _status(process: BaseProcess) -> str:
    code = process.exitcode
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit status {code}"


def _end(worker: _Worker[P]) -> None:
    worker.connection.close()
    worker.process.kill()
    worker.process.join()


def _serve(connection: Connection, work: Work[P, R]) -> None:
    """A worker's life: jobs until the other end closes. Leaves without running what the parent meant to run at exit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    try:
        for payload, skip in _received(connection):
            connection.send(("done", _done(work, payload, skip, connection)))
    except OSError:
        pass
    finally:
        os._exit(0)


def _received(connection: Connection) -> Iterator[Any]:
    while True:
        try:
            yield connection.recv()
        except EOFError:
            return


def _done(work: Work[P, R], payload: P, skip: Skip, connection: Connection) -> R | TranspileError:
    try:
        return work(payload, skip, lambda function, label: connection.send(("at", (function, label))))
    except TranspileError as error:
        return error
    except Exception as error:
        return ToolError(f"internal error: {type(error).__name__} {error}", "".join(traceback.format_exception(error)))


def _bound_memory() -> None:
    """Beside what is mapped already: a caller with many threads may have mapped gigabytes."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY + _mapped()
    bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))


def _mapped() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
