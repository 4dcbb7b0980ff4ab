"""Files whose records follow each other, byte for byte as GnuCOBOL writes them: sequential and line sequential ones.

Every operation sets ``status`` (two digits, as FILE STATUS) and returns it. Where nothing in the program looks at it, a
``strict`` file ends the program when an operation fails, unless the statement ``expects`` that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal, NamedTuple

from transpile.python.rules.cobol_records import Record

Mode = Literal["input", "output", "i-o", "extend"]
_MODES: dict[Mode, Literal["rb", "w+b", "r+b"]] = {"input": "rb", "output": "w+b", "i-o": "r+b", "extend": "r+b"}


def path_of(name: str) -> str:
    """Where a file is: environment variables may say so (``DD_NAME``, ``dd_NAME``, ``NAME``), and COB_FILE_PATH."""
    name = name.rstrip(" ")
    if "/" in name:
        return name
    for variable in (f"DD_{name}", f"dd_{name}", name):
        if found := os.environ.get(variable):
            return found
    return os.path.join(os.environ.get("COB_FILE_PATH", ""), name)


class File:
    """What all files have in common. ``name`` gives what it is called when it is opened."""

    def __init__(
        self,
        name: Callable[[], str],
        record: Record,
        *,
        smallest: int | None = None,
        optional: bool = False,
        strict: bool = False,
    ) -> None:
        self.name, self.record, self.optional, self.strict = name, record, optional, strict
        self.largest = record.SIZE
        self.smallest = record.SIZE if smallest is None else smallest
        self.mode: Mode | None = None
        self.status = "00"
        self.size = record.SIZE
        """Of the record that was read last."""
        self.locked = self.ended = self.missing = False
        self.end_of_page = False

    @property
    def at_end(self) -> bool:
        return self.status[0] == "1"

    @property
    def invalid_key(self) -> bool:
        return self.status[0] == "2"

    @property
    def ok(self) -> bool:
        return self.status[0] == "0"

    @property
    def failed(self) -> bool:
        return self.status[0] != "0"

    @property
    def same_page(self) -> bool:
        """The report stays on the page that it was on."""
        return self.ok and not self.end_of_page

    def done(self, status: str, expects: str = "") -> str:
        """``expects`` are the first digits that the program deals with, and the modes in which it deals with all."""
        self.status = status
        if self.strict and status[0] not in "0" + expects and (self.mode or "closed") not in expects.split():
            sys.stdout.flush()
            print(f"error: file {self.name().rstrip(' ')!r} has status {status}", file=sys.stderr)
            sys.exit(1)
        return status


@dataclass(frozen=True, slots=True)
class Linage:
    """The pages of a report; everything may change from page to page."""

    lines: Callable[[], int]
    footing: Callable[[], int] | None = None
    top: Callable[[], int] = lambda: 0
    bottom: Callable[[], int] = lambda: 0

    def page(self) -> Page | None:
        """The next page; None if there is none of that size."""
        footing = self.footing() if self.footing is not None else None
        page = Page(self.lines(), footing, self.top(), self.bottom())
        fits = page.lines > 0 and page.top >= 0 and page.bottom >= 0
        return page if fits and (footing is None or 1 <= footing <= page.lines) else None


class Page(NamedTuple):
    """One page of a report: its lines, where its footing starts, and the lines above and below it."""

    lines: int
    footing: int | None
    top: int
    bottom: int


class SequentialFile(File):
    """Records of one size, or with their size in front of them."""

    def __init__(
        self,
        name: Callable[[], str],
        record: Record,
        *,
        smallest: int | None = None,
        optional: bool = False,
        strict: bool = False,
        linage: Linage | None = None,
    ) -> None:
        super().__init__(name, record, smallest=smallest, optional=optional, strict=strict)
        self.linage = linage
        self.line = 0
        """LINAGE-COUNTER."""
        self.page: Page | None = None
        self.stream: BinaryIO | None = None
        self.at: int | None = None
        """Where the record that was read last starts."""
        self.needs_newline = self.needs_top = False
        self.headed = self.smallest != self.largest and not isinstance(self, LineSequentialFile)
        """The size of each record stands in front of it."""

    def open(self, mode: Mode, expects: str = "") -> str:
        if self.locked:
            return self.done("38", expects)
        if self.mode is not None:
            return self.done("41", expects)
        path = path_of(self.name())
        self.ended = self.missing = False
        self.at = None
        status = "00"
        try:
            self.stream = open(path, _MODES[mode])  # noqa: SIM115
        except FileNotFoundError:
            if not self.optional and mode != "extend":
                return self.done("35", expects)
            status = "05" if self.optional else "00"
            if mode == "input":
                self.missing = True
            else:
                try:
                    self.stream = open(path, "w+b")  # noqa: SIM115
                except OSError:
                    return self.done("30", expects)
        except (IsADirectoryError, PermissionError):
            return self.done("37", expects)
        except OSError:
            return self.done("30", expects)
        if mode == "extend" and self.stream is not None:
            self.stream.seek(0, os.SEEK_END)
        self.mode = mode
        self.needs_newline = False
        if self.linage is not None and mode in ("output", "extend"):
            self.page = self.linage.page()
            self.line, self.needs_top = int(self.page is not None), True
            if self.page is None:
                self.close()
                status = "57"
        return self.done(status, expects)

    def close(self, how: str = "", expects: str = "") -> str:
        if self.mode is None:
            return self.done("42", expects)
        if how in ("reel", "unit"):
            return self.done("07", expects)
        if self.stream is not None:
            if self.needs_newline and self.linage is None:
                self.stream.write(b"\n")
            self.stream.close()
        self.stream = self.mode = None
        self.locked = how == "lock"
        return self.done("00", expects)

    def read_next(self, expects: str = "") -> str:
        if self.mode not in ("input", "i-o"):
            return self.done("47", expects)
        if self.ended:
            return self.done("46", expects)
        self.at = None
        found = self._next()
        if found is None:
            self.ended = True
            return self.done("10", expects)
        self.size = len(found)
        data = self.record.data
        data[: len(found)] = found
        if not self.headed:
            data[len(found) : self.largest] = b" " * (self.largest - len(found))
        return self.done("00", expects)

    def _next(self) -> bytes | None:
        if self.stream is None:
            return None
        at, size = self.stream.tell(), self.largest
        if self.headed:
            head = self.stream.read(4)
            if len(head) < 4:
                return None
            size = int.from_bytes(head[:2], "big")
        found = self.stream.read(size)
        if len(found) < size and (not found or self.headed):
            return None
        self.at = at
        return found[: self.largest]

    def write(
        self,
        size: int | None = None,
        *,
        before: int | None = None,
        after: int | None = None,
        page: bool = False,
        expects: str = "",
    ) -> str:
        """Write ``size`` bytes of the record, and go on by lines ``before`` or ``after`` that; ``page``: a page."""
        self.end_of_page = False
        if self.mode not in ("output", "extend"):
            return self.done("48", expects)
        assert self.stream is not None
        size = self.largest if size is None else min(size, self.largest)
        if self.headed and size < self.smallest:
            return self.done("44", expects)
        if self.linage is not None and self.page is None:
            return self.done("57", expects)
        if after is not None:
            self._advance(after, page)
            self.needs_newline = True
        if self.headed:
            self.stream.write(size.to_bytes(2, "big") + b"\0\0")
        self._put(bytes(self.record.data[:size]))
        if before is not None:
            self._advance(before, page)
            self.needs_newline = False
        return self.done("57" if self.linage is not None and self.page is None else "00", expects)

    def _put(self, data: bytes) -> None:
        assert self.stream is not None
        self.stream.write(data)

    def _advance(self, lines: int, page: bool) -> None:
        assert self.stream is not None
        if self.linage is not None and self.page is not None:
            self._advance_in_page(self.linage, self.page, lines, page)
        elif page:
            self.stream.write(b"\f")
        else:
            self.stream.write(b"\n" * lines if lines > 0 else b"\r")

    def _advance_in_page(self, linage: Linage, now: Page, lines: int, page: bool) -> None:
        assert self.stream is not None
        line = self.line + (0 if page else lines)
        over = page or line > now.lines
        self.end_of_page = not page and (over or (now.footing is not None and line >= now.footing))
        if over:
            self.stream.write(b"\n" * (max(0, now.lines - self.line) + now.bottom))
            self.page = linage.page()
            self.line = int(self.page is not None)
            self.stream.write(b"\n" * (self.page.top if self.page is not None else 0))
        else:
            self.line = line
            self.stream.write(b"\n" * (lines - 1))

    def rewrite(self, size: int | None = None, expects: str = "") -> str:
        if self.mode != "i-o":
            return self.done("49", expects)
        if self.at is None or self.stream is None:
            return self.done("43", expects)
        at, self.at = self.at, None
        size = self.largest if size is None else size
        if self.headed and size != self.size:
            return self.done("44", expects)
        after = self.stream.tell()
        self.stream.seek(at + (4 if self.headed else 0))
        self.stream.write(bytes(self.record.data[:size]))
        self.stream.seek(after)
        return self.done("00", expects)


class LineSequentialFile(SequentialFile):
    """A record a line, without spaces at its end."""

    def write(
        self,
        size: int | None = None,
        *,
        before: int | None = None,
        after: int | None = None,
        page: bool = False,
        expects: str = "",
    ) -> str:
        if before is None and after is None:
            before = 1
        return super().write(size, before=before, after=after, page=page, expects=expects)

    def _put(self, data: bytes) -> None:
        assert self.stream is not None
        if self.linage is not None and self.needs_top:
            self.stream.write(b"\n" * (self.page.top if self.page is not None else 0))
            self.needs_top = False
        self.stream.write(data.rstrip(b" "))
        if self.linage is not None:
            self.stream.write(b"\n")

    def _next(self) -> bytes | None:
        if self.stream is None:
            return None
        self.at = self.stream.tell()
        line = self.stream.readline()
        if not line:
            return None
        return line.rstrip(b"\n")[: self.largest]
