"""Indexed files: their records in the order of each key. They are kept as relative files are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence

from transpile.python.rules.cobol_keyed_files import KeyedFile, Row
from transpile.python.rules.cobol_records import Record

Entry = tuple[bytes, int, int]
"""A key, its turn among those that are the same, and the number of its row."""


class IndexedFile(KeyedFile):
    """``keys``: offset, size, and whether several records may have the same one; the prime key is the first."""

    def __init__(
        self,
        name: Callable[[], str],
        record: Record,
        *,
        keys: Sequence[tuple[int, int, bool]],
        smallest: int | None = None,
        optional: bool = False,
        strict: bool = False,
        sequential: bool = False,
    ) -> None:
        super().__init__(name, record, smallest=smallest, optional=optional, strict=strict, sequential=sequential)
        self.keys = keys
        self.indexes: list[list[Entry]] = []

    def opened(self) -> None:
        rows = self.rows.items()
        self.indexes = [sorted(self._entry(at, number, row) for number, row in rows) for at in self._all()]
        self.turn = max((turn for row in self.rows.values() for turn in row.turns), default=0)
        self.current, self.position = 0, (b"", -1, -1)
        """The key of reference, and what was read last by it; the next is behind that."""
        self.written = b""

    def conflicts(self) -> bool:
        return any(row.size > self.largest for row in self.rows.values())

    def _all(self) -> range:
        return range(len(self.keys))

    def _key(self, at: int, row: bytes) -> bytes:
        offset, size, _ = self.keys[at]
        return row[offset : offset + size]

    def _wanted(self, at: int) -> bytes:
        """The key that stands in the record area."""
        return self._key(at, bytes(self.record.data))

    def _entry(self, at: int, number: int, row: Row) -> Entry:
        return self._key(at, row.data), row.turns[at] if at < len(row.turns) else 0, number

    def _find(self, at: int, key: bytes) -> Entry | None:
        index = self.indexes[at]
        place = bisect_left(index, (key, -1, -1))
        return index[place] if place < len(index) and index[place][0] == key else None

    def read_next(self, expects: str = "") -> str:
        return self._read_on(bisect_right(self.indexes[self.current], self.position) if self.mode else 0, expects)

    def read_previous(self, expects: str = "") -> str:
        return self._read_on(bisect_left(self.indexes[self.current], self.position) - 1 if self.mode else 0, expects)

    def _read_on(self, at: int, expects: str) -> str:
        if not self.readable:
            return self.done("47", expects)
        if self.ended:
            return self.done("46", expects)
        self.read_last = None
        index = self.indexes[self.current]
        if not 0 <= at < len(index):
            self.ended = True
            return self.done("10", expects)
        return self._found(index[at], expects)

    def _found(self, entry: Entry, expects: str) -> str:
        self.position, self.read_last, self.ended = entry, entry[-1], False
        self.show(self.rows[entry[-1]])
        return self.done("00", expects)

    def read(self, key: int = 0, expects: str = "") -> str:
        if not self.readable:
            return self.done("47", expects)
        self.read_last = None
        entry = self._find(key, self._wanted(key))
        if entry is None:
            return self.done("23", expects)
        self.current = key
        return self._found(entry, expects)

    def start(self, relation: str, *, key: int = 0, size: int | None = None, expects: str = "") -> str:
        if not self.readable:
            return self.done("47", expects)
        wanted = self._wanted(key)[:size]
        firsts = [entry[0][: len(wanted)] for entry in self.indexes[key]]
        low, high = bisect_left(firsts, wanted), bisect_right(firsts, wanted)
        at = {"=": low, ">=": low, ">": high, "<": low - 1, "<=": high - 1}[relation]
        if not 0 <= at < len(firsts) or (relation == "=" and firsts[at] != wanted):
            return self.done("23", expects)
        value, turn, number = self.indexes[key][at]
        self.current, self.position, self.ended = key, (value, turn, number - 1), False
        return self.done("00", expects)

    def write(self, size: int | None = None, *, expects: str = "") -> str:
        if self.mode not in (("output", "extend") if self.sequential else ("output", "i-o", "extend")):
            return self.done("48", expects)
        row = self.row(size)
        if row is None:
            return self.done("44", expects)
        if self.sequential and self._wanted(0) <= self.written and self.written:
            return self.done("21", expects)
        number = max(self.rows, default=0) + 1
        status = self._twice(row.data, None)
        if status != "22":
            self._put(number, row)
            self.written = self._key(0, row.data)
        return self.done(status, expects)

    def _twice(self, row: bytes, own: int | None) -> str:
        """22 if a key that may not be there twice is; 02 if one is that may."""
        status = "00"
        for at in self._all():
            entry = self._find(at, self._key(at, row))
            if entry is not None and entry[-1] != own:
                if not self.keys[at][2]:
                    return "22"
                status = "02"
        return status

    def _put(self, number: int, row: Row, before: Row | None = None) -> None:
        """``before`` is what the row was: where a key stays, so does its turn."""
        self.turn += 1
        turns = []
        for at in self._all():
            stays = before is not None and self._key(at, row.data) == self._key(at, before.data)
            turns.append(self._entry(at, number, before)[1] if before is not None and stays else self.turn)
        self.rows[number] = row = row._replace(turns=tuple(turns))
        for at in self._all():
            insort(self.indexes[at], self._entry(at, number, row))

    def _take(self, number: int) -> Row:
        row = self.rows.pop(number)
        for at in self._all():
            self.indexes[at].remove(self._entry(at, number, row))
        return row

    def _own(self) -> int | str:
        """The row that REWRITE or DELETE is about, or why there is none."""
        if self.mode != "i-o":
            return "49"
        entry = self._find(0, self._wanted(0))
        if not self.sequential:
            return "23" if entry is None else entry[-1]
        last, self.read_last = self.read_last, None
        if last is None:
            return "43"
        return "21" if entry is None or entry[-1] != last else last

    def rewrite(self, size: int | None = None, *, expects: str = "") -> str:
        own = self._own()
        if isinstance(own, str):
            return self.done(own, expects)
        row = self.row(size)
        if row is None:
            return self.done("44", expects)
        status = self._twice(row.data, own)
        if status != "22":
            self._put(own, row, self._take(own))
        return self.done(status, expects)

    def delete(self, expects: str = "") -> str:
        own = self._own()
        if isinstance(own, str):
            return self.done(own if own != "21" else "23", expects)
        self._take(own)
        return self.done("00", expects)
