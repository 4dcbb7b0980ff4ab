"""What runs behind the routes: the dispatcher of jobs, and the postmen who tell their webhooks."""

from __future__ import annotations

import logging
import threading

from transpile.api.jobs import JobStore, StoreUnavailable
from transpile.api.jobs.dispatcher import Dispatcher
from transpile.api.metrics import Metrics
from transpile.api.shown import job_shown
from transpile.api.webhooks import Courier

LOG = logging.getLogger("transpile.api")
LOOK_S = 1.0
"""Between looks for jobs whose end is to be told."""
AT_ONCE = 3
"""Deliveries: a receiver that is slow keeps few others waiting."""


class Backend:
    def __init__(self, dispatcher: Dispatcher, postman: Postman) -> None:
        self._dispatcher = dispatcher
        self._postman = postman

    def start(self) -> None:
        self._dispatcher.start()
        self._postman.start()

    def wake(self) -> None:
        self._dispatcher.wake()

    def stop(self) -> None:
        self._postman.stop()
        self._dispatcher.stop()

    @property
    def alive(self) -> bool:
        return self._dispatcher.alive and self._postman.alive


class Postman:
    """Delivers to few receivers at a time, each delivery bounded; what fails is tried again when the store says."""

    def __init__(self, store: JobStore, courier: Courier, metrics: Metrics) -> None:
        self._store = store
        self._courier = courier
        self._metrics = metrics
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, name=f"webhooks-{i}", daemon=True) for i in range(AT_ONCE)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                delivered = self.deliver_one()
            except StoreUnavailable as error:
                LOG.warning("webhooks: %s", error.message)
                delivered = False
            except Exception:
                LOG.exception("webhooks")
                delivered = False
            if not delivered:
                self._stopped.wait(LOOK_S)

    def deliver_one(self) -> bool:
        """Make one call that is due; false if there is none."""
        call = self._store.due_call()
        if call is None:
            return False
        event = {"event": "job.ended", "job": job_shown(self._store.job(call.job))}
        outcome = self._courier.deliver(call.webhook.url, call.webhook.secret, f"{call.job}-{call.attempt}", event)
        self._metrics.webhooks.labels(outcome).inc()
        if outcome != "failed":
            self._store.called(call.job)
        return True
