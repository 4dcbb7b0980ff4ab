"""Code to words: user words, numbers, literals, PICTURE character strings and separators.

Commas and semicolons are blanks, but a comma before a sign says that the sign belongs to what follows. Words are in
upper case. ``EXEC … END-EXEC`` is one word, as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from transpile.cobol.code import Code
from transpile.cobol.problems import Problems

Kind: TypeAlias = int
WORD: Final = 0
NUMBER: Final = 1
TEXT: Final = 2
SIGN: Final = 3
"""Punctuation and operators."""
PICTURE: Final = 4
EXEC: Final = 5
END: Final = 6
BAD: Final = 7

_DECIMAL_COMMA = re.compile(r"\bDECIMAL-POINT\s+(?:IS\s+)?COMMA\b", re.IGNORECASE)
_NAME = r"[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9_\x80-\xff-]*[A-Za-z0-9_\x80-\xff])?"


def _pattern(point: str) -> re.Pattern[str]:
    number = rf"\d*{point}\d+(?:[Ee][+-]?\d+)?"
    return re.compile(
        rf"""[\s;]*(?:,(?!\s*[+-])[\s;]*)*(?:
          (?P<comma>,(?=\s*[+-]))
        | (?P<picture>(?<![\w-])PIC(?:TURE)?\s+(?:IS\s+)?)(?P<string>[^\s;]+?)(?=[.,;]?(?:\s|$))
        | (?P<exec>(?<![\w-])EXEC(?:UTE)?\s+[A-Z0-9]+\s(?:(?!\sEXEC\s).)*?END-EXEC(?![\w-]))
        | (?P<text>(?:N[XC]?|[XZBHGL])?(?:"(?:[^"\n]|"")*"|'(?:[^'\n]|'')*'))
        | (?P<number>{number}(?![\w-]))
        | (?P<word>{_NAME})
        | (?P<sign>\*\*|<=|>=|<>|==|::|[.()+\-*/=<>:&])
        | (?P<bad>["'][^\n]*|[^\s;,])
        )""",
        re.VERBOSE | re.IGNORECASE | re.DOTALL,
    )


_POINT, _COMMA = _pattern(r"\."), _pattern(",")


@dataclass(slots=True)
class Tokens:
    """The words of a program, in three lists that go together; the last one is of kind END and empty."""

    code: Code
    texts: list[str]
    kinds: list[Kind]
    offsets: list[int]
    decimal_comma: bool


def tokenize(code: Code, problems: Problems) -> Tokens:
    comma = _DECIMAL_COMMA.search(code.text) is not None
    texts: list[str] = []
    kinds: list[Kind] = []
    offsets: list[int] = []
    for found in (_COMMA if comma else _POINT).finditer(code.text):
        group = found.lastgroup
        assert group is not None
        text = found[group]
        if group == "word":
            kinds.append(NUMBER if text.isdecimal() else WORD)
            text = text.upper() if text.isascii() else _upper(text)
        else:
            kinds.append(_KINDS[group])
            if group == "bad":
                _complain(code, found.start(group), text, problems)
                kinds.pop()
                continue
        texts.append(text)
        offsets.append(found.start(group))
    texts.append("")
    kinds.append(END)
    offsets.append(len(code.text.rstrip()))
    return Tokens(code, texts, kinds, offsets, comma)


_KINDS = {"comma": SIGN, "string": PICTURE, "exec": EXEC, "text": TEXT, "number": NUMBER, "sign": SIGN, "bad": BAD}


def _complain(code: Code, at: int, text: str, problems: Problems) -> None:
    span = code.place(at, len(text))
    if text[0] in "\"'":
        hint = "close it on the same line, or continue it with - in column 7 (fixed format) or & (free format)"
        problems.report(span, "the literal is not closed", hint)
    else:
        shown = text if text.isprintable() else f"\\x{ord(text):02x}"
        problems.report(span, f"'{shown}' is no part of COBOL", "text in columns 1 to 7? then give --format free")


def _upper(text: str) -> str:
    return "".join(c.upper() if c.isascii() else c for c in text)
