"""UNSTRING as terms: pieces of text of a known length, between delimiters whose places depend on the data. For each
position there is a condition, whether the next piece begins there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from transpile.solvers.storage.flags import NO, YES, chosen, equal, every, matches, no, some
from transpile.solvers.storage.inspecting import total
from transpile.solvers.storage.values import SPACE, Int, NoTerm, Text, Truth, integer, known

MAX_SIZE = 128
"""Characters of the text that is taken apart."""


@dataclass(frozen=True, slots=True)
class Varying:
    """The part of ``source`` from where ``begins`` holds to where ``stops`` does, or ``most`` characters of it."""

    source: Text
    begins: tuple[Truth, ...]
    stops: tuple[Truth, ...]
    most: int

    def filled(self, size: int) -> Text:
        """Cut, or filled with spaces at its end."""
        columns = islice(self._columns(), size)
        found = [_one_of(zip(column, self.source.chars, strict=True)) for column in columns]
        return Text((*found, *(integer(SPACE),) * (size - len(found))))

    def all(self) -> Text:
        """All that it may have, filled: where the spaces behind it change nothing, as in a number."""
        return self.filled(max(1, len(self.source)))

    @property
    def length(self) -> Int:
        if self.most >= len(self.source):
            return total(self._inside())
        return total([some(column) for column in self._columns()])

    def _columns(self) -> Iterator[tuple[Truth, ...]]:
        """For each character of the part: for each one of ``source``, whether it is that."""
        column = self.begins
        for _ in range(min(self.most, len(self.source))):
            column = tuple(every((here, no(stop))) for here, stop in zip(column, self.stops, strict=True))
            yield column
            column = (NO, *column[:-1])

    def _inside(self) -> list[Truth]:
        found: list[Truth] = []
        for begins, stop in zip(self.begins, self.stops, strict=True):
            found.append(every((some((begins, *found[-1:])), no(stop))))
        return found

    def ends(self) -> list[Truth]:
        """Where it is stopped; the last is the end of ``source``."""
        inside = self._inside()
        before = [NO, *inside]
        stopped = [every((some(each[:2]), each[2])) for each in zip(self.begins, before, self.stops, strict=False)]
        return [*stopped, before[-1]]


def _one_of(choices: Iterable[tuple[Truth, Int]]) -> Int:
    found: Int = integer(SPACE)
    for here, char in choices:
        found = chosen(here, char, found)
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    text: Varying
    delimiter: Varying


@dataclass(frozen=True, slots=True)
class Unstring:
    """``at``: where the next piece begins, behind the text if nothing is left. ``failed``: there was no place to start,
    and ``given``, the pointer, stays as it is."""

    source: Text
    delimiters: tuple[tuple[Text, bool], ...]
    given: Int
    failed: Truth
    at: tuple[Truth, ...]
    taken: tuple[Truth, ...] = ()

    @property
    def pointer(self) -> Int:
        found = self.given
        for place, here in enumerate(self.at):
            found = chosen(here, integer(place + 1), found)
        return found

    @property
    def count(self) -> Int:
        return total(self.taken)

    @property
    def overflow(self) -> Truth:
        return some((self.failed, *self.at[:-1]))

    def next(self, size: int = 0) -> tuple[Truth, Piece, Unstring]:
        """Whether there is one more piece, the piece, and what comes after it. ``size`` counts without delimiters."""
        present = some(self.at[:-1])
        if self.delimiters:
            piece, after = self._delimited()
        else:
            piece, after = self._cut(size)
        behind = (*after[:-1], some((after[-1], self.at[-1])))
        return present, piece, replace(self, at=behind, taken=(*self.taken, present))

    def _cut(self, size: int) -> tuple[Piece, list[Truth]]:
        if size < 1:
            raise NoTerm("UNSTRING to nothing")
        last, begins = len(self.source), self.at[:-1]
        after = [NO] * (last + 1)
        for start, here in enumerate(begins):
            after[min(last, start + size)] = some((after[min(last, start + size)], here))
        none = Varying(Text(()), (), (), 0)
        return Piece(Varying(self.source, begins, (NO,) * last, size), none), after

    def _delimited(self) -> tuple[Piece, list[Truth]]:
        last, stands = len(self.source), [matches(self.source, mark) for mark, _ in self.delimiters]
        stops = tuple(some(each[at] for each in stands) for at in range(last))
        piece = Varying(self.source, self.at[:-1], stops, last)
        *ends, after_all = piece.ends()
        after = [NO] * last + [after_all]
        found: list[Truth] = []
        for number, (mark, every_one) in enumerate(self.delimiters):
            here = stands[number]
            begins = [every((ends[at], *(no(each[at]) for each in stands[:number]), here[at])) for at in range(last)]
            found.append(some(begins))
            after = [some(pair) for pair in zip(after, _behind(begins, here, len(mark), every_one), strict=True)]
        return Piece(piece, self._delimiter(found)), after

    def _delimiter(self, found: Sequence[Truth]) -> Varying:
        """The marks, with something between them; the one that was found begins, if one was."""
        chars: list[Int] = []
        begins: list[Truth] = []
        stops: list[Truth] = []
        for (mark, _), here in zip(self.delimiters, found, strict=True):
            chars += [*mark.chars, integer(SPACE)]
            begins += [here, *(NO,) * len(mark)]
            stops += [*(NO,) * len(mark), YES]
        return Varying(Text(tuple(chars)), tuple(begins), tuple(stops), len(chars))


def _behind(begins: Sequence[Truth], stands: Sequence[Truth], length: int, every_one: bool) -> list[Truth]:
    """Where a delimiter that begins there ends, or those in a row do."""
    size = len(begins)
    arrived = [NO] * (size + 1)
    for place in range(length, size + 1):
        ways = [begins[place - length]]
        if every_one:
            ways.append(every((arrived[place - length], stands[place - length])))
        arrived[place] = some(ways)
    if not every_one:
        return arrived
    return [every((here, no(stands[place]))) if place < size else here for place, here in enumerate(arrived)]


def unstring(source: Text, delimiters: Sequence[tuple[Text, bool]], pointer: Int) -> Unstring:
    size = len(source)
    if not size or size > MAX_SIZE:
        raise NoTerm(f"UNSTRING of {size} characters")
    if any(not len(mark) for mark, _ in delimiters):
        raise NoTerm("UNSTRING by an empty text")
    fixed = known(pointer)
    places = range(1, size + 1)
    at = [equal(pointer, integer(each)) if fixed is None else YES if fixed == each else NO for each in places]
    return Unstring(source, tuple(delimiters), pointer, no(some(at)), (*at, NO))
