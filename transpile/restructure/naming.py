"""COBOL's names in words: ``NET-PAY`` is ("net", "pay"). Each is unique among its neighbours."""

from __future__ import annotations

import re
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]


def words(name: str) -> Words:
    """
    >>> words("WS-NET_PAY")
    ('ws', 'net', 'pay')
    """
    return tuple(re.findall(r"[a-z0-9]+", name.lower())) or ("unnamed",)


class Namer:
    """Gives names that differ from all it gave before; a number is added where they do not."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: set[Words] = set()

    def name(self, name: str, *others: str) -> Words:
        """``name``, or the first of ``others`` that is free, or ``name`` with a number."""
        for chosen in map(words, (name, *others)):
            if chosen not in self._taken:
                self._taken.add(chosen)
                return chosen
        plain = found = words(name)
        count = 1
        while found in self._taken:
            count += 1
            found = (*plain, str(count))
        self._taken.add(found)
        return found
