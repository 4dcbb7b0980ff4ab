"""Where the tokens of preprocessed text stand in the user's files.

The preprocessor says the line of everything, but neither columns nor what macros have changed. ``Origins`` reads the
original text beside it: what is the same in both has an exact place; what a macro brought stands where the macro's name
stands, its arguments where they stand. Where one line holds several macros, the reading is taken that lets most tokens
agree.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from transpile.c.preprocess import OutputLine
from transpile.c.tokens import Token, tokenise

_WINDOW = 4096
_CELLS = 100_000
_BUDGET = 2_000_000
_NEVER = -1_000_000
_EXPANSION = 2
"""What it costs to read a name as a macro, in tokens that agree; twice that when it leaves its brackets alone."""
_DEFINE = re.compile(r"#\s*define\s+(\w+)(\([^)]*\))?\s*(.?)")


class Macro(NamedTuple):
    """What is known of a macro: whether it takes arguments, and whether it stands for nothing."""

    takes_arguments: bool
    empty: bool


class _Way(NamedTuple):
    """A macro called, and the index behind the call."""

    behind: int
    empty: bool


def macros_of(original: Sequence[Token]) -> dict[str, Macro]:
    """The macros that a file defines."""
    matches = (_DEFINE.match(token.text) for token in original if token.kind == "directive")
    return {match[1]: Macro(bool(match[2]), not match[3]) for match in matches if match}


class Origins:
    """The tokens of one file; asked for its lines in the order of the output, it follows along.

    ``macros`` are those that the user's files define; other names may be macros of system headers.
    """

    def __init__(self, original: Sequence[Token], macros: Mapping[str, Macro]) -> None:
        self._code = [token for token in original if token.kind not in ("comment", "directive")]
        self._lines = [token.line for token in self._code]
        self._macros = macros
        self._at = 0
        self._line = 0
        self._reading = 0
        self._budget = _BUDGET

    def place(self, lines: Sequence[OutputLine], next_line: int) -> Iterator[Token]:
        """The tokens of ``lines``, which all come from one line of the file; the output goes on at ``next_line``."""
        line = lines[0].line
        if lines[0].reading != self._reading or line < self._line:
            self._at = 0
        self._reading, self._line = lines[0].reading, line
        self._at = max(self._at, bisect_left(self._lines, line))
        limit = bisect_left(self._lines, next_line) if next_line > line else len(self._code)
        found = [token for part in lines for token in tokenise(part.text, line, part.file)]
        done = 0
        while done < len(found) and self._at < len(self._code) and self._code[self._at].text == found[done].text:
            yield _moved(found[done], self._code[self._at])
            done += 1
            self._at += 1
        if done < len(found):
            yield from self._aligned(found[done:], max(limit, self._at), bisect_left(self._lines, line + 1))

    def _aligned(self, found: list[Token], limit: int, end_of_line: int) -> Iterator[Token]:
        """The places of ``found``, whose first token a macro has brought."""
        first = self._at
        code = self._code[first : min(limit, first + _WINDOW)]
        cells = (len(code) + 1) * (len(found) + 1)
        self._budget -= cells
        if cells > _CELLS or self._budget < 0:
            steps = [(len(found), len(code))]
        else:
            ways = [[_Way(way.behind - first, way.empty) for way in self._ways(first + n)] for n in range(len(code))]
            steps = _steps(code, found, ways, end_of_line - first)
        done = 0
        for end, following in steps:
            yield from self._placed(found[done:end], first + following)
            done, self._at = end, first + following

    def _ways(self, index: int) -> list[_Way]:
        """Where the text goes on if a macro is called at ``index``: behind its arguments or behind its name."""
        if self._code[index].kind != "name":
            return []
        macro = self._macros.get(self._code[index].text)
        alone = _Way(index + 1, macro is not None and macro.empty)
        if index + 1 >= len(self._code) or self._code[index + 1].text != "(" or (macro and not macro.takes_arguments):
            return [alone]
        behind = _Way(self._closed(index + 1), alone.empty)
        return [behind] if macro else [behind, alone]

    def _closed(self, start: int) -> int:
        """The index behind the bracket that closes the one at ``start``."""
        depth = 0
        for index in range(start, min(start + _WINDOW, len(self._code))):
            depth += {"(": 1, ")": -1}.get(self._code[index].text, 0)
            if not depth:
                return index + 1
        return start

    def _placed(self, tokens: list[Token], following: int) -> Iterator[Token]:
        """``tokens``, which the original tokens from here to ``following`` have become."""
        if self._at >= len(self._code):
            yield from tokens
            return
        call = self._code[self._at]
        if len(tokens) == 1 and following == self._at + 1 and tokens[0].text == call.text:
            yield _moved(tokens[0], call)
            return
        arguments = {token.text: token for token in reversed(self._code[self._at + 1 : following])}
        alone = following == self._at + 1 and len(_without_brackets(tokens)) == 1
        for token in tokens:
            place = arguments.get(token.text, call) if token.kind != "punctuation" else call
            yield replace(_moved(token, place), macro=call.text, alone=alone)


def _steps(code: list[Token], found: list[Token], ways: list[list[_Way]], end: int) -> list[tuple[int, int]]:
    """How ``found`` reads as ``code`` with macros expanded: steps to (index in found, index in code).

    Of all readings that use up ``found``, and ``code`` at least to ``end``, one in which most tokens agree. A step over
    one token on both sides is agreement if they are equal, else the expansion of a macro called there.
    """
    rows, columns = len(code), len(found)
    score = [[_NEVER] * (columns + 1) for _ in range(rows + 1)]
    best = [[columns] * (columns + 1) for _ in range(rows + 1)]
    choice: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows, -1, -1):
        for column in range(columns, -1, -1):
            value = 0 if column == columns and row >= end else _NEVER
            if row < rows and column < columns and code[row].text == found[column].text:
                agreed = 1 + score[row + 1][column + 1]
                if agreed > value:
                    value, choice[row, column] = agreed, (column + 1, row + 1)
            for number, (way, empty) in enumerate(ways[row] if row < rows else []):
                index = column if empty else best[way][column] if way <= rows else columns
                reached = (score[way][index] if way <= rows else 0) - _EXPANSION * (number + 1)
                if reached > value:
                    value, choice[row, column] = reached, (index, way)
            score[row][column] = value
            later = best[row][column + 1] if column < columns else columns
            best[row][column] = column if value >= score[row][later] else later
    steps: list[tuple[int, int]] = []
    column = row = 0
    while (row, column) in choice:
        column, row = choice[row, column]
        steps.append((column, row))
    return steps if column == columns and steps else [(columns, min(end, rows) if end > 0 else rows)]


def _moved(token: Token, place: Token) -> Token:
    return Token(token.kind, token.text, place.line, place.column, place.file)


def _without_brackets(tokens: list[Token]) -> list[Token]:
    while len(tokens) > 2 and tokens[0].text == "(" and tokens[-1].text == ")":
        tokens = tokens[1:-1]
    return tokens
