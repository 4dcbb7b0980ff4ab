"""The syntax tree of COBOL: nodes, expressions and conditions. Statements are in ``statements``, programs and their
data in ``programs``.

Names are as written, in upper case, and not resolved: ``transpile.cobol.names`` finds what they refer to. Abbreviated
conditions are written out (``A = 1 OR 2`` is ``A = 1 OR A = 2``), noise words are gone, and scope terminators have done
their work: statements hold the statements within them. Trees are immutable. Two nodes are equal when they say the same;
their places do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from transpile.errors import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``span`` is where the first word stands, in the file (copybook included) that the user wrote."""

    PARTS: ClassVar[tuple[str, ...]] = ()
    """The fields that hold nodes, or tuples of nodes, in the order of the text."""
    span: Span = field(compare=False, repr=False)


class Expression(Node):
    """What has a value: identifiers, literals, arithmetic and intrinsic functions."""

    __slots__ = ()


class Condition(Node):
    """What is true or false."""

    __slots__ = ()


class Statement(Node):
    """One statement of the procedure division."""

    __slots__ = ()


# Identifiers and literals (ISO 1989:2002, 8.4 and 8.3.1.2)


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """Reference modification: ``(start:length)``, from 1; without ``length`` up to the end."""

    PARTS = ("start", "length")
    start: Expression
    length: Expression | None


@dataclass(frozen=True, slots=True)
class Reference(Expression):
    """``NAME OF qualifier … (subscripts) (slice)``. Special registers are references too."""

    PARTS = ("subscripts", "slice")
    name: str
    qualifiers: tuple[str, ...] = ()
    """The innermost first, as written."""
    subscripts: tuple[Expression, ...] = ()
    """A subscript is an expression; ``ALL`` is ``Figurative("ALL")``."""
    slice: Slice | None = None


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A numeric literal. ``text`` is as written; floating literals (``1.5E3``) are their value."""

    value: Decimal
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Text(Expression):
    """An alphanumeric literal, as the bytes that it stands for; ``all`` for ``ALL "…"``."""

    value: bytes
    all: bool = False


FigurativeName: TypeAlias = Literal["ZERO", "SPACE", "HIGH-VALUE", "LOW-VALUE", "QUOTE", "NULL", "ALL"]


@dataclass(frozen=True, slots=True)
class Figurative(Expression):
    """A figurative constant, in the singular: ``ZEROES`` is ``ZERO``. ``ALL`` alone is the subscript of functions."""

    name: FigurativeName


@dataclass(frozen=True, slots=True)
class FunctionCall(Expression):
    """``FUNCTION name (arguments) (slice)``. ``option``: LEADING or TRAILING of TRIM."""

    PARTS = ("arguments", "slice")
    name: str
    arguments: tuple[Expression, ...]
    slice: Slice | None = None
    option: str = ""


@dataclass(frozen=True, slots=True)
class LengthOf(Expression):
    PARTS = ("operand",)
    operand: Expression


@dataclass(frozen=True, slots=True)
class AddressOf(Expression):
    PARTS = ("operand",)
    operand: Reference


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    PARTS = ("operand",)
    operator: Literal["+", "-"]
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    PARTS = ("left", "right")
    operator: Literal["+", "-", "*", "/", "**"]
    left: Expression
    right: Expression


# Conditions (8.8.4)

Relation: TypeAlias = Literal["=", "<", ">", "<=", ">=", "<>"]


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    PARTS = ("left", "right")
    operator: Relation
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class ClassTest(Condition):
    """``NUMERIC``, ``ALPHABETIC``, ``ALPHABETIC-LOWER``, ``ALPHABETIC-UPPER``, or a class of SPECIAL-NAMES."""

    PARTS = ("operand",)
    operand: Expression
    name: str


@dataclass(frozen=True, slots=True)
class SignTest(Condition):
    PARTS = ("operand",)
    operand: Expression
    sign: Literal["POSITIVE", "NEGATIVE", "ZERO"]


@dataclass(frozen=True, slots=True)
class NamedCondition(Condition):
    """A level 88 name, or the status of a switch."""

    PARTS = ("reference",)
    reference: Reference


@dataclass(frozen=True, slots=True)
class Not(Condition):
    PARTS = ("operand",)
    operand: Condition


@dataclass(frozen=True, slots=True)
class And(Condition):
    PARTS = ("operands",)
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    PARTS = ("operands",)
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Always(Condition):
    """TRUE and FALSE, where they stand for themselves."""

    value: bool


# Values


@dataclass(frozen=True, slots=True)
class Range(Node):
    """``low THRU high`` in EVALUATE and VALUE; ``high`` is None for a single value."""

    PARTS = ("low", "high")
    low: Expression
    high: Expression | None = None
