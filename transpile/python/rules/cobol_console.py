"""ACCEPT and DISPLAY: the standard input and output, the clock, the environment and the arguments."""

from __future__ import annotations

import io
import itertools
import os
import sys
import time


def use_latin_1() -> None:
    """Make a character a byte where the program reads and prints."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="latin-1", newline="\n")


def accept(size: int = 0) -> str:
    """A line of the standard input, empty at its end; of ``size`` characters at most, unless that is 0."""
    sys.stdout.flush()
    line = sys.stdin.readline().rstrip("\n")
    return line[:size] if size else line


def accept_date() -> str:
    return time.strftime("%y%m%d")


def accept_date_yyyymmdd() -> str:
    return time.strftime("%Y%m%d")


def accept_day() -> str:
    return time.strftime("%y%j")


def accept_day_yyyyddd() -> str:
    return time.strftime("%Y%j")


def accept_day_of_week() -> str:
    """1 is Monday."""
    return time.strftime("%u")


def accept_time() -> str:
    """Hours, minutes, seconds and hundredths."""
    now = time.time()
    return time.strftime("%H%M%S", time.localtime(now)) + f"{int(now * 100) % 100:02d}"


def accept_environment(name: str) -> str:
    return os.environ.get(name.rstrip(" "), "")


_arguments = itertools.count(1)


def accept_argument() -> str:
    """The next argument of the command line, empty when there is none."""
    at = next(_arguments)
    return sys.argv[at] if at < len(sys.argv) else ""


def accept_arguments() -> str:
    return " ".join(sys.argv[1:])


def accept_argument_count() -> int:
    return len(sys.argv) - 1
