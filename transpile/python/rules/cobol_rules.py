"""What COBOL does with numbers and text where Python does something else, as GnuCOBOL 3.1.2 does it (``-std=default``).

Numbers are ``int`` (no decimals), ``Decimal`` (as many decimals as the field has) and ``float`` (COMP-1 and COMP-2);
text is ``str``, one character a byte (latin-1), as long as its field. Programs call ``use_exact_arithmetic`` once: then
``+ - *`` on ``Decimal`` are exact, or an error. Quotients and powers are ``divide`` and ``power``.
"""

from __future__ import annotations

import decimal
import functools
import math
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

EXACT = decimal.Context(
    prec=100_000,
    rounding=decimal.ROUND_DOWN,
    Emin=-999_999,
    Emax=999_999,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow, decimal.Inexact],
)

QUOTIENT_DIGITS = 38
"""How many more decimals a quotient has than its operands have."""
_TEN: list[int] = [10**n for n in range(80)]
_NATIVE_DIGITS = {1: 3, 2: 5, 4: 10, 8: 20}
_UNITS = {scale: Decimal((0, (1,), -scale)) for scale in range(-40, 80)}
_LIMITS = {digits: Decimal((0, (1,), digits)) for digits in range(-40, 80)}
_QUIET = decimal.Context(prec=100_000, rounding=decimal.ROUND_DOWN, Emin=-999_999, Emax=999_999, traps=[])
_FLOAT_DIGITS = decimal.Context(prec=96, rounding=decimal.ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999, traps=[])
_LONG = decimal.Context(prec=130, rounding=decimal.ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999, traps=[])

_QUOTIENT = decimal.Context(prec=160, rounding=decimal.ROUND_DOWN, Emin=-999_999, Emax=999_999, traps=[])

_scaleb, _divide_whole, _cut = EXACT.scaleb, EXACT.divide_int, _QUIET.quantize
_round = decimal.Context(prec=100_000, rounding=decimal.ROUND_HALF_UP, Emin=-999_999, Emax=999_999, traps=[]).quantize

Number = int | Decimal
Rounding = Literal[
    "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO",
    "TOWARD-GREATER",
    "TOWARD-LESSER",
    "PROHIBITED",
]
_ROUNDINGS: dict[Rounding, str] = {
    "TRUNCATION": decimal.ROUND_DOWN,
    "NEAREST-AWAY-FROM-ZERO": decimal.ROUND_HALF_UP,
    "NEAREST-EVEN": decimal.ROUND_HALF_EVEN,
    "NEAREST-TOWARD-ZERO": decimal.ROUND_HALF_DOWN,
    "AWAY-FROM-ZERO": decimal.ROUND_UP,
    "TOWARD-GREATER": decimal.ROUND_CEILING,
    "TOWARD-LESSER": decimal.ROUND_FLOOR,
    "PROHIBITED": decimal.ROUND_DOWN,
}


def use_exact_arithmetic() -> None:
    """Make ``+ - *`` on ``Decimal`` exact in this thread."""
    decimal.setcontext(EXACT)


class SizeError(ArithmeticError):
    """The result has no place in its field, or there is none: what ON SIZE ERROR catches."""


# Storing numbers


def fit_int(value: Number, digits: int, signed: bool = True) -> int:
    """``value`` as a field of ``digits`` digits keeps it: without decimals, high digits or, where it has none, a sign.

    >>> fit_int(12345, 4), fit_int(-7, 4, signed=False)
    (2345, 7)
    """
    whole = int(value)
    limit = _TEN[digits]
    if not -limit < whole < limit:
        whole = whole % limit if whole > 0 else -(-whole % limit)
    return whole if signed else abs(whole)


def fit_decimal(value: Number, digits: int, scale: int, signed: bool = True) -> Decimal:
    """The same with ``scale`` of the ``digits`` behind the decimal point.

    >>> fit_decimal(Decimal("1234.567"), 5, 2)
    Decimal('234.56')
    """
    kept = _cut(Decimal(value), _UNITS[scale])
    if kept.adjusted() >= digits - scale and kept:
        kept = scaled(fit_int(unscaled(value, scale), digits), scale)
    return kept if signed else kept.copy_abs()


