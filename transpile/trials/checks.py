"""What a trial does beside running a program: calls of the runtime that fail, and variants of the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.run import Order, Program, Run


@dataclass(frozen=True, slots=True)
class Variant:
    """A text that does the same if the CUDA text is right: ``said`` is how it differs."""

    text: str
    said: str


class Runner(Protocol):
    """A program that is built, on the emulator or on a GPU."""

    def run(self, stdin: bytes, order: Order, seed: int, limits: Limits) -> Run: ...


@dataclass(frozen=True, slots=True)
class Failing:
    """A program whose call from one place fails."""

    program: Program
    place: int

    def run(self, stdin: bytes, order: Order, seed: int, limits: Limits) -> Run:
        return self.program.run(stdin, order, seed, limits, failing=self.place)


@dataclass(frozen=True, slots=True)
class Checks:
    """What only the emulator can do: let calls of the runtime fail, by place, and run a variant."""

    failing: Callable[[int], Runner] | None = None
    variant: Variant | None = None
    build: Callable[[], Runner] | None = None
