"""What the user's text needs of the system headers.

Headers are long and full of what only their compiler understands. So they are split into declarations as text, and only
those are read that declare a name which the user's text mentions, or which another such declaration does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from transpile.c.items import Item
from transpile.c.noise import Cleaner
from transpile.c.preprocess import OutputLine
from transpile.c.tokens import tokenise
from transpile.c.words import KEYWORDS

_NESTED = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)"
_NOISE = re.compile(rf"\b(?:__attribute__|__asm__|__asm|asm|noexcept)\s*{_NESTED}|\b__extension__\b|\bnoexcept\b")
_PARTS = re.compile(r'[;{}]|"(?:\\.|[^"\\\n])*"')
_LINKAGE = re.compile(r'extern\s*"C(?:\+\+)?"\s*(\{)?')
_NAME = re.compile(r"[^\W\d]\w*")
_BRACES = re.compile(r"\{[^{}]+\}")
_PARAMETERS = re.compile(r"\((?!\s*\*)[^()]+\)")
_DECLARED = re.compile(r"([^\W\d]\w*)\s*(?=[(;,\[=)])")
_TAG = re.compile(r"\b(?:struct|union|enum)\s+([^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One declaration of a header. A function's body is left out."""

    text: str
    file: str
    line: int

    @property
    def names(self) -> set[str]:
        return set(_NAME.findall(self.text))

    @property
    def declared(self) -> frozenset[str]:
        """The names that this may declare."""
        return _declared(self.text)


@lru_cache(1 << 14)
def _declared(text: str) -> frozenset[str]:
    """The same headers are read again and again."""
    found = {*_TAG.findall(text), *_DECLARED.findall(_without_inner(text))}
    if "enum" in text and "{" in text:
        found.update(_NAME.findall(text))
    return frozenset(found - KEYWORDS)


def _without_inner(text: str) -> str:
    """``text`` without members and parameters: ``int f(int x), (*g)(void);`` becomes ``int f(), (*g)();``."""
    for pattern, empty in ((_BRACES, "{}"), (_PARAMETERS, "()")):
        while (shorter := pattern.sub(empty, text)) != text:
            text = shorter
    return text


def pieces(lines: Sequence[OutputLine]) -> Iterator[Piece]:
    """The declarations in ``lines``, which follow each other in system headers."""
    kept = [line for line in lines if not line.text.lstrip().startswith("#")]
    text = "\n".join(line.text for line in kept)
    text = _NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    text = _LINKAGE.sub(lambda match: " " * len(match[0]), text)
    starts = [0]
    for line in kept:
        starts.append(starts[-1] + len(line.text) + 1)
    for start, end, body in _ranges(text):
        declaration = text[start:body] + ";" if body else text[start:end]
        stripped = declaration.lstrip()
        if stripped not in ("", ";", "}"):
            origin = kept[bisect_right(starts, start + len(declaration) - len(stripped)) - 1]
            yield Piece(stripped, origin.file, origin.line)


def _ranges(text: str) -> Iterator[tuple[int, int, int]]:
    """Start and end of each declaration, and where the body begins if it is a function's."""
    start = depth = body = 0
    for match in _PARTS.finditer(text):
        found = match[0]
        if found == "{":
            if not depth and text[start : match.start()].rstrip().endswith(")"):
                body = match.start()
            depth += 1
        elif found == "}":
            depth -= 1
        if depth < 0 or (not depth and (found == ";" or (found == "}" and body))):
            yield start, match.end(), body
            start, depth, body = match.end(), 0, 0


def needed(parts: Sequence[Piece], names: Iterable[str]) -> list[Item]:
    """Those of ``parts`` that declare one of ``names``, and what they need themselves, in their order."""
    wanted = set(names)
    waiting = {index: piece.declared for index, piece in enumerate(parts)}
    kept: list[int] = []
    while found := [index for index, declared in waiting.items() if not declared.isdisjoint(wanted)]:
        kept += found
        for index in found:
            del waiting[index]
            wanted |= parts[index].names
    return [_item(parts[index]) for index in sorted(kept)]


def _item(piece: Piece) -> Item:
    tokens = [replace(token, file=piece.file) for token in tokenise(piece.text, piece.line)]
    cleaner = Cleaner(tokens, False)
    return Item(tuple(cleaner.run()), True, refused=tuple(cleaner.refused))
