"""``GET /v1/jobs…``: what is known of jobs, their files and blocks, in pages."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from transpile.api.access import Changeable, Readable, Reader, Serving, Writer
from transpile.api.jobs import BadCursor
from transpile.api.keys import SCOPES
from transpile.api.problems import Problem
from transpile.api.schema import BlockPage, BlockShown, FilePage, FileWhole, JobPage, JobShown, VerdictWord
from transpile.api.shown import block_shown, file_shown, file_whole, job_shown, page_shown

MOST = 2**31 - 1
ROUTER = APIRouter(tags=["jobs"])
Cursor = Annotated[str | None, Query(max_length=64, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500)]
Number = Annotated[int, Path(ge=0, le=MOST)]


@ROUTER.get("/v1/jobs", response_model=JobPage)
def list_jobs(service: Serving, caller: Reader, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """The key's jobs, the newest first; an admin sees all."""
    owner = None if SCOPES[2] in caller.scopes else caller.id
    page = service.store.jobs(owner, cursor, limit)
    return JSONResponse(page_shown(page, [job_shown(job) for job in page.items]))


@ROUTER.get("/v1/jobs/{id}", response_model=JobShown)
async def show_job(job: Readable) -> Response:
    return JSONResponse(job_shown(job))


@ROUTER.delete("/v1/jobs/{id}", response_model=JobShown)
async def cancel_job(job: Changeable, service: Serving, caller: Writer) -> Response:
    """Cancel: what waits is not begun, what runs is stopped. A job that has ended stays as it is."""
    await to_thread.run_sync(service.cancel, job.id, caller, limiter=service.writers)
    return JSONResponse(job_shown(await run_in_threadpool(service.store.job, job.id)))


@ROUTER.get("/v1/jobs/{id}/files", response_model=FilePage)
def list_files(job: Readable, service: Serving, cursor: Cursor = None, limit: Limit = 100) -> Response:
    page = service.store.files(job.id, cursor, limit)
    return JSONResponse(page_shown(page, [file_shown(item) for item in page.items]))


@ROUTER.get("/v1/jobs/{id}/files/{number}", response_model=FileWhole)
def show_file(job: Readable, service: Serving, number: Number) -> Response:
    """One file with its source and its translation."""
    try:
        return JSONResponse(file_whole(service.store.file(job.id, number)))
    except KeyError:
        raise Problem("not-found", f"The job has no file {number}.") from None


@ROUTER.get("/v1/jobs/{id}/blocks", response_model=BlockPage)
def list_blocks(
    job: Readable,
    service: Serving,
    cursor: Cursor = None,
    limit: Limit = 100,
    verdict: VerdictWord | None = None,
    file: Annotated[int | None, Query(ge=0, le=MOST, description="A file's number.")] = None,
) -> Response:
    """Blocks in the order of the files, without their history."""
    page = service.store.blocks(job.id, cursor, limit, verdict, file)
    return JSONResponse(page_shown(page, [block_shown(item, history=False) for item in page.items]))


@ROUTER.get("/v1/jobs/{id}/blocks/{block}", response_model=BlockShown)
def show_block(job: Readable, service: Serving, block: Annotated[str, Path(max_length=32)]) -> Response:
    """One block with its history: every candidate that was tried and what was said of it."""
    try:
        return JSONResponse(block_shown(service.store.block(job.id, block)))
    except (KeyError, BadCursor):
        raise Problem("not-found", f"The job has no block '{block}'.") from None
