"""Variants of an emitted text that must do the same: what only large sizes would show, shown at small ones."""

from __future__ import annotations

import re

from transpile.trials.trial import Variant

_FEW = 2
_CAPPED = re.compile(r"\bblocks_up_to\(\d+u?,")


def few_blocks(text: str) -> Variant | None:
    """With grids of at most two blocks where the text bounds them: loops over the grid then run several times, as they
    do otherwise when there are millions of iterations."""
    varied = _CAPPED.sub(f"blocks_up_to({_FEW},", text)
    return None if varied == text else Variant(varied, f"with at most {_FEW} blocks where the grid is bounded")
