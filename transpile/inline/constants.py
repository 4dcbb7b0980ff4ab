"""Constant expressions of C as far as a text without its headers gives them a value."""

from __future__ import annotations

import ast
import re

_NUMBER = re.compile(r"\b(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([uUlL]*)\b")
_ALLOWED = re.compile(r"[0-9xXa-fA-FuUlLbB\s()+\-*/%<>&|^~]+")
LONGEST = 200
_BOUND = 1 << 64


def constant(expression: str) -> int | None:
    """The value of integer literals under C's operators; None for everything else."""
    text = re.sub(r"\(\s*(?:unsigned|signed|int|long|char|short|\s)+\)", "", expression)
    if len(text) > LONGEST or not _ALLOWED.fullmatch(text) or not any(c.isdigit() for c in text):
        return None
    plain = _NUMBER.sub(lambda match: str(_literal(match[1])), text)
    try:
        tree = ast.parse(plain.strip().replace("/", "//"), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return None
    return _value(tree.body)


def _literal(digits: str) -> int:
    if digits[:2].lower() in ("0x", "0b"):
        return int(digits, 0)
    return int(digits, 8) if digits.startswith("0") and digits.strip("01234567") == "" else int(digits)


def _value(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as value):
            return value if abs(value) < _BOUND else None
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand)
            if inner is None:
                return None
            return {"USub": -inner, "UAdd": inner, "Invert": ~inner}.get(type(op).__name__)
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _value(left), _value(right)
            return None if first is None or second is None else _operated(type(op).__name__, first, second)
        case _:
            return None


def _operated(name: str, first: int, second: int) -> int | None:
    if name in ("LShift", "RShift") and not 0 <= second < 64:
        return None
    if name in ("FloorDiv", "Mod") and (second <= 0 or first < 0):
        return None
    match name:
        case "Add":
            value = first + second
        case "Sub":
            value = first - second
        case "Mult":
            value = first * second
        case "FloorDiv":
            value = first // second
        case "Mod":
            value = first % second
        case "LShift":
            value = first << second
        case "RShift":
            value = first >> second
        case "BitAnd":
            value = first & second
        case "BitOr":
            value = first | second
        case "BitXor":
            value = first ^ second
        case _:
            return None
    return value if abs(value) < _BOUND else None
