"""PICTURE strings: what category, size, digits and scale they give an item, and the symbols that edit it.

What GnuCOBOL's default dialect accepts is accepted and understood alike; what else is wrong is a ``PictureError`` that
knows its column in the string. National, boolean and floating-point pictures are refused by name.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Category: TypeAlias = Literal["alphabetic", "alphanumeric", "alphanumeric-edited", "numeric", "numeric-edited"]

MAX_DIGITS = 38
_MAX_LENGTH = 255
_REPEATED = re.compile(r"(CR|DB|.)(\(([^()]*)\)?)?", re.DOTALL)
_REFUSED = {"N": "national", "1": "boolean", "E": "floating-point"}


class PictureError(Exception):
    """``column`` counts from 1 in the picture string. ``unsupported``: the standard has it, this program does not."""

    def __init__(self, column: int, message: str, *, unsupported: bool = False) -> None:
        super().__init__(message)
        self.column = column
        self.message = message
        self.unsupported = unsupported


@dataclass(frozen=True, slots=True)
class Picture:
    """``size`` is in characters, as USAGE DISPLAY has it without a separate sign; ``digits`` counts the positions of P
    too. ``scale`` is how many digits stand right of the decimal point, and negative for P left of it. ``symbols`` are
    runs of one symbol with their lengths, without S: ``Z(3)9.99`` is ``Z3 91 .1 92``."""

    text: str
    category: Category
    size: int
    digits: int
    scale: int
    signed: bool
    symbols: tuple[tuple[str, int], ...]

    @property
    def stored_digits(self) -> int:
        """The digits that take room in a numeric item: those that are not P."""
        return self.size

    @property
    def numeric(self) -> bool:
        return self.category == "numeric"


@dataclass(frozen=True, slots=True)
class _Run:
    symbol: str
    count: int
    column: int
    counted: bool = False
    """It ends with a number in parentheses."""


@functools.lru_cache(maxsize=4096)
def parse_picture(text: str, decimal_comma: bool = False, currency: str = "$") -> Picture:
    """
    >>> parse_picture("S9(5)V99").scale
    2
    >>> parse_picture("ZZ9.99CR").category
    'numeric-edited'
    """
    text = text.upper() if currency.isupper() or not currency.isalpha() else text
    if not text:
        raise PictureError(1, "the PICTURE string is missing")
    runs = tuple(_merged(_runs(text)))
    point, separator = (",", ".") if decimal_comma else (".", ",")
    _check_alphabet(runs, point, separator, currency)
    signed = _check_sign(runs)
    body = tuple(run for run in runs if run.symbol != "S")
    digits, scale = _digits_and_scale(body, point, currency)
    _check_points(body, point)
    _check_order(body, signed, point, separator, currency)
    category = _category(runs, point, separator, currency)
    letters = sum(run.count for run in body if run.symbol in "XA")
    if digits and not letters and not any(run.symbol not in "PSVB/0CRDB" for run in body):
        raise PictureError(1, "a PICTURE with no digits but those of P", unsupported=True)
    if digits == 0 and letters == 0:
        raise PictureError(1, "the PICTURE string has no place for a character or digit")
    if len(text) > _MAX_LENGTH:
        raise PictureError(_MAX_LENGTH + 1, f"the PICTURE string is longer than {_MAX_LENGTH} characters")
    if category == "numeric" and digits > MAX_DIGITS:
        raise PictureError(1, f"a numeric item has at most {MAX_DIGITS} digits")
    return Picture(
        text,
        category,
        sum(run.count * len(run.symbol) for run in body if run.symbol not in "VP"),
        letters if category == "alphanumeric-edited" else digits,
        scale,
        signed or any(run.symbol in ("+", "-", "CR", "DB") for run in body),
        tuple((run.symbol, run.count) for run in body),
    )


def _runs(text: str) -> Iterator[_Run]:
    for match in _REPEATED.finditer(text):
        symbol, column = match[1], match.start() + 1
        if symbol in "()":
            raise PictureError(column, "parentheses follow the symbol that they repeat")
        if symbol in ("C", "D"):
            raise PictureError(column, f"{symbol} must be followed by {'R' if symbol == 'C' else 'B'}")
        yield _Run(symbol, _count(match), column, match[2] is not None)


def _count(match: re.Match[str]) -> int:
    if match[2] is None:
        return 1
    column, inside = match.start(2) + 2, match[3].lstrip("0")
    if not match[2].endswith(")"):
        raise PictureError(column - 1, "this parenthesis is never closed")
    if not match[3].isdecimal() or not match[3].isascii():
        raise PictureError(column, "the number of repetitions is not an unsigned integer")
    if not inside:
        raise PictureError(column, "the number of repetitions must be greater than zero")
    if len(inside) > 9:
        raise PictureError(column, "the number of repetitions has at most 9 digits")
    return int(inside)


def _merged(runs: Iterator[_Run]) -> Iterator[_Run]:
    """``99(3)`` is one run, ``9(3)9`` is two: GnuCOBOL tells them apart."""
    last: _Run | None = None
    for run in runs:
        if last is not None and last.symbol == run.symbol and not last.counted:
            last = _Run(run.symbol, last.count + run.count, last.column, run.counted)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _check_alphabet(runs: Sequence[_Run], point: str, separator: str, currency: str) -> None:
    suppressing = [run for run in runs if run.symbol in "Z*"]
    for run in suppressing:
        if run.symbol != suppressing[0].symbol:
            raise PictureError(run.column, "Z and * may not stand in one PICTURE string")
    for run in runs:
        if run.symbol in _REFUSED and run.symbol != currency:
            raise PictureError(run.column, f"{_REFUSED[run.symbol]} pictures are not supported", unsupported=True)
        if run.symbol not in ("CR", "DB") and run.symbol not in f"9XASVPB0/*Z+-{point}{separator}{currency}":
            raise PictureError(run.column, f"'{run.symbol}' is not a symbol of PICTURE strings")
        if run.symbol in ("S", "V", "CR", "DB", point) and run.count > 1:
            raise PictureError(run.column, f"{run.symbol} may occur only once")


def _check_sign(runs: Sequence[_Run]) -> bool:
    for run in runs[1:]:
        if run.symbol == "S":
            raise PictureError(run.column, "S must be the first symbol")
    return runs[0].symbol == "S"


def _check_points(body: Sequence[_Run], point: str) -> None:
    """Where the decimal point is: P at the left end implies one, P anywhere else must be at the right end."""
    seen = _leading_p(body)
    for at, run in enumerate(body):
        if run.symbol == "P" and not _leading_p(body[: at + 1]) and not _trailing_p(body[at:]):
            raise PictureError(run.column, "P must be at the left or the right end")
        if run.symbol in ("V", point):
            if seen and not (at == 0 and _leading_p(body)):
                raise PictureError(run.column, "there is more than one decimal point")
            seen = True


def _leading_p(body: Sequence[_Run]) -> bool:
    symbols = [run.symbol for run in body[:2]]
    return symbols[:1] == ["P"] or symbols == ["V", "P"]


def _trailing_p(body: Sequence[_Run]) -> bool:
    return [run.symbol for run in body] in (["P"], ["P", "V"])


def _digits_and_scale(body: Sequence[_Run], point: str, currency: str) -> tuple[int, int]:
    digits = scale = signs = currencies = 0
    after_point = _leading_p(body)
    for run in body:
        places = 0
        if run.symbol in ("V", point):
            after_point = True
        elif run.symbol in "9Z*":
            places = run.count
        elif run.symbol in "+-":
            # The first of a floating string only holds the sign.
            places = run.count - (not signs)
            signs += run.count
        elif run.symbol == currency:
            places = run.count - (not currencies)
            # GnuCOBOL does not count a first one that stands alone.
            currencies += places
        elif run.symbol == "P":
            digits += run.count
            scale += run.count if after_point else -run.count
        digits += places
        if after_point and run.symbol != currency:
            scale += places
    return digits, scale


def _category(runs: Sequence[_Run], point: str, separator: str, currency: str) -> Category:
    symbols = {run.symbol for run in runs}
    numeric_edited = symbols & {"Z", "*", "+", "-", "CR", "DB", point, separator, currency}
    simple = symbols & {"B", "0", "/"}
    if symbols & {"X", "A"}:
        if simple or numeric_edited:
            return "alphanumeric-edited"
        return "alphabetic" if symbols == {"A"} else "alphanumeric"
    return "numeric-edited" if numeric_edited or simple else "numeric"


# What may stand before what (ISO 1989:2002, table 13). The kinds of symbols: i simple insertion (B 0 /), s separator,
# d decimal point; l and t a leading and a trailing sign, c CR or DB; m and n a leading and a trailing currency symbol;
# z and y zero suppression before and after the point; f and g a floating sign, h and k a floating currency symbol,
# before and after the point; 9; x (A and X); S; V; p and q a P before and after the point.
_MAY_PRECEDE = {
    "i": "isdlmzyfghk9xVq",
    "s": "isdlmzyfghk9Vq",
    "d": "islmzfh9",
    "l": "",
    "t": "isdmnzyhk9Vpq",
    "c": "isdmnzyhk9Vpq",
    "m": "l",
    "n": "isdlzy9Vpq",
    "z": "islmz",
    "y": "isdlmzyVq",
    "f": "ismf",
    "g": "isdmfgV",
    "h": "islh",
    "k": "isdlhkV",
    "9": "isdlmzfh9xSVq",
    "x": "i9x",
    "V": "islmzfh9Sp",
    "p": "islmzfh9Sp",
    "q": "lmSVq",
}


def _check_order(body: Sequence[_Run], signed: bool, point: str, separator: str, currency: str) -> None:
    seen: dict[str, str] = {"S": "S"} if signed else {}
    for run, kind in _kinds(body, point, separator, currency):
        for _ in range(min(run.count, 2)):
            for before, symbol in seen.items():
                if before not in _MAY_PRECEDE[kind]:
                    raise PictureError(run.column, f"{run.symbol} may not follow {symbol} here")
            seen[kind] = run.symbol


def _kinds(body: Sequence[_Run], point: str, separator: str, currency: str) -> Iterator[tuple[_Run, str]]:
    floating = _floating_string(body, point, separator, currency)
    before, digit_seen = True, False
    for at, run in enumerate(body):
        kind = _kind(run.symbol, at, len(body), at in floating, before, digit_seen, point, separator, currency)
        digit_seen = digit_seen or kind in "zyfghk9"
        before = before and run.symbol not in ("V", point)
        yield run, kind


def _kind(
    symbol: str,
    at: int,
    length: int,
    floats: bool,
    before: bool,
    digit_seen: bool,
    point: str,
    separator: str,
    currency: str,
) -> str:
    """What ``symbol``, the run number ``at`` of ``length``, is in the table."""
    fixed = {"B": "i", "0": "i", "/": "i", separator: "s", point: "d", "CR": "c", "DB": "c", "A": "x", "X": "x"}
    if symbol == currency:
        ends = "n" if at >= 2 and at >= length - 2 else "m"
        return ("h" if before else "k") if floats else ends
    match symbol:
        case "+" | "-":
            ends = "t" if at and at == length - 1 else "l"
            return ("f" if before else "g") if floats else ends
        case "Z" | "*":
            return "z" if before else "y"
        case "P":
            return "p" if digit_seen and before else "q"
    return fixed.get(symbol, symbol)


def _floating_string(body: Sequence[_Run], point: str, separator: str, currency: str) -> range:
    """The runs that make a floating string: a sign or currency symbol twice or more, with insertions among it."""
    simple = {"B", "0", "/", separator}
    for at, run in enumerate(body):
        if run.symbol not in ("+", "-", currency):
            continue
        first = next((k for k in range(at - 1, -1, -1) if body[k].symbol not in simple), None)
        if first is not None and body[first].symbol == run.symbol:
            return range(first, _floating_end(body, at, simple | {run.symbol}, point) + 1)
        if run.count > 1:
            return range(at, _floating_end(body, at, simple | {run.symbol}, point) + 1)
    return range(0)


def _floating_end(body: Sequence[_Run], at: int, members: set[str], point: str) -> int:
    """The last run of the string; it goes on behind the point where nothing but its own symbols follows."""
    end = next((k for k in range(at, len(body)) if body[k].symbol not in members), len(body))
    at_point = end < len(body) and body[end].symbol in ("V", point)
    if at_point and all(run.symbol in members for run in body[end + 1 :]):
        return len(body) - 1
    return end - 1
