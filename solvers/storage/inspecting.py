"""INSPECT as terms: what its phrases find in text of a known length, one after the other, each in the characters that
no phrase before it took. Where the text, or a pattern, depends on the data, there is a condition for each position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from transpile.solvers.storage.flags import NO, YES, chosen, equal, every, matches, no, some
from transpile.solvers.storage.values import Int, NoTerm, Text, Truth, integer

MAX_COMPARISONS = 4096
"""Characters of a text times those of a pattern."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a text: for each position of the text, whether it begins there or before, and whether its end is
    behind it."""

    begun: tuple[Truth, ...]
    open: tuple[Truth, ...]

    @property
    def inside(self) -> tuple[Truth, ...]:
        return tuple(every(pair) for pair in zip(self.begun, self.open, strict=True))


def region(value: Text, bounds: Sequence[tuple[str, Text]]) -> Region:
    """Each bound, BEFORE or AFTER, is looked for in what the ones in front of it left."""
    size = len(value)
    found = Region((YES,) * size, (YES,) * size)
    for side, mark in bounds:
        length = _bounded(value, mark)
        at = [
            every((match, found.begun[i], found.open[i + length - 1])) if i + length <= size else NO
            for i, match in enumerate(matches(value, mark))
        ]
        seen = _running(at)
        match side:
            case "BEFORE":
                found = replace(found, open=tuple(every((a, no(b))) for a, b in zip(found.open, seen, strict=True)))
            case "AFTER":
                found = replace(found, begun=((NO,) * length + seen)[:size])
            case _:
                raise NoTerm(f"INSPECT {side}")
    return found


def _running(at: Sequence[Truth]) -> tuple[Truth, ...]:
    """For each position, whether it was here or before."""
    found: list[Truth] = []
    for each in at:
        found.append(some((found[-1], each)) if found else each)
    return tuple(found)


def _bounded(value: Text, pattern: Text) -> int:
    if not len(pattern):
        raise NoTerm("INSPECT for an empty text")
    if len(value) * len(pattern) > MAX_COMPARISONS:
        raise NoTerm(f"INSPECT of {len(value)} characters for {len(pattern)}")
    return len(pattern)


@dataclass(frozen=True, slots=True)
class Inspection:
    """``taken``: which positions of ``text`` an earlier phrase found; ``new``: the characters after it."""

    text: Text
    taken: tuple[Truth, ...]
    new: tuple[Int, ...]

    def tally(self, what: str, pattern: Text, within: Region | None = None) -> tuple[Int, Inspection]:
        """How many there are, and the inspection behind this phrase."""
        found = self._found(what, pattern, within)
        return total(found), self._taking(found, 1 if what == "CHARACTERS" else len(pattern))

    def replace(self, what: str, pattern: Text, by: Text, within: Region | None = None) -> Inspection:
        size = 1 if what == "CHARACTERS" else len(pattern)
        if len(by) != size:
            raise NoTerm("INSPECT that replaces text by one of another length")
        found = self._found(what, pattern, within)
        new = list(self.new)
        for at, here in enumerate(found):
            if here is not NO:
                for offset, char in enumerate(by.chars):
                    new[at + offset] = chosen(here, char, new[at + offset])
        return replace(self._taking(found, size), new=tuple(new))

    def _taking(self, found: Sequence[Truth], size: int) -> Inspection:
        covered = [some(found[max(0, at - size + 1) : at + 1]) for at in range(len(found))]
        return replace(self, taken=tuple(some(pair) for pair in zip(self.taken, covered, strict=True)))

    def _found(self, what: str, pattern: Text, within: Region | None) -> list[Truth]:
        """For each position, whether something is found that begins there."""
        size = len(self.text)
        within = Region((YES,) * size, (YES,) * size) if within is None else within
        if len(within.begun) != size:
            raise NoTerm("INSPECT of a part of another text")
        if what == "CHARACTERS":
            return [every((inside, no(taken))) for inside, taken in zip(within.inside, self.taken, strict=True)]
        length = _bounded(self.text, pattern)
        free = tuple(no(some(self.taken[at : at + length])) for at in range(size))
        scan = _Scan(length, matches(self.text, pattern), free, within)
        match what:
            case "ALL":
                return scan.all()
            case "FIRST":
                return scan.first()
            case "LEADING" | "TRAILING":
                return scan.leading(what == "TRAILING")
        raise NoTerm(f"INSPECT {what}")


@dataclass(frozen=True, slots=True)
class _Scan:
    """A phrase that looks for ``length`` characters. ``match``: where they stand; ``free``: where no phrase before took
    one of them. It goes on behind what it finds, and by one character where it finds nothing."""

    length: int
    match: tuple[Truth, ...]
    free: tuple[Truth, ...]
    within: Region

    @property
    def places(self) -> range:
        return range(len(self.match) - self.length + 1)

    def all(self) -> list[Truth]:
        hits = [NO] * len(self.match)
        for at in self.places:
            over = some(hits[max(0, at - self.length + 1) : at])
            hits[at] = every((self._room(at), self.match[at], self.free[at], no(over)))
        return hits

    def first(self) -> list[Truth]:
        hits, before = [NO] * len(self.match), NO
        for at in self.places:
            here = every((self._room(at), self.match[at], self.free[at]))
            hits[at], before = every((here, no(before))), some((before, here))
        return hits

    def leading(self, backwards: bool) -> list[Truth]:
        """Up to the first place with something else; what was taken before is passed by one character."""
        size, step = len(self.match), -1 if backwards else 1
        hits, passed = [NO] * size, [NO] * size
        for at in reversed(self.places) if backwards else self.places:
            before, jumped = at - step, at - step * self.length
            arrived = [self._end(at) if backwards else self._start(at)]
            arrived += [passed[before]] if 0 <= before < size else []
            arrived += [hits[jumped]] if 0 <= jumped < size and self.length > 1 else []
            found = every((some(arrived), self._room(at), self.match[at]))
            hits[at] = every((found, self.free[at]))
            passed[at] = found if self.length == 1 else every((found, no(self.free[at])))
        return hits

    def _room(self, at: int) -> Truth:
        return every((self.within.begun[at], self.within.open[at + self.length - 1]))

    def _start(self, at: int) -> Truth:
        return every((self.within.begun[at], no(self.within.begun[at - 1]))) if at else self.within.begun[0]

    def _end(self, at: int) -> Truth:
        behind = at + self.length
        return no(self.within.open[behind]) if behind < len(self.match) else YES


def inspected(value: Text) -> Inspection:
    return Inspection(value, (NO,) * len(value), value.chars)


def total(found: Sequence[Truth]) -> Int:
    """How many of the conditions hold."""
    certain = sum(1 for each in found if each is YES)
    terms = [z3.If(each, integer(1), integer(0)) for each in found if each is not YES and each is not NO]
    if not terms:
        return integer(certain)
    made = z3.Sum([integer(certain), *terms]) if certain else z3.Sum(terms)
    assert isinstance(made, z3.ArithRef)
    return made


def converted(value: Text, old: bytes, new: bytes, within: Region | None = None) -> Text:
    """Each character of ``old`` becomes the one of ``new`` in its place, the first where there are two."""
    table: dict[int, int] = {}
    for before, after in zip(old, new, strict=True):
        table.setdefault(before, after)
    inside = (YES,) * len(value) if within is None else within.inside
    if len(inside) != len(value):
        raise NoTerm("INSPECT of a part of another text")
    return Text(tuple(_converted(char, table, here) for char, here in zip(value.chars, inside, strict=True)))


def _converted(char: Int, table: dict[int, int], here: Truth) -> Int:
    made = char
    for before, after in table.items():
        made = chosen(equal(char, integer(before)), integer(after), made)
    return chosen(here, made, char)
