"""What is known of jobs, in pages that stay right while jobs grow: each begins after the last row of the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, tuple_

from transpile.api.jobs.base import StoreBase
from transpile.api.jobs.ending import WORDS
from transpile.api.jobs.failures import BadCursor
from transpile.api.jobs.identity import NO_COMPANIONS, cursor_numbers
from transpile.api.jobs.model import FILE_STATES, BlockItem, Event, FileDetail, FileItem, Job, Json, Page, Webhook
from transpile.api.jobs.packing import unpacked, unpacked_json
from transpile.api.jobs.tables import BLOBS, BLOCKS, COMPANIONS, EVENTS, FILES, JOBS, OUTPUTS, RESULTS

MAX_PAGE = 1000

_JOB = select(JOBS).where(JOBS.c.id == bindparam("job_"))
_THERE = select(JOBS.c.id).where(JOBS.c.id == bindparam("job_"))
_SUMS = [func.coalesce(func.sum(RESULTS.c[word]), 0).label(word) for word in WORDS]
_COUNTS = select(FILES.c.state, func.count().label("files"), *_SUMS).select_from(FILES).outerjoin(RESULTS)
_COUNTS = _COUNTS.where(FILES.c.job == bindparam("job_")).group_by(FILES.c.state)
_ITEMS = select(FILES, *(RESULTS.c[name] for name in (*WORDS, "meets", "row", "layout"))).outerjoin(RESULTS)
_FILE = _ITEMS.where((FILES.c.job == bindparam("job_")) & (FILES.c.number == bindparam("number_")))
_FILES = _ITEMS.where((FILES.c.job == bindparam("job_")) & (FILES.c.number > bindparam("after_")))
_FILES = _FILES.order_by(FILES.c.number).limit(bindparam("limit_"))
_PATHS = select(OUTPUTS.c.result, OUTPUTS.c.path).where(OUTPUTS.c.result.in_(bindparam("results_", expanding=True)))
_PATHS = _PATHS.order_by(OUTPUTS.c.result, OUTPUTS.c.number)
_EVENTS = select(EVENTS).where((EVENTS.c.job == bindparam("job_")) & (EVENTS.c.sequence > bindparam("after_")))
_EVENTS = _EVENTS.order_by(EVENTS.c.sequence).limit(bindparam("limit_"))
_BLOB = select(BLOBS.c.content).where(BLOBS.c.hash == bindparam("hash_"))
_COMPANIONS = select(COMPANIONS.c.path, BLOBS.c.content).join(BLOBS, COMPANIONS.c.blob == BLOBS.c.hash)
_COMPANIONS = _COMPANIONS.where(COMPANIONS.c.companions == bindparam("companions_")).order_by(COMPANIONS.c.path)


class Reading(StoreBase):
    def job(self, id: str) -> Job:
        """Raises KeyError where there is none."""
        if not id.isprintable():
            raise KeyError(id)
        with self.database.reading() as connection:
            row = connection.execute(_JOB, {"job_": id}).one_or_none()
            if row is None:
                raise KeyError(id)
            return _job(row, *_counts(connection, id))

    def jobs(self, owner: str | None = None, cursor: str | None = None, limit: int = 100) -> Page[Job]:
        """The newest first; only those of ``owner`` if one is named."""
        if cursor is not None and not cursor.isprintable():
            raise BadCursor("no page gave this cursor", "take the cursor from 'next' of a page")
        chosen = select(JOBS).order_by(JOBS.c.id.desc()).limit(_size(limit) + 1)
        if owner is not None:
            chosen = chosen.where(JOBS.c.owner == owner)
        if cursor is not None:
            chosen = chosen.where(JOBS.c.id < cursor)
        with self.database.reading() as connection:
            rows = connection.execute(chosen).all()
            items = [_job(row, *_counts(connection, row.id)) for row in rows[: _size(limit)]]
        return Page(tuple(items), items[-1].id if len(rows) > len(items) else None)

    def files(self, id: str, cursor: str | None = None, limit: int = 100) -> Page[FileItem]:
        (after,) = cursor_numbers(cursor, 1)
        with self.database.reading() as connection:
            rows = connection.execute(_FILES, {"job_": id, "after_": after, "limit_": _size(limit) + 1}).all()
            if not rows:
                _require(connection, id)
            paths = _paths(connection, rows[: _size(limit)])
        items = [_file(row, paths) for row in rows[: _size(limit)]]
        return Page(tuple(items), str(items[-1].number) if len(rows) > len(items) else None)

    def file(self, id: str, number: int) -> FileDetail:
        """Everything of one file. Raises KeyError where there is none."""
        with self.database.reading() as connection:
            row = connection.execute(_FILE, {"job_": id, "number_": number}).one_or_none()
            if row is None:
                raise KeyError(number)
            return FileDetail(
                item=_file(row, _paths(connection, [row])),
                source=_blob(connection, row.source),
                companions=_companions(connection, row.companions),
                outputs=_outputs(connection, row.result),
                layout=unpacked_json(row.layout) if row.layout is not None else [],
                row=_report_row(connection, row.result, row.row) if row.state == "done" else None,
            )

    def blocks(
        self,
        id: str,
        cursor: str | None = None,
        limit: int = 100,
        verdict: str | None = None,
        file: int | None = None,
    ) -> Page[BlockItem]:
        """The blocks of files that are done, in their order."""
        after = cursor_numbers(cursor, 2)
        place = tuple_(FILES.c.number, BLOCKS.c.number)
        chosen = _blocks(id).where(place > tuple_(*after)).order_by(FILES.c.number, BLOCKS.c.number)
        if verdict is not None:
            chosen = chosen.where(BLOCKS.c.verdict == verdict)
        if file is not None:
            chosen = chosen.where(FILES.c.number == file)
        with self.database.reading() as connection:
            _require(connection, id)
            rows = connection.execute(chosen.limit(_size(limit) + 1)).all()
        items = [_block(row) for row in rows[: _size(limit)]]
        return Page(tuple(items), items[-1].id if len(rows) > len(items) else None)

    def block(self, id: str, block: str) -> BlockItem:
        """The block with this id (``"3.17"``). Raises KeyError where there is none, BadCursor for another form."""
        number, index = cursor_numbers(block, 2)
        chosen = _blocks(id).where((FILES.c.number == number) & (BLOCKS.c.number == index))
        with self.database.reading() as connection:
            row = connection.execute(chosen).one_or_none()
        if row is None:
            raise KeyError(block)
        return _block(row)

    def events(self, id: str, after: int = 0, limit: int = 100) -> tuple[Event, ...]:
        """Those with a sequence number above ``after``. The last of all is ``end``."""
        with self.database.reading() as connection:
            rows = connection.execute(_EVENTS, {"job_": id, "after_": after, "limit_": _size(limit)}).all()
            if not rows:
                _require(connection, id)
        return tuple(Event(row.sequence, row.kind, row.data) for row in rows)

    def output(self, id: str, path: str) -> bytes:
        """An output by its path; of two with one path, the first. Raises KeyError where there is none."""
        chosen = select(OUTPUTS.c.blob).join(FILES, FILES.c.result == OUTPUTS.c.result)
        chosen = chosen.where((FILES.c.job == id) & (OUTPUTS.c.path == path)).order_by(FILES.c.number).limit(1)
        with self.database.reading() as connection:
            row = connection.execute(chosen).one_or_none()
            if row is None:
                raise KeyError(path)
            return _blob(connection, row.blob)

    def _contents(self, connection: Connection, source: str, companions: str) -> tuple[bytes, dict[str, bytes]]:
        return _blob(connection, source), _companions(connection, companions)


def _require(connection: Connection, job: str) -> None:
    if connection.execute(_THERE, {"job_": job}).one_or_none() is None:
        raise KeyError(job)


def _size(limit: int) -> int:
    return max(1, min(limit, MAX_PAGE))


def _counts(connection: Connection, job: str) -> tuple[dict[str, int], dict[str, int]]:
    """A job's files by state, and its blocks by verdict."""
    rows = connection.execute(_COUNTS, {"job_": job}).all()
    counts: dict[str, int] = {row.state: row.files for row in rows}
    files = {"total": sum(counts.values())} | {state: counts.get(state, 0) for state in FILE_STATES}
    return files, {word: sum(int(getattr(row, word)) for row in rows) for word in WORDS}


