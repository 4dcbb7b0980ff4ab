"""A server in this process, over a store in a file, that translates in threads of this process."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from transpile.api.application import create_app
from transpile.api.jobs import JobStore, Lost, Made, Refused, Stopped, Work
from transpile.api.jobs.executing import Heard, Wanted
from transpile.api.limits import Limits
from transpile.api.schema import TALLY
from transpile.api.service import Service
from transpile.api.settings import Settings
from transpile.api.translator import Translator
from transpile.directions import Asked, Unit, translate
from transpile.errors import TranspileError
from transpile.report import diagnostic_row, file_row

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


@dataclass(slots=True)
class Here:
    """An executor that works in the thread that asks. ``held`` keeps work from being done, ``done`` counts it."""

    slots: int = 2
    held: bool = False
    done: int = 0
    lost: list[str] = field(default_factory=list)

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Made | Refused | Lost | Stopped:
        while self.held and wanted():
            time.sleep(0.005)
        if not wanted():
            return Stopped()
        if self.lost:
            return Lost(self.lost.pop())
        self.done += 1
        try:
            made = translate(Unit(work.name, work.source, work.companions), Asked(work.to, work.options))
        except TranspileError as error:
            return Refused(tuple(diagnostic_row(one) for one in error.diagnostics))
        row = file_row(made.translation, work.options.get("require", "tested"))
        layout = [
            {"function": one.function, "label": one.label, "lines": one.lines, "successors": list(one.successors)}
            for one in made.layout
        ]
        folder = work.name.rpartition("/")[0]
        return Made(row, {f"{folder}/{name}" if folder else name: made.files[name] for name in made.files}, layout)

    def close(self) -> None:
        pass


@dataclass(slots=True)
class Running:
    """A client of a running server."""

    client: TestClient
    service: Service
    executor: Here

    def ask(self, method: str, path: str, **values: Any) -> Any:
        response = self.client.request(method, path, **values)
        assert response.status_code < 400, response.text
        return response.json()

    def submit(self, *names: str, to: str = "riscv", source: str = TALLY, **values: Any) -> Any:
        files = [{"name": name, "source": source} for name in names or ("tally.s",)]
        return self.ask("POST", "/v1/jobs", json={"to": to, "files": files, **values})

    def ended(self, id: str, seconds: float = 30) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.ask("GET", f"/v1/jobs/{id}")
            if job["ended"]:
                return job
            time.sleep(0.01)
        raise AssertionError(f"still {job['state']} after {seconds} s")


Serve = Callable[..., AbstractContextManager[Running]]


@cache
def tables() -> bytes:
    """A database with its tables and nothing in them: making them for every test takes long."""
    with TemporaryDirectory() as folder:
        store = JobStore(Path(folder) / "jobs.sqlite")
        store.migrate()
        store.close()
        return (Path(folder) / "jobs.sqlite").read_bytes()


def serving_in(folder: Path) -> Serve:
    @contextmanager
    def serving(limits: Limits | None = None, sandbox: str = "a test's", **values: Any) -> Iterator[Running]:
        database = str(folder / "jobs.sqlite")
        if not Path(database).exists():
            Path(database).write_bytes(tables())
        settings = Settings(database, limits or Limits(), **{"may_be_open": True, **values})
        executor = Here()
        service = Service(settings, JobStore(database), Translator(executor), executor, sandbox)
        with TestClient(create_app(service), base_url="http://127.0.0.1") as client:
            yield Running(client, service, executor)

    return serving


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    return serving_in(tmp_path)


@pytest.fixture
def server(serve: Serve) -> Iterator[Running]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests of a module."""
    with serving_in(tmp_path_factory.mktemp("lasting"))(Limits(streams=500)) as running:
        yield running


@pytest.fixture(scope="module")
def lasting_keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server that needs a key, for all tests of a module."""
    with serving_in(tmp_path_factory.mktemp("keyed"))(may_be_open=False) as running:
        yield running
