"""Sketches: target instructions with holes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a body that is open: ``operand`` of line ``line``, counted from 0; -1 is the mnemonic."""

    line: int
    operand: int
