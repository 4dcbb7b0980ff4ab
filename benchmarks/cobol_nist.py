"""NIST COBOL-85 as Python: does each program print the report that it prints with GnuCOBOL?

    python benchmarks/cobol_nist.py [CHECKOUT] [--modules NC,IF,…] [--programs NC101A,…] [--keep FOLDER] [--json FILE]

CHECKOUT (or the environment variable NIST) is a folder with one folder per module, as tests/cobol85 of
opensourcecobol4j has them, and the copybooks in ``copy``; programs that others call are in ``lib`` of the module. Each
program is compiled and run with GnuCOBOL, and translated and run as Python; what they print and the report that they
write are compared byte for byte. The programs of a module run in their order, each side with the files that its
programs before left. Programs that GnuCOBOL does not compile or run are left out of the shares, and named. With
``--keep`` the Python is written there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from harness import markdown, share

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.emulators.cobol.build import build_program
from transpile.emulators.cobol.programs import Run
from transpile.emulators.cuda.bounded import Limits, run_bounded
from transpile.errors import TranspileError
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure

MODULES = ("NC", "IF", "SQ", "IC", "ST", "IX", "RL")
REPORT = "report.log"
_TRANSLATION_S = 15
_LITERAL = re.compile(r'^.{6} .*?"([A-Z0-9-]+)"', re.M)
_LIMITS = Limits(cpu_s=20, wall_s=60.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``oracle`` is why GnuCOBOL gives no report; ``failure`` why Python gives none, or where it first differs.
    ``checks`` are the PASS and FAIL lines of GnuCOBOL's report, ``same`` those that Python's has too."""

    module: str
    name: str
    oracle: str = ""
    failure: str = ""
    checks: int = 0
    same: int = 0
    lines: int = 0
    cobol_s: float = 0.0
    python_s: float = 0.0


def outcomes(checkout: Path, module: str, only: set[str], keep: Path | None, builds: Path) -> Iterator[Outcome]:
    copybooks = {path.name: path.read_bytes() for path in sorted((checkout / "copy").iterdir()) if path.is_file()}
    theirs: Mapping[str, bytes] = {}
    ours: Mapping[str, bytes] = {}
    for path in sorted((checkout / module).glob("*.CBL")):
        if only and path.stem not in only:
            continue
        data = path.with_suffix(".DAT")
        stdin = data.read_bytes() if data.exists() else b""
        start = time.monotonic()
        try:
            others = {each.name: each.read_bytes() for each in called(path)}
            program = build_program(path.read_bytes(), builds, copybooks=copybooks, others=others, name=path.name)
            start = time.monotonic()
            expected = program.run(stdin, _without_report(theirs), limits=_LIMITS)
        except TranspileError as error:
            yield Outcome(module, path.stem, oracle=str(error).splitlines()[0])
            continue
        cobol_s = time.monotonic() - start
        if not expected.ok or REPORT not in expected.files:
            yield Outcome(module, path.stem, oracle=_end(expected))
            continue
        theirs = expected.files
        outcome, files = _ours(module, path, checkout, stdin, _without_report(ours), expected, keep)
        ours = files or theirs
        yield Outcome(**{**asdict(outcome), "cobol_s": round(cobol_s, 3)})


def called(path: Path) -> list[Path]:
    """The files of the module's ``lib`` whose programs ``path`` and they themselves name in literals."""
    library = {each.stem: each for each in sorted((path.parent / "lib").glob("*.CBL"))}
    found: dict[str, Path] = {}
    pending = [path]
    while pending:
        for name in _LITERAL.findall(pending.pop().read_text("latin-1")):
            if name in library and name not in found:
                found[name] = library[name]
                pending.append(library[name])
    return list(found.values())


def _without_report(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name != REPORT}


def _end(run: Run) -> str:
    if run.timed_out:
        return "ran out of time"
    said = run.messages.strip().splitlines()
    return said[-1] if said else f"ended with {run.exit_code}, and no report"


