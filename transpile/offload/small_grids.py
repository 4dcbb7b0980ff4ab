"""Variants of an emitted text that must do the same: what only large sizes would show, shown at small ones.

A CUDA program that is right stays right with blocks of other sizes, as long as the same number stands in all places,
and with a smaller bound on its grids. With blocks of a few threads and a few blocks, loops over blocks and grids run
several times on arrays of 37 elements.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from transpile.trials.checks import Variant

_BLOCKS, _LEAST = 5, 8
_CAPPED = re.compile(r"\bblocks_up_to\(\d+u?,")
_LAUNCHED = re.compile(r"<<<[^;]*?,\s*\(*(\d+)\)*[^,;]*>>>|\bdim3 block\(([^;]*)\);")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_WARPS = re.compile(r"__shfl|\bwarp", re.IGNORECASE)


def small_grids(text: str, c_words: Collection[str]) -> Variant | None:
    """With blocks of a few threads, and few of them where the text bounds their number; None where neither can be told.
    Numbers that the C code has itself may mean something else, and stay."""
    varied = _CAPPED.sub(f"blocks_up_to({_BLOCKS},", text)
    theirs = {number for word in c_words for number in re.findall(r"\d+", word)}
    sizes = set() if _WARPS.search(text) else _block_sizes(text) - theirs
    # Another one for each: what is as wide as it is high hides which is which.
    smaller = {size: str(4 << n) for n, size in enumerate(sorted(sizes, key=int))}
    varied = _NUMBER.sub(lambda found: smaller.get(found[0], found[0]), varied)
    if varied == text:
        return None
    return Variant(varied, f"with blocks of a few threads, or at most {_BLOCKS} blocks")


def _block_sizes(text: str) -> set[str]:
    """The numbers of threads that launches name, but for those that are too small to be told from other numbers."""
    named = [one for found in _LAUNCHED.findall(text) for one in re.findall(r"\d+", " ".join(found))]
    return {number for number in named if int(number) >= _LEAST}
