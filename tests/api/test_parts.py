"""Limits, keys, rates and problems."""

from __future__ import annotations

import json

import pytest

from transpile.api.keys import is_loopback, quotas_from, scopes_from
from transpile.api.limits import Limits, limits_from
from transpile.api.metrics import Metrics
from transpile.api.problems import KINDS, LONGEST, Problem, about, clean, problem_of
from transpile.api.rates import Rates
from transpile.errors import SourceError, SourceErrors, Span, ToolError, UsageError


def test_limits_come_from_defaults_then_the_environment_then_the_command_line() -> None:
    environment = {"TRANSPILE_API_FILES": "7", "TRANSPILE_API_JOBS": "3", "TRANSPILE_API_OTHER": "x"}
    limits = limits_from(environment, ["files=2_000", "body-bytes=10"])
    assert (limits.files, limits.jobs, limits.body_bytes, limits.lines) == (2000, 3, 10, Limits().lines)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("files", "'files' is not a limit"),
        ("nope=1", "'nope=1' is not a limit"),
        ("files=many", "the limit files must be a whole number, not 'many'"),
        ("files=0", "the limit files must be at least 1, not 0"),
        ("files=" + "9" * 20, "the limit files must be a whole number"),
    ],
)
def test_limits_that_make_no_sense_are_refused(given: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        limits_from({}, [given])


def test_scopes_include_the_lesser_ones() -> None:
    assert scopes_from(["write"]) == ("read", "write") == scopes_from(["write", "read"])
    assert scopes_from(["admin"]) == ("read", "write", "admin") and scopes_from([]) == ("read",)
    with pytest.raises(UsageError, match="'root' is not a scope"):
        scopes_from(["root"])


def test_quotas_are_names_and_numbers() -> None:
    assert quotas_from(["jobs=10", "requests=5"]) == {"jobs": 10, "requests": 5}
    for wrong in ("jobs", "jobs=", "jobs=-1", "jobs=x", "cows=1", "jobs=99999999999"):
        with pytest.raises(UsageError, match="is not a quota"):
            quotas_from([wrong])


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.1", False), ("example.org", False), ("", False)],
)  # fmt: skip
def test_loopback_is_told_from_the_rest(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_bucket_empties_and_fills_evenly() -> None:
    now = [0.0]
    rates = Rates(60, lambda: now[0])
    taken = [rates.take("a") for _ in range(61)]
    assert all(one is not None and one.allowed for one in taken[:60])
    last = taken[60]
    assert last is not None and not last.allowed
    assert last.headers() == {
        "RateLimit-Limit": "60",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "60",
        "Retry-After": "1",
    }
    now[0] += float(last.wait)
    again, other = rates.take("a"), rates.take("b")
    assert again is not None and again.allowed and other is not None and other.remaining == 59
    now[0] -= 1000
    backwards = rates.take("b")
    assert backwards is not None and backwards.remaining == 58


def test_without_a_limit_there_is_no_bucket() -> None:
    assert Rates(0).take("a") is None


def test_a_diagnostic_keeps_its_place() -> None:
    first = SourceError(Span("a.s", 3, 5, 2, "\tmov"), "unknown instruction", "see the list")
    problem = problem_of(SourceErrors([first, SourceError(Span("a.s", 9), "second")]))
    assert problem.kind == "source" and problem.status_code == 422
    assert [(row["file"], row["line"], row["column"]) for row in problem.errors] == [("a.s", 3, 5), ("a.s", 9, 1)]
    assert problem.errors[0]["hint"] == "see the list"


def test_errors_that_are_not_the_inputs_fault_say_so() -> None:
    assert problem_of(ToolError("gcc is missing")).status_code == 503
    assert problem_of(UsageError("no such option")).kind == "invalid"


def test_text_from_outside_is_made_harmless() -> None:
    assert clean("a\x1b[31mb\udcff") == "a\\x1b[31mb\\xff"
    assert len(clean("x" * 10_000)) == LONGEST + 1
    assert about("a\0b", "is bad")["file"] == "a\\x00b"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_problem_is_a_problem(kind: str) -> None:
    response = Problem(kind, "why", [about("f", "m")]).response({"state": {"request_id": "abc"}})
    body = json.loads(bytes(response.body))
    assert body == {
        "type": f"/problems/{kind}",
        "title": KINDS[kind].title,
        "status": response.status_code,
        "detail": "why",
        "instance": "/requests/abc",
        "errors": [{"file": "f", "line": 0, "column": 0, "severity": "error", "message": "m", "hint": ""}],
    }
    assert response.media_type == "application/problem+json"


def test_metrics_read_what_is_stored_when_asked() -> None:
    stored = {"jobs": {"done": 2}, "blocks": {"proved": 40}}
    metrics = Metrics(lambda: stored)
    metrics.requests.labels("GET", "/v1/jobs", "200").inc()
    stored["jobs"]["done"] = 3
    text = metrics.text().decode()
    assert 'transpile_jobs{state="done"} 3.0' in text and 'transpile_blocks{verdict="proved"} 40.0' in text
    assert 'transpile_http_requests_total{method="GET",route="/v1/jobs",status="200"} 1.0' in text
