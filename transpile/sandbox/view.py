"""What a sandboxed command sees: the system's programs and libraries, what the caller adds, and a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PRIVATE = "/tmp"
"""The folder of its own, where it may write; empty at the start."""
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/gnucobol")
"""Of ``/etc``, what compilers need."""
_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class View:
    """``readable`` and ``writable`` are files and folders beside the system's own; they must exist. ``environment`` is
    all that there is beside PATH, HOME, TMPDIR and the locale."""

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    """Folders in front of the system's own in PATH."""

    def variables(self, private: str = PRIVATE) -> dict[str, str]:
        return {
            "PATH": ":".join([*self.path, _PATH]),
            "HOME": private,
            "TMPDIR": private,
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            **self.environment,
        }

    def links(self) -> Iterator[tuple[str, str]]:
        """Links of the system's root folder: what they hold, and where they are."""
        for path in _SYSTEM:
            if os.path.islink(path):
                yield os.readlink(path), path

    def read_only(self) -> Iterator[str]:
        """What is seen and not changed; what lies in something else that is seen is left out."""
        system = [path for path in (*_SYSTEM, *_SETTINGS) if os.path.exists(path) and not os.path.islink(path)]
        last = ""
        for path in sorted({*system, *map(os.path.abspath, self.readable)}, key=lambda path: Path(path).parts):
            if not last or not Path(path).is_relative_to(last):
                last = path
                yield path
