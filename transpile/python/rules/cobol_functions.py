"""COBOL's intrinsic functions. Numbers are exact, or to 96 digits where they have no end."""

from __future__ import annotations

import datetime
import decimal
import functools
import math
import random as _random
import re
import statistics
import time
from collections.abc import Callable, Iterable
from decimal import Decimal

from transpile.python.rules.cobol_rules import EXACT, Number, divide, power

_DIGITS = decimal.Context(prec=96, rounding=decimal.ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999)
_MORE = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999)
_DAY_ZERO = datetime.date(1600, 12, 31).toordinal()

# Mathematics


def _computed(function: Callable[[Decimal], Decimal]) -> Callable[[Number], Decimal]:
    """``function`` with 120 digits, its result with 96; no result is 0, as GnuCOBOL has it."""

    @functools.wraps(function)
    def compute(value: Number) -> Decimal:
        with decimal.localcontext(_MORE):
            try:
                result = function(Decimal(value))
            except (ArithmeticError, ValueError):
                return Decimal(0)
        return _DIGITS.plus(result)

    return compute


def _series(term: Decimal, step: Callable[[Decimal, int], Decimal]) -> Decimal:
    total, count = term, 0
    while term and term.adjusted() > total.adjusted() - 122:
        count += 1
        term = step(term, count)
        total += term
    return total


@functools.cache
def pi() -> Decimal:
    """Machin's formula."""
    with decimal.localcontext(_MORE):
        return 4 * (4 * _arctangent(Decimal(1) / 5) - _arctangent(Decimal(1) / 239))


def _arctangent(value: Decimal) -> Decimal:
    """For small values."""
    square, odd, total = value * value, value, value
    count = 1
    while odd and odd.adjusted() > total.adjusted() - 122:
        odd = -odd * square
        count += 2
        total += odd / count
    return total


def _sine(value: Decimal) -> Decimal:
    turn = 2 * pi()
    small = value - turn * (value / turn).to_integral_value()
    return _series(small, lambda term, n: -term * small * small / (2 * n * (2 * n + 1))) if small else small


@_computed
def sin(value: Decimal) -> Decimal:
    return _sine(value)


@_computed
def cos(value: Decimal) -> Decimal:
    turn = 2 * pi()
    small = value - turn * (value / turn).to_integral_value()
    return _series(Decimal(1), lambda term, n: -term * small * small / ((2 * n - 1) * 2 * n))


def tan(value: Number) -> Decimal:
    below = cos(value)
    return _DIGITS.divide(sin(value), below) if below else Decimal(0)


@_computed
def atan(value: Decimal) -> Decimal:
    halvings = 0
    while abs(value) > Decimal("0.1"):
        value = value / (1 + (1 + value * value).sqrt())
        halvings += 1
    return _arctangent(value) * 2**halvings if value else value


@_computed
def asin(value: Decimal) -> Decimal:
    if abs(value) > 1:
        raise ValueError
    if abs(value) == 1:
        return pi() / 2 * value
    return atan(value / (1 - value * value).sqrt())


@_computed
def acos(value: Decimal) -> Decimal:
    if abs(value) > 1:
        raise ValueError
    return pi() / 2 - asin(value) if value != 1 else Decimal(0)


@_computed
def exp(value: Decimal) -> Decimal:
    return value.exp()


def exp10(value: Number) -> Decimal:
    return power(10, value)


def e() -> Decimal:
    return exp(1)


@_computed
def log(value: Decimal) -> Decimal:
    return value.ln() if value > 0 else Decimal(0)


@_computed
def log10(value: Decimal) -> Decimal:
    return value.log10() if value > 0 else Decimal(0)


@_computed
def sqrt(value: Decimal) -> Decimal:
    return value.sqrt()


def factorial(value: Number) -> int:
    return math.factorial(int(value)) if value >= 0 else 0


def sign(value: Number) -> int:
    return (value > 0) - (value < 0)


def integer(value: Number) -> int:
    """The greatest whole number that is not greater."""
    return math.floor(value)


def integer_part(value: Number) -> int:
    return int(value)


def fraction_part(value: Number) -> Decimal:
    return Decimal(value) - int(value)


def mod(value: Number, modulus: Number) -> int:
    return int(value) % int(modulus) if int(modulus) else 0


def trimmed(value: Decimal) -> Decimal:
    """Without zeros behind the last decimal: how many there are says how far a quotient goes."""
    shorter = value.normalize(EXACT)
    return shorter if int(shorter.as_tuple().exponent) <= 0 else EXACT.quantize(shorter, Decimal(1))


def rem(value: Number, divisor: Number) -> Decimal:
    if not divisor:
        return Decimal(0)
    return trimmed(Decimal(value) - int(divide(value, divisor)) * Decimal(divisor))


def random(seed: Number | None = None) -> float:
    """Other numbers than GnuCOBOL's, which are those of the C library."""
    if seed is not None:
        _random.seed(int(seed))
    return _random.random()


# Statistics and money


def total(values: Iterable[Number]) -> Decimal:
    return functools.reduce(EXACT.add, (Decimal(value) for value in values), Decimal(0))


def sum_(*values: Number) -> Decimal:
    return trimmed(total(values))


def mean(*values: Number) -> Decimal:
    return trimmed(divide(total(values), len(values)))


def median(*values: Number) -> Decimal:
    if len(values) % 2:
        return Decimal(statistics.median_low(values))
    return mean(statistics.median_low(values), statistics.median_high(values))


