"""``POST /v1/jobs`` and ``POST /v1/translations``: what is sent in, checked before it is kept or begun."""

from __future__ import annotations

import tempfile
import time
from typing import IO, Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from transpile.api.access import Serving, Writer
from transpile.api.archives import SPOOLED, Member, unpack
from transpile.api.asking import checked_asked
from transpile.api.forms import JOB_BODIES
from transpile.api.jobs import IdempotencyConflict, Lost, Made, Refused
from transpile.api.jobs.model import Json
from transpile.api.problems import ErrorRow, Problem
from transpile.api.schema import JobShown, TranslationAsked, TranslationShown, WebhookAsked
from transpile.api.service import Caller, Service
from transpile.api.shown import job_shown, translation_shown
from transpile.api.taking import Batch, bounded, from_json, from_members, invalid, text_bytes, webhook_of
from transpile.directions import Asked, Unit

ARCHIVES = ("application/gzip", "application/x-gzip", "application/x-tar", "application/zip")
FIELDS = ("to", "options", "webhook_url", "webhook_secret")
MOST_FIELDS = 16

ROUTER = APIRouter(tags=["submit"])


@ROUTER.post("/v1/jobs", status_code=202, response_model=JobShown, openapi_extra=JOB_BODIES)
async def submit_job(
    request: Request,
    service: Serving,
    caller: Writer,
    to: Annotated[str, Query(max_length=40, description="The target, for an archive.")] = "",
    options: Annotated[str, Query(max_length=20_000, description="JSON, for an archive.")] = "",
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=255, description="The same key and body give the same job.")
    ] = None,
) -> Response:
    """Submit a batch: JSON, a form with files, or a tar, tar.gz or zip of sources as the body.

    Of forms and archives, files that can be translated to the target are; the others are their companions.
    """
    match media_type(request):
        case "application/json":
            batch = await run_in_threadpool(from_json, await request.body())
        case "multipart/form-data":
            batch = await from_form(request, service)
        case media if media in ARCHIVES:
            batch = from_members(to, options, await archived(request, service))
        case _:
            raise Problem("media-type", "Send JSON, multipart/form-data, or a tar, tar.gz or zip.")
    return await to_thread.run_sync(take, service, caller, batch, idempotency_key, limiter=service.writers)


def take(service: Service, caller: Caller, batch: Batch, idempotency_key: str | None) -> Response:
    plain = bounded(batch, service.settings.limits)
    checked_asked(Asked(plain.to, plain.options), service)
    try:
        submitted = service.submit(plain.job(caller.id, idempotency_key), caller)
    except IdempotencyConflict as conflict:
        raise Problem("idempotency", conflict.message) from conflict
    shown = job_shown(submitted.job)
    return JSONResponse(shown, 202, {"Location": shown["links"]["self"]})


async def from_form(request: Request, service: Service) -> Batch:
    most = service.settings.limits.archive_members
    try:
        async with request.form(max_files=most, max_fields=MOST_FIELDS) as form:
            words = {name: field_of(form, name) for name in FIELDS}
            members = [Member(file.filename or "", await file.read()) for file in files_of(form)]
    except MultiPartException as error:
        raise Problem("bad-request", error.message) from error
    except UnicodeError as error:
        raise Problem("bad-request", "The form is not in its charset.") from error
    hook = webhook_from(words["webhook_url"], words["webhook_secret"])
    return from_members(words["to"], words["options"], members, webhook_of(hook))


def webhook_from(url: str, secret: str) -> WebhookAsked | None:
    if not url:
        return None
    if not 16 <= len(secret) <= 200 or len(url) > 2000:
        raise invalid("webhook_secret", "must have between 16 and 200 characters")
    return WebhookAsked(url=url, secret=secret)


def unpacked(body: IO[bytes], size: int, service: Service) -> list[Member]:
    return unpack(body, size, service.settings.limits)


def field_of(form: FormData, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str):
        raise invalid(name, "must be a field, not a file")
    return value


def files_of(form: FormData) -> list[UploadFile]:
    """Raises Problem for fields that are none of ours: a misspelt one would be passed over in silence."""
    files = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.append(value)
        elif name not in FIELDS:
            raise invalid(name, f"is not a field of this form; there are files, {', '.join(FIELDS)}")
    return files


async def archived(request: Request, service: Service) -> list[Member]:
    with tempfile.SpooledTemporaryFile(SPOOLED) as body:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            body.write(piece)
        body.seek(0)
        return await to_thread.run_sync(unpacked, body, size, service, limiter=service.unpackers)


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


@ROUTER.post("/v1/translations", response_model=TranslationShown)
async def translate_small(asked: TranslationAsked, service: Serving, caller: Writer) -> Response:
    """Translate one small file and wait for it. Nothing of it is kept but proofs."""
    return await to_thread.run_sync(translated, asked, service, limiter=service.waiters)


def translated(asked: TranslationAsked, service: Service) -> Response:
    limits = service.settings.limits
    unit = unit_of(asked, service)
    wanted = Asked(asked.to, asked.options)
    checked_asked(wanted, service)
    started = time.perf_counter()
    outcome = service.translator(unit, wanted, limits.small_seconds)
    service.metrics.translations.labels(asked.to).observe(time.perf_counter() - started)
    match outcome:
        case Made():
            return JSONResponse(translation_shown(asked.to, outcome))
        case Refused(diagnostics=rows):
            raise Problem("source", rows[0]["message"], [refused_row(unit.name, row) for row in rows])
        case Lost(reason=reason):
            raise Problem("internal", f"The translation was lost: {reason}")


def unit_of(asked: TranslationAsked, service: Service) -> Unit:
    """The unit within the limits of small ones; raises Problem."""
    companions = {name: text_bytes(name, text) for name, text in asked.companions.items()}
    one = Batch(asked.to, (Member(asked.name, text_bytes(asked.name, asked.source)),), companions)
    plain = bounded(one, service.settings.limits)
    [main] = plain.files
    total = len(main.content) + sum(map(len, plain.companions.values()))
    if total > service.settings.limits.small_bytes:
        most = service.settings.limits.small_bytes
        raise Problem("limit", f"Source and companions have {total} bytes; {most} are allowed. Submit them as a job.")
    return Unit(main.name, main.content, plain.companions)


def refused_row(name: str, row: Json) -> ErrorRow:
    """A diagnostic of ``report.json`` with the file it is about."""
    return {
        "file": row.get("file") or name,
        "line": row["line"],
        "column": row["column"],
        "severity": row["severity"],
        "message": row["message"],
        "hint": row["hint"],
    }