def _job(row: Row[Any], files: dict[str, int], verdicts: dict[str, int]) -> Job:
    return Job(
        id=row.id,
        owner=row.owner,
        state=row.state,
        to=row.to,
        options=json.loads(row.options),
        created=row.created,
        started=row.started,
        ended=row.ended,
        files=files,
        verdicts=verdicts,
        meets=row.meets,
        sequence=row.sequence,
        webhook=Webhook(row.webhook_url, row.webhook_secret or "") if row.webhook_url is not None else None,
    )


def _paths(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, list[str]]:
    """Of the outputs of each result."""
    results = [row.result for row in rows if row.result is not None]
    paths: dict[str, list[str]] = {result: [] for result in results}
    for row in connection.execute(_PATHS, {"results_": list(paths)}) if paths else ():
        paths[row.result].append(row.path)
    return paths


def _file(row: Row[Any], paths: Mapping[str, list[str]]) -> FileItem:
    return FileItem(
        number=row.number,
        name=row.name,
        state=row.state,
        attempts=row.attempts,
        verdicts={word: getattr(row, word) or 0 for word in WORDS},
        meets=row.meets,
        diagnostics=tuple(unpacked_json(row.row)["diagnostics"]) if row.row is not None else (),
        outputs=tuple(paths.get(row.result, ())),
        reused=row.reused,
        trouble=row.trouble,
    )


