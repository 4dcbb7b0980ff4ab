"""Work on this machine, in worker processes inside a sandbox.

A worker does many units and is then replaced, which frees what solvers leak. Units whose checks run code that is made
of them natively get a worker of their own, which shares no proof store with others.
"""

from __future__ import annotations

import base64
import os
import posixpath
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from transpile.api.jobs.executing import Heard, Wanted
from transpile.api.jobs.model import EventKind, Json, Lost, Made, Outcome, Refused, Stopped, Work
from transpile.directions import NATIVE, Asked, Unit
from transpile.directions.protocol import Request
from transpile.directions.remote import Limits, Worker, WorkerLost
from transpile.sandbox import Sandbox

UNITS = 200
"""That one worker does before it is replaced."""
LOOK_S = 0.2


@dataclass(slots=True)
class _Kept:
    """A worker that waits for its next unit."""

    worker: Worker
    units: int = 0


class LocalExecutor:
    """``slots``: units at once; 0: one for each processor. ``store``: the proof store's file, in a folder of its own.
    ``sandbox``: None for the strongest that works here."""

    def __init__(
        self, slots: int = 0, store: Path | None = None, limits: Limits | None = None, sandbox: Sandbox | None = None
    ) -> None:
        self.slots = slots or len(os.sched_getaffinity(0))
        self.store = store
        self.limits = limits or Limits()
        self.sandbox = sandbox or Sandbox.detect()
        self._kept: queue.SimpleQueue[_Kept] = queue.SimpleQueue()

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        unit = Unit(work.name, work.source, work.companions)
        request = Request(f"{work.lease.job}/{work.lease.number}", unit, Asked(work.to, work.options))
        with self._worker(work.to in NATIVE) as worker:
            try:
                with _ended_unless(wanted, worker):
                    return _answer(worker, request, work, heard)
            except WorkerLost as error:
                return Lost(error.message) if wanted() else Stopped()

    def close(self) -> None:
        while not self._kept.empty():
            self._kept.get().worker.kill()

    @contextmanager
    def _worker(self, native: bool) -> Iterator[Worker]:
        if native:
            with Worker(self.sandbox, self.limits) as worker:
                yield worker
            return
        try:
            kept = self._kept.get_nowait()
        except queue.Empty:
            kept = _Kept(Worker(self.sandbox, self.limits, self.store))
        kept.units += 1
        try:
            yield kept.worker
        finally:
            if kept.units >= UNITS:
                kept.worker.kill()
            else:
                self._kept.put(kept)


@dataclass(frozen=True, slots=True)
class Locally:
    """Makes the executor of a process of a cluster: one unit at a time, as on this machine."""

    store: Path | None = None
    limits: Limits = field(default_factory=Limits)

    def __call__(self) -> LocalExecutor:
        return LocalExecutor(1, self.store, self.limits)


def _answer(worker: Worker, request: Request, work: Work, heard: Heard) -> Outcome:
    for row in worker.ask(request):
        match row["event"]:
            case "done":
                return made_or_lost(work, row["result"])
            case "error":
                return refused_or_lost(row["kind"], row["diagnostics"])
            case _:
                heard(*told_of(work, row))
    raise AssertionError("a conversation ends with 'done' or 'error'")


@contextmanager
def _ended_unless(wanted: Wanted, worker: Worker) -> Iterator[None]:
    """Kill the worker's process as soon as its work is not wanted any more."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_S):
            if not wanted() and worker.running is not None:
                worker.running.process.send_signal(signal.SIGKILL)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def made_or_lost(work: Work, result: Json) -> Outcome:
    """A worker may have been taken over by what it works on: nothing it says is taken that no worker would say."""
    try:
        made = made_of(result)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Lost("its worker process talks nonsense")
    if made.row["file"] != work.name or not all(map(_plain, made.outputs)):
        return Lost("its worker process names files that cannot be")
    return made


def _plain(path: str) -> bool:
    """Whether a path stays inside the folder that it is put in."""
    return path.isprintable() and "\\" not in path and not {"", ".", ".."} & set(path.split("/"))


def made_of(result: Json) -> Made:
    """Outputs get the folder of their source, so that files of one name in two folders stay apart. A verdict that is
    open now may be closed by another attempt, and a language model that did not answer may answer then: results
    without either are for ever."""
    row = {key: value for key, value in result.items() if key not in ("files", "layout", "passing")}
    folder = posixpath.dirname(row["file"])
    outputs = {posixpath.join(folder, path): base64.b64decode(text) for path, text in result["files"].items()}
    return Made(row, outputs, result["layout"], reusable=not (row["verdicts"]["undecided"] or result.get("passing")))


def refused_or_lost(kind: str, diagnostics: list[Json]) -> Outcome:
    if kind == "input":
        return Refused(tuple(diagnostics))
    first = diagnostics[0]
    return Lost("; ".join(text for text in (first["message"], first["hint"]) if text))


def told_of(work: Work, row: Json) -> tuple[EventKind, Json]:
    """The job's event for a worker's."""
    at = {"file": work.lease.number, "attempt": work.lease.attempt}
    match row["event"]:
        case "block":
            block = {key: value for key, value in row["block"].items() if key != "history"}
            return "block", {**at, "name": work.name, "function": row["function"], **block}
        case "started":
            return "progress", {**at, "done": 0, "total": row["total"]}
        case _:
            return "progress", {**at, "done": row["done"], "total": row["total"]}
