"""Jobs go from the store to an executor and back, whatever the executor does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from acting import Acting
from making import new_job

from transpile.api.jobs import JobStore, Lease, StoreUnavailable, Work
from transpile.api.jobs import queue as queue_module
from transpile.api.jobs.dispatcher import Dispatcher
from transpile.api.jobs.executing import Heard, Wanted
from transpile.api.jobs.model import Outcome


@pytest.fixture
def store(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobStore]:
    monkeypatch.setattr(queue_module, "BACKOFF_S", 0.01)
    store = JobStore(url)
    store.migrate()
    yield store
    store.close()


@contextmanager
def dispatching(store: JobStore, executor: Acting, lease_s: float = 0.5) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(store, executor, lease_s=lease_s, poll_s=0.05)
    dispatcher.start()
    try:
        yield dispatcher
    finally:
        dispatcher.stop(grace_s=0.0)


def until(done: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def ended(store: JobStore, id: str) -> Callable[[], bool]:
    return lambda: store.job(id).ended is not None


def test_every_file_of_a_job_ends(store: JobStore) -> None:
    job = store.submit(new_job("a.s", "refuse-b.s", "lose-c.s", "raise-d.s", "e.s")).job
    executor = Acting()
    with dispatching(store, executor):
        until(ended(store, job.id))
    states = {item.name: (item.state, item.attempts) for item in store.files(job.id).items}
    assert states == {
        "a.s": ("done", 1),
        "refuse-b.s": ("failed", 1),
        "lose-c.s": ("parked", 3),
        "raise-d.s": ("parked", 3),
        "e.s": ("done", 1),
    }
    assert sorted(executor.begun) == sorted(["a.s", "refuse-b.s", *["lose-c.s"] * 3, *["raise-d.s"] * 3, "e.s"])
    assert executor.closed


def test_events_of_the_work_are_kept_in_order(store: JobStore) -> None:
    job = store.submit(new_job("a.s")).job
    with dispatching(store, Acting()):
        until(ended(store, job.id))
    kinds = [event.kind for event in store.events(job.id)]
    assert kinds == ["state", "state", "file", "progress", "block", "file", "state", "end"]


def test_cancelling_a_job_ends_its_work(store: JobStore) -> None:
    job = store.submit(new_job("sleep-a.s", "sleep-b.s", "sleep-c.s")).job
    executor = Acting()
    with dispatching(store, executor) as dispatcher:
        until(lambda: dispatcher.busy == 2)
        store.cancel(job.id)
        until(lambda: dispatcher.busy == 0)
    assert len(executor.begun) == 2
    assert store.job(job.id).state == "cancelled"


def test_a_dispatcher_that_stops_gives_its_work_back(store: JobStore) -> None:
    job = store.submit(new_job("sleep-a.s")).job
    with dispatching(store, Acting()) as dispatcher:
        until(lambda: dispatcher.busy == 1)
        assert dispatcher.alive
    item = store.files(job.id).items[0]
    assert (item.state, item.attempts) == ("queued", 0)
    assert not dispatcher.alive


def test_several_dispatchers_share_a_store(url: str, store: JobStore) -> None:
    names = [f"{i}.s" for i in range(20)]
    job = store.submit(new_job(*names)).job
    stores = [JobStore(url) for _ in range(3)]
    executors = [Acting(), Acting(), Acting()]
    with (
        dispatching(stores[0], executors[0]),
        dispatching(stores[1], executors[1]),
        dispatching(stores[2], executors[2]),
    ):
        until(ended(store, job.id))
    assert sorted(name for executor in executors for name in executor.begun) == sorted(names)
    for each in stores:
        each.close()


def test_work_that_is_done_waits_for_a_store_that_is_away(
    store: JobStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    finish, fails = store.finish, [True] * 3

    def sometimes(*args: object, **kwargs: object) -> bool:
        if fails:
            fails.pop()
            raise StoreUnavailable("away")
        return finish(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "finish", sometimes)
    executor = Acting()
    job = store.submit(new_job("a.s")).job
    with dispatching(store, executor):
        until(ended(store, job.id))
    assert executor.begun == ["a.s"]


@dataclass(slots=True)
class Patient(Acting):
    """Works until it is told that it is done."""

    done: threading.Event = field(default_factory=threading.Event)

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        assert self.done.wait(30)
        return Acting.run(self, work, heard, wanted)


def test_work_that_ends_during_a_beat_is_not_remembered(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever beats found it under way, and then not held any more."""
    renew, beats = store.renew, list[str]()

    def renewed(worker: str) -> frozenset[Lease]:
        if dispatcher.busy:
            executor.done.set()
            until(lambda: dispatcher.busy == 0)
        beats.append(worker)
        return renew(worker)

    monkeypatch.setattr(store, "renew", renewed)
    executor = Patient()
    job = store.submit(new_job("a.s")).job
    with dispatching(store, executor) as dispatcher:
        until(ended(store, job.id))
        seen = len(beats)
        until(lambda: len(beats) > seen + 1)
        assert not dispatcher._unwanted
