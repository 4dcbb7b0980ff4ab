"""The description that is committed is what the server does: no drift, examples that run, nothing undescribed."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from transpile.api.application import routed

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""For a long run, how many requests for each operation; without, a few, always the same."""


def test_the_committed_description_is_up_to_date() -> None:
    assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(routed().openapi())), "run: make openapi"


def test_every_operation_says_how_it_fails() -> None:
    for operations in routed().openapi()["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert "422" not in operation["responses"]


def described_examples() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = routed().openapi()
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                for example in media.get("examples", {}).values():
                    yield path, example["value"]
                name = media["schema"].get("$ref", "").rpartition("/")[2]
                for body in schema["components"]["schemas"].get(name, {}).get("examples", []):
                    yield path, body


@pytest.mark.parametrize(("path", "body"), list(described_examples()))
def test_every_example_runs(lasting: Any, path: str, body: dict[str, Any]) -> None:
    answer = lasting.ask("POST", path, json=body)
    if path == "/v1/jobs":
        answer = lasting.ended(answer["id"])
    assert answer["meets"], answer


EFFORT = settings(
    max_examples=EXAMPLES or 10,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DESCRIBED = schemathesis.openapi.from_asgi("/openapi.json", routed())
LIVE: list[Any] = []


async def running(scope: Any, receive: Any, send: Any) -> None:
    """The server of the test that runs; whoever calls it need not start it."""
    if scope["type"] != "lifespan":
        await LIVE[-1](scope, receive, send)


@schemathesis.serializer("application/gzip", "application/x-tar", "application/zip")
def archive(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """What is drawn for an archive, as it is: hardly ever one."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def live(lasting: Any) -> Iterator[str]:
    """A server with a job that is done; its id stands in for half of those that are drawn."""
    job = lasting.submit("a.s", "b.s")
    lasting.ended(job["id"])
    LIVE.append(lasting.client.app)
    yield job["id"]
    LIVE.clear()


@DESCRIBED.parametrize()
@EFFORT
def test_no_request_breaks_the_server(case: schemathesis.Case, live: str) -> None:
    """Nothing that is sent is answered by a fault, or in a shape that is not described."""
    drawn = str(case.path_parameters.get("id", ""))
    if zlib.crc32(drawn.encode("utf-8", "surrogatepass")) % 2:
        case.path_parameters["id"] = live
    response = case.call(app=running)
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"]
