"""Modules of GnuCOBOL, called in a process of their own with one buffer per parameter of the LINKAGE SECTION.

A run-time error or STOP RUN ends that process and not this one; the next call starts another. Thousands of calls a
second are usual, and working storage lives on between them unless the call asks for a fresh start.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from transpile.emulators.cuda.bounded import USUAL, Limits, without_network
from transpile.errors import ToolError

_WORKER = Path(__file__).with_name("worker.py")
_FRAME = struct.Struct("<I")
_BATCH = 2000
_STARTING_S = 30.0
_CALLS = 20
"""All calls of a batch together take at most this many times as long as one may."""
_IN_MEMORY = "/dev/shm"


@dataclass(frozen=True, slots=True)
class Called:
    """The module came back: what is in the buffers now, and what it displayed."""

    return_code: int
    buffers: tuple[bytes, ...]
    output: bytes


@dataclass(frozen=True, slots=True)
class Stopped:
    """The module did not come back: STOP RUN, a run-time error, a crash (``exit_code`` negative) or out of time.
    ``output`` is what it displayed before."""

    exit_code: int
    message: str
    timed_out: bool = False
    output: bytes = b""


class Module:
    """``path`` is a module that ``cobc -m`` built, ``entry`` its PROGRAM-ID. Use it as a context, or ``close`` it."""

    def __init__(self, path: Path, entry: str, limits: Limits = USUAL) -> None:
        self.path = path
        self.entry = entry
        self.limits = limits
        self._worker: _Worker | None = None

    def __enter__(self) -> Module:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def call(self, *buffers: bytes, fresh: bool = False, stdin: bytes = b"") -> Called | Stopped:
        return next(self.call_all([buffers], fresh=fresh, stdin=[stdin]))

    def call_all(
        self, calls: Sequence[Sequence[bytes]], *, fresh: bool = False, stdin: Sequence[bytes] = ()
    ) -> Iterator[Called | Stopped]:
        """What each call gave, in order. ``fresh``: working storage is as at the start of the program in each.
        ``stdin``: the standard input of each; empty if none is given."""
        given = [(stdin[at] if stdin else b"", *buffers) for at, buffers in enumerate(calls)]
        done = 0
        while done < len(given):
            if self._worker is None:
                self._worker = _Worker(self.path, self.entry, self.limits)
            for result in self._worker.calls(given[done : done + _BATCH], fresh):
                done += 1
                if isinstance(result, Stopped):
                    self.close()
                yield result


def folder_in_memory() -> tempfile.TemporaryDirectory[str]:
    """For processes that write the same files thousands of times, which disks do not like; elsewhere if need be."""
    usable = os.access(_IN_MEMORY, os.W_OK | os.X_OK)
    return tempfile.TemporaryDirectory(prefix="transpile-", dir=_IN_MEMORY if usable else None)


class _Worker:
    """The process, and the pipes to it."""

    def __init__(self, path: Path, entry: str, limits: Limits) -> None:
        self._limits = limits
        self._ready = False
        self._folder = folder_in_memory()
        self._said = Path(self._folder.name) / "messages"
        self._shown = Path(self._folder.name) / "output"
        asked, ask = os.pipe()
        answer, answered = os.pipe()
        typed = Path(self._folder.name) / "input"
        files = Path(self._folder.name) / "files"
        files.mkdir()
        with self._said.open("wb") as said, self._shown.open("w+b") as shown, typed.open("w+b") as stdin:
            self._process = subprocess.Popen(
                [*without_network(), sys.executable, "-I", str(_WORKER), entry, str(asked), str(answered)],
                stdin=stdin,
                stdout=shown,
                stderr=said,
                cwd=files,
                env={"LC_ALL": "C", "TMPDIR": self._folder.name, "COB_LIBRARY_PATH": str(path.parent.absolute())},
                pass_fds=(asked, answered),
                start_new_session=True,
            )
        os.close(asked)
        os.close(answered)
        self._ask, self._answer = ask, answer
        for limit, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_DATA, limits.memory_bytes),
            (resource.RLIMIT_FSIZE, limits.output_bytes),
        ):
            with suppress(ProcessLookupError, PermissionError):
                resource.prlimit(self._process.pid, limit, (value, value))

    def calls(self, calls: Sequence[Sequence[bytes]], fresh: bool) -> Iterator[Called | Stopped]:
        request = b"".join((_FRAME.pack(len(calls)), _FRAME.pack(fresh), *map(_packed, calls)))
        try:
            self._wait()
            _write(self._ask, _FRAME.pack(len(request)) + request)
        except (BrokenPipeError, EOFError, TimeoutError) as end:
            yield self._stopped(isinstance(end, TimeoutError))
            return
        last = time.monotonic() + _CALLS * self._limits.wall_s
        for _ in calls:
            deadline = min(time.monotonic() + self._limits.wall_s, last)
            try:
                answer = self._read(_FRAME.unpack(self._read(_FRAME.size, deadline))[0], deadline)
            except (EOFError, TimeoutError) as end:
                yield self._stopped(isinstance(end, TimeoutError))
                return
            code, *parts = _unpacked(answer)
            yield Called(struct.unpack("<i", code)[0], tuple(parts[1:]), parts[0])

    def _wait(self) -> None:
        """Until it is ready: on a busy machine that may take longer than any call."""
        if not self._ready:
            self._read(1, time.monotonic() + _STARTING_S)
            self._ready = True

    def _read(self, size: int, deadline: float) -> bytes:
        got = bytearray()
        while len(got) < size:
            ready, _, _ = select.select([self._answer], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = os.read(self._answer, size - len(got))
            if not piece:
                raise EOFError
            got += piece
        return bytes(got)

    def _stopped(self, timed_out: bool) -> Stopped:
        if timed_out:
            self._kill()
        code = self._process.wait()
        message = self._said.read_bytes()[: 1 << 16].decode(errors="replace").strip()
        if "libcob" in message and "cannot open shared object" in message:
            raise ToolError("GnuCOBOL's run-time library is not installed", hint="run 'apt-get install gnucobol3'")
        return Stopped(code, message, timed_out, self._shown.read_bytes()[: self._limits.output_bytes])

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        os.close(self._ask)
        os.close(self._answer)
        if self._process.poll() is None:
            self._kill()
        self._process.wait()
        self._folder.cleanup()


def _packed(parts: Sequence[bytes]) -> bytes:
    return _FRAME.pack(len(parts)) + b"".join(_FRAME.pack(len(part)) + part for part in parts)


def _unpacked(answer: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(answer):
        size = _FRAME.unpack_from(answer, at)[0]
        at += _FRAME.size
        parts.append(answer[at : at + size])
        at += size
    return parts


def _write(pipe: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(pipe, view) :]
