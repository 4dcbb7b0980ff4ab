"""The OpenAPI description, as the framework makes it and with what it does not know: problems, and bodies of jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from transpile.api.problems import MEDIA_TYPE
from transpile.api.schema import JobAsked, ProblemShown

DESCRIPTION = """Translates x86-64 assembly to RISC-V and AArch64, sequential C to CUDA, and COBOL to Python. Every
block of the result has a verdict: proved, tested, refuted or undecided.

A batch is a job: `POST /v1/jobs`, then follow `events`, page through `blocks`, and fetch `result.tar.gz`.
Everything that goes wrong is an RFC 9457 problem, with the positions that the command line prints."""
PROBLEM = {
    "description": "A problem.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemShown"}}},
}
REFERENCE = "#/components/schemas/{model}"


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = description(app)
        return app.openapi_schema

    return openapi


def description(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (JobAsked, ProblemShown):
        shape = model.model_json_schema(ref_template=REFERENCE)
        schemas |= shape.pop("$defs", {})
        schemas[model.__name__] = shape
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = PROBLEM
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    return made
