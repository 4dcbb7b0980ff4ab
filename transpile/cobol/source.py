"""Files of source text: bytes to lines.

A line holds one character for each byte (latin-1), so that columns and literals are what the compiler sees. What is no
text at all (EBCDIC, binary) is refused with one error.
"""

from __future__ import annotations

import re
from pathlib import Path

from transpile.cobol.code import SourceFile
from transpile.cobol.options import Format
from transpile.errors import SourceError, Span, UsageError

MAX_BYTES = 64 * 1024 * 1024
_JUNK = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_MARKS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""Byte order marks."""
_EBCDIC_BLANK = b"\x40"


def read_source(path: str | Path) -> SourceFile:
    name = str(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror or error}") from error
    return source_bytes(data, name)


def source_bytes(data: bytes, name: str) -> SourceFile:
    """The lines of ``data``; raises SourceError when that is not text."""
    if len(data) > MAX_BYTES:
        raise SourceError(Span(name, 1), f"the file has more than {MAX_BYTES // 1024 // 1024} MB")
    data = data.removeprefix(b"\xef\xbb\xbf")
    _refuse_junk(data, name)
    data = data.split(b"\x1a", 1)[0].replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\x0c", b" ")
    lines = data.decode("latin-1").split("\n")
    if lines[-1] == "":
        lines.pop()
    return SourceFile(name, tuple(lines), _is_utf8(data))


def source_text(text: str, name: str) -> SourceFile:
    """``text`` as if it came from a file: characters beyond latin-1 become UTF-8."""
    try:
        return source_bytes(text.encode("latin-1" if text.isascii() else "utf-8"), name)
    except UnicodeEncodeError as error:
        raise SourceError(Span(name, 1), "the text holds half characters (surrogates)") from error


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_junk(data: bytes, name: str) -> None:
    if wide := _wide(data):
        hint = f"convert it first: iconv -f {wide} -t UTF-8"
        raise SourceError(Span(name, 1), f"the file is {wide}; COBOL source has one byte for a character", hint)
    blanks = data.count(_EBCDIC_BLANK)
    high = sum(1 for byte in data[:4096] if byte >= 0x80)
    if blanks > 4 * (data.count(b" ") + 1) and high * 10 > len(data[:4096]):
        hint = "convert it first: iconv -f IBM1047 -t ISO8859-1 (IBM037 and others are alike)"
        if not {0x0A, 0x15, 0x25} & set(data):
            hint = "convert it first: dd conv=ascii,unblock cbs=80 (it has no line ends: records of 80 bytes, it seems)"
        raise SourceError(Span(name, 1), "the file looks like EBCDIC", hint)
    if junk := _JUNK.search(data.split(b"\x1a", 1)[0]):
        line = data.count(b"\n", 0, junk.start()) + 1
        column = junk.start() - (data.rfind(b"\n", 0, junk.start()) + 1) + 1
        message = f"the file is not text: it holds the byte {junk[0][0]:#04x}"
        hint = "is it an object file, or packed data?"
        if junk[0] == b"\0":
            hint += " Bytes of zero alone go with: tr -d '\\000'"
        raise SourceError(Span(name, line, column), message, hint)


def _wide(data: bytes) -> str:
    """The encoding, if characters take more than one byte."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    start = data[:4096]
    for at, encoding in ((1, "UTF-16LE"), (0, "UTF-16BE")):
        other = start[1 - at :: 2]
        if len(start) > 7 and not start[at::2].strip(b"\0") and other.count(0) == 0:
            return encoding
    for at, encoding in ((0, "UTF-32LE"), (3, "UTF-32BE")):
        if len(start) > 7 and start[at::4].count(0) == 0 and start.count(0) == 3 * (len(start) // 4):
            return encoding
    return ""


_INDICATORS = frozenset(" *-/Dd$")


def guess_format(file: SourceFile) -> Format:
    """Fixed, unless too many lines have something other than an indicator in column 7.

    Column 7 of free text is any letter; a few odd lines in a fixed file are the user's mistakes.
    """
    looked = wrong = 0
    for line in file.lines[:2000]:
        text = line.expandtabs(8)
        if len(text) <= 6 or text.isspace() or text.lstrip().startswith((">>", "$")):
            wrong += bool(text.strip()) and not text.strip()[:6].isdigit() and not text.lstrip().startswith((">>", "$"))
            continue
        looked += 1
        wrong += text[6] not in _INDICATORS or (text.lstrip().startswith("*>") and text[6] != "*")
    return "free" if wrong * 4 > looked else "fixed"
