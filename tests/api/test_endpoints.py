"""Language models behind endpoints that hang, drip, fail or talk nonsense: jobs end, by the rules, and say so."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from transpile.api.application import create_app
from transpile.api.jobs import JobStore
from transpile.api.jobs.local import LocalExecutor
from transpile.api.limits import Limits
from transpile.api.schema import TALLY
from transpile.api.server import worker_limits
from transpile.api.service import Service
from transpile.api.settings import MODELS, Settings
from transpile.api.translator import Translator
from transpile.sandbox import Sandbox

HASTE = {"lm_timeout": 0.3, "lm_retries": 0, "samples": 2}
PATIENCE = {"lm_timeout": 86_400, "lm_retries": 100, "samples": 2}
DRIP_S = 0.02

Say = Callable[[bytes], None]


def whole(content: bytes, status: str = "200 OK", media: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def completion(text: str) -> bytes:
    return whole(json.dumps({"choices": [{"message": {"content": text}}] * 2}).encode())


NONSENSE = {
    "html": whole(b"<html><h1>It works!</h1>", media="text/html"),
    "garbage": whole(b'{"choices": [[[' + b"\xff" * 100),
    "deep": whole(b"[" * 200_000),
    "empty": whole(b""),
    "fault": whole(b'{"error": {"message": "out of memory"}}', "500 Internal Server Error"),
    "huge": whole(b" " * (16 << 20)),
    "elsewhere": b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/v1\r\nContent-Length: 0\r\n\r\n",
    "no-http": b"220 mail.example ESMTP\r\n",
}
"""What an endpoint answers, whole; none of it is an answer."""
DRIPS = {"silent": b"", "head": b"HTTP/1.1 200 OK\r\nX: ", "body": b"HTTP/1.1 200 OK\r\n\r\n"}
"""What comes before endless spaces, one at a time; after nothing, nothing comes."""
ANSWERS = {
    "prose": completion("Certainly! Here is why addition commutes: " + "because " * 100),
    "unknown": completion("```\nfrobnicate a0, a1\n```"),
    "wrong": completion("```\nadd a0, a0, a1\n```"),
    "escape": completion('```\n.include "/etc/passwd"\n.incbin "/etc/passwd"\n```'),
}
"""Completions whose text must not be taken."""


@dataclass
class Endpoint:
    """``asked`` counts the requests for each way of behaving, which the path names; ``closing`` ends what hangs."""

    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)

    def model(self, way: str) -> str:
        return f"openai:m@http://127.0.0.1:{self.port}/{way}/v1"

    def behave(self, way: str, say: Say) -> None:
        self.asked[way] += 1
        if way not in DRIPS:
            say({**NONSENSE, **ANSWERS}[way])
            return
        say(DRIPS[way])
        while not self.closing.wait(DRIP_S):
            say(b" " if DRIPS[way] else b"")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            length = 0
            while (line := self.rfile.readline().strip().lower()) != b"":
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            try:
                state.behave(path.split("/")[1], self.connection.sendall)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield state
        state.closing.set()
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Served:
    client: TestClient
    service: Service

    def submit(self, name: str, **options: object) -> str:
        body = {"to": "riscv", "files": [{"name": name, "source": TALLY}], "options": options}
        answer = self.client.post("/v1/jobs", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["links"]["self"])

    def ended(self, job: str, seconds: float = 60.0) -> Any:
        until = time.monotonic() + seconds
        while not (found := self.client.get(job).json())["ended"]:
            assert time.monotonic() < until, found
            time.sleep(0.02)
        return found

    def file(self, job: str) -> Any:
        return self.client.get(f"{job}/files/0").json()

    def history(self, job: str) -> list[Any]:
        return list(self.client.get(f"{job}/blocks/0.0").json()["history"])


def served(folder: Path, models: list[str], limits: Limits) -> Iterator[Served]:
    """With workers that no sandbox keeps from the network, as endpoints need it."""
    settings = Settings(str(folder / "jobs.sqlite"), limits, may_be_open=True, models=(*MODELS, *models))
    executor = LocalExecutor(
        2, folder / "proofs" / "p.sqlite", worker_limits(settings, limits.seconds), Sandbox("bounds")
    )
    service = Service(settings, JobStore(settings.database), Translator(executor), executor, "")
    with TestClient(create_app(service), base_url="http://127.0.0.1") as client:
        yield Served(client, service)


@pytest.fixture(scope="module")
def server(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    models = [endpoint.model(way) for way in (*NONSENSE, *DRIPS, *ANSWERS)]
    yield from served(tmp_path_factory.mktemp("server"), models, Limits(seconds=120))


@pytest.fixture(scope="module")
def by_rules(server: Served) -> str:
    job = server.submit("rules.s", lm="none")
    assert server.ended(job)["meets"]
    return str(server.file(job)["text"])


@pytest.mark.parametrize("way", [*NONSENSE, *DRIPS])
def test_an_endpoint_that_does_not_answer_costs_its_answers_alone(
    server: Served, endpoint: Endpoint, by_rules: str, way: str
) -> None:
    job = server.submit(f"{way}.s", lm=endpoint.model(way), **HASTE)
    ended = server.ended(job)
    assert ended["state"] == "done" and ended["verdicts"]["proved"] == 1 and ended["meets"]
    file = server.file(job)
    assert file["text"] == by_rules and file["attempts"] == 1
    (said,) = file["diagnostics"]
    assert said["severity"] == "warning" and "did not answer everything" in said["message"]
    assert endpoint.asked[way] >= 1


@pytest.mark.parametrize("way", ANSWERS)
def test_what_an_endpoint_makes_up_is_not_emitted(server: Served, endpoint: Endpoint, by_rules: str, way: str) -> None:
    job = server.submit(f"{way}.s", lm=endpoint.model(way), **HASTE)
    assert server.ended(job)["verdicts"]["proved"] == 1
    assert server.file(job)["text"] == by_rules
    tried = [row for row in server.history(job) if row["proposer"].startswith("openai")]
    assert all(row["verdict"] != "proved" for row in tried)
    assert endpoint.asked[way] >= 1 and bool(tried) == (way in ("unknown", "wrong"))


def test_what_came_without_an_answer_is_not_taken_for_the_next(server: Served, endpoint: Endpoint) -> None:
    for name in ("first.s", "first.s"):
        job = server.submit(name, lm=endpoint.model("fault"), seed=2, **HASTE)
        server.ended(job)
        assert not server.file(job)["reused"]


def test_a_job_that_waits_for_an_endpoint_keeps_no_other_waiting(server: Served, endpoint: Endpoint) -> None:
    before = endpoint.asked["silent"]
    waiting = server.submit("waiting.s", lm=endpoint.model("silent"), seed=3, **PATIENCE)
    until = time.monotonic() + 60
    while endpoint.asked["silent"] == before:
        assert time.monotonic() < until
        time.sleep(0.02)
    other = server.submit("other.s", lm="none", seed=3)
    assert server.ended(other)["meets"]
    assert server.client.get(waiting).json()["state"] == "running"
    server.client.delete(waiting)
    assert server.ended(waiting)["state"] == "cancelled"


def test_a_client_cannot_make_an_endpoint_take_a_units_whole_time(
    endpoint: Endpoint, by_rules: str, tmp_path: Path
) -> None:
    """However long and often it wants to ask."""
    for server in served(tmp_path, [endpoint.model("silent")], Limits(seconds=9)):
        job = server.submit("patient.s", lm=endpoint.model("silent"), **PATIENCE)
        assert server.ended(job)["meets"]
        file = server.file(job)
        assert file["text"] == by_rules and file["attempts"] == 1
        assert "its 3 seconds for this file are over" in file["diagnostics"][0]["message"]
