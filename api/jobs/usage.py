"""How much a key has submitted, and how much it may."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, literal_column, select

from transpile.api.jobs.failures import OverQuota
from transpile.api.jobs.tables import FILES, JOBS

DAY_S = 86_400.0

_RECENT = select(func.count(), func.sum(JOBS.c.file_count), func.sum(JOBS.c.byte_count))
_RECENT = _RECENT.where((JOBS.c.owner == bindparam("owner_")) & (JOBS.c.created > bindparam("since_")))
_OWNER = JOBS.c.owner.concat(literal_column("''"))
"""So that SQLite goes by the jobs that have not ended, and not by all that the owner ever had."""
_OPEN_FILES = select(func.count()).select_from(JOBS).join(FILES)
_OPEN_FILES = _OPEN_FILES.where(
    (bindparam("owner_") == _OWNER) & JOBS.c.ended.is_(None) & FILES.c.state.in_(("queued", "running"))
)


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one key: what was submitted since a time, and the files of it and of before that have not ended."""

    jobs: int
    files: int
    bytes: int
    open_files: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """What a key may have: ``open_files`` queued and running, ``jobs`` in a day; 0 is any number of these."""

    open_files: int
    jobs: int = 0


def usage_of(connection: Connection, owner: str, since: float) -> Usage:
    """``since``: seconds since 1970."""
    jobs, files, size = connection.execute(_RECENT, {"owner_": owner, "since_": since}).one()
    return Usage(jobs, int(files or 0), int(size or 0), open_files_of(connection, owner))


def open_files_of(connection: Connection, owner: str) -> int:
    return int(connection.execute(_OPEN_FILES, {"owner_": owner}).scalar_one())


def require_within(connection: Connection, owner: str, files: int, quotas: Quotas, now: float) -> None:
    """Raises OverQuota if a job of so many ``files`` is more than ``owner`` may have."""
    found = open_files_of(connection, owner)
    if found + files > quotas.open_files:
        raise OverQuota(f"{found} files are queued or running; at most {quotas.open_files} may be.")
    if quotas.jobs:
        jobs = connection.execute(_RECENT, {"owner_": owner, "since_": now - DAY_S}).one()[0]
        if jobs >= quotas.jobs:
            raise OverQuota(f"{jobs} jobs came in the last 24 hours; at most {quotas.jobs} may.")
