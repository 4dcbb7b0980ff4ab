"""All training programs as assembly: source packages, random programs of csmith, and folders of one's own.

``<folder>/asm/<project>`` is what ``pairs`` reads. Everything below ``folder`` is kept between runs: trees that are
unpacked, and C files that are compiled or failed, are not done again.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from transpile.corpora.compile import SETTINGS, Compilation, Limits, Project, Setting
from transpile.corpora.fetch import Archive
from transpile.corpora.sources import SOURCES, Source
from transpile.errors import ToolError

CSMITH_INCLUDES = (Path("/usr/include/csmith"), Path("/usr/local/include/csmith"))
CSMITH_OPTIONS = ("--concise", "--max-funcs", "5", "--max-block-depth", "3")
CSMITH_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What to gather: packages, seeds of random programs, and own folders of C files by project name."""

    sources: Sequence[Source] = SOURCES
    seeds: int = 60
    own: Sequence[tuple[str, Path]] = ()
    settings: Sequence[Setting] = SETTINGS
    limits: Limits = field(default_factory=Limits)


def gather(folder: Path, plan: Plan, jobs: int = 1, say: Callable[[str], None] = print) -> Counter[str]:
    """Fetch and compile what ``plan`` names; counts over all projects, with those that could not be had."""
    totals: Counter[str] = Counter()
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(_compile, project, folder, plan) for project in projects(folder, plan, totals, say)]
        for number, done in enumerate(waiting, 1):
            name, counts = done.result()
            totals.update(counts)
            totals["projects"] += bool(counts["files"])
            say(f"[{number}/{len(waiting)}] {name}: {counts['files']} C files compiled, {counts['failed']} not")
    return totals


def projects(folder: Path, plan: Plan, totals: Counter[str], say: Callable[[str], None]) -> Iterator[Project]:
    """The projects of a plan, each as soon as its tree is there."""
    for name, tree in plan.own:
        yield Project(name, tree)
    yield from random_programs(folder / "csmith", plan.seeds)
    yield from packages(folder, plan.sources, totals, say)


def packages(
    folder: Path, sources: Iterable[Source], totals: Counter[str], say: Callable[[str], None]
) -> Iterator[Project]:
    """The trees of source packages; one that cannot be had is told and counted."""
    archive = Archive(folder / "apt")
    for source in sources:
        try:
            if not (folder / "trees" / source.package).is_dir():
                archive.refresh()
            yield Project(source.package, archive.fetch(source, folder / "trees"))
        except ToolError as error:
            totals["not fetched"] += 1
            say(f"{source.package}: left out: {error}")


def random_programs(folder: Path, seeds: int) -> Iterator[Project]:
    """One project for each seed of csmith; none where csmith is not installed."""
    includes = [part for path in CSMITH_INCLUDES if path.is_dir() for part in ("-I", str(path))]
    if shutil.which("csmith") is None or not includes:
        return
    for seed in range(1, seeds + 1):
        tree = folder / f"csmith-{seed}"
        program = tree / "program.c"
        if not program.exists():
            tree.mkdir(parents=True, exist_ok=True)
            command = ["csmith", "--seed", str(seed), *CSMITH_OPTIONS]
            try:
                done = subprocess.run(command, capture_output=True, timeout=CSMITH_SECONDS, cwd=tree)
            except subprocess.TimeoutExpired:
                continue
            if done.returncode:
                continue
            program.write_bytes(done.stdout)
        yield Project(tree.name, tree, tuple(includes))


def _compile(project: Project, folder: Path, plan: Plan) -> tuple[str, Counter[str]]:
    substitutes = folder / "headers" / project.name
    compilation = Compilation(project, folder / "asm", substitutes, plan.settings, plan.limits)
    return project.name, compilation.run()