def fit_rounded(value: Number, digits: int, scale: int, signed: bool = True) -> Decimal:
    """``fit_decimal`` for ROUNDED: to the nearest, away from zero.

    >>> fit_rounded(Decimal("2.345"), 5, 2)
    Decimal('2.35')
    """
    kept = _round(Decimal(value), _UNITS[scale])
    if kept.adjusted() >= digits - scale and kept:
        kept = scaled(fit_int(unscaled(kept, scale), digits), scale)
    return kept if signed else kept.copy_abs()


def checked_int(value: Number, digits: int, signed: bool = True) -> int:
    """``fit_int`` for ON SIZE ERROR: digits are not dropped, but a ``SizeError``."""
    whole = int(value)
    if abs(whole) >= _TEN[digits]:
        raise SizeError
    return whole if signed else abs(whole)


def checked_decimal(value: Number, digits: int, scale: int, signed: bool = True) -> Decimal:
    """``fit_decimal`` for ON SIZE ERROR."""
    kept = _cut(Decimal(value), _UNITS[scale])
    if kept.copy_abs() >= _LIMITS[digits - scale]:
        raise SizeError
    return kept if signed else kept.copy_abs()


def fit_native(value: Number, size: int, signed: bool = True) -> int:
    """``value`` in a COMP-5 of ``size`` bytes: as many low bits as it has.

    >>> fit_native(40_000, 2)
    -25536
    """
    whole = int(value)
    if not signed:
        return abs(whole) & (1 << 8 * size) - 1
    half = 1 << 8 * size - 1
    return (whole + half) % (2 * half) - half


def wrap_native(value: int, size: int, signed: bool = True) -> int:
    """The same for ADD and SUBTRACT of a small integer, where a negative result wraps around too.

    >>> wrap_native(1 - 2, 2, signed=False)
    65535
    """
    return fit_native(value, size) if signed else value & (1 << 8 * size) - 1


def checked_native(value: Number, size: int, signed: bool = True) -> int:
    whole = int(value)
    if abs(whole).bit_length() > 8 * size - signed:
        raise SizeError
    return whole if signed else abs(whole)


def rounded(value: Number, scale: int, mode: Rounding = "NEAREST-AWAY-FROM-ZERO") -> Number:
    """``value`` with ``scale`` decimals.

    >>> rounded(Decimal("2.5"), 0), rounded(Decimal("2.5"), 0, "NEAREST-EVEN")
    (Decimal('3'), Decimal('2'))
    """
    if isinstance(value, int) and scale >= 0:
        return value
    return Decimal(value).quantize(_UNITS[scale], _ROUNDINGS[mode], _QUIET)


def unscaled(value: Number, scale: int) -> int:
    """The digits of ``value`` as a whole number: 1.23 with two decimals is 123. Further decimals are cut."""
    if isinstance(value, int):
        return value * _TEN[scale] if scale >= 0 else int(_scaleb(Decimal(value), scale))
    return int(_scaleb(value, scale))


def scaled(digits: int, scale: int) -> Decimal:
    """``digits`` with ``scale`` of them behind the decimal point."""
    return _scaleb(Decimal(digits), -scale)


# Arithmetic


def divide(dividend: Number, divisor: Number) -> Decimal:
    """The quotient, cut behind enough digits that no field sees the difference.

    >>> divide(2, 3)
    Decimal('0.66666666666666666666666666666666666666')
    """
    top, bottom = Decimal(dividend), Decimal(divisor)
    if not bottom:
        raise SizeError
    if not top:
        return Decimal(0)
    decimals = max(0, _decimals(top) - _decimals(bottom)) + QUOTIENT_DIGITS
    return _scaleb(_divide_whole(_scaleb(top, decimals), bottom), -decimals)


def quotient(dividend: Number, divisor: Number) -> Decimal:
    """``divide`` for results that are stored at once: the same to any number of decimals that a field has, and faster.

    >>> quotient(1, 4)
    Decimal('0.25')
    """
    top, bottom = Decimal(dividend), Decimal(divisor)
    if not bottom:
        raise SizeError
    return _QUOTIENT.divide(top, bottom)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def remainder(dividend: Number, divisor: Number, scale: int) -> Decimal:
    """What DIVIDE … REMAINDER leaves, for a quotient of ``scale`` decimals."""
    quotient = divide(dividend, divisor)
    return EXACT.subtract(Decimal(dividend), EXACT.multiply(scaled(unscaled(quotient, scale), scale), Decimal(divisor)))


