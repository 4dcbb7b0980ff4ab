"""What the values of a body are called: as the source register they stand for, else numbered temporaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transpile.native.canonical.registers import TEMPORARY
from transpile.native.canonical.source import CanonicalBlock
from transpile.native.canonical.syntax import Parsed, Syntax
from transpile.native.canonical.webs import Webs

Row = tuple[Parsed | str, Mapping[int, int], int]
"""A line, its webs by operand, and the source instruction it translates."""


def registers_of(rows: Sequence[Row], found: Webs, block: CanonicalBlock, syntax: Syntax) -> list[dict[int, str]]:
    """The token of each register operand of each row."""
    held = _held(rows, found, block, syntax)
    spans = _spans(rows)
    free: list[int] = []
    count = 0
    numbers: dict[int, int] = {}
    tokens: list[dict[int, str]] = []
    for index, (_, uses, _) in enumerate(rows):
        row: dict[int, str] = {}
        for web in sorted(set(uses.values())):
            if web not in held and web not in numbers and not free:
                free.append(count)
                count += 1
            if web not in held and web not in numbers:
                numbers[web] = min(free)
                free.remove(numbers[web])
        for position, web in uses.items():
            row[position] = held[web] if web in held else f"{TEMPORARY}{numbers[web]}"
        free.extend(numbers[web] for web in set(uses.values()) if web in numbers and spans[web][1] == index)
        tokens.append(row)
    return tokens


def _spans(rows: Sequence[Row]) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for index, (_, uses, _) in enumerate(rows):
        for web in uses.values():
            spans[web] = (spans.get(web, (index, index))[0], index)
    return spans


def _held(rows: Sequence[Row], found: Webs, block: CanonicalBlock, syntax: Syntax) -> dict[int, str]:
    """The webs called as a register: those that must be in it, and what its source register holds on the way."""
    listed = block.naming.registers
    named = dict(found.fixed)
    for web, register in _wishes(rows, found, block, syntax).items():
        if register in listed and _keeps_apart(rows, found, block, named | {web: register}, register):
            named[web] = register
    return {web: f"x{listed.index(register)}" for web, register in named.items()}


def _wishes(rows: Sequence[Row], found: Webs, block: CanonicalBlock, syntax: Syntax) -> dict[int, str]:
    """The last new value of a source instruction that writes one register: that register."""
    last: dict[int, int] = {}
    for line, uses, rank in rows:
        if isinstance(line, Parsed) and len(line.writes) == 1 and line.writes[0] in uses:
            last[rank] = uses[line.writes[0]]
    wishes: dict[int, str] = {}
    for rank, web in last.items():
        written = block.written[rank]
        if len(written) != 1 or web in found.fixed or web in wishes:
            continue
        if syntax.is_vector(written[0]) == syntax.is_vector(found.register[web]):
            wishes[web] = written[0]
    return wishes


def _keeps_apart(
    rows: Sequence[Row], found: Webs, block: CanonicalBlock, named: Mapping[int, str], register: str
) -> bool:
    """Whether each use of a value called ``register`` comes before the next of that name, and the last one is right."""
    mine = {web for web, name in named.items() if name == register}
    current = -1
    for line, uses, _ in rows:
        for position, web in uses.items():
            assert isinstance(line, Parsed)
            if web in mine and (position not in line.writes or line.tied):
                if current not in (-1, web):
                    return False
                current = web
        for position, web in uses.items():
            if web in mine and isinstance(line, Parsed) and position in line.writes:
                current = web
    return register not in block.exit or current in found.fixed
