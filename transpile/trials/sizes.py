"""Which sizes to try: around 0, 1, 2 and the edges of blocks, several blocks, small with large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

COUNTS = (2, 1, 3, 0, 5)
"""Values of sizes that say how often something is repeated."""


_BESIDE = (37, 5, 100, 3)
"""Values of a size beside another at the edge of a block: all at such edges at once would make much work."""
_FEW = 2
"""Sizes that are larger than a block while one of them is at its edge; more would make arrays too large."""
_EQUAL = 2
"""Values that all sizes have at once before others are tried."""


def lengths(blocks: Sequence[int]) -> tuple[int, ...]:
    """Values of one size, for a program with these blocks. The first one fills a block and more even if loops leave out
    the first and the last iteration."""
    first, *others = blocks
    around = [first + 3, first, 2 * first, first - 1, 3 * first + 7, first + 1, 1, 2, 0]
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
    """All sizes negative, all zero, and each of them from 0 to 3 or negative while the others are not."""
    if not dimensions and not counts:
        return
    few_enough = len(dimensions) <= _FEW
    others = {name: blocks[0] + 3 if few_enough else _BESIDE[n % len(_BESIDE)] for n, name in enumerate(dimensions)}
    usual = others | dict.fromkeys(counts, COUNTS[0])
    yield dict.fromkeys(usual, -1)
    yield dict.fromkeys(usual, 0)
    yield from ({**usual, name: few} for few in (0, 1, 2, 3, -1) for name in usual)


def _rows(width: int, values: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Each value for each size, beside others that are small; a few equal ones; then one that stands out."""
    if width == 1:
        yield from ((value,) for value in values)
        return
    for number, value in enumerate(values):
        for at in range(width):
            yield tuple(value if place == at else _BESIDE[(number + place) % len(_BESIDE)] for place in range(width))
        if number < _EQUAL:
            yield (value,) * width
    largest, empty = values[4], 0
    for value, other in ((largest, 3), (values[0], 2), (1, largest), (empty, values[0]), (2, 5), (largest, 1)):
        yield from (tuple(value if place == at else other for place in range(width)) for at in range(width))
    yield from ((value,) * width for value in values[_EQUAL:])
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