def power(base: Number, exponent: Number) -> Decimal:
    """``base ** exponent``: exact for whole exponents, else to 96 digits."""
    root, raised = _trimmed(Decimal(base)), _trimmed(Decimal(exponent))
    if not raised:
        return Decimal(1)
    if not root:
        return Decimal(0)
    if raised == raised.to_integral_value():
        whole = int(raised)
        return EXACT.power(root, whole) if whole > 0 else _trimmed(divide(1, _trimmed(EXACT.power(root, -whole))))
    if root < 0:
        raise SizeError
    if raised == Decimal("0.5"):
        return _trimmed(_FLOAT_DIGITS.plus(_LONG.sqrt(root)))
    return _trimmed(_FLOAT_DIGITS.plus(_LONG.exp(_LONG.multiply(_LONG.ln(root), raised))))


def zero_to_the_zero(base: Number, exponent: Number) -> bool:
    """Whether ``base ** exponent`` is 0 ** 0: ``power`` gives 1 for it, but it is a size error as well."""
    return not base and not exponent


def _trimmed(value: Decimal) -> Decimal:
    """Without zeros at the end of its decimals."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1), context=_QUIET)
    return value.normalize(_QUIET)


def decimal_of(value: float) -> Decimal:
    """What arithmetic sees of a COMP-1 or COMP-2: its exact value, to 96 digits."""
    if not math.isfinite(value) or value == 0:
        return Decimal(0)
    return _trimmed(_FLOAT_DIGITS.create_decimal(Decimal(value)))


def double_of(value: Number) -> float:
    """``value`` as a COMP-2 keeps it: the nearest float that is not further from zero."""
    exact = Decimal(value)
    near = float(exact)
    return math.nextafter(near, 0.0) if Decimal(near).copy_abs() > exact.copy_abs() else near


def single_of(value: Number | float) -> float:
    """``value`` as a COMP-1 keeps it."""
    double = value if isinstance(value, float) else double_of(value)
    single: float = struct.unpack("<f", struct.pack("<f", double))[0]
    return single


def compare_floats(left: float, right: float) -> int:
    """-1, 0 or 1; floats are equal when they differ by less than a ten-millionth."""
    if left == right or (left != 0.0 and abs((left - right) / left) < 0.0000001):
        return 0
    return -1 if left < right else 1


# Bytes of numbers

Sign = Literal["none", "trailing", "leading", "trailing separate", "leading separate"]


def encode_display(digits: int, size: int, sign: Sign = "none") -> bytes:
    """``size`` digits as text; a negative number has its sign in the bits of one digit, or in a byte of its own.

    >>> encode_display(-123, 4, "trailing")
    b'012s'
    """
    text = b"%0*d" % (size, abs(digits))
    if sign == "trailing separate":
        return text + (b"-" if digits < 0 else b"+")
    if sign == "leading separate":
        return (b"-" if digits < 0 else b"+") + text
    if digits >= 0 or sign == "none":
        return text
    if sign == "leading":
        return bytes((text[0] + 64,)) + text[1:]
    return text[:-1] + bytes((text[-1] + 64,))


def decode_display(data: bytes, sign: Sign = "none") -> int:
    """The digits of a DISPLAY field, whatever it contains."""
    negative, text = _unsigned_text(data, sign)
    first = data[sign == "leading separate"]
    if first in (0, 255):
        return _TEN[len(text)] if first else -_TEN[len(text)]
    if text.isdigit():
        return -int(text) if negative else int(text)
    return _sum_of_codes(text, negative)


def _sum_of_codes(text: bytes, negative: bool) -> int:
    """Bytes that are no digits count for what their codes are above that of 0, and zeros or spaces in front not."""
    first = next((at for at, code in enumerate(text[:-1]) if code & 15), len(text) - 1)
    text, total = text[first:], 0
    for code in text:
        total = total * 10 + (code - 48 if len(text) < 20 else code & 15)
    total = total % 2**64 if len(text) < 20 else total
    return -total if negative else total


def _unsigned_text(data: bytes, sign: Sign) -> tuple[bool, bytes]:
    """Whether the field is negative, and its digits without the sign."""
    match sign:
        case "none":
            return False, data
        case "trailing separate":
            return data[-1:] == b"-", data[:-1]
        case "leading separate":
            return data[:1] == b"-", data[1:]
        case "trailing":
            negative, digit = _sign_of(data[-1])
            return negative, data[:-1] + digit
        case "leading":
            negative, digit = _sign_of(data[0])
            return negative, digit + data[1:]


def _sign_of(code: int) -> tuple[bool, bytes]:
    if 0x70 <= code <= 0x79:
        return True, bytes((code - 64,))
    return False, bytes((code,)) if 0x30 <= code <= 0x39 or code == 0x20 else b"0"


def encode_packed(digits: int, size: int, signed: bool = True) -> bytes:
    """COMP-3: two digits a byte, the last half byte is the sign.

    >>> encode_packed(-123, 3).hex()
    '123d'
    """
    half = "f" if not signed else "d" if digits < 0 else "c"
    return bytes.fromhex(f"{abs(digits):0{size | 1}d}{half}")


def decode_packed(data: bytes, size: int, signed: bool = True) -> int:
    """The ``size`` digits of a COMP-3; half bytes over 9 count for what they are."""
    text = data.hex()
    body = text[1:-1] if size % 2 == 0 else text[:-1]
    value = int(body) if body.isdecimal() else functools.reduce(lambda total, half: total * 10 + int(half, 16), body, 0)
    return -value if signed and text[-1] == "d" else value


def encode_binary(value: int, size: int, signed: bool = True, native: bool = False) -> bytes:
    """COMP is big-endian, COMP-5 (``native``) as the machine is."""
    return fit_native(value, size, signed).to_bytes(size, "little" if native else "big", signed=signed)


def decode_binary(data: bytes, signed: bool = True, native: bool = False) -> int:
    return int.from_bytes(data, "little" if native else "big", signed=signed)


# Text


def fit_text(text: str, size: int) -> str:
    """``text`` in a field of ``size`` characters: cut, or filled with spaces.

    >>> fit_text("AB", 4), fit_text("ABCDE", 4)
    ('AB  ', 'ABCD')
    """
    return text[:size].ljust(size)


def fit_right(text: str, size: int) -> str:
    """``text`` in a field that is JUSTIFIED RIGHT."""
    return text[max(0, len(text) - size) :].rjust(size)


def with_part(text: str, start: int, new: str) -> str:
    """``text`` with ``new`` from its character ``start`` on, which counts from 1.

    >>> with_part("ABCDE", 2, "xy")
    'AxyDE'
    """
    end = start - 1 + len(new)
    if start < 1 or end > len(text):
        raise IndexError(f"characters {start} to {end} are not in a text of {len(text)}")
    return text[: start - 1] + new + text[end:]


def fill(pattern: str, size: int) -> str:
    """``ALL pattern``, and figurative constants, in a field of ``size`` characters."""
    return (pattern * (size // len(pattern) + 1))[:size]


def digits_text(value: Number, digits: int, scale: int = 0) -> str:
    """The digits of a numeric field, as they are moved to text and compared with it: without point and sign."""
    shift = max(0, -scale)
    return f"{abs(unscaled(value, max(scale, 0))):0{digits + shift}d}"[-digits - shift :]


def number_of_text(text: str, digits: int, scale: int = 0, comma: bool = False) -> int:
    """The digits that a field of ``digits`` digits, ``scale`` of them decimals, gets from text; 0 if it is no number.

    >>> number_of_text(" -12.345 ", 5, 2), number_of_text("12A", 5)
    (-1234, 12)
    """
    point, separator = (",", ".") if comma else (".", ",")
    body = text.lstrip(" \t\n\v\f\r")
    negative = body[:1] == "-"
    body = body[1:] if body[:1] in ("+", "-") else body
    before = body.partition(point)[0]
    excess = sum(c in "0123456789" for c in before) - (digits - scale)
    room, points, got = min(digits, digits + excess) if excess < 0 else digits, 0, ""
    for character in body[_behind_digits(body, excess) :] if excess > 0 else body:
        if len(got) == room:
            break
        if character in "0123456789":
            got += character
        elif character == point and not points:
            points = 1
        elif character not in f" \t\n\v\f\r{separator}":
            return 0
    value = int(got.ljust(room, "0") or "0")
    return -value if negative else value


def _behind_digits(body: str, count: int) -> int:
    """Where ``body`` goes on behind its first ``count`` digits."""
    for at, character in enumerate(body):
        count -= character in "0123456789"
        if not count:
            return at + 1
    return len(body)


# Comparing


def compare(left: str, right: str, order: Sequence[int] | None = None) -> int:
    """-1, 0 or 1; the shorter text is filled with spaces. ``order``: the place of each character in an alphabet."""
    if len(left) != len(right):
        size = max(len(left), len(right))
        left, right = left.ljust(size), right.ljust(size)
    if order is not None:
        left, right = (bytes(order[ord(c)] for c in text).decode("latin-1") for text in (left, right))
    return (left > right) - (left < right)


def compare_all(text: str, pattern: str, order: Sequence[int] | None = None) -> int:
    """``text`` against a figurative constant or ``ALL pattern``."""
    return compare(text, fill(pattern, len(text)), order)


def is_numeric_display(data: bytes, sign: Sign = "none") -> bool:
    """``IF … NUMERIC`` of a DISPLAY or alphanumeric field."""
    match sign:
        case "none":
            return data.isdigit()
        case "trailing separate":
            return data[-1:] in (b"+", b"-") and (data[:-1].isdigit() or len(data) == 1)
        case "leading separate":
            return data[:1] in (b"+", b"-") and (data[1:].isdigit() or len(data) == 1)
        case "trailing":
            digits, code = data[:-1], data[-1]
        case "leading":
            digits, code = data[1:], data[0]
    return (code & ~64 in range(0x30, 0x3A)) and (digits.isdigit() or not digits)


def is_numeric_packed(data: bytes, signed: bool = True) -> bool:
    text = data.hex()
    return text[:-1].isdecimal() and text[-1] in ("cd" if signed else "f")


def is_alphabetic(text: str) -> bool:
    return all(c == " " or (c.isascii() and c.isalpha()) for c in text)


def is_alphabetic_lower(text: str) -> bool:
    return all(c == " " or (c.isascii() and c.islower()) for c in text)


def is_alphabetic_upper(text: str) -> bool:
    return all(c == " " or (c.isascii() and c.isupper()) for c in text)


# Editing


class _Edition(NamedTuple):
    """A numeric-edited picture, read: for each number of zeros in front of the digits, the template that takes them."""

    digits: int
    limit: int
    scale: int
    positive: tuple[str, ...]
    negative: tuple[str, ...]


def edit(
    value: Number, picture: str, *, blank_when_zero: bool = False, comma: bool = False, currency: str = "$"
) -> str:
    """``value`` as a numeric-edited field shows it. ``comma``: DECIMAL-POINT IS COMMA.

    >>> edit(Decimal("1234.5"), "ZZ,ZZ9.99-"), edit(-5, "$$$9CR")
    (' 1,234.50 ', '  $5CR')
    """
    edition = _edition(picture, comma, currency)
    number = abs(unscaled(value, edition.scale)) % edition.limit
    digits = f"{number:0{edition.digits}d}"
    templates = edition.negative if value < 0 and number else edition.positive
    text = templates[edition.digits - len(digits.lstrip("0"))] % tuple(digits)
    return " " * len(text) if blank_when_zero and not number else text


@functools.lru_cache(maxsize=4096)
def _edition(picture: str, comma: bool, currency: str) -> _Edition:
    symbols = _symbols(picture)
    point = "," if comma else "."
    whole = next((at for at, symbol in enumerate(symbols) if symbol in ("V", point)), len(symbols))
    layout = _Layout([s for s in symbols if s not in "VP"], whole - symbols[:whole].count("P"), point, currency)
    digits, missing = len(layout.places), symbols.count("P")
    in_front = missing and symbols[symbols[0] == "V"] == "P"
    scale = digits + missing if in_front else layout.decimals() - missing
    templates = (tuple(layout.template(n, sign) for n in range(digits + 1)) for sign in (False, True))
    return _Edition(digits, 10**digits, scale, *templates)


def _symbols(picture: str) -> list[str]:
    """Each symbol of a PICTURE string, as often as it is repeated."""
    runs = re.findall(r"(CR|DB|.)(?:\((\d+)\))?", picture)
    return [symbol for symbol, count in runs for _ in range(int(count or 1))]


class _Layout:
    """The characters of a numeric-edited field, ``whole`` of them left of the decimal point.

    A + - or currency symbol takes a digit's place too, be it shown there or not. It is leading in front of the first
    9 Z or *, else trailing. Leading ones float where one of them is repeated.
    """

    def __init__(self, symbols: list[str], whole: int, point: str, currency: str) -> None:
        self.symbols, self.whole, self.point, self.currency = symbols, whole, point, currency
        self.separator = "." if point == "," else ","
        self.places = [at for at, s in enumerate(symbols) if s in ("9", "Z", "*", "+", "-", currency)]
        first = next((at for at in self.places if symbols[at] in "9Z*"), len(symbols))
        self.leading = [at for at in self.places if at < first]
        kinds = {symbols[at] for at in self.leading}
        self.two_kinds = len(kinds) > 1
        self.floats = len(self.leading) > len(kinds)
        self.fixed = self._fixed() if self.two_kinds else -1

    def _fixed(self) -> int:
        """Of leading symbols of two kinds, where the one stands that stays: the last of the first run."""
        at = self.leading[0]
        while self.symbols[at] == self.symbols[at + 1]:
            at += 1
        return at

    def decimals(self) -> int:
        """Trailing symbols behind the last digit take the places of decimals."""
        return sum(at >= self.whole or self._trailing(at) for at in self.places)

    def _trailing(self, at: int) -> bool:
        return self.symbols[at] not in "9Z*" and at not in self.leading

    def template(self, zeros: int, negative: bool) -> str:
        """What takes the digits behind ``zeros`` zeros in front: ``%s`` one that is shown, ``%.0s`` another."""
        hidden = zeros == len(self.places) and "9" not in self.symbols
        shown = self._blank() if hidden else self._shown(zeros, negative)
        return "".join(
            text if text == "%s" else text.replace("%", "%%") + "%.0s" * (at in self.places)
            for at, text in enumerate(shown)
        )

    def _blank(self) -> list[str]:
        if "*" not in self.symbols:
            return [" " * len(symbol) for symbol in self.symbols]
        return [symbol if symbol == self.point else "*" * len(symbol) for symbol in self.symbols]

    def _shown(self, zeros: int, negative: bool) -> list[str]:
        """The text of each symbol. What is suppressed is filled; a floating symbol goes over the last such character,
        or over the first of the field, where none is."""
        suppressed = set(self.places[:zeros])
        start = next((at for at in self.places if at not in suppressed or self.symbols[at] == "9"), len(self.symbols))
        shown = [self._text(at, at >= start, negative) for at in range(len(self.symbols))]
        gaps = [at for at in range(self.whole) if not shown[at]]
        passed = [at for at in self.leading if at < start]
        if self.floats and (passed or self.leading[0] == 0):
            mark = self.symbols[(passed or self.leading[:1])[-1]]
            shown[gaps[-1] if gaps else 0] = self._mark(mark, negative)
        return [text or self._gap(at) for at, text in enumerate(shown)]

    def _gap(self, at: int) -> str:
        """What fills the place of a suppressed symbol."""
        if at >= self.whole:
            return "0"
        return "*" if "*" in self.symbols[: at + 1] else " "

    def _text(self, at: int, significant: bool, negative: bool) -> str:
        """What is shown of one symbol, ``significant`` from the first digit on that is shown; nothing if suppressed."""
        symbol = self.symbols[at]
        if at in self.leading and (at == self.fixed or not self.floats):
            return self._fixed_text(at, significant, negative)
        if at in self.places and not self._trailing(at):
            return "%s" if significant else ""
        if symbol in ("B", self.separator):
            # GnuCOBOL shows 0 for a period behind a decimal comma.
            return self._mark(symbol, negative) if significant and not (symbol == "." and at >= self.whole) else ""
        return self._mark(symbol, negative)

    def _fixed_text(self, at: int, significant: bool, negative: bool) -> str:
        """A leading symbol that does not float. Where there are two kinds, GnuCOBOL shows the sign as the picture has
        it, whatever the number is, and loses the second symbol (X'00') when the number is too long."""
        symbol = self.symbols[at]
        if not self.two_kinds:
            return self._mark(symbol, negative)
        if self.floats and symbol == self.currency:
            return symbol if at < self.whole else "0"
        lost = "%s" if self.floats else "\0"
        return lost if significant and (self.floats or at != self.fixed) else symbol

    def _mark(self, symbol: str, negative: bool) -> str:
        match symbol:
            case "+":
                return "-" if negative else "+"
            case "-":
                return "-" if negative else " "
            case "CR" | "DB":
                return symbol if negative else "  "
            case "B":
                return " "
        return symbol


def number_of_edited(text: str, picture: str, *, comma: bool = False) -> Decimal:
    """The number that a numeric-edited field shows.

    >>> number_of_edited(" 1,234.50-", "ZZ,ZZ9.99-")
    Decimal('-1234.50')
    """
    point = "," if comma else "."
    before, dot, after = text.partition(point)
    behind = [c for c in after if c in "0123456789"]
    digits = [c for c in before if c in "0123456789"] + behind
    scale = len(behind) or _implied_scale(picture, bool(dot))
    number = int("".join(digits) or "0")
    return scaled(-number if "-" in text or "C" in text else number, scale)


def _implied_scale(picture: str, point_seen: bool) -> int:
    scale = places = 0
    for symbol in _symbols(picture):
        if symbol in "90Z*":
            scale, places = scale + point_seen, places + (not point_seen)
        elif symbol == "P":
            point_seen = point_seen or not places
            scale += -1 if places else 1
        elif symbol == "V":
            point_seen = True
    return scale


def edit_text(text: str, picture: str) -> str:
    """``text`` in an alphanumeric-edited field.

    >>> edit_text("20240131", "XXXX/XX/XX")
    '2024/01/31'
    """
    characters = iter(text)
    return "".join(next(characters, " ") if s in "AX9" else " " if s == "B" else s for s in _symbols(picture))


# DISPLAY


def show(value: Number, digits: int, scale: int = 0, signed: bool = False, trailing: bool = False) -> str:
    """A numeric field as DISPLAY writes it; ``trailing``: its sign is SEPARATE and TRAILING.

    >>> show(Decimal("-1.50"), 5, 2, signed=True), show(7, 3), show(43700, 3, -2)
    ('-001.50', '007', '43700')
    """
    digits += max(-scale, 0)
    text = f"{abs(unscaled(value, max(scale, 0))):0{digits}d}"[-digits:]
    if scale > 0:
        text = f"{text[:-scale]}.{text[-scale:]}"
    if not signed:
        return text
    sign = "-" if value < 0 else "+"
    return text + sign if trailing else sign + text


def show_native(value: int, size: int, signed: bool = True) -> str:
    """A COMP-5 of ``size`` bytes as DISPLAY writes it: all digits that may be, and no decimal point.

    >>> show_native(-12, 2)
    '-00012'
    """
    digits = _NATIVE_DIGITS[size]
    return f"{value:+0{digits + 1}d}" if signed else f"{value:0{digits}d}"


def show_float(value: float, single: bool = False) -> str:
    """A COMP-2, or with ``single`` a COMP-1, as DISPLAY writes it."""
    text = f"{value:.{8 if single else 16}G}"
    if math.isnan(value):
        return "NaN"
    mantissa, exponent, power_of_ten = text.partition("E")
    if exponent and power_of_ten[1] == "0":
        power_of_ten = power_of_ten[0] + power_of_ten[2:]
    return mantissa + exponent + power_of_ten


# INSPECT, STRING and UNSTRING


class Inspection:
    """One INSPECT: its phrases in order, each on the characters that no phrase before it took.

    >>> inspection = Inspection("ABABA")
    >>> inspection.tally("ALL", "AB"), inspection.tally("CHARACTERS")
    (2, 1)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._taken = bytearray(len(text))
        self._new = list(text)

    def region(self, *bounds: tuple[Literal["BEFORE", "AFTER"], str]) -> range:
        """The characters BEFORE and AFTER the first of some text."""
        start, end = 0, len(self.text)
        for side, mark in bounds:
            at = self.text.find(mark, start, end)
            if side == "BEFORE":
                end = at if at >= 0 else end
            else:
                start = at + len(mark) if at >= 0 else end
        return range(start, end)

    def tally(self, what: str, pattern: str = "", region: range | None = None) -> int:
        """How many there are; ``what``: CHARACTERS, ALL, LEADING or TRAILING."""
        return len(self._found(what, pattern, region))

    def replace(self, what: str, pattern: str, by: str, region: range | None = None) -> None:
        """``what``: CHARACTERS, ALL, LEADING, FIRST or TRAILING. ``by`` is as long as ``pattern``."""
        if what != "CHARACTERS" and len(by) != len(pattern):
            return
        for at in self._found(what, pattern, region):
            self._new[at : at + len(by)] = by

    def replaced(self) -> str:
        return "".join(self._new)

    def _found(self, what: str, pattern: str, region: range | None) -> list[int]:
        region = range(len(self.text)) if region is None else region
        if what == "CHARACTERS":
            found = [at for at in region if not self._taken[at]]
            for at in found:
                self._taken[at] = 1
            return found
        size, found = len(pattern), []
        at = region.stop - size if what == "TRAILING" else region.start
        while region.start <= at <= region.stop - size:
            step = 1
            if self.text.startswith(pattern, at):
                if not any(self._taken[at : at + size]):
                    self._taken[at : at + size] = b"\1" * size
                    found.append(at)
                    step = size
                    if what == "FIRST":
                        break
            elif what in ("LEADING", "TRAILING"):
                break
            at += -step if what == "TRAILING" else step
        return found


