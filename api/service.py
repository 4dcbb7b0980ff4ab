"""What the routes work with: the store, the limits, who the callers are, and what is counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from anyio import CapacityLimiter

from transpile.api.backend import Backend, Postman
from transpile.api.counting import stored_counts
from transpile.api.jobs import Entry, JobStore, NewJob, OverQuota, Quotas, Submitted
from transpile.api.jobs.dispatcher import Dispatcher
from transpile.api.jobs.executing import Executor
from transpile.api.keys import SCOPES, scopes_from
from transpile.api.metrics import Metrics
from transpile.api.problems import Problem
from transpile.api.rates import Rates
from transpile.api.settings import Settings
from transpile.api.translator import Translator
from transpile.api.webhooks import Courier
from transpile.directions import NATIVE

OPEN_CHECKED_S = 2.0
"""How long a server without keys goes on to believe that there are none."""
READERS = 12
"""Threads that look things up: each keeps a connection with its own memory, and they share one processor anyway."""
WRITERS = 4
"""Requests at once that change the store: they wait for each other there, and must not take the threads that read."""
WAITERS = 32
"""Requests at once that wait for a small file to be translated."""
UNPACKERS = 2
"""Archives unpacked at once: each may fill ``unpacked_bytes`` of memory."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request. ``id`` is empty where no key is needed. ``address``: of the connection, for the log."""

    id: str
    scopes: tuple[str, ...]
    quotas: Mapping[str, int]
    address: str = ""


class Service:
    """``sandbox`` says what translating processes are kept in; empty where they are not kept from anything."""

    def __init__(
        self, settings: Settings, store: JobStore, translator: Translator, executor: Executor, sandbox: str
    ) -> None:
        self.settings = settings
        self.sandbox = sandbox
        self.store = store
        self.translator = translator
        self.metrics = Metrics(lambda: stored_counts(store))
        postman = Postman(store, Courier(settings.private_webhooks), self.metrics)
        self.backend = Backend(Dispatcher(store, executor, retention_days=settings.retention_days), postman)
        self.rates = Rates(settings.limits.requests)
        self.streams: Counter[str] = Counter()
        self.writers = CapacityLimiter(WRITERS)
        self.waiters = CapacityLimiter(WAITERS)
        self.unpackers = CapacityLimiter(UNPACKERS)
        self.stopping = threading.Event()
        self._open_until = 0.0

    @property
    def open(self) -> bool:
        """Whether requests need no key: nobody ever made one, and the server may be open at all."""
        if not self.settings.may_be_open:
            return False
        now = time.monotonic()
        if now < self._open_until:
            return True
        if self.store.keys():
            return False
        self._open_until = now + OPEN_CHECKED_S
        return True

    def anybody(self, address: str) -> Caller | None:
        """Who sends a request without a key, if it was found a moment ago that none is needed; asks nobody."""
        return Caller("", SCOPES, {}, address) if time.monotonic() < self._open_until else None

    def caller(self, key: str, address: str) -> Caller | None:
        """Who has this key; None for a key that is missing where one is needed, or that is none."""
        if not key:
            return Caller("", SCOPES, {}, address) if self.open else None
        found = self.store.find_key(key)
        return Caller(found.id, scopes_from(found.scopes), found.quotas, address) if found else None

    def submit(self, new: NewJob, caller: Caller) -> Submitted:
        """Take a job in within the caller's quotas; raises Problem."""
        limits, own = self.settings.limits, caller.quotas
        quotas = Quotas(own.get("files", limits.open_files), own.get("jobs", limits.jobs))
        detail = {"to": new.to, "files": len(new.files)}
        try:
            submitted = self.store.submit(new, Entry("job.submit", "", caller.id, caller.address, detail), quotas)
        except OverQuota as over:
            raise Problem("quota", over.message, headers={"Retry-After": "60"}) from over
        if submitted.created:
            self.backend.wake()
        return submitted

    def cancel(self, id: str, caller: Caller) -> None:
        self.store.cancel(id, Entry("job.cancel", "", caller.id, caller.address))

    def unavailable(self, to: str) -> str:
        """Why this server does not translate to ``to``; empty where it does."""
        if to in NATIVE and not self.settings.unsandboxed and not self.sandbox:
            return "its checks run code made of the input, and there is no sandbox here; see serve --unsandboxed"
        return ""

    def start(self) -> None:
        self.store.migrate()
        self.backend.start()

    def stop(self) -> None:
        self.stopping.set()
        self.backend.stop()
        self.translator.close()
        self.store.close()

    def ready(self) -> bool:
        """Whether the database answers and the work of jobs goes on; raises StoreUnavailable."""
        self.store.jobs(limit=1)
        return self.backend.alive
