"""What all parts of the store share: its database, its clock, and how an event is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, insert, update

from transpile.api.jobs.clock import Clock
from transpile.api.jobs.database import BUSY_MS, Database
from transpile.api.jobs.model import EventKind, Json
from transpile.api.jobs.tables import EVENTS, JOBS


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

    def _tell(self, connection: Connection, job: str, events: Sequence[tuple[EventKind, Json]]) -> None:
        """Number events of a job and keep them. Locks the job's row until the transaction ends."""
        if not events:
            return
        numbering = update(JOBS).where(JOBS.c.id == job).values(sequence=JOBS.c.sequence + len(events))
        last = connection.execute(numbering.returning(JOBS.c.sequence)).scalar_one()
        first = last - len(events) + 1
        rows = [
            {"job": job, "sequence": first + i, "kind": kind, "data": json.dumps(data)}
            for i, (kind, data) in enumerate(events)
        ]
        connection.execute(insert(EVENTS), rows)
