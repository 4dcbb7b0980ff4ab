"""Where a configure script asks for x86 and others get nothing, or an error: that is told, scripts are not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transpile.options import Target
from transpile.port.choices import ONLY_X86, TARGET_WORDS
from transpile.port.items import Item

_CASE = re.compile(r"^[^\n#]*\bcase\s+(?P<word>\S*\$\S*(?:host|target)\S*)\s+in\b(?P<body>.*?)\besac\b", re.M | re.S)
_ARM = re.compile(
    r"(?:;;|\bin\b)\s*(?:#[^\n]*\s*|dnl[^\n]*\s*)*\(?(?P<patterns>[^()\n;]+)\)(?P<body>.*?)(?=;;|\Z)", re.S
)
_AS_CASE = re.compile(r"^[^\n#]*\bAS_CASE\(", re.M)
_REFUSES = re.compile(r"\bAC_MSG_ERROR\b|\bexit 1\b")


@dataclass(frozen=True, slots=True)
class _Case:
    """Patterns with what is done for each; those of ``*`` too."""

    start: int
    end: int
    word: str
    arms: tuple[tuple[str, str], ...]


def told(path: str, text: str, to: Target) -> Iterator[Item]:
    """An item for each question that leaves ``to`` without an answer."""
    for case in sorted(_cases(text), key=lambda case: case.start):
        mine = [patterns for patterns, _ in case.arms if _for_x86(patterns)]
        if not mine or any(re.search(TARGET_WORDS[to], patterns, re.I) for patterns, _ in case.arms):
            continue
        others = [body for patterns, body in case.arms if "*" in re.split(r"[\s|]+", patterns)]
        first, last = (text.count("\n", 0, offset) + 1 for offset in (case.start, case.end))
        place = path, first, last, f"case {case.word}: {mine[0]}"
        if any(_REFUSES.search(body) for body in others):
            yield Item("conditional", *place, "left", "", "others get an error", "add a case for them")
        elif not others:
            yield Item("conditional", *place, "note", "", "others get nothing here", "is it needed there? add a case")


def _for_x86(patterns: str) -> bool:
    names = [re.sub(r"[*-].*$", "", name) for name in re.split(r"[\s|]+", patterns) if name]
    return bool(names) and all(ONLY_X86.fullmatch(name) for name in names)


def _cases(text: str) -> Iterator[_Case]:
    for match in _CASE.finditer(text):
        arms = tuple((arm["patterns"].strip(), arm["body"]) for arm in _ARM.finditer("in" + match["body"]))
        yield _Case(match.start(), match.end(), match["word"], arms)
    for match in _AS_CASE.finditer(text):
        arguments, end = _arguments(text, match.end())
        if len(arguments) > 2 and re.search("host|target", arguments[0]):
            pairs = list(zip(arguments[1::2], arguments[2::2], strict=False))
            pairs += [("*", arguments[-1])] if len(arguments) % 2 == 0 else []
            yield _Case(match.start(), end, arguments[0], tuple(pairs))


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of a macro whose first begins at ``start``, without quotes, and where it ends."""
    found, begin, brackets, quotes = [], start, 0, 0
    for at in range(start, len(text)):
        one = text[at]
        quotes += (one == "[") - (one == "]")
        brackets += ((one == "(") - (one == ")")) if not quotes else 0
        if (one == "," and not quotes and not brackets) or brackets < 0:
            found.append(text[begin:at].strip().removeprefix("[").removesuffix("]"))
            begin = at + 1
        if brackets < 0:
            return found, at
    return [], len(text)
