"""Taking jobs in: in whole, once for each idempotency key, and on the disk before anyone is told.

What was translated before, by the same checker with the same options, is done at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, bindparam, insert, select

from transpile.api.jobs.base import Entry, Told
from transpile.api.jobs.database import SUBMITTING, Row
from transpile.api.jobs.ending import GIST, Ending, ended_event
from transpile.api.jobs.failures import IdempotencyConflict
from transpile.api.jobs.identity import canonical, companions_hash, content_hash, new_id, unit_key
from transpile.api.jobs.model import NewJob, Submitted
from transpile.api.jobs.packing import packed
from transpile.api.jobs.reading import Reading
from transpile.api.jobs.tables import BLOBS, COMPANIONS, FILES, JOBS, RESULTS
from transpile.api.jobs.usage import Quotas, require_within
from transpile.errors import UsageError, printable

FILE_PACE_S = 1.0
"""A job's files take turns as if one came each second, so that a small job need not wait for the end of a large one."""
MAX_KEY = 255
AT_ONCE = 500
"""Units that one statement looks for."""

_SUBMITTED = select(JOBS.c.id, JOBS.c.request)
_SUBMITTED = _SUBMITTED.where((JOBS.c.owner == bindparam("owner_")) & (JOBS.c.idempotency_key == bindparam("key_")))
_GISTS = select(*GIST).where(RESULTS.c.unit.in_(bindparam("units_", expanding=True)))
_ADD_JOB, _ADD_FILES = insert(JOBS), insert(FILES)


