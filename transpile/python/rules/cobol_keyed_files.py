"""Relative files, and what indexed files have in common with them.

They are kept in memory while they are open, and in a format of their own outside: before each record, four bytes each,
its number, its size, the size of what is kept of it, and how many numbers follow that say where it stands among the
records with the same key, for each key.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from transpile.python.rules.cobol_files import File, Mode, path_of
from transpile.python.rules.cobol_records import Record


class Row(NamedTuple):
    """A record: its size, and the bytes of it that are kept. ``turns``: for each key, those with the same one follow
    each other in this order."""

    size: int
    data: bytes
    turns: tuple[int, ...] = ()


class KeyedFile(File):
    def __init__(
        self,
        name: Callable[[], str],
        record: Record,
        *,
        smallest: int | None = None,
        optional: bool = False,
        strict: bool = False,
        sequential: bool = False,
    ) -> None:
        super().__init__(name, record, smallest=smallest, optional=optional, strict=strict)
        self.sequential = sequential
        self.rows: dict[int, Row] = {}
        self.read_last: int | None = None
        """The row that the last READ found, for REWRITE and DELETE in sequential access."""

    def open(self, mode: Mode, expects: str = "") -> str:
        if self.locked:
            return self.done("38", expects)
        if self.mode is not None:
            return self.done("41", expects)
        path = path_of(self.name())
        status = "00"
        self.ended, self.read_last = False, None
        self.rows = {}
        if mode != "output":
            if os.path.exists(path):
                with open(path, "rb") as stream:
                    self.rows = dict(_rows(stream.read()))
            elif self.optional:
                status = "05"
            else:
                return self.done("35", expects)
        if self.conflicts():
            return self.done("39", expects)
        self.mode = mode
        self.opened()
        return self.done(status, expects)

    def conflicts(self) -> bool:
        """The records outside are not of this file."""
        return False

    def opened(self) -> None:
        raise NotImplementedError

    def close(self, how: str = "", expects: str = "") -> str:
        if self.mode is None:
            return self.done("42", expects)
        if self.mode != "input":
            with open(path_of(self.name()), "wb") as stream:
                for number, row in self.rows.items():
                    head = number, row.size, len(row.data), len(row.turns), *row.turns
                    stream.write(struct.pack(f">{len(head)}I", *head) + row.data)
        self.mode = None
        self.locked = how == "lock"
        return self.done("00", expects)

    def show(self, row: Row) -> None:
        self.size = row.size
        data = row.data[: self.largest]
        self.record.data[: len(data)] = data

    def row(self, size: int | None) -> Row | None:
        """What there is to write; None if it is too small."""
        size = self.largest if size is None else min(size, self.largest)
        return Row(size, bytes(self.record.data[: self.kept(size)])) if size >= self.smallest else None

    def kept(self, size: int) -> int:
        """How many bytes of the area are kept of a record of ``size``."""
        return size

    @property
    def readable(self) -> bool:
        return self.mode in ("input", "i-o")


def _rows(data: bytes) -> Iterator[tuple[int, Row]]:
    at = 0
    while at < len(data):
        number, size, kept, count = struct.unpack_from(">4I", data, at)
        start = at + 16 + 4 * count
        yield number, Row(size, data[start : start + kept], struct.unpack_from(f">{count}I", data, at + 16))
        at = start + kept


class RelativeFile(KeyedFile):
    """``keys``: how many values RELATIVE KEY can have. All of the record area is kept, whatever the size of the
    record."""

    def __init__(
        self,
        name: Callable[[], str],
        record: Record,
        *,
        keys: int = 1 << 31,
        smallest: int | None = None,
        optional: bool = False,
        strict: bool = False,
        sequential: bool = False,
    ) -> None:
        super().__init__(name, record, smallest=smallest, optional=optional, strict=strict, sequential=sequential)
        self.keys = keys
        self.number = 0
        """Of the record that was read or written last."""

    @property
    def key(self) -> int:
        """What RELATIVE KEY gets."""
        return self.number % self.keys

    @property
    def positioned(self) -> bool:
        """The last operation found or made a record, be its number too large for RELATIVE KEY."""
        return self.status in ("00", "14")

    def kept(self, size: int) -> int:
        return self.largest

    def opened(self) -> None:
        self.number = max(self.rows, default=0) if self.mode == "extend" else 0
        self.numbers = sorted(self.rows)
        self.next = 0
        """Where the next one is read, in ``numbers``."""

    def read_next(self, expects: str = "") -> str:
        return self._read_on(self.next, 1, expects)

    def read_previous(self, expects: str = "") -> str:
        return self._read_on(self.next - 2, -1, expects)

    def _read_on(self, at: int, step: int, expects: str) -> str:
        if not self.readable:
            return self.done("47", expects)
        if self.ended:
            return self.done("46", expects)
        self.read_last = None
        if not 0 <= at < len(self.numbers):
            self.ended = True
            return self.done("10", expects)
        self.number = self.numbers[at]
        self.show(self.rows[self.number])
        if self.number >= self.keys:
            return self.done("14", expects)
        self.read_last, self.next = self.number, at + 1
        return self.done("00", expects)

    def read(self, number: int, expects: str = "") -> str:
        if not self.readable:
            return self.done("47", expects)
        self.read_last = None
        if number not in self.rows:
            return self.done("23", expects)
        self.number = self.read_last = number
        self.next, self.ended = bisect_right(self.numbers, number), False
        self.show(self.rows[number])
        return self.done("00", expects)

    def start(self, relation: str, number: int = 0, *, key: int = 0, size: int = 0, expects: str = "") -> str:
        if not self.readable:
            return self.done("47", expects)
        at = _first(self.numbers, relation, number)
        if at is None:
            return self.done("23", expects)
        self.next, self.ended = at, False
        return self.done("00", expects)

    def write(self, number: int | None = None, size: int | None = None, *, expects: str = "") -> str:
        if self.mode not in (("output", "extend") if self.sequential else ("output", "i-o", "extend")):
            return self.done("48", expects)
        number = self.number + 1 if number is None else number
        if number < 1:
            return self.done("24", expects)
        row = self.row(size)
        if row is None:
            return self.done("44", expects)
        if number in self.rows:
            return self.done("22", expects)
        self.rows[number] = row
        insort(self.numbers, number)
        self.number = number
        return self.done("00", expects)

    def rewrite(self, number: int | None = None, size: int | None = None, *, expects: str = "") -> str:
        row, status = self.row(size), self._changed(number)
        if status == "00" and row is None:
            status = "44"
        elif status == "00" and row is not None:
            self.rows[self.number] = Row(self.rows[self.number].size, row.data)
        return self.done(status, expects)

    def delete(self, number: int | None = None, *, expects: str = "") -> str:
        status = self._changed(number)
        if status == "00":
            del self.rows[self.number]
            at = bisect_left(self.numbers, self.number)
            del self.numbers[at]
            self.next -= at < self.next
        return self.done(status, expects)

    def _changed(self, number: int | None) -> str:
        if self.mode != "i-o":
            return "49"
        if number is None:
            if self.read_last is None:
                return "43"
            number, self.read_last = self.read_last, None
        if number not in self.rows:
            return "23" if number else "24"
        self.number = number
        return "00"


def _first(numbers: Sequence[int], relation: str, number: int) -> int | None:
    """The place of the first (for ``<`` and ``<=`` the last) that has the relation to ``number``."""
    low, high = bisect_left(numbers, number), bisect_right(numbers, number)
    at = {"=": low, ">=": low, ">": high, "<": low - 1, "<=": high - 1}[relation]
    if not 0 <= at < len(numbers) or (relation == "=" and numbers[at] != number):
        return None
    return at
