"""C text as the preprocessor sees it: which conditions stand over a line, and where code is code.

Nothing is expanded. Comments and literals are blanked out of ``code``, so that words in them are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from transpile.port.holds import excluded

OTHER_WORD = re.compile(
    r"\b(?:__aarch64__|__arm__|__arm64__|_M_ARM64?|__ARM_\w+|__riscv\w*|__powerpc\w*|__ppc\w*|__PPC\w*|__mips\w*|__s390x?__"
    r"|__sparc\w*|__loongarch\w*|__wasm\w*|__ALTIVEC__|__alpha__|__ia64__|__IWMMXT__|__SPE__|__VEC__)"
)
_TOKEN = re.compile(
    r"""(?<!\w)(?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)"|//(?:[^\\\n]|\\.|\\\n)*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.|\\\n)*(?:"|$)|'(?:[^'\\\n]|\\.)*(?:'|$)""",
    re.S | re.M,
)
_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b(.*)$")


@dataclass(slots=True)
class Chain:
    """``#if … #elif … #else … #endif``: its branches as (line, condition); ``#else`` has the condition ``else``."""

    branches: list[tuple[int, str]] = field(default_factory=list)
    last_line: int = 0

    @property
    def line(self) -> int:
        return self.branches[0][0]

    @property
    def has_else(self) -> bool:
        return any(condition == "else" for _, condition in self.branches)


@dataclass(frozen=True)
class CText:
    """``lines`` are those of the file, without line ends."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    @cached_property
    def code(self) -> list[str]:
        """The lines with comments and literals blanked."""
        return _TOKEN.sub(_blank, "\n".join(self.lines)).split("\n")

    @cached_property
    def chains(self) -> list[Chain]:
        return self._structure[0]

    @cached_property
    def conditions(self) -> list[tuple[str, ...]]:
        """For each line, the conditions that stand over it, outermost first; what was refused before as ``!(…)``."""
        return self._structure[1]

    @cached_property
    def _structure(self) -> tuple[list[Chain], list[tuple[str, ...]]]:
        chains: list[Chain] = []
        open_chains: list[Chain] = []
        over: list[tuple[str, ...]] = []
        for number, line in enumerate(self.code, 1):
            match = _DIRECTIVE.match(line)
            if match and match[1] in ("if", "ifdef", "ifndef"):
                chain = Chain([(number, condition_of(match[1], self.whole(number, match)))])
                chains.append(chain)
                over.append(conditions_of(open_chains))
                open_chains.append(chain)
                continue
            if match and open_chains:
                if match[1] == "endif":
                    open_chains.pop().last_line = number
                else:
                    condition = condition_of(match[1], self.whole(number, match))
                    open_chains[-1].branches.append((number, condition))
                    over.append(conditions_of(open_chains[:-1]))
                    continue
            over.append(conditions_of(open_chains))
        for chain in open_chains:
            chain.last_line = len(self.code)
        return chains, over

    def whole(self, number: int, match: re.Match[str]) -> str:
        """A directive's words, over the lines that a backslash joins."""
        words = match[2]
        while words.rstrip().endswith("\\") and number < len(self.code):
            words = words.rstrip()[:-1] + " " + self.code[number]
            number += 1
        return " ".join(words.split())

    def guarded(self, number: int) -> bool:
        """Whether line ``number`` is read for x86, or for another platform's compiler, only."""
        return any(map(excluded, self.conditions[number - 1]))


def condition_of(word: str, rest: str) -> str:
    match word:
        case "ifdef" | "elifdef":
            return f"defined({rest})"
        case "ifndef" | "elifndef":
            return f"!defined({rest})"
        case "else":
            return "else"
        case _:
            return rest


def conditions_of(chains: list[Chain]) -> tuple[str, ...]:
    found: list[str] = []
    for chain in chains:
        found += [f"!({condition})" for _, condition in chain.branches[:-1]]
        if chain.branches[-1][1] != "else":
            found.append(chain.branches[-1][1])
    return tuple(found)


def _blank(match: re.Match[str]) -> str:
    token = match[0]
    if token[0] in "\"'":
        return token[0] + " " * (len(token) - 2) + token[-1] if len(token) > 1 and "\n" not in token else _spaces(token)
    return _spaces(token)


def _spaces(token: str) -> str:
    return "".join("\n" if c == "\n" else " " for c in token)


def lines_with(text: CText, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Where ``pattern`` stands in code, by line."""
    for number, line in enumerate(text.code, 1):
        for match in pattern.finditer(line):
            yield number, match
