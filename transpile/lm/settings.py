"""What a caller may choose about a larger language model; the same words for every form of ``--lm``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is asked."""

    samples: int = 8
    """Answers asked for a block in the first round; a repair asks for fewer."""
    seed: int = 0
    temperature: float = 0.8
    timeout_s: float = 120.0
    """For one request, its answer included."""
    total_s: float = 0.0
    """For all requests of one file; 0: no bound."""
    retries: int = 4
    """Further attempts after a failure that may pass: no connection, 408, 409, 425, 429, 5xx."""
    concurrency: int = 8
    """Requests under way at once (an endpoint), or blocks in a batch (a model of this process)."""
    max_tokens: int = 768
    """Longest answer."""
    cache: Path | None = None
    """Folder of the answer cache; None: nothing is remembered."""
    prompts: Path | None = None
    """Folder with the user's own prompt files; those that it lacks are the ones of the package."""


def default_cache() -> Path:
    """Where the command line keeps models' answers: the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / "transpile"
