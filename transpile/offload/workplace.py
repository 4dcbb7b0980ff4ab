"""A folder to build programs in, and what is kept of it for the next time."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_KEPT = "*-runtime.o"


@contextmanager
def workplace(cache: Path | None) -> Iterator[Path]:
    """A folder to build programs in, with what ``cache`` keeps, and which keeps what is worth it."""
    with tempfile.TemporaryDirectory(prefix="transpile-") as name:
        folder = Path(name)
        for kept in cache.glob(_KEPT) if cache else ():
            shutil.copyfile(kept, folder / kept.name)
        yield folder
        if cache is not None:
            for made in folder.glob(_KEPT):
                _keep(made, cache / made.name)


def _keep(made: Path, kept: Path) -> None:
    """Copy a file so that nobody sees half of it; without a place to write to, it is not kept."""
    if kept.exists():
        return
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_name(f".{kept.name}.{os.getpid()}")
        shutil.copyfile(made, beside)
        beside.replace(kept)
