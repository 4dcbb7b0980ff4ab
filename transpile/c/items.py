"""The user's tokens as a sequence of items: declarations and function definitions at file scope.

Brackets are matched here, so that every item is whole; what does not match is reported at its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from transpile.c.cplusplus import Rewriter
from transpile.c.noise import Cleaner, Refused, closed
from transpile.c.tokens import Token
from transpile.c.words import KEYWORDS

MAX_DEPTH = 200
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Item:
    """``pragmas`` stand before the token of that index. ``defines`` is the function that is defined here, if any;
    ``old_style``: its parameters are declared behind the brackets."""

    tokens: tuple[Token, ...]
    system: bool = False
    defines: str = ""
    old_style: bool = False
    pragmas: Mapping[int, Sequence[Token]] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()


class Unbalanced(Exception):
    """Brackets that do not match at ``token``."""

    def __init__(self, token: Token, message: str) -> None:
        super().__init__(message)
        self.token = token
        self.message = message


def own_items(tokens: Sequence[Token], cplusplus: bool) -> Iterator[Item]:
    """The items of the user's tokens. Raises Unbalanced at brackets that do not match."""
    splitter = _Splitter(cplusplus)
    for token in tokens:
        if splitter.take(token):
            yield from _items(splitter.taken(), cplusplus)
    if splitter.open:
        first = next((token for token in splitter.open if token.text != "{"), splitter.open[-1])
        raise Unbalanced(first, f"this '{first.text}' is never closed")
    yield from _items(splitter.taken(), cplusplus)


class _Splitter:
    """Gathers tokens until an item is whole. ``open`` are the brackets that are not closed yet."""

    def __init__(self, cplusplus: bool) -> None:
        self.open: list[Token] = []
        self._cplusplus = cplusplus
        self._tokens: list[Token] = []
        self._heads: list[str] = []
        self._linkage = 0

    @property
    def _in_for(self) -> bool:
        """Whether the bracket that was opened last is that of a ``for``."""
        return self._heads[-1] == "for"

    def take(self, token: Token) -> bool:
        """Whether ``token`` completes an item."""
        if token.kind == "punctuation" and token.text in "()[]{};":
            if self._is_linkage(token):
                return False
            self._bracket(token)
        self._tokens.append(token)
        return not self.open and self._ends(token)

    def taken(self) -> list[Token]:
        tokens, self._tokens = self._tokens, []
        return tokens

    def _bracket(self, token: Token) -> None:
        if token.text == ";":
            if self.open and self.open[-1].text != "{" and not self._in_for:
                raise Unbalanced(token, f"expected '{_CLOSING[self.open[-1].text]}' before ';'")
            return
        if token.text in _CLOSING:
            self.open.append(token)
            self._heads.append(self._tokens[-1].text if self._tokens else "")
            if len(self.open) > MAX_DEPTH:
                raise Unbalanced(token, f"brackets nest more than {MAX_DEPTH} deep")
            return
        if not self.open:
            raise Unbalanced(token, f"this '{token.text}' closes nothing")
        self._heads.pop()
        expected = _CLOSING[self.open.pop().text]
        if expected != token.text:
            raise Unbalanced(token, f"expected '{expected}' before '{token.text}'")

    def _is_linkage(self, token: Token) -> bool:
        """``extern "C" {`` opens nothing, and its ``}`` closes nothing."""
        if self.open:
            return False
        if token.text == "{" and [found.text for found in self._tokens[-2:]] == ["extern", '"C"']:
            self._linkage += 1
            self._tokens.clear()
            return True
        if token.text == "}" and self._linkage:
            self._linkage -= 1
            return True
        return False

    def _ends(self, token: Token) -> bool:
        if token.text == ";":
            return self._cplusplus or not is_old_style(header_of(self._tokens))
        if token.text != "}":
            return False
        header = header_of(self._tokens)
        named = bool(header) and header[0].text == "namespace"
        return named or (bool(header) and header[-1].text == ")") or is_old_style(header)


def header_of(tokens: Sequence[Token]) -> list[Token]:
    """What stands before the first brace or initialiser, without attributes."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "{" or (token.text == "=" and not depth):
            break
        if token.kind != "directive":
            found.append(token)
    return Cleaner(found, False).run()


def is_old_style(header: Sequence[Token]) -> bool:
    """Whether a parameter list without types is followed by declarations, as before C89."""
    start = next((n for n, token in enumerate(header) if token.text == "("), len(header))
    end = closed(header, start)
    inside, behind = header[start + 1 : end - 1], header[end : end + 1]
    if not inside or not behind or behind[0].kind != "name":
        return False
    names = all(token.kind == "name" for token in inside[::2])
    return names and all(token.text == "," for token in inside[1::2]) and inside[0].text not in KEYWORDS


def _items(taken: list[Token], cplusplus: bool) -> Iterator[Item]:
    """The item that consists of ``taken``, or nothing for a lone semicolon."""
    cleaner = Cleaner(taken, cplusplus)
    tokens, refused = cleaner.run(), cleaner.refused
    header = header_of(tokens)
    old_style = not cplusplus and is_old_style(header)
    if cplusplus:
        rewriter = Rewriter(tokens, refused)
        tokens = rewriter.run()
    pragmas: dict[int, list[Token]] = {}
    kept: list[Token] = []
    for token in tokens:
        if token.kind == "directive":
            pragmas.setdefault(len(kept), []).append(token)
        else:
            kept.append(token)
    if pragmas or any(token.text != ";" for token in kept):
        defines = _name_of(header) if kept and kept[-1].text == "}" else ""
        first = {found.hint or found.what: found for found in reversed(refused)}
        yield Item(tuple(kept), False, defines, old_style, pragmas, tuple(reversed(first.values())))


def declared_names(tokens: Sequence[Token]) -> set[str]:
    """The names and tags that a declaration may declare, told by what stands around them."""
    found: set[str] = set()
    depth = 0
    for token, behind in pairwise(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        declares = behind.text in (";", ",", "(", "[", "=", ")")
        if not depth and declares and token.kind == "name" and token.text not in KEYWORDS:
            found.add(token.text)
        if token.text in ("struct", "union", "enum"):
            found.add(f"{token.text} {behind.text}")
    return found


def _name_of(header: Sequence[Token]) -> str:
    """The function that a definition defines: the first name with a parameter list."""
    for token, behind in pairwise(header):
        if behind.text == "(" and token.kind == "name" and token.text not in KEYWORDS:
            return token.text
    return ""
