"""NIST COBOL-85: how many programs of the suite get a form without jumps (``transpile.restructure``), and how fast.

    python benchmarks/cobol_lower.py [CHECKOUT] [--modules NC,IF,…] [--json FILE] [--list]

CHECKOUT (or the environment variable NIST) is as for ``cobol_parse.py``. ``--list`` tells the reason for every program
that is refused.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.errors import SourceError, SourceErrors, TranspileError
from transpile.restructure.program import restructure

MODULES = ("NC", "IF", "SQ", "IC", "ST", "IX", "RL", "SM", "SG", "OB")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file. ``read`` is false where it has no syntax tree; ``error`` is why it has no form."""

    module: str
    name: str
    seconds: float
    read: bool
    error: str


def outcomes(checkout: Path, modules: list[str]) -> Iterator[Outcome]:
    folders = tuple(checkout / folder for folder in ("copy", "copyalt"))
    for module in modules:
        for path in sorted((checkout / module).rglob("*.CBL")):
            yield _outcome(module, path, Options(copy_paths=folders))


def _outcome(module: str, path: Path, options: Options) -> Outcome:
    read, error = False, ""
    start = time.process_time()
    try:
        unit = parse_file(path, options)
        check(unit)
        read, start = True, time.process_time()
        restructure(unit)
    except TranspileError as raised:
        error = _reason(raised)
    return Outcome(module, path.name, round(time.process_time() - start, 4), read, error)


def _reason(raised: TranspileError) -> str:
    first = raised.errors[0] if isinstance(raised, SourceErrors) else raised
    line = f" (line {first.span.line})" if isinstance(first, SourceError) else ""
    return f"{first.message}{line}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring the programs of NIST COBOL-85 into the form without jumps.")
    parser.add_argument("checkout", nargs="?", type=Path, default=os.environ.get("NIST"))
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--list", action="store_true", help="tell why programs are refused")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.checkout is None:
        parser.error("where is the suite? give its folder, or set NIST")
    found: list[Outcome] = []
    for outcome in outcomes(Path(arguments.checkout), arguments.modules.split(",")):
        found.append(outcome)
        if arguments.list and outcome.error:
            print(f"{outcome.module} {outcome.name}: {outcome.error}")
    _report(found)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n")
    return 0 if found else 1


def _report(found: list[Outcome]) -> None:
    total, good, seconds = Counter[str](), Counter[str](), Counter[str]()
    for each in found:
        total[each.module] += each.read
        good[each.module] += each.read and not each.error
        seconds[each.module] += each.seconds  # type: ignore[assignment]
    for module in total:
        print(f"{module}: {good[module]} of {total[module]} programs that are read, {seconds[module]:.1f} s")
    print(f"together: {sum(good.values())} of {sum(total.values())}")


if __name__ == "__main__":
    sys.exit(main())
