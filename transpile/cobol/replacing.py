"""REPLACING … BY …: which text words are replaced by what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from transpile.cobol.code import Builder, Code
from transpile.errors import SourceError

_WORD = re.compile(r"\"(?:[^\"\n]|\"\")*\"|'(?:[^'\n]|'')*'|[\w\x80-\xff-]+|[^\s]")
_PSEUDO = re.compile(r"==(.*?)==(?==*)", re.DOTALL)
_GAP = re.compile(r"[\s,;]*")
_LITERAL = re.compile(r"[XNZxnz]?(?:\"(?:[^\"\n]|\"\")*\"|'(?:[^'\n]|'')*')")
_NUMBER = re.compile(r"[+-]?\d*\.?\d+(?![\w-])")
_IDENTIFIER = re.compile(
    r"[\w\x80-\xff-]+(?:\s+(?:OF|IN)\s+[\w-]+)*(?:\s*\([^().]*(?:\([^()]*\)[^().]*)*\))*", re.IGNORECASE
)
_KEYWORD = re.compile(r"(LEADING|TRAILING)\b", re.IGNORECASE)
_BY = re.compile(r"BY(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """``words`` (in upper case) become ``by``; a part of a word with ``part``."""

    words: tuple[str, ...]
    by: str
    part: Literal["", "LEADING", "TRAILING"] = ""


@dataclass(frozen=True, slots=True)
class _TextWord:
    key: str
    start: int
    end: int


def rules(code: Code, at: int) -> tuple[list[Rule], int]:
    """The rules from ``at`` on, and where they end."""
    found: list[Rule] = []
    while True:
        start = _skip(code.text, at)
        if code.text[start : start + 1] in ("", "."):
            break
        rule, at = _rule(code, start)
        found.append(rule)
    if not found:
        raise SourceError(code.place(at), "REPLACING says nothing to replace")
    return found, at


def _rule(code: Code, at: int) -> tuple[Rule, int]:
    part: Literal["", "LEADING", "TRAILING"] = ""
    if keyword := _KEYWORD.match(code.text, at):
        part = "LEADING" if keyword[1].upper() == "LEADING" else "TRAILING"
        at = _skip(code.text, keyword.end())
    old, at = _operand(code, at)
    words = tuple(word.key for word in _words(old))
    if not words:
        raise SourceError(code.place(at), "the text to replace is empty")
    by = _BY.match(code.text, _skip(code.text, at))
    if not by:
        raise SourceError(code.place(_skip(code.text, at)), "BY is missing in REPLACING")
    new, at = _operand(code, _skip(code.text, by.end()))
    return Rule(words, " ".join(new.split("\n")).strip(), part), at


def _operand(code: Code, at: int) -> tuple[str, int]:
    """Pseudo-text (what is between its marks), a literal, a number, or an identifier."""
    text = code.text
    if text.startswith("==", at):
        found = _PSEUDO.match(text, at)
        if not found:
            raise SourceError(code.place(at, 2), "the pseudo-text has no end: == is missing")
        return found[1], found.end()
    for pattern in (_LITERAL, _NUMBER, _IDENTIFIER):
        if (plain := pattern.match(text, at)) and plain[0].upper() != "BY":
            return plain[0], plain.end()
    raise SourceError(code.place(at), "text to replace is missing here")


def _skip(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return found.end() if found else at


def _words(text: str) -> list[_TextWord]:
    """Text words; separators that are commas and semicolons do not count."""
    words = []
    for found in _WORD.finditer(text):
        word = found[0]
        if word in ",;" and text[found.end() : found.end() + 1] in ("", " ", "\n"):
            continue
        words.append(_TextWord(word if word[0] in "\"'" else word.upper(), found.start(), found.end()))
    return words


def replace(code: Code, active: list[Rule]) -> Code:
    """``code`` after the first rule that fits was applied at each word; what it puts there is not looked at again."""
    words = _words(code.text)
    first = {rule.words[0] for rule in active if not rule.part}
    parts = [rule for rule in active if rule.part]
    out = Builder()
    done = at = 0
    while at < len(words):
        word = words[at]
        match = _fitting(words, at, active) if word.key in first or parts else None
        if match is None:
            at += 1
            continue
        text, count = match
        out.take(code, done, word.start)
        out.put(text, code, word.start)
        at += count
        done = words[at - 1].end
    out.take(code, done, len(code.text))
    return out.code()


def _fitting(words: list[_TextWord], at: int, active: list[Rule]) -> tuple[str, int] | None:
    for rule in active:
        key = words[at].key
        old = rule.words[0]
        if rule.part:
            if len(old) < len(key) or key == old:
                if rule.part == "LEADING" and key.startswith(old):
                    return rule.by + key[len(old) :], 1
                if rule.part == "TRAILING" and key.endswith(old):
                    return key[: len(key) - len(old)] + rule.by, 1
        elif len(rule.words) <= len(words) - at and all(
            words[at + step].key == wanted for step, wanted in enumerate(rule.words)
        ):
            return rule.by, len(rule.words)
    return None
