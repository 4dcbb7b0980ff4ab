"""``GET /v1/jobs/{id}/events``: what happens to a job, as server-sent events, from any point on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from transpile.api.access import Readable, Reader, Serving
from transpile.api.jobs import StoreUnavailable
from transpile.api.jobs.model import ENDED
from transpile.api.problems import Problem

MOST = 2**31 - 1
PAGE = 200
SOONEST_S, LATEST_S = 0.05, 1.0
"""Between looks at the store: the longer nothing happens, the longer."""
RETRY_MS = 2000

ROUTER = APIRouter(tags=["jobs"])
After = Annotated[
    int, Header(alias="Last-Event-ID", ge=0, le=MOST, description="The last event that was seen: goes on after it.")
]


async def place_in_line(service: Serving, caller: Reader) -> AsyncIterator[None]:
    """One of the streams that may be open at once; a key may have half of them."""
    streams, most = service.streams, service.settings.limits.streams
    share = max(1, most // 2) if caller.id else most
    if streams.total() >= most or streams[caller.id] >= share:
        raise Problem("unavailable", "As many event streams are open as may be.", headers={"Retry-After": "5"})
    streams[caller.id] += 1
    service.metrics.streams.inc()
    try:
        yield
    finally:
        service.metrics.streams.dec()
        streams[caller.id] -= 1
        if not streams[caller.id]:
            del streams[caller.id]


async def first_event(job: Readable, after: After = 0) -> int:
    """Where to begin. After the end there is nothing to come, which 204 tells clients, so that they stop asking."""
    if job.state in ENDED and after >= job.sequence:
        raise HTTPException(204)
    return after


@ROUTER.get(
    "/v1/jobs/{id}/events",
    response_class=EventSourceResponse,
    dependencies=[Depends(place_in_line)],
    responses={204: {"description": "Everything was seen; nothing more will come."}},
)
async def follow_job(
    job: Readable, service: Serving, after: Annotated[int, Depends(first_event)]
) -> AsyncIterator[ServerSentEvent]:
    """`event` is one of `state`, `file`, `block`, `progress`, `end`; `id` counts from 1; `data` is JSON.

    The last is `end`; with its id as `Last-Event-ID` the answer is 204.
    """
    yield ServerSentEvent(comment="transpile", retry=RETRY_MS)
    wait = SOONEST_S
    while not service.stopping.is_set():
        try:
            events = await run_in_threadpool(service.store.events, job.id, after, PAGE)
        except (KeyError, StoreUnavailable):
            return
        for event in events:
            after = event.sequence
            yield ServerSentEvent(raw_data=event.text, event=event.kind, id=str(after))
            if event.kind == "end":
                return
        wait = SOONEST_S if events else min(wait * 1.5, LATEST_S)
        if len(events) < PAGE:
            await asyncio.sleep(wait)
