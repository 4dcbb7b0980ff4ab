"""Relative and indexed files: GnuCOBOL and the emitted Python keep them in formats of their own.

Between the two stand records: COBOL programs made from the file's description read all of a file that a run left, and
write one that a run is given.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transpile.cobol.layout import Field, lay_out
from transpile.cobol.tree import Reference
from transpile.differential.external import External
from transpile.emulators.cobol.build import Dialect, build_program
from transpile.emulators.cobol.programs import Program
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import ToolError

_LIMITS = Limits(cpu_s=10, wall_s=20.0)
_FREE = Dialect(free_format=True)
_RECORDS = "transpile.records"
_HEAD = 16
_START = struct.Struct(">4I")
"""Of a row of Python: its number, its size, how much of it is kept, and how many numbers come before that."""


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` counts for relative files only."""

    number: int
    record: bytes


@dataclass(slots=True)
class Keyed:
    """A file with keys, called ``name`` outside."""

    file: External
    name: str
    builds: Path
    _programs: dict[str, Program] = field(default_factory=dict)

    @property
    def relative(self) -> bool:
        return self.file.control.organization == "RELATIVE"

    def left_by_cobol(self, files: Mapping[str, bytes]) -> list[Row]:
        """The records of the file among those that a program of GnuCOBOL left, in the order of the main key."""
        here = {name: content for name, content in files.items() if self.owns(name)}
        done = self._program("read").run(b"", here, limits=_LIMITS)
        if not done.ok:
            raise ToolError(f"the records of {self.name} cannot be read", hint=done.messages.strip())
        content, size = done.files[_RECORDS], _HEAD + self.file.size
        rows = [content[at : at + size] for at in range(0, len(content), size)]
        return [Row(int(each[:8]) * self.relative, each[_HEAD : _HEAD + int(each[8:_HEAD])]) for each in rows]

    def for_cobol(self, rows: Sequence[Row]) -> dict[str, bytes]:
        """The file, with its indexes, as GnuCOBOL writes it."""
        lines = [b"%08d%08d%s" % (row.number, len(row.record), row.record.ljust(self.file.size)) for row in rows]
        done = self._program("write").run(b"", {_RECORDS: b"".join(lines)}, limits=_LIMITS)
        if not done.ok:
            raise ToolError(f"the file {self.name} cannot be made", hint=done.messages.strip())
        return {name: content for name, content in done.files.items() if self.owns(name)}

    def left_by_python(self, content: bytes) -> list[Row]:
        rows = [Row(row.number * self.relative, row.record) for row in rows_in(content)]
        if self.relative:
            return sorted(rows, key=lambda row: row.number)
        key = self._keys()[0][0]
        return sorted(rows, key=lambda row: row.record[key.offset : key.offset + key.size])

    def accepted(self, records: Sequence[bytes]) -> list[Row]:
        """``records`` as rows; of those that have a key twice where that may not be, the first."""
        if self.relative:
            return [Row(number, record) for number, record in enumerate(records, 1)]
        kept: list[bytes] = []
        seen: set[tuple[int, bytes]] = set()
        for record in records:
            unique = [key for key, twice in self._keys() if not twice]
            found = {(key.offset, record[key.offset : key.offset + key.size]) for key in unique}
            if not found & seen:
                seen |= found
                kept.append(record)
        first = self._keys()[0][0]
        kept.sort(key=lambda record: record[first.offset : first.offset + first.size])
        return [Row(number, record) for number, record in enumerate(kept, 1)]

    def owns(self, name: str) -> bool:
        """``name`` is the file or one of its indexes."""
        return name == self.name or (name.startswith(f"{self.name}.") and name.removeprefix(f"{self.name}.").isdigit())

    def _keys(self) -> list[tuple[Field, bool]]:
        """The fields of the keys, the main one first, and whether several records may have the same one."""
        control = self.file.control
        given = [(control.record_key, False), *control.alternate_keys]
        return [(self._field(key), twice) for key, twice in given if key is not None]

    def _field(self, key: Reference) -> Field:
        for record in lay_out(self.file.file.records).records:
            for each in record.walk():
                if each.name == key.name and set(key.qualifiers) <= {*each.path, self.file.file.name}:
                    return each
        raise ToolError(f"the key {key.name} is not in the records of {self.name}")

    def _program(self, verb: str) -> Program:
        if verb not in self._programs:
            text = "\n".join(self._text(verb)).encode("latin-1")
            self._programs[verb] = build_program(text, self.builds, dialect=_FREE, name=f"{verb}.cob")
        return self._programs[verb]

    def _text(self, verb: str) -> Iterator[str]:
        keys = [] if self.relative else self._keys()
        low, high = self.file.smallest, self.file.size
        yield "identification division.\nprogram-id. copier.\nenvironment division.\ninput-output section."
        yield f'file-control.\nselect f assign "{self.name}" organization {self.file.control.organization}'
        yield f"access {'random' if self.relative and verb == 'write' else 'sequential'}"
        yield "relative key n" if self.relative else ""
        for at, (_, twice) in enumerate(keys):
            yield f"{'alternate ' if at else ''}record key k{at}{' with duplicates' if twice else ''}"
        yield f'.\nselect r assign "{_RECORDS}" organization sequential.\ndata division.\nfile section.\nfd f'
        yield f"record is varying in size from {low} to {high} depending on l." if low != high else "."
        yield f"01 f-record pic x({high})."
        for at, (key, _) in enumerate(keys):
            before = f"03 filler pic x({key.offset}). " if key.offset else ""
            yield f"01 f-{at}. {before}03 k{at} pic x({key.size})."
        yield f"fd r.\n01 r-record. 03 r-n pic 9(8). 03 r-l pic 9(8). 03 r-data pic x({high})."
        yield f"working-storage section.\n01 n pic 9(8).\n01 l pic 9(8) value {high}.\n01 e pic 9 value 0."
        yield f"procedure division.\nmain.\n{_READ if verb == 'read' else _WRITE}"


_READ = """open input f output r.
perform until e = 1
    move spaces to f-record
    read f next at end move 1 to e
        not at end move n to r-n move l to r-l move f-record to r-data write r-record
    end-read
end-perform
close f r stop run.
"""
_WRITE = """open input r output f.
perform until e = 1
    read r at end move 1 to e
        not at end move r-n to n move r-l to l move r-data to f-record write f-record
    end-read
end-perform
close f r stop run.
"""


def rows_in(content: bytes) -> list[Row]:
    """The rows of a file as Python keeps it."""
    rows, at = [], 0
    while at + _START.size <= len(content):
        number, size, kept, turns = _START.unpack_from(content, at)
        at += _START.size + 4 * turns
        rows.append(Row(number, content[at : at + min(size, kept)]))
        at += kept
    return rows


def rows_for_python(rows: Sequence[Row]) -> bytes:
    parts = []
    for at, row in enumerate(rows, 1):
        parts.append(_START.pack(row.number or at, len(row.record), len(row.record), 0) + row.record)
    return b"".join(parts)
