"""A unit and its companions as files in a private folder, which holds nothing else.

Names come from strangers: whatever could lead out of the folder, or mean different things to different programs, is
refused before anything is written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from transpile.directions.units import Unit
from transpile.errors import Diagnostic, SourceError, SourceErrors, Span, UsageError, printable

MAX_COMPANIONS = 10_000
MAX_DEPTH = 32
MAX_NAME = 255
"""Bytes of a part of a name, as file systems have it."""
MAX_PATH = 2000


@contextmanager
def private_folder(unit: Unit) -> Iterator[Path]:
    """A new folder with the unit's files, removed at the end. Raises UsageError for names that cannot be."""
    files = files_of(unit)
    with tempfile.TemporaryDirectory(prefix="transpile-unit-") as name:
        folder = Path(name)
        write(files, folder)
        yield folder


def files_of(unit: Unit) -> Mapping[str, bytes]:
    """The unit's files by name; raises UsageError for names that no file may have, or that two have."""
    if len(unit.companions) > MAX_COMPANIONS:
        raise UsageError(f"there are more than {MAX_COMPANIONS} companions")
    files = {unit.name: unit.content, **unit.companions}
    if len(files) != len(unit.companions) + 1:
        raise UsageError(f"a companion has the name of the unit: '{shown(unit.name)}'")
    for name in files:
        require_name(name)
    folders = {str(parent) for name in files for parent in Path(name).parents}
    for name in files:
        if name in folders:
            raise UsageError(f"'{shown(name)}' is both a file and a folder")
    return files


def require_name(name: str) -> None:
    """Raises UsageError unless ``name`` is a relative path that stays where it begins."""
    parts = name.split("/")
    reason = ""
    if not name or not name.isprintable() or "\\" in name:
        reason = "it is empty, or has characters that names do not have"
    elif name.startswith(("/", "-", "~")):
        reason = "it must be relative, and may not begin with '-' or '~'"
    elif any(part in ("", ".", "..") for part in parts):
        reason = "it has an empty part, '.' or '..'"
    elif len(parts) > MAX_DEPTH or len(_bytes(name)) > MAX_PATH or any(len(_bytes(part)) > MAX_NAME for part in parts):
        reason = "it is too long"
    if reason:
        raise UsageError(f"'{shown(name)}' cannot be the name of a file: {reason}")


def shown(name: str) -> str:
    return printable(name[:100])


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write ``files`` to a folder of ours; nothing that is there is followed or replaced."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)


def named_as_sent(error: SourceError | SourceErrors, folder: Path) -> SourceErrors:
    """``error`` with the names that files have in the unit, in place of where they lie in ``folder``."""
    errors = error.errors if isinstance(error, SourceErrors) else (error,)
    return SourceErrors([_named(one, f"{folder}{os.sep}") for one in errors])


def _named(error: SourceError, prefix: str) -> SourceError:
    return SourceError(_place(error.span, prefix), error.message.replace(prefix, ""), error.hint.replace(prefix, ""))


def told_as_sent(told: Sequence[Diagnostic], folder: Path) -> tuple[Diagnostic, ...]:
    """Messages with the names that files have in the unit."""
    prefix = f"{folder}{os.sep}"
    return tuple(
        replace(one, message=one.message.replace(prefix, ""), span=_place(one.span, prefix) if one.span else None)
        for one in told
    )


def _place(span: Span, prefix: str) -> Span:
    return replace(span, file=span.file.removeprefix(prefix))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
