"""How a file and its job end: in the same transaction as the events that tell it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select, update

from transpile.api.jobs.base import StoreBase
from transpile.api.jobs.identity import content_hash, new_id
from transpile.api.jobs.model import EventKind, FileState, JobState, Json, Made, Refused
from transpile.api.jobs.packing import packed, packed_json
from transpile.api.jobs.tables import BLOBS, BLOCKS, FILES, JOBS, OUTPUTS, RESULTS
from transpile.errors import printable

WORDS = ("proved", "tested", "refuted", "undecided")


class Ending(StoreBase):
    def _end_file(self, connection: Connection, job: str, number: int, result: str, reused: bool = False) -> None:
        """The file has this result; nobody works on it any more."""
        row = connection.execute(select(RESULTS).where(RESULTS.c.id == result)).one()
        here = (FILES.c.job == job) & (FILES.c.number == number)
        done = update(FILES).where(here).values(state=row.state, result=result, reused=reused, worker=None, trouble="")
        file = connection.execute(done.returning(FILES.c.name, FILES.c.attempts)).one()
        data = file_event(number, file.name, row.state, file.attempts)
        data |= {"verdicts": {word: getattr(row, word) for word in WORDS}, "meets": row.meets, "reused": reused}
        self._tell(connection, job, [("file", data)])

    def _end_job(self, connection: Connection, job: str) -> None:
        """End the job if all of its files have ended. The caller has told an event of it, and so holds its row."""
        counted = select(FILES.c.state, func.count().label("files")).where(FILES.c.job == job).group_by(FILES.c.state)
        counts: dict[str, int] = {row.state: row.files for row in connection.execute(counted)}
        if "queued" in counts or "running" in counts:
            return
        unmet = select(FILES.c.number).outerjoin(RESULTS).where((FILES.c.job == job) & RESULTS.c.meets.is_not(True))
        meets = connection.execute(unmet.limit(1)).first() is None
        self._close_job(connection, job, "done" if counts.get("done") else "failed", meets)

    def _close_job(self, connection: Connection, job: str, state: JobState, meets: bool) -> None:
        now = self.clock.wall()
        ended = update(JOBS).where((JOBS.c.id == job) & JOBS.c.ended.is_(None))
        values = ended.values(state=state, ended=now, meets=meets).returning(JOBS.c.webhook_url)
        row = connection.execute(values).one_or_none()
        if row is None:
            return
        if row.webhook_url is not None:
            connection.execute(update(JOBS).where(JOBS.c.id == job).values(webhook_due=now))
        told: list[tuple[EventKind, Json]] = [("state", {"state": state}), ("end", {"state": state, "meets": meets})]
        self._tell(connection, job, told)

    def _keep_result(self, connection: Connection, unit: str | None, outcome: Made | Refused) -> str:
        """Write what came of a unit, and say under which id; that of the same unit's result if there is one."""
        same = select(RESULTS.c.id).where(RESULTS.c.unit == unit)
        known = connection.execute(same).scalar_one_or_none() if unit is not None else None
        if known is not None:
            return str(known)
        result = new_id(self.clock.wall())
        match outcome:
            case Made():
                self._keep_made(connection, result, unit if outcome.reusable else None, outcome)
            case Refused(diagnostics=diagnostics):
                row = {"diagnostics": list(diagnostics)}
                values = dict.fromkeys(WORDS, 0) | {"state": "failed", "meets": False, "layout": packed_json([])}
                connection.execute(insert(RESULTS).values(id=result, unit=unit, row=packed_json(row), **values))
        return result

    def _keep_made(self, connection: Connection, result: str, unit: str | None, made: Made) -> None:
        functions = [[function["name"], len(function["blocks"])] for function in made.row["functions"]]
        values = {word: made.row["verdicts"][word] for word in WORDS} | {
            "id": result,
            "unit": unit,
            "state": "done",
            "meets": made.row["meets"],
            "row": packed_json({**made.row, "functions": functions}),
            "layout": packed_json(made.layout),
        }
        connection.execute(insert(RESULTS).values(values))
        blocks = block_rows(made.row["functions"], made.layout)
        if blocks:
            connection.execute(insert(BLOCKS), [{"result": result, **block} for block in blocks])
        hashes = {path: content_hash(content) for path, content in made.outputs.items()}
        kept = {hashes[path]: content for path, content in made.outputs.items()}
        blobs = [{"hash": h, "size": len(kept[h]), "content": packed(kept[h])} for h in sorted(kept)]
        self.database.insert_new(connection, BLOBS, blobs)
        outputs = [
            {"result": result, "number": i, "path": path, "blob": blob} for i, (path, blob) in enumerate(hashes.items())
        ]
        if outputs:
            connection.execute(insert(OUTPUTS), outputs)


def file_event(number: int, name: str, state: FileState, attempts: int) -> Json:
    return {"number": number, "name": name, "state": state, "attempts": attempts}


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
