"""Faults on purpose: killed servers, a full disk, a locked database. Nothing is lost and nothing is done twice."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from acting import Acting
from making import claimed, made, new_job
from sqlalchemy import event

from transpile.api.jobs import JobStore, NewFile, NewJob, StoreUnavailable
from transpile.api.jobs.dispatcher import Dispatcher

SERVING = Path(__file__).with_name("serving.py")


def until(done: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def lite(path: Path) -> Iterator[JobStore]:
    store = JobStore(path, busy_ms=100)
    store.migrate()
    yield store
    store.close()


def test_a_server_that_is_killed_and_started_again_finishes_everything_once(
    url: str, store: JobStore, tmp_path: Path
) -> None:
    names = [f"{i}.s" for i in range(40)]
    job = store.submit(new_job(*names)).job
    log = tmp_path / "begun"
    rounds = 2
    for _ in range(rounds):
        with subprocess.Popen([sys.executable, "-P", SERVING, url, log]) as process:
            lines = len(_lines(log))
            until(lambda lines=lines: len(_lines(log)) > lines)  # type: ignore[misc]
            time.sleep(random.uniform(0.0, 0.3))
            process.kill()
    with subprocess.Popen([sys.executable, "-P", SERVING, url, log]) as process:
        until(lambda: store.job(job.id).ended is not None)
        process.kill()
    assert store.job(job.id).files["done"] == len(names)
    events = store.events(job.id, limit=1000)
    done = Counter(e.data["number"] for e in events if e.kind == "file" and e.data["state"] == "done")
    assert done == Counter(range(len(names)))
    begun = Counter(_lines(log))
    assert sum(begun.values()) <= len(names) + rounds * Acting().slots
    assert [e.sequence for e in events] == list(range(1, store.job(job.id).sequence + 1))


def _lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def _room(store: JobStore, pages: int) -> None:
    """From now on the database may have this many pages more than it has."""

    def bound(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {now + pages}")

    with store.database.reading() as connection:
        now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store.database.engine.dispose()
    event.listen(store.database.engine, "connect", bound)


def test_a_full_disk_takes_nothing_in_and_loses_nothing(lite: JobStore) -> None:
    before = lite.submit(new_job("a.s")).job
    _room(lite, 8)
    noise = random.Random(1).randbytes(200_000)
    with pytest.raises(StoreUnavailable) as caught:
        lite.submit(NewJob("riscv", (NewFile("big.s", noise),), idempotency_key="k"))
    assert caught.value.full
    assert [job.id for job in lite.jobs().items] == [before.id]
    _room(lite, 1000)
    assert lite.submit(NewJob("riscv", (NewFile("big.s", noise),), idempotency_key="k")).created


def test_work_that_finds_the_disk_full_waits_for_room(lite: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lite.submit(
        NewJob("riscv", tuple(NewFile(f"{i}.s", random.Random(i).randbytes(30_000)) for i in range(4)))
    ).job
    _room(lite, 12)
    executor = Acting()
    dispatcher = Dispatcher(lite, executor, lease_s=2.0, poll_s=0.05)
    dispatcher.start()
    try:
        until(lambda: dispatcher.busy == 2 and lite.job(job.id).files["done"] >= 1)
        time.sleep(0.2)
        assert lite.job(job.id).ended is None
        _room(lite, 1000)
        until(lambda: lite.job(job.id).ended is not None)
    finally:
        dispatcher.stop(0.0)
    assert lite.job(job.id).files["done"] == 4
    assert len(executor.begun) == 4


def test_a_locked_database_says_so_and_is_asked_again(lite: JobStore, path: Path) -> None:
    job = lite.submit(new_job("a.s")).job
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="locked") as caught:
        lite.submit(new_job("b.s"))
    assert time.monotonic() - began < 5.0
    assert not caught.value.full
    assert lite.job(job.id).state == "queued"
    dispatcher = Dispatcher(lite, Acting(), lease_s=1.0, poll_s=0.05)
    dispatcher.start()
    try:
        time.sleep(0.3)
        other.execute("COMMIT")
        other.close()
        until(lambda: lite.job(job.id).state == "done")
        assert dispatcher.alive
    finally:
        dispatcher.stop(0.0)


def test_a_result_that_cannot_be_kept_is_lost_work(lite: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transpile.api.jobs.queue.MAX_ATTEMPTS", 1)
    monkeypatch.setattr("acting.made", lambda work, verdict: made(work, verdict).__class__({}, {}, []))
    job = lite.submit(new_job("a.s")).job
    dispatcher = Dispatcher(lite, Acting(), lease_s=1.0, poll_s=0.05)
    dispatcher.start()
    try:
        until(lambda: lite.job(job.id).ended is not None)
    finally:
        dispatcher.stop(0.0)
    item = lite.files(job.id).items[0]
    assert item.state == "parked" and "cannot be kept" in item.trouble


def test_a_file_that_a_dispatcher_forgot_is_not_stuck(lite: JobStore) -> None:
    job = lite.submit(new_job("a.s")).job
    dispatcher = Dispatcher(lite, Acting(), lease_s=0.5, poll_s=0.05)
    claimed(lite, dispatcher.worker)
    dispatcher.start()
    try:
        until(lambda: lite.files(job.id).items[0].trouble == "it was forgotten")
    finally:
        dispatcher.stop(0.0)
