"""What stands before every route: keys, hosts, origins, headers, limits on bodies; and what operators see."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from transpile.api.limits import Limits
from transpile.api.schema import TALLY

ASKED = {"to": "riscv", "name": "tally.s", "source": TALLY}
BROKEN = TALLY.replace("\tleaq", "\tfrobnicate %rax\n\tleaq")
JOB = {"to": "riscv", "files": [{"name": "tally.s", "source": TALLY}]}


def test_a_small_file_is_answered_at_once(server: Any) -> None:
    answer = server.ask("POST", "/v1/translations", json=ASKED)
    assert answer["meets"] and answer["verdicts"] == {"proved": 1, "tested": 0, "refuted": 0, "undecided": 0}
    assert answer["files"] == {"tally.s": answer["text"]} and answer["functions"][0]["name"] == "tally"
    assert server.ask("GET", "/v1/jobs")["items"] == []


def test_a_broken_file_is_a_problem_with_the_place_in_it(server: Any) -> None:
    response = server.client.post("/v1/translations", json={**ASKED, "source": BROKEN})
    problem = response.json()
    assert response.status_code == 422 and problem["type"] == "/problems/source"
    row = problem["errors"][0]
    assert (row["file"], row["line"], row["column"]) == ("tally.s", 4, 2) and "frobnicate" in row["message"]


def test_a_small_file_that_takes_long_is_given_up(serve: Any) -> None:
    with serve(Limits(small_seconds=1)) as server:
        server.executor.held = True
        response = server.client.post("/v1/translations", json=ASKED)
        assert response.status_code == 504 and response.json()["type"] == "/problems/timeout"


def test_a_small_file_is_small(serve: Any) -> None:
    with serve(Limits(small_bytes=10)) as server:
        assert server.client.post("/v1/translations", json=ASKED).json()["type"] == "/problems/limit"


@pytest.fixture
def keyed(serve: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    with serve(may_be_open=False) as server:
        keys = {}
        for scopes in (("read",), ("read", "write"), ("read", "write", "admin")):
            _, keys[scopes[-1]] = server.service.store.add_key(scopes[-1], scopes)
        yield server, keys


def test_without_a_key_nothing_is_answered_but_how_the_server_is(keyed: tuple[Any, dict[str, str]]) -> None:
    server, _ = keyed
    for method, path in (("GET", "/v1/jobs"), ("POST", "/v1/jobs"), ("POST", "/v1/translations"), ("GET", "/metrics"),
                         ("GET", "/v1/jobs/x"), ("DELETE", "/v1/jobs/x"), ("GET", "/v1/jobs/x/events")):  # fmt: skip
        response = server.client.request(method, path, json=JOB if method == "POST" else None)
        assert response.status_code == 401 and response.headers["www-authenticate"].startswith("Bearer"), path
    wrong = server.client.get("/v1/jobs", headers={"X-API-Key": "tpk_wrong"})
    assert wrong.status_code == 401
    for path in ("/healthz", "/readyz", "/v1/capabilities", "/problems/rate", "/openapi.json"):
        assert server.client.get(path).status_code == 200, path
    assert server.ask("GET", "/v1/capabilities")["open"] is False


def test_a_key_does_what_its_scopes_say(keyed: tuple[Any, dict[str, str]]) -> None:
    server, keys = keyed

    def status(key: str, method: str, path: str) -> int:
        headers = {"X-API-Key": keys[key]} if method == "GET" else {"Authorization": f"Bearer {keys[key]}"}
        response = server.client.request(method, path, headers=headers, json=JOB if method == "POST" else None)
        return int(response.status_code)

    assert [status(key, "GET", "/v1/jobs") for key in keys] == [200, 200, 200]
    assert [status(key, "POST", "/v1/jobs") for key in keys] == [403, 202, 202]
    assert [status(key, "GET", "/metrics") for key in keys] == [403, 403, 200]


def test_jobs_of_others_are_not_there(keyed: tuple[Any, dict[str, str]]) -> None:
    server, keys = keyed
    job = server.ask("POST", "/v1/jobs", json=JOB, headers={"X-API-Key": keys["write"]})
    paths = [*job["links"].values(), f"{job['links']['files']}/0", f"{job['links']['self']}/outputs/tally.s"]
    for path in paths:
        assert server.client.get(path, headers={"X-API-Key": keys["read"]}).status_code == 404
        assert server.client.get(path, headers={"X-API-Key": keys["admin"]}).status_code in (200, 409)
    assert server.client.delete(job["links"]["self"], headers={"X-API-Key": keys["read"]}).status_code == 403


def test_a_revoked_key_is_none(keyed: tuple[Any, dict[str, str]]) -> None:
    server, keys = keyed
    store = server.service.store
    assert all(store.revoke_key(key.id) for key in [*store.keys()])
    assert server.client.get("/v1/jobs", headers={"X-API-Key": keys["admin"]}).status_code == 401


def test_an_open_server_closes_with_its_first_key(serve: Any) -> None:
    with serve() as server:
        assert server.client.get("/v1/jobs").status_code == 200
        key, _ = server.service.store.add_key("first", ["read"])
        server.service.store.revoke_key(key.id)
        server.service._open_until = 0
        assert server.client.get("/v1/jobs").status_code == 401


def test_requests_of_a_key_are_counted(serve: Any) -> None:
    with serve(Limits(requests=2), may_be_open=False) as server:
        _, secret = server.service.store.add_key("slow", ["read"])
        _, other = server.service.store.add_key("fast", ["read"], {"requests": 100})
        answers = [server.client.get("/v1/jobs", headers={"X-API-Key": secret}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
        assert answers[2].json()["type"] == "/problems/rate" and int(answers[2].headers["retry-after"]) <= 30
        assert server.client.get("/v1/jobs", headers={"X-API-Key": other}).headers["ratelimit-limit"] == "100"


def test_an_open_server_answers_for_its_own_names_only(serve: Any) -> None:
    """A name that a stranger's page makes point here is not one of them."""
    with serve(hosts=frozenset({"127.0.0.1", "localhost", "::1"})) as server:
        for host in ("127.0.0.1:8000", "localhost", "[::1]:9"):
            assert server.client.get("/v1/jobs", headers={"host": host}).status_code == 200
        for host in ("evil.example", "127.0.0.1.evil.example", "[", ""):
            assert server.client.get("/v1/jobs", headers={"host": host}).status_code == 403


