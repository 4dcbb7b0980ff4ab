"""C text as tokens, with their places.

The same tokens are read from the user's file, comments and directives included, and from what the preprocessor makes of
it. What is no token of C is a ``stray`` one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "name", "number", "string", "char", "punctuation", "reference", "comment", "directive", "stray"
]


@dataclass(frozen=True, slots=True)
class Token:
    """``line`` and ``column`` count from 1. ``macro`` names the macro whose expansion has brought the token; its place
    is then that of the macro's name or argument. ``alone``: the token is all that the macro stands for.
    ``attributes`` are those that stood directly before it."""

    kind: Kind
    text: str
    line: int
    column: int
    file: str = ""
    macro: str = ""
    alone: bool = False
    attributes: tuple[str, ...] = ()

    @property
    def end_line(self) -> int:
        return self.line + self.text.count("\n")


_PATTERN = re.compile(
    r"""
    (?P<space>(?:[ \t\v\f\r]|\\\r?\n)+)
  | (?P<newline>\n)
  | (?P<comment>//(?:\\\r?\n|[^\n])*|/\*[\s\S]*?(?:\*/|\Z))
  | (?P<string>(?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\([\s\S]*?\)(?P=fence)"
      |(?:u8|[uUL])?"(?:\\(?:\r\n|[\s\S])|[^"\\\n])*")
  | (?P<char>(?:u8|[uUL])?'(?:\\(?:\r\n|[\s\S])|[^'\\\n])*')
  | (?P<name>[^\W\d](?:\w|\$)*|\$\w+)
  | (?P<number>\.?\d(?:[eEpP][+-]|'\w|[\w.])*)
  | (?P<punctuation>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|::|\#\#
      |[-+*/%&|^~!=<>?:;,.()\[\]{}\#])
  | (?P<stray>[\s\S])
    """,
    re.VERBOSE,
)
_KINDS: dict[str, Kind] = {
    kind: kind for kind in ("name", "number", "string", "char", "punctuation", "reference", "comment", "stray")
}


def tokenise(text: str, line: int = 1, file: str = "") -> Iterator[Token]:
    """The tokens of ``text``, which begins on ``line``. Directives are one token each, whatever is in them, but for the
    comments behind them."""
    start_of_line, at_start, position = 0, True, 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        assert match is not None and match.lastgroup is not None
        kind, found = match.lastgroup, match[0]
        column = position - start_of_line + 1
        if at_start and found == "#":
            found = _directive(text, position)
            yield Token("directive", found, line, column, file)
        elif kind in _KINDS:
            yield Token(_KINDS[kind], found, line, column, file)
        position += len(found)
        at_start = kind == "newline" or (at_start and kind in ("space", "comment"))
        if "\n" in found:
            line += found.count("\n")
            start_of_line = position - (len(found) - found.rfind("\n") - 1)


_DIRECTIVE = re.compile(r"""(?:\\\r?\n|"(?:\\.|[^"\\\n])*"|/(?![/*])|[^\n/])*""")


def _directive(text: str, position: int) -> str:
    """The directive at ``position`` up to its end or a comment; lines that a backslash joins belong together."""
    match = _DIRECTIVE.match(text, position)
    assert match is not None
    return match[0] or "#"
