"""Archives of sources: tar, tar.gz and zip, read whole or refused, naming the member at fault.

Only plain files come out. Links, devices, sparse and encrypted members, names that reach outside, names that clash, and
archives that unpack to too much are refused before their content is kept. Nothing is written to the file system but one
temporary file without a name.
"""

from __future__ import annotations

import gzip
import stat
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Protocol

from transpile.api.limits import MIB, Limits
from transpile.api.names import NameRefused, Names
from transpile.api.problems import Problem, about

CHUNK = 1 << 16
ENTRY = b"PK\x01\x02"
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
SPOOLED = 4 * MIB
SIGNATURES_PER_MEMBER = 8
"""A zip may have the signature of a directory entry so often for each member: other content has it too."""

BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError,
          NotImplementedError, RuntimeError)  # fmt: skip
"""What the libraries raise for archives that are not well-formed."""


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    content: bytes


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpack(archive: IO[bytes], packed_bytes: int, limits: Limits) -> list[Member]:
    """The files of a tar, tar.gz or zip, by what it starts with.

    Raises:
        Problem: of kind ``archive``.
    """
    unpacking = _Unpacking(packed_bytes, limits)
    start = archive.read(4)
    archive.seek(0)
    try:
        if start.startswith(ZIP):
            return _unzip(archive, unpacking)
        if start.startswith(GZIP):
            with gzip.GzipFile(mode="rb", fileobj=archive) as plain:
                return _untar(plain, unpacking)
        return _untar(archive, unpacking)
    except Problem:
        raise
    except BROKEN as error:
        raise refused(unpacking.member, "the archive is broken here, or is no tar, tar.gz or zip") from error


def refused(member: str, reason: str) -> Problem:
    shown = f"'{member}' {reason}" if member else reason
    return Problem("archive", shown, [about(member, reason)])


class _Unpacking:
    """What came out of one archive so far, and which member it is at."""

    def __init__(self, packed_bytes: int, limits: Limits) -> None:
        self.limits = limits
        self.member = ""
        self.members: list[Member] = []
        self._names = Names(limits)
        self._packed = max(packed_bytes, 1)
        self._count = 0

    def enter(self, name: str) -> None:
        """Called for every member, plain file or not."""
        self.member = name
        self._count += 1
        if self._count > self.limits.archive_members:
            raise refused(name, f"is one member too many: {self.limits.archive_members} are allowed")

    def grown(self, total: int) -> None:
        """``total`` bytes have been unpacked, of whatever kind."""
        if total > self.limits.unpacked_bytes:
            raise refused(self.member, f"unpacks to more than {self.limits.unpacked_bytes} bytes in all")
        if total > MIB and total > self._packed * self.limits.ratio:
            raise refused(self.member, f"unpacks to more than {self.limits.ratio} times its size")

    def keep(self, content: Source, size: int) -> None:
        """Read the present member; ``size`` is what its header says."""
        if size > self.limits.file_bytes:
            raise refused(self.member, f"is longer than {self.limits.file_bytes} bytes")
        try:
            name = self._names.take(self.member)
        except NameRefused as error:
            raise refused(error.name, error.reason) from error
        read = content.read(size + 1)
        if len(read) != size:
            raise refused(self.member, "is not as long as its header says")
        self.members.append(Member(name, read))


def _spool(content: Source, unpacking: _Unpacking, into: IO[bytes]) -> None:
    """Copy ``content`` to a file to seek in, piece by piece, as long as it is not too much."""
    total = 0
    while piece := content.read(CHUNK):
        total += len(piece)
        unpacking.grown(total)
        into.write(piece)
    into.seek(0)


def _untar(content: Source, unpacking: _Unpacking) -> list[Member]:
    with tempfile.SpooledTemporaryFile(SPOOLED) as plain:
        _spool(content, unpacking, plain)
        with tarfile.open(fileobj=plain, mode="r:") as archive:
            for entry in archive:
                _take_from_tar(archive, entry, unpacking)
        plain.seek(archive.offset)
        if plain.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
            raise refused(unpacking.member, "is the last member that can be read: the archive has no end")
    return unpacking.members


def _take_from_tar(archive: tarfile.TarFile, entry: tarfile.TarInfo, unpacking: _Unpacking) -> None:
    unpacking.enter(entry.name)
    reason = _tar_fault(entry)
    if reason:
        raise refused(entry.name, reason)
    file = archive.extractfile(entry)
    if file is not None:
        with file:
            unpacking.keep(file, entry.size)


def _tar_fault(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return "is a link"
    if entry.ischr() or entry.isblk():
        return "is a device"
    if entry.isfifo():
        return "is a pipe"
    if entry.issparse():
        return "is sparse"
    if not entry.isreg() and not entry.isdir():
        return "is neither a file nor a folder"
    return ""


def _unzip(content: IO[bytes], unpacking: _Unpacking) -> list[Member]:
    _count_entries(content, unpacking.limits)
    total = 0
    with zipfile.ZipFile(content) as archive:
        for entry in archive.infolist():
            unpacking.enter(entry.filename)
            reason = _zip_fault(entry)
            if reason:
                raise refused(entry.filename, reason)
            if entry.is_dir():
                continue
            total += entry.file_size
            unpacking.grown(total)
            with archive.open(entry) as file:
                unpacking.keep(file, entry.file_size)
    return unpacking.members


def _count_entries(content: IO[bytes], limits: Limits) -> None:
    """Refuse a zip whose directory alone would fill the memory, before a library makes an object for each entry."""
    most = limits.archive_members * SIGNATURES_PER_MEMBER
    found, rest = 0, b""
    while piece := content.read(CHUNK):
        found += (rest + piece).count(ENTRY)
        rest = piece[-len(ENTRY) + 1 :]
        if found > most:
            raise refused("", f"the archive has more than {limits.archive_members} members")
    content.seek(0)


def _zip_fault(entry: zipfile.ZipInfo) -> str:
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "is a link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is neither a file nor a folder"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way other than deflate"
    return ""
