"""What strangers try: jobs of others, requests that nobody would send, answers that nobody reads, results that lie."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from transpile.api.application import routed
from transpile.api.guard import Guard, Rules
from transpile.api.jobs import Lease, Lost, Work
from transpile.api.jobs.local import made_or_lost
from transpile.api.limits import Limits
from transpile.api.metrics import Metrics
from transpile.api.schema import TALLY
from transpile.api.server import require_reachable
from transpile.api.webhooks import Courier
from transpile.errors import UsageError
from transpile.sandbox import Sandbox

JOB = {"to": "riscv", "files": [{"name": "tally.s", "source": TALLY}]}
OPEN = {"/healthz", "/readyz", "/v1/capabilities", "/problems/{kind}"}
ROUTES = [(m.upper(), path) for path, operations in routed().openapi()["paths"].items() for m in operations]


@pytest.fixture(scope="module")
def owned(lasting_keyed: Any) -> tuple[Any, dict[str, str], str]:
    """A server, a key for each name, and the job of ``owner``, which is done."""
    store = lasting_keyed.service.store
    keys = {name: store.add_key(name, ("read", "write"))[1] for name in ("owner", "other")}
    headers = {"X-API-Key": keys["owner"]}
    job = lasting_keyed.ask("POST", "/v1/jobs", json=JOB, headers=headers)
    until = time.monotonic() + 30
    while not lasting_keyed.ask("GET", job["links"]["self"], headers=headers)["ended"]:
        assert time.monotonic() < until
        time.sleep(0.01)
    return lasting_keyed, keys, job["id"]


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p in ROUTES if "{id}" in p])
def test_no_route_shows_or_changes_the_job_of_another_key(owned: Any, method: str, path: str) -> None:
    server, keys, id = owned
    values = {"id": id, "number": "0", "block": "0.0", "path": "tally.s"}
    place = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)
    refused = server.client.request(method, place, headers={"X-API-Key": keys["other"]})
    missing = server.client.request(method, place.replace(id, "none"), headers={"X-API-Key": keys["other"]})
    assert refused.status_code == missing.status_code == 404, refused.text
    assert refused.json()["detail"] == missing.json()["detail"].replace("none", id)
    assert server.client.request(method, place, headers={"X-API-Key": keys["owner"]}).status_code < 300
    assert server.client.request(method, place).status_code == 401


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p in ROUTES if p not in OPEN])
def test_no_route_answers_without_a_key(owned: Any, method: str, path: str) -> None:
    server, _, _ = owned
    place = re.sub(r"\{\w+\}", "0", path)
    for headers in ({}, {"X-API-Key": "tpk_wrong"}, {"Authorization": "Bearer \x7f"}):
        response = server.client.request(method, place, headers=headers, json=JOB if method == "POST" else None)
        assert response.status_code == 401, (place, response.text)


def test_pages_hold_the_jobs_of_the_key_alone(owned: Any) -> None:
    server, keys, id = owned
    pages = {name: server.ask("GET", "/v1/jobs", headers={"X-API-Key": key})["items"] for name, key in keys.items()}
    assert [job["id"] for job in pages["owner"]] == [id] and pages["other"] == []


def test_one_idempotency_key_of_two_owners_is_two_jobs(owned: Any) -> None:
    server, keys, _ = owned
    ids = {
        server.ask("POST", "/v1/jobs", json=JOB, headers={"X-API-Key": key, "Idempotency-Key": "same"})["id"]
        for key in keys.values()
    }
    assert len(ids) == 2


FORM = "--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n--b--\r\n"
ODD = {
    "a path with NUL": ("GET", "/v1/jobs/%00", {}, b""),
    "a path that is not UTF-8": ("GET", "/v1/jobs/%ff%fe/files", {}, b""),
    "a cursor with NUL": ("GET", "/v1/jobs?cursor=%00", {}, b""),
    "a cursor of digits that are none": ("GET", "/v1/jobs?cursor=%d9%a1", {}, b""),
    "an origin that is no address": ("POST", "/v1/jobs", {"Origin": "http://["}, b"{}"),
    "a method of nobody's": ("BREW", "/v1/jobs", {}, b""),
    "a host that is no address": ("GET", "/v1/jobs", {"Host": "[::1"}, b""),
    "a seed of 5,000 digits": ("POST", "/v1/jobs", {}, b'{"seed": ' + b"9" * 5000 + b"}"),
    "a seed that is no number": ("POST", "/v1/translations", {}, b'{"seed": NaN}'),
    "options too deep": ("POST", "/v1/jobs", {}, b'{"seed": ' + b"[" * 150 + b"]" * 150 + b"}"),
    "half of a surrogate pair": ("POST", "/v1/translations", {}, b'{"function": "\\ud800"}'),
    "a NUL in an option": ("POST", "/v1/jobs", {}, b'{"function": "\\u0000"}'),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_requests_are_no_fault_of_the_server(lasting: Any, case: str) -> None:
    method, path, headers, options = ODD[case]
    content = b""
    if method == "POST":
        file = b'"name": "a.s", "source": ""'
        files = file if path == "/v1/translations" else b'"files": [{' + file + b"}]"
        content = b'{"to": "riscv", ' + files + b', "options": ' + options + b"}"
        headers = {**headers, "Content-Type": "application/json"}
    response = lasting.client.request(method, path, headers=headers, content=content)
    assert response.status_code < 500, response.text


@pytest.mark.parametrize(
    ("charset", "name", "value"),
    [
        *itertools.product(
            ("undefined", "idna", "unicode_escape", "utf-16", "none", "rot13"),
            ("to", "options", "webhook_secret", '"files"; filename="\\\\ud800.s"'),
            ("\\ud800", "xn--a" * 20),
        )
    ],
)
def test_forms_in_odd_charsets_are_no_fault_of_the_server(lasting: Any, charset: str, name: str, value: str) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
    content = FORM.format(name=name, value=value).encode()
    response = lasting.client.post("/v1/jobs", headers=headers, content=content)
    assert 400 <= response.status_code < 500, response.text


@pytest.mark.parametrize("secret", ["\0" * 16, "\x1b[31m" * 4, "\u2028" * 16])
def test_a_secret_has_characters_that_every_store_can_hold(lasting: Any, secret: str) -> None:
    body = {**JOB, "webhook": {"url": "https://a.example/", "secret": secret}}
    response = lasting.client.post("/v1/jobs", json=body)
    assert response.status_code == 422 and "webhook.secret" in response.json()["detail"]


def test_invented_methods_are_counted_as_one(lasting: Any) -> None:
    for number in range(5):
        lasting.client.request(f"M{number}", "/healthz")
    text = lasting.service.metrics.text().decode()
    assert 'method="other"' in text and 'method="M' not in text


def test_a_key_has_half_of_the_streams(serve: Any) -> None:
    with serve(Limits(streams=2), may_be_open=False) as server:
        server.executor.held = True
        keys = [server.service.store.add_key(name, ("read", "write"))[1] for name in ("a", "b")]
        jobs = [server.ask("POST", "/v1/jobs", json=JOB, headers={"X-API-Key": key}) for key in keys]
        server.service.streams.update([server.service.store.keys()[0].id])
        paths = [job["links"]["events"] for job in jobs]
        assert server.client.get(paths[0], headers={"X-API-Key": keys[0]}).status_code == 503
        timer = threading.Timer(0.3, lambda: setattr(server.executor, "held", False))
        timer.start()
        assert "event: end" in server.client.get(paths[1], headers={"X-API-Key": keys[1]}).text
        assert sum(server.service.streams.values()) == 1


async def served(rules: Rules, messages: Iterator[bytes], send: Any, app: Any) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": next(messages), "more_body": True}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    guard = Guard(app, rules=rules, metrics=Metrics(dict), audit=lambda *_: None)
    await guard(scope, receive, send)


def test_a_client_that_does_not_read_is_left() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    began = time.monotonic()
    asyncio.run(served(Rules(10, read_seconds=0.05), iter(()), send, app))
    assert time.monotonic() - began < 5 and len(sent) == 2


def test_bodies_of_all_requests_are_bounded_together() -> None:
    """Two requests hold a body each; the third is told to come again, and after them there is room."""
    statuses: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(2):
            await receive()
        await asyncio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def all_of_them() -> None:
        guard = Guard(app, rules=Rules(10, bodies=2), metrics=Metrics(dict), audit=lambda *_: None)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"12345", "more_body": True}

        def one() -> Any:
            return guard({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)

        await asyncio.gather(one(), one(), one())
        assert sorted(statuses) == [200, 200, 503]
        await one()
        assert statuses[-1] == 200

    asyncio.run(all_of_them())


def test_a_receiver_that_answers_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transpile.api.webhooks.WHOLE_S", 0.5)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert Courier(allow_private=True).deliver(address, "s" * 16, "d", {}) == "failed"
        assert time.monotonic() - began < 5
        over.set()
        thread.join()


GOOD = {
    "file": "lib/a.s",
    "verdicts": {"proved": 1, "tested": 0, "refuted": 0, "undecided": 0},
    "files": {"a.s": ""},
    "layout": [],
}


@pytest.mark.parametrize(
    "lie",
    [
        {"files": {"../../../etc/cron.d/x": ""}},
        {"files": {"/etc/passwd": ""}},
        {"files": {"a\\..\\b": ""}},
        {"files": {"a\n.s": ""}},
        {"files": {"": ""}},
        {"files": {"a.s": 3}},
        {"files": []},
        {"file": "../a.s"},
        {"verdicts": {}},
        {"layout": None, "files": None},
    ],
)
def test_a_worker_that_lies_is_not_believed(lie: dict[str, Any]) -> None:
    work = Work(Lease("j", 0, 1, "w"), "lib/a.s", b"", {}, "riscv", {})
    assert not isinstance(made_or_lost(work, dict(GOOD)), Lost)
    assert isinstance(made_or_lost(work, {**GOOD, **lie}), Lost)


@pytest.mark.parametrize("model", ["openai:m@http://10.0.0.1/v1", "hf:gpt2", "random,openai:m@http://localhost/v1"])
def test_models_out_of_the_sandbox_are_refused_at_the_start(model: str) -> None:
    sandboxes = [sandbox for sandbox in Sandbox.available() if sandbox.isolates]
    if not sandboxes:
        pytest.skip("no sandbox that isolates works here")
    with pytest.raises(UsageError, match="cannot be reached"):
        require_reachable([model], sandboxes[0])
    require_reachable(["random", "none"], sandboxes[0])
