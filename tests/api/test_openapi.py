"""The description that is committed is what the server does: no drift, examples that run, nothing undescribed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

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


@pytest.mark.parametrize(("path", "body"), described_examples())
def test_every_example_runs(server: Any, path: str, body: dict[str, Any]) -> None:
    answer = server.ask("POST", path, json=body)
    if path == "/v1/jobs":
        answer = server.ended(answer["id"])
    assert answer["meets"], answer


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of a server that has a job, whose ids stand in for those of parameters."""
    from conftest_of import serving

    yield serving


if EXAMPLES:
    EFFORT = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
else:
    EFFORT = settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
