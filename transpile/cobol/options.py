"""What the user says about how source text is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["auto", "fixed", "free"]


@dataclass(frozen=True, slots=True)
class Options:
    """``copy_paths`` are searched for copybooks, in order, before the folder of the file that has the COPY.
    ``debugging`` makes debugging lines code even without WITH DEBUGGING MODE. ``defines`` are the compilation
    variables of ``>>IF``."""

    format: Format = "auto"
    copy_paths: tuple[Path, ...] = ()
    debugging: bool = False
    defines: tuple[tuple[str, str], ...] = ()
