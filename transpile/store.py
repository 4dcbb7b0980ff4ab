"""The proof store: nothing is proved twice, on this machine, with these semantics and this solver.

One SQLite file in WAL mode, shared by processes. A verdict is kept under the hash of everything it depends on: the
block, its translation, the relations, and the version of the checker. Whole files are kept the same way.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.core.yields import yields_from
from transpile.translation import Attempt, BlockResult, FunctionResult, Placed, Translation

CHECKER_PACKAGES = ("z3-solver", "pypcode", "unicorn", "tree-sitter", "tree-sitter-c", "tree-sitter-cuda")
_SOURCES = (".py", ".cpp", ".h")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (key BLOB PRIMARY KEY, verdict TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS choices (key BLOB PRIMARY KEY, choice TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (key BLOB PRIMARY KEY, translation BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS programs (key BLOB PRIMARY KEY, checks TEXT NOT NULL) WITHOUT ROWID;
"""


@cache
def checker_version() -> bytes:
    """Hash of this program's own sources and of the versions of the libraries that decide."""
    digest = hashlib.blake2b(digest_size=16)
    for name in CHECKER_PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(_sources()):
        digest.update(path.read_bytes())
    return digest.digest()


def _sources() -> Iterable[Path]:
    import transpile.emulators
    import transpile.solvers

    for package in (transpile, transpile.solvers, transpile.emulators):
        for folder in package.__path__:
            yield from (path for path in Path(folder).rglob("*") if path.suffix in _SOURCES)


def key_of(*parts: object) -> bytes:
    """The key of something that depends on ``parts`` (by their ``repr``) and on the checker's version."""
    digest = hashlib.blake2b(checker_version(), digest_size=20)
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.digest()


class ProofStore:
    """Verdicts and translations by key. A damaged or unwritable file means an empty store, never a failure."""

    def __init__(self, path: Path | None) -> None:
        self.connection = _open(path) if path is not None else None
        self.memory: dict[bytes, Verdict] = {}
        self.fresh: dict[bytes, Verdict] = {}
        self.choices: dict[bytes, list[Any]] = {}

    def verdict(self, key: bytes) -> Verdict | None:
        known = self.memory.get(key)
        if known is None and self.connection is not None:
            with suppress(sqlite3.Error, ValueError, KeyError, TypeError):
                row = self.connection.execute("SELECT verdict FROM verdicts WHERE key = ?", (key,)).fetchone()
                if row is not None:
                    known = verdict_from(json.loads(row[0]))
                    self.memory[key] = known
        return known

    def remember(self, key: bytes, verdict: Verdict) -> None:
        """Keep a verdict that holds for ever; open questions may be closed by a larger budget."""
        if isinstance(verdict, Proved | Tested):
            self.memory[key] = self.fresh[key] = verdict

    def choice(self, key: bytes) -> list[Any] | None:
        """What was chosen for a block; untrusted, as everything that is checked."""
        known = self.choices.get(key)
        if known is None and self.connection is not None:
            with suppress(sqlite3.Error, ValueError):
                row = self.connection.execute("SELECT choice FROM choices WHERE key = ?", (key,)).fetchone()
                known = json.loads(row[0]) if row is not None else None
        return known

    def remember_choice(self, key: bytes, choice: list[Any]) -> None:
        self.choices[key] = choice

    def translation(self, key: bytes) -> Translation | None:
        if self.connection is None:
            return None
        with suppress(sqlite3.Error, ValueError, KeyError, TypeError, zlib.error):
            row = self.connection.execute("SELECT translation FROM files WHERE key = ?", (key,)).fetchone()
            if row is not None:
                return translation_from(json.loads(zlib.decompress(row[0])))
        return None

    def remember_translation(self, key: bytes, translation: Translation) -> None:
        if self.connection is None or translation.diagnostics:
            return
        body = zlib.compress(json.dumps(translation_to(translation)).encode("utf-8", "surrogatepass"), 1)
        with suppress(sqlite3.Error), self.connection:
            self.connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (key, body))

    def checks(self, key: bytes) -> Any:
        """What is known of a whole program, as JSON data; None if nothing is."""
        if self.connection is not None:
            with suppress(sqlite3.Error, ValueError):
                row = self.connection.execute("SELECT checks FROM programs WHERE key = ?", (key,)).fetchone()
                return json.loads(row[0]) if row is not None else None
        return None

    def remember_checks(self, key: bytes, checks: object) -> None:
        if self.connection is not None:
            with suppress(sqlite3.Error), self.connection:
                self.connection.execute("INSERT OR REPLACE INTO programs VALUES (?, ?)", (key, json.dumps(checks)))

    def flush(self) -> None:
        """Write what was learned since the last flush."""
        if self.connection is not None and self.fresh:
            rows = [(key, json.dumps(verdict_to(verdict))) for key, verdict in self.fresh.items()]
            with suppress(sqlite3.Error), self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?)", rows)
        if self.connection is not None and self.choices:
            chosen = [(key, json.dumps(choice)) for key, choice in self.choices.items()]
            with suppress(sqlite3.Error), self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO choices VALUES (?, ?)", chosen)
        self.fresh.clear()
        self.choices.clear()

    def close(self) -> None:
        """Flush, and let go of the file."""
        self.flush()
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
        connection.executescript(_SCHEMA)
    except (sqlite3.Error, OSError):
        return None
    return connection


