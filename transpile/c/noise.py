"""Takes out of a token stream what compilers say to each other, and finds the words that are refused.

Attributes, ``__extension__`` and static assertions do not change what a program computes. Those attributes that do are
refused like the words of ``words.REFUSED``: by name, at their place, and with the function they stand in only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from transpile.c.tokens import Token
from transpile.c.words import LAYOUT_ATTRIBUTES, REFUSED, REFUSED_CPLUSPLUS, SPELLINGS

_ATTRIBUTES = {"__attribute__", "__attribute", "__declspec"}
_ASSERTIONS = {"_Static_assert", "static_assert"}


@dataclass(frozen=True, slots=True)
class Refused:
    """``token`` begins something that is not translated."""

    token: Token
    what: str
    hint: str = ""


@dataclass(slots=True)
class Cleaner:
    """Goes over tokens once; ``refused`` is what it has found by then."""

    tokens: Sequence[Token]
    cplusplus: bool
    kept: list[Token] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    _in_struct: list[bool] = field(default_factory=list)
    _attributes: tuple[str, ...] = ()

    def run(self) -> list[Token]:
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        return self.kept

    def _step(self, at: int) -> int:
        token = self.tokens[at]
        if token.kind != "name":
            if token.text == "[" and self._text(at + 1) == "[":
                return closed(self.tokens, at)
            self._brace(token.text)
            self._keep(token)
            return at + 1
        text = token.text
        if text in _ATTRIBUTES:
            return self._attribute(at)
        if text == "__extension__" or (self.cplusplus and text == "noexcept"):
            return at + 1
        if text in _ASSERTIONS and self._text(at + 1) == "(":
            end = closed(self.tokens, at + 1)
            return end + (self._text(end) == ";")
        if text in REFUSED or (self.cplusplus and text in REFUSED_CPLUSPLUS):
            word = REFUSED.get(text) or REFUSED_CPLUSPLUS[text]
            self.refused.append(Refused(token, f"{word.what} ('{text}')", word.hint))
        if text in ("_Alignas", "alignas"):
            return self._attribute(at)
        self._keep(replace(token, text=SPELLINGS[text]) if text in SPELLINGS else token)
        return at + 1

    def _attribute(self, at: int) -> int:
        end = closed(self.tokens, at + 1)
        of_struct = any(self._in_struct[-1:]) or (self.kept and self.kept[-1].text in ("struct", "union", "}"))
        for token in self.tokens[at:end]:
            name = token.text.strip("_")
            if name in LAYOUT_ATTRIBUTES or (of_struct and name in ("aligned", "Alignas", "alignas")):
                self.refused.append(Refused(token, f"the attribute '{name}'"))
        self._attributes += tuple(_listed(self.tokens[at + 2 : end - 1]))
        return end

    def _keep(self, token: Token) -> None:
        if self._attributes and token.kind != "directive":
            token, self._attributes = replace(token, attributes=token.attributes + self._attributes), ()
        self.kept.append(token)

    def _brace(self, text: str) -> None:
        """Keeps ``_in_struct``: for each open brace, whether a structure's members are in it."""
        if text == "{":
            self._in_struct.append(any(token.text in ("struct", "union") for token in self.kept[-2:]))
        elif text == "}" and self._in_struct:
            self._in_struct.pop()

    def _text(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""


def _listed(tokens: Sequence[Token]) -> list[str]:
    """The attributes that ``tokens``, of the form ``(a, b(1, 2))``, list."""
    found, depth = [""], 0
    for token in tokens:
        depth -= token.text == ")"
        if token.text == "," and depth == 1:
            found.append("")
        elif depth:
            found[-1] += token.text
        depth += token.text == "("
    return [text for text in found if text]


def closed(tokens: Sequence[Token], at: int) -> int:
    """The index behind the bracket that closes the one at ``at``; the end when there is none."""
    depth = 0
    for index in range(at, len(tokens)):
        text = tokens[index].text
        if text in ("(", "[", "{"):
            depth += 1
        elif text in (")", "]", "}"):
            depth -= 1
        if depth <= 0:
            return index + 1
    return len(tokens)
