"""Constant expressions of C, as far as a text without its headers gives them a value.

Types count: what a compiler prints for an ``unsigned int`` of 2^31 and above differs between compilers, so that such a
constant has no value here. Macros of the file that stand for one expression are put in their places.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

_LITERAL = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([uU]?[lL]{0,2}|[lL]{1,2}[uU])(?![\w.])")
_WIDE = re.compile(
    r"\(\s*(u?int64_t|unsigned long(?: long)?(?: int)?|u64|__u64|size_t|long)\s*\)"
    r"\s*(0[xX][0-9a-fA-F]+|\d+)[uUlL]*(?![\w.])"
)
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_ALLOWED = re.compile(r"[\w\s()+\-*/%<>&|^~]+")
LONGEST = 400
DEEPEST = 16
"""Macros within macros."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """A value of ``int``, ``unsigned``, ``long`` or ``unsigned long``."""

    value: int
    wide: bool
    unsigned: bool

    @staticmethod
    def of(value: int, wide: bool, unsigned: bool) -> _Typed | None:
        """With wrap-around where the type is unsigned; None where it overflows."""
        bits = 64 if wide else 32
        if unsigned:
            return _Typed(value % (1 << bits), wide, True)
        return _Typed(value, wide, False) if -(1 << bits - 1) <= value < 1 << bits - 1 else None


def constant(expression: str, macros: Mapping[str, str]) -> int | None:
    """The value of integer literals under C's operators, as a compiler prints it; None for everything else."""
    expanded = _expanded(expression, macros)
    if expanded is None:
        return None
    literals: list[_Typed] = []

    def literal(match: re.Match[str]) -> str:
        literals.append(_literal(match[1], match[2].lower()))
        return f"L[{len(literals) - 1}]"

    text = _LITERAL.sub(literal, expanded)
    if not literals or len(text) > LONGEST:
        return None
    try:
        tree = ast.parse(text.strip().replace("/", "//"), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = _value(tree.body, literals)
    if found is None or (found.unsigned and not found.wide and found.value >> 31):
        return None
    return found.value - (1 << 64) if found.value >> 63 > 0 else found.value


def _expanded(expression: str, macros: Mapping[str, str]) -> str | None:
    """With the file's macros in place; None if other names are left."""
    text = expression
    for _ in range(DEEPEST):
        if len(text) > LONGEST or not _ALLOWED.fullmatch(text):
            return None
        if not any(name in macros for name in _NAME.findall(text)):
            break
        text = _NAME.sub(lambda match: f"({macros[match[0]]})" if match[0] in macros else match[0], text)
    text = _WIDE.sub(lambda match: match[2] + ("l" if match[1] in ("long", "int64_t") else "ul"), text)
    return None if _NAME.search(text) else text


def _literal(digits: str, suffix: str) -> _Typed:
    octal = digits.startswith("0") and digits.isdigit() and not set(digits) & set("89")
    value = int(digits, 8) if octal else int(digits, 0) if not digits.isdigit() else int(digits)
    decimal = digits.isdigit() and not octal
    wide = "l" in suffix or value >> 32 > 0 or (decimal and value >> 31 > 0)
    unsigned = "u" in suffix or (not decimal and value >> (63 if wide else 31) > 0)
    return _Typed(value % (1 << 64), wide, unsigned)


def _value(node: ast.expr, literals: list[_Typed]) -> _Typed | None:
    match node:
        case ast.Subscript(slice=ast.Constant(value=int() as index)):
            return literals[index]
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, literals)
            if inner is None:
                return None
            value = {"USub": -inner.value, "UAdd": inner.value, "Invert": ~inner.value}.get(type(op).__name__)
            return None if value is None else _Typed.of(value, inner.wide, inner.unsigned)
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _value(left, literals), _value(right, literals)
            return None if first is None or second is None else _operated(type(op).__name__, first, second)
        case _:
            return None


def _operated(name: str, first: _Typed, second: _Typed) -> _Typed | None:
    shift = name in ("LShift", "RShift")
    wide = first.wide if shift else first.wide or second.wide
    operands = (first,) if shift else (first, second)
    unsigned = any(one.unsigned and one.wide == wide for one in operands)
    a, b = first.value, second.value
    if (shift and not 0 <= b < (64 if wide else 32)) or (name in ("FloorDiv", "Mod") and (b <= 0 or a < 0)):
        return None
    match name:
        case "Add":
            value = a + b
        case "Sub":
            value = a - b
        case "Mult":
            value = a * b
        case "FloorDiv":
            value = a // b
        case "Mod":
            value = a % b
        case "LShift":
            value = a << b
        case "RShift":
            value = a >> b
        case "BitAnd":
            value = a & b
        case "BitOr":
            value = a | b
        case "BitXor":
            value = a ^ b
        case _:
            return None
    return _Typed.of(value, wide, unsigned)
