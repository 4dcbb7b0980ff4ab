"""Repositories for tests, in folders of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent)]


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    """Writes files into a folder of their own; by default, those of ``small_repository``."""
    from small_repository import FILES

    def write(files: Mapping[str, str] | None = None, name: str = "project") -> Path:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        for path, text in (FILES if files is None else files).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
        return root

    return write
