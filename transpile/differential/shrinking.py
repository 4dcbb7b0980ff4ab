"""Smaller inputs that still show a difference: fewer records and fewer lines (delta debugging, Zeller 1999)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from transpile.differential.inputs import records_in
from transpile.differential.running import Inputs

_STDIN = ""
Piece: TypeAlias = tuple[str, bytes]
"""The name of a file (empty for the standard input), and one record of it, with what ends it."""


def shrink(
    inputs: Inputs,
    sizes: Mapping[str, int],
    first_that_differs: Callable[[Sequence[Inputs]], int | None],
    most: int = 160,
) -> Inputs:
    """``sizes``: the records of which files are that long, 0 for files that stay whole; the others are lines. At most
    ``most`` inputs are tried."""
    pieces = _pieces(inputs, sizes)
    parts, tried = 2, 0
    while len(pieces) > 1 and tried < most:
        step = max(1, len(pieces) // parts)
        starts = range(0, len(pieces), step)
        candidates = [[*pieces[:at], *pieces[at + step :]] for at in starts][: most - tried]
        tried += len(candidates)
        found = first_that_differs([_joined(inputs, each) for each in candidates])
        if found is not None:
            pieces, parts = candidates[found], max(parts - 1, 2)
        elif step == 1:
            break
        else:
            parts = min(2 * parts, len(pieces))
    return _joined(inputs, pieces)


def _pieces(inputs: Inputs, sizes: Mapping[str, int]) -> list[Piece]:
    pieces = [(_STDIN, line + b"\n") for line in records_in(inputs.stdin, None)]
    for name, content in inputs.files.items():
        if name in sizes:
            pieces += [(name, record) for record in records_in(content, sizes[name] or len(content) or 1)]
        else:
            pieces += [(name, line + b"\n") for line in records_in(content, None)]
    return pieces


def _joined(inputs: Inputs, pieces: Sequence[Piece]) -> Inputs:
    content: dict[str, list[bytes]] = {name: [] for name in (_STDIN, *inputs.files)}
    for name, piece in pieces:
        content[name].append(piece)
    made = {name: b"".join(parts) for name, parts in content.items()}
    return Inputs(made.pop(_STDIN), made, inputs.about)
