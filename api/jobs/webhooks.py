"""Which ended jobs still have to be told of to the address that they named."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from transpile.api.jobs.base import StoreBase
from transpile.api.jobs.model import Webhook
from transpile.api.jobs.tables import JOBS

RETRY_S = 10.0
"""Before the second attempt; three times as long before each further one."""
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Call:
    """The ``attempt`` is counted from 1."""

    job: str
    webhook: Webhook
    attempt: int


class Webhooks(StoreBase):
    def due_call(self) -> Call | None:
        """A call to make now. It comes again later, at most ``ATTEMPTS`` times in all, unless ``called`` is told."""
        now = self.clock.wall()
        latest = now + RETRY_S * 3.0**ATTEMPTS
        due = (JOBS.c.webhook_due <= now) | (JOBS.c.webhook_due > latest)
        chosen = select(JOBS.c.id, JOBS.c.webhook_url, JOBS.c.webhook_secret, JOBS.c.webhook_attempts).where(due)
        chosen = chosen.order_by(JOBS.c.webhook_due).limit(1)
        with self.database.reading() as connection:
            if connection.execute(chosen).one_or_none() is None:
                return None
        with self.database.writing() as connection:
            row = connection.execute(chosen.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            attempt = row.webhook_attempts + 1
            again = now + RETRY_S * 3.0 ** (attempt - 1) if attempt < ATTEMPTS else None
            taken = update(JOBS).where(JOBS.c.id == row.id)
            connection.execute(taken.values(webhook_attempts=attempt, webhook_due=again))
        return Call(row.id, Webhook(row.webhook_url, row.webhook_secret or ""), attempt)

    def called(self, job: str) -> None:
        """The call was answered; it is not made again."""
        with self.database.writing() as connection:
            connection.execute(update(JOBS).where(JOBS.c.id == job).values(webhook_due=None))
