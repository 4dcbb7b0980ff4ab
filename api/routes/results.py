"""What is downloaded of a job: its archive, its report in three forms, single outputs."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from transpile import html
from transpile.api.access import Readable, Serving
from transpile.api.jobs import Job
from transpile.api.jobs.model import ENDED
from transpile.api.problems import Problem
from transpile.api.results import archive_pieces, report_pieces, report_record

Answers: TypeAlias = dict[str, Any]

ROUTER = APIRouter(tags=["results"])
BINARY: Answers = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
REPORT: Answers = {"content": {"application/json": {"schema": {"type": "object"}}}}
GZIP: Answers = {"content": {"application/gzip": {"schema": {"type": "string", "format": "binary"}}}}


def ended(job: Job) -> Job:
    if job.state not in ENDED:
        raise Problem("not-finished", f"The job is {job.state}.", headers={"Retry-After": "2"})
    return job


@ROUTER.get("/v1/jobs/{id}/result.tar.gz", response_class=StreamingResponse, responses={200: GZIP})
def download_result(job: Readable, service: Serving) -> Response:
    """All outputs of a job that has ended, and `report.json`."""
    name = f'attachment; filename="transpile-{job.id}.tar.gz"'
    pieces = archive_pieces(service.store, ended(job))
    return StreamingResponse(pieces, media_type="application/gzip", headers={"Content-Disposition": name})


@ROUTER.get("/v1/jobs/{id}/report.json", response_class=StreamingResponse, responses={200: REPORT})
def download_report(job: Readable, service: Serving) -> Response:
    """The same report that `transpile --report` writes."""
    return StreamingResponse(report_pieces(service.store, ended(job)), media_type="application/json")


@ROUTER.get("/v1/jobs/{id}/report.html", response_class=HTMLResponse)
def show_report(job: Readable, service: Serving) -> Response:
    """The same page that `transpile --html` writes; it needs nothing but itself."""
    most = service.settings.limits.blocks
    if sum(ended(job).verdicts.values()) > most:
        raise Problem("limit", f"The job has more than {most} blocks: read report.json, or the blocks in pages.")
    policy = f"{html.POLICY}; frame-ancestors 'none'; sandbox allow-scripts"
    return HTMLResponse(html.document(report_record(service.store, job)), headers={"Content-Security-Policy": policy})


@ROUTER.get("/v1/jobs/{id}/outputs/{path:path}", response_class=Response, responses={200: BINARY})
def download_output(job: Readable, service: Serving, path: Annotated[str, Path(max_length=2000)]) -> Response:
    """One output by its path, as `outputs` of the file lists it."""
    try:
        content = service.store.output(job.id, path) if path.isprintable() else None
    except KeyError:
        content = None
    if content is None:
        raise Problem("not-found", "The job has no such output.")
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})
