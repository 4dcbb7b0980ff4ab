"""What the store of jobs takes and gives.

A file ends as ``done`` (it was translated, whatever the verdicts), ``failed`` (its text is refused; the diagnostics say
why), ``parked`` (work on it was lost or failed too often), or ``cancelled``. A job is ``done`` when all of its files
have ended and at least one was translated, else ``failed``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeAlias, TypeVar

Json: TypeAlias = dict[str, Any]
"""A JSON object of another room's making."""
JobState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
FileState: TypeAlias = Literal["queued", "running", "done", "failed", "parked", "cancelled"]
EventKind: TypeAlias = Literal["state", "file", "block", "progress", "end"]

FILE_STATES: tuple[FileState, ...] = ("queued", "running", "done", "failed", "parked", "cancelled")
ENDED: frozenset[str] = frozenset({"done", "failed", "cancelled"})
"""States that a job stays in."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewFile:
    name: str
    source: bytes


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class NewJob:
    """What someone asks for. ``owner`` is the id of an API key; empty where there are none."""

    to: str
    files: tuple[NewFile, ...]
    companions: Mapping[str, bytes] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    owner: str = ""
    webhook: Webhook | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Times are seconds since 1970. ``files`` counts by state, with ``total``; ``meets`` is None until the end."""

    id: str
    owner: str
    state: JobState
    to: str
    options: Json
    created: float
    started: float | None
    ended: float | None
    files: Mapping[str, int]
    verdicts: Mapping[str, int]
    meets: bool | None
    sequence: int
    """Of its newest event."""
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """``created`` is false where the idempotency key named a job that was there."""

    job: Job
    created: bool


@dataclass(frozen=True, slots=True)
class FileItem:
    """``attempts``: how often work on it began. ``reused``: answered by work on the same unit before. ``trouble``: why
    the last attempt came to nothing."""

    number: int
    name: str
    state: FileState
    attempts: int
    verdicts: Mapping[str, int]
    meets: bool | None
    diagnostics: tuple[Json, ...]
    outputs: tuple[str, ...]
    reused: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class FileDetail:
    """``row`` is the file's row as in ``report.json``; None until it is done. ``outputs``: the main one first."""

    item: FileItem
    source: bytes
    companions: Mapping[str, bytes]
    outputs: Mapping[str, bytes]
    layout: list[Json]
    row: Json | None


@dataclass(frozen=True, slots=True)
class BlockItem:
    """``row`` is the block's row as in ``report.json``, with ``target_lines`` and ``successors``."""

    file: int
    index: int
    name: str
    function: str
    row: Json

    @property
    def id(self) -> str:
        return f"{self.file}.{self.index}"


@dataclass(frozen=True, slots=True)
class Event:
    """``text`` is JSON in one line."""

    sequence: int
    kind: EventKind
    text: str

    @property
    def data(self) -> Json:
        data: Json = json.loads(self.text)
        return data


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``next`` is the cursor of what follows; None at the end."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of ``worker`` to do a file. A later ``attempt`` ends it."""

    job: str
    number: int
    attempt: int
    worker: str


@dataclass(frozen=True, slots=True)
class Work:
    """A unit as an executor gets it."""

    lease: Lease
    name: str
    source: bytes
    companions: Mapping[str, bytes]
    to: str
    options: Json


@dataclass(frozen=True, slots=True)
class Made:
    """A file was translated: its row as in ``report.json``, what was written, where each block stands in the main
    output. ``reusable``: another run of the same unit would say the same."""

    row: Json
    outputs: Mapping[str, bytes]
    layout: list[Json]
    reusable: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """A file's text or what was asked of it is refused; ``diagnostics`` are as in ``report.json``."""

    diagnostics: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Work came to nothing for a reason that may pass: a process died, was silent, or a tool failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Work was given up because nobody wants it any more, or because the server stops."""


Outcome: TypeAlias = Made | Refused | Lost | Stopped