def convert(text: str, old: str, new: str, region: range | None = None) -> str:
    """INSPECT CONVERTING: each character of ``old`` becomes the one of ``new`` in its place."""
    table: dict[int, str] = {}
    for before, after in zip(old, new, strict=True):
        table.setdefault(ord(before), after)
    region = range(len(text)) if region is None else region
    return text[: region.start] + text[region.start : region.stop].translate(table) + text[region.stop :]


class Strung(NamedTuple):
    target: str
    pointer: int
    overflow: bool


def string(target: str, parts: Iterable[tuple[str, str | None]], pointer: int = 1) -> Strung:
    """STRING: each part, up to its delimiter (None: all of it), one after the other into ``target`` from ``pointer``.

    >>> string("........", [("AB CD", " "), ("-", None)])
    Strung(target='AB-.....', pointer=4, overflow=False)
    """
    at = pointer - 1
    if not 0 <= at < len(target):
        return Strung(target, pointer, True)
    for text, delimiter in parts:
        piece = text if delimiter is None else text.partition(delimiter)[0]
        room = len(target) - at
        target = target[:at] + piece[:room] + target[at + len(piece[:room]) :]
        at += min(room, len(piece))
        if len(piece) > room:
            return Strung(target, at + 1, True)
    return Strung(target, at + 1, False)


