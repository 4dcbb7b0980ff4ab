"""Comments, and the statements they belong to.

The preprocessor drops comments, so they come from the original text. A comment behind code on its line belongs to that
code, any other to the code that follows. Each is given out once. Comments on the line of a directive, or among code
that ``#if`` leaves out, belong to nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from transpile.c.tokens import Token

_Place = tuple[str, int, int]
_TRANSPARENT = re.compile(r"#\s*(?:pragma|if|ifdef|ifndef|elif|else|endif)\b")
"""Directives that a comment above them looks through."""


class Remarks:
    """The comments of some files, for the tokens beside which they stand.

    ``used`` are the lines that the preprocessor has not left out.
    """

    def __init__(self, originals: Mapping[str, Sequence[Token]], used: Mapping[str, Collection[int]]) -> None:
        self._before: dict[_Place, list[Token]] = {}
        self._behind: dict[_Place, list[Token]] = {}
        self._all: dict[str, list[Token]] = {}
        self._given: set[_Place] = set()
        for file, tokens in originals.items():
            kept = list(_kept(tokens, used.get(file, ())))
            self._all[file] = [token for token in kept if token.kind == "comment"]
            self._attach(kept)

    def before(self, token: Token) -> tuple[str, ...]:
        """The comments above ``token``, or before it on its line."""
        return self._give(self._before.get(_place(token), []))

    def first_line(self, token: Token) -> int:
        """The line on which ``token`` begins, or the comments above it."""
        comments = self._before.get(_place(token), [])
        return min([token.line, *(comment.line for comment in comments)])

    def behind(self, token: Token) -> tuple[str, ...]:
        """The comments behind ``token`` on its line."""
        return self._give(self._behind.get(_place(token), []))

    def within(self, first: Token, last: Token) -> tuple[str, ...]:
        """The comments between two tokens of one file that nothing else has been given."""
        comments = self._all.get(first.file, [])
        if first.file != last.file:
            return ()
        start = bisect_right(comments, (first.line, first.column), key=_position)
        end = bisect_left(comments, (last.line, last.column), key=_position)
        return self._give(comments[start:end])

    def _give(self, comments: Sequence[Token]) -> tuple[str, ...]:
        fresh = [comment for comment in comments if _place(comment) not in self._given]
        self._given.update(map(_place, fresh))
        return tuple(comment.text.replace("\r", "") for comment in fresh)

    def _attach(self, tokens: Sequence[Token]) -> None:
        previous: Token | None = None
        waiting: list[Token] = []
        for token in tokens:
            if token.kind == "comment":
                if previous and previous.end_line == token.line:
                    self._behind.setdefault(_place(previous), []).append(token)
                else:
                    waiting.append(token)
            elif token.kind == "directive":
                if not _TRANSPARENT.match(token.text):
                    previous, waiting = None, []
            else:
                if waiting:
                    self._before[_place(token)] = waiting
                previous, waiting = token, []


def _kept(tokens: Sequence[Token], used: Collection[int]) -> Iterator[Token]:
    """``tokens`` without the comments that belong to directives, or stand among code that is not used."""
    between: list[Token] = []
    directive_line = 0
    for token in (*tokens, None):
        if token is not None and token.kind != "directive":
            if token.kind != "comment" or token.line != directive_line:
                between.append(token)
            continue
        code = [other.line in used for other in between if other.kind != "comment"]
        if not code or any(code):
            yield from between
        between = []
        if token is not None:
            directive_line = token.end_line
            yield token


def _place(token: Token) -> _Place:
    return token.file, token.line, token.column


def _position(token: Token) -> tuple[int, int]:
    return token.line, token.column
