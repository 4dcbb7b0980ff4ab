"""The COBOL programs of ``datasets/cobol``: their text, what they need, and what they are expected to leave.

``programs.toml`` says it; ``datasets/cobol/README.md`` explains its keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """``reads`` and ``writes`` are files by name; ``writes`` and ``output`` are what is expected, None if not known."""

    name: str
    about: str
    source: Path
    copybooks: Mapping[str, bytes]
    stdin: bytes
    reads: Mapping[str, bytes]
    writes: Mapping[str, bytes | None]
    output: bytes | None


def load(folder: Path) -> list[Program]:
    """The programs in ``folder``, in the order of its ``programs.toml``."""
    with (folder / "programs.toml").open("rb") as file:
        entries: dict[str, dict[str, object]] = tomllib.load(file)["program"]
    return [_program(folder, name, entry) for name, entry in entries.items()]


def _program(folder: Path, name: str, entry: Mapping[str, object]) -> Program:
    if unknown := entry.keys() - {"about", "copybooks", "reads", "writes"}:
        raise ValueError(f"program.{name} has unknown keys: {', '.join(sorted(unknown))}")
    expected = folder / "expected"
    return Program(
        name,
        str(entry["about"]),
        folder / f"{name}.cob",
        {file: (folder / "copybooks" / file).read_bytes() for file in _names(entry, "copybooks")},
        _known(folder / f"{name}.in") or b"",
        {file: (folder / "data" / file).read_bytes() for file in _names(entry, "reads")},
        {file: _known(expected / file) for file in _names(entry, "writes")},
        _known(expected / f"{name}.out"),
    )


def _names(entry: Mapping[str, object], key: str) -> list[str]:
    names = entry.get(key, [])
    if not isinstance(names, list):
        raise ValueError(f"{key} is not a list of names")
    return [str(name) for name in names]


def _known(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