@dataclass(slots=True)
class Unstring:
    """One UNSTRING: ``next`` gives what goes into each receiving field. ``delimiters``: each with whether ALL in a row
    are one. ``count`` is how many pieces there were.

    >>> unstring = Unstring("A,B,,C", [(",", True)])
    >>> unstring.next(), unstring.next(), unstring.next()
    (Piece(text='A', delimiter=','), Piece(text='B', delimiter=','), Piece(text='C', delimiter=''))
    """

    source: str
    delimiters: Sequence[tuple[str, bool]] = ()
    pointer: int = 1
    count: int = 0
    _failed: bool = False

    def __post_init__(self) -> None:
        self._failed = not 1 <= self.pointer <= len(self.source)

    @property
    def overflow(self) -> bool:
        """There was no place to start, or something is left."""
        return self._failed or self.pointer <= len(self.source)

    def next(self, size: int = 0) -> Piece | None:
        """The next piece, None when there is no more; ``size`` of the receiving field counts without delimiters."""
        start = self.pointer - 1
        if self._failed or start >= len(self.source):
            return None
        self.count += 1
        if not self.delimiters:
            end = min(len(self.source), start + size)
            self.pointer = end + 1
            return Piece(self.source[start:end], "")
        end, delimiter, every = self._delimiter(start)
        self.pointer = end + len(delimiter) + 1
        while every and self.source.startswith(delimiter, self.pointer - 1):
            self.pointer += len(delimiter)
        return Piece(self.source[start:end], delimiter)

    def _delimiter(self, start: int) -> tuple[int, str, bool]:
        """Where the first delimiter from ``start`` stands; of two at one place the first given wins."""
        best = len(self.source), "", False
        for delimiter, every in self.delimiters:
            at = self.source.find(delimiter, start, best[0] + len(delimiter) - 1 if best[1] else None)
            if 0 <= at < best[0]:
                best = at, delimiter, every
        return best


class Piece(NamedTuple):
    """``delimiter`` is empty where the text ended without one."""

    text: str
    delimiter: str
