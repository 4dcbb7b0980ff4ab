"""Ported build files under the programs that read them: for the targets, and for x86 as before."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from build_systems import BUILD, FILES, NAMES, PROGRAMS, TEST
from small_repository import need_cross

from transpile.cli import main

Repository = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_STORE", "none")


def need(system: str) -> None:
    for program in PROGRAMS[system]:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def port(root: Path, to: str, out: Path, *words: str) -> int:
    return main(["port", str(root), "--to", to, "-o", str(out), "-q", *words])


def native(system: str, folder: Path) -> None:
    for command in (BUILD[system], TEST[system]):
        done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def compiled(system: str, folder: Path) -> list[str]:
    """How each file is compiled, without the folder's own name."""
    if system == "make":
        done = subprocess.run(
            ["make", "--no-print-directory", "-Bn", "prog"], cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()
    if system == "automake":
        subprocess.run(["make", "clean"], cwd=folder / "out", check=True, capture_output=True)
        done = subprocess.run(
            ["make", "--no-print-directory", "-n"], cwd=folder / "out", capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()
    rows = json.loads((folder / "out" / "compile_commands.json").read_text())
    own = str(folder), str(folder).replace("/", "_")
    return sorted(row["command"].replace(own[0], "").replace(own[1], "") for row in rows)


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
@pytest.mark.parametrize("system", FILES)
def test_a_port_builds_and_passes_its_tests(system: str, to: str, repository: Repository, tmp_path: Path) -> None:
    need(system)
    need_cross(to)
    root, out, report = repository(FILES[system]), tmp_path / "out", tmp_path / "r.json"
    status = port(root, to, out, "--build", BUILD[system], "--test", TEST[system], "--report", str(report))
    said = json.loads(report.read_text())
    assert status == 0, (said["runs"], [item for item in said["items"] if item["state"] == "left"])
    assert said["verdicts"]["proved"] == 4
    lines = FILES[system][NAMES[system]].split("\n")
    for item in said["items"]:
        if item["kind"] in ("build", "flag") and "rule" not in item["how"] and item["file"] != "configure.ac":
            assert item["what"][:20] in lines[item["lines"][0] - 1]


@pytest.mark.parametrize("system", FILES)
def test_x86_is_built_as_before(system: str, repository: Repository, tmp_path: Path) -> None:
    need(system)
    root, one, both = repository(FILES[system]), tmp_path / "one", tmp_path / "both"
    assert port(root, "riscv", one) == 0
    assert port(one, "aarch64", both) == 0
    assert port(both, "riscv", tmp_path / "again") == 0
    for path in both.rglob("*"):
        assert path.is_dir() or (tmp_path / "again" / path.relative_to(both)).read_bytes() == path.read_bytes()
    for folder in (root, both):
        native(system, folder)
    before = compiled(system, root)
    assert compiled(system, both) == before and any("-msse4.2" in command for command in before)
