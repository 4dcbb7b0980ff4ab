"""Where the text of a block stands in the text of a whole translation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from transpile.translation import Placed, Translation


def located(translation: Translation) -> tuple[Placed, ...]:
    """The place of each block: where most of its target text stands together, from its first line on. The edges are
    those that the translation knows."""
    lines = [line.rstrip() for line in translation.text.splitlines()]
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line, []).append(number)
    edges = {(known.function, known.label): known.successors for known in translation.layout}
    return tuple(
        Placed(
            function.name,
            block.label,
            _place(lines, places, block.target_text),
            edges.get((function.name, block.label), ()),
        )
        for function in translation.functions
        for block in function.blocks
    )


def _place(lines: Sequence[str], places: dict[str, list[int]], wanted: Sequence[str]) -> tuple[int, int] | None:
    text = [line.rstrip() for line in wanted]
    starts = places.get(text[0], []) if text else []
    if not starts:
        return None
    lengths = {start: _same(lines[start : start + len(text)], text) for start in starts}
    start = max(starts, key=lambda one: lengths[one])
    return start + 1, start + lengths[start]


def _same(lines: Sequence[str], wanted: Sequence[str]) -> int:
    """How many lines of both are the same, from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(lines, wanted, strict=False)))
