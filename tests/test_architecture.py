"""Imports go one way. A row: a package, and the packages that it may import beside itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {
    "transpile": ROOT / "transpile",
    "transpile.solvers": ROOT / "solvers",
    "transpile.emulators": ROOT / "emulators",
    "transpile.api": ROOT / "api",
    "transpile.corpora": ROOT / "datasets" / "corpora",
}

BASE = {"transpile.core", "transpile.errors", "transpile.tools", "transpile.options", "transpile.translation"}
CONTRACTS = {"transpile.native", "transpile.x86", "transpile.asm"}
PROVING = {
    "transpile.planning", "transpile.targets", "transpile.checker", "transpile.store", "transpile.search",
    "transpile.searching", "transpile.sizes", "transpile.models",
}  # fmt: skip
MAY_IMPORT = {
    "transpile.core": set(),
    "transpile.errors": set(),
    "transpile.tools": {"transpile.errors"},
    "transpile.options": set(),
    "transpile.architectures": {"transpile.errors", "transpile.tools"},
    "transpile.translation": {"transpile.core", "transpile.errors", "transpile.options"},
    "transpile.html": {"transpile.core", "transpile.options", "transpile.report", "transpile.translation"},
    "transpile.runtime": set(),
    "transpile.asm": BASE,
    "transpile.cobol": {"transpile.errors", "transpile.python.rules"},
    "transpile.legacy": {"transpile.errors"},
    "transpile.restructure": {"transpile.cobol", "transpile.errors", "transpile.legacy", "transpile.python.rules"},
    "transpile.python.rules": set(),
    "transpile.python": {"transpile.errors", "transpile.legacy", "transpile.python.rules"},
    "transpile.differential": {
        "transpile.cobol",
        "transpile.emulators",
        "transpile.errors",
        "transpile.legacy",
        "transpile.python",
        "transpile.python.rules",
        "transpile.restructure",
    },
    "transpile.c": {"transpile.core", "transpile.errors", "transpile.tools"},
    "transpile.loops": {"transpile.c", "transpile.core", "transpile.errors"},
    "transpile.matching": {
        "transpile.c",
        "transpile.kernels",
        "transpile.loops",
        "transpile.solvers",
        "transpile.errors",
    },
    "transpile.cuda": {"transpile.c", "transpile.loops", "transpile.core", "transpile.errors"},
    "transpile.offload": {
        "transpile.c",
        "transpile.core",
        "transpile.cuda",
        "transpile.errors",
        "transpile.kernels",
        "transpile.lm",
        "transpile.loops",
        "transpile.matching",
        "transpile.options",
        "transpile.solvers",
        "transpile.store",
        "transpile.tools",
        "transpile.translation",
        "transpile.trials",
    },
    "transpile.modernize": {
        "transpile.cobol",
        "transpile.core",
        "transpile.differential",
        "transpile.emulators",
        "transpile.errors",
        "transpile.lm",
        "transpile.options",
        "transpile.pool",
        "transpile.python",
        "transpile.python.rules",
        "transpile.restructure",
        "transpile.solvers",
        "transpile.store",
        "transpile.tools",
        "transpile.translation",
    },
    "transpile.port": {
        "transpile.architectures",
        "transpile.asm",
        "transpile.core",
        "transpile.directions",
        "transpile.errors",
        "transpile.findings",
        "transpile.html",
        "transpile.inline",
        "transpile.native",
        "transpile.options",
        "transpile.report",
        "transpile.sandbox",
        "transpile.tools",
        "transpile.translation",
    },
    "transpile.kernels": {"transpile.c", "transpile.core", "transpile.errors"},
    "transpile.inline": BASE
    | CONTRACTS
    | PROVING
    | {
        "transpile.architectures",
        "transpile.assembled",
        "transpile.blocks",
        "transpile.c",
        "transpile.pool",
        "transpile.solvers",
    },
    "transpile.native": BASE | {"transpile.asm"},
    "transpile.x86": BASE | {"transpile.asm", "transpile.native"},
    "transpile.riscv": BASE | CONTRACTS,
    "transpile.aarch64": BASE | CONTRACTS,
    "transpile.lm": BASE | CONTRACTS | {"transpile.planning", "transpile.targets"},
    "transpile.corpora": BASE | CONTRACTS | PROVING,
    "transpile.training": BASE
    | PROVING
    | {"transpile.corpora", "transpile.lm", "transpile.judging", "transpile.sketches"}
    | {"transpile.c", "transpile.cuda", "transpile.offload", "transpile.solvers"},
    "transpile.solvers": BASE
    | CONTRACTS
    | {"transpile.c", "transpile.loops", "transpile.kernels"}
    | {"transpile.cobol", "transpile.legacy", "transpile.python", "transpile.python.rules", "transpile.restructure"},
    "transpile.emulators": BASE | CONTRACTS | {"transpile.runtime"},
    "transpile.api": BASE
    | {"transpile.api.jobs", "transpile.directions", "transpile.html", "transpile.report", "transpile.sandbox"},
    "transpile.api.jobs": {"transpile.directions", "transpile.errors", "transpile.sandbox", "transpile.store"},
    "transpile.device": {"transpile.errors", "transpile.emulators"},
    "transpile.sandbox": {"transpile.errors", "transpile.tools"},
    "transpile.directions": {
        "transpile.architectures",
        "transpile.c",
        "transpile.cobol",
        "transpile.emulators",
        "transpile.errors",
        "transpile.lm",
        "transpile.modernize",
        "transpile.offload",
        "transpile.options",
        "transpile.pipeline",
        "transpile.report",
        "transpile.sandbox",
        "transpile.tools",
        "transpile.translation",
        "transpile.trials",
    },
    "transpile.trials": {
        "transpile.c",
        "transpile.core",
        "transpile.device",
        "transpile.errors",
        "transpile.tools",
        "transpile.emulators",
    },
}


def modules() -> Iterator[tuple[str, Path]]:
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            words = path.relative_to(folder).with_suffix("").parts
            yield ".".join((package, *words)).removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def package_of(module: str) -> str:
    """The longest package with a row that ``module`` is in; else the first two words."""
    words = module.split(".")
    return next((row for n in (3, 2) if (row := ".".join(words[:n])) in MAY_IMPORT), ".".join(words[:2]))


MODULES = [(name, path) for name, path in modules() if package_of(name) in MAY_IMPORT]


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_imports_go_one_way(name: str, path: Path) -> None:
    own = package_of(name)
    ours = {package_of(imported) for imported in imports(path) if imported.startswith("transpile.")}
    assert ours - {own, "transpile.__version__"} <= MAY_IMPORT[own]


def test_nothing_but_the_command_line_imports_the_command_line() -> None:
    importers = {name for name, path in modules() if any(i.startswith("transpile.cli") for i in imports(path))}
    assert {package_of(name) for name in importers} <= {"transpile.cli"}
