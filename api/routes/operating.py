"""Whether the server is well, what it can do, and what it counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from transpile import __version__
from transpile.api.access import Admin, Serving
from transpile.api.jobs import StoreUnavailable
from transpile.api.problems import KINDS, Problem
from transpile.api.schema import Capabilities, Health
from transpile.directions import DIRECTIONS, NATIVE
from transpile.directions.asking import KNOWN
from transpile.directions.guessing import SUFFIXES

ROUTER = APIRouter(tags=["operate"])


@ROUTER.get("/healthz", response_model=Health)
async def health() -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@ROUTER.get("/readyz", response_model=Health)
def readiness(service: Serving) -> Response:
    """The database answers, and the work of jobs goes on."""
    try:
        ready = service.ready()
    except StoreUnavailable as error:
        raise Problem("unavailable", "The database does not answer.") from error
    if not ready:
        raise Problem("unavailable", "The server is starting or stopping.")
    return JSONResponse({"status": "ok"})


@ROUTER.get("/metrics", response_class=PlainTextResponse)
def metrics(service: Serving, caller: Admin) -> Response:
    """For Prometheus."""
    return Response(service.metrics.text(), media_type="text/plain; version=1.0.0; charset=utf-8")


@ROUTER.get("/v1/capabilities", response_model=Capabilities)
def capabilities(service: Serving) -> Response:
    """Directions, their options, the limits; needs no key."""
    directions = [
        {
            "to": to,
            "from": list(SUFFIXES[to]),
            "native": to in NATIVE,
            "available": not service.unavailable(to),
            "reason": service.unavailable(to),
        }
        for to in DIRECTIONS
    ]
    return JSONResponse(
        {
            "version": __version__,
            "directions": directions,
            "options": {to: {name: kind.said for name, kind in KNOWN[to].items()} for to in DIRECTIONS},
            "limits": service.settings.limits.rows(),
            "models": list(service.settings.models),
            "sandbox": service.sandbox,
            "open": service.open,
        }
    )


@ROUTER.get("/problems/{kind}", response_class=PlainTextResponse)
async def explain_problem(kind: Annotated[str, Path(max_length=40)]) -> Response:
    """What a problem's `type` means."""
    if kind not in KINDS:
        raise Problem("not-found", f"There is no kind of problem '{kind}'.")
    row = KINDS[kind]
    return PlainTextResponse(f"{row.status} {row.title}\n\n{row.meaning}\n")
