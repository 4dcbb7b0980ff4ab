"""SORT and MERGE: of files, by way of a sort file that is in memory, and of tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from transpile.python.rules.cobol_files import Mode
from transpile.python.rules.cobol_records import Record

Value = int | Decimal | float | str
Key = tuple[Callable[[], Value], bool]
"""What gives the key of the record that is in its area now, and whether the greatest comes first."""


class Filed(Protocol):
    """A file whose records can be read or written one after the other."""

    record: Record
    size: int

    def open(self, mode: Mode) -> str: ...
    def close(self) -> str: ...
    def read_next(self, expects: str = "") -> str: ...
    def write(self) -> str: ...


def _sort(
    records: list[bytes], show: Callable[[bytes], None], keys: Sequence[Key], order: Sequence[int] | None
) -> None:
    """Records with equal keys stay in their order."""
    for value, descending in reversed(keys):

        def key(record: bytes, value: Callable[[], Value] = value) -> Value | bytes:
            show(record)
            found = value()
            return bytes(order[ord(c)] for c in found) if order is not None and isinstance(found, str) else found

        records.sort(key=key, reverse=descending)


class SortFile:
    def __init__(self, record: Record) -> None:
        self.record = record
        self.records: list[bytes] = []
        self.at_end = False

    @property
    def ok(self) -> bool:
        return not self.at_end

    def start(self) -> None:
        self.records, self.at_end = [], False

    def release(self, size: int | None = None) -> None:
        self.records.append(bytes(self.record.data[:size]))

    def take(self, *files: Filed) -> None:
        """USING."""
        for file in files:
            file.open("input")
            while file.read_next("1") < "1":
                self._show(bytes(file.record.data[: file.size]))
                self.release()
            file.close()

    def sort(self, *keys: Key, order: Sequence[int] | None = None) -> None:
        _sort(self.records, self._show, keys, order)
        self.records.reverse()

    def return_next(self) -> None:
        self.at_end = not self.records
        if self.records:
            self._show(self.records.pop())

    def give(self, *files: Filed) -> None:
        """GIVING."""
        found = self.records[::-1]
        for file in files:
            file.open("output")
            for record in found:
                file.record.data[:] = record[: file.record.SIZE].ljust(file.record.SIZE)
                file.write()
            file.close()

    def _show(self, record: bytes) -> None:
        self.record.data[:] = record[: self.record.SIZE].ljust(self.record.SIZE)


def sort_table(
    record: Record, offset: int, count: int, stride: int, *keys: Key, order: Sequence[int] | None = None
) -> None:
    """The elements of a table of bytes; the keys are those of its first element."""
    data = record.data
    elements = [bytes(data[at : at + stride]) for at in range(offset, offset + count * stride, stride)]

    def show(element: bytes) -> None:
        data[offset : offset + stride] = element

    _sort(elements, show, keys, order)
    data[offset : offset + count * stride] = b"".join(elements)
