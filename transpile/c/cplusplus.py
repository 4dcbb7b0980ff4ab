"""C++ that is C in other words, written as C: casts, references, ``using`` and the names of ``std``.

Works on tokens, before they are parsed. A reference parameter keeps its ``&`` as a token of kind ``reference``; a name
of ``std`` is one token (``std::max``, ``std::max<double>``). What C has no words for is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from transpile.c.noise import Refused, closed
from transpile.c.tokens import Token
from transpile.c.words import KEYWORDS, TYPE_WORDS

STD_FUNCTIONS = frozenset({
    "max", "min", "abs", "fabs", "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow",
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "floor",
    "ceil", "round", "trunc", "rint", "nearbyint", "fmod", "remainder", "fmin", "fmax", "fma", "hypot", "copysign",
    "erf", "erfc", "tgamma", "lgamma", "isnan", "isinf", "isfinite", "signbit",
})  # fmt: skip
"""Functions of ``std`` that are known for every type of number."""

_C_FUNCTIONS = frozenset({
    "malloc", "calloc", "realloc", "free", "memcpy", "memset", "memmove", "strlen", "printf", "fprintf", "exit",
    "rand", "srand",
})  # fmt: skip
_CASTS = {"static_cast", "reinterpret_cast", "const_cast"}
_BEFORE_EXPRESSION = set("=+-*/%<>!&|^~?:([,") | {
    "return", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "+=", "-=", "*=", "/=", "%=",
}  # fmt: skip
_BEFORE_NAME = {"struct", "union", "enum", "else", "do", "return", "goto", "class", "namespace"}
_TYPES = TYPE_WORDS | {"bool"}


@dataclass(slots=True)
class Rewriter:
    """Goes over the tokens of one item (a declaration or a function definition)."""

    tokens: Sequence[Token]
    refused: list[Refused] = field(default_factory=list)
    made: list[Token] = field(default_factory=list)
    _in_struct: list[bool] = field(default_factory=list)
    _closing: dict[int, list[Token]] = field(default_factory=dict)
    _replaced: dict[int, Token] = field(default_factory=dict)

    def run(self) -> list[Token]:
        if self._text(0) == "using":
            return self._using()
        header = self._header()
        at = 0
        while at < len(self.tokens):
            self._look(at, header)
            at = self._write(at)
        return self.made

    def _write(self, at: int) -> int:
        """Puts out the token at ``at``, in its new form; the index of the next one."""
        token, end = self._replaced.get(at, self.tokens[at]), at + 1
        if token.text in ("std", "::"):
            token, end = self._qualified(at)
        if token.text:
            self.made.append(token)
        self.made.extend(self._closing.pop(at, []))
        return end

    def _look(self, at: int, header: range) -> None:
        token = self.tokens[at]
        if token.text in _CASTS and self._text(at + 1) == "<":
            self._named_cast(at)
        elif token.text in _TYPES and self._text(at + 1) == "(" and self._is_expression(at):
            self._functional_cast(at)
        elif token.text in ("&", "&&") and at in header:
            self._reference(at)
        elif token.text == "=" and at in header:
            self._refuse(token, "default arguments", "write a second function")
        elif token.text == "&" and self._text(at + 2) == "=" and self._follows_name(at):
            self._refuse(token, "reference variables", "use a pointer")
        elif token.text == "{":
            self._brace(at)
        elif token.text == "}" and self._in_struct:
            self._in_struct.pop()
        elif token.text == "(" and any(self._in_struct[-1:]) and self._is_member_function(at):
            self._refuse(self.tokens[at - 1], "member functions", "write a function that takes the structure")
        elif token.text == "[" and self._is_lambda(at):
            self._refuse(token, "lambda functions", "write a function")
        elif token.text == "for" and self._is_range_for(at):
            self._refuse(token, "range-based for", "count with an index")

    def _using(self) -> list[Token]:
        """``using namespace std;`` and ``using std::max;`` say nothing here; ``using real = double;`` is a typedef."""
        if self._text(2) == "=":
            first = replace(self.tokens[0], text="typedef")
            self.refused[:] = [found for found in self.refused if found.token is not self.tokens[0]]
            return [first, *self.tokens[3:-1], self.tokens[1], self.tokens[-1]]
        names = {token.text for token in self.tokens if token.kind == "name"}
        if "std" in names:
            self.refused.clear()
        return []

    def _header(self) -> range:
        """The parameter list of the function that is declared or defined, if it is one."""
        for at, token in enumerate(self.tokens):
            if token.text in ("{", "=", ";", "struct", "union", "enum"):
                break
            if token.text == "(" and at and self.tokens[at - 1].kind == "name":
                return range(at, closed(self.tokens, at))
        return range(0)

    def _named_cast(self, at: int) -> None:
        """``static_cast<T>(x)`` becomes ``((T)(x))``."""
        close = self._angle(at + 1)
        if close is None or self._text(close + 1) != "(":
            return
        self._replaced[at] = self._mark(at, "(")
        self._replaced[at + 1] = self._mark(at + 1, "(")
        self._replaced[close] = self._mark(close, ")")
        self._close(closed(self.tokens, close + 1) - 1)

    def _functional_cast(self, at: int) -> None:
        """``double(x)`` becomes ``((double)(x))``."""
        self.made.append(self._mark(at, "("))
        self.made.append(self._mark(at, "("))
        self._closing.setdefault(at, []).append(self._mark(at, ")"))
        self._close(closed(self.tokens, at + 1) - 1)

    def _reference(self, at: int) -> None:
        if self._text(at) == "&&":
            self._refuse(self.tokens[at], "rvalue references")
        else:
            self._replaced[at] = replace(self.tokens[at], kind="reference")

    def _qualified(self, at: int) -> tuple[Token, int]:
        """``std::name``, ``std::max<double>`` or ``::name`` as one token, and the index behind it."""
        token = self.tokens[at]
        start = at + 2 if token.text == "std" and self._text(at + 1) == "::" else at + 1
        if token.text == "std" and start == at + 1:
            return token, at + 1
        name = self._text(start)
        if token.text == "::" or name.endswith("_t") or name in _C_FUNCTIONS:
            return replace(token, text=name, kind="name"), start + 1
        if name not in STD_FUNCTIONS:
            self._refuse(token, f"'std::{name}'", "use arrays, pointers and the C library")
            return token, start + 1
        end, text = start + 1, f"std::{name}"
        if self._text(end) == "<" and name in ("max", "min") and (close := self._angle(end)):
            text += f"<{' '.join(found.text for found in self.tokens[end + 1 : close])}>"
            end = close + 1
        return replace(token, text=text, kind="name"), end

    def _angle(self, at: int) -> int | None:
        """The index of the ``>`` that closes the ``<`` at ``at``."""
        for index in range(at + 1, min(at + 20, len(self.tokens))):
            if self.tokens[index].text == ">":
                return index
        return None

    def _is_expression(self, at: int) -> bool:
        return self._text(at - 1) in _BEFORE_EXPRESSION and self._text(at + 2) not in ("*", ")")

    def _brace(self, at: int) -> None:
        self._in_struct.append(any(token.text in ("struct", "union") for token in self.tokens[max(at - 2, 0) : at]))
        before = self.tokens[at - 1 : at]
        if len(self._in_struct) > 1 and before and before[0].kind == "name" and self._declares(at - 1):
            self._refuse(self.tokens[at], "initialisers without '='", "write '='")

    def _declares(self, at: int) -> bool:
        """Whether the name at ``at`` stands behind the name of a type."""
        before = self.tokens[at - 1]
        return before.kind == "name" and before.text not in _BEFORE_NAME

    def _is_member_function(self, at: int) -> bool:
        return self._follows_name(at) and self.tokens[at - 1].text not in KEYWORDS and self._text(at + 1) != "*"

    def _follows_name(self, at: int) -> bool:
        return at > 0 and self.tokens[at - 1].kind == "name"

    def _is_lambda(self, at: int) -> bool:
        captures = self._text(at + 1) in ("]", "&", "=") and self._text(at - 1) in _BEFORE_EXPRESSION | {"{", ";"}
        return captures and self._text(closed(self.tokens, at)) in ("(", "{", "->", "mutable")

    def _is_range_for(self, at: int) -> bool:
        inside = [token.text for token in self.tokens[at + 2 : closed(self.tokens, at + 1)]]
        return ":" in inside and ";" not in inside

    def _close(self, at: int) -> None:
        self._closing.setdefault(at, []).append(self._mark(at, ")"))

    def _mark(self, at: int, text: str) -> Token:
        return replace(self.tokens[at], text=text, kind="punctuation")

    def _text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _refuse(self, token: Token, what: str, hint: str = "") -> None:
        self.refused.append(Refused(token, what, hint))
