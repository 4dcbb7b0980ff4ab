"""Which sizes to try: around 0, 1, 2 and the edges of blocks, several blocks, small with large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

COUNTS = (2, 1, 3, 0, 5)
"""Values of sizes that say how often something is repeated."""


_BESIDE = (37, 5, 100, 3)
"""Values of a size beside another at the edge of a block: all at such edges at once would make much work."""


def lengths(blocks: Sequence[int]) -> tuple[int, ...]:
    """Values of one size, for a program with these blocks."""
    first, *others = blocks
    around = [first + 1, first, 3 * first + 7, 1, first - 1, 2 * first, 2, 0]
    for block in others[:3]:
        around += [block + 1, block - 1, block, 2 * block + 3]
    return tuple(dict.fromkeys([*around, 5, 37, 3, 100]))


def combinations(dimensions: Sequence[str], counts: Sequence[str], blocks: Sequence[int]) -> Iterator[dict[str, int]]:
    """Values for all sizes together, each combination once. Nothing bounds how much work they make."""
    values = lengths(blocks)
    if not dimensions:
        for turn in range(len(COUNTS) if counts else 1):
            yield {name: COUNTS[(turn + shift) % len(COUNTS)] for shift, name in enumerate(counts)}
        return
    seen: set[tuple[int, ...]] = set()
    for number, row in enumerate(_rows(len(dimensions), values)):
        if row in seen:
            continue
        seen.add(row)
        repeated = {name: COUNTS[(number + shift) % len(COUNTS)] for shift, name in enumerate(counts)}
        yield dict(zip(dimensions, row, strict=True)) | repeated


def edges(dimensions: Sequence[str], counts: Sequence[str], blocks: Sequence[int]) -> Iterator[dict[str, int]]:
    """All sizes negative, all zero, and each of them 0, 1 or 2 while the others are not."""
    if not dimensions and not counts:
        return
    usual = dict.fromkeys(dimensions, blocks[0] + 1) | dict.fromkeys(counts, COUNTS[0])
    yield dict.fromkeys(usual, -1)
    yield dict.fromkeys(usual, 0)
    yield from ({**usual, name: few} for few in (0, 1, 2) for name in usual)


def _rows(width: int, values: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Equal values, unequal ones, and one that stands out: in turns, so that the first few rows have some of each."""
    if width == 1:
        yield from ((value,) for value in values)
        return
    largest, empty = values[2], 0
    alone = [
        tuple(value if place == at else other for place in range(width))
        for value, other in ((largest, 3), (values[0], 2), (1, largest), (empty, values[0]), (2, 5), (largest, 1))
        for at in range(width)
    ]
    for number in range(max(len(values), len(alone))):
        if number < len(values):
            yield tuple(
                values[number] if place == number % width else _BESIDE[(number + place) % len(_BESIDE)]
                for place in range(width)
            )
            yield (values[number],) * width
        if number < len(alone):
            yield alone[number]
    for step in (1, 2, 5):
        yield from (
            tuple(values[(n + step * place) % len(values)] for place in range(width)) for n in range(len(values))
        )


def smaller(sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Sizes that are simpler than ``sizes``, the simplest first."""
    yield from ({**sizes, name: value} for name in sizes for value in (0, 1, 2) if value < sizes[name])
    for divisor in (8, 2):
        yield {name: value // divisor if value > 0 else value for name, value in sizes.items()}
    for name, value in sizes.items():
        if value > 3:
            yield {**sizes, name: value // 2}
            yield {**sizes, name: value - max(value // 8, 1)}
            yield {**sizes, name: value - 1}
