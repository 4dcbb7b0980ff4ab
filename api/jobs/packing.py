"""JSON and text as they lie in the database: compressed when that is shorter."""

from __future__ import annotations

import json
import zlib
from typing import Any

PLAIN, DEFLATED = b"\0", b"\1"
SMALL = 128
"""Bytes below which nothing is gained."""


def packed(content: bytes) -> bytes:
    deflated = zlib.compress(content, 1) if len(content) > SMALL else content
    return DEFLATED + deflated if len(deflated) < len(content) else PLAIN + content


def unpacked(stored: bytes) -> bytes:
    kind, content = stored[:1], stored[1:]
    return zlib.decompress(content) if kind == DEFLATED else content


def packed_json(value: object) -> bytes:
    return packed(json.dumps(value, separators=(",", ":")).encode())


def unpacked_json(stored: bytes) -> Any:
    return json.loads(unpacked(stored))
