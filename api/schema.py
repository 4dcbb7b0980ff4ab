"""The shapes of requests and responses: what OpenAPI shows. Requests are strict; what they do not know is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

Target = Literal["riscv", "aarch64", "cuda", "python"]
VerdictWord = Literal["proved", "tested", "refuted", "undecided"]
FileState = Literal["queued", "running", "done", "failed", "parked", "cancelled"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Options = Annotated[
    dict[str, JsonValue],
    Field(description="The command line's options, `_` for `-`. `GET /v1/capabilities` lists them by target."),
]
Companions = Annotated[
    dict[Name, str],
    Field(description="What the sources refer to, by relative path: headers, copybooks, data files."),
]

TALLY = "\t.globl tally\n\t.type tally, @function\ntally:\n\tleaq (%rdi,%rsi,2), %rax\n\tret\n\t.size tally, .-tally\n"


class Asking(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TranslationAsked(Asking):
    """One small file, answered at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"to": "riscv", "name": "tally.s", "source": TALLY},
                {"to": "aarch64", "name": "tally.s", "source": TALLY, "options": {"require": "proved"}},
            ]
        }
    )

    to: Target
    name: Name
    source: str
    companions: Companions = {}
    options: Options = {}


class SourceFile(Asking):
    """A file with its text as ``source``, or as ``source_base64`` where it is not UTF-8."""

    name: Name
    source: str | None = None
    source_base64: str | None = None


class WebhookAsked(Asking):
    """``secret`` signs what is sent: `Transpile-Signature: t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=2000)]
    secret: Annotated[str, StringConstraints(min_length=16, max_length=200)]


class JobAsked(Asking):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"to": "riscv", "files": [{"name": "tally.s", "source": TALLY}]},
            ]
        }
    )

    to: Target
    files: Annotated[list[SourceFile], Field(min_length=1)]
    companions: Companions = {}
    options: Options = {}
    webhook: WebhookAsked | None = None


class Verdicts(BaseModel):
    proved: int
    tested: int
    refuted: int
    undecided: int


class FileCounts(BaseModel):
    total: int
    queued: int
    running: int
    done: int
    failed: int
    parked: int
    cancelled: int


class Links(BaseModel):
    self: str
    files: str
    blocks: str
    events: str
    result: str
    report: str


class JobShown(BaseModel):
    """Times are RFC 3339 in UTC. ``meets`` is null until the job has ended."""

    id: str
    state: JobState
    to: Target
    options: dict[str, JsonValue]
    created: str
    started: str | None
    ended: str | None
    files: FileCounts
    verdicts: Verdicts
    meets: bool | None
    links: Links


class JobPage(BaseModel):
    items: list[JobShown]
    next: str | None = Field(description="The cursor of the page that follows; null at the end.")


class DiagnosticShown(BaseModel):
    """Line and column count from 1; 0 where a message is about the whole file."""

    model_config = ConfigDict(extra="allow")

    severity: Literal["error", "warning", "note"]
    message: str
    line: int
    column: int
    hint: str


class FileShown(BaseModel):
    """``reused``: the same content was translated before with the same options. ``trouble``: why the last attempt came
    to nothing."""

    number: int
    name: str
    state: FileState
    attempts: int
    verdicts: Verdicts
    meets: bool | None
    diagnostics: list[DiagnosticShown]
    outputs: list[str]
    reused: bool
    trouble: str


class FilePage(BaseModel):
    items: list[FileShown]
    next: str | None


class PlacedShown(BaseModel):
    """Where a block stands in the main output, and which blocks follow it."""

    model_config = ConfigDict(extra="allow")

    function: str
    label: str
    lines: tuple[int, int] | None
    successors: list[str]


class FileWhole(FileShown):
    """``source_base64`` and ``text_base64`` are there where the text is not UTF-8."""

    source: str
    source_base64: str | None = None
    text: str
    text_base64: str | None = None
    layout: list[PlacedShown]


class BlockRow(BaseModel):
    """A block as in report.json: docs/report.md."""

    model_config = ConfigDict(extra="allow")

    label: str
    lines: tuple[int, int]
    source: list[str]
    target: list[str]
    relation: dict[str, str]
    verdict: VerdictWord
    reason: str
    evidence: dict[str, Any]
    proposer: str
    cost: int
    rlimit: int
    trapped: bool
    rungs: list[dict[str, Any]]
    history: list[dict[str, Any]]


class BlockShown(BlockRow):
    """``id`` is ``<file number>.<index>``."""

    id: str
    file: int
    name: str
    function: str
    target_lines: tuple[int, int] | None
    successors: list[str]


class BlockPage(BaseModel):
    items: list[BlockShown]
    next: str | None


class FunctionShown(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str
    blocks: list[BlockRow]


class TranslationShown(BaseModel):
    """``text`` is empty where ``meets`` is false, unless ``allow_untranslated`` was asked."""

    file: str
    to: Target
    meets: bool
    verdicts: Verdicts
    diagnostics: list[DiagnosticShown]
    text: str
    files: dict[str, str]
    functions: list[FunctionShown]
    layout: list[PlacedShown]


class Direction(BaseModel):
    """``from`` are suffixes of file names. ``native``: checks run code made of the input, in the sandbox. ``reason``
    says why it is not available here."""

    model_config = ConfigDict(populate_by_name=True)

    to: Target
    from_: list[str] = Field(alias="from")
    native: bool
    available: bool
    reason: str


class Capabilities(BaseModel):
    version: str
    directions: list[Direction]
    options: dict[str, dict[str, str]] = Field(description="By target: what each option takes, in words.")
    limits: dict[str, int]
    models: list[str] = Field(description="What the option `lm` may be.")
    sandbox: str
    open: bool = Field(description="Whether requests need no key.")


class Health(BaseModel):
    status: Literal["ok"]


class ErrorShown(BaseModel):
    file: str
    line: int
    column: int
    severity: str
    message: str
    hint: str


class ProblemShown(BaseModel):
    """RFC 9457. ``errors`` are what the command line would print, with the same positions."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ErrorShown]
