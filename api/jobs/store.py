"""The store of jobs: everything that is kept about them, behind one object that threads share."""

from __future__ import annotations

from pathlib import Path

from transpile.api.jobs.clock import Clock
from transpile.api.jobs.database import BUSY_MS
from transpile.api.jobs.keys import Keys
from transpile.api.jobs.queue import Queue
from transpile.api.jobs.retention import Retention
from transpile.api.jobs.submitting import Submitting
from transpile.api.jobs.webhooks import Webhooks


class JobStore(Submitting, Queue, Keys, Webhooks, Retention):
    """Call ``migrate`` once before anything else; it is cheap where nothing is to be done."""

    def __init__(self, url: str | Path, clock: Clock | None = None, busy_ms: int = BUSY_MS) -> None:
        super().__init__(url, clock, busy_ms)
        self.seen = {}
