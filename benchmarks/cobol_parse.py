"""NIST COBOL-85: how many programs of the suite are read, and how fast.

    python benchmarks/cobol_parse.py [CHECKOUT] [--modules NC,IF,…] [--cobc] [--json FILE]

CHECKOUT (or the environment variable NIST) is a folder with one folder per module, as tests/cobol85 of
opensourcecobol4j has them, and the copybooks in ``copy`` and ``copyalt``. A program counts as read when its tree is
there and all of its names are found. With ``--cobc`` GnuCOBOL says which programs it accepts; the exit code is 1 if
one of those is not read.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.errors import TranspileError

MODULES = ("NC", "IF", "SQ", "IC", "ST", "IX", "RL", "SM", "SG", "OB")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One program. ``accepted`` is what GnuCOBOL says, None where it was not asked."""

    module: str
    name: str
    lines: int
    seconds: float
    error: str
    accepted: bool | None


def outcomes(checkout: Path, modules: list[str], cobc: bool) -> Iterator[Outcome]:
    folders = tuple(checkout / folder for folder in ("copy", "copyalt"))
    for module in modules:
        for path in sorted((checkout / module).rglob("*.CBL")):
            yield _outcome(module, path, Options(copy_paths=folders), cobc)


def _outcome(module: str, path: Path, options: Options, cobc: bool) -> Outcome:
    start = time.process_time()
    error = ""
    try:
        parsed = parse_file(path, options)
        seconds = time.process_time() - start
        check(parsed)
    except TranspileError as raised:
        seconds = time.process_time() - start
        error = raised.render().splitlines()[0]
    lines = len(path.read_bytes().splitlines())
    return Outcome(module, path.name, lines, round(seconds, 4), error, _accepts(path, options) if cobc else None)


def _accepts(path: Path, options: Options) -> bool:
    folders = [word for folder in options.copy_paths for word in ("-I", str(folder))]
    command = ["cobc", "-fsyntax-only", "-w", *folders, str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Read the programs of NIST COBOL-85.")
    parser.add_argument("checkout", nargs="?", type=Path, default=os.environ.get("NIST"))
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--cobc", action="store_true", help="ask GnuCOBOL which programs it accepts")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.checkout is None:
        parser.error("where is the suite? give its folder, or set NIST")
    found = list(outcomes(Path(arguments.checkout), arguments.modules.split(","), arguments.cobc))
    if not found:
        parser.error(f"{arguments.checkout} holds no programs (MODULE/*.CBL)")
    print("\n".join(table(found)))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(outcome) for outcome in found], indent=1) + "\n")
    return int(any(outcome.error and outcome.accepted for outcome in found))


def table(found: list[Outcome]) -> Iterator[str]:
    yield "| module | programs | read | accepted by GnuCOBOL | lines | lines per second |"
    yield "|---|---|---|---|---|---|"
    for module in dict.fromkeys(outcome.module for outcome in found):
        yield _row(module, [outcome for outcome in found if outcome.module == module])
    yield _row("all", found)
    for outcome in found:
        if outcome.error:
            known = {True: "GnuCOBOL accepts it", False: "GnuCOBOL refuses it too", None: ""}[outcome.accepted]
            yield f"\n{outcome.module}/{outcome.name}: {outcome.error}\n    {known}".rstrip()


def _row(name: str, found: list[Outcome]) -> str:
    asked = [outcome for outcome in found if outcome.accepted is not None]
    accepted = str(sum(bool(outcome.accepted) for outcome in asked)) if asked else "—"
    lines = sum(outcome.lines for outcome in found)
    speed = lines / max(sum(outcome.seconds for outcome in found), 1e-9)
    read = sum(not outcome.error for outcome in found)
    return f"| {name} | {len(found)} | {read} | {accepted} | {lines:,} | {speed:,.0f} |"


if __name__ == "__main__":
    sys.exit(main())
