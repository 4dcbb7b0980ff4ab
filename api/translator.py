"""One small file, translated while the client waits, by an executor of its own: jobs do not keep it waiting."""

from __future__ import annotations

import threading
import time

from transpile.api.jobs import Lease, Lost, Made, Refused, Stopped, Work
from transpile.api.jobs.executing import Executor
from transpile.api.problems import Problem
from transpile.directions import Asked, Unit


class Translator:
    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._free = threading.BoundedSemaphore(executor.slots)

    def __call__(self, unit: Unit, asked: Asked, seconds: float) -> Made | Refused | Lost:
        """Translate within ``seconds``, waiting for a free worker included; called from several threads.

        Raises:
            Problem: of kind ``timeout`` or ``unavailable``.
        """
        deadline = time.monotonic() + seconds
        if not self._free.acquire(timeout=seconds / 2):
            raise Problem("unavailable", "All workers are busy.", headers={"Retry-After": "5"})
        try:
            outcome = self._executor.run(
                Work(Lease("", 0, 1, ""), unit.name, unit.content, unit.companions, asked.to, dict(asked.options)),
                lambda kind, data: None,
                lambda: time.monotonic() < deadline,
            )
        finally:
            self._free.release()
        if isinstance(outcome, Stopped):
            raise Problem("timeout", f"The translation took longer than {seconds:g} seconds. Submit it as a job.")
        return outcome

    def warm(self, work: Work, stopping: threading.Event) -> None:
        """Do ``work`` for nobody, so that what comes after it finds a process that is ready."""
        with self._free:
            self._executor.run(work, lambda kind, data: None, lambda: not stopping.is_set())

    def close(self) -> None:
        self._executor.close()
