"""Immediates of a block as literals, or as slots that the target refers to by simple functions of their values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

LITERALS = frozenset(
    (
        *range(-17, 65),
        *range(-256, 257, 8),
        127,
        255,
        511,
        512,
        1000,
        1023,
        1024,
        2047,
        2048,
        4095,
        4096,
        65280,
        -65281,
        65535,
        524288,
        2147483648,
    )
)
"""Values that stand for themselves."""
MASK = (1 << 64) - 1


def _low12(v: int) -> int:
    return ((v & 0xFFF) ^ 0x800) - 0x800


def _signed32(v: int) -> int:
    return ((v & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


def _log2(v: int) -> int | None:
    return v.bit_length() - 1 if v > 0 and v & (v - 1) == 0 else None


FUNCTIONS: tuple[tuple[str, Callable[[int], int | None]], ...] = (
    ("i", lambda v: v),
    ("neg", lambda v: -v),
    ("inc", lambda v: v + 1),
    ("dec", lambda v: v - 1),
    ("not", lambda v: ~v),
    ("add8.", lambda v: v + 8),
    ("sub8.", lambda v: v - 8),
    ("add4.", lambda v: v + 4),
    ("sub4.", lambda v: v - 4),
    ("add16.", lambda v: v + 16),
    ("sub16.", lambda v: v - 16),
    ("log", _log2),
    ("u8.", lambda v: v & 0xFF),
    ("u16.", lambda v: v & 0xFFFF),
    ("s32.", _signed32),
    ("u32.", lambda v: v & 0xFFFFFFFF),
    ("u64.", lambda v: v & MASK),
    ("lo", _low12),
    ("hi", lambda v: (v + 0x800) >> 12 & 0xFFFFF),
    ("inclo", lambda v: _low12(v + 1)),
    ("inchi", lambda v: (v + 0x801) >> 12 & 0xFFFFF),
    ("h1.", lambda v: v >> 16 & 0xFFFF),
    ("h2.", lambda v: v >> 32 & 0xFFFF),
    ("h3.", lambda v: v >> 48 & 0xFFFF),
    ("n0.", lambda v: ~v & 0xFFFF),
    ("n1.", lambda v: ~v >> 16 & 0xFFFF),
    ("page", lambda v: v & ~0xFFF),
    ("rest", lambda v: v & 0xFFF),
    ("nrest", lambda v: -v & 0xFFF),
    ("npage", lambda v: -v & ~0xFFF),
)
"""How a target's immediate may follow from a source's; the first that fits is used."""
BY_NAME = dict(FUNCTIONS)


def classes(value: int) -> str:
    """What can be done with a value at once, as one token."""
    if -2048 <= value <= 2047:
        return "k.s12" if value < 0 else "k.u11"
    if 0 <= value <= 4095:
        return "k.u12"
    if -(1 << 31) <= value < 1 << 31:
        low = "a" if value & 0xFFF == 0 else ""
        size = "16" if 0 <= value < 1 << 16 else "32"
        if value > 0 and value & (value - 1) == 0:
            return f"k.pow{size}"
        if value > 0 and value & (value + 1) == 0:
            return f"k.mask{size}"
        return f"k.s{size}{low}" if value < 0 else f"k.u{size}{low}"
    if value & (value - 1) == 0:
        return "k.pow64"
    return "k.u32" if 0 <= value < 1 << 32 else "k.64"


@dataclass(slots=True)
class Immediates:
    """The slots of one block in order of first use."""

    values: list[int] = field(default_factory=list)
    literals: list[int] = field(default_factory=list)

    def source(self, value: int) -> list[str]:
        """Tokens of a source's immediate; a new slot tells its class."""
        if value in LITERALS:
            if value not in self.literals:
                self.literals.append(value)
            return [f"#{value}"]
        if value in self.values:
            return [f"i{self.values.index(value)}"]
        self.values.append(value)
        return [f"i{len(self.values) - 1}", classes(value)]

    def target(self, value: int) -> str | None:
        """Token of a target's immediate; None if it does not follow from the block."""
        if value in LITERALS:
            return f"#{value}"
        for name, function in FUNCTIONS:
            for index, slot in enumerate(self.values):
                if function(slot) == value:
                    return f"{name}{index}"
            if any(function(literal) == value for literal in self.literals):
                return f"{name}{next(f'#{literal}' for literal in self.literals if function(literal) == value)}"
        for index, slot in enumerate(self.values):
            for other, second in enumerate(self.values):
                if slot + second == value:
                    return f"sum{index}_{other}"
        return None

    def value(self, token: str) -> int | None:
        """The value of a target's token; None if it names none."""
        if token.startswith("#"):
            return _number(token[1:])
        if token.startswith("sum"):
            first, _, second = token[3:].partition("_")
            one, two = _number(first), _number(second)
            if one is None or two is None or not 0 <= one < len(self.values) or not 0 <= two < len(self.values):
                return None
            return self.values[one] + self.values[two]
        name, found, literal = token.partition("#")
        if found:
            number, function = _number(literal), BY_NAME.get(name)
            return None if number is None or function is None or number not in LITERALS else function(number)
        name = token.rstrip("0123456789")
        index = _number(token[len(name) :])
        function = BY_NAME.get(name)
        if function is None or index is None or index >= len(self.values):
            return None
        return function(self.values[index])


def _number(text: str) -> int | None:
    sign = text.removeprefix("-")
    return int(text) if sign.isascii() and sign.isdigit() and len(sign) < 20 else None
