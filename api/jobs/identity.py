"""Names of things: ids that sort by when they were made, hashes of content, cursors of pages."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping

from transpile.api.jobs.failures import BadCursor
from transpile.directions import NATIVE
from transpile.store import key_of

NO_COMPANIONS = ""


def new_id(wall: float) -> str:
    """A version 7 UUID: 48 bits of milliseconds, then random bits."""
    stamp = int(wall * 1000) & (1 << 48) - 1
    drawn = int.from_bytes(os.urandom(10), "big")
    bits = stamp << 80 | 0x7 << 76 | (drawn >> 64 & 0xFFF) << 64 | 0b10 << 62 | drawn & (1 << 62) - 1
    return str(uuid.UUID(int=bits))


def content_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def companions_hash(hashes: Mapping[str, str]) -> str:
    """One name for a set of companions, given the hash of each; empty for none."""
    return content_hash(canonical(hashes).encode()) if hashes else NO_COMPANIONS


def unit_key(name: str, source: str, companions: str, to: str, options: Mapping[str, object], owner: str = "") -> str:
    """The same for two units only when the same checker would be asked the same of the same content.

    Checks in ``NATIVE`` run code of the unit itself, which might forge its own result: nobody else's is built on it.
    """
    return key_of("unit", name, source, companions, to, canonical(options), owner if to in NATIVE else "").hex()


def canonical(value: object) -> str:
    """One JSON text for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def cursor_numbers(cursor: str | None, count: int) -> tuple[int, ...]:
    """What a page ended with; before the first page, numbers that are before all."""
    if cursor is None:
        return (-1,) * count
    words = cursor.split(".")
    if len(words) != count or not all(word.isascii() and word.isdigit() and len(word) < 10 for word in words):
        raise BadCursor("no page gave this cursor", "take the cursor from 'next' of a page")
    return tuple(map(int, words))
