"""The process that calls a GnuCOBOL module: ``worker.py ENTRY REQUESTS ANSWERS``, the last two being open pipes.

It says when it is ready. A request is a list of calls, each its standard input and a list of buffers; each call is
answered when it is done. Numbers are 32 bits, little endian. It is a program of its own and imports nothing of this
package.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import signal
import struct
import sys

FRAME = struct.Struct("<I")
RESULT = struct.Struct("<i")
READY = b"\1"
"""Said once, before the first request is read."""
_ELSEWHERE = 1 << 30
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2): COBOL that never ends does not outlive whoever asked."""


def main(entry: str, requests: int, answers: int) -> None:
    """Answer requests until there are no more."""
    libcob = ctypes.CDLL(ctypes.util.find_library("cob") or "libcob.so.4", mode=ctypes.RTLD_GLOBAL)
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    with os.fdopen(requests, "rb") as source:
        libcob.cob_init(0, None)
        os.write(answers, READY)
        while header := source.read(FRAME.size):
            request = source.read(FRAME.unpack(header)[0])
            _answer_all(request, entry.encode(), libcob, libc, answers)


def _answer_all(request: bytes, entry: bytes, libcob: ctypes.CDLL, libc: ctypes.CDLL, answers: int) -> None:
    count, fresh = struct.unpack_from("<II", request)
    at = 2 * FRAME.size
    for _ in range(count):
        parts, at = _parts(request, at)
        _give(parts[0], libc)
        buffers = [(ctypes.c_char * max(len(part), 1)).from_buffer_copy(part or b"\0") for part in parts[1:]]
        if fresh:
            libcob.cob_cancel(entry)
        pointers = (ctypes.c_void_p * len(buffers))(*map(ctypes.addressof, buffers))
        code = libcob.cob_call(entry, len(buffers), pointers)
        libc.fflush(None)
        results = [RESULT.pack(code), _output(), *(bytes(buffer) for buffer in buffers)]
        answer = b"".join(FRAME.pack(len(each)) + each for each in results)
        os.write(answers, FRAME.pack(len(answer)) + answer)


def _parts(request: bytes, at: int) -> tuple[list[bytes], int]:
    parts = []
    count = FRAME.unpack_from(request, at)[0]
    at += FRAME.size
    for _ in range(count):
        size = FRAME.unpack_from(request, at)[0]
        at += FRAME.size
        parts.append(request[at : at + size])
        at += size
    return parts, at


def _give(typed: bytes, libc: ctypes.CDLL) -> None:
    """Make ``typed`` all that is on the standard input, which is a file. To rewind is not enough: what was read last
    is kept, and the stream looks there first unless it has been elsewhere."""
    if typed or os.fstat(0).st_size:
        os.ftruncate(0, 0)
        os.pwrite(0, typed, 0)
        stdin = ctypes.c_void_p.in_dll(libc, "stdin")
        libc.fseek(stdin, ctypes.c_long(_ELSEWHERE), os.SEEK_SET)
        libc.rewind(stdin)


def _output() -> bytes:
    """What was displayed since the last call: standard output is a file that can be read."""
    size = os.lseek(1, 0, os.SEEK_CUR)
    if not size:
        return b""
    said = os.pread(1, size, 0)
    os.lseek(1, 0, os.SEEK_SET)
    os.ftruncate(1, 0)
    return said


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
