"""How files and their jobs end: in the same transaction as the events that tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from transpile.api.jobs.base import StoreBase, Told
from transpile.api.jobs.identity import content_hash, new_id
from transpile.api.jobs.model import FileState, JobState, Json, Made, Refused
from transpile.api.jobs.packing import packed, packed_json
from transpile.api.jobs.tables import BLOBS, BLOCKS, FILES, JOBS, OUTPUTS, RESULTS
from transpile.errors import printable

Before = Mapping[str, Sequence[Told]]
NOTHING: Before = MappingProxyType({})
WORDS = ("proved", "tested", "refuted", "undecided")
GIST = [RESULTS.c[name] for name in ("id", "unit", "state", "meets", *WORDS)]
"""What a file takes over from its result."""

_HERE = (FILES.c.job == bindparam("job_")) & (FILES.c.number == bindparam("number_"))
_END = (
    update(FILES)
    .where(_HERE)
    .values(
        state=bindparam("state_"), result=bindparam("result_"), reused=bindparam("reused_"), worker=None, trouble=""
    )
)
_ONE = select(FILES.c.number).where(FILES.c.job == bindparam("job_")).limit(1)
_OPEN = _ONE.where(FILES.c.state.in_(("queued", "running")))
_UNMET = _ONE.outerjoin(RESULTS).where(RESULTS.c.meets.is_not(True))
_DONE = _ONE.where(FILES.c.state == "done")
_CLOSE = (
    update(JOBS)
    .where((JOBS.c.id == bindparam("job_")) & JOBS.c.ended.is_(None))
    .values(state=bindparam("state_"), ended=bindparam("now_"), meets=bindparam("meets_"))
    .returning(JOBS.c.webhook_url)
)
_CALL = update(JOBS).where(JOBS.c.id == bindparam("job_")).values(webhook_due=bindparam("now_"))
_KNOWN = select(*GIST).where(RESULTS.c.unit == bindparam("unit_"))
_WAITING = (
    select(FILES.c.job, FILES.c.number, FILES.c.name, FILES.c.attempts)
    .where((FILES.c.unit == bindparam("unit_")) & (FILES.c.state == "queued"))
    .with_for_update(skip_locked=True)
)
_KEEP_RESULT, _KEEP_BLOCKS, _KEEP_OUTPUTS = insert(RESULTS), insert(BLOCKS), insert(OUTPUTS)


@dataclass(frozen=True, slots=True)
class Ended:
    """A file that has a result now. ``reused``: one that other work brought."""

    job: str
    number: int
    name: str
    attempts: int
    reused: bool


class Ending(StoreBase):
    def _end_files(
        self, connection: Connection, files: Iterable[Ended], gist: Mapping[str, Any], before: Before = NOTHING
    ) -> None:
        """The files have this result; nobody works on them any more. Jobs without open files end too.

        Jobs are locked in the order of their ids, so that no two of us wait for each other. ``before``: what is told
        of a job first.
        """
        ended = sorted(files, key=lambda file: (file.job, file.number))
        values = [
            {
                "job_": file.job,
                "number_": file.number,
                "state_": gist["state"],
                "result_": gist["id"],
                "reused_": file.reused,
            }
            for file in ended
        ]
        connection.execute(_END, values)
        for job, some in groupby(ended, key=lambda file: file.job):
            told: list[Told] = [("file", ended_event(f.number, f.name, f.attempts, gist, f.reused)) for f in some]
            self._tell(connection, job, [*before.get(job, ()), *told])
            self._end_job(connection, job)

    def _waiting(self, connection: Connection, unit: str | None) -> list[Ended]:
        """The files that wait for work on a unit, which is done now."""
        if unit is None:
            return []
        rows = connection.execute(_WAITING, {"unit_": unit}).all()
        return [Ended(row.job, row.number, row.name, row.attempts, True) for row in rows]

    def _end_job(self, connection: Connection, job: str) -> None:
        """End the job if all of its files have ended. The caller has told an event of it, and so holds its row."""
        if connection.execute(_OPEN, {"job_": job}).first() is not None:
            return
        meets = connection.execute(_UNMET, {"job_": job}).first() is None
        done = connection.execute(_DONE, {"job_": job}).first() is not None
        self._close_job(connection, job, "done" if done else "failed", meets)

    def _close_job(self, connection: Connection, job: str, state: JobState, meets: bool) -> None:
        now = self.clock.wall()
        closed = connection.execute(_CLOSE, {"job_": job, "state_": state, "now_": now, "meets_": meets})
        row = closed.one_or_none()
        if row is None:
            return
        if row.webhook_url is not None:
            connection.execute(_CALL, {"job_": job, "now_": now})
        self._tell(connection, job, end_events(state, meets))

    def _known(self, connection: Connection, unit: str) -> Mapping[str, Any] | None:
        """What there is to say of the result that a unit has."""
        row = connection.execute(_KNOWN, {"unit_": unit}).mappings().one_or_none()
        return dict(row) if row is not None else None

    def _keep_result(self, connection: Connection, unit: str | None, outcome: Made | Refused) -> Mapping[str, Any]:
        """Write what came of a unit, and give its gist; that of the same unit's result if there is one."""
        known = self._known(connection, unit) if unit is not None else None
        if known is not None:
            return known
        result = new_id(self.clock.wall())
        match outcome:
            case Made():
                return self._keep_made(connection, result, unit if outcome.reusable else None, outcome)
            case Refused(diagnostics=diagnostics):
                row = {"diagnostics": list(diagnostics)}
                gist = {"id": result, "unit": unit, "state": "failed", "meets": False} | dict.fromkeys(WORDS, 0)
                connection.execute(_KEEP_RESULT, {**gist, "row": packed_json(row), "layout": packed_json([])})
                return gist

    def _keep_made(self, connection: Connection, result: str, unit: str | None, made: Made) -> Mapping[str, Any]:
        functions = [[function["name"], len(function["blocks"])] for function in made.row["functions"]]
        gist = {"id": result, "unit": unit, "state": "done", "meets": made.row["meets"]}
        gist |= {word: made.row["verdicts"][word] for word in WORDS}
        row = packed_json({**made.row, "functions": functions})
        connection.execute(_KEEP_RESULT, {**gist, "row": row, "layout": packed_json(made.layout)})
        blocks = block_rows(made.row["functions"], made.layout)
        if blocks:
            connection.execute(_KEEP_BLOCKS, [{"result": result, **block} for block in blocks])
        hashes = {path: content_hash(content) for path, content in made.outputs.items()}
        kept = {hashes[path]: content for path, content in made.outputs.items()}
        blobs = [{"hash": h, "size": len(kept[h]), "content": packed(kept[h])} for h in sorted(kept)]
        self.database.insert_new(connection, BLOBS, blobs)
        outputs = [
            {"result": result, "number": i, "path": path, "blob": blob} for i, (path, blob) in enumerate(hashes.items())
        ]
        if outputs:
            connection.execute(_KEEP_OUTPUTS, outputs)
        return gist


def file_event(number: int, name: str, state: FileState, attempts: int) -> Json:
    return {"number": number, "name": name, "state": state, "attempts": attempts}


def ended_event(number: int, name: str, attempts: int, gist: Mapping[str, Any], reused: bool) -> Json:
    data = file_event(number, name, gist["state"], attempts)
    return data | {"verdicts": {word: gist[word] for word in WORDS}, "meets": gist["meets"], "reused": reused}


def end_events(state: JobState, meets: bool) -> list[Told]:
    return [("state", {"state": state}), ("end", {"state": state, "meets": meets})]


def block_rows(functions: Sequence[Json], layout: Sequence[Json]) -> list[Json]:
    """The rows of a result's blocks, each with its place in the main output."""
    places = {(place["function"], place["label"]): place for place in layout}
    rows: list[Json] = []
    for function in functions:
        for block in function["blocks"]:
            place = places.get((function["name"], block["label"]), {})
            row = {**block, "target_lines": place.get("lines"), "successors": place.get("successors", [])}
            rows.append(
                {
                    "number": len(rows),
                    "function": printable(function["name"]),
                    "verdict": block["verdict"],
                    "row": packed_json(row),
                }
            )
    return rows
