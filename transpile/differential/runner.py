"""The process that runs emitted Python: ``runner.py MODULE RUNS WALL_S [CLOCK]``, RUNS being a folder of folders.

The module is imported once; each run is a fork of that, in the folder ``data`` of its own, with ``stdin`` as input. It
leaves ``stdout``, ``stderr`` and ``ended.json``: how it ended, the lines of methods that it reached, and whether it
read numbers from bytes that are none. CLOCK, in seconds since 1970, is what the time is all the while. After a run that
ran out of time there are no more. This is a program of its own and imports nothing of the package.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

Reached = dict[str, set[int]]
_DIGITS = b"0123456789pqrstuvwxy+-"
"""Of DISPLAY fields: digits, those with a minus over them, and separate signs."""


def main(path: Path, runs: Path, wall_s: float, clock: float | None) -> None:
    """Run every folder in ``runs``, in the order of their numbers."""
    sys.path.insert(0, str(path.parent))
    sys.argv[:] = [str(path)]
    spec = importlib.util.spec_from_file_location("__emitted__", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for folder in sorted(runs.iterdir(), key=lambda each: int(each.name)):
        if not _run(module, path, folder, wall_s, clock):
            break


def _run(module: ModuleType, path: Path, folder: Path, wall_s: float, clock: float | None) -> bool:
    """Whether it ended in time."""
    child = os.fork()
    if not child:
        _in_child(module, path, folder, clock)
    end = os.pidfd_open(child)
    try:
        waiting = select.poll()
        waiting.register(end, select.POLLIN)
        timed_out = not waiting.poll(wall_s * 1000)
        if timed_out:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(end)
    seen = folder / "seen.json"
    ended = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "timed_out": timed_out,
        **(json.loads(seen.read_text()) if seen.exists() else {"reached": {}, "no_numbers": 0}),
    }
    (folder / "ended.json").write_text(json.dumps(ended))
    return not timed_out


def _in_child(module: ModuleType, path: Path, folder: Path, clock: float | None) -> None:
    """Run the program and end this process with its status."""
    reached: Reached = {}
    no_numbers: list[bytes] = []
    code = 1
    try:
        for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
            os.dup2(os.open(folder / name, flags | os.O_CREAT, 0o600), number)
        os.chdir(folder / "data")
        if clock is not None:
            _stop_clock(clock)
        _watch_numbers(no_numbers)
        sys.settrace(_tracer(str(path), reached))
        code = _ended(module)
        sys.settrace(None)
        seen = {"reached": {name: sorted(lines) for name, lines in reached.items()}, "no_numbers": len(no_numbers)}
        (folder / "seen.json").write_text(json.dumps(seen))
    finally:
        os._exit(code)


def _ended(module: ModuleType) -> int:
    try:
        module.main()
        code = 0
    except SystemExit as end:
        code = end.code & 0xFF if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return 120
    return code


def _stop_clock(clock: float) -> None:
    """The time is ``clock`` from now on."""
    localtime, strftime = time.localtime, time.strftime
    time.time = lambda: clock
    time.localtime = lambda seconds=None: localtime(clock if seconds is None else seconds)
    time.strftime = lambda format, moment=None: strftime(format, localtime(clock) if moment is None else moment)


def _watch_numbers(found: list[bytes]) -> None:
    """Note where a field of digits is read that holds other bytes."""
    records = sys.modules.get("cobol_records")
    if records is None:
        return
    decode = records.decode_display

    def watched(data: bytes, sign: str = "none") -> int:
        if not found and data.strip(_DIGITS):
            found.append(data)
        value: int = decode(data, sign)
        return value

    vars(records)["decode_display"] = watched


def _tracer(path: str, reached: Reached) -> Any:
    """Notes which lines of the module's methods run. A method of which all have run is not looked at again."""
    missing: dict[CodeType, set[int]] = {}

    def line(frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if event == "line" and frame.f_lineno in missing[code]:
            missing[code].discard(frame.f_lineno)
            reached[code.co_qualname].add(frame.f_lineno)
        return line if missing[code] else None

    def call(frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if code.co_filename != path:
            return None
        if code not in missing:
            lines = {number for _, _, number in code.co_lines() if number is not None}
            missing[code] = lines - {code.co_firstlineno}
            reached.setdefault(code.co_qualname, set())
        return line if missing[code] else None

    return call


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]) if sys.argv[4:] else None)
