"""How much one request, one job and one key may ask for: every number that bounds the service, in one place.

Each has a default that fits a small machine, an environment variable (``TRANSPILE_API_FILES`` for ``files``), and
``transpile serve --limit files=2000``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from transpile.errors import UsageError

PREFIX = "TRANSPILE_API_"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Zero lets ``requests`` and ``jobs`` be without bound; everything else is at least one."""

    body_bytes: int = 32 * MIB
    """A request's body, as it comes over the wire."""
    small_bytes: int = 256 << 10
    """Source and companions of ``POST /v1/translations``."""
    archive_members: int = 4000
    unpacked_bytes: int = 128 * MIB
    ratio: int = 200
    """Unpacked bytes for each packed one, once more than a MiB came out."""
    path_depth: int = 16
    path_bytes: int = 240
    file_bytes: int = 4 * MIB
    lines: int = 100_000
    """Lines of one file."""
    blocks: int = 20_000
    """Blocks that one report.html shows."""
    files: int = 1000
    """Files of one job that are translated."""
    open_files: int = 50_000
    """Files of one key that are queued or running."""
    jobs: int = 0
    """Jobs of one key in 24 hours."""
    requests: int = 1200
    """Requests a minute with one key."""
    seconds: int = 120
    """Wall time of one file."""
    small_seconds: int = 30
    """Wall time of ``POST /v1/translations``."""
    memory_mib: int = 4096
    """Memory of the processes that translate one file."""
    streams: int = 64
    """Event streams open at once."""

    def __post_init__(self) -> None:
        for name, value in self.rows().items():
            least = 0 if name in ("requests", "jobs") else 1
            if value < least:
                raise UsageError(f"the limit {name} must be at least {least}, not {value}")

    def rows(self) -> dict[str, int]:
        return asdict(self)


def limits_from(environment: Mapping[str, str], given: Iterable[str] = ()) -> Limits:
    """The defaults, what the environment says instead, and over that each ``NAME=N`` of ``given``.

    Raises:
        UsageError: a name that is no limit, or a value that is no number.
    """
    known = [field.name for field in fields(Limits)]
    words = {name: environment[PREFIX + name.upper()] for name in known if PREFIX + name.upper() in environment}
    for pair in given:
        name, equals, value = pair.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in known:
            raise UsageError(f"'{pair}' is not a limit", f"give NAME=N with one of {', '.join(known)}")
        words[name] = value
    return Limits(**{name: _number(name, word) for name, word in words.items()})


def _number(name: str, word: str) -> int:
    word = word.strip().replace("_", "")
    if not word.isascii() or not word.isdigit() or len(word) > 15:
        raise UsageError(f"the limit {name} must be a whole number, not '{word}'")
    return int(word)
