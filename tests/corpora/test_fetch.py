"""Source packages come from the archive that the machine installs from, and within limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpora import fetch
from transpile.corpora.fetch import Archive, entries, parse_uris
from transpile.corpora.sources import SOURCES, Source
from transpile.errors import ToolError

LISTED = """'http://archive.test/p/x_1.dsc' x_1.dsc 100 SHA256:00
'http://archive.test/p/x_1.tar.xz' x_1.tar.xz 4000 SHA256:11
'http://archive.test/p/evil' ../evil 1 SHA256:22
"""


def test_entries_are_the_machines_own_archive() -> None:
    targets = (
        "Debian Packages http://archive.test/debian/ stable main\n"
        "Debian Packages http://archive.test/debian/ stable-updates main\n"
        "Debian Translations http://archive.test/debian/ stable main\n"
        "Other Packages http://other.test/ stable main\n"
    )
    (line,) = entries(targets).splitlines()
    assert line.startswith("deb-src ") and line.endswith(" http://archive.test/debian/ stable main")


def test_a_machine_without_such_an_archive_is_told() -> None:
    with pytest.raises(ToolError, match="no Debian archive"):
        entries("Other Packages http://other.test/ stable main\n")


def test_names_outside_of_the_folder_are_not_files() -> None:
    assert parse_uris(LISTED) == {"x_1.dsc": 100, "x_1.tar.xz": 4000}


def test_large_packages_are_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def output(*command: str, cwd: Path | None = None) -> str:
        asked.append(command)
        return LISTED

    monkeypatch.setattr(fetch, "_output", output)
    with pytest.raises(ToolError, match="4100 bytes"):
        Archive(tmp_path, max_download=4000).fetch(Source("x", "MIT"), tmp_path / "trees")
    assert len(asked) == 1


def test_a_tree_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert Archive(tmp_path).fetch(Source("x", "MIT"), tmp_path) == tmp_path / "x"


def test_packages_are_listed_once_with_a_licence() -> None:
    assert len({source.package for source in SOURCES}) == len(SOURCES) >= 40
    assert all(source.licence for source in SOURCES)
