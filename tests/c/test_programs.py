"""What is printed behaves like what was read, and reads as the same tree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.c.parse import parse_file, parse_text
from transpile.c.printing import show_function
from transpile.c.unit import Unit

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.c"))

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")


def printed(unit: Unit, macros: bool = False) -> str:
    """The text of the file with every function as the tree has it."""
    lines = list(unit.lines)
    for function in reversed(unit.functions):
        lines[function.first_line - 1 : function.last_line] = [show_function(function, macros)]
    return "\n".join(lines)


def outputs(folder: Path, sources: dict[str, str]) -> dict[str, str]:
    """What the programs print, all of them compiled by one command."""
    for name, text in sources.items():
        (folder / f"{name}.c").write_text(text)
    script = "".join(f"gcc -std=gnu17 -w -o {name} {name}.c -lm &&\n" for name in sources) + "true"
    subprocess.run(["sh", "-c", script], cwd=folder, check=True)
    return {
        name: subprocess.run([folder / name], capture_output=True, text=True, check=True).stdout for name in sources
    }


def test_printed_programs_behave_the_same(tmp_path: Path) -> None:
    units = {path.stem: parse_file(path) for path in PROGRAMS}
    for unit in units.values():
        unit.require()
        assert not unit.diagnostics
    sources = {name: "\n".join(unit.lines) for name, unit in units.items()}
    numbers = {f"{name}_numbers": printed(unit) for name, unit in units.items()}
    names = {f"{name}_names": printed(unit, True) for name, unit in units.items()}
    found = outputs(tmp_path, {**sources, **numbers, **names})
    for name in units:
        assert found[name]
        assert found[f"{name}_numbers"] == found[f"{name}_names"] == found[name]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_printed_programs_read_as_the_same_trees(path: Path) -> None:
    unit = parse_file(path)
    again = parse_text(printed(unit), unit.file)
    for old, new in zip(unit.functions, again.functions, strict=True):
        assert new.body == old.body
        assert (new.name, new.type, new.static, new.inline) == (old.name, old.type, old.static, old.inline)
        assert show_function(new) == show_function(old)


def test_comments_and_pragmas_survive() -> None:
    path = next(path for path in PROGRAMS if path.stem == "matrices")
    text = printed(parse_file(path))
    for comment in (
        "// plain triple loop over globals",
        "/* accumulates one row */",
        "#pragma omp parallel for collapse(2)",
    ):
        assert text.count(comment) == 1
