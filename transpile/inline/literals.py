"""String literals of C, joined and decoded, with the file's own string macros in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from transpile.c.tokens import Token

_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]+)|u([0-9a-fA-F]{4})|\r?(\n)|(.))", re.S)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
DEEPEST = 16
"""Macros within macros."""


class LiteralError(Exception):
    """What stands where a string literal has to be."""


def decoded(literal: str) -> str:
    """The characters of one literal with its quotes."""
    body = literal[literal.index('"') + 1 : -1]
    if literal.startswith("R"):
        return body[body.index("(") + 1 : body.rindex(")")]

    def character(match: re.Match[str]) -> str:
        octal, hexadecimal, wide, joined, plain = match.groups()
        if octal is not None:
            return chr(int(octal, 8) & 0xFF)
        if hexadecimal is not None:
            return chr(int(hexadecimal, 16) & 0xFF)
        if wide is not None:
            return chr(int(wide, 16))
        return "" if joined is not None else _PLAIN.get(plain, plain)

    return _ESCAPE.sub(character, body)


def joined(tokens: Sequence[Token], macros: Mapping[str, Sequence[Token]], depth: int = 0) -> str:
    """Adjacent literals, and names of macros that stand for literals, as one string; raises LiteralError."""
    return "".join(_pieces(tokens, macros, depth))


def _pieces(tokens: Sequence[Token], macros: Mapping[str, Sequence[Token]], depth: int) -> Iterator[str]:
    for token in tokens:
        if token.kind == "comment":
            continue
        if token.kind == "string" and token.text.startswith(('"', 'R"')):
            yield decoded(token.text)
        elif token.kind == "name" and token.text in macros and depth < DEEPEST:
            yield from _pieces(macros[token.text], macros, depth + 1)
        elif token.kind == "name":
            raise LiteralError(f"'{token.text}', of which this file does not say what it stands for, is in a string")
        else:
            raise LiteralError(f"'{token.text[:20]}' is in a place of a string")
