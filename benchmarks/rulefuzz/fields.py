"""Random fields: how COBOL declares them, what may be in them, and how the rules store into them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from random import Random
from typing import Literal

from transpile.python.rules import cobol_rules as rules
from transpile.python.rules.cobol_rules import Number, Sign

Usage = Literal["DISPLAY", "BINARY", "COMP-3", "COMP-5"]
USAGES: tuple[Usage, ...] = ("DISPLAY", "BINARY", "COMP-3", "COMP-5")
SIGNS: tuple[Sign, ...] = ("trailing", "trailing", "leading", "trailing separate", "leading separate")
CLAUSES: dict[Sign, str] = {
    "none": "",
    "trailing": "",
    "leading": " SIGN LEADING",
    "trailing separate": " SIGN TRAILING SEPARATE",
    "leading separate": " SIGN LEADING SEPARATE",
}


@dataclass(frozen=True)
class Field:
    """A numeric field."""

    digits: int
    scale: int
    signed: bool
    usage: Usage = "DISPLAY"
    sign: Sign = "trailing"

    @property
    def declaration(self) -> str:
        text = "S" * self.signed + self._places
        clause = CLAUSES[self.sign] if self.signed and self.usage == "DISPLAY" else ""
        return f"PIC {text} {self.usage}{clause}"

    @property
    def _places(self) -> str:
        whole, behind = self.digits - self.scale, self.scale
        if whole < 0:
            return f"P({-whole})9({self.digits})"
        if behind < 0:
            return f"9({self.digits})P({-behind})"
        return (f"9({whole})" if whole else "") + (f"V9({behind})" if behind else "")

    @property
    def shown_sign(self) -> Sign:
        return self.sign if self.signed else "none"

    @property
    def size(self) -> int:
        if self.usage == "DISPLAY":
            return self.digits + (self.signed and "separate" in self.sign)
        if self.usage == "COMP-3":
            return self.digits // 2 + 1
        return 1 if self.digits <= 2 else 2 if self.digits <= 4 else 4 if self.digits <= 9 else 8

    def encode(self, digits: int) -> bytes:
        match self.usage:
            case "DISPLAY":
                return rules.encode_display(digits, self.digits, self.shown_sign)
            case "COMP-3":
                return rules.encode_packed(digits, self.digits, self.signed)
        return rules.encode_binary(digits, self.size, self.signed, self.usage == "COMP-5")

    def decode(self, data: bytes) -> int:
        match self.usage:
            case "DISPLAY":
                return rules.decode_display(data, self.shown_sign)
            case "COMP-3":
                return rules.decode_packed(data, self.digits, self.signed)
        return rules.decode_binary(data, self.signed, self.usage == "COMP-5")

    def number(self, digits: int) -> Number:
        return rules.scaled(digits, self.scale) if self.scale else digits

    def fit(self, value: Number) -> int:
        """The digits of ``value`` in this field."""
        if self.usage == "COMP-5":
            return rules.fit_native(rules.unscaled(value, self.scale), self.size, self.signed)
        if self.scale:
            return rules.unscaled(rules.fit_decimal(value, self.digits, self.scale, self.signed), self.scale)
        return rules.fit_int(value, self.digits, self.signed)

    def check(self, value: Number) -> int:
        """The same for ON SIZE ERROR."""
        if self.usage == "COMP-5":
            return rules.checked_native(rules.unscaled(value, self.scale), self.size, self.signed)
        if self.scale:
            return rules.unscaled(rules.checked_decimal(value, self.digits, self.scale, self.signed), self.scale)
        return rules.checked_int(value, self.digits, self.signed)

    def random_digits(self, random: Random) -> int:
        """Mostly near what a field like this makes a difference for."""
        native = self.usage == "COMP-5"
        top = (1 << 8 * self.size - self.signed) - 1 if native and random.random() < 0.5 else 10**self.digits - 1
        near = random.choice((0, 1, 2, 4, 5, 6, 9, 10, 49, 50, 51, 99, 100, 10 ** random.randint(0, self.digits)))
        value = random.choice(
            (near, near - 1, top, top - near, random.randint(0, top), random.randint(0, 10 ** random.randint(1, 9)))
        )
        value = max(0, min(value, top))
        return -value if self.signed and random.random() < 0.5 else value


def random_field(random: Random, usages: tuple[Usage, ...] = USAGES, longest: int = 18) -> Field:
    digits = random.choice((1, 2, 3, 4, 5, 7, 9, 10, random.randint(1, 18), random.randint(1, longest)))
    scale = random.choice((0, 0, 0, 1, 2, 2, random.randint(0, digits)))
    usage = random.choice(usages)
    digits = min(digits, 18) if usage in ("BINARY", "COMP-5") else digits
    return Field(digits, min(scale, digits), random.random() < 0.7, usage, random.choice(SIGNS))


def random_text(random: Random, size: int, alphabet: str = "AB  0159.,-+/xz\xe9") -> str:
    return "".join(random.choice(alphabet) for _ in range(size))


def double(value: float) -> bytes:
    return struct.pack("<d", value)


def single(value: float) -> bytes:
    return struct.pack("<f", value)
