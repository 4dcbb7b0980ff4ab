"""How many jobs, files and blocks the store has, by state or verdict."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table, func, select

from transpile.api.jobs import JobStore
from transpile.api.jobs.model import FILE_STATES
from transpile.api.jobs.tables import FILES, JOBS, RESULTS
from transpile.core.verdict import WORDS

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


def stored_counts(store: JobStore) -> Mapping[str, Mapping[str, int]]:
    """``files`` with ``queued`` is the length of the queue."""
    blocks = select(*(func.coalesce(func.sum(RESULTS.c[word]), 0).label(word) for word in WORDS))
    with store.database.reading() as connection:
        total = connection.execute(blocks.select_from(FILES).join(RESULTS)).one()
    return {
        "jobs": _by_state(store, JOBS, JOB_STATES),
        "files": _by_state(store, FILES, FILE_STATES),
        "blocks": {word: int(getattr(total, word)) for word in WORDS},
    }


def _by_state(store: JobStore, table: Table, states: tuple[str, ...]) -> dict[str, int]:
    counted = select(table.c.state, func.count()).group_by(table.c.state)
    with store.database.reading() as connection:
        counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    return {state: counts.get(state, 0) for state in states}
