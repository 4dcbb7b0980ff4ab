"""The business programs as Python: they make what is expected, and the usual tools object to nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.corpora.programs import Program, load
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets" / "cobol"
PROGRAMS = {program.name: program for program in load(FOLDER)}
OWN_FORMAT = (".rel", ".idx")
"""Relative and indexed files are not kept as GnuCOBOL keeps them."""

every_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())


@cache
def module_of(name: str) -> Module:
    options = Options(copy_paths=(FOLDER / "copybooks",))
    return emit(*restructure(parse_file(PROGRAMS[name].source, options)))


@every_program
def test_it_makes_what_is_expected(program: Program, tmp_path: Path) -> None:
    made, data = module_of(program.name), tmp_path / "data"
    for name, text in made.files.items():
        (tmp_path / name).write_text(text)
    data.mkdir()
    for name, content in program.reads.items():
        (data / name).write_bytes(content)
    run = [sys.executable, str(tmp_path / made.name)]
    done = subprocess.run(run, cwd=data, input=program.stdin, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    assert done.stdout == program.output
    wanted = {name: text for name, text in program.writes.items() if not name.endswith(OWN_FORMAT)}
    assert {name: (data / name).read_bytes() for name in wanted} == wanted


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them in one folder, with all that any of them needs."""
    folder = tmp_path_factory.mktemp("written")
    for module in map(module_of, PROGRAMS):
        for name, text in module.files.items():
            if name == module.name or len(text) > len((folder / name).read_text() if (folder / name).exists() else ""):
                (folder / name).write_text(text)
    rules = ROOT / "transpile" / "python" / "rules" / "cobol_rules.py"
    (folder / "cobol_rules.py").write_text(rules.read_text())
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--config", str(ROOT / "pyproject.toml")],
        ["ruff", "check", "--isolated", "--line-length", "120"],
        ["ruff", "check", "--isolated", "--line-length", "120", "--select", "E,F,I,UP,B,SIM,PLR1714,PLR1716,RET,C4"],
        ["ruff", "format", "--isolated", "--line-length", "120", "--diff"],
        ["mypy", "--strict", "--no-incremental"],
    ],
    ids=["ruff of the project", "ruff as it comes", "ruff check", "ruff format", "mypy"],
)
def test_the_usual_tools_object_to_nothing(command: list[str], written: Path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    names = sorted(module_of(name).name for name in PROGRAMS)
    done = subprocess.run([*command, *names], cwd=written, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@every_program
def test_every_method_does_something_of_its_own(program: Program) -> None:
    """No method only calls another, and none has a number for a name that the program does not have."""
    text = program.source.read_text().upper()
    for node in ast.walk(ast.parse(module_of(program.name).text)):
        if not isinstance(node, ast.FunctionDef) or not node.args.args:
            continue
        match node.body:
            case [ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=other), args=[]))]:
                assert not other.startswith(node.name), node.name
        if node.name[-1].isdigit():
            assert node.name.replace("_", "-").upper() in text
