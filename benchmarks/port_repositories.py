"""Ports public repositories to both instruction sets, builds each with the cross compiler and runs its own tests.

``port_repositories.toml`` says which, and how each is built and tested. The checkouts are given; nothing is fetched,
and they are not changed. For each repository and target: what was ported with which verdict, what was left to a person,
what a person did (it stands in the table), and whether build and tests passed, before the port and after it.

    python benchmarks/port_repositories.py CHECKOUTS [--to riscv] [--only NAME] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from transpile.options import TARGETS, Options, Target
from transpile.port import crossing
from transpile.port.assembly import Choices
from transpile.port.changes import changes_of, copy, write
from transpile.port.plan import plan_for
from transpile.port.tree import walk
from transpile.sandbox import Sandbox

TABLE = Path(__file__).with_suffix(".toml")
LIMIT_S = 900


@dataclass(frozen=True, slots=True)
class Row:
    """One repository for one target. ``before`` is how the build of the unported copy ended."""

    repository: str
    commit: str
    target: str
    items: dict[str, int]
    verdicts: dict[str, int]
    left: list[str]
    by_hand: list[str]
    before: str
    build: str
    test: str
    seconds: float
    said: str


def ported(checkouts: Path, row: dict[str, object], to: Target, store: Path | None) -> Row:
    """Port, build and test one repository."""
    begun = time.monotonic()
    root = checkouts / str(row["folder"])
    by_hand = row.get("by_hand", [])
    assert isinstance(by_hand, list)
    sandbox = Sandbox.detect()
    with TemporaryDirectory(prefix="port-bench-") as name, crossing.surroundings(to) as environment:
        before = Path(name) / "before"
        copy(root, before)
        unported = crossing.run(str(row["build"]), before, environment, LIMIT_S, sandbox)
        after = Path(name) / "after"
        copy(root, after)
        carry_out((step.get("before", "") for step in by_hand), after)
        tree = walk(after)
        plan = plan_for(tree, to, Options(lm="none", store=store), Choices(substitutes=True), lambda done, total: None)
        write(after, changes_of(tree, plan.texts))
        carry_out((step.get(to, "") for step in by_hand), after)
        built = crossing.run(str(row["build"]), after, environment, LIMIT_S, sandbox)
        tested = crossing.run(str(row["test"]), after, environment, LIMIT_S, sandbox) if built.passed else None
    last = tested or built
    verdicts: Counter[str] = Counter()
    for item in plan.items:
        verdicts.update(item.verdicts)
    return Row(
        str(row["source"]), commit_of(root), to, dict(Counter(item.state for item in plan.items)), dict(verdicts),
        [f"{item.file}:{item.line} {item.what}: {item.why}" for item in plan.left],
        [step["why"] for step in by_hand], ended(unported), ended(built), ended(tested),
        round(time.monotonic() - begun, 1), "" if last.passed else last.output[-1500:],
    )  # fmt: skip


def carry_out(steps: Iterable[str], folder: Path) -> None:
    """What a person does, as shell commands."""
    for step in steps:
        subprocess.run(["/bin/sh", "-ec", step], cwd=folder, check=True)


def ended(ran: crossing.Ran | None) -> str:
    if ran is None:
        return "not run"
    return "passed" if ran.passed else "time limit" if ran.timed_out else f"failed ({ran.status})"


def commit_of(root: Path) -> str:
    asked = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def table(rows: list[Row]) -> Iterator[str]:
    yield "| repository | to | ported | left | blocks | by hand | builds unported | builds | own tests | s |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        verdicts = ", ".join(f"{n} {word}" for word, n in sorted(row.verdicts.items())) or "none"
        cells = (
            f"{row.repository} {row.commit}", row.target, row.items.get("ported", 0), row.items.get("left", 0),
            verdicts, len(row.by_hand), row.before, row.build, row.test, row.seconds,
        )  # fmt: skip
        yield f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Exit code 0 when all that was built passed its tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--to", choices=TARGETS, action="append")
    parser.add_argument("--only", action="append")
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows: list[Row] = []
    for row in tomllib.loads(given.table.read_text())["repository"]:
        if given.only and row["folder"] not in given.only:
            continue
        if not (given.checkouts / row["folder"]).is_dir():
            print(f"{row['folder']}: no checkout of {row['source']}, passed over", file=sys.stderr)
            continue
        for to in given.to or TARGETS:
            rows.append(ported(given.checkouts, row, to, given.store))
            print(f"{rows[-1].repository} {to}: build {rows[-1].build}, tests {rows[-1].test}", file=sys.stderr)
            if rows[-1].said:
                print(rows[-1].said, file=sys.stderr)
    print("\n".join(table(rows)))
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0 if rows and all(row.test == "passed" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
