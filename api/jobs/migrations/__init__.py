"""The history of the job store's tables, for Alembic; ``JobStore.migrate`` runs what a database lacks."""

NEWEST = "0001"
"""The revision of the last of them."""
