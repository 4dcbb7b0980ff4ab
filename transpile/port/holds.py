"""Whether a preprocessor condition can hold on a target that is not x86, as far as its words tell.

Macros that only x86, or only compilers for it, define are false there. Nothing is known of any other macro.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

X86_WORD = re.compile(
    r"\b(?:__x86_64__|__x86_64|__amd64__|__amd64|__i[3-6]86__|__i386|_M_X64|_M_AMD64|_M_IX86|__SSE\w*|__SSSE3__|__AVX\w*"
    r"|__BMI2?__|__ADX__|__FMA__|__AES__|__PCLMUL__|__POPCNT__|__LZCNT__|__F16C__|__SHA__|__RDRND__|__MMX__)(?!\w)"
)
COMPILER_WORD = re.compile(r"\b(?:_MSC_VER|__INTEL_COMPILER|_WIN32|_WIN64)\b")
MAX_DEPTH = 64
_TOKEN = re.compile(r"\|\||&&|!(?!=)|[()]|defined\b|[A-Za-z_]\w*|[^\s\w]+|\w+")


def excluded(condition: str) -> bool:
    """Whether ``condition`` is false wherever the target is not x86."""
    return _Reader(_TOKEN.findall(condition)).alternatives(0) is False


@dataclass(slots=True)
class _Reader:
    """None stands for what is not known."""

    tokens: Sequence[str]
    at: int = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def alternatives(self, depth: int) -> bool | None:
        value = self.together(depth)
        while self.next == "||":
            self.at += 1
            other = self.together(depth)
            value = True if value or other else False if value is False and other is False else None
        return value

    def together(self, depth: int) -> bool | None:
        value = self.term(depth)
        while self.next == "&&":
            self.at += 1
            other = self.term(depth)
            value = False if value is False or other is False else True if value and other else None
        return value

    def term(self, depth: int) -> bool | None:
        if depth > MAX_DEPTH:
            self.at = len(self.tokens)
            return None
        match self.next:
            case "!":
                self.at += 1
                value = self.term(depth + 1)
                return None if value is None else not value
            case "(":
                self.at += 1
                value = self.alternatives(depth + 1)
                self.close()
                return value if self.next in ("", ")", "&&", "||") else self.rest(None)
            case _:
                return self.rest(self.word())

    def close(self) -> None:
        self.at += self.next == ")"

    def word(self) -> bool | None:
        """``NAME``, ``defined NAME`` or ``defined(NAME)``."""
        if self.next == "defined":
            self.at += 1
        bracket = self.next == "("
        self.at += bracket
        name = self.next
        self.at += 1
        if bracket:
            self.close()
        if X86_WORD.fullmatch(name) or COMPILER_WORD.fullmatch(name):
            return False
        return False if name == "0" else True if name == "1" else None

    def rest(self, value: bool | None) -> bool | None:
        """Comparisons and calculations: a macro that is not defined is larger than nothing; no more is known."""
        compared = False
        while self.next not in ("", ")", "&&", "||"):
            compared |= self.next in ("<", "<=", "!=", "==")
            if self.next == "(":
                self.brackets()
            else:
                self.at += 1
        return None if compared else value

    def brackets(self) -> None:
        depth = 0
        while self.next:
            depth += (self.next == "(") - (self.next == ")")
            self.at += 1
            if depth == 0:
                return
