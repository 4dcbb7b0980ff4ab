"""Bodies in canonical tokens as rows, and pairs of them that one instruction can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transpile.native.canonical.source import MARK
from transpile.native.canonical.syntax import shapes
from transpile.native.canonical.target import SPACE

WINDOW = 12
"""How far apart two instructions may be."""
_OPERAND = re.compile(r"(?<=[ \[(#])(sym|[xwdqri])(?=[\]),( ]|$)")


def form(text: str) -> str:
    """An instruction form as a token: ``form("add x, x, #i")`` is ``add~{x},~{x},~#{i}``."""
    return _OPERAND.sub(r"{\1}", text).replace(" ", SPACE)


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction of a body in canonical tokens, with the marks before it."""

    marks: tuple[str, ...]
    form: str
    operands: tuple[str, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*self.marks, self.form, *self.operands)


Rows = tuple[Row, ...]


def rows_of(tokens: Sequence[str]) -> Rows:
    """The lines of a body."""
    rows: list[Row] = []
    marks: list[str] = []
    place = 0
    while place < len(tokens):
        if tokens[place].startswith(MARK):
            marks.append(tokens[place])
            place += 1
            continue
        end = place + 1 + len(shapes(tokens[place]))
        rows.append(Row(tuple(marks), tokens[place], tuple(tokens[place + 1 : end])))
        marks = []
        place = end
    return tuple(rows)


def flat(rows: Rows) -> tuple[str, ...]:
    """The tokens of ``rows``; of marks in a row the last counts."""
    return tuple(token for row in rows for token in (*row.marks[-1:], row.form, *row.operands))


@dataclass(frozen=True, slots=True)
class Fusion:
    """Two instructions, the first of which makes a value for the second, and the one that does both.

    Operands are written as letters; those of the pattern bind, those of the result are filled in.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    result: tuple[str, ...]

    def apply(self, rows: Rows) -> Iterator[Rows]:
        for i, one in enumerate(rows):
            if one.form != self.first[0]:
                continue
            for j in range(i + 1, min(i + WINDOW, len(rows))):
                two = rows[j]
                if two.form != self.second[0]:
                    continue
                bound = _bind(self.second[1:], two.operands, _bind(self.first[1:], one.operands, {}))
                if bound is None:
                    continue
                operands = tuple(bound.get(letter, letter) for letter in self.result[1:])
                made = Row(two.marks, self.result[0], operands)
                without = rows[:i] + keep_marks(one, rows[i + 1 : j])
                rest = rows[j + 1 :]
                head = (*rows[:i], Row(one.marks, made.form, made.operands), *rows[i + 1 : j])
                if i + 1 == j:
                    yield (*rows[:i], Row(one.marks + two.marks, made.form, made.operands), *rest)
                else:
                    yield (*without, made, *rest)
                    yield head + keep_marks(two, rest)


def _bind(letters: Sequence[str], operands: Sequence[str], bound: dict[str, str] | None) -> dict[str, str] | None:
    if bound is None or len(letters) != len(operands):
        return None
    found = dict(bound)
    for letter, operand in zip(letters, operands, strict=True):
        if not letter.islower() and letter != operand:
            return None
        if letter.islower() and found.setdefault(letter, operand) != operand:
            return None
    return found


def keep_marks(gone: Row, rows: Rows) -> Rows:
    if not rows or not gone.marks:
        return rows
    first = rows[0]
    return (Row(gone.marks + first.marks, first.form, first.operands), *rows[1:])
