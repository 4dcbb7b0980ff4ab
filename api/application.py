"""The application: its routes, what stands before them, and how everything that goes wrong becomes a problem."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import TypeAlias

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Scope

from transpile import __version__
from transpile.api import web
from transpile.api.guard import Guard, Rules
from transpile.api.jobs import BadCursor, StoreUnavailable
from transpile.api.openapi import DESCRIPTION, described
from transpile.api.problems import Problem, problem_of
from transpile.api.routes import following, operating, reading, results, submitting
from transpile.api.service import READERS, Service
from transpile.api.taking import unreadable
from transpile.errors import TranspileError

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]

REQUESTS = logging.getLogger("transpile.api.requests")
KIND_BY_STATUS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
}


def create_app(service: Service) -> FastAPI:
    """The application over ``service``, whose backend runs as long as the application does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = READERS
        await run_in_threadpool(service.start)
        try:
            yield
        finally:
            await run_in_threadpool(service.stop)

    app = routed(lifespan, service.settings.tracing)
    app.state.service = service
    app.router.routes.extend(web.routes())
    rules = Rules(service.settings.limits.body_bytes, service.settings.hosts)
    app.add_middleware(Guard, rules=rules, metrics=service.metrics, audit=logged)
    return app


def routed(lifespan: Lifespan | None = None, tracing: bool = False) -> FastAPI:
    """The routes and what they answer when something goes wrong, with nothing behind them yet.

    ``tracing``: OpenTelemetry, configured by its own variables (``OTEL_EXPORTER_OTLP_ENDPOINT``).
    """
    app = FastAPI(
        title="transpile",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": tracing, "metrics": False, "logs": False, "auto_configure": tracing},
    )
    for router in (submitting, reading, following, results, operating):
        app.include_router(router.ROUTER)
    app.openapi = described(app)  # type: ignore[method-assign]
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


def logged(scope: Scope, status: int, seconds: float) -> None:
    """One line for each request: who, what, how it ended."""
    address = scope["client"][0] if scope.get("client") else "-"
    path = scope["path"].encode("ascii", "backslashreplace").decode()
    line = "%s %s %s %s %.4fs %s"
    REQUESTS.info(line, address, scope["method"], repr(path), status, seconds, scope["state"]["request_id"])


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response(request.scope)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework raises: routes that are not there, methods they do not have, and answers without a body."""
    assert isinstance(error, HTTPException)
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    kind = KIND_BY_STATUS.get(error.status_code, "bad-request")
    detail = HTTPStatus(error.status_code).phrase + "."
    return Problem(kind, detail, headers=error.headers).response(request.scope)


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return unreadable(error.errors()).response(request.scope)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TranspileError)
    if isinstance(error, StoreUnavailable):
        logging.getLogger("transpile.api").error("%s", error.message)
        waiting = {"Retry-After": "5"}
        return Problem("unavailable", "The database does not answer.", headers=waiting).response(request.scope)
    if isinstance(error, BadCursor):
        return Problem("invalid", error.message).response(request.scope)
    return problem_of(error).response(request.scope)


HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _problem,
    HTTPException: _http,
    RequestValidationError: _unreadable,
    TranspileError: _refused,
}
