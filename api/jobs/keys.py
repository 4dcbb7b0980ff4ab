"""API keys, how much each is used, and who did what.

A key is 256 random bits that are shown once; the store has its hash alone. Nothing here decides what a key may do.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from transpile.api.jobs.base import Entry, StoreBase
from transpile.api.jobs.identity import content_hash, new_id
from transpile.api.jobs.model import Page
from transpile.api.jobs.tables import AUDIT, KEYS
from transpile.api.jobs.usage import Usage, usage_of
from transpile.errors import printable

NO_QUOTAS: Mapping[str, int] = MappingProxyType({})
PREFIX = "tpk_"
"""So that a key is known for one where it does not belong."""

_FIND = select(KEYS).where((KEYS.c.hash == bindparam("hash_")) & KEYS.c.revoked.is_(None))


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    name: str
    scopes: frozenset[str]
    quotas: Mapping[str, int]
    created: float
    revoked: float | None = None


class Keys(StoreBase):
    def add_key(
        self, name: str, scopes: Iterable[str] = (), quotas: Mapping[str, int] = NO_QUOTAS, entry: Entry | None = None
    ) -> tuple[Key, str]:
        """A new key and its secret, which cannot be had again. ``entry`` is for the audit log."""
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
            self._audit(connection, entry, key.id)
        return key, secret

    def find_key(self, secret: str) -> Key | None:
        """The key with this secret, unless it was revoked."""
        hashed = content_hash(secret.encode("utf-8", "surrogatepass"))
        with self.database.reading() as connection:
            row = connection.execute(_FIND, {"hash_": hashed}).one_or_none()
        return _key(row) if row is not None else None

    def keys(self) -> tuple[Key, ...]:
        """All, the revoked too, in the order of their making."""
        with self.database.reading() as connection:
            return tuple(_key(row) for row in connection.execute(select(KEYS).order_by(KEYS.c.id)))

    def revoke_key(self, id: str, entry: Entry | None = None) -> bool:
        """False where there is no such key, or it was revoked. ``entry`` is for the audit log, if it was not."""
        revoked = update(KEYS).where((KEYS.c.id == id) & KEYS.c.revoked.is_(None)).values(revoked=self.clock.wall())
        with self.database.writing(durable=True) as connection:
            found = connection.execute(revoked).rowcount > 0
            if found:
                self._audit(connection, entry, id)
            return found

    def usage(self, owner: str, since_s: float) -> Usage:
        """What a key used in the last ``since_s`` seconds."""
        with self.database.reading() as connection:
            return usage_of(connection, owner, self.clock.wall() - since_s)

    def audit(self, entry: Entry) -> None:
        """Keep a line of the audit log, dated now."""
        with self.database.writing() as connection:
            self._audit(connection, entry)

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
