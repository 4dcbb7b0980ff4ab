"""API keys, how much each is used, and who did what.

A key is 256 random bits that are shown once; the store has its hash alone. Nothing here decides what a key may do.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from transpile.api.jobs.base import StoreBase
from transpile.api.jobs.identity import content_hash, new_id
from transpile.api.jobs.model import Page
from transpile.api.jobs.tables import AUDIT, FILES, JOBS, KEYS
from transpile.errors import printable

NO_QUOTAS: Mapping[str, int] = MappingProxyType({})
PREFIX = "tpk_"
"""So that a key is known for one where it does not belong."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    name: str
    scopes: frozenset[str]
    quotas: Mapping[str, int]
    created: float
    revoked: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one key: what was submitted since a time, and the files of it and of before that have not ended."""

    jobs: int
    files: int
    bytes: int
    open_files: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log. ``key`` is the id of a key, empty where there was none; ``subject`` a job, a key …"""

    action: str
    subject: str = ""
    key: str = ""
    address: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    time: float = 0.0


class Keys(StoreBase):
    def add_key(self, name: str, scopes: Iterable[str] = (), quotas: Mapping[str, int] = NO_QUOTAS) -> tuple[Key, str]:
        """A new key and its secret, which cannot be had again."""
        now = self.clock.wall()
        secret = PREFIX + secrets.token_urlsafe(32)
        key = Key(new_id(now), printable(name), frozenset(scopes), dict(quotas), now)
        values = {
            "id": key.id,
            "name": key.name,
            "hash": content_hash(secret.encode()),
            "scopes": json.dumps(sorted(key.scopes)),
            "quotas": json.dumps(key.quotas),
            "created": now,
        }
        with self.database.writing(durable=True) as connection:
            connection.execute(insert(KEYS).values(values))
        return key, secret

    def find_key(self, secret: str) -> Key | None:
        """The key with this secret, unless it was revoked."""
        hashed = content_hash(secret.encode("utf-8", "surrogatepass"))
        chosen = select(KEYS).where((KEYS.c.hash == hashed) & KEYS.c.revoked.is_(None))
        with self.database.reading() as connection:
            row = connection.execute(chosen).one_or_none()
        return _key(row) if row is not None else None

    def keys(self) -> tuple[Key, ...]:
        """All, the revoked too, in the order of their making."""
        with self.database.reading() as connection:
            return tuple(_key(row) for row in connection.execute(select(KEYS).order_by(KEYS.c.id)))

    def revoke_key(self, id: str) -> bool:
        """False where there is no such key, or it was revoked."""
        revoked = update(KEYS).where((KEYS.c.id == id) & KEYS.c.revoked.is_(None)).values(revoked=self.clock.wall())
        with self.database.writing(durable=True) as connection:
            return connection.execute(revoked).rowcount > 0

    def usage(self, owner: str, since_s: float) -> Usage:
        """What a key used in the last ``since_s`` seconds."""
        sums = (func.count(), func.sum(JOBS.c.file_count), func.sum(JOBS.c.byte_count))
        recent = (JOBS.c.owner == owner) & (JOBS.c.created > self.clock.wall() - since_s)
        opened = select(func.count()).select_from(FILES).join(JOBS)
        still_open = (JOBS.c.owner == owner) & JOBS.c.ended.is_(None) & FILES.c.state.in_(("queued", "running"))
        with self.database.reading() as connection:
            jobs, files, size = connection.execute(select(*sums).where(recent)).one()
            open_files = connection.execute(opened.where(still_open)).scalar_one()
        return Usage(jobs, int(files or 0), int(size or 0), open_files)

    def audit(self, entry: Entry) -> None:
        """Keep a line of the audit log, dated now."""
        now = self.clock.wall()
        values = {
            "id": new_id(now),
            "time": now,
            "key": printable(entry.key),
            "address": printable(entry.address),
            "action": printable(entry.action),
            "subject": printable(entry.subject),
            "detail": json.dumps(entry.detail),
        }
        with self.database.writing() as connection:
            connection.execute(insert(AUDIT).values(values))

    def audited(self, cursor: str | None = None, limit: int = 100) -> Page[Entry]:
        """The audit log, the newest first."""
        chosen = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit + 1)
        if cursor is not None:
            chosen = chosen.where(AUDIT.c.id < cursor)
        with self.database.reading() as connection:
            rows = connection.execute(chosen).all()
        items = tuple(
            Entry(row.action, row.subject, row.key, row.address, json.loads(row.detail), row.time)
            for row in rows[:limit]
        )
        return Page(items, rows[limit - 1].id if len(rows) > limit else None)


def _key(row: Row[Any]) -> Key:
    return Key(row.id, row.name, frozenset(json.loads(row.scopes)), json.loads(row.quotas), row.created, row.revoked)