def test_pages_of_other_sites_change_nothing(server: Any) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1234"):
        assert server.client.post("/v1/jobs", json=JOB, headers={"origin": origin}).status_code == 403
    assert server.client.post("/v1/jobs", json=JOB, headers={"origin": "http://127.0.0.1"}).status_code == 202


def test_every_answer_has_the_headers_that_protect_browsers(server: Any) -> None:
    for path in ("/healthz", "/v1/none", "/", "/v1/jobs"):
        headers = server.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers and "x-problem-kind" not in headers


def test_a_request_has_an_id_that_the_client_may_choose(server: Any) -> None:
    assert server.client.get("/healthz", headers={"X-Request-ID": "abcd-1234"}).headers["x-request-id"] == "abcd-1234"
    made = server.client.get("/healthz", headers={"X-Request-ID": "no good"}).headers["x-request-id"]
    assert len(made) == 32


def test_a_body_without_a_length_is_counted_as_it_comes(serve: Any) -> None:
    with serve(Limits(body_bytes=1000)) as server:
        for media in ("application/json", "application/zip", "multipart/form-data; boundary=x"):
            sent: list[int] = []

            def body(sent: list[int] = sent) -> Iterator[bytes]:
                for number in range(100):
                    sent.append(number)
                    yield b" " * 100

            response = server.client.post("/v1/jobs?to=riscv", content=body(), headers={"content-type": media})
            assert response.status_code == 413, response.text


def test_a_fault_is_a_problem_that_says_nothing_of_this_machine(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("/secret/path")

    server.service.store.jobs = broken
    with caplog.at_level(logging.CRITICAL, "transpile.api"):
        response = server.client.get("/v1/jobs")
    assert response.status_code == 500 and response.json()["type"] == "/problems/internal"
    assert "secret" not in response.text


def test_a_database_that_is_away_is_not_a_fault(serve: Any, tmp_path: Any) -> None:
    with serve() as server:
        server.submit()
        server.service.store.database.engine.dispose()
        with sqlite3.connect(tmp_path / "jobs.sqlite") as other:
            other.execute("ALTER TABLE jobs RENAME TO gone")
        assert server.client.get("/v1/jobs").status_code == 503
        assert server.client.get("/readyz").status_code == 503
        assert server.client.get("/healthz").status_code == 200
        with sqlite3.connect(tmp_path / "jobs.sqlite") as other:
            other.execute("ALTER TABLE gone RENAME TO jobs")
        assert server.client.get("/readyz").status_code == 200
        other.close()


def test_operators_see_what_happens(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "transpile.api.requests"):
        job = server.submit()
        server.ended(job["id"])
        server.client.get("/v1/jobs/none%0Ax")
    assert "POST '/v1/jobs' 202" in caplog.text and "none\\nx" in caplog.text and "\nx" not in caplog.text
    text = server.client.get("/metrics").text
    assert 'transpile_jobs{state="done"} 1.0' in text and 'transpile_blocks{verdict="proved"} 1.0' in text
    assert 'transpile_files{state="queued"} 0.0' in text
    assert 'transpile_http_requests_total{method="POST",route="/v1/jobs",status="202"} 1.0' in text
    assert "none" not in text
    [entry] = server.service.store.audited().items
    assert (entry.action, entry.subject, entry.address) == ("job.submit", job["id"], "testclient")


def test_streams_are_bounded(serve: Any) -> None:
    with serve(Limits(streams=1)) as server:
        server.executor.held = True
        job = server.submit()
        server.service.streams["another"] += 1
        refused = server.client.get(job["links"]["events"])
        assert refused.status_code == 503 and refused.headers["retry-after"]
        server.service.streams.clear()
        server.executor.held = False
        assert "event: end" in server.client.get(job["links"]["events"]).text
        assert not server.service.streams
