"""Values that Python expressions have, as terms: what the storage knows, and how Python sees it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

import z3

from transpile.solvers.storage.inspecting import Inspection, Region
from transpile.solvers.storage.stringing import Strung
from transpile.solvers.storage.unstringing import Piece, Unstring, Varying
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    Truth,
    choose,
    choose_text,
    integer,
    known,
    known_text,
    text,
)

Kind: TypeAlias = Literal["int", "decimal"]


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient with all its digits, which are ``divisors`` or fewer in what is under the line."""

    number: Number
    divisors: int


@dataclass(frozen=True, slots=True)
class Num:
    """An ``int`` or a ``Decimal``. The exponent of a Decimal is between ``-number.scale`` and ``-least``: a quotient of
    zero has none of the decimals of another. ``digits``: its units have no more, if fields have no more than theirs.
    ``exact``: the quotient of which this is the beginning."""

    number: Number
    kind: Kind
    least: int
    digits: int
    exact: Quotient | None = None

    @property
    def units(self) -> Int:
        """Those of a number that is no unfinished quotient."""
        if self.number.divisor is not None:
            raise NoTerm("a quotient that is not stored at once")
        return self.number.units


@dataclass(frozen=True, slots=True)
class Bool:
    truth: Truth


@dataclass(frozen=True, slots=True)
class Bytes:
    """``bytes``, a byte for each character of ``text``."""

    text: Text


@dataclass(frozen=True, slots=True)
class Line:
    """A line from outside, of a length that is not known; it has at most ``most`` characters, unless that is 0. ``at``:
    where it is asked for."""

    most: int
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Nothing:
    """None."""


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple."""

    values: tuple[PyValue, ...]


Worker: TypeAlias = Inspection | Strung | Unstring | Piece
"""What INSPECT, STRING and UNSTRING work with."""
PyValue: TypeAlias = Num | Text | Bool | Bytes | Line | Nothing | Several | Region | Varying | Worker


def whole(units: Int, digits: int) -> Num:
    return Num(Number(units), "int", 0, digits)


def decimal(units: Int, scale: int, digits: int) -> Num:
    return Num(Number(units, scale), "decimal", scale, digits)


def literal(value: int | Decimal) -> Num:
    if isinstance(value, int):
        return whole(integer(value), len(str(abs(value))))
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise NoTerm(f"{value} is no number")
    units = int("".join(map(str, digits)) or "0") * (-1 if sign else 1)
    if sign and not units:
        raise NoTerm("a zero with a sign")
    return decimal(integer(units), -exponent, len(digits))


def literal_of(value: object) -> PyValue:
    match value:
        case bool():
            return Bool(z3.BoolVal(value))
        case int():
            return literal(value)
        case str():
            return latin(value)
        case None:
            return Nothing()
    raise NoTerm(f"the constant {value!r}")


def latin(value: str) -> Text:
    try:
        return text(value)
    except UnicodeEncodeError:
        raise NoTerm(f"the characters of {value!r}") from None


def constant_of(value: PyValue) -> int | Decimal | str | bytes | bool | None:
    """The Python value, where all of it is known; None else."""
    match value:
        case Num(number=Number(units=units, scale=scale, divisor=None), kind=kind, least=least):
            found = known(units)
            if found is None or kind == "int":
                return found
            return Decimal(found).scaleb(-scale) if least == scale else None
        case Text():
            data = known_text(value)
            return None if data is None else data.decode("latin-1")
        case Bytes(text=text):
            return known_text(text)
        case Bool(truth=truth):
            made = z3.simplify(truth)
            return True if z3.is_true(made) else False if z3.is_false(made) else None
    return None


def choose_value(condition: Truth, yes: PyValue, no: PyValue) -> PyValue:
    """One or the other, of the same type."""
    match yes, no:
        case Num(), Num() if yes.kind == no.kind:
            if yes.number.divisor is not None or no.number.divisor is not None:
                raise NoTerm("a choice between quotients")
            number = choose(condition, yes.number, no.number)
            return Num(number, yes.kind, min(yes.least, no.least), max(yes.digits, no.digits) + _apart(yes, no))
        case Text(), Text():
            return choose_text(condition, yes, no)
        case Bool(truth=a), Bool(truth=b):
            return Bool(truth_of(z3.If(condition, a, b)))
        case Nothing(), Nothing():
            return yes
    raise NoTerm("a value whose type depends on the data")


def _apart(left: Num, right: Num) -> int:
    return abs(left.number.scale - right.number.scale)


def same_value(left: PyValue, right: PyValue) -> bool:
    """Whether both are one and the same term, as far as can be seen at once."""
    match left, right:
        case Num(), Num():
            same_form = (left.kind, left.least, left.number.scale) == (right.kind, right.least, right.number.scale)
            divisors = left.number.divisor is None and right.number.divisor is None
            return same_form and divisors and left.number.units.eq(right.number.units)
        case Text(), Text():
            return len(left) == len(right) and all(a.eq(b) for a, b in zip(left.chars, right.chars, strict=True))
        case Bool(truth=a), Bool(truth=b):
            return bool(a.eq(b))
    if isinstance(left, Worker) or isinstance(right, Worker):
        return left is right
    return left == right


def truth_of(term: z3.ExprRef) -> Truth:
    """The same condition, simpler."""
    made = z3.simplify(term)
    assert isinstance(made, z3.BoolRef)
    return made


def units_of(term: z3.ExprRef) -> Int:
    """The same integer, simpler."""
    made = z3.simplify(term)
    assert isinstance(made, z3.ArithRef)
    return made


def negation(condition: Truth) -> Truth:
    return truth_of(z3.Not(condition))
