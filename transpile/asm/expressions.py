"""GNU assembler expressions, to the linear form ``constant + symbols - symbols``.

Precedence is that of the GNU assembler manual ("Infix Operators"), not that of C: ``* / % << >>`` bind tightest, then
``| & ^ !``, then ``+ -`` and comparisons (true is -1), then ``&&``, then ``||``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transpile.errors import TranspileError

DEPTH = 64
MAX_TERMS = 16
MAX_BITS = 256
"""Constants wider than this are refused: nothing in an instruction is, and shifts could build huge numbers."""


class ExpressionError(TranspileError):
    """The text is not an expression, or not one of the linear form."""


@dataclass(frozen=True, slots=True)
class Term:
    """A symbol, with what follows its ``@`` in lower case (``plt``, ``gotpcrel`` …)."""

    name: str
    modifier: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """``constant`` + the sum of ``plus`` - the sum of ``minus``."""

    constant: int = 0
    plus: tuple[Term, ...] = ()
    minus: tuple[Term, ...] = ()

    @property
    def absolute(self) -> bool:
        return not self.plus and not self.minus


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)(?P<suffix>[uUlL]*)(?![\w.])
  | (?P<hex>[0-9][0-9a-fA-F]*)[hH](?![\w.])
  | (?P<name>[A-Za-z_.$\x80-\U0010ffff][\w.$\x80-\U0010ffff]*|"(?:[^"\\]|\\.)+")(?:@(?P<modifier>[A-Za-z_0-9]+))?
  | '(?P<char>\\.|[^\\])'?
  | (?P<op>\|\||&&|<<|>>|==|!=|<>|<=|>=|[-+*/%|&^!~()<>])
)""",
    re.X,
)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,18})$")
_NAME = re.compile(r"[A-Za-z_.][\w.]*$")
_ESCAPES = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, "\\": 92, '"': 34, "'": 39, "0": 0}
_LEVELS = {
    operator: level
    for level, operators in enumerate(("||", "&&", "+ - == != <> < > <= >=", "| & ^ !", "* / % << >>"), 1)
    for operator in operators.split()
}


def parse_expression(text: str, constants: Mapping[str, int] | None = None) -> Expression:
    """``text`` as a linear form; symbols in ``constants`` are replaced by their values."""
    stripped = text.strip()
    if _DECIMAL.match(stripped):
        return Expression(int(stripped))
    if not constants and _NAME.match(stripped):
        return Expression(0, (Term(stripped),))
    parser = _Parser(stripped, constants or {})
    result = parser.binary(1)
    if parser.token is not None:
        raise ExpressionError(f"unexpected '{parser.token}' in expression '{shorten(stripped)}'")
    return result


def evaluate(text: str, constants: Mapping[str, int]) -> int:
    """The value of an expression that must not depend on addresses."""
    result = parse_expression(text, constants)
    if not result.absolute:
        name = (result.plus + result.minus)[0].name
        raise ExpressionError(f"'{name}' has no known value here")
    return result.constant


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _number(text: str) -> int:
    if len(text) > 100:
        raise ExpressionError(f"number too large: {shorten(text)}")
    lead = text[:2].lower()
    if lead == "0x":
        return int(text, 16)
    if lead == "0b":
        return int(text, 2)
    if text[0] == "0" and len(text) > 1:
        if text.strip("01234567"):
            raise ExpressionError(f"'{text}' is not an octal number")
        return int(text, 8)
    return int(text)


