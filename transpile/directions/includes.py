"""What the C preprocessor may read of a stranger's file: the files that came with it, and the system's headers.

The preprocessor runs once and says which files it opens; one from elsewhere is refused before anything of it can come
out in a message or a translation. Inside the sandbox there is nothing else to open in the first place.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from transpile.c.preprocess import MAX_MEMORY, TIME_LIMIT, Options, compiler
from transpile.c.source import CPLUSPLUS
from transpile.directions.folder import require_name
from transpile.directions.units import Unit
from transpile.emulators.cuda.bounded import Limits, run_bounded
from transpile.errors import SourceError, Span, UsageError

_OPENED = re.compile(r"^\.+ (.+)$", re.MULTILINE)
_EMBED = re.compile(r"^\s*(?:#|%:|\?\?=)(?:\s|\\\r?\n|/\*.*?\*/)*embed\b", re.MULTILINE)
_SEARCHED = re.compile(r"^ (/\S.*)$", re.MULTILINE)
MAX_SAID = 4 << 20


def search_path(unit: Unit, folder: Path, asked: Sequence[str]) -> list[Path]:
    """The folders in which includes and copybooks are looked for: that of the unit, the whole, and those asked for."""
    own = os.path.dirname(unit.name)
    for name in asked:
        if name != ".":
            require_name(name)
            if not (folder / name).is_dir():
                raise UsageError(f"there is no folder '{name}' among the companions")
    return list(dict.fromkeys([folder / own, folder, *(folder / name for name in asked)]))


def require_own_includes(unit: Unit, folder: Path, options: Options, language: str = "") -> None:
    """Raises SourceError when the file, or one that it includes, refers to a file that did not come with it."""
    texts = [unit.content, *unit.companions.values()]
    if any(b"embed" in text and _EMBED.search(text.decode("utf-8", "replace")) for text in texts):
        raise SourceError(Span(unit.name, 1), "#embed is not for files that come over the network")
    language = language or ("c++" if Path(unit.name).suffix in CPLUSPLUS else "c")
    allowed = (os.path.realpath(folder), *_system(language))
    for opened in _opened(unit, folder, options, language):
        real = os.path.realpath(os.path.join(folder, opened))
        if not any(real.startswith(f"{place}{os.sep}") for place in allowed):
            number, line = _place(unit, opened)
            message = "this includes a file that did not come with it"
            raise SourceError(Span(unit.name, number, 1, max(len(line), 1), line), message, "send it as a companion")


def _opened(unit: Unit, folder: Path, options: Options, language: str) -> Iterator[str]:
    """The names of the files that the preprocessor opens, as it has them."""
    command = [*compiler(), "-E", "-H", "-x", language, *options.arguments, "-o", os.devnull, unit.name]
    limits = Limits(cpu_s=TIME_LIMIT, wall_s=2.0 * TIME_LIMIT, output_bytes=MAX_SAID)
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    done = run_bounded(command, limits, environment=environment, cwd=folder, data_bytes=MAX_MEMORY)
    if done.timed_out or done.exit_code < 0 or done.cut:
        raise SourceError(Span(unit.name, 1), "preprocessing this takes too much time, or says too much")
    return (match[1] for match in _OPENED.finditer(done.stderr.decode("utf-8", "surrogateescape")))


@cache
def _system(language: str) -> tuple[str, ...]:
    """Where the system's headers are."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    command = [*compiler(), "-E", "-v", "-x", language, os.devnull, "-o", os.devnull]
    said = subprocess.run(command, capture_output=True, check=False, env=environment).stderr.decode(errors="replace")
    return tuple(map(os.path.realpath, [*_SEARCHED.findall(said), "/usr/include", "/usr/lib/gcc"]))


def _place(unit: Unit, opened: str) -> tuple[int, str]:
    """The line that names the file, as far as it can be told."""
    for number, line in enumerate(unit.content.decode("utf-8", "replace").splitlines(), 1):
        if "include" in line and os.path.basename(opened) in line:
            return number, line
    return 1, ""
