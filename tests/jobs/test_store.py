"""A job from its submission to its end, as a caller sees it."""

from __future__ import annotations

import pytest
from hands import Hands
from making import claimed, made, new_job

from transpile.api.jobs import (
    BadCursor,
    IdempotencyConflict,
    JobStore,
    Lost,
    Made,
    NewFile,
    NewJob,
    Refused,
    Stopped,
)
from transpile.errors import UsageError


def test_a_job_is_done_when_its_files_are(store: JobStore) -> None:
    job = store.submit(new_job("a.s", "b.s", options={"seed": 3}, companions={"x.inc": b"x"})).job
    assert (job.state, job.files["queued"], job.options) == ("queued", 2, {"seed": 3})
    first = claimed(store)
    assert (first.name, first.source, first.to, first.companions) == ("a.s", b"# a.s\n", "riscv", {"x.inc": b"x"})
    assert store.job(job.id).state == "running"
    assert store.finish(first.lease, made(first, "proved", "tested"))
    second = claimed(store)
    assert store.finish(second.lease, Refused(({"severity": "error", "message": "no", "line": 1, "column": 2},)))
    after = store.job(job.id)
    assert (after.state, after.meets) == ("done", False)
    assert after.verdicts == {"proved": 1, "tested": 1, "refuted": 0, "undecided": 0}
    assert (after.files["done"], after.files["failed"]) == (1, 1)
    assert store.claim("w", 30.0) is None


def test_a_file_gives_back_what_was_made_of_it(store: JobStore) -> None:
    job = store.submit(new_job("d/a.s")).job
    work = claimed(store)
    outcome = made(work, "proved", "refuted", "proved")
    store.finish(work.lease, outcome)
    detail = store.file(job.id, 0)
    assert (detail.source, detail.outputs, detail.layout) == (work.source, dict(outcome.outputs), outcome.layout)
    assert detail.row == outcome.row
    assert store.output(job.id, "d/a.s.out") == work.source + b"!"
    with pytest.raises(KeyError):
        store.output(job.id, "d/a.s")
    assert store.files(job.id).items[0].outputs == ("d/a.s.out",)
    place = store.block(job.id, "0.0").row
    assert (place["target_lines"], place["successors"]) == ([3, 4], ["b1"])


