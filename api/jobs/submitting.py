"""Taking jobs in: in whole, once for each idempotency key, and on the disk before anyone is told.

What was translated before, by the same checker with the same options, is done at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy
from sqlalchemy import Connection, insert, select

from transpile.api.jobs.ending import Ending
from transpile.api.jobs.failures import IdempotencyConflict
from transpile.api.jobs.identity import canonical, companions_hash, content_hash, new_id, unit_key
from transpile.api.jobs.model import NewJob, Submitted
from transpile.api.jobs.packing import packed
from transpile.api.jobs.reading import Reading
from transpile.api.jobs.tables import BLOBS, COMPANIONS, FILES, JOBS, RESULTS
from transpile.errors import UsageError, printable

FILE_PACE_S = 1.0
"""A job's files take turns as if one came each second, so that a small job need not wait for the end of a large one."""
MAX_KEY = 255


class Submitting(Reading, Ending):
    def submit(self, new: NewJob) -> Submitted:
        """Take a job in. Raises IdempotencyConflict, or UsageError for what no store can hold."""
        _require_sound(new)
        request = _request_hash(new)
        try:
            job, created = self._take(new, request)
        except sqlalchemy.exc.IntegrityError:
            # Between our look and our write, another request used the key, or a purge took a result that we had found.
            job, created = self._take(new, request)
        return Submitted(self.job(job), created)

    def _take(self, new: NewJob, request: str) -> tuple[str, bool]:
        with self.database.writing(durable=True) as connection:
            known = self._submitted(connection, new, request)
            return known or self._add(connection, new, request), known is None

    def _submitted(self, connection: Connection, new: NewJob, request: str) -> str | None:
        if new.idempotency_key is None:
            return None
        same = (JOBS.c.owner == new.owner) & (JOBS.c.idempotency_key == new.idempotency_key)
        row = connection.execute(select(JOBS.c.id, JOBS.c.request).where(same)).one_or_none()
        if row is not None and row.request != request:
            raise IdempotencyConflict("this idempotency key was used for another request", "use a new key")
        return str(row.id) if row is not None else None

    def _add(self, connection: Connection, new: NewJob, request: str) -> str:
        now = self.clock.wall()
        job = new_id(now)
        sources = [content_hash(file.source) for file in new.files]
        companions = {path: content_hash(content) for path, content in new.companions.items()}
        contents = dict(zip(sources, (file.source for file in new.files), strict=True))
        contents |= {companions[path]: content for path, content in new.companions.items()}
        named = companions_hash(companions)
        self._keep_blobs(connection, contents)
        paths = [{"companions": named, "path": path, "blob": blob} for path, blob in sorted(companions.items())]
        self.database.insert_new(connection, COMPANIONS, paths)
        connection.execute(insert(JOBS).values(_job_row(job, new, request, now, sum(map(len, contents.values())))))
        rows = [
            {
                "job": job,
                "number": number,
                "name": file.name,
                "source": source,
                "companions": named,
                "unit": unit_key(file.name, source, named, new.to, new.options, new.owner),
                "state": "queued",
                "turn": now + number * FILE_PACE_S,
                "not_before": 0.0,
                "attempts": 0,
                "reused": False,
                "trouble": "",
            }
            for number, (file, source) in enumerate(zip(new.files, sources, strict=True))
        ]
        connection.execute(insert(FILES), rows)
        self._tell(connection, job, [("state", {"state": "queued"})])
        self._answer_from_results(connection, job, {str(row["unit"]): int(str(row["number"])) for row in rows})
        return job

    def _keep_blobs(self, connection: Connection, contents: Mapping[str, bytes]) -> None:
        rows = [
            {"hash": name, "size": len(content), "content": packed(content)}
            for name, content in sorted(contents.items())
        ]
        self.database.insert_new(connection, BLOBS, rows)

    def _answer_from_results(self, connection: Connection, job: str, units: Mapping[str, int]) -> None:
        """End the files whose units are done already."""
        names = list(units)
        for start in range(0, len(names), 500):
            chosen = select(RESULTS.c.unit, RESULTS.c.id).where(RESULTS.c.unit.in_(names[start : start + 500]))
            for row in connection.execute(chosen).all():
                self._end_file(connection, job, units[row.unit], row.id, reused=True)
        self._end_job(connection, job)


def _job_row(job: str, new: NewJob, request: str, now: float, size: int) -> Mapping[str, object]:
    return {
        "id": job,
        "owner": new.owner,
        "state": "queued",
        "to": new.to,
        "options": canonical(new.options),
        "created": now,
        "sequence": 0,
        "file_count": len(new.files),
        "byte_count": size,
        "idempotency_key": new.idempotency_key,
        "request": request,
        "webhook_url": new.webhook.url if new.webhook else None,
        "webhook_secret": new.webhook.secret if new.webhook else None,
        "webhook_attempts": 0,
    }


def _request_hash(new: NewJob) -> str:
    """Equal for requests that ask the same."""
    hook = [new.webhook.url, new.webhook.secret] if new.webhook else None
    files = [[file.name, content_hash(file.source)] for file in new.files]
    companions = {path: content_hash(content) for path, content in new.companions.items()}
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
