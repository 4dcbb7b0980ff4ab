"""How long a large COBOL program takes to be translated and checked, and how fast a batch program is as Python.

    python benchmarks/cobol_speed.py [--lines 5000] [--seed 1] [--repeat 3] [--json FILE]

A program of at least so many lines is generated; it is read, restructured, emitted and climbs the checks, on this
machine with what it has. Then ``tests/python/programs/batch.cob``, with 300,000 rounds, runs as GnuCOBOL's executable
and as Python, best of ``--repeat`` each. The exit status is 1 where it takes more than 60 seconds, or Python has less
than 0.2 times GnuCOBOL's speed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from harness import markdown, processors, write_json

from transpile.cobol.parse import parse_text
from transpile.corpora.cobol_paragraphs import Program, generate
from transpile.emulators.cobol.build import build_program
from transpile.modernize.translate import Choices, translate_bytes
from transpile.python.emitter import emit
from transpile.restructure.program import restructure

BATCH = Path(__file__).parents[1] / "tests" / "python" / "programs" / "batch.cob"
ROUNDS = ("WS-N PIC 9(7) VALUE 3000.", "WS-N PIC 9(7) VALUE 300000.")
MOST_S = 60.0
LEAST_SPEED = 0.2


@dataclass(frozen=True, slots=True)
class Translated:
    """``seconds`` by what they were spent on."""

    lines: int
    paragraphs: int
    verdicts: dict[str, int]
    seconds: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds of the batch program; ``same``: both print the same."""

    cobol_s: float
    python_s: float
    same: bool

    @property
    def speed(self) -> float:
        return self.cobol_s / self.python_s


def large(lines: int, seed: int) -> Program:
    """A generated program of at least so many lines."""
    paragraphs = lines // 40
    while len((program := generate(seed, paragraphs, "LARGE")).text.splitlines()) < lines:
        paragraphs += max(1, paragraphs // 10)
    return program


def translated(program: Program) -> Translated:
    start = time.monotonic()
    made = translate_bytes(program.text.encode("latin-1"), "large.cob", Choices(jobs=processors()))
    spent = time.monotonic() - start
    seconds = {name: round(each, 2) for name, each in made.seconds.items()}
    seconds["the rest"] = round(max(0.0, spent - sum(made.seconds.values())), 2)
    verdicts = {word: count for word, count in made.translation.verdicts.items() if count}
    return Translated(len(program.text.splitlines()), len(program.paragraphs), verdicts, seconds)


def ran(folder: Path, repeat: int) -> Ran:
    text = BATCH.read_text().replace(*ROUNDS)
    build_program(text.encode(), folder / "builds")
    executable = next((folder / "builds").rglob("program"))
    module = emit(*restructure(parse_text(text, BATCH.name)))
    for name, text in module.files.items():
        (folder / name).write_text(text)
    cobol, expected = _best(lambda: _output([str(executable)], folder), repeat)
    python, found = _best(lambda: _output([sys.executable, module.name], folder), repeat)
    return Ran(round(cobol, 3), round(python, 3), expected == found)


def _output(command: Sequence[str], folder: Path) -> bytes:
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


def _best(run: Callable[[], bytes], repeat: int) -> tuple[float, bytes]:
    best, output = float("inf"), b""
    for _ in range(repeat):
        start = time.monotonic()
        output = run()
        best = min(best, time.monotonic() - start)
    return best, output


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args(arguments)
    made = translated(large(given.lines, given.seed))
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        batch = ran(Path(folder), given.repeat)
    print(f"{made.lines} lines, {made.paragraphs} paragraphs, {processors()} processors: {made.verdicts}")
    print(markdown(("spent on", "seconds"), [*made.seconds.items(), ("all", round(made.total, 2))]))
    print(markdown(("batch.cob", "seconds"), [("GnuCOBOL", batch.cobol_s), ("Python", batch.python_s)]))
    print(
        f"Python has {batch.speed:.2f} times GnuCOBOL's speed; the output is {'the same' if batch.same else 'another'}"
    )
    if given.json is not None:
        write_json(given.json, {"translated": asdict(made), "ran": asdict(batch)})
    return int(made.total > MOST_S or batch.speed < LEAST_SPEED or not batch.same)


if __name__ == "__main__":
    sys.exit(main())
