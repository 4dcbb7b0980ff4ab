"""What every request passes before it is looked at, and every response on its way out.

A body is counted as it comes and refused once it is too long or too slow; a server that is open to its own machine
takes requests for its own names only; no page of another site can change anything; every response has a request id
and the headers that keep a browser from doing more than showing it. Faults end as a problem, never as a stack trace.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transpile.api.metrics import Metrics
from transpile.api.problems import KIND_HEADER, Problem

LOG = logging.getLogger("transpile.api")
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is no page; pages bring their own."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SAFE = ("GET", "HEAD", "OPTIONS")
METHODS = frozenset({*SAFE, "POST", "PUT", "PATCH", "DELETE"})
"""That are counted by name: a client may invent any number of others."""
BODY_SECONDS = 60.0
READ_SECONDS = 60.0
BODIES_AT_ONCE = 8
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Rules:
    """``hosts``: the names that a request may be for; empty lets every name through. ``read_seconds``: how long a
    client may let a piece of the answer lie. Of bodies of full length, ``bodies`` may be held at once."""

    body_bytes: int
    hosts: frozenset[str] = frozenset()
    body_seconds: float = BODY_SECONDS
    read_seconds: float = READ_SECONDS
    bodies: int = BODIES_AT_ONCE


Audit: TypeAlias = Callable[[Scope, int, float], None]
"""Told the request, the status of its answer, and the seconds it took."""


class Stalled(Exception):
    """The client does not read its answer."""


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, rules: Rules, metrics: Metrics, audit: Callable[[Scope, int, float], None]
    ) -> None:
        self._app = app
        self._rules = rules
        self._metrics = metrics
        self._audit = audit
        self._held = Held(rules.bodies * rules.body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = request_id(scope)
        scope.setdefault("state", {})["request_id"] = identity
        started = time.perf_counter()
        answer = _Answer(send, scope, self._rules.read_seconds)
        body = _Body(receive, self._rules, self._held)
        try:
            self._refuse(scope)
            await self._app(scope, body.receive, answer.send)
        except Stalled:
            LOG.warning("request %s: the client does not read the answer", identity)
        except Problem as problem:
            await answer.problem(problem, scope, receive)
        except Exception:
            LOG.exception("request %s: %s %s", identity, scope["method"], scope["path"])
            await answer.problem(Problem("internal", "The request could not be answered."), scope, receive)
        finally:
            body.release()
            self._record(scope, answer, time.perf_counter() - started)

    def _refuse(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._rules.hosts and host_name(host) not in self._rules.hosts:
            raise Problem("forbidden", "This server does not answer for that host name. See serve --allowed-host.")
        origin = headers.get("origin")
        if scope["method"] not in SAFE and origin is not None and site_of(origin) != host.lower():
            raise Problem("forbidden", "A page of another site sent this request.")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > self._rules.body_bytes):
            raise too_large(self._rules.body_bytes)

    def _record(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method, route, str(answer.status)).inc()
        self._metrics.latency.labels(method, route).observe(seconds)
        if answer.kind:
            self._metrics.refused.labels(answer.kind).inc()
        self._audit(scope, answer.status, seconds)


def too_large(most: int) -> Problem:
    return Problem("too-large", f"The body is longer than {most} bytes.")


def request_id(scope: Scope) -> str:
    """The client's own, when it has the form of one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def site_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def host_name(host: str) -> str:
    """``[::1]:8000`` is ``::1``."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


@dataclass(slots=True)
class Held:
    """Bytes of the bodies of all requests that are being answered."""

    most: int
    now: int = 0


class _Body:
    """Counts a request's body. After its end, messages pass as they are: they tell that the client has gone."""

    def __init__(self, receive: Receive, rules: Rules, held: Held) -> None:
        self._receive = receive
        self._rules = rules
        self._held = held
        self._counted = 0
        self._ended = False
        self._deadline = time.monotonic() + rules.body_seconds

    async def receive(self) -> Message:
        if self._ended:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(self._deadline - time.monotonic(), 0.0))
        except TimeoutError as error:
            raise Problem("too-slow", "The body did not come in time.") from error
        size = len(message.get("body", b""))
        self._counted += size
        self._held.now += size
        if self._counted > self._rules.body_bytes:
            raise too_large(self._rules.body_bytes)
        if self._held.now > self._held.most:
            raise Problem("unavailable", "Other requests fill the memory.", headers={"Retry-After": "5"})
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def release(self) -> None:
        """The request is answered."""
        self._held.now -= self._counted
        self._counted = 0


class _Answer:
    """Sends a response with the headers that all of them have, and remembers what was sent."""

    def __init__(self, send: Send, scope: Scope, seconds: float) -> None:
        self._send = send
        self._seconds = seconds
        self._state = scope["state"]
        self._started = False
        self.status = 0
        self.kind = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.update(self._state.get("headers", {}))
            headers["X-Request-ID"] = self._state["request_id"]
            kind = headers.get(KIND_HEADER)
            if kind:
                self.kind = kind
                del headers[KIND_HEADER]
        try:
            async with asyncio.timeout(self._seconds):
                await self._send(message)
        except TimeoutError as error:
            raise Stalled from error

    async def problem(self, problem: Problem, scope: Scope, receive: Receive) -> None:
        """A response that has begun can only be cut off."""
        if self._started:
            raise ConnectionAbortedError("the response ended early") from problem
        await problem.response(scope)(scope, receive, self.send)
