"""One small file, translated while the client waits."""

from __future__ import annotations

from typing import Protocol

from transpile.api.jobs import Lost, Made, Refused
from transpile.directions import Asked, Unit


class Translator(Protocol):
    def __call__(self, unit: Unit, asked: Asked, seconds: float) -> Made | Refused | Lost:
        """Translate within ``seconds``; raises TimeoutError. Called from several threads."""
