"""Numbers of elements as plans write them: products, sums and differences of the function's variables.

They are computed in 64 bits, and a factor that is negative counts as 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transpile.c.tree import Variable
from transpile.c.types import Integer, is_integer
from transpile.cuda.plan import ArrayPlan
from transpile.errors import SourceError

_TOKEN = re.compile(r"\s*(?:([A-Za-z_]\w*)|(\d{1,18})|([-+*/()]))")
_MAX_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Extent:
    """``text`` is the number of elements as C of type ``size_t``; ``variables`` are what it names."""

    text: str
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """``wide``: it is computed in 64 bits. ``simple``: a number or a name."""

    text: str
    level: int
    wide: bool
    signed: bool
    factors: tuple[_Part, ...] = ()


def parse_extent(array: ArrayPlan, names: Mapping[str, Sequence[Variable]]) -> Extent:
    reader = _Reader(array, names)
    found = reader.sum(0)
    if reader.peek():
        raise reader.error(f"'{reader.peek()}' is not expected")
    factors = found.factors or (found,)
    return Extent(" * ".join(map(_counted, factors)), tuple(dict.fromkeys(reader.used)))


def _counted(factor: _Part) -> str:
    """A factor as a ``size_t``."""
    if factor.signed:
        return f"extent({factor.text})"
    if factor.wide:
        return factor.text if factor.level == 3 else f"({factor.text})"
    return f"(size_t){factor.text if factor.level == 3 else f'({factor.text})'}"


class _Reader:
    def __init__(self, array: ArrayPlan, names: Mapping[str, Sequence[Variable]]) -> None:
        self._array = array
        self._names = names
        self._tokens: list[str] = []
        self.used: list[Variable] = []
        at = 0
        while at < len(array.extent):
            match = _TOKEN.match(array.extent, at)
            if match is None:
                raise self.error(f"'{array.extent[at:].strip()[:20]}' is not expected")
            self._tokens.append(match.group().strip())
            at = match.end()

    def error(self, message: str) -> SourceError:
        return SourceError(self._array.span, f"in the extent of '{self._array.name}': {message}")

    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def sum(self, depth: int) -> _Part:
        if depth > _MAX_DEPTH:
            raise self.error("too many brackets")
        found = self._product(depth)
        while self.peek() in ("+", "-"):
            found = _joined(found, self._tokens.pop(0), self._product(depth), 1)
        return found

    def _product(self, depth: int) -> _Part:
        found = self._primary(depth)
        factors = [found]
        while self.peek() in ("*", "/"):
            sign, right = self._tokens.pop(0), self._primary(depth)
            factors = [*factors, right] if sign == "*" and factors else []
            found = _joined(found, sign, right, 2)
        return _Part(found.text, found.level, found.wide, found.signed, tuple(factors) if len(factors) > 1 else ())

    def _primary(self, depth: int) -> _Part:
        if not self._tokens:
            raise self.error("a number or a name is missing")
        word = self._tokens.pop(0)
        if word == "(":
            inner = self.sum(depth + 1)
            if not self._tokens or self._tokens.pop(0) != ")":
                raise self.error("')' is missing")
            return inner
        if word.isdigit():
            return _Part(word, 3, False, False)
        found = self._names.get(word, ())
        if len(found) != 1 or not is_integer(found[0].type):
            raise self.error(f"'{word}' is not an integer of the function")
        self.used.append(found[0])
        type = found[0].type
        wide = isinstance(type, Integer) and type.bits == 64
        return _Part(word, 3, wide, isinstance(type, Integer) and type.signed)


def _joined(left: _Part, sign: str, right: _Part, level: int) -> _Part:
    """The operation with operands of 64 bits, one of them at least said to be so."""
    wide = left.wide or right.wide
    signed = left.signed or right.signed or sign == "-"
    first = left.text if left.level >= level else f"({left.text})"
    second = right.text if right.level > level else f"({right.text})"
    if not wide:
        first = f"(long long){first if left.level == 3 else f'({left.text})'}"
        signed = True
    return _Part(f"{first} {sign} {second}", level, True, signed)
