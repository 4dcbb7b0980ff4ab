"""Projects of all kinds end up as assembly in one folder; those that cannot be had are told."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from transpile.corpora import gather as gathering
from transpile.corpora.__main__ import main
from transpile.corpora.compile import Setting
from transpile.corpora.fetch import Archive
from transpile.corpora.gather import Plan, gather, random_programs
from transpile.corpora.sources import Source
from transpile.errors import ToolError


def test_own_folders_and_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.c").write_text("int one(int x) { return x + 1; }\n")

    def fetch(self: Archive, source: Source, into: Path) -> Path:
        raise ToolError("no such package")

    monkeypatch.setattr(Archive, "refresh", lambda self: None)
    monkeypatch.setattr(Archive, "fetch", fetch)
    said: list[str] = []
    plan = Plan([Source("lost", "MIT")], seeds=0, own=[("mine", own)], settings=[Setting("gcc", "O1")])
    totals = gather(tmp_path / "data", plan, say=said.append)
    assert totals == {"projects": 1, "files": 1, "gcc-O1": 1, "failed": 0, "not fetched": 1}
    assert (tmp_path / "data/asm/mine/gcc-O1/one.s").exists()
    assert said == ["lost: left out: no such package", "[1/1] mine: 1 C files compiled, 0 not"]


def test_random_programs_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        made.append(command)
        return subprocess.CompletedProcess(command, 0, b"int x;\n", b"")

    monkeypatch.setattr(gathering, "CSMITH_INCLUDES", (tmp_path,))
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", run)
    for _ in range(2):
        assert [project.name for project in random_programs(tmp_path / "c", 2)] == ["csmith-1", "csmith-2"]
    assert [command[2] for command in made] == ["1", "2"]


def test_only_listed_packages_are_fetched(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path), "--package", "not-listed"])
    assert result.exit_code == 2 and "not a listed package: not-listed" in result.output
