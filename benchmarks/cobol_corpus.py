"""The business programs of ``datasets/cobol`` as Python: which paragraphs are proved, which tested, and in what time.

    benchmarks/cobol_corpus.py [--programs payroll,…] [--seed N] [--store FILE] [--output FILE.json|FILE.md] [--reasons]

Each program is translated with the input and the files that it has. ``--reasons`` tells why paragraphs are not proved.
The generated tests of all run, and ruff and mypy read all that was written. The exit status is 1 where less is proved
than the floor, or anything differs.
"""

from __future__ import annotations

import argparse
import math
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from harness import added, markdown, share, write_json

from transpile.core.verdict import WORDS, Proved
from transpile.corpora.programs import Program, load
from transpile.errors import TranspileError
from transpile.modernize.folder import laid_out
from transpile.modernize.subject import Given
from transpile.modernize.testing import pytest_file
from transpile.modernize.translate import Choices, translate_file
from transpile.translation import BlockResult, Rung

CORPUS = Path(__file__).parents[1] / "datasets" / "cobol"
FLOOR = 0.70
"""Of all paragraphs are proved."""
LINES = re.compile(r"(\d+) of its (\d+) lines reached")
TOOLS = (
    ("pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."),
    ("ruff", "check", "--isolated", "--line-length", "120", "."),
    ("mypy", "--strict", "--config-file=", "."),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One program. ``seconds`` are those of all checks together, ``by_check`` those of each."""

    name: str
    verdicts: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(WORDS, 0))
    reasons: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    by_check: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    reached: tuple[int, int] = (0, 0)
    """Lines of its methods that whole runs reached, and all."""

    @property
    def paragraphs(self) -> int:
        return sum(self.verdicts.values())


def row(program: Program, seed: int, store: Path | None, folder: Path) -> Row:
    """What was made is written to ``folder``."""
    start = time.monotonic()
    given = Given(program.stdin, program.reads)
    choices = Choices(copy_paths=(CORPUS / "copybooks",), given=given, seed=seed, store=store)
    try:
        made = translate_file(program.source, choices)
    except TranspileError as error:
        return Row(program.name, seconds=time.monotonic() - start, error=error.render())
    name = program.name.replace("-", "_")
    files = laid_out(made.subject.module, folder / f"{name}.py", pytest_file(made, name), force=False)
    for path, text in files.items():
        path.write_text(text)
    blocks = list(made.translation.blocks)
    reasons = Counter(_reason(block) for block in blocks if not isinstance(block.verdict, Proved))
    spent = time.monotonic() - start
    lines = [_reached(each.rungs) for each in made.found.methods.values()]
    reached = sum(found for found, _ in lines), sum(total for _, total in lines)
    return Row(program.name, made.translation.verdicts, dict(reasons), spent, made.seconds, reached=reached)


def _reached(rungs: Sequence[Rung]) -> tuple[int, int]:
    found = next((match for rung in rungs if (match := LINES.search(rung.detail))), None)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _reason(block: BlockResult) -> str:
    return f"{block.verdict.word}: {block.reason}"


def read_again(folder: Path) -> list[str]:
    """What pytest, ruff and mypy find in ``folder``; how many tests passed is printed."""
    wrong = []
    for words in TOOLS:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        print(f"{words[0]}: {(done.stdout.splitlines() or ['says nothing'])[-1]}")
        if done.returncode:
            wrong += [f"{words[0]}: {line}" for line in done.stdout.splitlines()[-20:]]
    return wrong


def table(rows: Sequence[Row]) -> str:
    total = added(row.verdicts for row in rows)
    cells = [[row.name, row.paragraphs, *(row.verdicts[word] for word in WORDS), f"{row.seconds:.1f}"] for row in rows]
    count = sum(row.paragraphs for row in rows)
    cells.append(["all", count, *(total.get(word, 0) for word in WORDS), f"{sum(row.seconds for row in rows):.1f}"])
    cells.append(["share", "", *(share(total.get(word, 0), count) for word in WORDS), ""])
    return markdown(["program", "paragraphs", *WORDS, "seconds"], cells)


def shortfalls(rows: Sequence[Row]) -> list[str]:
    """Which floors are missed."""
    total = added(row.verdicts for row in rows)
    wanted = math.ceil(FLOOR * sum(row.paragraphs for row in rows))
    found = [f"{row.name}: {row.error}" for row in rows if row.error]
    if total.get("proved", 0) < wanted:
        found.append(f"{total.get('proved', 0)} paragraphs are proved, not {wanted}")
    found += [f"{row.name}: {row.verdicts[word]} {word}" for row in rows for word in WORDS[2:] if row.verdicts[word]]
    return found


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        return _measured(Path(folder))


def _measured(folder: Path) -> int:
    parser = argparse.ArgumentParser(description="Translate the business programs to Python, and check them.")
    parser.add_argument("--programs", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--output", type=Path, help="JSON, or a table as Markdown, by its suffix")
    parser.add_argument("--reasons", action="store_true")
    arguments = parser.parse_args()
    only = set(filter(None, arguments.programs.split(",")))
    rows = []
    for program in load(CORPUS):
        if not only or program.name in only:
            rows.append(row(program, arguments.seed, arguments.store, folder))
            print(f"{program.name}: {dict(rows[-1].verdicts)} {rows[-1].error}", file=sys.stderr, flush=True)
    text = table(rows)
    print(text)
    if arguments.reasons:
        for reason, times in added(row.reasons for row in rows).items():
            print(f"{times:4} {reason}")
    if arguments.output is not None:
        if arguments.output.suffix == ".json":
            write_json(arguments.output, [asdict(row) for row in rows])
        else:
            arguments.output.write_text(text)
    print("lines reached by whole runs: {} of {}".format(*map(sum, zip(*(row.reached for row in rows), strict=True))))
    missed = [*shortfalls(rows), *read_again(folder)]
    print("\n".join(missed or ["all floors are met"]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
