"""A clock whose hands a test moves."""

from __future__ import annotations

from dataclasses import dataclass

from transpile.api.jobs import Clock


@dataclass(slots=True)
class Hands:
    """The hands of a clock that a test moves."""

    wall: float = 1_800_000_000.0
    steady: float = 50.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.steady)
