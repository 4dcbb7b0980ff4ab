"""Whole programs: what the Python prints, leaves in files and returns is what GnuCOBOL's executable does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.emulators.cobol.build import build_program
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.cob"))
OWN_FORMAT = ("idx", "rel")
"""Relative and indexed files are not kept as GnuCOBOL keeps them."""


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("builds")


@cache
def translated(path: Path) -> Module:
    return emit(*restructure(parse_file(path, Options())))


def write(module: Module, folder: Path) -> Path:
    folder.mkdir()
    for name, text in module.files.items():
        (folder / name).write_text(text)
    return folder / module.name


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_it_does_what_gnucobol_does(path: Path, tmp_path: Path, builds: Path) -> None:
    expected = build_program(path.read_bytes(), builds, name=path.name).run()
    main, data = write(translated(path), tmp_path / "code"), tmp_path / "data"
    data.mkdir()
    done = subprocess.run([sys.executable, str(main)], cwd=data, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    assert (done.stdout, done.returncode) == (expected.stdout, expected.exit_code)
    left = {file.name: file.read_bytes() for file in data.iterdir()}
    wanted = {name: content for name, content in expected.files.items() if not name.startswith(OWN_FORMAT)}
    assert {name: content for name, content in left.items() if not name.startswith(OWN_FORMAT)} == wanted


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("programs")
    return [write(translated(path), folder / path.stem) for path in PROGRAMS]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--isolated", "--line-length", "120", "--select", "E,F,I,UP,B"],
        ["ruff", "format", "--isolated", "--line-length", "120", "--diff"],
        ["mypy", "--strict", "--cache-dir", "../cache"],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_they_pass_the_usual_tools(command: list[str], written: list[Path]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    for main in written:
        done = subprocess.run([*command, main.name], cwd=main.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{main.name}: {done.stdout}{done.stderr}"
