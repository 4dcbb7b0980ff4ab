"""The files of a repository, bounded: so many, so large, so deep. Nothing outside the folder is ever looked at.

Links are not followed. Version control, build folders and vendored dependencies are passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from transpile.errors import UsageError

PASSED_OVER = frozenset(
    {".git", ".hg", ".svn", ".bzr", "CVS", "_build", "build-aux", "node_modules", "__pycache__", ".venv", "venv",
     ".tox", ".cache", ".deps", ".libs", "CMakeFiles", "autom4te.cache", "third_party", "third-party", "vendor",
     "vendored", "subprojects", "site-packages"}
)  # fmt: skip
"""Folders by name."""
BUILD_MARKS = ("CMakeCache.txt", "build.ninja", "config.status", "meson-private")
"""A folder with one of these, below the top, was made by a build."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most."""

    files: int = 50_000
    bytes_each: int = 4 << 20
    bytes_in_all: int = 512 << 20
    depth: int = 32


@dataclass(frozen=True, slots=True)
class Tree:
    """``files`` are relative POSIX paths, sorted; ``skipped`` says of what was not read why."""

    root: Path
    files: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def has(self, path: str) -> bool:
        return path in self.files


@dataclass(slots=True)
class _Walk:
    root: Path
    limits: Limits
    exclude: Sequence[str]
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    read: int = 0

    def folder(self, folder: Path, depth: int) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.skip(folder, error.strerror or "cannot be read")
            return
        if depth and any(entry.name in BUILD_MARKS for entry in entries):
            self.skip(folder, "a build was made there")
            return
        for entry in entries:
            self.entry(entry, depth)

    def entry(self, entry: os.DirEntry[str], depth: int) -> None:
        path = Path(entry.path)
        name = self.name(path)
        if any(fnmatchcase(name, pattern) or fnmatchcase(entry.name, pattern) for pattern in self.exclude):
            self.skip(path, "excluded")
        elif entry.is_symlink():
            self.links.append(name)
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in PASSED_OVER:
                return
            if depth >= self.limits.depth:
                self.skip(path, f"deeper than {self.limits.depth} folders")
            else:
                self.folder(path, depth + 1)
        elif entry.is_file(follow_symlinks=False):
            self.file(path, entry.stat(follow_symlinks=False).st_size)

    def file(self, path: Path, size: int) -> None:
        if len(self.files) >= self.limits.files:
            raise UsageError(f"more than {self.limits.files} files", "leave some out with --exclude, or port a part")
        if size > self.limits.bytes_each:
            self.skip(path, f"larger than {self.limits.bytes_each >> 20} MiB")
            return
        self.read += size
        if self.read > self.limits.bytes_in_all:
            raise UsageError(
                f"more than {self.limits.bytes_in_all >> 20} MiB of files", "leave some out with --exclude"
            )
        self.files.append(self.name(path))

    def skip(self, path: Path, why: str) -> None:
        self.skipped.append((self.name(path), why))

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def walk(root: Path, exclude: Sequence[str] = (), limits: Limits | None = None) -> Tree:
    """The files under ``root``; raises UsageError when it is no folder or holds too much."""
    if not root.is_dir():
        raise UsageError(f"{root} is not a folder")
    found = _Walk(root, limits or Limits(), exclude)
    found.folder(root, 0)
    return Tree(root, tuple(found.files), tuple(found.links), tuple(found.skipped))


def with_suffix(tree: Tree, *suffixes: str) -> Iterator[str]:
    return (path for path in tree.files if path.endswith(suffixes))
