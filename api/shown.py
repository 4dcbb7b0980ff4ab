"""What the store keeps, in the shapes that go out."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from transpile.api.jobs import BlockItem, FileDetail, FileItem, Job, Made, Page
from transpile.api.jobs.model import Json


def time_shown(seconds: float | None) -> str | None:
    """RFC 3339, in UTC, to the millisecond."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def job_shown(job: Job) -> Json:
    own = f"/v1/jobs/{job.id}"
    return {
        "id": job.id,
        "state": job.state,
        "to": job.to,
        "options": job.options,
        "created": time_shown(job.created),
        "started": time_shown(job.started),
        "ended": time_shown(job.ended),
        "files": dict(job.files),
        "verdicts": dict(job.verdicts),
        "meets": job.meets,
        "links": {
            "self": own,
            "files": f"{own}/files",
            "blocks": f"{own}/blocks",
            "events": f"{own}/events",
            "result": f"{own}/result.tar.gz",
            "report": f"{own}/report.html",
        },
    }


def file_shown(item: FileItem) -> Json:
    return {
        "number": item.number,
        "name": item.name,
        "state": item.state,
        "attempts": item.attempts,
        "verdicts": dict(item.verdicts),
        "meets": item.meets,
        "diagnostics": list(item.diagnostics),
        "outputs": list(item.outputs),
        "reused": item.reused,
        "trouble": item.trouble,
    }


def file_whole(detail: FileDetail) -> Json:
    main = next(iter(detail.outputs.values()), b"")
    return {
        **file_shown(detail.item),
        **text_fields("source", detail.source),
        **text_fields("text", main),
        "layout": detail.layout,
    }


def text_fields(name: str, content: bytes) -> Json:
    """Text as it is; what is not UTF-8 also as base64."""
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        encoded = base64.b64encode(content).decode()
        return {name: content.decode(errors="replace"), f"{name}_base64": encoded}


def block_shown(item: BlockItem, history: bool = True) -> Json:
    row = item.row if history else {**item.row, "history": []}
    return {"id": item.id, "file": item.file, "name": item.name, "function": item.function, **row}


def page_shown(page: Page[Any], rows: list[Json]) -> Json:
    return {"items": rows, "next": page.next}


def translation_shown(to: str, made: Made) -> Json:
    """The answer to one small file. The main output is the first."""
    files = {name: content.decode(errors="replace") for name, content in made.outputs.items()}
    return {
        "file": made.row["file"],
        "to": to,
        "meets": made.row["meets"],
        "verdicts": made.row["verdicts"],
        "diagnostics": made.row["diagnostics"],
        "text": next(iter(files.values()), ""),
        "files": files,
        "functions": made.row["functions"],
        "layout": made.layout,
    }
