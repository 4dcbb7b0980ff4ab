"""What Alembic runs for each migration: on the connection, and in the transaction, that the caller has open."""

from __future__ import annotations

from alembic import context

from transpile.api.jobs.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
