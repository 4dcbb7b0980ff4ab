"""What went wrong, as RFC 9457 ``application/problem+json``: one row of ``KINDS`` for each kind of problem.

``errors`` are the same diagnostics that the command line prints, with the same positions. Nothing of this machine, no
path, no stack trace and no text of an exception that is not ours gets out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Scope

from transpile.errors import Diagnostic, ToolError, TranspileError, UsageError, printable

MEDIA_TYPE = "application/problem+json"
KIND_HEADER = "X-Problem-Kind"
"""Tells the guard which kind a response is of; it goes no further."""
LONGEST = 2000
MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str
    meaning: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "The request cannot be read", "The body or a parameter is not of the form it must have."),
    "unauthorized": Kind(401, "An API key is needed", "Send X-API-Key or Authorization: Bearer with a key that works."),
    "forbidden": Kind(403, "Not allowed", "The key lacks the scope, or a page of another site sent the request."),
    "not-found": Kind(404, "Not found", "There is no such thing, or it belongs to another key."),
    "method-not-allowed": Kind(405, "Method not allowed", "The Allow header names the methods that are."),
    "too-slow": Kind(408, "Too slow", "The body did not come in time."),
    "not-finished": Kind(409, "The job has not ended", "Results are there once the job is done, failed or cancelled."),
    "too-large": Kind(413, "Too large", "The body is larger than /v1/capabilities says it may be."),
    "media-type": Kind(415, "Media type not supported", "Send JSON, multipart/form-data, or a tar, tar.gz or zip."),
    "invalid": Kind(422, "The request makes no sense", "A field is missing, unknown, or has a value it cannot have."),
    "idempotency": Kind(422, "The Idempotency-Key was used before", "The same key came with another body."),
    "source": Kind(422, "The input is wrong", "errors tells each place in the files."),
    "archive": Kind(422, "The archive is refused", "errors names the member."),
    "limit": Kind(422, "More than is allowed", "/v1/capabilities lists the limits."),
    "rate": Kind(429, "Too many requests", "Wait as long as Retry-After says."),
    "quota": Kind(429, "Too many jobs", "The key has as many queued and running jobs as it may have."),
    "internal": Kind(500, "A fault of this program", "The instance names the request; the server's log has the rest."),
    "tool": Kind(503, "Not possible on this machine", "A tool or a sandbox is missing here."),
    "unavailable": Kind(503, "Not now", "The server is starting, stopping, or its database does not answer."),
    "timeout": Kind(504, "Out of time", "The translation took longer than it may. Submit it as a job."),
}


class ErrorRow(TypedDict, total=False):
    file: str
    line: int
    column: int
    severity: str
    message: str
    hint: str


class ProblemBody(TypedDict, total=False):
    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ErrorRow]


class Problem(HTTPException):
    """Ends a request with a problem of ``kind``, a row of ``KINDS``."""

    def __init__(
        self,
        kind: str,
        detail: str,
        errors: Sequence[ErrorRow] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(KINDS[kind].status, clean(detail), dict(headers or {}))
        self.kind = kind
        self.errors = tuple(errors)

    def body(self, instance: str) -> ProblemBody:
        row = KINDS[self.kind]
        return {
            "type": f"/problems/{self.kind}",
            "title": row.title,
            "status": row.status,
            "detail": self.detail,
            "instance": instance,
            "errors": list(self.errors[:MOST_ERRORS]),
        }

    def response(self, scope: Scope) -> JSONResponse:
        """``instance`` is the request's id, which is also in the log and in ``X-Request-ID``."""
        headers = {**(self.headers or {}), KIND_HEADER: self.kind, "Cache-Control": "no-store"}
        body = self.body(f"/requests/{scope['state']['request_id']}")
        return JSONResponse(body, self.status_code, headers, media_type=MEDIA_TYPE)


def problem_of(error: TranspileError) -> Problem:
    """What the command line would print, as a problem."""
    rows = [error_row(diagnostic) for diagnostic in error.diagnostics]
    match error:
        case UsageError():
            return Problem("invalid", error.message, rows)
        case ToolError():
            return Problem("tool", error.message, rows)
        case _:
            return Problem("source", error.message, rows)


def error_row(diagnostic: Diagnostic) -> ErrorRow:
    span = diagnostic.span
    return {
        "file": file_name(span.file) if span else "",
        "line": span.line if span else 0,
        "column": span.column if span else 0,
        "severity": diagnostic.severity,
        "message": clean(diagnostic.message),
        "hint": clean(diagnostic.hint),
    }


def about(file: str, message: str, hint: str = "") -> ErrorRow:
    """An error about a whole file or a member of an archive, or about a field of the request."""
    return error_row(Diagnostic("error", message, None, hint)) | {"file": file_name(file)}


def file_name(text: str) -> str:
    """In one line, as diagnostics print it."""
    return printable(text)[:LONGEST]


def clean(text: str) -> str:
    """Text that any reader can show: no control characters, no undecodable bytes, not too long."""
    shown = "\n".join(map(printable, text.splitlines()))
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"
