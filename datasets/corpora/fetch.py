"""Debian source packages, unpacked into folders of their own, with the machine's ``apt`` left as it is.

Package lists, downloads and the state of ``apt`` lie below one folder; the archive is the one that this machine
installs from. ``apt`` verifies the signed lists and the hashes of every download. Downloads have a size limit,
``dpkg-source`` refuses archives that would write outside of their folder, and no code of a package is run.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from transpile.corpora.sources import Source
from transpile.errors import ToolError

ORIGIN = "Debian"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MAX_DOWNLOAD = 30_000_000
"""Bytes of the files of one package together."""
SECONDS = 180
"""Longest that one download, or one unpacking, may take."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The source packages of this machine's distribution; everything is kept below ``folder``."""

    folder: Path
    max_download: int = MAX_DOWNLOAD

    def refresh(self) -> None:
        """Load the lists of source packages, unless they are there."""
        lists = self.folder / "lists"
        if any(lists.glob("*Sources*")):
            return
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        (self.folder / "cache").mkdir(exist_ok=True)
        (self.folder / "source.list").write_text(entries(_output("apt-get", "indextargets", "--format", _FORMAT)))
        self._apt("update", "-qq")

    def fetch(self, source: Source, into: Path) -> Path:
        """The unpacked tree ``into/<package>``; one that is there is returned as it is."""
        tree = into / source.package
        if tree.is_dir():
            return tree
        listed = self._apt("source", "--print-uris", "-qq", source.package)
        files = parse_uris(listed)
        total = sum(files.values())
        descriptions = [name for name in files if name.endswith(".dsc")]
        if len(descriptions) != 1:
            raise ToolError(f"{source.package}: no source package of that name")
        if total > self.max_download:
            raise ToolError(f"{source.package}: {total} bytes, more than {self.max_download}")
        downloads = self.folder / "downloads" / source.package
        downloads.mkdir(parents=True, exist_ok=True)
        self._apt("source", "--download-only", "-qq", source.package, cwd=downloads)
        partial = downloads / "unpacked"
        shutil.rmtree(partial, ignore_errors=True)
        into.mkdir(parents=True, exist_ok=True)
        _output("dpkg-source", "--extract", str(downloads / descriptions[0]), str(partial.resolve()))
        partial.rename(tree)
        shutil.rmtree(downloads)
        return tree

    def _apt(self, *arguments: str, cwd: Path | None = None) -> str:
        folder = self.folder.resolve()
        places = {
            "Dir::Etc::SourceList": folder / "source.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::Lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            "APT::Sandbox::User": "",
        }
        options = [part for key, value in places.items() for part in ("-o", f"{key}={value}")]
        return _output("apt-get", *options, *arguments, cwd=cwd)


_FORMAT = "$(ORIGIN) $(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)"


def entries(targets: str) -> str:
    """Lines of a source list for the archives that ``apt-get indextargets`` names, without the security updates."""
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    lines: dict[str, None] = {}
    for target in targets.splitlines():
        match target.split():
            case [origin, "Packages", uri, release, component] if origin == ORIGIN and "-" not in release:
                lines[f"deb-src {signed}{uri} {release} {component}\n"] = None
    if not lines:
        raise ToolError("apt on this machine has no Debian archive to take source packages from")
    return "".join(lines)


def parse_uris(listed: str) -> dict[str, int]:
    """File names and sizes out of ``apt-get source --print-uris``."""
    files: dict[str, int] = {}
    for line in listed.splitlines():
        match line.split():
            case [uri, name, size, _] if uri.startswith("'") and size.isdigit() and Path(name).name == name:
                files[name] = int(size)
    return files


def _output(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS, errors="replace")
    except FileNotFoundError:
        raise ToolError(f"{command[0]} is not installed", "training data is built on Debian") from None
    except subprocess.TimeoutExpired:
        raise ToolError(f"{command[0]} took longer than {SECONDS} s") from None
    if done.returncode:
        raise ToolError(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
    return done.stdout
