"""What a caller may choose about a translation; every field has a default that is safe and needs no network.

The command line, the library and the reports use the same words for the same choice.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Target: TypeAlias = Literal["riscv", "aarch64"]
MemoryModel: TypeAlias = Literal["relaxed", "tso"]
Require: TypeAlias = Literal["proved", "tested", "any"]

TARGETS: tuple[Target, ...] = ("riscv", "aarch64")
MEMORY_MODELS: tuple[MemoryModel, ...] = ("relaxed", "tso")
REQUIREMENTS: tuple[Require, ...] = ("proved", "tested", "any")

DEFAULT_RLIMIT = 2_000_000
DEFAULT_LM = "embedded"


@dataclass(frozen=True, slots=True)
class Options:
    """How to translate. ``march`` is in the target compiler's spelling (``rv64gcv``); empty: the baseline."""

    march: str = ""
    memory_model: MemoryModel = "relaxed"
    jobs: int = 0
    """Worker processes; 0: one for each processor this process may use."""
    seed: int = 0
    """Draws the inputs of every differential test; the same seed gives the same verdicts."""
    require: Require = "tested"
    allow_untranslated: bool = False
    """Emit a trap for a block that does not meet ``require``, instead of withholding the output."""
    store: Path | None = None
    """The proof store's file; None: nothing is remembered."""
    trap_division: bool = False
    """Trap where x86 would fault on division by zero or overflow, instead of assuming that it does not."""
    rlimit: int = DEFAULT_RLIMIT
    """Z3 resource units for one proof: bounded work, whatever the machine."""
    lm: str = DEFAULT_LM
    """Language models that propose beside the rules: ``none``, or a chain of ``random``, ``embedded``,
    ``hf:NAME_OR_PATH`` and ``openai:MODEL@URL`` with commas between."""
    samples: int = 8
    """Answers asked of each model for a block."""
    temperature: float = 0.8
    lm_timeout: float = 120.0
    """Seconds for one request to a model."""
    lm_retries: int = 4
    """Further attempts after a request that failed in a way that may pass."""
    lm_concurrency: int = 8
    """Requests under way at once; of a model of this process, blocks in a batch."""
    lm_total: float = 0.0
    """Seconds that all requests to an endpoint may take for one file; 0: as long as they take."""
    lm_price: tuple[float, float] | None = None
    """What a million tokens cost, in and out, for the summary."""
    lm_cache: Path | None = None
    """Folder of the models' answers; None: none is kept."""
    prompts: Path | None = None
    """Folder with the user's own prompt files."""
    candidates: int = 16
    """Proposals that are judged for one block in a round."""
    sketches: int = 1
    """Refuted proposals for one block whose doubtful parts the solver fills in."""
    feedback: int = 0
    """Times that a model is shown what was refuted."""

    @property
    def workers(self) -> int:
        return self.jobs if self.jobs > 0 else len(os.sched_getaffinity(0))


def default_store() -> Path:
    """Where the command line keeps its proofs: the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / "transpile" / "proofs.sqlite"
