"""What the functions of the rules mean that store numbers, compute with them, and show them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import z3

from transpile.python.rules import cobol_rules
from transpile.solvers.python.arithmetic import absolute, computed, extreme, size_of_whole, truncated, units_at
from transpile.solvers.python.contents import wrapped
from transpile.solvers.python.rules import Arguments, meaning
from transpile.solvers.python.values import (
    Bool,
    Bytes,
    Kind,
    Line,
    Num,
    PyValue,
    Quotient,
    decimal,
    literal,
    negation,
    truth_of,
    units_of,
    whole,
)
from transpile.solvers.storage import values
from transpile.solvers.storage.coding import Coding, number_in
from transpile.solvers.storage.unstringing import Varying
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Rounding,
    Text,
    exact_quotient,
    integer,
    known_text,
    low_digits,
    times,
)

if TYPE_CHECKING:
    from transpile.solvers.python.expressions import Evaluation

MAX_DIGITS = 150
"""Of a quotient, so that the 160 that ``rules.quotient`` keeps are enough."""
ROUNDINGS: dict[str, Rounding] = {
    "TRUNCATION": "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO": "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN": "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO": "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO": "AWAY-FROM-ZERO",
    "TOWARD-GREATER": "TOWARD-GREATER",
    "TOWARD-LESSER": "TOWARD-LESSER",
    "PROHIBITED": "TRUNCATION",
}


# Storing


@meaning("cobol_rules.fit_int", "cobol_rules.checked_int")
def _to_int(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    digits, signed = arguments.size("digits"), arguments.flag("signed")
    units = units_at(arguments.number("value"), 0)
    checked = arguments.rule == "checked_int"
    return whole(_kept(evaluation, units, digits, signed, checked), digits)


@meaning("cobol_rules.fit_decimal", "cobol_rules.fit_rounded", "cobol_rules.checked_decimal")
def _to_decimal(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    digits, scale, signed = arguments.size("digits"), arguments.size("scale"), arguments.flag("signed")
    mode: Rounding = "NEAREST-AWAY-FROM-ZERO" if arguments.rule == "fit_rounded" else "TRUNCATION"
    units = units_at(arguments.number("value"), scale, mode)
    checked = arguments.rule == "checked_decimal"
    return decimal(_kept(evaluation, units, digits, signed, checked), scale, digits)


def _kept(evaluation: Evaluation, units: Int, digits: int, signed: bool, checked: bool) -> Int:
    if checked:
        evaluation.note(negation(values.fits(units, digits)), "SizeError")
    else:
        units = low_digits(units, digits)
    return units if signed else values.absolute(units)


@meaning("cobol_rules.fit_native", "cobol_rules.wrap_native", "cobol_rules.checked_native")
def _to_native(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    size, signed = arguments.size("size"), arguments.flag("signed")
    units, digits = units_at(arguments.number("value"), 0), len(str(1 << 8 * size))
    match arguments.rule:
        case "checked_native":
            limit = 1 << 8 * size - signed
            evaluation.note(truth_of(z3.Or(units >= limit, units <= -limit)), "SizeError")
            return whole(units if signed else values.absolute(units), digits)
        case "wrap_native" if not signed:
            arguments.whole("value")
            return whole(units_of(units % (1 << 8 * size)), digits)
    return whole(wrapped(units, size, signed), digits)


@meaning("cobol_rules.rounded")
def _rounded(_: Evaluation, arguments: Arguments) -> PyValue:
    value, scale, mode = arguments.number("value"), arguments.size("scale"), arguments.word("mode")
    if value.kind == "int" and scale >= 0:
        return value
    if mode not in ROUNDINGS:
        raise NoTerm(f"rounding mode {mode}")
    digits = size_of_whole(value) + max(0, scale) + 1
    return decimal(units_at(value, scale, ROUNDINGS[mode]), scale, digits)


@meaning("cobol_rules.unscaled")
def _unscaled(_: Evaluation, arguments: Arguments) -> PyValue:
    value, scale = arguments.number("value"), arguments.size("scale")
    return whole(units_at(value, scale), size_of_whole(value) + max(0, scale))


@meaning("cobol_rules.scaled")
def _scaled(_: Evaluation, arguments: Arguments) -> PyValue:
    value = arguments.whole("digits")
    return decimal(value.units, arguments.size("scale"), value.digits)


# Arithmetic


@meaning("cobol_rules.divide")
def _divide(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    top, bottom = arguments.number("dividend"), arguments.number("divisor")
    most, fewest = top.number.scale - bottom.least, top.least - bottom.number.scale
    if max(0, most) != max(0, fewest):
        raise NoTerm("a quotient of numbers whose decimals depend on the data")
    scale = max(0, most) + cobol_rules.QUOTIENT_DIGITS
    number = _quotient(evaluation, top, bottom)
    exact = Quotient(number, bottom.digits + max(0, top.number.scale) + max(0, -bottom.number.scale))
    cut = Number(values.units_at(number, scale), scale)
    return Num(cut, "decimal", 0, size_of_whole(top) + bottom.digits + scale, exact)


@meaning("cobol_rules.quotient")
def _quotient_to_store(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    top, bottom = arguments.number("dividend"), arguments.number("divisor")
    number = _quotient(evaluation, top, bottom)
    digits = size_of_whole(top) + bottom.digits + max(0, bottom.number.scale)
    if digits + max(0, top.number.scale) + cobol_rules.QUOTIENT_DIGITS > MAX_DIGITS:
        raise NoTerm("a quotient of very long numbers")
    return Num(number, "decimal", 0, digits)


def _quotient(evaluation: Evaluation, top: Num, bottom: Num) -> Number:
    above, below = Number(top.units, top.number.scale), Number(bottom.units, bottom.number.scale)
    is_zero = values.compared("=", below, literal(0).number)
    evaluation.note(is_zero, "SizeError")
    return Number(integer(0)) if z3.is_true(is_zero) else exact_quotient(above, below)


@meaning("cobol_rules.remainder")
def _remainder(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    top, bottom, scale = arguments.number("dividend"), arguments.number("divisor"), arguments.size("scale")
    if scale > cobol_rules.QUOTIENT_DIGITS:
        raise NoTerm("a remainder of a quotient with so many decimals")
    units = values.units_at(_quotient(evaluation, top, bottom), scale)
    part = computed("*", decimal(units, scale, size_of_whole(top) + bottom.digits + scale), bottom)
    return computed("-", _as_decimal(top), part)


@meaning("cobol_rules.power")
def _power(_: Evaluation, arguments: Arguments) -> PyValue:
    base, exponent = arguments.number("base"), arguments.size("exponent")
    if not 0 <= exponent <= 8:
        raise NoTerm(f"power with the exponent {exponent}")
    scale = max(0, base.number.scale)
    made = Num(Number(integer(1)), "decimal", 0, 1)
    root = Num(Number(times(base.units, 10 ** (scale - base.number.scale)), scale), "decimal", 0, base.digits + scale)
    for _time in range(exponent):
        made = computed("*", made, root)
    return made


@meaning("cobol_rules.zero_to_the_zero")
def _zero_to_the_zero(_: Evaluation, arguments: Arguments) -> PyValue:
    zero = literal(0).number
    both = (arguments.number("base"), arguments.number("exponent"))
    return Bool(truth_of(z3.And(*(values.compared("=", Number(each.units, each.number.scale), zero) for each in both))))


@meaning("cobol_functions.integer")
def _floor(_: Evaluation, arguments: Arguments) -> PyValue:
    value = arguments.number("0")
    scale = value.number.scale
    units = times(value.units, 10**-scale) if scale < 0 else units_of(value.units / 10**scale)
    return whole(units, size_of_whole(value) + 1)


@meaning("cobol_functions.integer_part", "int")
def _int(_: Evaluation, arguments: Arguments) -> PyValue:
    if len(arguments.given) != 1:
        raise NoTerm("int with a base")
    return truncated(arguments.number("0"))


@meaning("abs")
def _abs(_: Evaluation, arguments: Arguments) -> PyValue:
    return absolute(arguments.number("0"))


@meaning("max", "min")
def _extreme(_: Evaluation, arguments: Arguments) -> PyValue:
    numbers = [arguments.number(name) for name in arguments.given]
    if len(numbers) < 2:
        raise NoTerm(f"{arguments.rule} of one value")
    return extreme(arguments.rule == "max", numbers)


@meaning("decimal.Decimal")
def _decimal(_: Evaluation, arguments: Arguments) -> PyValue:
    match list(arguments.given.values()):
        case [Num() as value]:
            return _as_decimal(value)
        case [Text() as value] if (data := known_text(value)) is not None:
            try:
                return literal(Decimal(data.decode("latin-1")))
            except ArithmeticError:
                raise NoTerm(f"the number {data!r}") from None
    raise NoTerm("Decimal of something that is no number")


def _as_decimal(value: Num) -> Num:
    kind: Kind = "decimal"
    return Num(value.number, kind, value.least, value.digits)


# Digits


@meaning("cobol_rules.edit")
def _edit(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    picture, value = arguments.word("picture"), arguments.number("value")
    blank, comma = arguments.flag("blank_when_zero"), arguments.flag("comma")
    currency = arguments.word("currency")
    words = ["edit", picture, *(["blank"] if blank else []), *(["comma"] if comma else [])]
    words += [f"currency={currency}"] if currency != "$" else []
    if any(" " in word for word in words):
        raise NoTerm(f"the picture {picture!r}")
    size = len(cobol_rules.edit(0, picture, comma=comma, currency=currency))
    return evaluation.storage.codings.shown(" ".join(words), value.number, size)


@meaning("cobol_rules.show")
def _show(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    value, digits, scale = arguments.number("value"), arguments.size("digits"), arguments.size("scale")
    signed, trailing = arguments.flag("signed"), arguments.flag("trailing")
    if not signed and scale <= 0:
        return _last_digits(evaluation, units_at(value, 0), digits)
    size = len(cobol_rules.show(0, digits, scale, signed, trailing))
    return evaluation.storage.codings.shown(f"show {digits} {scale} {signed} {trailing}", value.number, size)


@meaning("cobol_rules.show_native")
def _show_native(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    value, size, signed = arguments.whole("value"), arguments.size("size"), arguments.flag("signed")
    if size not in (1, 2, 4, 8):
        raise NoTerm(f"a COMP-5 of {size} bytes")
    length = len(cobol_rules.show_native(0, size, signed))
    return evaluation.storage.codings.shown(f"show_native {size} {signed}", value.number, length)


@meaning("cobol_rules.digits_text")
def _digits_text(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    value, digits, scale = arguments.number("value"), arguments.size("digits"), arguments.size("scale")
    return _last_digits(evaluation, units_at(value, max(scale, 0)), digits + max(0, -scale))


def _last_digits(evaluation: Evaluation, units: Int, digits: int) -> Text:
    """The last digits of a number, without its sign."""
    if not evaluation.certain(truth_of(z3.And(units >= 0, units < 10**digits))):
        units = units_of(values.absolute(units) % 10**digits)
    return evaluation.storage.codings.encode(Coding("display", digits, digits, False), units)


@meaning("cobol_rules.encode_display")
def _encode_display(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    value, size, sign = arguments.whole("digits"), arguments.size("size"), arguments.word("sign")
    units = value.units if sign != "none" else values.absolute(value.units)
    signs: dict[str, cobol_rules.Sign] = {each: each for each in get_args(cobol_rules.Sign)}
    if sign not in signs or not evaluation.certain(values.fits(units, size)):
        raise NoTerm(f"the digits of a number that may have more than {size}")
    coding = Coding("display", size + sign.endswith("separate"), size, sign != "none", signs[sign])
    return Bytes(evaluation.storage.codings.encode(coding, units))


@meaning("cobol_rules.number_of_text")
def _number_of_text(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    digits, scale, comma = arguments.size("digits"), arguments.size("scale"), arguments.flag("comma")
    if comma:
        raise NoTerm("a number with a decimal comma")
    value = arguments.given["text"]
    if isinstance(value, Varying):
        value = value.all()
    if isinstance(value, Line):
        if not value.most:
            raise NoTerm("the number in a line of any length")
        value = evaluation.line(value, value.most)
    if not isinstance(value, Text):
        raise NoTerm("number_of_text of something that is no text")
    return whole(number_in(value, digits, scale).units, digits)