class _Parser:
    """Recursive descent; ``token`` is the operator ahead, or the text of the operand ahead, None at the end."""

    def __init__(self, text: str, constants: Mapping[str, int]) -> None:
        self.text = text
        self.position = 0
        self.constants = constants
        self.depth = 0
        self.token: str | None = None
        self.value: Expression | None = None
        self.advance()

    def advance(self) -> None:
        if self.position >= len(self.text):
            self.token, self.value = None, None
            return
        match = _TOKEN.match(self.text, self.position)
        if not match:
            raise ExpressionError(f"cannot read '{shorten(self.text[self.position :])}' as an expression")
        self.position = match.end()
        self.token, self.value = match[0].strip(), None
        if match["op"] is None:
            self.value = self._operand(match)

    def _operand(self, match: re.Match[str]) -> Expression:
        if match["number"]:
            return Expression(_number(match["number"]))
        if match["hex"]:
            return Expression(int(match["hex"][:100], 16))
        if match["char"]:
            char = match["char"]
            return Expression(_ESCAPES.get(char[1], ord(char[1])) if len(char) > 1 else ord(char))
        name, modifier = match["name"], (match["modifier"] or "").lower()
        if not modifier and name in self.constants:
            return Expression(self.constants[name])
        return Expression(0, (Term(name, modifier),))

    def binary(self, lowest: int) -> Expression:
        """Operators of precedence ``lowest`` and tighter (precedence climbing)."""
        left = self.unary()
        while self.value is None and (level := _LEVELS.get(self.token or "", 0)) >= lowest:
            operator = self.token or ""
            self.advance()
            left = _combine(operator, left, self.binary(level + 1))
        return left

    def unary(self) -> Expression:
        signs: list[str] = []
        while self.value is None and self.token in ("-", "+", "~", "!"):
            signs.append(self.token)
            self.advance()
        result = self.primary()
        for sign in reversed(signs):
            result = _apply(sign, result)
        return result

    def primary(self) -> Expression:
        if self.value is not None:
            value = self.value
            self.advance()
            return value
        if self.token != "(":
            raise ExpressionError(f"an operand is missing in '{shorten(self.text)}'")
        self.depth += 1
        if self.depth > DEPTH:
            raise ExpressionError("expression nested too deeply")
        self.advance()
        inner = self.binary(1)
        self.depth -= 1
        if self.token != ")":
            raise ExpressionError(f"')' is missing in '{shorten(self.text)}'")
        self.advance()
        return inner


def _apply(sign: str, value: Expression) -> Expression:
    if sign == "+":
        return value
    if sign == "-":
        return Expression(-value.constant, value.minus, value.plus)
    number = _absolute(value)
    return Expression(~number if sign == "~" else -int(not number))


def _absolute(value: Expression) -> int:
    if not value.absolute:
        raise ExpressionError(f"'{(value.plus + value.minus)[0].name}' cannot be used in this operation")
    return value.constant


def _combine(operator: str, left: Expression, right: Expression) -> Expression:
    if operator in "+-":
        if operator == "-":
            right = Expression(-right.constant, right.minus, right.plus)
        plus, minus = list(left.plus + right.plus), list(left.minus + right.minus)
        for term in list(minus):
            if term in plus:
                plus.remove(term)
                minus.remove(term)
        if len(plus) + len(minus) > MAX_TERMS:
            raise ExpressionError("too many symbols in one expression")
        return Expression(left.constant + right.constant, tuple(plus), tuple(minus))
    return Expression(_arithmetic(operator, _absolute(left), _absolute(right)))


def _arithmetic(operator: str, a: int, b: int) -> int:
    if operator in ("/", "%"):
        if b == 0:
            raise ExpressionError("division by zero")
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return quotient if operator == "/" else a - b * quotient
    if operator in ("<<", ">>"):
        if not 0 <= b <= MAX_BITS:
            raise ExpressionError(f"shift by {b}")
        result = a << b if operator == "<<" else a >> b
    else:
        result = _PLAIN[operator](a, b)
    if result.bit_length() > MAX_BITS:
        raise ExpressionError("number too large")
    return result


_PLAIN: dict[str, Callable[[int, int], int]] = {
    "*": lambda a, b: a * b,
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "^": lambda a, b: a ^ b,
    "!": lambda a, b: a | ~b,
    "==": lambda a, b: -int(a == b),
    "!=": lambda a, b: -int(a != b),
    "<>": lambda a, b: -int(a != b),
    "<": lambda a, b: -int(a < b),
    ">": lambda a, b: -int(a > b),
    "<=": lambda a, b: -int(a <= b),
    ">=": lambda a, b: -int(a >= b),
    "&&": lambda a, b: int(bool(a and b)),
    "||": lambda a, b: int(bool(a or b)),
}
