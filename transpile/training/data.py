"""Pairs as numbers: the vocabulary, and batches of about equal length."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

PAD, END, UNKNOWN = 0, 1, 2
LONGEST_SOURCE, LONGEST_OUTPUT = 360, 200
"""Tokens; longer pairs are not learned from."""
CHUNK = 4000
"""Pairs that are sorted by length together."""


@dataclass(frozen=True, slots=True)
class Pair:
    source: list[int]
    output: list[int]


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a data file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def vocabulary(found: Sequence[dict[str, str]], rarest: int = 2) -> list[str]:
    """Every token met at least ``rarest`` times, padded to a multiple of eight."""
    counts = Counter(token for row in found for key in ("source", "output") for token in row[key].split())
    tokens = ["<pad>", "</s>", "<unk>", *sorted(t for t, n in counts.items() if n >= rarest)]
    return tokens + [f"<extra{n}>" for n in range(-len(tokens) % 8)]


def encode(found: Sequence[dict[str, str]], tokens: Sequence[str]) -> list[Pair]:
    """Pairs of at most the longest lengths as indices, each with its end."""
    index = {token: n for n, token in enumerate(tokens)}
    pairs = [
        Pair(*([index.get(t, UNKNOWN) for t in row[key].split()] + [END] for key in ("source", "output")))
        for row in found
    ]
    return [p for p in pairs if len(p.source) <= LONGEST_SOURCE and len(p.output) <= LONGEST_OUTPUT]


def batches(
    pairs: Sequence[Pair], budget: int, draw: Random, longest: Callable[[], int] = lambda: LONGEST_SOURCE
) -> Iterator[list[Pair]]:
    """Batches for ever, shuffled anew for each pass over the pairs with sources of at most ``longest()`` tokens."""
    while True:
        limit = longest()
        order = [i for i, pair in enumerate(pairs) if len(pair.source) <= limit] or list(range(len(pairs)))
        draw.shuffle(order)
        for start in range(0, len(order), CHUNK):
            if longest() != limit:
                break
            chunk = sorted(order[start : start + CHUNK], key=lambda i: len(pairs[i].source) + 2 * len(pairs[i].output))
            cut = list(_cut([pairs[i] for i in chunk], budget))
            draw.shuffle(cut)
            yield from cut


def _cut(pairs: Sequence[Pair], budget: int) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    widest = 0
    for pair in pairs:
        width = max(widest, len(pair.source) + len(pair.output))
        if batch and width * (len(batch) + 1) > budget:
            yield batch
            batch, width = [], len(pair.source) + len(pair.output)
        batch.append(pair)
        widest = width
    if batch:
        yield batch
