"""``python -m transpile.directions.worker``: requests on standard input, events and results on standard output.

It does one unit after another, each in a folder of its own, and says ``ready`` before the first. Nothing that runs on
its behalf can write to its output or read its input.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import select
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from transpile import __version__
from transpile.directions import NATIVE, translate_in
from transpile.directions.asking import required
from transpile.directions.folder import files_of, write
from transpile.directions.protocol import Request, Row, done_row, error_row, event_row, line_of, request_from, row_of
from transpile.errors import TranspileError

_PR_SET_DUMPABLE = 4
_HUNG_UP = select.POLLHUP | select.POLLERR


def main(words: Sequence[str]) -> int:
    options = argparse.ArgumentParser(prog="transpile.directions.worker", allow_abbrev=False)
    options.add_argument("--store", type=Path, help="the proof store's file")
    options.add_argument("--cpu-s", type=int, default=0, help="seconds of processor time for a unit")
    options.add_argument("--address-bytes", type=int, default=0, help="address space, but where code of units runs")
    options.add_argument("--lm-total", type=float, default=0.0, help="seconds for what a unit asks an endpoint")
    asked = options.parse_args(words)
    requests, answers = _own_pipes()
    _unreadable()
    threading.Thread(target=_end_with_parent, args=(requests.fileno(),), daemon=True).start()
    _send(answers, {"id": "", "event": "ready", "version": __version__})
    for line in requests:
        _bound(resource.RLIMIT_CPU, asked.cpu_s and _used_s() + asked.cpu_s)
        _answer(line, answers, asked)
    return 0


def _answer(line: bytes, answers: BinaryIO, bounds: argparse.Namespace) -> None:
    id = ""
    try:
        row = row_of(line)
        id = row["id"] if isinstance(row.get("id"), str) else ""
        request = request_from(row)
        _bound(resource.RLIMIT_AS, 0 if request.asked.to in NATIVE else bounds.address_bytes)
        _send(answers, _translated(request, answers, bounds))
    except Exception as error:
        if not isinstance(error, TranspileError):
            traceback.print_exc()
        _send(answers, error_row(id, error))


def _translated(request: Request, answers: BinaryIO, bounds: argparse.Namespace) -> Row:
    """The result. Work is done in the folder of the unit, so that names in messages are those of the unit."""
    files = files_of(request.unit)
    home = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="unit-", ignore_cleanup_errors=True) as folder:
        write(files, Path(folder))
        os.chdir(folder)
        try:
            made = translate_in(
                Path(),
                request.unit,
                request.asked,
                lambda event: _send(answers, event_row(request.id, event)),
                bounds.store,
                bounds.lm_total,
            )
        finally:
            os.chdir(home)
    return done_row(request.id, made, required(request.asked))


def _send(answers: BinaryIO, row: Row) -> None:
    answers.write(line_of(row))
    answers.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for this program alone: others find nothing there, and write to the messages."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _unreadable() -> None:
    """Code of strangers that runs as a child cannot look into this process, or reach its pipes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _used_s() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int(used.ru_utime + used.ru_stime) + 1


def _bound(limit: int, wanted: int) -> None:
    """Bound this process, and each that it starts, for the next unit; 0: no more than it is for all."""
    _, most = resource.getrlimit(limit)
    bound = wanted if wanted > 0 else most
    resource.setrlimit(limit, (bound if most == resource.RLIM_INFINITY else min(bound, most), most))


def _end_with_parent(requests: int) -> None:
    """Leave at once when nobody is at the other end any more, whatever the unit is at."""
    hearing = select.poll()
    hearing.register(requests, _HUNG_UP)
    hearing.poll()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