def _ours(
    module: str,
    path: Path,
    checkout: Path,
    stdin: bytes,
    files: Mapping[str, bytes],
    expected: Run,
    keep: Path | None,
) -> tuple[Outcome, Mapping[str, bytes]]:
    report = expected.files[REPORT]
    checks = _checks(report)
    outcome = Outcome(module, path.stem, checks=len(checks), lines=len(path.read_bytes().splitlines()))
    try:
        with _bounded():
            options = Options(copy_paths=(checkout / "copy",))
            units = [parse_file(each, options) for each in (path, *called(path))]
            translated = emit(*(program for unit in units for program in restructure(unit)))
    except TranspileError as error:
        return _failed(outcome, f"not translated: {error.render().splitlines()[0].partition('error: ')[2]}"), {}
    except Exception as error:
        return _failed(outcome, f"not translated: internal error: {error!r}"), {}
    if keep is not None:
        _write(translated, keep / path.stem)
    start = time.monotonic()
    run = run_python(translated, stdin, files)
    elapsed = round(time.monotonic() - start, 3)
    got = run.files.get(REPORT, b"")
    left = list(_checks(got))
    same = 0
    for check in checks:
        if check in left:
            left.remove(check)
            same += 1
    outcome = Outcome(**{**asdict(outcome), "same": same, "python_s": elapsed})
    if run.stdout == expected.stdout and got == report and run.exit_code == expected.exit_code:
        return outcome, run.files
    return _failed(outcome, _difference(run, expected)), run.files


@contextmanager
def _bounded() -> Iterator[None]:
    """Translation that takes too long is a failure."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"took more than {_TRANSLATION_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_TRANSLATION_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _failed(outcome: Outcome, failure: str) -> Outcome:
    return Outcome(**{**asdict(outcome), "failure": failure})


def _checks(report: bytes) -> list[bytes]:
    return [line for line in report.splitlines() if b"PASS " in line or b"FAIL*" in line]


def _difference(run: Run, expected: Run) -> str:
    if run.timed_out:
        return "ran out of time"
    said = run.messages.strip().splitlines()
    if run.exit_code != expected.exit_code:
        return f"ended with {run.exit_code}: {said[-1] if said else ''}"
    for name, a, b in (
        ("report", expected.files[REPORT], run.files.get(REPORT, b"")),
        ("output", expected.stdout, run.stdout),
    ):
        for number, (left, right) in enumerate(zip(a.splitlines(), b.splitlines(), strict=False), 1):
            if left != right:
                return f"{name}, line {number}: {left.strip()[:60]!r} became {right.strip()[:60]!r}"
        if a != b:
            return f"{name}: {len(a.splitlines())} lines became {len(b.splitlines())}"
    return "?"


def _write(translated: Module, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in translated.files.items():
        (folder / name).write_text(text)


def run_python(translated: Module, stdin: bytes, files: Mapping[str, bytes]) -> Run:
    """One run in a folder of its own that has ``files``."""
    with tempfile.TemporaryDirectory(prefix="transpile-") as name:
        code, data = Path(name) / "code", Path(name) / "data"
        _write(translated, code)
        data.mkdir()
        for file, content in files.items():
            (data / file).write_bytes(content)
        command = [sys.executable, str(code / translated.name)]
        ended = run_bounded(command, _LIMITS, stdin=stdin, cwd=data, data_bytes=_LIMITS.memory_bytes)
        left = {path.name: path.read_bytes() for path in sorted(data.iterdir()) if path.is_file()}
        return Run(ended.stdout, ended.stderr.decode(errors="replace"), ended.exit_code, ended.timed_out, left)


def table(found: list[Outcome]) -> str:
    rows = []
    for module in dict.fromkeys(each.module for each in found):
        ran = [each for each in found if each.module == module and not each.oracle]
        good = [each for each in ran if not each.failure]
        translated = [each for each in ran if not each.failure.startswith("not translated")]
        checks, same = sum(each.checks for each in ran), sum(each.same for each in ran)
        rows.append(
            [
                module,
                len([each for each in found if each.module == module]),
                len(ran),
                len(translated),
                len(good),
                share(len(good), len(ran)),
                checks,
                same,
                share(same, checks),
            ]
        )
    headers = ["module", "programs", "GnuCOBOL runs", "translated", "same report", "", "checks", "same", ""]
    return markdown(headers, rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare NIST COBOL-85 as Python with GnuCOBOL.")
    parser.add_argument("checkout", nargs="?", type=Path, default=os.environ.get("NIST"))
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--programs", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--builds", type=Path, help="where what GnuCOBOL builds is kept")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.checkout is None:
        parser.error("where is the suite? give its folder, or set NIST")
    only = set(filter(None, arguments.programs.split(",")))
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        builds = arguments.builds or Path(folder)
        found = [
            outcome
            for module in arguments.modules.split(",")
            for outcome in outcomes(Path(arguments.checkout), module, only, arguments.keep, builds)
        ]
    for each in found:
        if each.oracle or each.failure:
            print(f"{each.name}: {'GnuCOBOL: ' + each.oracle if each.oracle else each.failure}")
    print(table(found))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(each) for each in found], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
