"""Carries jobs from the store to an executor and what comes of them back, in threads of one process.

Any number of dispatchers may share a store. One that is killed loses nothing: its files are taken back when its beats
stop. While the store cannot answer, finished work waits in memory.
"""

from __future__ import annotations

import logging
import math
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

from transpile.api.jobs.executing import Executor
from transpile.api.jobs.failures import StoreUnavailable
from transpile.api.jobs.model import Lease, Lost, Outcome, Work
from transpile.api.jobs.recording import Recorder
from transpile.api.jobs.store import JobStore

LEASE_S = 30.0
BEATS_PER_LEASE = 5
POLL_S = 0.5
"""How often a dispatcher that has nothing to do looks for work that another process submitted."""
PURGE_EVERY_S = 3600.0
T = TypeVar("T")
LOG = logging.getLogger("transpile.jobs")


class Dispatcher:
    """``retention_days``: how long ended jobs are kept; None: for ever."""

    def __init__(
        self,
        store: JobStore,
        executor: Executor,
        lease_s: float = LEASE_S,
        poll_s: float = POLL_S,
        retention_days: float | None = None,
    ) -> None:
        self.store = store
        self.executor = executor
        self.worker = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self.lease_s = lease_s
        self.poll_s = poll_s
        self.retention_days = retention_days
        self._active: set[Lease] = set()
        self._unwanted: set[Lease] = set()
        self._idle: frozenset[Lease] = frozenset()
        self._closing = threading.Event()
        self._halted = threading.Event()
        self._bell = threading.Condition()
        self._claiming = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._keeper = threading.Thread(target=self._keep, name="jobs-keeper", daemon=True)

    def start(self) -> None:
        self._keeper.start()
        for number in range(self.executor.slots):
            thread = threading.Thread(target=self._serve, name=f"jobs-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """There is new work: look at once."""
        with self._bell:
            self._bell.notify_all()

    def stop(self, grace_s: float = 10.0) -> None:
        """Take no more work; what is not done within ``grace_s`` goes back to the store as if it had not begun."""
        self._closing.set()
        self.wake()
        waited = threading.Timer(grace_s, self._halted.set)
        waited.start()
        for thread in self._threads:
            thread.join()
        waited.cancel()
        self._halted.set()
        self._keeper.join()
        self.executor.close()
        _tried(lambda: self.store.bury(self.worker))

    @property
    def busy(self) -> int:
        """Files that are worked on now."""
        return len(self._active)

    @property
    def alive(self) -> bool:
        """Whether all threads of a started dispatcher run."""
        return self._keeper.is_alive() and all(thread.is_alive() for thread in self._threads)

    def _serve(self) -> None:
        while not self._closing.is_set():
            with self._claiming:
                work = self._claimed()
            if work is not None:
                self._do(work)

    def _claimed(self) -> Work | None:
        """One thread at a time asks the store; the others wait in line for their turn to ask."""
        if self._closing.is_set():
            return None
        work = _tried(lambda: self.store.claim(self.worker, self.lease_s))
        if work is None:
            with self._bell:
                self._bell.wait(self.poll_s)
            return None
        self._active.add(work.lease)
        return work

    def _do(self, work: Work) -> None:
        recorder = Recorder(self.store, work.lease)
        try:
            outcome = self.executor.run(work, recorder.heard, lambda: self._wanted(work.lease))
        except Exception as error:
            LOG.exception("the executor failed")
            outcome = Lost(f"internal error: {type(error).__name__}: {error}")
        self._record(work.lease, outcome, recorder)
        self._active.discard(work.lease)
        self._unwanted.discard(work.lease)
        self.wake()

    def _record(self, lease: Lease, outcome: Outcome, recorder: Recorder) -> None:
        """Until the store takes it, or nobody waits for it any more."""
        while lease not in self._unwanted:
            try:
                self.store.finish(lease, outcome, recorder.rest)
                return
            except StoreUnavailable as error:
                LOG.warning("%s", error.message)
                if self._halted.wait(self.poll_s):
                    return
            except Exception as error:
                LOG.exception("the store refuses what came of %s", lease)
                if isinstance(outcome, Lost):
                    return
                outcome, recorder.rest = Lost(f"its result cannot be kept: {type(error).__name__}: {error}"), []

    def _wanted(self, lease: Lease) -> bool:
        return lease not in self._unwanted and not self._halted.is_set()

    def _keep(self) -> None:
        """Beat, notice what is not wanted any more, take back what dead workers had, remove what is old."""
        purged = -math.inf
        while not self._halted.wait(self.lease_s / BEATS_PER_LEASE):
            _tried(self._beat)
            _tried(self.store.reap)
            if time.monotonic() - purged > PURGE_EVERY_S:
                purged = time.monotonic()
                _tried(self._purge)

    def _purge(self) -> None:
        if self.retention_days is not None:
            self.store.purge(self.retention_days)

    def _beat(self) -> None:
        """A file that is ours at two beats without any thread at work on it was forgotten by a fault of ours. One that
        was done while we asked is not held any more either, and nobody else takes it out of the unwanted."""
        for lease in tuple(self._unwanted):
            if lease not in self._active:
                self._unwanted.discard(lease)
        active = set(self._active)
        held = self.store.renew(self.worker)
        self._unwanted |= active - held
        idle = held - self._active
        for lease in self._idle & idle:
            self.store.failed(lease, "it was forgotten")
        self._idle = idle


def _tried(act: Callable[[], T]) -> T | None:
    """Do it; a store that cannot answer, or answers with nonsense, is asked again another time."""
    try:
        return act()
    except StoreUnavailable as error:
        LOG.warning("%s", error.message)
    except Exception:
        LOG.exception("the store of jobs failed")
    return None
