"""Reading inputs and writing outputs: a file is either written whole or left as it was."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from transpile.directions.reading import decode, preprocess, read_file
from transpile.errors import ToolError, UsageError

STANDARD = "-"
STDIN_NAME = "<stdin>"


def read_source(path: str, include: Sequence[Path] = ()) -> str:
    """The text of an input. ``-`` is stdin; ``.S`` goes through the C preprocessor, its line markers stay."""
    if path == STANDARD:
        return decode(sys.stdin.buffer.read())
    raw = read_file(Path(path))
    return preprocess(path, include) if path.endswith(".S") else decode(raw)


def output_paths(inputs: Sequence[str], output: str | None, suffix: str = ".s") -> list[str]:
    """Where each input's translation goes. Several inputs, or an existing folder as ``output``, mean a folder."""
    if output is None or output == STANDARD:
        if len(inputs) > 1:
            raise UsageError("several inputs need a folder to write to: -o DIR")
        return [STANDARD]
    if len(inputs) == 1 and not Path(output).is_dir() and not output.endswith("/"):
        return [str(distinct(Path(output), inputs))]
    paths = [Path(output) / ((Path(name).stem if name != STANDARD else "stdin") + suffix) for name in inputs]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"two inputs would both be written to {path}; translate them one at a time")
        distinct(path, inputs)
    return [str(path) for path in paths]


def distinct(path: Path, inputs: Sequence[str]) -> Path:
    for name in inputs:
        if name != STANDARD and path.exists() and Path(name).exists() and path.samefile(name):
            raise UsageError(f"the output {path} is also an input; choose another name")
    return path


def write_output(path: str, text: str) -> None:
    """Write beside the destination, then rename; devices, pipes and stdout are written directly."""
    raw = text.encode("utf-8", "surrogateescape")
    if path == STANDARD:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    destination = Path(path)
    try:
        if destination.exists() and not destination.is_file():
            destination.write_bytes(raw)
        else:
            replace(destination.resolve(), raw)
    except OSError as error:
        raise ToolError(f"cannot write {path}: {error.strerror or error}") from error


def replace(destination: Path, raw: bytes) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=f".{destination.name}.", dir=destination.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
        os.chmod(beside, destination.stat().st_mode & 0o777 if destination.exists() else 0o666 & ~current_umask())
        os.replace(beside, destination)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def write_together(files: Mapping[Path, str]) -> None:
    """Write all of them beside their destinations, then rename all: none is there half, and none without the others if
    the disk is full."""
    beside: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            beside[Path(name)] = path.resolve()
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text.encode("utf-8", "surrogateescape"))
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~current_umask())
        for temporary, destination in list(beside.items()):
            os.replace(temporary, destination)
    except OSError as error:
        raise ToolError(f"cannot write {error.filename or ''}: {error.strerror or error}") from error
    finally:
        for temporary in beside:
            temporary.unlink(missing_ok=True)


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
