"""What all parts of the store share: its database, its clock, and how an event or a line of the audit log is written.

Statements that are executed often are made once, here and in the other parts: making one takes longer than executing
it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, update

from transpile.api.jobs.clock import Clock
from transpile.api.jobs.database import BUSY_MS, Database
from transpile.api.jobs.identity import new_id
from transpile.api.jobs.model import EventKind, Json
from transpile.api.jobs.tables import AUDIT, EVENTS, JOBS
from transpile.errors import printable

Told = tuple[EventKind, Json]

_NUMBER = (
    update(JOBS)
    .where(JOBS.c.id == bindparam("job_"))
    .values(sequence=JOBS.c.sequence + bindparam("count_"))
    .returning(JOBS.c.sequence)
)
_KEEP = insert(EVENTS)
_AUDIT = insert(AUDIT)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log. ``key`` is the id of a key, empty where there was none; ``subject`` a job, a key …"""

    action: str
    subject: str = ""
    key: str = ""
    address: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    time: float = 0.0


class StoreBase:
    """``url``: a path or ``sqlite:///path``, or ``postgresql://…``."""

    def __init__(self, url: str | Path, clock: Clock | None = None, busy_ms: int = BUSY_MS) -> None:
        self.database = Database(url, busy_ms)
        self.clock = clock or Clock()

    def migrate(self) -> None:
        """Make the tables, or bring those of an older version to this one's."""
        self.database.migrate()

    def close(self) -> None:
        self.database.close()

    def _tell(self, connection: Connection, job: str, events: Sequence[Told]) -> None:
        """Number events of a job and keep them. Locks the job's row until the transaction ends."""
        if events:
            last = connection.execute(_NUMBER, {"job_": job, "count_": len(events)}).scalar_one()
            self._keep_events(connection, job, last - len(events) + 1, events)

    def _keep_events(self, connection: Connection, job: str, first: int, events: Sequence[Told]) -> None:
        rows = [
            {"job": job, "sequence": first + i, "kind": kind, "data": json.dumps(data)}
            for i, (kind, data) in enumerate(events)
        ]
        connection.execute(_KEEP, rows)

    def _audit(self, connection: Connection, entry: Entry | None, subject: str = "") -> None:
        """Keep a line of the audit log, dated now, in the transaction of what it tells."""
        if entry is None:
            return
        now = self.clock.wall()
        values = {
            "id": new_id(now),
            "time": now,
            "key": printable(entry.key),
            "address": printable(entry.address),
            "action": printable(entry.action),
            "subject": printable(subject or entry.subject),
            "detail": json.dumps(entry.detail),
        }
        connection.execute(_AUDIT, values)
