"""Stores of jobs to test: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

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


@cache
def tables() -> bytes:
    """A database with its tables and nothing in them: making them for every test takes long."""
    with TemporaryDirectory() as folder:
        store = JobStore(Path(folder) / "jobs.sqlite")
        store.migrate()
        store.close()
        return (Path(folder) / "jobs.sqlite").read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a store with its tables and nothing in them."""
    if request.param == "sqlite":
        (tmp_path / "jobs.sqlite").write_bytes(tables())
        return f"sqlite:///{tmp_path}/jobs.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    store = JobStore(url)
    with store.database.writing() as connection:
        names = ", ".join(METADATA.tables)
        connection.exec_driver_sql(f"TRUNCATE {names}")
    store.close()
    return url


@pytest.fixture
def store(url: str, hands: Hands) -> Iterator[JobStore]:
    store = JobStore(url, hands.clock)
    store.migrate()
    yield store
    store.close()


@pytest.fixture(scope="session")
def ray_started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Ray cluster of one processor on this machine, once for all tests.

    It is started elsewhere than in the checkout, whose folders its processes would take for packages.
    """
    ray = pytest.importorskip("ray")
    there = {"env_vars": {"PYTHONPATH": os.pathsep.join(sys.path)}}
    least = 80 << 20
    with chdir(tmp_path_factory.mktemp("cluster")):
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=least, runtime_env=there)
    yield
    ray.shutdown()
