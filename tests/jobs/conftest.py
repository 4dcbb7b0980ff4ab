"""Stores of jobs to test: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from transpile.api.jobs import Clock, JobStore


@dataclass(slots=True)
class Hands:
    """The hands of a clock that a test moves."""

    wall: float = 1_800_000_000.0
    steady: float = 50.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.steady)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path, hands: Hands) -> Iterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite", hands.clock)
    store.migrate()
    yield store
    store.close()
