"""A server with the service's shapes and real translations, for tests of the page alone.

Blocks are told one after the other, so that a test can look at a translation that runs.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import transpile
from transpile.api.web import routes
from transpile.directions import DIRECTIONS
from transpile.directions.asking import KNOWN
from transpile.errors import TranspileError
from transpile.options import Options
from transpile.report import diagnostic_row, file_row
from transpile.translation import Translation

Json = dict[str, Any]
CAPABILITIES = {
    "version": "0",
    "directions": [
        {"to": to, "from": suffixes, "native": False, "available": to != "cuda", "reason": "no compiler"}
        for to, suffixes in {"riscv": [".s", ".S"], "aarch64": [".s", ".S"], "cuda": [".c"], "python": [".cob"]}.items()
    ],
    "options": {to: {name: kind.said for name, kind in KNOWN[to].items()} for to in DIRECTIONS},
    "models": ["none", "embedded"],
}


@dataclass(slots=True)
class FakeJob:
    """One file, translated when it was submitted, and how much of it was told."""

    id: str
    to: str
    name: str
    source: str
    options: Json
    blocks: list[Json] = field(default_factory=list)
    diagnostics: list[Json] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    text: str = ""
    told: int = 0

    @property
    def ended(self) -> bool:
        return self.told >= len(self.blocks)

    def row(self) -> Json:
        state = "done" if self.ended else "running"
        return {"id": self.id, "state": state, "to": self.to, "options": self.options, "verdicts": self.verdicts}

    def file(self) -> Json:
        outputs = [f"out/{self.name}"] if self.text and self.ended else []
        return {
            "number": 0,
            "name": self.name,
            "state": "done" if self.ended else "running",
            "verdicts": self.verdicts,
            "diagnostics": self.diagnostics,
            "outputs": outputs,
            "source": self.source,
            "text": self.text if self.ended else None,
        }


@cache
def translation_of(source: str, to: str, name: str) -> Translation:
    return transpile.translate(source, to, file=name, options=Options(jobs=1, lm="none", rlimit=2_000_000))


def translated(job: FakeJob) -> FakeJob:
    try:
        translation = translation_of(job.source, job.to, job.name)
    except TranspileError as error:
        job.diagnostics = [diagnostic_row(one) for one in error.diagnostics]
        job.verdicts = dict.fromkeys(("proved", "tested", "refuted", "undecided"), 0)
        return job
    row = file_row(translation, "tested")
    job.text, job.verdicts, job.diagnostics = translation.text, row["verdicts"], row["diagnostics"]
    rows = [block | {"function": one["name"]} for one in row["functions"] for block in one["blocks"]]
    lines = [" ".join(line.split()) for line in translation.text.splitlines()]
    job.blocks = [
        {"id": f"0.{index}", "file": 0, "name": job.name, **block}
        | {"target_lines": place(block, lines), "successors": edges(rows, index)}
        for index, block in enumerate(rows)
    ]
    return job


def place(block: Json, lines: list[str]) -> list[int] | None:
    """Where a block stands in the text."""
    wanted = [" ".join(line.split()) for line in block["target"]]
    starts = (at for at in range(len(lines)) if lines[at : at + len(wanted)] == wanted)
    return next(([at + 1, at + len(wanted)] for at in starts), None) if wanted else None


def edges(rows: list[Json], index: int) -> list[str]:
    """Where an x86 block goes: the label of its last jump, and the next block of its function."""
    last = rows[index]["source"][-1].split() if rows[index]["source"] else [""]
    found = [last[1]] if re.fullmatch(r"j\w+", last[0]) and len(last) == 2 else []
    after = rows[index + 1 : index + 2]
    if last[0] not in ("jmp", "ret") and after and after[0]["function"] == rows[index]["function"]:
        found.append(after[0]["label"])
    return found


class Fake:
    """The application, and what tests may set: ``held`` stops telling after so many blocks until it is None."""

    def __init__(self) -> None:
        self.reset()
        own = [
            Route("/v1/capabilities", self.capabilities),
            Route("/v1/jobs", self.submit, methods=["POST"]),
            Route("/v1/jobs/{id}", self.job),
            Route("/v1/jobs/{id}/files", self.files),
            Route("/v1/jobs/{id}/files/{number:int}", self.file),
            Route("/v1/jobs/{id}/blocks", self.blocks),
            Route("/v1/jobs/{id}/blocks/{block}", self.block),
            Route("/v1/jobs/{id}/events", self.events),
            Route("/v1/jobs/{id}/outputs/{path:path}", self.output),
        ]
        self.app = Starlette(routes=[*routes(), *own])

    def reset(self) -> None:
        self.jobs: dict[str, FakeJob] = {}
        self.numbers: Iterator[int] = count(1)
        self.held: int | None = None
        self.drops = 0
        self.key = ""
        self.asked: list[Json] = []

    async def capabilities(self, request: Request) -> Response:
        if self.key and request.headers.get("x-api-key") != self.key:
            problem = {"type": "about:blank", "title": "An API key is needed", "status": 401, "detail": "Send a key."}
            return JSONResponse(problem, 401, media_type="application/problem+json")
        return JSONResponse(CAPABILITIES)

    async def submit(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        [file] = body["files"]
        job = FakeJob(f"job-{next(self.numbers)}", body["to"], file["name"], file["source"], body["options"])
        self.jobs[job.id] = await asyncio.to_thread(translated, job)
        return JSONResponse(job.row(), 202, {"Location": f"/v1/jobs/{job.id}"})

    def found(self, request: Request) -> FakeJob:
        return self.jobs[request.path_params["id"]]

    async def job(self, request: Request) -> Response:
        if request.path_params["id"] not in self.jobs:
            problem = {"title": "Not found", "status": 404, "detail": "There is no such job."}
            return JSONResponse(problem, 404, media_type="application/problem+json")
        return JSONResponse(self.found(request).row())

    async def files(self, request: Request) -> Response:
        return JSONResponse({"items": [self.found(request).file()], "next": None})

    async def file(self, request: Request) -> Response:
        return JSONResponse(self.found(request).file())

    async def blocks(self, request: Request) -> Response:
        """In pages of fifty."""
        job, start = self.found(request), int(request.query_params.get("cursor", "0"))
        known = job.blocks[: job.told]
        after = str(start + 50) if start + 50 < len(known) else None
        return JSONResponse({"items": [block | {"history": []} for block in known[start : start + 50]], "next": after})

    async def block(self, request: Request) -> Response:
        index = int(request.path_params["block"].split(".")[1])
        return JSONResponse(self.found(request).blocks[index])

    async def output(self, request: Request) -> Response:
        return Response(self.found(request).text, media_type="text/plain")

    async def events(self, request: Request) -> Response:
        last = int(request.headers.get("last-event-id", "0"))
        return StreamingResponse(self.told(self.found(request), last), media_type="text/event-stream")

    async def told(self, job: FakeJob, last: int) -> AsyncIterator[str]:
        """``drops``: how many times the connection ends early."""
        for index, block in enumerate(job.blocks):
            while self.held is not None and index >= self.held:
                await asyncio.sleep(0.02)
            if index < last:
                continue
            if self.drops and index == last + 5:
                self.drops -= 1
                return
            job.told = max(job.told, index + 1)
            at = {"file": 0, "attempt": 1, "name": job.name}
            unknown = ("history", "id", "target_lines", "successors")
            shown = {name: value for name, value in block.items() if name not in unknown}
            yield event(index + 1, "block", at | shown)
            yield event(index + 1, "progress", at | {"done": index + 1, "total": len(job.blocks)})
        yield event(len(job.blocks) + 1, "end", {})


def event(number: int, name: str, data: Json) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n"
