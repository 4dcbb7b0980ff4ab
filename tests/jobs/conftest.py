"""Stores of jobs to test: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpile.api.jobs import JobStore
from transpile.api.jobs.tables import METADATA

sys.path[:0] = [str(Path(__file__).parent)]
from hands import Hands  # noqa: E402
from private_postgres import server  # noqa: E402


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with server() as url:
        store = JobStore(url)
        store.migrate()
        store.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a store whose tables may not be there."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jobs.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    store = JobStore(url)
    with store.database.writing() as connection:
        tables = ", ".join(METADATA.tables)
        connection.exec_driver_sql(f"TRUNCATE {tables}")
    store.close()
    return url


@pytest.fixture
def store(url: str, hands: Hands) -> Iterator[JobStore]:
    store = JobStore(url, hands.clock)
    store.migrate()
    yield store
    store.close()
