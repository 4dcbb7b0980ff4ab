"""What a port changes, file by file, and how that gets to the disk: never half, and nothing that is not shown first.

Texts are bytes in and bytes out; what is not UTF-8 in them passes through.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from transpile.errors import ToolError, UsageError
from transpile.port.tree import PASSED_OVER, Tree


@dataclass(frozen=True, slots=True)
class Change:
    """One file; ``before`` is None when it is new."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def counts(self) -> tuple[int, int]:
        """Lines added and removed."""
        old, new = Counter(lines_of(self.before or b"")), Counter(lines_of(self.after))
        return (new - old).total(), (old - new).total()


def lines_of(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "surrogateescape").splitlines(keepends=True)


def changes_of(tree: Tree, texts: Mapping[str, bytes]) -> list[Change]:
    """The files of ``texts`` that differ from what is there."""
    found: list[Change] = []
    for path, after in sorted(texts.items()):
        before = tree.read(path) if (tree.root / path).is_file() else None
        if before != after:
            found.append(Change(path, before, after))
    return found


def unified(changes: list[Change]) -> Iterator[str]:
    """The changes as one patch that ``patch -p1`` and ``git apply`` read."""
    for change in changes:
        old = "/dev/null" if change.before is None else f"a/{change.path}"
        for line in difflib.unified_diff(
            lines_of(change.before or b""), lines_of(change.after), old, f"b/{change.path}"
        ):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def write(root: Path, changes: list[Change]) -> None:
    """All of the changes below ``root``: each beside its file first, then renamed."""
    waiting: list[tuple[str, Path]] = []
    try:
        for change in changes:
            place = inside(root, change.path)
            place.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
            waiting.append((name, place))
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(change.after)
            os.chmod(name, place.stat().st_mode & 0o7777 if place.exists() else 0o666 & ~_umask())
        for name, place in waiting:
            os.replace(name, place)
    except OSError as error:
        raise ToolError(f"cannot write {error.filename or root}: {error.strerror or error}") from error
    finally:
        for name, _ in waiting:
            Path(name).unlink(missing_ok=True)


def inside(root: Path, path: str) -> Path:
    """Where ``path`` is below ``root``; raises UsageError when a link leads out."""
    place = root / PurePosixPath(path)
    if not place.parent.resolve().is_relative_to(root.resolve()) or place.is_symlink():
        raise UsageError(f"{path} leads out of {root}")
    return place


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def copy(root: Path, output: Path) -> None:
    """The whole folder, links as links, without version control; ``output`` must not be there, or be empty."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"{output} is not an empty folder", "choose another -o, or remove it")
    if output.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{output} lies in {root}", "choose a folder elsewhere for -o")

    def passed_over(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name in PASSED_OVER & {".git", ".hg", ".svn"} or _special(Path(folder, name))}

    try:
        shutil.copytree(root, output, symlinks=True, ignore=passed_over, dirs_exist_ok=True)
    except (shutil.Error, OSError) as error:
        raise ToolError(f"cannot copy {root} to {output}: {error}") from error


def _special(path: Path) -> bool:
    """Sockets, pipes and devices are no part of a source tree."""
    return not (path.is_symlink() or path.is_dir() or path.is_file())


def uncommitted(root: Path) -> str:
    """Why ``root`` should not be changed in place; empty when version control holds all that is there."""
    if shutil.which("git") is None:
        return "git is not installed, so nothing says that the files are kept elsewhere"
    asked = ["git", "-c", "core.fsmonitor=false", "-C", str(root), "status", "--porcelain", "--", "."]
    done = subprocess.run(asked, capture_output=True, check=False)
    if done.returncode:
        return f"{root} is not in a git work tree"
    return "there are changes that are not committed" if done.stdout.strip() else ""