def verdict_to(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON data."""
    match verdict:
        case Proved(assumptions, rlimit):
            return {"word": "proved", "assumptions": list(assumptions), "rlimit": rlimit}
        case Tested(runs, seed, reason):
            return {"word": "tested", "runs": runs, "seed": seed, "reason": reason}
        case Refuted(witness, differs):
            return {"word": "refuted", "witness": dict(witness), "differs": list(differs)}
        case Undecided(reason, detail):
            return {"word": "undecided", "reason": reason, "detail": dict(detail)}


def verdict_from(row: Mapping[str, Any]) -> Verdict:
    """The inverse of ``verdict_to``; raises KeyError or ValueError on anything else."""
    match row["word"]:
        case "proved":
            return Proved(tuple(row["assumptions"]), row["rlimit"])
        case "tested":
            return Tested(row["runs"], row["seed"], row["reason"])
        case "refuted":
            return Refuted(row["witness"], tuple(row["differs"]))
        case "undecided":
            return Undecided(row["reason"], row["detail"])
        case word:
            raise ValueError(f"unknown verdict {word!r}")


def translation_to(translation: Translation) -> dict[str, Any]:
    """A translation without diagnostics as JSON data."""
    functions = [[f.name, [_block_to(b) for b in f.blocks]] for f in translation.functions]
    return {
        "text": translation.text,
        "file": translation.file,
        "target": translation.target,
        "functions": functions,
        "layout": [[one.function, one.label, one.lines, one.successors] for one in translation.layout],
    }


def translation_from(row: Mapping[str, Any]) -> Translation:
    functions = tuple(FunctionResult(name, tuple(map(_block_from, blocks))) for name, blocks in row["functions"])
    layout = tuple(
        Placed(function, label, tuple(lines) if lines else None, tuple(successors))
        for function, label, lines, successors in row["layout"]
    )
    return Translation(row["text"], row["file"], row["target"], functions, layout=layout)


def _block_to(b: BlockResult) -> list[Any]:
    history = [[a.proposer, a.cost, verdict_to(a.verdict), a.step, a.judge, a.text, a.filled] for a in b.history]
    yields = [
        [proposer, step, {k: n for k, n in row.counts().items() if n}]
        for (proposer, step), row in b.yields.rows.items()
    ]
    return [
        b.label, b.first_line, b.last_line, b.source_text, b.target_text, verdict_to(b.verdict), dict(b.relation),
        b.proposer, b.cost, b.rlimit, history, b.trapped, yields,
    ]  # fmt: skip


def _block_from(row: list[Any]) -> BlockResult:
    label, first, last, source, target, verdict, relation, proposer, cost, rlimit, history, trapped, yields = row
    attempts = tuple(Attempt(p, c, verdict_from(v), s, j, tuple(t), tuple(f)) for p, c, v, s, j, t, f in history)
    return BlockResult(
        label, first, last, tuple(source), tuple(target), verdict_from(verdict), relation, proposer, cost, rlimit,
        attempts, trapped, yields_from(yields),
    )  # fmt: skip
