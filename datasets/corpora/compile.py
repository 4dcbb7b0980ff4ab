"""C files of a project as x86-64 assembly, once for each compiler and level.

``<out>/<project>/<compiler>-<level>/<path, with __ for />.s`` is whole where it exists. ``outcomes.jsonl`` beside them
says of each C file what came of it; files named there are not tried again. A file that does not compile is counted,
never fatal. Compilers run with limits on time, memory and output; what they give is never run.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transpile.corpora.headers import ELSEWHERE, generate, include_options, stand_in


@dataclass(frozen=True, slots=True)
class Setting:
    """A compiler at a level; files use the first settings always, the ``occasional`` ones every other time."""

    compiler: str
    level: str
    occasional: bool = False

    @property
    def name(self) -> str:
        return f"{self.compiler}-{self.level}"


SETTINGS = (
    Setting("gcc", "O2"),
    Setting("gcc", "O0"),
    Setting("clang", "O2"),
    Setting("gcc", "O1"),
    Setting("gcc", "Os"),
    Setting("clang", "O0", occasional=True),
    Setting("gcc", "O3", occasional=True),
    Setting("clang", "O1", occasional=True),
    Setting("clang", "O3", occasional=True),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one project may take."""

    files: int = 30
    """C files that compile."""
    failures: int = 60
    """C files that do not compile, before a project with few that do is given up."""
    seconds: int = 15
    source_bytes: int = 250_000
    output_bytes: int = 1_500_000
    memory_kib: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Project:
    """A tree of C files with its name, and ``-I`` options beyond its own folders."""

    name: str
    tree: Path
    includes: tuple[str, ...] = ()


@dataclass(slots=True)
class Compilation:
    """The work on one project; ``outcomes`` says which settings each C file compiled with."""

    project: Project
    out: Path
    substitutes: Path
    settings: Sequence[Setting] = SETTINGS
    limits: Limits = field(default_factory=Limits)
    outcomes: dict[str, list[str]] = field(default_factory=dict)

    def run(self) -> Counter[str]:
        """Compile what is left to do; counts are those of the whole project, earlier runs included."""
        home = self.out / self.project.name
        home.mkdir(parents=True, exist_ok=True)
        log = home / "outcomes.jsonl"
        if log.exists():
            self.outcomes = dict(json.loads(line) for line in log.read_text().splitlines() if line.endswith("]"))
        generate(self.project.tree, self.substitutes / "generated")
        (self.substitutes / "missing").mkdir(exist_ok=True)
        includes = [*self.project.includes, *include_options(self.project.tree)]
        for path in c_files(self.project.tree, self.limits.source_bytes):
            name = path.relative_to(self.project.tree).as_posix()
            if name in self.outcomes:
                continue
            if self._enough():
                break
            self.outcomes[name] = self._file(path, name, includes)
            with log.open("a") as stream:
                stream.write(json.dumps([name, self.outcomes[name]]) + "\n")
        return self.counts()

    def counts(self) -> Counter[str]:
        """How many C files compiled and failed, and assembly files by setting."""
        counts = Counter(setting for made in self.outcomes.values() for setting in made)
        counts["files"] = sum(bool(made) for made in self.outcomes.values())
        counts["failed"] = len(self.outcomes) - counts["files"]
        return counts

    def _enough(self) -> bool:
        counts = self.counts()
        few = counts["failed"] >= self.limits.failures and counts["failed"] > 2 * counts["files"]
        return counts["files"] >= self.limits.files or few

    def _file(self, path: Path, name: str, includes: Sequence[str]) -> list[str]:
        digest = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
        options = [
            "-fPIC" if digest % 3 == 0 else "-fno-pic",
            *("-I", str(path.parent), "-I", str(self.substitutes / "generated"), *includes),
            *("-idirafter", str(self.substitutes / "missing")),
        ]
        if not self._readable(path, options):
            return []
        made: list[str] = []
        for setting in self.settings:
            if setting.occasional and digest % 2:
                continue
            target = self.out / self.project.name / setting.name / (name.removesuffix(".c").replace("/", "__") + ".s")
            if target.exists() or self._assembly(path, target, setting, options):
                made.append(setting.name)
        return made

    def _readable(self, path: Path, options: Sequence[str]) -> bool:
        """Whether the file compiles at all, with stand-ins for headers that are missing."""
        for _ in range(MAX_MISSING):
            complaint = limited(["gcc", "-fsyntax-only", *COMMON, *options, str(path)], self.limits)
            if complaint is None:
                return True
            missing = re.search(r"fatal error: ([\w.+/-]+): No such file", complaint)
            if missing is None or missing[1].startswith("/") or ".." in missing[1]:
                return False
            header = self.substitutes / "missing" / missing[1]
            if header.exists():
                return False
            header.parent.mkdir(parents=True, exist_ok=True)
            header.write_text(stand_in(missing[1], self.project.tree))
        return False

    def _assembly(self, path: Path, target: Path, setting: Setting, options: Sequence[str]) -> bool:
        target.parent.mkdir(exist_ok=True)
        partial = target.with_suffix(".part")
        command = [setting.compiler, "-S", f"-{setting.level}", *COMMON, *ASSEMBLY, *options]
        failed = limited([*command, "-o", str(partial), str(path)], self.limits) is not None
        if failed or not partial.exists():
            partial.unlink(missing_ok=True)
            return False
        partial.rename(target)
        return True


MAX_MISSING = 24
"""Headers that one C file may lack."""
COMMON = ("-w", "-std=gnu11", "-D_GNU_SOURCE", "-DHAVE_CONFIG_H", "-include", "stdint.h")
ASSEMBLY = ("-mno-avx", "-fcf-protection=none", "-fno-stack-protector", "-fno-asynchronous-unwind-tables")
_TESTS = re.compile(r"test.*|t|api_test|fuzz.*|examples?|samples?")


def c_files(tree: Path, largest: int) -> list[Path]:
    """The C files of a tree in an order that is random and always the same; tests and other systems are left out."""
    found = []
    for path in sorted(tree.rglob("*.c")):
        folders = path.relative_to(tree).parts[:-1]
        elsewhere = any(_TESTS.fullmatch(name) or ELSEWHERE.fullmatch(name) for name in map(str.lower, folders))
        if not elsewhere and path.is_file() and not path.is_symlink() and path.stat().st_size <= largest:
            found.append(path)
    random.Random(tree.name).shuffle(found)
    return found


def limited(command: Iterable[str], limits: Limits) -> str | None:
    """Run a compiler; None where it succeeds, else what it said, or an empty text if it ran into a limit."""
    blocks = limits.output_bytes // 512
    limit = f'ulimit -v {limits.memory_kib}; ulimit -f {blocks}; ulimit -t {limits.seconds}; exec nice -n 5 "$@"'
    try:
        done = subprocess.run(
            ["sh", "-c", limit, "sh", *command],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limits.seconds,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        return ""
    return None if done.returncode == 0 else done.stderr
