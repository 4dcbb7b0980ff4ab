"""Who works on what: leases, retries, parking, cancelling.

A worker process (a server's dispatcher) holds its files for as long as it keeps beating. Whoever reaps measures, by its
own steady clock, how long the number of a worker's beats stood still; no time of day and no other machine's clock is
ever compared, so a clock that jumps ends no lease. Each attempt at a file has a number; what an older attempt brings is
thrown away.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, exists, select, update

from transpile.api.jobs.base import Entry, Told
from transpile.api.jobs.database import CLAIMING
from transpile.api.jobs.ending import Ended, Ending, file_event
from transpile.api.jobs.identity import unit_key
from transpile.api.jobs.model import ENDED, Lease, Lost, Made, Outcome, Refused, Stopped, Work
from transpile.api.jobs.reading import Reading
from transpile.api.jobs.tables import FILES, JOBS, WORKERS
from transpile.errors import printable

MAX_ATTEMPTS = 3
BACKOFF_S = 2.0
"""Before a file's second attempt; four times as long before each further one."""
LONGEST_BACKOFF_S = 300.0
MAX_TROUBLE = 1000
"""Characters kept of why an attempt came to nothing."""

_SAME = FILES.alias()
_RIPE = (FILES.c.not_before <= bindparam("now_")) | (FILES.c.not_before > bindparam("latest_"))
_WORKED_ON = exists().where((_SAME.c.unit == FILES.c.unit) & (_SAME.c.state == "running"))
_FILE = [FILES.c[name] for name in ("job", "number", "name", "source", "companions", "unit", "attempts")]
_NEXT = (
    select(*_FILE, JOBS.c.state.label("job_state"), JOBS.c.to, JOBS.c.options)
    .join(JOBS)
    .where((FILES.c.state == "queued") & _RIPE & ~_WORKED_ON)
    .order_by(FILES.c.turn)
    .limit(1)
    .with_for_update(of=FILES, skip_locked=True)
)
"""The file whose turn it is. A unit that is worked on for another job waits for what comes of that."""
_PLACE = (FILES.c.job == bindparam("job_")) & (FILES.c.number == bindparam("number_"))
_MINE = (FILES.c.worker == bindparam("worker_")) & (FILES.c.attempts == bindparam("attempts_"))
_HELD = (
    select(*_FILE, JOBS.c.to, JOBS.c.options, JOBS.c.owner)
    .join(JOBS)
    .where(_PLACE & _MINE & (FILES.c.state == "running"))
    .with_for_update(of=FILES)
)
_START = (
    update(FILES).where(_PLACE).values(state="running", worker=bindparam("worker_"), attempts=bindparam("attempts_"))
)
_START_JOB = (
    update(JOBS)
    .where((JOBS.c.id == bindparam("job_")) & (JOBS.c.state == "queued"))
    .values(state="running", started=bindparam("now_"))
)
_BEAT = update(WORKERS).where(WORKERS.c.id == bindparam("worker_")).values(beats=WORKERS.c.beats + 1)
_OF_WORKER = (
    select(FILES.c.job, FILES.c.number, FILES.c.attempts)
    .where(FILES.c.worker == bindparam("worker_"))
    .order_by(FILES.c.job, FILES.c.number)
)


