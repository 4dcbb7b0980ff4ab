"""How many elements arrays have by a comment above the function: ``extent: a = n * m, b = n``.

It counts as if it were given with the call of the translator, which has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from transpile.c.types import Pointer
from transpile.c.unit import Function

_LONGEST = 1_000
"""Characters of a comment's line that are looked at."""
_LINE = re.compile(r"^[\s/*]*extents?:(?P<said>.*?)(?:\*/.*)?$")
_ONE = re.compile(r"\s*(?P<array>[A-Za-z_]\w*)\s*=(?P<extent>[^=]+)")


def stated_extents(function: Function) -> Mapping[str, str]:
    """What comments above ``function`` say of its array parameters; whatever else they say is for people."""
    arrays = {p.name for p in function.parameters if isinstance(p.type, Pointer)}
    return {array: extent for array, extent in _said(function) if array in arrays and extent}


def _said(function: Function) -> Iterator[tuple[str, str]]:
    for comment in function.notes.leading:
        for line in comment.splitlines():
            found = _LINE.match(line[:_LONGEST])
            for part in found["said"].split(",") if found else ():
                if one := _ONE.fullmatch(part):
                    yield one["array"], one["extent"].strip().rstrip(".;")
