"""Values of options as they come from JSON: each kind says what it takes, and refuses everything else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from transpile.errors import TranspileError, UsageError, printable

LONGEST = 4000
"""Characters of a text, and texts in a list."""


class NotThat(Exception):
    """A value that an option does not take."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``said`` completes "it must be …"; ``read`` raises NotThat."""

    said: str
    read: Callable[[object], object]


Rows: TypeAlias = Mapping[str, Kind]


def read_options(given: Mapping[str, object], rows: Rows, to: str) -> dict[str, object]:
    """The values of options that are given; raises UsageError for others than ``rows``, and for what they do not
    take."""
    unknown = sorted(name for name in given if name not in rows)
    if unknown:
        known = f"options of --to {to} are: {', '.join(sorted(rows))}"
        raise UsageError(f"there is no option '{printable(str(unknown[0])[:100])}' for --to {to}", known)
    return {name: _read(name, value, rows[name]) for name, value in given.items()}


def _read(name: str, value: object, kind: Kind) -> object:
    try:
        return kind.read(value)
    except NotThat:
        shown = printable(repr(value)[:80])
        raise UsageError(f"the option '{name}' cannot be {shown}", f"it must be {kind.said}") from None
    except TranspileError as error:
        raise UsageError(f"the option '{name}': {error.message}", error.hint) from None


def one_of(*words: str) -> Kind:
    def read(value: object) -> object:
        if value not in words:
            raise NotThat
        return value

    return Kind(f"one of {', '.join(words)}", read)


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise NotThat
    return value


FLAG = Kind("true or false", _flag)


def whole(least: int, most: int) -> Kind:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise NotThat
        return value

    return Kind(f"a whole number from {least} to {most}", read)


def number(least: float, most: float) -> Kind:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotThat
        if not math.isfinite(value) or not least <= value <= most:
            raise NotThat
        return float(value)

    return Kind(f"a number from {least:g} to {most:g}", read)


def text(pattern: str, said: str) -> Kind:
    """A text that matches ``pattern`` as a whole."""
    compiled = re.compile(pattern, re.DOTALL)

    def read(value: object) -> object:
        if not isinstance(value, str) or len(value) > LONGEST or not compiled.fullmatch(value):
            raise NotThat
        return value

    return Kind(said, read)


def several(kind: Kind) -> Kind:
    """A list of such values, or one of them."""

    def read(value: object) -> object:
        values = value if isinstance(value, list | tuple) else [value]
        if len(values) > LONGEST:
            raise NotThat
        return tuple(kind.read(each) for each in values)

    return Kind(f"{kind.said}, or a list of such", read)
