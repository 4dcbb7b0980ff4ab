"""What is old goes, and nothing else; webhooks are called until they answer."""

from __future__ import annotations

from hands import Hands
from making import claimed, made, new_job
from sqlalchemy import func, select

from transpile.api.jobs import JobStore, NewFile, NewJob, Webhook
from transpile.api.jobs.retention import DAY_S
from transpile.api.jobs.tables import METADATA
from transpile.api.jobs.webhooks import ATTEMPTS


def rows(store: JobStore) -> dict[str, int]:
    with store.database.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }


def test_an_old_job_goes_with_all_that_nobody_else_needs(store: JobStore, hands: Hands) -> None:
    empty = rows(store)
    store.submit(new_job("a.s", companions={"i": b"i"}))
    work = claimed(store)
    store.finish(work.lease, made(work, "proved", "tested"))
    assert store.purge(1.0) == 0
    hands.pass_(2 * DAY_S)
    assert store.purge(1.0) == 1
    store.bury("w")
    assert rows(store) == empty


def test_what_another_job_shares_stays(store: JobStore, hands: Hands) -> None:
    store.submit(new_job("a.s", companions={"i": b"i"}))
    work = claimed(store)
    store.finish(work.lease, made(work, "proved"))
    hands.pass_(2 * DAY_S)
    young = store.submit(new_job("a.s", companions={"i": b"i"})).job
    waiting = store.submit(NewJob("cuda", (NewFile("b.c", b"# a.s\n"),))).job
    assert store.purge(1.0) == 1
    detail = store.file(young.id, 0)
    assert (detail.outputs, detail.companions) == ({"a.s.out": b"# a.s\n!"}, {"i": b"i"})
    assert store.file(waiting.id, 0).source == b"# a.s\n"


def test_a_webhook_is_called_until_it_answers(store: JobStore, hands: Hands) -> None:
    job = store.submit(new_job("a.s", webhook=Webhook("https://example.org/x", "s"))).job
    assert store.due_call() is None
    work = claimed(store)
    store.finish(work.lease, made(work, "proved"))
    call = store.due_call()
    assert call is not None and (call.job, call.attempt, call.webhook) == (job.id, 1, job.webhook)
    assert store.due_call() is None
    hands.pass_(3600.0)
    again = store.due_call()
    assert again is not None and again.attempt == 2
    store.called(job.id)
    hands.pass_(30 * DAY_S)
    assert store.due_call() is None


def test_a_webhook_that_never_answers_is_given_up(store: JobStore, hands: Hands) -> None:
    job = store.submit(new_job("a.s", webhook=Webhook("https://example.org/x"))).job
    store.cancel(job.id)
    calls = 0
    while store.due_call() is not None:
        calls += 1
        hands.pass_(DAY_S)
    assert calls == ATTEMPTS
