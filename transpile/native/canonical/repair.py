"""A refuted body as part of a model's input: what it was, and which outputs differed."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.core.verdict import Refuted
from transpile.native.canonical.source import CanonicalBlock

MAX_DIFFERENCES = 4


def repair_tokens(block: CanonicalBlock, wrong: Sequence[str], refuted: Refuted) -> tuple[str, ...]:
    """The block's tokens, ``!``, the outputs that differ, ``was``, and the wrong body's tokens."""
    differing = outputs(refuted.differs, block)
    return (*block.tokens, "!", *differing[:MAX_DIFFERENCES], "was", *wrong)


def outputs(differs: Sequence[str], block: CanonicalBlock) -> list[str]:
    """Tokens of what differs: registers where they leave, ``exit``, ``memory`` or ``other``."""
    return list(dict.fromkeys(_output(difference, block) for difference in differs))


def _output(difference: str, block: CanonicalBlock) -> str:
    word = difference.split(":")[0].split(" ")[0].partition(".")[0]
    if word in block.leaving:
        return block.leaving[word]
    if word in block.names:
        return block.names[word]
    return "exit" if "exit" in difference or "jump" in difference else "memory" if "mem" in difference else "other"
