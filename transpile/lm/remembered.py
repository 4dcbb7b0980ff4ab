"""The answer cache: no question is paid for twice.

One SQLite file, shared by processes. Answers are kept under the hash of all that they depend on: the endpoint, the
model, the conversation and how it is sampled. A damaged or unwritable file means an empty cache, never a failure.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from transpile.lm.asking import Question

FILE = "answers.sqlite"
_SCHEMA = "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, texts TEXT NOT NULL) WITHOUT ROWID"


def key_of(question: Question, *parts: object) -> bytes:
    """The key of a question under the choices ``parts``."""
    told = [[message.role, message.content] for message in question.messages]
    text = json.dumps([told, question.samples, *map(repr, parts)])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).digest()


class AnswerCache:
    """Answers by key; ``folder`` None: nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self.connection = _open(folder / FILE) if folder is not None else None

    def answers(self, key: bytes) -> list[str] | None:
        if self.connection is None:
            return None
        with suppress(sqlite3.Error, ValueError):
            row = self.connection.execute("SELECT texts FROM answers WHERE key = ?", (key,)).fetchone()
            texts = json.loads(row[0]) if row is not None else None
            if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
                return texts
        return None

    def remember(self, key: bytes, texts: Sequence[str]) -> None:
        if self.connection is not None:
            row = (key, json.dumps(list(texts)))
            with suppress(sqlite3.Error), self.connection:
                self.connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", row)

    def close(self) -> None:
        if self.connection is not None:
            with suppress(sqlite3.Error):
                self.connection.close()
            self.connection = None


def _open(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_SCHEMA)
    except (sqlite3.Error, OSError):
        return None
    return connection
