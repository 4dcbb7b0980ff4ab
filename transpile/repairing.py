"""The loop's repairer: doubtful parts of a candidate become holes, and the solver fills them."""

from __future__ import annotations

from transpile.checker import BlockChecker
from transpile.core.loop import Repairer
from transpile.planning import BlockUnit, Body


def repairer(checker: BlockChecker) -> Repairer[BlockUnit, Body] | None:
    """None while nothing fills holes."""
    return None