class Submitting(Reading, Ending):
    def submit(self, new: NewJob, entry: Entry | None = None, quotas: Quotas | None = None) -> Submitted:
        """Take a job in. Raises IdempotencyConflict, OverQuota, or UsageError for what no store can hold.

        ``entry`` is for the audit log, if the job is new. ``quotas`` hold for all submissions of the owner together.
        """
        _require_sound(new)
        taken = _taken(new)
        try:
            job, created = self._take(taken, entry, quotas)
        except sqlalchemy.exc.IntegrityError:
            # Between our look and our write, another request used the key, or a purge took a result that we had found.
            job, created = self._take(taken, entry, quotas)
        return Submitted(self.job(job), created)

    def _take(self, taken: _Taken, entry: Entry | None, quotas: Quotas | None) -> tuple[str, bool]:
        with self.database.writing(durable=True) as connection:
            if quotas is not None:
                self.database.one_at_a_time(connection, SUBMITTING, taken.new.owner)
            known = self._submitted(connection, taken.new, taken.request)
            if known is not None:
                return known, False
            if quotas is not None:
                require_within(connection, taken.new.owner, len(taken.new.files), quotas, self.clock.wall())
            job = self._add(connection, taken)
            self._audit(connection, entry, job)
            return job, True

    def _submitted(self, connection: Connection, new: NewJob, request: str) -> str | None:
        if new.idempotency_key is None:
            return None
        row = connection.execute(_SUBMITTED, {"owner_": new.owner, "key_": new.idempotency_key}).one_or_none()
        if row is not None and row.request != request:
            raise IdempotencyConflict("this idempotency key was used for another request", "use a new key")
        return str(row.id) if row is not None else None

    def _add(self, connection: Connection, taken: _Taken) -> str:
        """Write the job with all that it has; files whose units are done already are written as ended."""
        now = self.clock.wall()
        job = new_id(now)
        new = taken.new
        self.database.insert_new(connection, BLOBS, taken.blobs)
        paths = [{"companions": taken.named, "path": path, "blob": hash} for path, hash in taken.companions]
        self.database.insert_new(connection, COMPANIONS, paths)
        gists = self._gists(connection, taken.units)
        told: list[Told] = [("state", {"state": "queued"})]
        rows = []
        for number, (file, source, unit) in enumerate(zip(new.files, taken.sources, taken.units, strict=True)):
            gist = gists.get(unit)
            if gist is not None:
                told.append(("file", ended_event(number, file.name, 0, gist, reused=True)))
            rows.append(
                {
                    "job": job,
                    "number": number,
                    "name": file.name,
                    "source": source,
                    "companions": taken.named,
                    "unit": unit,
                    "state": "queued" if gist is None else gist["state"],
                    "turn": now + number * FILE_PACE_S,
                    "not_before": 0.0,
                    "attempts": 0,
                    "reused": gist is not None,
                    "trouble": "",
                    "result": gist["id"] if gist is not None else None,
                }
            )
        connection.execute(_ADD_JOB, _job_row(job, taken, now, len(told)))
        connection.execute(_ADD_FILES, rows)
        self._keep_events(connection, job, 1, told)
        if len(told) > 1:
            self._end_job(connection, job)
        return job

    def _gists(self, connection: Connection, units: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """What there is to say of the results that units have, by unit."""
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(units), AT_ONCE):
            rows = connection.execute(_GISTS, {"units_": units[start : start + AT_ONCE]})
            found |= {row["unit"]: dict(row) for row in rows.mappings()}
        return found


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is known of a job before the database is asked: hashes, and contents as they are kept."""

    new: NewJob
    request: str
    sources: list[str]
    companions: list[tuple[str, str]]
    named: str
    units: list[str]
    blobs: list[Row]
    byte_count: int


def _taken(new: NewJob) -> _Taken:
    sources = [content_hash(file.source) for file in new.files]
    companions = {path: content_hash(content) for path, content in new.companions.items()}
    contents = dict(zip(sources, (file.source for file in new.files), strict=True))
    contents |= {companions[path]: content for path, content in new.companions.items()}
    named = companions_hash(companions)
    return _Taken(
        new=new,
        request=_request_hash(new, sources, companions),
        sources=sources,
        companions=sorted(companions.items()),
        named=named,
        units=[
            unit_key(file.name, source, named, new.to, new.options, new.owner)
            for file, source in zip(new.files, sources, strict=True)
        ],
        blobs=[
            {"hash": name, "size": len(content), "content": packed(content)}
            for name, content in sorted(contents.items())
        ],
        byte_count=sum(map(len, contents.values())),
    )


def _job_row(job: str, taken: _Taken, now: float, sequence: int) -> Row:
    new = taken.new
    return {
        "id": job,
        "owner": new.owner,
        "state": "queued",
        "to": new.to,
        "options": canonical(new.options),
        "created": now,
        "sequence": sequence,
        "file_count": len(new.files),
        "byte_count": taken.byte_count,
        "idempotency_key": new.idempotency_key,
        "request": taken.request,
        "webhook_url": new.webhook.url if new.webhook else None,
        "webhook_secret": new.webhook.secret if new.webhook else None,
        "webhook_attempts": 0,
    }


def _request_hash(new: NewJob, sources: Sequence[str], companions: Mapping[str, str]) -> str:
    """Equal for requests that ask the same."""
    hook = [new.webhook.url, new.webhook.secret] if new.webhook else None
    files = [[file.name, source] for file, source in zip(new.files, sources, strict=True)]
    return content_hash(canonical([new.to, files, companions, new.options, hook]).encode())


def _require_sound(new: NewJob) -> None:
    names = [file.name for file in new.files]
    if not names:
        raise UsageError("a job needs at least one file")
    for name in (*names, *new.companions, new.to, new.owner, new.idempotency_key or "-"):
        if not name.isprintable():
            raise UsageError(f"'{printable(name[:100])}' has characters that names do not have")
    if not all(names) or not all(new.companions):
        raise UsageError("a file has no name")
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise UsageError(f"two files have the name '{twice[:100]}'")
    if len(new.idempotency_key or "") > MAX_KEY:
        raise UsageError(f"an idempotency key has at most {MAX_KEY} characters")
    try:
        json.dumps(new.options, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"the options are not JSON: {error}") from None
