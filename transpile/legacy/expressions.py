"""Values and places. Every expression has a type, and every conversion is an expression of its own.

Arithmetic is exact. What a field can hold of the result is said where it is stored: ``Fit`` drops digits, rounds, and
``Store`` of the statements may look whether it fits at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from transpile.legacy.fields import Field
from transpile.legacy.types import Exact, Floating, Number, Text, Truth, Type

Rounding: TypeAlias = Literal[
    "down", "half-up", "half-even", "half-down", "up", "ceiling", "floor", "prohibited"
]  # fmt: skip
"""As Python's ``decimal`` calls them; ``half-up`` is COBOL's ROUNDED. ``prohibited``: an inexact result is an error."""


@dataclass(frozen=True, slots=True)
class Expression:
    PARTS: ClassVar[tuple[str, ...]] = ()
    """The fields that hold expressions, or tuples of them, in the order in which they are computed."""


# Places


@dataclass(frozen=True, slots=True)
class Place(Expression):
    """A field; ``subscripts`` count from 1, one for each of its dimensions."""

    PARTS = ("subscripts",)
    field: Field
    subscripts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Part(Expression):
    """``length`` bytes of a field from ``start``, which counts from 1; up to the end without ``length``."""

    PARTS = ("place", "start", "length")
    place: Place
    start: Expression
    length: Expression | None = None


Target: TypeAlias = Place | Part


@dataclass(frozen=True, slots=True)
class Local(Expression):
    """The value of a variable that a function has for itself, that no old program knew: ``SetLocal`` gives it one. It
    remembers which way the function came, where no nesting says so, or what a field was before it is changed."""

    name: tuple[str, ...]
    type: Truth | Text | Number


# Values


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    value: int | Decimal | float | str | bool
    type: Type


@dataclass(frozen=True, slots=True)
class Load(Expression):
    """The value of a field."""

    PARTS = ("place",)
    place: Place

    @property
    def type(self) -> Number | Floating | Text:
        assert self.place.field.type is not None, "a group has no value"
        return self.place.field.type


@dataclass(frozen=True, slots=True)
class Bytes(Expression):
    """The bytes of a field, group or part, one character each."""

    PARTS = ("target",)
    type: ClassVar[Text] = Text(None)
    target: Target


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """``/`` gives the quotient to so many digits as the old language keeps (its rule is named by the program); by zero
    it is a size error, as ``**`` may be."""

    PARTS = ("left", "right")
    type: ClassVar[Exact] = Exact()
    operator: Literal["+", "-", "*", "/", "**"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negative(Expression):
    PARTS = ("operand",)
    type: ClassVar[Exact] = Exact()
    operand: Expression


@dataclass(frozen=True, slots=True)
class Fit(Expression):
    """``value`` with the digits that ``type`` has: rounded, its high digits dropped, its sign dropped if there is no
    room for one."""

    PARTS = ("value",)
    value: Expression
    type: Number
    rounding: Rounding = "down"
    checked: bool = False
    """Digits that have no room are a size error; only within ``Store``."""


@dataclass(frozen=True, slots=True)
class ToFloat(Expression):
    PARTS = ("value",)
    value: Expression
    type: Floating


@dataclass(frozen=True, slots=True)
class Digits(Expression):
    """The digits of a whole number as text, without sign: 42 of ``Number(5)`` is ``00042``."""

    PARTS = ("value",)
    type: ClassVar[Text] = Text(None)
    value: Expression
    of: Number


@dataclass(frozen=True, slots=True)
class NumberIn(Expression):
    """The number that a text says, as a field of ``type`` reads it in a move."""

    PARTS = ("text",)
    text: Expression
    type: Number


@dataclass(frozen=True, slots=True)
class Padded(Expression):
    """``text`` with spaces behind it, or cut off, so that it has ``type.size`` characters; ``right``: in front."""

    PARTS = ("text",)
    text: Expression
    type: Text
    right: bool = False


@dataclass(frozen=True, slots=True)
class Repeated(Expression):
    """``text`` again and again up to ``type.size`` characters; None, in comparisons: as long as the other side."""

    PARTS = ("text",)
    text: Expression
    type: Text


@dataclass(frozen=True, slots=True)
class Edited(Expression):
    """``value`` as ``picture`` shows it, be it a number or a text; ``blank``: as spaces if it is zero."""

    PARTS = ("value",)
    value: Expression
    picture: str
    type: Text
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Unedited(Expression):
    """The number that an edited text shows."""

    PARTS = ("text",)
    type: ClassVar[Exact] = Exact()
    text: Expression
    picture: str


@dataclass(frozen=True, slots=True)
class Intrinsic(Expression):
    """A function that the language has: ``name`` in lower case, as ``numval`` or ``upper-case``."""

    PARTS = ("arguments",)
    name: str
    arguments: tuple[Expression, ...]
    type: Type


# Truth

Relation: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare(Expression):
    """Numbers by their value; texts character by character, the shorter one with spaces behind it; ``order`` names
    another collating sequence than that of the bytes."""

    PARTS = ("left", "right")
    type: ClassVar[Truth] = Truth()
    operator: Relation
    left: Expression
    right: Expression
    order: str = ""


@dataclass(frozen=True, slots=True)
class Consists(Expression):
    """Whether a text, or the bytes of a number, is ``numeric``, ``alphabetic`` …, or of a class of the program."""

    PARTS = ("target",)
    type: ClassVar[Truth] = Truth()
    target: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Both(Expression):
    """All of ``operands``, looked at one after the other."""

    PARTS = ("operands",)
    type: ClassVar[Truth] = Truth()
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either(Expression):
    PARTS = ("operands",)
    type: ClassVar[Truth] = Truth()
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Expression):
    PARTS = ("operand",)
    type: ClassVar[Truth] = Truth()
    operand: Expression


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """A condition that the old program has a name for, as COBOL's level 88: ``condition`` is what it means."""

    PARTS = ("condition",)
    type: ClassVar[Truth] = Truth()
    name: tuple[str, ...]
    of: Field
    condition: Expression
