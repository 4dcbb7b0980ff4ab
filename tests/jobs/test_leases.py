"""Workers that die are noticed, workers that live are not robbed, whatever the clocks do."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hands import Hands
from making import claimed, made, new_job

from transpile.api.jobs import Clock, JobStore
from transpile.api.jobs.database import MIGRATIONS
from transpile.api.jobs.migrations import NEWEST
from transpile.api.jobs.tables import METADATA


def test_a_worker_that_stops_beating_loses_its_files(store: JobStore, hands: Hands) -> None:
    job = store.submit(new_job("a.s")).job
    work = claimed(store, "dead")
    assert store.reap() == 0
    hands.pass_(29.0)
    assert store.reap() == 0
    hands.pass_(2.0)
    assert store.reap() == 1
    item = store.files(job.id).items[0]
    assert (item.state, item.attempts, item.trouble) == ("queued", 1, "its worker was lost")
    assert not store.finish(work.lease, made(work, "proved"))
    hands.pass_(60.0)
    assert claimed(store, "other").lease.attempt == 2


def test_a_worker_that_beats_keeps_its_files(store: JobStore, hands: Hands) -> None:
    store.submit(new_job("a.s"))
    work = claimed(store, "alive")
    for _ in range(20):
        hands.pass_(20.0)
        assert store.renew("alive") == {work.lease}
        assert store.reap() == 0
    assert store.finish(work.lease, made(work, "proved"))


@pytest.mark.parametrize("jump", [-10.0 * 365 * 86400, -3600.0, 3600.0, 10.0 * 365 * 86400])
def test_a_clock_that_jumps_ends_no_lease(store: JobStore, hands: Hands, jump: float) -> None:
    store.submit(new_job("a.s"))
    work = claimed(store)
    store.reap()
    hands.wall += jump
    hands.steady += 20.0
    assert store.reap() == 0
    assert store.finish(work.lease, made(work, "proved"))


@pytest.mark.parametrize("jump", [-10.0 * 365 * 86400, -3600.0, 3600.0])
def test_a_clock_that_jumps_holds_no_retry_back(store: JobStore, hands: Hands, jump: float) -> None:
    store.submit(new_job("a.s"))
    store.failed(claimed(store).lease, "it died")
    assert store.claim("w", 30.0) is None
    hands.wall += jump
    assert claimed(store).lease.attempt == 2


def test_processes_whose_clocks_disagree_rob_nobody(url: str, store: JobStore, hands: Hands) -> None:
    other = JobStore(url, Clock(lambda: hands.wall + 1e8, lambda: hands.steady + 1e6))
    store.submit(new_job("a.s"))
    work = claimed(store)
    assert other.reap() == 0
    hands.pass_(20.0)
    store.renew("w")
    assert other.reap() == 0
    hands.pass_(20.0)
    assert other.reap() == 0
    assert store.finish(work.lease, made(work, "proved"))
    other.close()


def test_a_worker_that_comes_back_from_the_dead_is_not_taken_for_it(store: JobStore, url: str, hands: Hands) -> None:
    other = JobStore(url, hands.clock)
    store.submit(new_job("a.s", "b.s"))
    claimed(store, "w")
    other.reap()
    hands.pass_(31.0)
    assert store.bury("w") == 1
    claimed(store, "w")
    assert other.reap() == 0
    other.close()


def test_a_store_keeps_what_it_had_when_it_is_opened_again(url: str, store: JobStore) -> None:
    job = store.submit(new_job("a.s")).job
    again = JobStore(url)
    again.migrate()
    assert again.job(job.id).state == "queued"
    again.close()


def test_the_migrations_make_the_tables(url: str, store: JobStore) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_newest_migration_is_known_without_alembic() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [NEWEST]


def test_tables_of_an_older_version_are_migrated(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.sqlite")
    store.migrate()
    with store.database.writing() as connection:
        for name in reversed(METADATA.sorted_tables):
            name.drop(connection)
        connection.exec_driver_sql("DELETE FROM alembic_version")
    store.migrate()
    assert store.submit(new_job("a.s")).created
    store.close()


def test_two_processes_may_migrate_at_once(tmp_path: Path) -> None:
    stores = [JobStore(tmp_path / "jobs.sqlite") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(store.migrate) for store in stores]:
            done.result()
    assert stores[0].claim("w", 1.0) is None
    for store in stores:
        store.close()


def test_requests_with_one_key_at_once_make_one_job(store: JobStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(store.submit, new_job("a.s", idempotency_key="k")) for _ in range(8)]
    submitted = [one.result() for one in sent]
    assert len({one.job.id for one in submitted}) == 1
    assert sum(one.created for one in submitted) == 1


def test_work_and_cancelling_at_once_end_every_job(store: JobStore) -> None:
    jobs = [store.submit(new_job(*(f"{j}-{i}.s" for i in range(4)))).job.id for j in range(6)]

    def work(number: int) -> None:
        while (work := store.claim(f"w{number}", 30.0)) is not None:
            store.tell(work.lease, [("progress", {"done": 1})])
            store.finish(work.lease, made(work, "proved"))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, i) for i in range(4)] + [pool.submit(store.cancel, job) for job in jobs[::2]]:
            done.result()
    for id in jobs:
        job = store.job(id)
        assert job.state in ("done", "cancelled") and not job.files["queued"] and not job.files["running"]
        events = store.events(id)
        assert [event.sequence for event in events] == list(range(1, job.sequence + 1))
        assert [event.kind for event in events].count("end") == 1


def test_workers_that_share_units_of_many_jobs_wait_for_nobody_for_ever(store: JobStore) -> None:
    jobs = [store.submit(new_job(*(f"{(j * 5 + i) % 12}.s" for i in range(8)))).job.id for j in range(8)]
    begun: list[str] = []
    end = time.monotonic() + 60.0

    def work(number: int) -> None:
        while any(store.job(id).ended is None for id in jobs):
            assert time.monotonic() < end and len(begun) <= 12, begun
            work = store.claim(f"w{number}", 30.0)
            if work is None:
                time.sleep(0.01)
                continue
            begun.append(work.name)
            assert store.finish(work.lease, made(work, "proved"), [("progress", {"done": 1})])

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, i) for i in range(4)]:
            done.result()
    assert len(begun) == len(set(begun)) == 12
    for id in jobs:
        events = store.events(id)
        assert [event.sequence for event in events] == list(range(1, store.job(id).sequence + 1))
        assert [event.kind for event in events].count("end") == 1
