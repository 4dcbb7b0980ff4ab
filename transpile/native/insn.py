"""What the shared part knows of a source instruction: where it stands, and what its instruction set says about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


class SourceInsn(Protocol):
    """A decoded instruction of some source ISA."""

    @property
    def text(self) -> str: ...

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How a block ends. ``kind``: next, jump, branch, call, icall, tail, itail, ijump, ret, trap, rep."""

    kind: str
    target: str = ""
    returns: bool = True
    """False for a call of a function that never returns."""
    called_as: str = ""
    """What the source calls, if ``target`` is our copy of it."""


NEXT = Ending("next")


class SourceIsa(Protocol):
    """What the source ISA says about its instructions."""

    def ending(self, insn: SourceInsn) -> Ending | None:
        """How ``insn`` ends its block; None if control goes on."""

    def destinations(self, insn: SourceInsn) -> Iterable[str]:
        """Symbols that ``insn`` jumps to or calls directly."""

    def symbols(self, insn: SourceInsn) -> Iterable[str]:
        """Symbols that ``insn`` uses in another way."""

    def renamed(self, insn: SourceInsn, names: Mapping[str, str]) -> SourceInsn:
        """``insn`` with other symbols; itself if it has none of them."""

    def unreadable(self, text: str, line: int, column: int) -> SourceInsn:
        """What stands in for an instruction that could not be decoded."""
