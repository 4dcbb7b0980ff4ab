"""Where the parser is in the words of a program, and what it knows of the names so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from transpile.cobol.problems import Problems
from transpile.cobol.statements import Execute
from transpile.cobol.tokens import END, NUMBER, TEXT, WORD, Tokens
from transpile.cobol.tree import Expression, Relation, Statement
from transpile.cobol.words import FIGURATIVE, REGISTERS, RESERVED
from transpile.errors import SourceError, Span, UnsupportedError

MAX_DEPTH = 700
"""Python frames that nesting may take up."""
_OPERANDS = frozenset(FIGURATIVE) | REGISTERS | {"FUNCTION", "LENGTH", "ADDRESS", "ALL"}


@dataclass(slots=True)
class Known:
    """Names that change how a text is read; nested programs know those of the programs around them."""

    conditions: set[str] = field(default_factory=set)
    """Level 88 names and the status of switches."""
    classes: set[str] = field(default_factory=set)
    constants: dict[str, int] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    """Functions that are called without the word FUNCTION (REPOSITORY)."""
    mnemonics: set[str] = field(default_factory=set)
    whenever: dict[str, Execute] = field(default_factory=dict)
    """What WHENEVER said last of each condition, in this program."""

    def inner(self) -> Known:
        return Known(
            set(self.conditions),
            set(self.classes),
            dict(self.constants),
            set(self.functions),
            set(self.mnemonics),
        )


Verb: TypeAlias = "Callable[[Cursor], Statement | tuple[Statement, ...]]"


class Cursor:
    __slots__ = ("abbreviated", "at", "depth", "kinds", "known", "offsets", "problems", "texts", "tokens", "verbs")

    def __init__(self, tokens: Tokens, problems: Problems, verbs: Mapping[str, Verb]) -> None:
        self.tokens = tokens
        self.texts, self.kinds, self.offsets = tokens.texts, tokens.kinds, tokens.offsets
        self.problems = problems
        self.verbs = verbs
        self.at = 0
        self.depth = 0
        self.known = Known()
        self.abbreviated: tuple[Expression, Relation] | None = None
        """Subject and relation that an abbreviated condition goes on with."""

    @property
    def text(self) -> str:
        return self.texts[self.at]

    @property
    def kind(self) -> int:
        return self.kinds[self.at]

    @property
    def next(self) -> str:
        return self.texts[self.at + 1] if self.at + 1 < len(self.texts) else ""

    def peek(self, ahead: int) -> str:
        return self.texts[min(self.at + ahead, len(self.texts) - 1)]

    @property
    def ended(self) -> bool:
        return self.kinds[self.at] == END

    def accept(self, word: str) -> bool:
        if self.texts[self.at] == word:
            self.at += 1
            return True
        return False

    def accept_all(self, *words: str) -> bool:
        """All of ``words``, in this order, or none."""
        end = self.at + len(words)
        if tuple(self.texts[self.at : end]) == words:
            self.at = end
            return True
        return False

    def accept_any(self, words: Set[str] | Mapping[str, object]) -> str:
        """One of ``words``, or empty."""
        text = self.texts[self.at]
        if text in words:
            self.at += 1
            return text
        return ""

    def skip(self, *words: str) -> None:
        """Noise: any of ``words``, as often as they come."""
        while self.texts[self.at] in words:
            self.at += 1

    def expect(self, word: str, why: str = "") -> None:
        if self.texts[self.at] != word:
            self.fail(f"'{word}' is expected {why or 'here'}, not {self.shown()}")
        self.at += 1

    def period(self, what: str) -> None:
        """The period at the end of ``what``; when it is missing that is told, and reading goes on."""
        if self.texts[self.at] == ".":
            self.at += 1
            while self.texts[self.at] == ".":
                self.at += 1
            return
        last = max(self.at - 1, 0)
        span = self.tokens.code.place(self.offsets[last] + len(self.texts[last]) - 1)
        message = f"the period at the end of {what} is missing"
        self.problems.report(span, message, f"{self.shown()} follows in line {self.span().line}")

    def span(self, at: int | None = None) -> Span:
        at = self.at if at is None else at
        return self.tokens.code.place(self.offsets[at], len(self.texts[at]))

    def shown(self) -> str:
        """The current word, for a message."""
        if self.ended:
            return "the end of the text"
        text = self.texts[self.at]
        return f"'{text if len(text) <= 40 else text[:40] + '…'}'"

    def fail(self, message: str, hint: str = "", at: int | None = None) -> NoReturn:
        raise SourceError(self.span(at), message, hint)

    def refuse(self, what: str, at: int | None = None) -> NoReturn:
        """``what`` is COBOL, but not translated."""
        raise UnsupportedError(self.span(at), f"not translated: {what}", mnemonic=what)

    def enter(self, frames: int) -> None:
        """One more level of nesting, which ``leave`` ends."""
        self.depth += frames
        if self.depth > MAX_DEPTH:
            self.fail("this is nested too deeply", "move inner statements to a paragraph of their own")

    def is_name(self) -> bool:
        """A word that may be a name."""
        return self.kinds[self.at] == WORD and self.texts[self.at] not in RESERVED

    def is_operand(self) -> bool:
        """Something with a value may start here: an identifier, a literal, a function."""
        kind = self.kinds[self.at]
        if kind == WORD:
            text = self.texts[self.at]
            return text not in RESERVED or text in _OPERANDS
        if kind in (NUMBER, TEXT):
            return True
        return self.is_signed()

    def is_signed(self) -> bool:
        """A sign that belongs to the number behind it."""
        at = self.at
        signed = self.texts[at] in ("+", "-") and self.kinds[at + 1] == NUMBER
        return signed and self.offsets[at + 1] == self.offsets[at] + 1

    def name(self, what: str) -> str:
        """A user's word."""
        if not self.is_name():
            reserved = self.kinds[self.at] == WORD
            hint = f"'{self.texts[self.at]}' is a reserved word" if reserved else ""
            self.fail(f"{what} is expected here, not {self.shown()}", hint)
        self.at += 1
        return self.texts[self.at - 1]

    def source(self, start: int, end: int) -> str:
        """The words from ``start`` up to ``end`` as they stand in the text, each gap as one blank."""
        if start >= end:
            return ""
        first, last = self.offsets[start], self.offsets[end - 1] + len(self.texts[end - 1])
        return " ".join(self.tokens.code.text[first:last].split())

    def skip_sentence(self) -> None:
        """To behind the next period."""
        while not self.ended and self.texts[self.at] != ".":
            self.at += 1
        while self.texts[self.at] == ".":
            self.at += 1

    def starts_line(self, at: int) -> bool:
        """The word is the first of its line."""
        offset = self.offsets[at]
        begin = self.tokens.code.text.rfind("\n", 0, offset) + 1
        return not self.tokens.code.text[begin:offset].strip()
