"""What fields and values are: numbers with so many decimal digits, floating numbers, text of a fixed length, truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number with ``digits`` decimal digits, ``scale`` of them after the point: ``Number(5, 2)`` is up to
    999.99. A negative scale stands for zeros before the point that are not kept: ``Number(3, -2)`` is up to 99900.
    ``bits`` are given where a number is kept in binary and all its values count, not only those with so many digits.
    """

    digits: int
    scale: int = 0
    signed: bool = False
    bits: int = 0

    @property
    def whole(self) -> bool:
        return self.scale <= 0

    @property
    def largest(self) -> int:
        """The largest value, in units of the last digit."""
        if self.bits:
            return (1 << (self.bits - self.signed)) - 1
        return int(10**self.digits) - 1

    @property
    def smallest(self) -> int:
        """The smallest one, in the same units."""
        if not self.signed:
            return 0
        return -self.largest - bool(self.bits)


@dataclass(frozen=True, slots=True)
class Exact:
    """A number with as many digits as it needs: what arithmetic gives before it is stored."""


@dataclass(frozen=True, slots=True)
class Floating:
    """IEEE 754 binary of 32 or 64 bits."""

    bits: int


@dataclass(frozen=True, slots=True)
class Text:
    """``size`` characters of one byte each; None for text of any length, which no field has."""

    size: int | None


@dataclass(frozen=True, slots=True)
class Truth:
    pass


Type: TypeAlias = Number | Exact | Floating | Text | Truth
