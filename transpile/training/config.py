"""The configuration of a training: a TOML file over the defaults of ``default.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from transpile.errors import UsageError
from transpile.training.data import LONGEST_SOURCE

DEFAULT = Path(__file__).parent / "default.toml"


@dataclass(frozen=True, slots=True)
class ModelShape:
    """T5's ``d_model``, ``d_ff``, layers and heads."""

    width: int
    inner: int
    encoder_layers: int
    decoder_layers: int
    heads: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast one model learns."""

    minutes: float
    learning_rate: float
    warmup_steps: int
    batch_tokens: int
    threads: int
    seed: int
    checkpoint_minutes: float
    decay: float
    """The last share of the time, in which the learning rate falls to zero."""
    curriculum: Sequence[Sequence[float]]
    """Pairs ``[share, tokens]``: until that share of the time only sources of at most so many tokens are learned."""

    def longest(self, share: float) -> int:
        """Tokens of the longest source that is learned from after a share of the time."""
        return next((int(tokens) for end, tokens in self.curriculum if share < end), LONGEST_SOURCE)

    def rate(self, step: int, share: float) -> float:
        """The learning rate: warm-up, constant, decay."""
        return self.learning_rate * min(1.0, (step + 1) / self.warmup_steps, (1.0 - share) / self.decay)


@dataclass(frozen=True, slots=True)
class Iteration:
    """Expert iteration: rounds of sampling ``blocks`` blocks ``samples`` times, and the minutes of each training."""

    rounds: int
    blocks: int
    samples: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Config:
    targets: tuple[str, ...]
    pairs_per_project: int
    """0: all."""
    evaluate_blocks: int
    """Held-out blocks of each target that the model is asked about at the end."""
    model: ModelShape
    train: Schedule
    iterate: Iteration


def load(path: Path | None) -> Config:
    """The defaults with what ``path`` changes.

    Raises:
        UsageError: the file cannot be read or names something unknown.
    """
    table = merged(tomllib.loads(DEFAULT.read_text()), path)
    return Config(
        tuple(table["targets"]),
        table["pairs_per_project"],
        table["evaluate_blocks"],
        section(ModelShape, table["model"]),
        section(Schedule, table["train"]),
        section(Iteration, table["iterate"]),
    )


def merged(table: dict[str, Any], path: Path | None) -> dict[str, Any]:
    """``table`` with what the file at ``path`` changes; raises UsageError."""
    if path is not None:
        try:
            changes = tomllib.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read '{path}': {error}") from error
        _merge(table, changes, "")
    return table


def _merge(table: dict[str, Any], changes: Mapping[str, Any], prefix: str) -> None:
    for key, value in changes.items():
        if key not in table:
            raise UsageError(f"unknown setting '{prefix}{key}'", f"known: {', '.join(table)}")
        if isinstance(table[key], dict) != isinstance(value, dict):
            raise UsageError(f"'{prefix}{key}' is not of the right kind")
        if isinstance(value, dict):
            _merge(table[key], value, f"{prefix}{key}.")
        else:
            table[key] = value


def section(kind: type[Any], table: Mapping[str, Any]) -> Any:
    """A ``kind`` with the values of ``table``."""
    defaults = {f.name: table[f.name] for f in fields(kind)}
    return kind(**defaults)