class Queue(Reading, Ending):
    """``seen``: the beats of each worker, and when by our steady clock they were first seen."""

    seen: dict[str, tuple[int, float]]

    def claim(self, worker: str, lease_s: float) -> Work | None:
        """A file to work on, for as long as ``worker`` beats; None if there is nothing to do now.

        A file whose unit was done meanwhile, in another job, is ended with that result. One worker claims at a time:
        two that do not see each other's claim might begin the same unit.
        """
        while True:
            with self.database.writing() as connection:
                self.database.one_at_a_time(connection, CLAIMING)
                now = self.clock.wall()
                row = connection.execute(_NEXT, {"now_": now, "latest_": now + LONGEST_BACKOFF_S}).one_or_none()
                if row is None:
                    return None
                known = self._known(connection, row.unit)
                if known is None:
                    self.database.insert_new(connection, WORKERS, [_worker(worker, lease_s)])
                    return self._start(connection, row, worker)
                self._end_files(connection, self._waiting(connection, row.unit), known)

    def tell(self, lease: Lease, events: Sequence[Told]) -> bool:
        """Keep events of work under way; False, and nothing is kept, if the lease is over."""
        with self.database.writing() as connection:
            held = self._held(connection, lease) is not None
            if held:
                self._tell(connection, lease.job, events)
            return held

    def finish(self, lease: Lease, outcome: Outcome, events: Sequence[Told] = ()) -> bool:
        """Record what came of the work, with the last events of it; False, and nothing changes, if the lease is over.

        Lost work is tried again later, or parked; stopped work goes back as if it had not begun.
        """
        with self.database.writing() as connection:
            row = self._held(connection, lease)
            if row is None:
                return False
            match outcome:
                case Made() | Refused():
                    gist = self._keep_result(connection, _unit(row), outcome)
                    mine = Ended(lease.job, lease.number, row.name, lease.attempt, False)
                    others = self._waiting(connection, gist["unit"])
                    self._end_files(connection, [mine, *others], gist, {lease.job: events})
                case Lost(reason=reason):
                    self._tell(connection, lease.job, events)
                    self._failed(connection, lease, reason)
                case Stopped():
                    self._tell(connection, lease.job, events)
                    self._put_back(connection, lease, lease.attempt - 1, 0.0, "")
            return True

    def failed(self, lease: Lease, reason: str) -> bool:
        """The work came to nothing; it is tried again, or parked after ``MAX_ATTEMPTS``."""
        return self.finish(lease, Lost(reason))

    def renew(self, worker: str) -> frozenset[Lease]:
        """Beat. The leases that ``worker`` still has: work on anything else should stop."""
        with self.database.writing() as connection:
            connection.execute(_BEAT, {"worker_": worker})
            rows = connection.execute(_OF_WORKER, {"worker_": worker}).all()
        return frozenset(Lease(row.job, row.number, row.attempts, worker) for row in rows)

    def reap(self) -> int:
        """Take back the files of workers whose beats stood still for their lease; how many files that were.

        To be called about as often as workers beat, by any number of processes.
        """
        now = self.clock.steady()
        with self.database.reading() as connection:
            rows = connection.execute(select(WORKERS)).all()
        before, self.seen = self.seen, {}
        taken = 0
        for row in rows:
            beats, since = before.get(row.id, (-1, now))
            self.seen[row.id] = (row.beats, since if beats == row.beats else now)
            if beats == row.beats and now - since > row.lease_s:
                taken += self.bury(row.id, row.beats)
        return taken

    def bury(self, worker: str, beats: int | None = None) -> int:
        """Take back all files of a worker that is dead, unless it beat again; how many files that were."""
        gone = delete(WORKERS).where(WORKERS.c.id == worker)
        with self.database.writing() as connection:
            if beats is not None:
                gone = gone.where(WORKERS.c.beats == beats)
            if connection.execute(gone).rowcount == 0:
                return 0
            rows = connection.execute(_OF_WORKER.with_for_update(), {"worker_": worker}).all()
            for row in rows:
                self._failed(connection, Lease(row.job, row.number, row.attempts, worker), "its worker was lost")
            return len(rows)

    def cancel(self, id: str, entry: Entry | None = None) -> bool:
        """End a job: what waits is not begun, what runs is stopped. False if it had ended. Raises KeyError.

        ``entry`` is for the audit log, if the job had not ended.
        """
        with self.database.writing(durable=True) as connection:
            open_files = (FILES.c.job == id) & FILES.c.state.in_(("queued", "running"))
            connection.execute(select(FILES.c.number).where(open_files).order_by(FILES.c.number).with_for_update())
            job = select(JOBS.c.state).where(JOBS.c.id == id).with_for_update()
            state = connection.execute(job).scalar_one_or_none()
            if state is None:
                raise KeyError(id)
            if state in ENDED:
                return False
            connection.execute(update(FILES).where(open_files).values(state="cancelled", worker=None))
            self._close_job(connection, id, "cancelled", False)
            self._audit(connection, entry, id)
            return True

    def _start(self, connection: Connection, row: Row[*tuple[Any, ...]], worker: str) -> Work:
        attempt = row.attempts + 1
        place = {"job_": row.job, "number_": row.number}
        connection.execute(_START, {**place, "worker_": worker, "attempts_": attempt})
        told: list[Told] = [("file", file_event(row.number, row.name, "running", attempt))]
        if row.job_state == "queued":
            started = connection.execute(_START_JOB, {"job_": row.job, "now_": self.clock.wall()})
            if started.rowcount:
                told.insert(0, ("state", {"state": "running"}))
        self._tell(connection, row.job, told)
        source, companions = self._contents(connection, row.source, row.companions)
        lease = Lease(row.job, row.number, attempt, worker)
        return Work(lease, row.name, source, companions, row.to, json.loads(row.options))

    def _held(self, connection: Connection, lease: Lease) -> Row[*tuple[Any, ...]] | None:
        """The lease's file, if it is not over."""
        place = {"job_": lease.job, "number_": lease.number, "worker_": lease.worker, "attempts_": lease.attempt}
        return connection.execute(_HELD, place).one_or_none()

    def _failed(self, connection: Connection, lease: Lease, reason: str) -> None:
        trouble = printable(reason)[:MAX_TROUBLE]
        if lease.attempt < MAX_ATTEMPTS:
            wait = min(BACKOFF_S * 4.0 ** (lease.attempt - 1), LONGEST_BACKOFF_S)
            self._put_back(connection, lease, lease.attempt, self.clock.wall() + wait, trouble)
            return
        parked = update(FILES).where(_place(lease.job, lease.number))
        values = parked.values(state="parked", worker=None, trouble=trouble)
        name = connection.execute(values.returning(FILES.c.name)).scalar_one()
        event = file_event(lease.number, name, "parked", lease.attempt) | {"trouble": trouble}
        self._tell(connection, lease.job, [("file", event)])
        self._end_job(connection, lease.job)

    def _put_back(self, connection: Connection, lease: Lease, attempts: int, not_before: float, trouble: str) -> None:
        back = update(FILES).where(_place(lease.job, lease.number))
        values = back.values(state="queued", worker=None, attempts=attempts, not_before=not_before, trouble=trouble)
        name = connection.execute(values.returning(FILES.c.name)).scalar_one()
        event = file_event(lease.number, name, "queued", attempts) | {"trouble": trouble}
        self._tell(connection, lease.job, [("file", event)])


def _unit(row: Row[*tuple[Any, ...]]) -> str | None:
    """The unit's key; None if the job was submitted to another version than ours, whose checker was not asked."""
    ours = unit_key(row.name, row.source, row.companions, row.to, json.loads(row.options), row.owner)
    return ours if ours == row.unit else None


def _worker(id: str, lease_s: float) -> dict[str, object]:
    """Beats count from a random number: a worker that was buried and comes back is not mistaken for the dead one."""
    return {"id": id, "beats": secrets.randbits(40), "lease_s": lease_s}


def _place(job: str, number: int) -> ColumnElement[bool]:
    return (FILES.c.job == job) & (FILES.c.number == number)