def test_pages_hold_every_row_once(store: JobStore) -> None:
    job = store.submit(new_job(*(f"{i}.s" for i in range(7)))).job
    for _ in range(7):
        work = claimed(store)
        store.finish(work.lease, made(work, "proved", "undecided", "proved"))
    names, cursor = [], None
    while True:
        page = store.files(job.id, cursor, limit=3)
        names += [item.name for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert names == [f"{i}.s" for i in range(7)]
    ids, cursor = [], None
    while True:
        blocks = store.blocks(job.id, cursor, limit=4, verdict="proved")
        ids += [item.id for item in blocks.items]
        cursor = blocks.next
        if cursor is None:
            break
    assert ids == [f"{i}.{j}" for i in range(7) for j in (0, 2)]
    assert [item.id for item in store.blocks(job.id, file=5).items] == ["5.0", "5.1", "5.2"]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.2.3", "٣", "99999999999999999999"])
def test_a_cursor_that_no_page_gave_is_refused(store: JobStore, cursor: str) -> None:
    job = store.submit(new_job("a.s")).job
    with pytest.raises(BadCursor):
        store.files(job.id, cursor)
    with pytest.raises(BadCursor):
        store.blocks(job.id, cursor)


def test_names_that_no_database_can_hold_are_not_there(store: JobStore) -> None:
    with pytest.raises(KeyError):
        store.job("\0")
    with pytest.raises(BadCursor):
        store.jobs(cursor="\0")


def test_events_are_numbered_and_end_with_end(store: JobStore) -> None:
    job = store.submit(new_job("a.s")).job
    work = claimed(store)
    assert store.tell(work.lease, [("progress", {"done": 1, "total": 2}), ("block", {"label": "b0"})])
    store.finish(work.lease, made(work, "proved"), [("block", {"label": "b1"})])
    events = store.events(job.id)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert [event.kind for event in events] == [
        *("state", "state", "file", "progress", "block", "block", "file", "state", "end"),
    ]
    assert store.events(job.id, after=events[-2].sequence) == events[-1:]
    assert store.job(job.id).sequence == len(events)


def test_the_same_key_and_body_is_the_same_job(store: JobStore) -> None:
    first = store.submit(new_job("a.s", idempotency_key="k"))
    again = store.submit(new_job("a.s", idempotency_key="k"))
    assert (first.created, again.created, again.job.id) == (True, False, first.job.id)
    with pytest.raises(IdempotencyConflict):
        store.submit(new_job("b.s", idempotency_key="k"))
    assert store.submit(new_job("b.s", idempotency_key="k", owner="someone else")).created


def test_a_unit_that_was_done_is_answered_from_the_database(store: JobStore) -> None:
    store.submit(new_job("a.s"))
    work = claimed(store)
    store.finish(work.lease, made(work, "proved"))
    job = store.submit(new_job("a.s", "b.s")).job
    assert (job.state, job.files["done"], store.files(job.id).items[0].reused) == ("queued", 1, True)
    assert claimed(store).name == "b.s"
    assert store.submit(new_job("a.s")).job.state == "done"
    assert store.submit(new_job("a.s", options={"seed": 1})).job.state == "queued"
    assert store.submit(new_job("a.s", companions={"i": b""})).job.state == "queued"


def test_units_that_run_natively_are_answered_for_their_owner_alone(store: JobStore) -> None:
    def job(owner: str) -> NewJob:
        return NewJob("cuda", (NewFile("a.c", b"void f(void) {}"),), owner=owner)

    store.submit(job("one"))
    work = claimed(store)
    store.finish(work.lease, made(work, "proved"))
    assert store.submit(job("one")).job.state == "done"
    assert store.submit(job("another")).job.state == "queued"


def test_what_another_version_checked_answers_nothing(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.submit(new_job("a.s"))
    work = claimed(store)
    with monkeypatch.context() as other:
        other.setattr("transpile.store.checker_version", lambda: b"another")
        store.finish(work.lease, made(work, "proved"))
    assert store.submit(new_job("a.s")).job.state == "queued"


def test_the_same_unit_is_not_worked_on_twice_at_once(store: JobStore) -> None:
    store.submit(new_job("a.s"))
    other = store.submit(new_job("a.s")).job
    work = claimed(store)
    assert store.claim("v", 30.0) is None
    store.finish(work.lease, made(work, "proved"))
    assert store.claim("v", 30.0) is None
    assert store.job(other.id).state == "done"


def test_one_finish_ends_every_file_that_waits_for_the_same_unit(store: JobStore) -> None:
    jobs = [store.submit(new_job("a.s", f"{i}.s")).job.id for i in range(3)]
    work = claimed(store)
    assert work.name == "a.s"
    store.finish(work.lease, made(work, "proved"), [("progress", {"done": 1})])
    for id in jobs:
        item = store.files(id).items[0]
        assert (item.state, item.reused, item.attempts) == ("done", id != work.lease.job, int(id == work.lease.job))
        events = store.events(id)
        assert [event.sequence for event in events] == list(range(1, store.job(id).sequence + 1))
        assert [event.data["state"] for event in events if event.kind == "file"][-1] == "done"
    assert [event.kind for event in store.events(work.lease.job)] == ["state", "state", "file", "progress", "file"]
    assert sorted(claimed(store).name for _ in range(3)) == ["0.s", "1.s", "2.s"]


def test_results_that_are_not_reusable_end_nothing_that_waits(store: JobStore) -> None:
    first, second = (store.submit(new_job("a.s")).job.id for _ in range(2))
    work = claimed(store)
    outcome = made(work, "undecided")
    store.finish(work.lease, Made(outcome.row, outcome.outputs, outcome.layout, reusable=False))
    assert {store.job(id).state for id in (first, second)} == {"done", "queued"}
    assert claimed(store).name == "a.s"


def test_what_is_not_reusable_is_done_again(store: JobStore) -> None:
    store.submit(new_job("a.s"))
    work = claimed(store)
    outcome = made(work, "undecided")
    store.finish(work.lease, Made(outcome.row, outcome.outputs, outcome.layout, reusable=False))
    assert store.submit(new_job("a.s")).job.state == "queued"


def test_stopped_work_goes_back_as_if_it_had_not_begun(store: JobStore) -> None:
    job = store.submit(new_job("a.s")).job
    assert store.finish(claimed(store).lease, Stopped())
    assert store.files(job.id).items[0].attempts == 0
    assert claimed(store).lease.attempt == 1


def test_a_cancelled_job_stops(store: JobStore) -> None:
    job = store.submit(new_job("a.s", "b.s")).job
    work = claimed(store)
    assert store.renew("w") == {work.lease}
    assert store.cancel(job.id)
    assert store.renew("w") == frozenset()
    assert not store.finish(work.lease, made(work, "proved"))
    assert not store.tell(work.lease, [("block", {})])
    assert not store.cancel(job.id)
    after = store.job(job.id)
    assert (after.state, after.files["cancelled"], after.meets) == ("cancelled", 2, False)
    assert store.events(job.id)[-1].kind == "end"
    assert store.claim("w", 30.0) is None
    with pytest.raises(KeyError):
        store.cancel("nothing")


def test_lost_work_is_tried_again_and_then_parked(store: JobStore, hands: Hands) -> None:
    job = store.submit(new_job("a.s", "b.s")).job
    for attempt in (1, 2, 3):
        work = claimed(store)
        assert (work.name, work.lease.attempt) == ("a.s", attempt)
        assert store.finish(work.lease, Lost("it died"))
        other = store.claim("w", 30.0)
        if other is not None:
            store.finish(other.lease, made(other, "proved"))
        hands.pass_(3600.0)
    item = store.files(job.id).items[0]
    assert (item.state, item.attempts, item.trouble) == ("parked", 3, "it died")
    after = store.job(job.id)
    assert (after.state, after.meets, after.files["parked"]) == ("done", False, 1)


def test_a_small_job_need_not_wait_for_the_end_of_a_large_one(store: JobStore, hands: Hands) -> None:
    store.submit(new_job(*(f"{i}.s" for i in range(10))))
    hands.pass_(2.5)
    store.submit(new_job("small.s"))
    names = [claimed(store).name for _ in range(11)]
    assert names.index("small.s") == 3


@pytest.mark.parametrize(
    "bad", [new_job(), new_job("a", "a"), new_job("a\0"), new_job(""), new_job("a", options={"x": float("nan")})]
)
def test_a_job_that_makes_no_sense_is_refused(store: JobStore, bad: NewJob) -> None:
    with pytest.raises(UsageError):
        store.submit(bad)
