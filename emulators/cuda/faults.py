"""What the emulator found wrong, read from what the emulated program reported."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transpile import tools

Index = tuple[int, int, int]
END = b"end"
"""The last line of a complete report."""
UNCONFINED = "unconfined"
FAILING = "failing"
"""No fault of the program: a call that failed because it was told to."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` is a word of ``KINDS``. ``kernel`` is empty on the host; ``block`` and ``thread`` are x, y, z.
    ``line`` is that of the program's text, 0 where nobody knows."""

    kind: str
    message: str
    kernel: str = ""
    block: Index = (0, 0, 0)
    thread: Index = (0, 0, 0)
    line: int = 0

    def __str__(self) -> str:
        where = f" in {self.kernel}, block {self.block}, thread {self.thread}" if self.kernel else ""
        return f"{f'line {self.line}: ' if self.line else ''}{self.kind}{where}: {self.message}"


KINDS = {
    "out-of-bounds": "an access outside any allocation or variable",
    "use-after-free": "an access to freed memory",
    "null-pointer": "an access near address 0",
    "host-pointer": "a kernel touches memory of the host",
    "device-pointer": "the host touches memory of the device",
    "local-memory": "a thread touches another thread's local memory",
    "read-only": "a kernel writes a parameter or a __constant__ variable",
    "uninitialised": "a kernel reads device or shared memory that nobody wrote",
    "misaligned": "an access at an address that its type may not have",
    "race": "accesses of two threads conflict and no barrier orders them",
    "barrier": "not all threads of a block reach a barrier, or not the same one",
    "warp": "an exchange within a warp whose lanes do not agree, or that reads a lane which takes no part",
    "launch": "a launch that the device would refuse",
    "shared-size": "more static shared memory than a block has",
    "api": "a call of the runtime API failed",
    "unchecked": "the last error was never looked at",
    "unsynchronised": "the host touches managed memory while a kernel may run",
    "double-free": "memory is freed twice",
    "bad-free": "free() of what is no allocation",
    "leak": "device memory is not freed at the end",
    "host-call": "a function of the device is called on the host",
    "undefined": "UBSan: undefined behaviour of C++",
    "assert": "an assertion fails",
    "stack-overflow": "a thread's stack is full",
    "crash": "a signal ends the program",
    "time": "the program ran for too long",
    "output": "the program wrote too much",
    "memory": "the emulator itself has no memory",
    "unfinished": "the program ended before its exit functions ran",
    "harness": "the text lacks the function, or the input is too short",
    "unsupported": "something the emulator cannot run",
}


def read_report(report: bytes, program: Path, source_name: str) -> list[Fault]:
    """The faults in the order they happened. Lines are those of the file that is called ``source_name``."""
    rows = [row.split("\t", 6) for row in report.decode(errors="replace").splitlines()]
    rows = [row for row in rows if len(row) == 7]
    callers = [int(row[4], 16) if row[4].startswith("0x") else 0 for row in rows]
    lines = _lines([caller for caller in callers if caller], program, source_name)
    return [
        Fault(kind, message, kernel, _index(block), _index(thread), int(line) or lines.get(caller, 0))
        for (kind, kernel, block, thread, _, line, message), caller in zip(rows, callers, strict=True)
    ]


def _index(text: str) -> Index:
    x, y, z = map(int, text.split(","))
    return x, y, z


def _lines(callers: Sequence[int], program: Path, source_name: str) -> dict[int, int]:
    """The line of each return address: the innermost that is in the source."""
    if not callers or tools.find("addr2line").path() is None:
        return {}
    # The address after a call may belong to the next line.
    command = [*tools.command("addr2line"), "-e", str(program), "-i", "-a", *(hex(c - 1) for c in callers)]
    said = subprocess.run(command, capture_output=True, check=False, text=True).stdout
    found: dict[int, int] = {}
    at = 0
    for row in said.splitlines():
        if row.startswith("0x"):
            at = int(row, 16) + 1
            continue
        file, _, line = row.partition(" ")[0].rpartition(":")
        if Path(file).name == source_name and line.isdigit():
            found.setdefault(at, int(line))
    return found