def _report_row(connection: Connection, result: str, packed: bytes) -> Json:
    """The row of ``report.json``, put together again."""
    chosen = select(BLOCKS.c.row).where(BLOCKS.c.result == result).order_by(BLOCKS.c.number)
    blocks = iter([_without_place(unpacked_json(block)) for block in connection.execute(chosen).scalars()])
    whole: Json = unpacked_json(packed)
    functions = [{"name": name, "blocks": list(islice(blocks, count))} for name, count in whole["functions"]]
    return {**whole, "functions": functions}


def _without_place(block: Json) -> Json:
    return {key: value for key, value in block.items() if key not in ("target_lines", "successors")}


def _blocks(job: str) -> Select[Any]:
    columns = (FILES.c.number.label("file"), FILES.c.name, BLOCKS.c.number, BLOCKS.c.function, BLOCKS.c.row)
    return select(*columns).join(BLOCKS, FILES.c.result == BLOCKS.c.result).where(FILES.c.job == job)


def _block(row: Row[Any]) -> BlockItem:
    return BlockItem(row.file, row.number, row.name, row.function, unpacked_json(row.row))


def _outputs(connection: Connection, result: str | None) -> dict[str, bytes]:
    chosen = select(OUTPUTS.c.path, BLOBS.c.content).join(BLOBS, OUTPUTS.c.blob == BLOBS.c.hash)
    rows = connection.execute(chosen.where(OUTPUTS.c.result == result).order_by(OUTPUTS.c.number))
    return {row.path: unpacked(row.content) for row in rows}


def _companions(connection: Connection, companions: str) -> dict[str, bytes]:
    if companions == NO_COMPANIONS:
        return {}
    rows = connection.execute(_COMPANIONS, {"companions_": companions})
    return {row.path: unpacked(row.content) for row in rows}


def _blob(connection: Connection, name: str) -> bytes:
    return unpacked(connection.execute(_BLOB, {"hash_": name}).scalar_one())
