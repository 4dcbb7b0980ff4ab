"""Old jobs go, and with them what no other job needs: in small steps, so that nobody waits long."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select

from transpile.api.jobs.base import StoreBase
from transpile.api.jobs.tables import AUDIT, BLOBS, BLOCKS, COMPANIONS, EVENTS, FILES, JOBS, OUTPUTS, RESULTS

JOBS_AT_ONCE = 20
DAY_S = 86_400.0


class Retention(StoreBase):
    def purge(self, days: float) -> int:
        """Remove the jobs that ended more than ``days`` ago, and audit lines as old; how many jobs that were.

        Results go with the last job that has them, blobs with the last file or result.
        """
        before = self.clock.wall() - days * DAY_S
        removed = 0
        while gone := self._remove(before):
            removed += gone
        with self.database.writing() as connection:
            connection.execute(delete(AUDIT).where(AUDIT.c.time < before))
            if removed:
                self._remove_unused(connection)
        return removed

    def _remove(self, before: float) -> int:
        with self.database.writing() as connection:
            chosen = select(JOBS.c.id).where(JOBS.c.ended < before).limit(JOBS_AT_ONCE)
            jobs = connection.execute(chosen.with_for_update(skip_locked=True)).scalars().all()
            for table in (EVENTS, FILES):
                connection.execute(delete(table).where(table.c.job.in_(jobs)))
            connection.execute(delete(JOBS).where(JOBS.c.id.in_(jobs)))
        return len(jobs)

    def _remove_unused(self, connection: Connection) -> None:
        """Alone with the tables where that is not so by itself, as others may be about to use what is unused now."""
        if not self.database.sqlite:
            connection.exec_driver_sql("LOCK TABLE blobs, companions, results IN SHARE ROW EXCLUSIVE MODE")
        unused = select(RESULTS.c.id).where(~exists().where(FILES.c.result == RESULTS.c.id))
        results = connection.execute(unused).scalars().all()
        for start in range(0, len(results), 500):
            some = results[start : start + 500]
            for table in (BLOCKS, OUTPUTS):
                connection.execute(delete(table).where(table.c.result.in_(some)))
            connection.execute(delete(RESULTS).where(RESULTS.c.id.in_(some)))
        connection.execute(delete(COMPANIONS).where(~exists().where(FILES.c.companions == COMPANIONS.c.companions)))
        used = (
            exists().where(FILES.c.source == BLOBS.c.hash)
            | exists().where(COMPANIONS.c.blob == BLOBS.c.hash)
            | exists().where(OUTPUTS.c.blob == BLOBS.c.hash)
        )
        connection.execute(delete(BLOBS).where(~used))
