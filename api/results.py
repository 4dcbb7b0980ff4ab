"""What is downloaded of a job: the archive of its outputs, and its report, file by file, so that memory stays flat."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import IO

from transpile import __version__
from transpile.api.jobs import FileDetail, Job, JobStore
from transpile.api.jobs.model import Json
from transpile.core.verdict import WORDS
from transpile.core.yields import COUNTS
from transpile.report import REPORT_VERSION

PAGE = 100
SPOOLED = 4 << 20
CHUNK = 64 << 10


def details(store: JobStore, job: Job) -> Iterator[FileDetail]:
    """The files of a job, one at a time."""
    cursor: str | None = None
    while True:
        page = store.files(job.id, cursor, PAGE)
        for item in page.items:
            yield store.file(job.id, item.number)
        cursor = page.next
        if cursor is None:
            return


def file_row(job: Job, detail: FileDetail, graph: bool = False) -> Json:
    """A row of ``report.json``; of files without a result one that says so. ``graph`` adds blocks' successors."""
    if detail.row is None or "functions" not in detail.row:
        return _row_without_result(job, detail)
    if not graph:
        return detail.row
    following = {(place["function"], place["label"]): place["successors"] for place in detail.layout}
    functions = [
        {
            **function,
            "blocks": [
                {**block, "successors": following.get((function["name"], block["label"]), [])}
                for block in function["blocks"]
            ],
        }
        for function in detail.row["functions"]
    ]
    return {**detail.row, "functions": functions}


def _row_without_result(job: Job, detail: FileDetail) -> Json:
    item = detail.item
    said = f"the file is {item.state}" + (f": {item.trouble}" if item.trouble else "")
    missing = {"severity": "error", "message": said, "hint": "", "line": 0, "column": 0}
    return {
        "file": item.name,
        "target": job.to,
        "meets": False,
        "verdicts": dict.fromkeys(WORDS, 0),
        "yields": [],
        "diagnostics": list(item.diagnostics) or [missing],
        "functions": [],
    }


def report_pieces(store: JobStore, job: Job) -> Iterator[bytes]:
    """``report.json`` of a whole job, as it is written."""
    sums = _Sums()
    yield f'{{"version":{REPORT_VERSION},"tool":{{"name":"transpile","version":"{__version__}"}},"files":['.encode()
    for position, detail in enumerate(details(store, job)):
        row = file_row(job, detail)
        sums.add(row)
        yield (b"," if position else b"") + json.dumps(row, separators=(",", ":")).encode()
    yield b"]," + json.dumps(sums.rows(job), separators=(",", ":")).encode()[1:]


def report_record(store: JobStore, job: Job) -> Json:
    """The same as one value, with the successors of blocks, for the page."""
    sums = _Sums()
    rows = []
    for detail in details(store, job):
        rows.append(file_row(job, detail, graph=True))
        sums.add(rows[-1])
    tool = {"name": "transpile", "version": __version__}
    return {"version": REPORT_VERSION, "tool": tool, "files": rows, **sums.rows(job)}


class _Sums:
    """What a report says of all its files together."""

    def __init__(self) -> None:
        self._verdicts: Counter[str] = Counter()
        self._yields: dict[tuple[str, str], Counter[str]] = {}
        self._meets = True

    def add(self, row: Json) -> None:
        self._verdicts.update(row["verdicts"])
        self._meets = self._meets and row["meets"]
        for one in row["yields"]:
            counts = self._yields.setdefault((one["proposer"], one["step"]), Counter())
            counts.update({name: one[name] for name in COUNTS if name in one})

    def rows(self, job: Job) -> Json:
        yields = [{"proposer": proposer, "step": step, **counts} for (proposer, step), counts in self._yields.items()]
        return {
            "require": job.options.get("require", "tested"),
            "meets": self._meets,
            "verdicts": {word: self._verdicts[word] for word in WORDS},
            "yields": yields,
        }


def archive_pieces(store: JobStore, job: Job) -> Iterator[bytes]:
    """``result.tar.gz``: every output under its path, and ``report.json``. The same job gives the same bytes."""
    sink = _Sink()
    names = _Paths()
    with (
        tempfile.SpooledTemporaryFile(SPOOLED) as report,
        gzip.GzipFile("", "wb", fileobj=sink, mtime=job.created) as packed,
        tarfile.open(fileobj=packed, mode="w|", bufsize=CHUNK) as archive,
    ):
        report.writelines(report_pieces(store, job))
        size = report.tell()
        report.seek(0)
        _add(archive, names.place("report.json", b"", "") or "", report, size, job)
        for detail in details(store, job):
            for path, content in detail.outputs.items():
                name = names.place(path, content, str(detail.item.number))
                if name is not None:
                    _add(archive, name, io.BytesIO(content), len(content), job)
            yield sink.taken()
    yield sink.taken()


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, job: Job) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mtime = int(job.created)
    archive.addfile(entry, content)


class _Sink(io.BytesIO):
    """A file to write to, which gives away what was written."""

    def taken(self) -> bytes:
        taken = self.getvalue()
        self.seek(0)
        self.truncate()
        return taken


class _Paths:
    """Outputs of several files may have one path: the same content is written once, another under a folder."""

    def __init__(self) -> None:
        self._taken: dict[str, bytes] = {}

    def place(self, path: str, content: bytes, folder: str) -> str | None:
        """Where to write; None where that content is there already."""
        digest = hashlib.sha256(content).digest()
        known = self._taken.setdefault(path, digest)
        if known is digest:
            return path
        return None if known == digest else self.place(f"{folder}/{path}", content, folder)
