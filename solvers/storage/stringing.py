"""STRING as terms: texts one after the other into another one, each of a known length, or up to a delimiter in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transpile.solvers.storage.flags import NO, YES, chosen, equal, every, matches, no, some
from transpile.solvers.storage.values import Int, NoTerm, Text, Truth, integer, known

MAX_COMPARISONS = 20_000
"""Characters of the target times those that may come into it."""


@dataclass(frozen=True, slots=True)
class Strung:
    """``pointer``: the place behind the last character, from 1."""

    target: Text
    pointer: Int
    overflow: Truth


def strung(target: Text, parts: Sequence[tuple[Text, Text | None]], pointer: Int) -> Strung:
    """Each part up to its delimiter, None for all of it, into ``target`` from ``pointer`` on."""
    size = len(target)
    if (size + 1) * sum(len(part) for part, _ in parts) > MAX_COMPARISONS:
        raise NoTerm("STRING of so many characters")
    chars, at = list(target.chars), _positions(pointer, size)
    outside = no(some(at))
    spilled = outside
    for part, delimiter in parts:
        inside = _inside(part, delimiter)
        for start, here in enumerate(at):
            if here is not NO:
                for offset, char in enumerate(part.chars[: size - start]):
                    chars[start + offset] = chosen(every((here, inside[offset])), char, chars[start + offset])
        spilled = some((spilled, *(every((here, _reaches(inside, size - start))) for start, here in enumerate(at))))
        at = _moved(at, inside)
    end = integer(size + 1)
    for start, here in enumerate(at):
        end = chosen(here, integer(start + 1), end)
    return Strung(Text(tuple(chars)), chosen(outside, pointer, end), spilled)


def _positions(pointer: Int, size: int) -> list[Truth]:
    """For each place in the target, and the one behind it, whether the next character belongs there."""
    fixed = known(pointer)
    places = range(1, size + 1)
    found = [equal(pointer, integer(at)) if fixed is None else YES if fixed == at else NO for at in places]
    return [*found, NO]


def _inside(part: Text, delimiter: Text | None) -> list[Truth]:
    """For each character whether it is in front of the delimiter."""
    if delimiter is None:
        return [YES] * len(part)
    if not len(delimiter):
        raise NoTerm("STRING up to an empty text")
    if len(part) * len(delimiter) > MAX_COMPARISONS:
        raise NoTerm("STRING of so many characters")
    found: list[Truth] = []
    for here in matches(part, delimiter):
        found.append(every((found[-1], no(here))) if found else no(here))
    return found


def _reaches(inside: Sequence[Truth], room: int) -> Truth:
    """There are more characters than ``room``."""
    return inside[room] if room < len(inside) else NO


def _moved(at: Sequence[Truth], inside: Sequence[Truth]) -> list[Truth]:
    """The places behind a part that has room."""
    ends = [
        every((inside[length - 1] if length else YES, no(inside[length]) if length < len(inside) else YES))
        for length in range(len(inside) + 1)
    ]
    return [
        some(every((at[place - length], ends[length])) for length in range(min(place + 1, len(ends))))
        for place in range(len(at))
    ]
