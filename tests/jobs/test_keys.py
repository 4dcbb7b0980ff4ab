"""API keys, their use, the audit log."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hands import Hands
from making import claimed, made, new_job

from transpile.api.jobs import Entry, JobStore, OverQuota, Quotas
from transpile.api.jobs.tables import KEYS


def test_a_key_is_found_by_its_secret_alone(store: JobStore) -> None:
    key, secret = store.add_key("ci", scopes={"submit", "read"}, quotas={"jobs": 5})
    assert store.find_key(secret) == key
    assert (key.scopes, key.quotas) == (frozenset({"submit", "read"}), {"jobs": 5})
    for wrong in ("", secret[:-1], secret + "x", key.id, "\udc80"):
        assert store.find_key(wrong) is None


def test_the_store_does_not_hold_the_secret(store: JobStore) -> None:
    _, secret = store.add_key("ci")
    with store.database.reading() as connection:
        row = connection.execute(KEYS.select()).one()
    assert all(secret not in str(value) and secret[4:] not in str(value) for value in row)


def test_a_revoked_key_opens_nothing(store: JobStore) -> None:
    key, secret = store.add_key("ci")
    assert store.revoke_key(key.id)
    assert not store.revoke_key(key.id)
    assert store.find_key(secret) is None
    assert store.keys()[0].revoked is not None


def test_usage_counts_what_is_recent_and_what_is_open(store: JobStore, hands: Hands) -> None:
    store.submit(new_job("old.s", owner="k"))
    hands.pass_(100.0)
    store.submit(new_job("a.s", "b.s", owner="k"))
    store.submit(new_job("c.s", owner="another"))
    usage = store.usage("k", since_s=50.0)
    assert (usage.jobs, usage.files, usage.open_files) == (1, 2, 3)
    assert usage.bytes == len(b"# a.s\n") * 2
    work = claimed(store)
    store.finish(work.lease, made(work, "proved"))
    assert store.usage("k", since_s=50.0).open_files == 2
    assert store.usage("nobody", since_s=50.0).jobs == 0


@pytest.mark.parametrize(("quotas", "most"), [(Quotas(100, jobs=3), 3), (Quotas(5), 2)])
def test_quotas_hold_for_submissions_at_once(url: str, store: JobStore, quotas: Quotas, most: int) -> None:
    """Two files each; from stores that share nothing but the database."""
    stores = [JobStore(url, store.clock) for _ in range(6)]
    together = threading.Barrier(len(stores))

    def submit(number: int) -> bool:
        together.wait()
        try:
            stores[number].submit(new_job(f"{number}.s", f"{number}b.s", owner="k"), quotas=quotas)
        except OverQuota:
            return False
        return True

    with ThreadPoolExecutor(len(stores)) as pool:
        taken = list(pool.map(submit, range(len(stores))))
    assert sum(taken) == most == len(store.jobs("k").items)
    for each in stores:
        each.close()


def test_a_quota_does_not_refuse_what_was_taken_before(store: JobStore) -> None:
    first = store.submit(new_job("a.s", owner="k", idempotency_key="i"), quotas=Quotas(1, jobs=1))
    again = store.submit(new_job("a.s", owner="k", idempotency_key="i"), quotas=Quotas(1, jobs=1))
    assert (again.job.id, again.created) == (first.job.id, False)
    store.submit(new_job("a.s", owner="another"), quotas=Quotas(1, jobs=1))
    for quotas, why in ((Quotas(1), "1 files are queued or running"), (Quotas(9, jobs=1), "1 jobs came")):
        with pytest.raises(OverQuota, match=why):
            store.submit(new_job("b.s", owner="k"), quotas=quotas)


def test_jobs_of_an_owner_come_newest_first(store: JobStore, hands: Hands) -> None:
    ids = []
    for i in range(5):
        ids.append(store.submit(new_job(f"{i}.s", owner="k")).job.id)
        hands.pass_(1.0)
    store.submit(new_job("other.s", owner="another"))
    first = store.jobs("k", limit=3)
    second = store.jobs("k", first.next, limit=3)
    assert [job.id for job in first.items + second.items] == ids[::-1]
    assert second.next is None


def test_the_audit_log_keeps_its_lines_in_order(store: JobStore, hands: Hands) -> None:
    for i in range(5):
        store.audit(Entry("submit", f"job {i}\n", "key", "127.0.0.1", {"files": i}))
        hands.pass_(1.0)
    first = store.audited(limit=2)
    rest = store.audited(first.next, limit=10)
    assert [entry.detail["files"] for entry in first.items + rest.items] == [4, 3, 2, 1, 0]
    assert first.items[0].subject == "job 4\\x0a"
    assert rest.next is None


def test_what_the_audit_log_cannot_keep_does_not_happen(store: JobStore) -> None:
    bad = Entry("submit", detail={"files": object()})
    with pytest.raises(TypeError):
        store.submit(new_job("a.s"), bad)
    assert store.jobs().items == ()
    job = store.submit(new_job("a.s"), Entry("submit", key="k")).job
    with pytest.raises(TypeError):
        store.cancel(job.id, bad)
    assert store.job(job.id).state == "queued"
    store.submit(new_job("a.s", idempotency_key="k"))
    [entry] = store.audited().items
    assert (entry.action, entry.subject, entry.key) == ("submit", job.id, "k")
