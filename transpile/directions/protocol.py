"""Units, events and results as lines of JSON, between a worker process and who asks it. Bytes are base64."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from transpile.directions.units import Asked, BlockDone, Event, Made, Progress, Started, Unit
from transpile.errors import Diagnostic, ToolError, TranspileError, UsageError
from transpile.options import Require
from transpile.report import block_row, diagnostic_row, file_row
from transpile.translation import Placed

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """``id`` comes back with every answer."""

    id: str
    unit: Unit
    asked: Asked


def request_row(request: Request) -> Row:
    unit = request.unit
    companions = {name: _encoded(content) for name, content in unit.companions.items()}
    return {
        "id": request.id,
        "unit": {"name": unit.name, "content": _encoded(unit.content), "companions": companions},
        "asked": {"to": request.asked.to, "options": dict(request.asked.options)},
    }


def request_from(row: object) -> Request:
    """The inverse of ``request_row``; raises UsageError for anything else."""
    match row:
        case {
            "id": str(id),
            "unit": {"name": str(name), "content": str(content), **more},
            "asked": {"to": str(to), **rest},
        }:
            companions, options = more.get("companions", {}), rest.get("options", {})
            if isinstance(companions, dict) and isinstance(options, dict):
                beside = {str(path): _decoded(text) for path, text in companions.items()}
                return Request(id, Unit(name, _decoded(content), beside), Asked(to, options))
    raise UsageError("this is not a request", "it has 'id', 'unit' and 'asked'")


def event_row(id: str, event: Event) -> Row:
    match event:
        case Started(total):
            return {"id": id, "event": "started", "total": total}
        case Progress(done, total):
            return {"id": id, "event": "progress", "done": done, "total": total}
        case BlockDone(function, block):
            return {"id": id, "event": "block", "function": function, "block": block_row(block)}


def done_row(id: str, made: Made, require: Require) -> Row:
    result = {
        **file_row(made.translation, require),
        "files": {name: _encoded(content) for name, content in made.files.items()},
        "layout": [placed_row(one) for one in made.layout],
        "passing": any(diagnostic.passing for diagnostic in made.translation.diagnostics),
    }
    return {"id": id, "event": "done", "result": result}


def placed_row(one: Placed) -> Row:
    return {
        "function": one.function,
        "label": one.label,
        "lines": list(one.lines) if one.lines else None,
        "successors": list(one.successors),
    }


def error_row(id: str, error: Exception) -> Row:
    """What went wrong: with the input, with a tool that is missing here, or with this program."""
    match error:
        case ToolError():
            kind = "tool"
        case TranspileError():
            kind = "input"
        case _:
            kind = "internal"
    told = error.diagnostics if isinstance(error, TranspileError) else [_internal(error)]
    return {"id": id, "event": "error", "kind": kind, "diagnostics": [diagnostic_row(one) for one in told]}


def line_of(row: Mapping[str, Any]) -> bytes:
    """One line; what is not UTF-8 in the texts of the input is escaped."""
    return json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n"


def row_of(line: bytes) -> Row:
    """The inverse of ``line_of``; raises UsageError."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this line is not JSON: {str(error)[:100]}") from None
    if not isinstance(row, dict):
        raise UsageError("this line is not a JSON object")
    return cast(Row, row)


def _internal(error: Exception) -> Diagnostic:
    if isinstance(error, MemoryError):
        return Diagnostic("error", "it takes more memory than a unit may have")
    message = f"internal error: {type(error).__name__} {error}"[:300].rstrip()
    return Diagnostic("error", message, None, "this is a fault of transpile; please report it")


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else _not_text()
    except (binascii.Error, ValueError):
        raise UsageError("content must be base64") from None


def _not_text() -> bytes:
    raise UsageError("content must be base64, in a text")
