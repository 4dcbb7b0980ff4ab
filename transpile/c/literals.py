"""Numbers, characters and strings: from their text to value and type (C11 6.4.4 and 6.4.5)."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from fractions import Fraction

from transpile.c.types import (
    CHAR,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    LONG_DOUBLE,
    LONG_LONG,
    UNSIGNED,
    UNSIGNED_CHAR,
    UNSIGNED_LONG,
    UNSIGNED_LONG_LONG,
    UNSIGNED_SHORT,
    CType,
    Integer,
)

MAX_LENGTH = 1000
_INTEGER = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([a-zA-Z]*)$")
_FLOATING = re.compile(r"((?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]\w*)?$")
_HEX_FLOATING = re.compile(r"(0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+)(\w*)$")
_FLOATS = {"": DOUBLE, "f": FLOAT, "l": LONG_DOUBLE}
_SIMPLE = {
    "n": 10,
    "t": 9,
    "r": 13,
    "0": 0,
    "a": 7,
    "b": 8,
    "f": 12,
    "v": 11,
    "e": 27,
    "\\": 92,
    "'": 39,
    '"': 34,
    "?": 63,
}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])")
_WIDE: dict[str, Integer] = {"L": INT, "u": UNSIGNED_SHORT, "U": UNSIGNED, "u8": CHAR, "": CHAR}


class BadLiteral(Exception):
    """The literal is wrong, or (``unsupported``) of a kind that is not translated."""

    def __init__(self, message: str, unsupported: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.unsupported = unsupported


def number(text: str) -> tuple[int | float, CType]:
    """The value and type of a number: ``0x10u`` is (16, unsigned int), ``1e3f`` (1000.0, float)."""
    if len(text) > MAX_LENGTH:
        raise BadLiteral(f"a number of {len(text)} characters; at most {MAX_LENGTH} are read")
    digits = text.replace("'", "")
    match = _HEX_FLOATING.match(digits)
    if not match and (whole := _INTEGER.match(digits)):
        return _integer(text, whole[1], whole[2].lower(), whole[2])
    match = match or _FLOATING.match(digits)
    if not match:
        raise BadLiteral(f"'{text}' is not a number")
    type = _FLOATS.get((match[2] or "").lower())
    if type is None:
        raise BadLiteral(f"the suffix '{match[2]}' of a number", unsupported=True)
    is_hex = digits[:2] in ("0x", "0X")
    try:
        value = float.fromhex(match[1]) if is_hex else float(match[1])
    except OverflowError:
        value = float("inf")
    if type == FLOAT:
        return _nearest(value, None if is_hex else match[1]), type
    return value, type


def _integer(text: str, digits: str, suffix: str, written: str) -> tuple[int, CType]:
    if suffix not in ("", "u", "l", "ul", "lu", "ll", "ull", "llu") or "lL" in written or "Ll" in written:
        raise BadLiteral(f"the suffix '{written}' of a number", unsupported=True)
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
    elif digits[:2] in ("0b", "0B"):
        value = int(digits, 2)
    elif digits[0] == "0" and digits.strip("01234567"):
        raise BadLiteral(f"'{text}' is not an octal number")
    else:
        value = int(digits, 8 if digits[0] == "0" else 10)
    rank = suffix.count("l")
    pairs = [(INT, UNSIGNED), (LONG, UNSIGNED_LONG), (LONG_LONG, UNSIGNED_LONG_LONG)][rank:]
    for signed, unsigned in pairs:
        if "u" not in suffix and value < 1 << (signed.bits - 1):
            return value, signed
        if ("u" in suffix or digits[0] == "0") and value < 1 << unsigned.bits:
            return value, unsigned
    raise BadLiteral(f"'{text}' does not fit any integer type")


def to_float(value: float) -> float:
    """``value`` rounded to ``float``."""
    try:
        (rounded,) = struct.unpack("<f", struct.pack("<f", value))
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return float(rounded)


def _nearest(value: float, digits: str | None) -> float:
    """The ``float`` nearest to ``digits``, which is ``value`` as a double; rounding twice may miss it."""
    rounded = to_float(value)
    if digits is None or rounded == value or rounded in (float("inf"), 0.0):
        return rounded
    exact = Fraction(digits)
    bits = struct.unpack("<i", struct.pack("<f", rounded))[0]
    near = [struct.unpack("<f", struct.pack("<i", bits + step))[0] for step in (0, -1, 1)]
    return float(min((f for f in near if abs(f) != float("inf")), key=lambda f: abs(Fraction(f) - exact)))


def character(text: str, cplusplus: bool) -> tuple[int, CType]:
    """The value and type of a character constant: an int in C, and a char in C++ if it is one character."""
    prefix, _, body = text[:-1].partition("'")
    units = _units(body, prefix)
    if not units:
        raise BadLiteral("an empty character constant")
    if prefix in ("L", "u", "U"):
        return units[0], _WIDE[prefix]
    if len(units) > 1:
        value = int.from_bytes(bytes(unit & 255 for unit in units[-4:]), "big")
        return value - (1 << 32) if value >= 1 << 31 else value, INT
    value = units[0] & 255
    if prefix == "u8":
        return value, UNSIGNED_CHAR
    return value - 256 if value > 127 else value, CHAR if cplusplus else INT


def string_type(parts: Sequence[str]) -> tuple[CType, int]:
    """The element type of adjacent string literals, and their length with the zero at the end."""
    prefixes = {part.partition('"')[0] for part in parts} - {""}
    if len(prefixes) > 1:
        raise BadLiteral("string literals of different kinds side by side")
    prefix = prefixes.pop() if prefixes else ""
    return _WIDE[prefix], len(string_units(parts, prefix)) + 1


def string_units(parts: Sequence[str], prefix: str = "") -> list[int]:
    """The numbers that adjacent string literals consist of: bytes, unless ``prefix`` says otherwise."""
    return [unit for part in parts for unit in _units(part.partition('"')[2][:-1], prefix)]


def _units(body: str, prefix: str) -> list[int]:
    body = re.sub(r"\\\r?\n", "", body)
    units: list[int] = []
    position = 0
    while position < len(body):
        if body[position] == "\\" and (match := _ESCAPE.match(body, position)):
            units += _escaped(match[1], prefix)
            position = match.end()
        else:
            units += _encoded(body[position], prefix)
            position += 1
    return units


def _escaped(escape: str, prefix: str) -> list[int]:
    if escape[0] == "x":
        return [int(escape[1:], 16)]
    if escape[0] in "01234567":
        return [int(escape, 8)]
    if escape[0] in "uU" and len(escape) > 1:
        code = int(escape[1:], 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise BadLiteral(f"'\\{escape}' is not a character")
        return _encoded(chr(code), prefix)
    if escape not in _SIMPLE:
        raise BadLiteral(f"unknown escape sequence '\\{escape}'")
    return [_SIMPLE[escape]]


def _encoded(char: str, prefix: str) -> list[int]:
    if prefix in ("L", "U"):
        return [ord(char)]
    if prefix == "u":
        coded = char.encode("utf-16-le", "surrogatepass")
        return [coded[n] | coded[n + 1] << 8 for n in range(0, len(coded), 2)]
    return list(char.encode("utf-8", "surrogateescape"))
