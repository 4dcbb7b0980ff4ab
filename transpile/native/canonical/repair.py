"""A refuted body as part of a model's input: what it was, and which outputs differed."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.core.verdict import Refuted
from transpile.native.canonical.source import CanonicalBlock

MAX_DIFFERENCES = 4


def repair_tokens(block: CanonicalBlock, wrong: Sequence[str], refuted: Refuted) -> tuple[str, ...]:
    """The block's tokens, ``!``, the outputs that differ, ``was``, and the wrong body's tokens."""
    found: list[str] = []
    for difference in refuted.differs:
        token = _output(difference, block)
        if token not in found:
            found.append(token)
    return (*block.tokens, "!", *found[:MAX_DIFFERENCES], "was", *wrong)


def _output(difference: str, block: CanonicalBlock) -> str:
    word = difference.split(":")[0].split(" ")[0].partition(".")[0]
    if word in block.names:
        return block.names[word]
    return "exit" if "exit" in difference or "jump" in difference else "memory" if "mem" in difference else "other"
