"""What a server is told at its start."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from transpile.api.limits import Limits

MODELS = ("none", "random", "embedded")
"""Language models that need nothing but this program. Requests cannot name others: a name may be an address."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``may_be_open``: as long as there is no API key, requests need none. ``hosts``: names that an open server answers
    for; empty: any. ``proofs``: the proof store. ``address``: of a Ray cluster."""

    database: str
    limits: Limits = field(default_factory=Limits)
    may_be_open: bool = False
    hosts: frozenset[str] = frozenset()
    executor: Literal["local", "ray"] = "local"
    address: str | None = None
    workers: int = 1
    proofs: Path | None = None
    models: tuple[str, ...] = MODELS
    private_webhooks: bool = False
    unsandboxed: bool = False
    retention_days: float | None = None
    tracing: bool = False


def default_database() -> str:
    """In the user's data folder."""
    folder = os.environ.get("XDG_DATA_HOME", "")
    path = (Path(folder) if folder else Path.home() / ".local" / "share") / "transpile" / "jobs.sqlite"
    return str(path)
