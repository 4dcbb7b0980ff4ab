"""Launches and constructions of ``dim3`` as calls: the part of CUDA C++ that no declaration can explain to C.

Works on preprocessed tokens. What is added stands at the place of the token it explains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.c.tokens import Token
from transpile.kernels.words import DIM3, LAUNCH

_TEMPLATE_ARGUMENTS = 40
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def rewrite(tokens: Sequence[Token]) -> Sequence[Token]:
    """``tokens`` with ``k<<<g, b>>>(x)`` as ``(__launch(g, b), k(x))``, and ``dim3 d(x);`` as ``dim3 d =
    __dim3(x);``."""
    return _Rewriter(tokens, _matching(tokens)).run()


def _matching(tokens: Sequence[Token]) -> Mapping[int, int]:
    """For the index of each opening bracket, that of the one that closes it."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind != "punctuation":
            continue
        if token.text in _CLOSING:
            waiting.append(at)
        elif waiting and token.text == _CLOSING[tokens[waiting[-1]].text]:
            found[waiting.pop()] = at
    return found


@dataclass(slots=True)
class _Rewriter:
    tokens: Sequence[Token]
    matching: Mapping[int, int]
    made: list[Token] = field(default_factory=list)
    _closing: dict[int, str] = field(default_factory=dict)
    _depth: int = 0

    def run(self) -> list[Token]:
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        return self.made

    def _step(self, at: int) -> int:
        """Puts out what the token at ``at`` becomes; the index of the next one."""
        token = self.tokens[at]
        if token.kind == "name":
            start = self._behind_template(at)
            if close := self._launched(start):
                self._launch(at, start, close)
                return close + 2
            if token.text == "dim3" and self._depth:
                return self._construction(at)
        self._depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "punctuation" else 0
        self.made.append(token)
        self._close(at)
        return at + 1

    def _close(self, at: int) -> None:
        for text in self._closing.pop(at, ""):
            self.made.append(self._mark(at, text))

    def _behind_template(self, at: int) -> int:
        """The index of the ``>`` of ``k<T><<<…>>>``; ``at`` where no template is launched."""
        if self._text(at + 1) == "<":
            for end in range(at + 2, at + _TEMPLATE_ARGUMENTS):
                if [self._text(end + n) for n in range(3)] == [">", "<<", "<"]:
                    return end
                if self._text(end) in (";", "{", "}", ""):
                    break
        return at

    def _launched(self, at: int) -> int:
        """The index of the ``>>`` of ``>>>`` when the kernel whose name ends at ``at`` is launched; else 0."""
        if self._text(at + 1) != "<<" or self._text(at + 2) != "<":
            return 0
        index = at + 3
        while index < len(self.tokens) and self._text(index) not in (";", "{", "}"):
            if self._text(index) == ">>" and self._text(index + 1) == ">" and index + 2 in self.matching:
                return index if self._text(index + 2) == "(" else 0
            index = self.matching.get(index, index) + 1
        return 0

    def _launch(self, at: int, start: int, close: int) -> None:
        """Puts out the launch of the kernel named at ``at``. Arguments of a template, which is refused, are left
        out."""
        for text, kind in (("(", "punctuation"), (LAUNCH, "name"), ("(", "punctuation")):
            self.made.append(replace(self._mark(at, text), kind=kind))  # type: ignore[arg-type]
        inner = _Rewriter(self.tokens[start + 3 : close], _matching(self.tokens[start + 3 : close]), _depth=1)
        self.made += inner.run()
        self.made += [self._mark(close, ")"), self._mark(close, ","), self.tokens[at]]
        end = self.matching[close + 2]
        self._closing[end] = self._closing.get(end, "") + ")"

    def _construction(self, at: int) -> int:
        """``dim3 name(…)``, ``dim3 name{…}`` or ``dim3(…)``, or the type in another place."""
        token = self.tokens[at]
        if self._text(at + 1) == "(" and at + 1 in self.matching:
            self.made.append(replace(token, text=DIM3))
            return at + 1
        self.made.append(token)
        name = at + 1
        while self._text(name + 1) in ("(", "{") and self.tokens[name].kind == "name":
            opening, end = name + 1, self.matching.get(name + 1)
            if end is None:
                break
            inner = _Rewriter(self.tokens[opening + 1 : end], _matching(self.tokens[opening + 1 : end]), _depth=1)
            self.made += [self.tokens[name], self._mark(opening, "="), replace(self._mark(opening, DIM3), kind="name")]
            self.made += [self._mark(opening, "("), *inner.run(), self._mark(end, ")")]
            name = end + 1
            if self._text(name) == ",":
                self.made.append(self.tokens[name])
                name += 1
        return name

    def _mark(self, at: int, text: str) -> Token:
        return replace(self.tokens[at], text=text, kind="punctuation", attributes=())

    def _text(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""
