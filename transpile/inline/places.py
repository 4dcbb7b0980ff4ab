"""A source text as tokens with offsets, and its preprocessor lines, each with what is in it.

The tokens are those of ``transpile.c.tokens``; a directive there ends at a comment, here where its line does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transpile.c.tokens import Token, tokenise

_LOGICAL = re.compile(r"""(?:\\\r?\n|/\*[\s\S]*?\*/|//(?:\\\r?\n|[^\n])*|"(?:\\.|[^"\\\n])*"|[^\n])*""")
_DEFINE = re.compile(r"#[ \t]*define[ \t]+([A-Za-z_]\w*)(\(([^()]*)\))?(?![\w(])")


@dataclass(frozen=True, slots=True)
class Placed:
    """A token and its offsets in the text."""

    token: Token
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.token.text


@dataclass(frozen=True, slots=True)
class Directive:
    """A preprocessor line with all its continuation lines. ``name`` of what it defines, with its ``parameters`` (None:
    it is no function) and the tokens of its ``body``."""

    text: str
    start: int
    end: int
    name: str = ""
    parameters: tuple[str, ...] | None = None
    body: tuple[Placed, ...] = ()


@dataclass(slots=True)
class Lines:
    """Where the lines of a text begin."""

    text: str
    starts: list[int]

    @staticmethod
    def of(text: str) -> Lines:
        return Lines(text, [0, *(match.end() for match in re.finditer("\n", text))])

    def place(self, offset: int) -> tuple[int, int, str]:
        """Line and column, from 1, and the whole line."""
        line = bisect_right(self.starts, offset)
        start = self.starts[line - 1]
        end = self.text.find("\n", start)
        return line, offset - start + 1, self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")


def placed(text: str, base: int = 0) -> Iterator[Placed]:
    """The tokens of ``text``, which begins at offset ``base``."""
    starts = Lines.of(text).starts
    for token in tokenise(text):
        start = starts[token.line - 1] + token.column - 1 + base
        yield Placed(token, start, start + len(token.text))


def split(text: str) -> tuple[list[Placed], list[Directive]]:
    """The tokens outside preprocessor lines, comments left out, and those lines."""
    tokens: list[Placed] = []
    directives: list[Directive] = []
    behind = 0
    for one in placed(text):
        if one.start < behind:
            continue
        if one.token.kind == "directive":
            match = _LOGICAL.match(text, one.start)
            behind = match.end() if match is not None else one.end
            directives.append(_directive(text[one.start : behind].rstrip("\r"), one.start))
        elif one.token.kind != "comment":
            tokens.append(one)
    return tokens, directives


def _directive(text: str, start: int) -> Directive:
    match = _DEFINE.match(text)
    if match is None:
        return Directive(text, start, start + len(text))
    parameters = None
    if match[2] is not None:
        parameters = tuple(name.strip() for name in match[3].split(",") if name.strip())
    # Behind a semicolon, a '#' begins no directive.
    found = list(placed(f";{text[match.end() :]}", start + match.end() - 1))[1:]
    body = tuple(one for one in found if one.token.kind != "comment")
    return Directive(text, start, start + len(text), match[1], parameters, body)


_CLOSES = {")": "(", "]": "[", "}": "{"}


def closing(tokens: Sequence[Placed], opening: int) -> int:
    """The index of the bracket that closes the one at index ``opening``; -1 if none does, or a wrong one."""
    open_ones: list[str] = []
    for at in range(opening, len(tokens)):
        word = tokens[at].text
        if word in ("(", "[", "{"):
            open_ones.append(word)
        elif word in _CLOSES:
            if open_ones.pop() != _CLOSES[word]:
                return -1
            if not open_ones:
                return at
    return -1


def parts(tokens: Sequence[Placed], separator: str) -> list[Sequence[Placed]]:
    """``tokens`` cut at every ``separator`` outside brackets. ``::`` counts as two colons."""
    found: list[Sequence[Placed]] = []
    depth, begin = 0, 0
    for at, one in enumerate(tokens):
        word = one.text
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            depth -= 1
        elif depth == 0 and (word == separator or (separator == ":" and word == "::")):
            found.append(tokens[begin:at])
            found.extend([()] * (word == "::"))
            begin = at + 1
    found.append(tokens[begin:])
    return found