def midrange(*values: Number) -> Decimal:
    return mean(min(values), max(values))


def range_(*values: Number) -> Decimal:
    return trimmed(EXACT.subtract(Decimal(max(values)), Decimal(min(values))))


def variance(*values: Number) -> Decimal:
    middle = divide(total(values), len(values))
    return divide(total(power(EXACT.subtract(Decimal(value), middle), 2) for value in values), len(values))


def standard_deviation(*values: Number) -> Decimal:
    return sqrt(variance(*values))


def ord_max(*values: Number | str) -> int:
    return 1 + max(range(len(values)), key=lambda at: (values[at], -at))


def ord_min(*values: Number | str) -> int:
    return 1 + min(range(len(values)), key=lambda at: (values[at], at))


def annuity(rate: Number, periods: Number) -> Decimal:
    if not rate:
        return divide(1, periods)
    return divide(rate, EXACT.subtract(Decimal(1), power(EXACT.add(Decimal(1), Decimal(rate)), -int(periods))))


def present_value(rate: Number, *amounts: Number) -> Decimal:
    growth = EXACT.add(Decimal(1), Decimal(rate))
    return sum_(*(divide(amount, power(growth, at)) for at, amount in enumerate(amounts, 1)))


# Text

_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def upper_case(text: str) -> str:
    return text.translate(_UPPER)


def lower_case(text: str) -> str:
    return text.translate(_LOWER)


def reverse(text: str) -> str:
    return text[::-1]


def trim(text: str) -> str:
    """A text has a character at least."""
    return text.strip(" ") or " "


def trim_leading(text: str) -> str:
    return text.lstrip(" ") or " "


def trim_trailing(text: str) -> str:
    return text.rstrip(" ") or " "


def concatenate(*texts: str) -> str:
    return "".join(texts)


concat = concatenate


def substitute(text: str, *pairs: str) -> str:
    """Each old text becomes the new one that follows it, in one go over ``text``."""
    changes = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return re.sub("|".join(re.escape(old) for old in changes), lambda found: changes[found[0]], text)


def max_text(*texts: str) -> str:
    return max(texts)


def min_text(*texts: str) -> str:
    return min(texts)


def char(place: Number) -> str:
    return chr(int(place) - 1) if 1 <= place <= 256 else "\0"


def ord_(text: str) -> int:
    return ord(text[0]) + 1


def slice_(text: str, start: int, size: int | None = None) -> str:
    return text[start - 1 :] if size is None else text[start - 1 : start - 1 + size]


def stored_char_length(text: str) -> int:
    return len(text.rstrip(" "))


def length(text: str) -> int:
    return len(text)


_NUMVAL = re.compile(r" *([+-] *[0-9.]+|[0-9.]+([+-][0-9.]*| *([+-]|CR|DB))?) *")
"""Anything else is 0. As in GnuCOBOL, a sign may also stand between the digits."""


def numval(text: str) -> Decimal:
    """
    >>> numval(" - 12.50 "), numval("3CR"), numval("")
    (Decimal('-12.50'), Decimal('-3'), Decimal('0'))
    """
    digits = re.sub(r"[^0-9.]", "", text)
    if not _NUMVAL.fullmatch(text) or digits.count(".") > 1 or not digits.strip("."):
        return Decimal(0)
    value = Decimal(digits)
    return -value if value and re.search("-|CR|DB", text) else value


def numval_c(text: str, currency: str = "$") -> Decimal:
    return numval(text.replace(currency.strip(" ") or "$", "", 1).replace(",", ""))


def numval_f(text: str) -> Decimal:
    try:
        return Decimal(text.replace(" ", "") or "0")
    except decimal.InvalidOperation:
        return Decimal(0)


# Dates; day 1 is 1601-01-01


def integer_of_date(date: Number) -> int:
    """Of YYYYMMDD; 0 where there is no such day."""
    try:
        return datetime.date(int(date) // 10000, int(date) // 100 % 100, int(date) % 100).toordinal() - _DAY_ZERO
    except ValueError:
        return 0


def integer_of_day(day: Number) -> int:
    """Of YYYYDDD."""
    year, number = divmod(int(day), 1000)
    try:
        first = datetime.date(year, 1, 1)
        last = datetime.date(year, 12, 31)
    except ValueError:
        return 0
    return first.toordinal() - _DAY_ZERO + number - 1 if 1 <= number <= (last - first).days + 1 else 0


def date_of_integer(day: Number) -> int:
    try:
        return int(datetime.date.fromordinal(int(day) + _DAY_ZERO).strftime("%Y%m%d"))
    except (ValueError, OverflowError):
        return 0


def day_of_integer(day: Number) -> int:
    try:
        return int(datetime.date.fromordinal(int(day) + _DAY_ZERO).strftime("%Y%j"))
    except (ValueError, OverflowError):
        return 0


def current_date() -> str:
    """YYYYMMDDhhmmss, hundredths, and the difference from UTC."""
    now = time.time()
    local = time.localtime(now)
    return time.strftime("%Y%m%d%H%M%S", local) + f"{int(now * 100) % 100:02d}" + time.strftime("%z", local)


@functools.cache
def when_compiled() -> str:
    """The program is not compiled: when it was started."""
    return current_date()


def seconds_past_midnight() -> int:
    now = time.localtime()
    return now.tm_hour * 3600 + now.tm_min * 60 + now.tm_sec
