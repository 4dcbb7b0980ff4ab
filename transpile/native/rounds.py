"""Repeated string instructions: one round of the loop, cut where control may leave.

Emitters know only blocks, so the loop is made of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transpile.native.block import LoweredBlock
from transpile.native.micro import Code


def parts(block: LoweredBlock) -> Sequence[LoweredBlock]:
    """``block`` itself, or, if it branches before its end, pieces that each end at a branch.

    Every piece begins and ends with all locations where the block's exit relation has them.
    """
    cuts = [i + 1 for i, micro in enumerate(block.micros[:-1]) if micro.code is Code.BRANCH]
    if not cuts:
        return [block]
    places = {**block.entry, **block.exit}
    pieces: list[LoweredBlock] = []
    start = 0
    for number, end in enumerate([*cuts, len(block.micros)]):
        micros = list(block.micros[start:end])
        last = end == len(block.micros)
        following = block.next_label if last else f"{block.label}.part{number}"
        if not last:
            micros[-1] = replace(micros[-1], name=following)
        pieces.append(
            replace(
                block,
                label=block.label if number == 0 else f"{block.label}.{number}",
                micros=micros,
                entry=block.entry if number == 0 else places,
                exit=places,
                ranges=block.ranges if number == 0 else {},
                live_after=[{**live, **_sizes(block)} for live in block.live_after[start:end]],
                next_label=following,
            )
        )
        start = end
    return pieces


def _sizes(block: LoweredBlock) -> dict[str, int]:
    return {name: (form.bits + 7) // 8 for name, (_, form) in block.exit.items()}
