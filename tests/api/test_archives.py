"""Archives come in whole or are refused, naming the member at fault."""

from __future__ import annotations

import gzip
import io
import random
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.api.archives import unpack
from transpile.api.limits import Limits
from transpile.api.problems import Problem, clean
from transpile.errors import printable

LIMITS = Limits(archive_members=20, unpacked_bytes=4 << 20, file_bytes=2 << 20, path_depth=4, path_bytes=60)
FILES = {"a.s": b"\tret\n", "src/b.s": b"", "src/deep/c.s": bytes(range(256)) * 5}


def tar(entries: Mapping[str, bytes], change: Callable[[tarfile.TarInfo], None] = lambda entry: None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            change(entry)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def zipped(entries: Mapping[str, bytes], mode: int = stat.S_IFREG, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (mode | 0o644) << 16
            entry.compress_type = packing
            archive.writestr(entry, content)
    return buffer.getvalue()


def read(archive: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    return {member.name: member.content for member in unpack(io.BytesIO(archive), len(archive), limits)}


def reason(archive: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Problem) as caught:
        read(archive, limits)
    assert caught.value.kind == "archive"
    [row] = caught.value.errors
    assert row["file"] in printable(caught.value.detail)
    return str(caught.value.detail)


@pytest.mark.parametrize("pack", [tar, zipped, lambda files: gzip.compress(tar(files))])
def test_files_come_out_as_they_went_in(pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    assert read(pack(FILES)) == FILES


def test_folders_are_not_files_and_dots_are_nothing() -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as made:
        folder = tarfile.TarInfo("./src")
        folder.type = tarfile.DIRTYPE
        made.addfile(folder)
        entry = tarfile.TarInfo("./src//./a.s")
        entry.size = 1
        made.addfile(entry, io.BytesIO(b"x"))
    assert read(archive.getvalue()) == {"src/a.s": b"x"}


TYPES = {
    "link": (tarfile.SYMTYPE, "is a link"),
    "hard link": (tarfile.LNKTYPE, "is a link"),
    "device": (tarfile.CHRTYPE, "is a device"),
    "block device": (tarfile.BLKTYPE, "is a device"),
    "pipe": (tarfile.FIFOTYPE, "is a pipe"),
    "sparse": (tarfile.GNUTYPE_SPARSE, "is sparse"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_no_plain_file_is_refused(kind: str) -> None:
    made, told = TYPES[kind]

    def change(entry: tarfile.TarInfo) -> None:
        entry.type = made
        entry.linkname = "/etc/passwd"

    assert reason(tar({"bad.s": b""}, change)) == f"'bad.s' {told}"


def test_links_and_devices_in_a_zip_are_refused() -> None:
    assert reason(zipped({"bad.s": b"/etc/passwd"}, stat.S_IFLNK)) == "'bad.s' is a link"
    assert reason(zipped({"bad.s": b""}, stat.S_IFCHR)) == "'bad.s' is neither a file nor a folder"


NAMES = {
    "/etc/passwd": "is an absolute path",
    "../up.s": "has a '..'",
    "a/../../up.s": "has a '..'",
    "a\\b.s": "has a backslash",
    "c:evil.s": "starts with a drive",
    "new\nline.s": "has a character that is not printable",
    "turned\u202e.s": "has a character that is not printable",
    "-rf.s": "starts with '-' or '~'",
    "a/b/c/d/e.s": "is more than 4 folders deep",
    "x" * 61: "is longer than 60 bytes",
}


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_astray_are_refused(pack: Callable[[Mapping[str, bytes]], bytes], name: str) -> None:
    assert reason(pack({name: b""})) == clean(f"'{name}' {NAMES[name]}")


def test_a_name_that_is_not_utf8_is_refused() -> None:
    raw = tar({"aXb.s": b""}).replace(b"aXb.s", b"a\xffb.s")
    block = bytearray(raw[:512])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    assert "is not UTF-8" in reason(bytes(block) + raw[512:])


def test_names_that_clash_are_refused() -> None:
    assert reason(tar({"a.s": b"", "A.s": b""})) == "'A.s' differs from 'a.s' by case alone"
    assert reason(tar({"a.s": b"", "./a.s": b""})) == "'./a.s' is there twice"
    assert reason(tar({"a": b"", "a/b.s": b""})) == "'a/b.s' is inside 'a', which is a file"
    assert reason(tar({"a/b.s": b"", "a": b""})) == "'a' is a file, and a folder for 'a/b.s'"
    assert reason(tar({"é.s": b"", "e\u0301.s": b""})) == "'e\u0301.s' differs from 'é.s' by case alone"


def test_too_many_members_are_refused() -> None:
    files = {f"{n}.s": b"" for n in range(21)}
    assert reason(tar(files)) == "'20.s' is one member too many: 20 are allowed"
    assert reason(zipped(files)) == "'20.s' is one member too many: 20 are allowed"


def test_a_zip_with_a_huge_directory_is_refused_before_it_is_opened() -> None:
    files = {f"{n}.s": b"" for n in range(200)}
    assert reason(zipped(files)) == "the archive has more than 20 members"


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    zeros = bytes(3 << 20)
    assert "unpacks to more than 200 times its size" in reason(gzip.compress(tar({"a.s": zeros[: 2 << 20]})))
    assert "is longer than" in reason(tar({"a.s": zeros}))
    noise = random.Random(1).randbytes(2 << 20)
    assert "unpacks to more than 4194304 bytes in all" in reason(tar({f"{n}.s": noise for n in range(3)}))
    assert "unpacks to more than 200 times its size" in reason(zipped({"a.s": zeros[: 2 << 20]}))
    assert "unpacks to more than 4194304 bytes in all" in reason(zipped({f"{n}.s": noise for n in range(3)}))


def test_a_bomb_in_a_header_is_refused() -> None:
    """The library reads extended headers whole, however long they are."""
    entry = tarfile.TarInfo("x.s")
    entry.pax_headers = {"comment": "0" * (5 << 20)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(entry)
    assert "in all" in reason(buffer.getvalue())
    assert "times its size" in reason(gzip.compress(buffer.getvalue()))


def test_a_zip_that_lies_about_sizes_is_refused() -> None:
    raw = zipped({"a.s": bytes(100_000)})
    at = raw.index(b"PK\x01\x02") + 24
    assert "is broken" in reason(raw[:at] + struct.pack("<I", 10) + raw[at + 4 :])


def test_encrypted_and_oddly_packed_members_are_refused() -> None:
    raw = bytearray(zipped({"a.s": b"text"}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert reason(bytes(raw)) == "'a.s' is encrypted"
    assert reason(zipped({"a.s": b"text"}, packing=zipfile.ZIP_LZMA)) == "'a.s' is packed in a way other than deflate"


def test_an_archive_that_was_cut_is_refused_wherever_it_was_cut() -> None:
    """The library takes a header it cannot read for the end."""
    raw = tar(FILES)
    end = 512 * 2 + 512 + 512 + 512 * 3
    assert read(raw[: end + 512]) == FILES
    for at in range(0, end, 100):
        assert reason(raw[:at])


def test_a_broken_header_in_the_middle_is_refused() -> None:
    raw = bytearray(tar(FILES))
    raw[1024 + 148] ^= 0xFF
    assert "has no end" in reason(bytes(raw))


@pytest.mark.parametrize("content", [b"", b"int main;", b"\x1f\x8b\x08", b"PK\x03\x04....", b"PK\x05\x06"])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    assert "no tar, tar.gz or zip" in reason(content)


@given(st.data())
def test_archives_broken_anywhere_end_in_files_or_a_problem(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([tar(FILES), zipped(FILES), gzip.compress(tar(FILES), mtime=0)])))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = unpack(io.BytesIO(bytes(raw)), len(raw), LIMITS)
    except Problem as problem:
        assert problem.kind == "archive"
    else:
        assert sum(len(member.content) for member in found) <= LIMITS.unpacked_bytes


@given(st.binary(max_size=2000))
def test_noise_ends_in_a_problem(noise: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\x1f\x8b", zlib.compress(noise)):
        try:
            assert unpack(io.BytesIO(start + noise), 1, LIMITS) == []
        except Problem as problem:
            assert problem.kind == "archive"
